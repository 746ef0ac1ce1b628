"""Chairs for cash at the door."""

import re

import pytest
from django.urls import reverse
from post_office.models import Email

from events import door
from events.models import DoorLink, Scan, Ticket
from events.refusals import SoldOut
from nsca.lib.codes import link_token
from orders.models import LedgerEntry, Order, Payment
from tests.events.door_kit import DOORS, SEVEN, make_door_link
from tests.events.reveal_kit import STARTS
from tests.factories import make_event, make_ticket, make_ticket_type

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    return make_event(starts_at=STARTS, capacity=3, sales_close_at=DOORS)


@pytest.fixture
def chair(event):
    return make_ticket_type(event, price_cents=9500)


@pytest.fixture
def link(event):
    return make_door_link(event, may_sell=True)


def sell(link, chair, quantity=1, *, at=SEVEN, **fields):
    fields.setdefault("submission_key", link_token())
    return door.sell(link, chair, quantity, at=at, **fields)


def test_a_sale_is_paid_at_once_and_says_whose_hand_took_the_cash(link, chair):
    order = sell(link, chair, 2)

    payment = order.payments.get()
    assert (order.state, order.channel, order.total_cents) == ("paid", Order.Channel.CASH, 19000)
    assert (payment.method, payment.state) == (Payment.Method.CASH, Payment.State.PAID)
    assert payment.recorded_by == link.created_by
    assert {entry.actor for entry in LedgerEntry.objects.filter(order=order)} == {
        "Ruth, west gate (door)"
    }
    assert order.note == "Sold at the door; Ruth, west gate has the cash."
    assert Email.objects.count() == 0


def test_a_guest_who_leaves_an_address_gets_ticket_and_receipt(link, chair):
    order = sell(link, chair, name="Cy Nakamura", email="cy@x.example")

    assert order.buyer_name == "Cy Nakamura"
    assert Ticket.objects.get(line__order=order).guest_name == "Cy Nakamura"
    assert "cy@x.example" in str(Email.objects.first().to)


def test_the_last_chair_is_sold_and_not_one_more(event, link, chair):
    make_ticket(event), make_ticket(event)

    sell(link, chair)
    with pytest.raises(SoldOut):
        sell(link, chair)

    assert Ticket.objects.filter(event=event).count() == 3


def test_a_form_sent_twice_is_one_sale(link, chair):
    key = link_token()

    assert sell(link, chair, submission_key=key) == sell(link, chair, submission_key=key)
    assert Order.objects.count() == 1


def test_a_link_that_may_not_sell_does_not(link, chair):
    DoorLink.objects.update(may_sell=False)
    link.refresh_from_db()

    with pytest.raises(door.MayNotSell):
        sell(link, chair)


def test_a_link_that_has_ended_does_not_sell(link, chair):
    with pytest.raises(door.DoorClosed):
        sell(link, chair, at=link.ends_at)


# --- The page ------------------------------------------------------------------------------------


@pytest.fixture
def counter(client, travel, link):
    """A function that posts the form of the sale."""
    travel(SEVEN)
    address = reverse("door:sell", args=[link.token])
    client.get(reverse("door:home", args=[link.token]))

    def post(**fields):
        return client.post(address, {"key": "k" * 32, "quantity": 1} | fields)

    return post


def test_first_the_sum_is_shown_and_nothing_is_sold(counter, chair):
    page = counter(kind=chair.pk, quantity=2).content.decode()

    assert re.search(r"<h1[^>]*>Take \$190</h1>", page)
    assert "I have the cash: sell" in page
    assert Order.objects.count() == 0


def test_then_it_is_sold_and_they_are_let_in(counter, chair):
    page = counter(kind=chair.pk, quantity=2, let_in="on", confirm="1").content.decode()

    assert "2 guests are in" in page
    assert "$190 in cash" in page
    assert list(Scan.objects.values_list("act", flat=True)) == ["in", "in"]


def test_they_may_come_in_later(counter, chair):
    page = counter(kind=chair.pk, confirm="1").content.decode()

    assert ">Sold</h1>" in page
    assert "0 of 1 of this party are in." in page
    assert Scan.objects.count() == 0


def test_a_click_more_sells_nothing_more(counter, chair):
    for _ in range(2):
        page = counter(kind=chair.pk, let_in="on", confirm="1").content.decode()

    assert "One guest is in" in page
    assert (Order.objects.count(), Scan.objects.filter(act="in").count()) == (1, 1)


def test_a_sold_out_event_says_so_with_the_form_kept(counter, event, chair):
    for _ in range(3):
        make_ticket(event)

    response = counter(kind=chair.pk, name="Cy", confirm="1")

    assert response.status_code == 422
    assert "sold out" in response.content.decode() or "last chair" in response.content.decode()
    assert 'value="Cy"' in response.content.decode()


@pytest.mark.parametrize("quantity", ["0", "21", "two", ""])
def test_a_quantity_that_is_none_is_refused_in_words(quantity, counter, chair):
    response = counter(kind=chair.pk, quantity=quantity, confirm="1")

    assert response.status_code == 422
    assert Order.objects.count() == 0


def test_only_what_a_stranger_may_have_is_sold(client, counter, link, event, chair):
    make_ticket_type(event, name="For sponsors", is_by_invitation=True)
    make_ticket_type(event, name="A kit by mail", is_posted=True)
    make_ticket_type(event, name="Withdrawn", is_offered=False)

    page = client.get(reverse("door:sell", args=[link.token])).content.decode()

    assert "Chair at the long table, $95" in page
    assert not any(name in page for name in ("For sponsors", "A kit by mail", "Withdrawn"))


def test_a_link_that_may_not_sell_has_no_such_page(client, counter, link):
    DoorLink.objects.update(may_sell=False)

    response = client.get(reverse("door:sell", args=[link.token]))

    assert response.status_code == 403
    assert "This link does not sell" in response.content.decode()
    assert (
        "Sell for cash" not in client.get(reverse("door:home", args=[link.token])).content.decode()
    )
