"""A racer: a process of its own, with a connection of its own, that acts when it is told to.

    python -m tests.slow.races.actor <name of the test's database>

It says that it is ready. Then each line of its input is an act (stage.Act), and it answers with
what came of it. Where the act says so it pauses between judging and writing, and waits for a line.
"""

import json
import os
import pkgutil
import sys
import traceback
from collections.abc import Callable
from contextlib import ExitStack, contextmanager, nullcontext
from types import SimpleNamespace
from unittest import mock


def main(database: str) -> None:
    # What a library prints must not be taken for a word of ours.
    wire = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.db import connection
    from django.urls import get_resolver

    from orders.lines.kinds import Refusal
    from tests.slow.races import acts

    connection.settings_dict["NAME"] = database
    get_resolver().url_patterns  # noqa: B018 read now, so that no act waits for it

    def say(**word) -> None:
        wire.write(json.dumps(word) + "\n")

    def pause(where: str) -> None:
        say(at=where)
        sys.stdin.readline()

    say(at="ready")
    for line in sys.stdin:
        told = json.loads(line)
        try:
            with ExitStack() as patches:
                for guard in told["off"]:
                    patches.enter_context(OFF[guard]())
                for where in told["pauses"]:
                    patches.enter_context(pausing(where, pause))
                say(won=True, answer=getattr(acts, told["act"])(**told["particulars"]))
        except Refusal as refusal:
            say(won=False, refusal=type(refusal).__name__, answer=str(refusal))
        except Exception:
            say(broken=traceback.format_exc())


@contextmanager
def pausing(where: str, pause: Callable[[str], None]):
    """Pause at "before …" or "after …" a function, named by its dotted path."""
    when, _, path = where.partition(" ")
    owner, _, name = path.rpartition(".")
    owner = pkgutil.resolve_name(owner)
    function = getattr(owner, name)

    def paused(*args, **kwargs):
        if when == "before":
            pause(where)
        result = function(*args, **kwargs)
        if when == "after":
            pause(where)
        return result

    with mock.patch.object(owner, name, paused):
        yield


# --- Guards, each as a way to be without it ----------------------------------------------------


@contextmanager
def no_locks():
    """PostgreSQL: no row is locked before it is written. SQLite knows one lock, that of a
    transaction: without it every statement stands alone.
    """
    from django.db import connection
    from django.db.models import QuerySet

    from orders.lines import locks

    if connection.vendor == "postgresql":
        without = mock.patch.object(QuerySet, "select_for_update", lambda rows, **options: rows)
    else:
        no_transaction = SimpleNamespace(atomic=lambda **options: nullcontext())
        without = mock.patch.object(locks, "transaction", no_transaction)
    with without:
        yield


@contextmanager
def no_slots():
    """Nothing stands behind the counting."""
    from events.sales import slots
    from events.tickets import addon_kind

    without = lambda *args, **kwargs: None  # noqa: E731 it stands for both
    with (
        mock.patch.object(slots, "take", without),
        mock.patch.object(addon_kind, "_number", without),
    ):
        yield


@contextmanager
def no_order():
    """Kinds are locked one by one as the buyer named them, not in the order of their keys."""
    from events.tickets.kind import TicketKind

    def lock(_kind, items):
        for item in items:
            lock_one(item.subject_id)

    with mock.patch.object(TicketKind, "lock", lock):
        yield


def lock_one(pk: int) -> None:
    from events.models import TicketType

    TicketType.objects.select_for_update(no_key=True).get(pk=pk)


OFF = {"locks": no_locks, "slots": no_slots, "order": no_order}


if __name__ == "__main__":
    from tests.slow.races import actor

    actor.main(sys.argv[1])
