"""The passport: stamped by the door and by staff; its owner shows it, or nobody sees it."""

from datetime import date, timedelta

import pytest

from events.models import Scan
from membership.models import PassportLink, Stamp
from membership.portal import passport
from tests.factories import NOON, make_city, make_event, make_member, make_order, make_ticket

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ada():
    return make_member().people.get()


@pytest.fixture
def toulon():
    return make_city("toulon", is_published=True)


def a_ticket(city, **fields):
    event = make_event(city=city, starts_at=NOON)
    return make_ticket(event, **fields)


def scanned(ticket, *acts):
    for number, act in enumerate(acts):
        Scan.objects.create(ticket=ticket, act=act, at=NOON + number * MINUTE)


@pytest.mark.parametrize(
    "acts, is_stamped",
    [
        ([], False),
        (["in"], True),
        (["seen"], False),
        (["in", "undo"], False),
        (["in", "undo", "in"], True),
        (["in", "seen"], True),
    ],
)
def test_the_door_stamps_whoever_came_in(ada, toulon, acts, is_stamped):
    scanned(a_ticket(toulon), *acts)

    assert bool(passport.visas_of(ada)) is is_stamped


def test_an_evening_of_no_city_stamps_nothing(ada):
    scanned(a_ticket(None), "in")

    assert passport.visas_of(ada) == []


@pytest.mark.parametrize(
    "guest, is_stamped",
    [
        ({}, True),
        ({"guest_name": "ada@ellery"}, False),
        ({"guest_name": "Ben Okoro"}, False),
        ({"guest_name": "ADA  Ellery"}, True),
        ({"guest_name": "Ben Okoro", "guest_email": "ben@okoro.example"}, False),
    ],
)
def test_a_guest_of_mine_stamps_not_my_passport(ada, toulon, guest, is_stamped):
    ada.name = "Ada Ellery"
    ada.save()
    scanned(a_ticket(toulon, **guest), "in")

    assert bool(passport.visas_of(ada)) is is_stamped


def test_a_ticket_given_to_my_address_stamps_mine(ada, toulon):
    order = make_order(state="paid", lines=(), payments=False, buyer_email="cy@x.example")
    scanned(a_ticket(toulon, order=order, guest_email="ADA@ellery.example"), "in")

    assert [visa.city_id for visa in passport.visas_of(ada)] == [toulon.pk]


def test_an_address_that_was_never_proven_stamps_nothing(toulon):
    ada = make_member(is_confirmed=False).people.get()
    scanned(a_ticket(toulon), "in")

    assert passport.visas_of(ada) == []


def test_what_staff_wrote_down_stands_between_the_evenings_in_order(ada, toulon):
    scanned(a_ticket(toulon), "in")
    for kind, day in (("hosting", date(2026, 7, 1)), ("exchange", date(2028, 1, 1))):
        Stamp.objects.create(person=ada, city=toulon, kind=kind, on=day, recorded_at=NOON)

    kinds = [visa.kind for visa in passport.visas_of(ada)]

    assert kinds == ["hosting", "event", "exchange"]


def test_the_first_passport_is_a_page_a_city_and_invites(client, ada, toulon):
    client.force_login(ada.user)

    page = client.get("/membership/passport/").text

    assert "No stamp yet." in page
    assert "Meet Toulon" in page


def test_nobody_sees_a_passport_until_its_owner_shows_it(client, ada, toulon):
    scanned(a_ticket(toulon), "in")
    client.force_login(ada.user)

    client.post("/membership/passport/show/", {"is_shown": "on"})
    token = PassportLink.objects.get().token
    client.logout()
    shown = client.get(f"/passport/{token}/")

    assert shown.status_code == 200
    assert "Toulon" in shown.text
    assert ada.name not in shown.text and str(ada.member_number) not in shown.text
    assert shown["X-Robots-Tag"] == "noindex"
    assert client.get("/passport/nothing/").status_code == 404


def test_the_name_is_on_it_only_if_they_ask(client, ada):
    link = passport.show(ada, shows_name=True, at=NOON)

    assert ada.name in client.get(f"/passport/{link.token}/").text


def test_a_link_that_was_turned_off_is_dead_for_good(client, ada):
    old = passport.show(ada, shows_name=False, at=NOON).token
    passport.hide(ada)
    passport.show(ada, shows_name=False, at=NOON)

    assert client.get(f"/passport/{old}/").status_code == 404


def test_sixty_stamps_cost_as_many_queries_as_one(ada, toulon, django_assert_max_num_queries):
    for _ in range(3):
        scanned(a_ticket(toulon), "in")
    for number in range(60):
        day = date(2020, 1, 1) + timedelta(days=number)
        Stamp.objects.create(person=ada, city=toulon, kind="hosting", on=day, recorded_at=NOON)

    with django_assert_max_num_queries(6):
        passport.visas_of(ada)
