"""A link that does not open the door; and the venue, which waits for the volunteers' instant."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse

from events import reveal
from events.models import DoorLink, Event, Scan, VenueAccess
from tests.events.door.test_pages import verdict
from tests.events.door_kit import DOORS, HOUR, SEVEN, make_door_link
from tests.events.reveal_kit import LONG_BEFORE, VENUE, T
from tests.factories import make_ticket

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def link(soiree):
    return make_door_link(soiree)


# --- A link that does not open the door --------------------------------------------------------


def test_an_unknown_link_is_not_there(client, travel, db):
    travel(SEVEN)

    assert client.get("/door/nobodys-link-000000000000000000/").status_code == 404


@pytest.mark.parametrize(
    ("at", "status", "words"),
    [
        (DOORS - 2 * HOUR - SECOND, 200, "Not yet"),
        (DOORS - 2 * HOUR, 200, "Code on the ticket, or a name"),
        (DOORS + 30 * HOUR, 410, "The door is closed"),
    ],
)
def test_the_page_says_where_the_link_stands(at, status, words, client, travel, link):
    Event.objects.update(help_phone="757-555-0100")
    travel(at)

    response = client.get(reverse("door:home", args=[link.token]))

    assert response.status_code == status
    assert words in response.content.decode()
    if "Code" not in words:
        assert 'href="tel:757-555-0100"' in response.content.decode()


def test_a_revoked_link_says_so(client, travel, link):
    DoorLink.objects.update(revoked_at=SEVEN)
    travel(SEVEN)

    response = client.get(reverse("door:home", args=[link.token]))

    assert response.status_code == 410
    assert "This link was revoked." in response.content.decode()


@pytest.mark.parametrize(
    ("at", "status"), [(DOORS - 3 * HOUR, 403), (SEVEN, 200), (DOORS + 30 * HOUR, 410)]
)
def test_an_act_by_a_link_that_is_not_good_does_nothing(at, status, client, travel, link, soiree):
    ticket = make_ticket(soiree)
    travel(at)

    response = client.post(reverse("door:read", args=[link.token]), {"text": ticket.code})

    assert response.status_code == status
    assert Scan.objects.count() == (1 if status == 200 else 0)


def test_what_waited_on_the_phone_is_taken_after_the_end(client, travel, link, soiree):
    ticket = make_ticket(soiree)
    travel(link.ends_at + HOUR)

    response = client.post(
        reverse("door:read", args=[link.token]),
        {"text": ticket.code, "number": 4, "read_at": SEVEN.isoformat()},
    )

    assert verdict(response) == ("green", "Welcome")
    assert Scan.objects.get().read_at == SEVEN


def test_a_flood_through_one_link_is_slowed(at_the_door, monkeypatch):
    cache.clear()
    monkeypatch.setattr("events.door.views.ACTS_A_LINK", 2)

    answers = [at_the_door("read", text="MMMM-NNNN").status_code for _ in range(3)]

    assert answers == [200, 200, 429]
    cache.clear()


# --- The venue ---------------------------------------------------------------------------------


@pytest.fixture
def early_link(soiree):
    """Good long before T, so that only the volunteers' own instant is tried."""
    return make_door_link(soiree, opens_at=LONG_BEFORE)


def revealed(client, link) -> bool:
    page = client.get(reverse("door:home", args=[link.token])).content.decode()
    assert (VENUE.lines[0] in page) is (VENUE.name in page)
    return VENUE.name in page


@pytest.mark.parametrize(
    ("at", "is_revealed"), [(T - SECOND, False), (T, True), (T + SECOND, True)]
)
def test_volunteers_learn_the_venue_with_the_holders(at, is_revealed, client, travel, early_link):
    travel(at)

    assert revealed(client, early_link) is is_revealed


@pytest.mark.parametrize(
    ("off", "is_revealed"), [(-SECOND, False), (0 * SECOND, True), (SECOND, True)]
)
@pytest.mark.parametrize("instant", [T - 24 * HOUR, T + 6 * HOUR])
def test_or_at_their_own_instant(off, is_revealed, instant, client, travel, soiree, early_link):
    Event.objects.update(volunteers_at=instant)
    travel(instant + off)

    assert revealed(client, early_link) is is_revealed


def test_before_it_the_page_says_when(client, travel, early_link):
    travel(T - SECOND)

    page = client.get(reverse("door:home", args=[early_link.token])).content.decode()

    assert "Volunteers learn the location here on" in page
    assert "Wednesday, May 19, 2027 at 6:00 p.m. EDT" in page


def test_who_comes_early_finds_the_way_and_who_is_not_wanted_does_not(client, travel, link):
    travel(T)
    assert revealed(client, link)  # the link opens the door only tomorrow

    DoorLink.objects.update(revoked_at=T)
    assert not revealed(client, link)

    DoorLink.objects.update(revoked_at=None)
    travel(link.ends_at)
    assert not revealed(client, link)


def test_a_hold_keeps_it_from_volunteers_too(client, travel, soiree, keeper, early_link):
    Event.objects.update(volunteers_at=T - 24 * HOUR)
    reveal.hold(soiree, by=keeper, at=T - 30 * HOUR)
    travel(T)

    assert not revealed(client, early_link)


def test_a_link_to_join_is_for_guests_alone(client, travel, soiree, keeper, early_link):
    online = reveal.VenueDetails(kind="online", join_url="https://meet.example/quillmoth")
    reveal.write_venue(soiree, online, by=keeper, at=LONG_BEFORE)
    travel(T)

    page = client.get(reverse("door:home", args=[early_link.token])).content.decode()

    assert "quillmoth" not in page


def test_who_learns_it_before_the_guests_is_noted_once(client, travel, soiree, early_link):
    VenueAccess.objects.all().delete()
    Event.objects.update(volunteers_at=T - 24 * HOUR)
    travel(T - 24 * HOUR - SECOND)
    revealed(client, early_link)
    assert VenueAccess.objects.count() == 0

    travel(T - HOUR)
    revealed(client, early_link)
    revealed(client, early_link)

    look = VenueAccess.objects.get()
    assert (look.link, look.user, look.at) == (early_link, None, T - HOUR)
    assert str(look) == "Ruth, west gate (door) viewed the venue"


def test_after_t_nothing_is_noted(client, travel, early_link):
    VenueAccess.objects.all().delete()
    travel(T)
    revealed(client, early_link)

    assert VenueAccess.objects.count() == 0


def test_no_other_page_of_the_door_tells_it(at_the_door, client, link, soiree):
    ticket = make_ticket(soiree)

    pages = [
        at_the_door("read", text=ticket.code),
        at_the_door("read", text="Ada"),
        client.get(reverse("door:counts", args=[link.token])),
        client.get(reverse("door:sell", args=[link.token])),
    ]

    assert [VENUE.name in page.content.decode() for page in pages] == [False] * 4
