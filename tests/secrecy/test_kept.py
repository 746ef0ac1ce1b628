"""What the site keeps: tables, caches, sessions, files, dumps. A copy without the key holds
nothing, before T or after.
"""

import io
import json
from pathlib import Path

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache, caches
from django.core.cache.backends.redis import RedisCache
from django.core.management import call_command
from post_office.models import Email

from events import reveal
from events.models import Event, FormerVenue, Venue, VenuePicture
from nsca.lib.secrets.sealing import KeyLost, unseal, unseal_bytes
from orders.models import Task
from tests.secrecy.canaries import OTHER_VENUE, VENUE, found_in
from tests.secrecy.keeping import everything_stored, unpickled
from tests.secrecy.walking import start_afresh, walk
from tests.secrecy.world import AFTER, BEFORE, SECOND, mail_holders

pytestmark = pytest.mark.django_db
WORDS = "Quillmoth"  # one canary is enough to see whether a venue is looked into


# --- The search looks everywhere ---------------------------------------------------------------


def _in_a_session(world):
    session = SessionStore()
    session["said"] = WORDS
    session.save()


def _in_a_file(world):
    path = Path(world.event.image.path).with_name("x.txt")
    path.write_text(WORDS)
    return path.unlink


def _in_memory(world):
    caches["pages"].set("x", WORDS)
    return start_afresh


@pytest.mark.parametrize(
    "put",
    [
        _in_a_session,
        _in_a_file,
        _in_memory,
        lambda world: cache.set("x", {"said": [WORDS]}),
        lambda world: Email.objects.create(
            from_email="a@b.example", to=["a@b.example"], html_message=WORDS
        ),
        lambda world: Task.objects.create(key="x", text=WORDS, created_at=BEFORE),
        lambda world: world.event.history.update(history_change_reason=WORDS),
    ],
    ids=["session", "file", "memory", "cache", "outbox", "task", "history"],
)
def test_what_is_kept_anywhere_would_be_found(world, put):
    assert found_in(everything_stored()) == []

    undo = put(world)

    try:
        assert WORDS in found_in(everything_stored())
    finally:
        undo() if callable(undo) else None


# --- Dumps -------------------------------------------------------------------------------------


def dumped() -> str:
    out = io.StringIO()
    call_command("dumpdata", stdout=out)
    return out.getvalue()


def test_a_dump_holds_nothing_and_without_the_key_opens_nothing(world, settings):
    """Also of a venue that was told, and of one that was told before it."""
    mail_holders(AFTER)
    event = Event.objects.get(pk=world.event.pk)
    reveal.write_venue(event, OTHER_VENUE, by=world.keeper, at=AFTER + SECOND)
    reveal.write_venue(event, VENUE, by=world.keeper, at=AFTER + 2 * SECOND)

    rows = json.loads(dumped())
    settings.SECRET_KEY = "another key of another machine, on which the dump was loaded: 4d2a"

    assert found_in(json.dumps(rows, ensure_ascii=False)) == []
    assert {"events.venue", "events.venuepicture", "events.formervenue"} <= {
        row["model"] for row in rows
    }
    purpose = f"event {event.pk}"
    for sealed in (
        Venue.objects.get(event=event).sealed,
        *FormerVenue.objects.values_list("sealed", flat=True),
    ):
        with pytest.raises(KeyLost):
            unseal(sealed, bound_to=purpose)
    with pytest.raises(KeyLost):
        unseal_bytes(VenuePicture.objects.get().sealed, bound_to=f"picture of {purpose}")


# --- Caches ------------------------------------------------------------------------------------


@pytest.fixture
def redis(settings):
    """A Redis of this machine in the site's place; nothing where none answers."""
    where = "redis://127.0.0.1:6379/9"
    prefix = "nsca-secrecy"
    shared = RedisCache(where, {"KEY_PREFIX": prefix, "OPTIONS": {"socket_connect_timeout": 0.3}})
    client = shared._cache.get_client()
    try:
        client.ping()
    except Exception:  # noqa: BLE001 - whatever it is, there is none
        pytest.skip("no Redis answers on this machine")
    settings.CACHES = settings.CACHES | {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": where,
            "KEY_PREFIX": prefix,
        }
    }
    yield lambda: {key: client.dump(key) or b"" for key in client.scan_iter(f"{prefix}*")}, client
    for key in client.scan_iter(f"{prefix}*"):
        client.delete(key)


def test_a_shared_redis_holds_nothing_of_it(world, redis):
    everything, client = redis
    mail_holders(AFTER)
    names = ("visitor", "holder", "door volunteer")
    for at in (BEFORE, AFTER):
        for name in names:
            viewer = world.viewers[name]
            ours = {
                f"/tickets/{viewer.ticket}/",
                f"/door/{viewer.door}/",
                "/",
                "/search/?q=soiree",
            }
            assert walk(world, viewer, at=at, only={*ours, "/events/soiree/"})

    kept = everything()
    assert kept, "the walk left nothing in Redis, so nothing was searched"
    words = [unpickled(client.get(key)) for key in kept if not client.get(key).isdigit()]
    assert found_in(b"\n".join([*kept, *kept.values()])) == []
    assert found_in("\n".join(words)) == []

    cache.set("x", {"said": [WORDS]})
    assert found_in("\n".join(unpickled(client.get(k)) for k in everything() if b":x" in k))
