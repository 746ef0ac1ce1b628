"""Doors of the ticket page that are shut to others: members first, invitations, friends' tables;
and the order that a browser has under way.
"""

from datetime import timedelta

import pytest
import time_machine

from events.models import PromoCode, Table, Ticket
from orders.models import Order
from tests.events.sales.test_buying import filled, text_of
from tests.factories import NOON, make_event, make_member, make_ticket_type

pytestmark = pytest.mark.django_db

PAGE = "/events/tea/tickets/"


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def event():
    return make_event(slug="tea", tables_until=NOON + timedelta(days=9))


# --- Members first -----------------------------------------------------------------------------


@pytest.fixture
def members_first(event):
    return make_ticket_type(
        event, members_open_at=NOON, sales_open_at=NOON + timedelta(days=2), price_cents=9500
    )


def test_others_learn_when_and_that_members_are_in(client, members_first):
    words = text_of(client.get(PAGE))

    assert "Sales open on" in words
    assert "Members can buy now. Sign in if you’re a member." in words


def test_a_member_buys_meanwhile(client, members_first):
    client.force_login(make_member())

    assert client.post(PAGE, filled((members_first, "1"))).status_code == 302
    assert Ticket.objects.count() == 1


def test_the_countdown_decorates_a_sentence_that_says_the_instant(client, members_first):
    html = client.get(PAGE).content.decode()

    assert 'label="Time until sales open"' in html
    assert "2027-04-03T16:00" in html or "2027-04-03T12:00" in html


# --- Invitations -------------------------------------------------------------------------------


@pytest.fixture
def deck(event):
    kind = make_ticket_type(event, name="Bridge deck", is_by_invitation=True, capacity=9)
    code = PromoCode.objects.create(event=event, code="DECK", percent_off=0, invites=True)
    code.ticket_types.add(kind)
    return kind


def test_without_the_code_nobody_sees_the_kind(client, deck):
    words = text_of(client.get(PAGE))

    assert "Bridge deck" not in words
    assert "Invitation code" in words


def test_the_link_of_an_invitation_opens_it(client, deck):
    words = text_of(client.get(f"{PAGE}?code=deck"))

    assert "Bridge deck" in words


def test_a_wrong_code_opens_nothing_and_is_kept(client, deck):
    response = client.get(f"{PAGE}?code=dock")

    assert "“dock” doesn’t open anything here right now." in text_of(response)
    assert 'value="dock"' in response.content.decode()


def test_the_invited_buy_and_the_code_is_counted(client, deck):
    response = client.post(PAGE, filled((deck, "1"), code="DECK"))

    assert response.status_code == 302
    assert Ticket.objects.get().promo_code.code == "DECK"


def test_a_kind_by_invitation_cannot_be_guessed_into_the_form(client, event, deck):
    make_ticket_type(event)

    client.post(PAGE, filled((deck, "1")))

    assert not Ticket.objects.exists()


# --- A captain's friends -----------------------------------------------------------------------


def test_a_friend_buys_a_seat_at_the_table(client, event):
    seat = make_ticket_type(event, capacity=4)
    table = Table.objects.create(
        event=event, kind=Table.Kind.OPEN, name="The Ghent Four", seats=4, captain_name="Cy",
        ticket_type=seat, held_until=NOON + timedelta(days=9), opened_at=NOON, confirmed_at=NOON,
    )  # fmt: skip
    friends = f"{PAGE}?table={table.friends_token}"

    assert "sitting with Cy" in text_of(client.get(friends)).replace("You ", "")
    assert client.post(friends, filled((seat, "2"))).status_code == 302
    assert set(Ticket.objects.values_list("table", flat=True)) == {table.pk}
    refused = client.post(PAGE, filled((seat, "1"), submission_key="o" * 40))
    assert refused.status_code == 200


# --- The order under way -----------------------------------------------------------------------


def live_orders():
    return Order.objects.occupying(NOON).count()


def test_who_goes_back_is_told_of_the_order_under_way(client, event):
    seat = make_ticket_type(event, capacity=3)
    client.post(PAGE, filled((seat, "2")))

    words = text_of(client.get(PAGE))

    assert "You have an unfinished order" in words
    assert "Continue that order" in words


def test_who_chooses_again_lets_the_first_hold_go(client, event):
    seat = make_ticket_type(event, capacity=3)
    client.post(PAGE, filled((seat, "2"), submission_key="f" * 40))

    client.post(PAGE, filled((seat, "3"), submission_key="s" * 40))

    assert live_orders() == 1
    assert Ticket.objects.filter(line__order__state=Order.State.HELD).count() == 3


def test_another_browser_lets_nothing_go(client, event):
    seat = make_ticket_type(event, capacity=5)
    client.post(PAGE, filled((seat, "2"), submission_key="f" * 40))
    client.cookies.clear()

    client.post(PAGE, filled((seat, "3"), submission_key="s" * 40))

    assert live_orders() == 2


def test_the_cookie_goes_to_this_page_alone_and_to_no_script(client, event):
    response = client.post(PAGE, filled((make_ticket_type(event), "1")))

    cookie = response.cookies["nsca_under_way"]
    assert cookie["path"] == PAGE
    assert cookie["httponly"]
    assert cookie["max-age"] == 35 * 60
