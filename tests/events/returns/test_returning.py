"""Guests return their seats on their own: until the event's instant, and never what came in."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from post_office.models import Email

from events.models import Scan, Ticket
from events.sales.quotes import Guest
from orders.models import Refund
from orders.refunds import returning
from orders.refunds.returning import NotReturnable, give_back_chosen, offers_of
from tests.events.selling import left_of, sell
from tests.factories import NOON, make_event, make_line, make_payment, make_ticket_type

pytestmark = pytest.mark.django_db
DAY, TICK = timedelta(days=1), timedelta(microseconds=1)
UNTIL = NOON + 10 * DAY
TABLE_OF_FRIENDS = [Guest("Ada Ellery"), Guest("Ben Okoro"), Guest("Cy Vance"), Guest()]


@pytest.fixture
def soiree():
    """In 30 days; told a day before; seats go back for ten days."""
    return make_event(lead=DAY, refunds_until=UNTIL, capacity=20)


@pytest.fixture
def seat(soiree):
    return make_ticket_type(soiree, fair_value_cents=6000)


@pytest.fixture
def order(soiree, seat):
    """Two seats with the pretend payments, $190."""
    return paid(soiree, (seat, 2), guests=[Guest("Ada Ellery"), Guest("Ben Okoro")])


def paid(event, *wanted, method="pretend", **fields):
    order = sell(event, *wanted, **fields)
    make_payment(order, method=method)
    return order


def titles(order, *, at=NOON):
    return [offer.unit.title for offer in offers_of(order, at=at).offers]


def keys(order, *titles, at=NOON):
    return [o.key for o in offers_of(order, at=at).offers if o.unit.title in titles]


def test_one_guest_of_two_returns_their_seat(order, seat, soiree):
    had = left_of(seat)

    give_back_chosen(order, keys(order, "Ben Okoro"), at=NOON)

    ada, ben = order.lines.get().tickets.all()
    refund = Refund.objects.get()
    assert (refund.cents, refund.unit, refund.reason) == (9500, 2, "Returned by the buyer")
    assert (ada.canceled_at, ben.canceled_at) == (None, NOON)
    assert left_of(seat) == had + 1
    assert titles(order) == ["Ada Ellery"]
    assert order.ledger.filter(entry="refund_requested").get().actor == "buyer"


@pytest.mark.parametrize(
    "at, may", [(UNTIL - TICK, True), (UNTIL, False), (UNTIL + TICK, False)], ids=str
)
def test_seats_go_back_until_the_refund_instant(order, at, may):
    chosen = keys(order, "Ben Okoro", at=NOON)

    if may:
        give_back_chosen(order, chosen, at=at)
    else:
        with pytest.raises(NotReturnable):
            give_back_chosen(order, chosen, at=at)

    assert Refund.objects.exists() is may


@pytest.mark.parametrize(
    "moment, is_allowed_after, may",
    [(-TICK, False, True), (timedelta(0), False, False), (timedelta(0), True, True)],
)
def test_nobody_reads_the_venue_and_returns_the_seat(soiree, order, moment, is_allowed_after, may):
    """The start was moved nearer, so the refund instant lies behind the reveal."""
    soiree.refunds_until = soiree.opens_at + timedelta(hours=6)
    soiree.refunds_after_reveal = is_allowed_after
    soiree.save()

    assert bool(titles(order, at=soiree.opens_at + moment)) is may


def test_an_event_whose_refunds_outlast_the_reveal_is_not_saved_by_a_slip(soiree):
    soiree.refunds_until = soiree.opens_at + TICK

    with pytest.raises(ValidationError, match="Refunds must end by the reveal"):
        soiree.clean()
    soiree.refunds_after_reveal = True
    soiree.clean()


def test_without_a_refund_instant_only_the_office_gives_back(soiree, order):
    soiree.refunds_until = None
    soiree.save()

    found = offers_of(order, at=NOON)

    assert found.offers == ()
    assert found.words == ("To return a ticket, call us.",)


def test_who_came_in_does_not_return_the_seat(order):
    chosen = keys(order, "Ada Ellery")
    ada = Ticket.objects.get(guest_name="Ada Ellery")
    Scan.objects.create(ticket=ada, at=NOON)

    with pytest.raises(NotReturnable):
        give_back_chosen(order, chosen, at=NOON)

    assert titles(order) == ["Ben Okoro"]


def test_a_scan_that_was_undone_hinders_nobody(order):
    ada = Ticket.objects.get(guest_name="Ada Ellery")
    Scan.objects.create(ticket=ada, at=NOON)
    Scan.objects.create(ticket=ada, at=NOON + TICK, act=Scan.Act.UNDO)

    assert titles(order) == ["Ada Ellery", "Ben Okoro"]


def test_a_seat_that_was_transferred_is_not_the_buyers_to_return(order):
    Ticket.objects.filter(guest_name="Ben Okoro").update(
        given_on_at=NOON, transfer_count=1, guest_email="ben@okoro.example"
    )

    assert titles(order) == ["Ada Ellery"]


def test_a_table_goes_back_whole_by_its_guests_names(soiree):
    table = make_ticket_type(soiree, name="Table of four", price_cents=30_000, covers=4)
    order = paid(soiree, (table, 2), guests=TABLE_OF_FRIENDS)
    [first, second] = offers_of(order, at=NOON).offers

    give_back_chosen(order, [first.key], at=NOON)

    assert (first.unit.title, first.unit.text) == (
        "Table of four, no. 1",
        "Ada Ellery, Ben Okoro, Cy Vance",
    )
    assert [t.canceled_at is None for t in order.lines.get().tickets.all()] == (
        [False] * 4 + [True] * 4
    )
    assert Refund.objects.get().cents == 30_000


def test_what_cost_nothing_is_simply_canceled(soiree):
    free = make_ticket_type(soiree, name="Student", price_cents=0)
    order = paid(soiree, (free, 1), method="free", guests=[Guest("Ada Ellery")])

    assert give_back_chosen(order, keys(order, "Ada Ellery"), at=NOON) == []

    assert order.lines.get().tickets.get().canceled_at == NOON
    email = Email.objects.filter(subject__contains="cancellation").get()
    assert "there is no refund" in email.message


def test_gifts_and_dues_of_the_same_order_stay(order):
    make_line(order, kind="gift", unit_cents=5000)
    order.payments.update(amount_cents=24_000)

    give_back_chosen(order, keys(order, "Ada Ellery", "Ben Okoro"), at=NOON)

    assert sum(refund.cents for refund in Refund.objects.all()) == 19_000


def test_an_open_invoice_is_the_offices(soiree, seat):
    order = sell(soiree, (seat, 1))
    make_payment(order, method="invoice", state="open")

    found = offers_of(order, at=NOON)

    assert (found.offers, found.words) == ((), (returning.ASK_US,))


def test_cash_goes_back_by_hand_and_someone_is_asked_to(soiree, seat):
    order = paid(soiree, (seat, 1), method="cash", guests=[Guest("Ada Ellery")])

    give_back_chosen(order, keys(order, "Ada Ellery"), at=NOON)

    assert Refund.objects.get().state == "requested"
    assert "by hand" in order.tasks.get().text


# --- The pages ---------------------------------------------------------------------------------


@pytest.fixture
def guest():
    with time_machine.travel(NOON, tick=False) as clock:
        client = Client()
        client.clock = clock
        yield client


def test_choose_read_confirm(guest, order):
    url = f"/orders/{order.token}/give-back/"
    [key] = keys(order, "Ben Okoro")

    order_page = guest.get(order.get_absolute_url()).content.decode()
    choose = guest.get(url).content.decode()
    ask = guest.post(url, {"unit": [key]})
    nothing_yet = Refund.objects.exists()
    done = guest.post(url, {"unit": [key], "yes": "1"}, follow=True)

    assert f'href="{url}"' in order_page
    assert "Ada Ellery" in choose
    assert "Ben Okoro" in choose
    assert "Return for $95" in ask.content.decode()
    assert not nothing_yet
    assert "Your refund is $95." in done.content.decode()
    assert "1 of 2 returned" in done.content.decode()


def test_the_order_s_page_opens_no_ticket_that_went_back(order, guest):
    kept, gone = order.lines.get().tickets.order_by("number")

    give_back_chosen(order, keys(order, "Ben Okoro"), at=NOON)
    page = guest.get(f"/orders/{order.token}/").content.decode()

    assert page.count('aria-label="Open: Ada Ellery"') == 1
    assert "Open: Ben Okoro" not in page
    assert f"{gone.code}, canceled" in page
    assert kept.token in page
    assert gone.token not in page


def test_a_second_click_returns_nothing_more(guest, order):
    url, [key] = f"/orders/{order.token}/give-back/", keys(order, "Ben Okoro")
    guest.post(url, {"unit": [key], "yes": "1"})

    again = guest.post(url, {"unit": [key], "yes": "1"})

    assert again.status_code == 422
    assert "Nothing was changed" in again.content.decode()
    assert Refund.objects.count() == 1


def test_choosing_nothing_is_said(guest, order):
    response = guest.post(f"/orders/{order.token}/give-back/", {})

    assert response.status_code == 422
    assert "Check at least one ticket first." in response.content.decode()


def test_too_late_is_said_on_the_page_with_the_instant(guest, order):
    guest.clock.move_to(UNTIL)

    html = guest.get(f"/orders/{order.token}/give-back/").content.decode()

    assert "Returns closed Sunday, April 11, 2027" in html
    assert "<form" not in html.split("<main")[1].split("</main>")[0]


@pytest.mark.parametrize("unit", ["x", "1-99", "9999-1", ""])
def test_what_is_not_the_buyers_cannot_be_returned(guest, order, unit):
    response = guest.post(f"/orders/{order.token}/give-back/", {"unit": [unit], "yes": "1"})

    assert response.status_code == 422
    assert not Refund.objects.exists()


def test_another_orders_ticket_cannot_be_returned(guest, order, soiree, seat):
    other = paid(soiree, (seat, 1), guests=[Guest("Cy Vance")])

    guest.post(f"/orders/{order.token}/give-back/", {"unit": keys(other, "Cy Vance"), "yes": "1"})

    assert not Refund.objects.exists()


def test_the_page_is_private_guarded_and_throttled(guest, order):
    url = f"/orders/{order.token}/give-back/"

    page = guest.get(url)
    stranger = guest.post(url, {"yes": "1"}, headers={"Sec-Fetch-Site": "cross-site"})
    unknown = guest.get(f"/orders/{'x' * 32}/give-back/")
    answers = {guest.post(url, {}).status_code for _ in range(21)}

    assert page["Cache-Control"] == "private, no-store"
    assert page["Referrer-Policy"] == "no-referrer"
    assert (stranger.status_code, unknown.status_code) == (403, 404)
    assert answers == {422, 429}
