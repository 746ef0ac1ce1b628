"""People and places for the tests of events."""

import pytest
import time_machine
from django.core.cache import caches
from django.urls import reverse

from events import reveal
from tests.events.door_kit import SEVEN
from tests.events.envelope_kit import SEALED_ON
from tests.events.reveal_kit import DAY, LINK, LONG_BEFORE, POST_BY, STARTS, VENUE
from tests.factories import make_event, make_ticket, make_ticket_type, make_user

KEEPER_MAY = ("events.see_venue", "events.hold_reveal")


@pytest.fixture
def keeper(db):
    """One of the few who may see the venue before its time."""
    return make_user("keeper@nsca.example", is_staff=True, permissions=KEEPER_MAY)


@pytest.fixture
def soiree(keeper):
    """A secret evening with its place in the envelope; T is 24 hours before the start."""
    event = make_event(starts_at=STARTS, lead=DAY, slug="soiree", kind="soiree")
    reveal.write_venue(event, VENUE, by=keeper, at=LONG_BEFORE)
    return event


@pytest.fixture
def sealed(soiree, keeper):
    """The evening, with its seal published on May 2."""
    reveal.publish_seal(soiree, by=keeper, at=SEALED_ON)
    return soiree


@pytest.fixture
def ticket(soiree):
    """Ada's valid ticket."""
    return make_ticket(soiree)


@pytest.fixture
def lesson(keeper):
    """A class online behind the same door; its kits must be ordered ten days before."""
    event = make_event(
        starts_at=STARTS,
        lead=DAY,
        kind="online",
        slug="lesson",
        post_by=POST_BY,
        title="Furoshiki",
    )
    reveal.write_venue(event, LINK, by=keeper, at=LONG_BEFORE)
    return event


@pytest.fixture
def kit(lesson):
    """A place in it whose kit comes by mail."""
    return make_ticket_type(lesson, name="With a kit", is_posted=True, position=1)


@pytest.fixture
def emails(settings, mailoutbox):
    """What the mail server was given, in order."""
    settings.OUTGOING_EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return mailoutbox


@pytest.fixture
def travel():
    """Set the clock: travel(instant). Kept pages are forgotten, as if a minute had passed."""
    travellers = []

    def to(at):
        caches["pages"].clear()
        for traveller in travellers:
            traveller.stop()
        travellers[:] = [time_machine.travel(at, tick=False)]
        travellers[0].start()

    yield to
    for traveller in travellers:
        traveller.stop()
    caches["pages"].clear()


@pytest.fixture
def at_the_door(client, travel, link):
    """A function that posts what a form of the door's page would: at_the_door("read", text=…). By
    the `link` of the test's own file.
    """
    travel(SEVEN)
    client.get(reverse("door:home", args=[link.token]))

    def post(act, **fields):
        fields = {"number": 1} | fields
        return client.post(reverse(f"door:{act}", args=[link.token]), fields)

    return post
