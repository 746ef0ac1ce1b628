"""When a link opens the door, and what was read without a network."""

from datetime import timedelta

import pytest

from events.door import door
from events.models import DoorLink, Scan
from tests.events.door_kit import HOUR, MINUTE, SEVEN, make_door_link, read
from tests.events.reveal_kit import STARTS
from tests.factories import make_event, make_ticket

pytestmark = pytest.mark.django_db
TICK = timedelta(microseconds=1)


@pytest.fixture
def event():
    return make_event(starts_at=STARTS)


@pytest.fixture
def link(event):
    return make_door_link(event)


@pytest.fixture
def ticket(event):
    return make_ticket(event)


@pytest.mark.parametrize(
    ("end", "off", "is_good"),
    [
        ("opens_at", -TICK, False),
        ("opens_at", 0 * TICK, True),
        ("opens_at", TICK, True),
        ("ends_at", -TICK, True),
        ("ends_at", 0 * TICK, False),
        ("ends_at", TICK, False),
    ],
)
def test_the_first_instant_is_in_and_the_last_is_out(end, off, is_good, link, ticket):
    at = getattr(link, end) + off

    assert link.is_good(at) is is_good
    if is_good:
        assert read(link, ticket, at=at).tone == "green"
    else:
        with pytest.raises(door.DoorClosed):
            read(link, ticket, at=at)


def test_a_revoked_link_lets_nobody_in(link, ticket):
    DoorLink.objects.update(revoked_at=SEVEN)
    link.refresh_from_db()

    with pytest.raises(door.DoorClosed):
        read(link, ticket)


# --- Sent later --------------------------------------------------------------------------------


def test_a_reading_sent_later_says_when_it_was_read(link, ticket):
    read(link, ticket, at=SEVEN + HOUR, read_at=SEVEN)

    scan = Scan.objects.get()
    assert (scan.read_at, scan.at) == (SEVEN, SEVEN + HOUR)
    assert read(link, ticket, phone="other", at=SEVEN + HOUR).words.startswith(
        "Came in at 7:02 p.m."
    )


@pytest.mark.parametrize(
    ("late", "is_taken"), [(door.LATE - TICK, True), (door.LATE, False), (door.LATE + TICK, False)]
)
def test_what_was_read_in_time_may_be_sent_for_a_day(late, is_taken, link, ticket):
    at = link.ends_at + late

    if is_taken:
        assert read(link, ticket, at=at, read_at=SEVEN).tone == "green"
    else:
        with pytest.raises(door.DoorClosed):
            read(link, ticket, at=at, read_at=SEVEN)


@pytest.mark.parametrize("read_at", [SEVEN - timedelta(days=3), SEVEN + timedelta(days=3)])
def test_a_phone_with_a_wrong_clock_is_believed_that_it_read_but_not_when(read_at, link, ticket):
    read(link, ticket, read_at=read_at)

    assert Scan.objects.get().read_at is None


def test_after_its_end_a_link_cannot_pretend_to_have_read_after_its_end(link, ticket):
    with pytest.raises(door.DoorClosed):
        read(link, ticket, at=link.ends_at + HOUR, read_at=link.ends_at + MINUTE)


def test_a_revoked_link_does_not_send_what_waited_either(link, ticket):
    DoorLink.objects.update(revoked_at=SEVEN + MINUTE)
    link.refresh_from_db()

    with pytest.raises(door.DoorClosed):
        read(link, ticket, at=SEVEN + HOUR, read_at=SEVEN)
