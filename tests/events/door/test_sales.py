"""Seats for cash at the door."""

import re

import pytest
from django.urls import reverse
from post_office.models import Email

from events.door import door, walk_up
from events.door.walk_up import MayNotSell, NotInTheRegister, Sale
from events.models import AddOn, AddOnSold, Choice, DoorLink, Scan, Ticket
from events.sales.refusals import ChoiceUnavailable, NotAMember, SoldOut
from nsca.lib.secrets.codes import link_token
from orders.checkout import confirmations
from orders.models import LedgerEntry, Order, Payment
from tests.events.door_kit import DOORS, SEVEN, make_door_link
from tests.events.reveal_kit import STARTS
from tests.factories import make_event, make_member, make_ticket, make_ticket_type

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    return make_event(starts_at=STARTS, capacity=3, sales_close_at=DOORS)


@pytest.fixture
def seat(event):
    return make_ticket_type(event, price_cents=9500)


@pytest.fixture
def link(event):
    return make_door_link(event, may_sell=True)


def sell(link, seat, quantity=1, *, at=SEVEN, submission_key=None, **fields):
    sale = Sale(seat, quantity, **fields)
    return walk_up.sell(link, sale, submission_key=submission_key or link_token(), at=at)


def test_a_sale_is_paid_at_once_and_says_whose_hand_took_the_cash(link, seat):
    order = sell(link, seat, 2)

    payment = order.payments.get()
    assert (order.state, order.channel, order.total_cents) == ("paid", Order.Channel.CASH, 19000)
    assert (payment.method, payment.state) == (Payment.Method.CASH, Payment.State.PAID)
    assert payment.recorded_by == link.created_by
    assert {entry.actor for entry in LedgerEntry.objects.filter(order=order)} == {
        "Ruth, west gate (door)"
    }
    assert order.note == "Sold at the door; Ruth, west gate has the cash."
    assert Email.objects.count() == 0


def test_a_guest_who_leaves_an_address_gets_ticket_and_receipt(link, seat):
    order = sell(link, seat, name="Cy Nakamura", email="cy@x.example")
    confirmations.write_due(order.paid_at)

    assert order.buyer_name == "Cy Nakamura"
    assert Ticket.objects.get(line__order=order).guest_name == "Cy Nakamura"
    assert "cy@x.example" in str(Email.objects.first().to)


def test_the_last_seat_is_sold_and_not_one_more(event, link, seat):
    make_ticket(event), make_ticket(event)

    sell(link, seat)
    with pytest.raises(SoldOut):
        sell(link, seat)

    assert Ticket.objects.filter(event=event).count() == 3


def test_a_form_sent_twice_is_one_sale(link, seat):
    key = link_token()

    assert sell(link, seat, submission_key=key) == sell(link, seat, submission_key=key)
    assert Order.objects.count() == 1


def test_a_link_that_may_not_sell_does_not(link, seat):
    DoorLink.objects.update(may_sell=False)
    link.refresh_from_db()

    with pytest.raises(MayNotSell):
        sell(link, seat)


def test_a_link_that_has_ended_does_not_sell(link, seat):
    with pytest.raises(door.DoorClosed):
        sell(link, seat, at=link.ends_at)


# --- Suppers, add-ons, the member price --------------------------------------------------------


@pytest.fixture
def lobster(event):
    return Choice.objects.create(event=event, label="Lobster", price_cents=4000, capacity=1)


@pytest.fixture
def wine(event):
    return AddOn.objects.create(event=event, name="A bottle of wine", price_cents=2800, capacity=2)


@pytest.fixture
def ada():
    """A member whose membership holds on the evening."""
    return make_member("ada@ellery.example")


def test_supper_and_wine_are_paid_and_counted_like_any(event, link, seat, lobster, wine):
    order = sell(link, seat, 2, suppers={lobster: 1}, add_ons={wine: 2})

    assert order.total_cents == 2 * 9500 + 4000 + 2 * 2800
    assert order.payments.get().amount_cents == order.total_cents
    eating = Ticket.objects.order_by("line__position", "number").values_list("choice", flat=True)
    assert list(eating) == [lobster.pk, None]
    assert AddOnSold.objects.count() == 2
    with pytest.raises(ChoiceUnavailable):
        sell(link, seat, 1, suppers={lobster: 1})


def test_a_member_pays_the_member_price_once(link, seat, ada):
    seat.member_price_cents, seat.member_limit = 7000, 1
    seat.save()

    order = sell(link, seat, 2, at_member_price=1, email="Ada@Ellery.example")

    assert order.total_cents == 7000 + 9500
    with pytest.raises(NotAMember):
        sell(link, seat, 1, at_member_price=1, email="ada@ellery.example")


def test_a_second_click_of_a_members_sale_is_the_first_one(link, seat, ada):
    seat.member_price_cents, seat.member_limit = 7000, 1
    seat.save()
    fields = {"at_member_price": 1, "email": "ada@ellery.example", "submission_key": link_token()}

    assert sell(link, seat, **fields) == sell(link, seat, **fields)


def test_whom_the_register_does_not_know_pays_the_full_price(link, seat, ada):
    seat.member_price_cents = 7000
    seat.save()

    with pytest.raises(NotInTheRegister):
        sell(link, seat, at_member_price=1, email="ben@okoro.example")

    assert not Order.objects.exists()


# --- The page ----------------------------------------------------------------------------------


@pytest.fixture
def counter(client, travel, link):
    """A function that posts the form of the sale."""
    travel(SEVEN)
    address = reverse("door:sell", args=[link.token])
    client.get(reverse("door:home", args=[link.token]))

    def post(**fields):
        return client.post(address, {"key": "k" * 32, "quantity": 1} | fields)

    return post


def test_first_the_sum_is_shown_and_nothing_is_sold(counter, seat):
    page = counter(kind=seat.pk, quantity=2).content.decode()

    assert re.search(r"<h1[^>]*>Take \$190</h1>", page)
    assert "I have the cash: sell" in page
    assert Order.objects.count() == 0


def test_then_it_is_sold_and_they_are_let_in(counter, seat):
    page = counter(kind=seat.pk, quantity=2, let_in="on", confirm="1").content.decode()

    assert "2 guests are in" in page
    assert "$190 in cash" in page
    assert list(Scan.objects.values_list("act", flat=True)) == ["in", "in"]


def test_they_may_come_in_later(counter, seat):
    page = counter(kind=seat.pk, confirm="1").content.decode()

    assert ">Sold</h1>" in page
    assert "0 of 1 of this party are in." in page
    assert Scan.objects.count() == 0


def test_a_click_more_sells_nothing_more(counter, seat):
    for _ in range(2):
        page = counter(kind=seat.pk, let_in="on", confirm="1").content.decode()

    assert "One guest is in" in page
    assert (Order.objects.count(), Scan.objects.filter(act="in").count()) == (1, 1)


def test_a_sold_out_event_says_so_with_the_form_kept(counter, event, seat):
    for _ in range(3):
        make_ticket(event)

    response = counter(kind=seat.pk, name="Cy", confirm="1")

    assert response.status_code == 422
    assert "sold out" in response.content.decode() or "last seat" in response.content.decode()
    assert 'value="Cy"' in response.content.decode()


@pytest.mark.parametrize("quantity", ["0", "21", "two", ""])
def test_a_quantity_that_is_none_is_refused_in_words(quantity, counter, seat):
    response = counter(kind=seat.pk, quantity=quantity, confirm="1")

    assert response.status_code == 422
    assert Order.objects.count() == 0


def test_only_what_a_stranger_may_have_is_sold(client, counter, link, event, seat):
    make_ticket_type(event, name="For sponsors", is_by_invitation=True)
    make_ticket_type(event, name="A kit by mail", is_posted=True)
    make_ticket_type(event, name="Withdrawn", is_offered=False)

    page = client.get(reverse("door:sell", args=[link.token])).content.decode()

    assert "Seat at the long table, $95" in page
    assert not any(name in page for name in ("For sponsors", "A kit by mail", "Withdrawn"))


def test_a_link_that_may_not_sell_has_no_such_page(client, counter, link):
    DoorLink.objects.update(may_sell=False)

    response = client.get(reverse("door:sell", args=[link.token]))

    assert response.status_code == 403
    assert "This link can’t sell tickets" in response.content.decode()
    assert (
        "Sell for cash" not in client.get(reverse("door:home", args=[link.token])).content.decode()
    )


def test_the_sum_names_everything_and_then_it_is_sold_as_shown(
    counter, event, seat, lobster, wine, ada
):
    seat.member_price_cents = 7000
    seat.save()
    typed = {
        "kind": seat.pk, "quantity": 2, "members": 1, f"supper_{lobster.pk}": 1,
        f"add_{wine.pk}": 1, "email": "ada@ellery.example", "name": "Ada Ellery",
    }  # fmt: skip

    page = counter(**typed, let_in="on").content.decode()
    sent = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page))
    answer = counter(**sent, confirm="1").content.decode()

    assert re.search(r"<h1[^>]*>Take \$233</h1>", page)  # 70 + 40, 95, 28
    assert "<dd>Lobster</dd>" in page
    assert "$233 in cash" in answer
    assert "<dt>Add-ons</dt><dd>1 × A bottle of wine</dd>" in answer
    assert (Order.objects.get().total_cents, Scan.objects.count()) == (23_300, 2)


@pytest.mark.parametrize(
    "typed, words",
    [
        ({"members": 1}, "Enter the member’s e-mail so we can look it up."),
        ({"members": 1, "email": "ben@okoro.example"}, "No member has this e-mail address."),
        ({"members": 3, "email": "ada@ellery.example"}, "That’s more than you’re selling."),
    ],
)
def test_the_member_price_is_refused_in_words(counter, event, seat, ada, typed, words):
    seat.member_price_cents = 7000
    seat.save()

    response = counter(kind=seat.pk, quantity=2, **typed)

    assert response.status_code == 422
    assert words in response.content.decode()


def test_more_suppers_than_seats_are_refused_beside_the_supper(counter, seat, lobster):
    Choice.objects.update(capacity=9)

    page = counter(kind=seat.pk, quantity=1, **{f"supper_{lobster.pk}": 2}).content.decode()

    assert "That’s more suppers than" in page


def test_a_guest_without_an_address_reads_the_receipt_off_the_screen(counter, seat):
    page = counter(kind=seat.pk, confirm="1").content.decode()
    with_address = counter(
        kind=seat.pk, confirm="1", email="cy@x.example", key="m" * 32
    ).content.decode()

    assert 'aria-label="Link to the receipt"' in page
    assert 'aria-label="Link to the receipt"' not in with_address
