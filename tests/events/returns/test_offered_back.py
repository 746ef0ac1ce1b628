"""“Return my seat”: the holder keeps it until someone else has paid, and not a moment longer."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from post_office.models import Email

from events.models import Event, Scan, Ticket
from events.returns import offered_back
from events.returns.offered_back import GoingAlready, StaysYours
from events.waitlist import joining, offers
from orders.checkout import settling
from orders.models import LedgerEntry, Order, Payment, Refund, Task
from tests.events.reveal_kit import DAY, LONG_BEFORE, TICK
from tests.events.sales.test_buying import text_of
from tests.events.selling import ADA, BEN, hold, left_of
from tests.factories import NOON, make_event, make_payment, make_ticket_type

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
LATER = NOON + 5 * MINUTE


@pytest.fixture(autouse=True)
def noon():
    cache.clear()
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def event():
    return make_event(slug="tea")


@pytest.fixture
def seat(event):
    return make_ticket_type(event, capacity=2)


def buy(event, *wanted, at=NOON, method=Payment.Method.PRETEND, **fields):
    """An order as the gateway leaves it: paid, with its payment."""
    order = hold(event, *wanted, at=at, **fields)
    make_payment(order, method=method, opened_at=at, paid_at=at)
    settling.mark_paid(order, at=at, actor="test", cents=order.total_cents)
    order.refresh_from_db()
    return order


def ticket_of(order, number=1):
    rows = Ticket.objects.select_related("event", "ticket_type", "line__order")
    return rows.get(line__order=order, number=number)


@pytest.fixture
def adas(event, seat):
    """The first of Ada's two seats, which are all there are; she offers it back."""
    ticket = ticket_of(buy(event, (seat, 2)))
    offered_back.offer_back(ticket, at=NOON)
    return ticket


def is_gone(ticket):
    ticket.refresh_from_db()
    return ticket.canceled_at is not None


# --- Until someone else has paid ---------------------------------------------------------------


def test_the_holder_keeps_the_ticket_while_nobody_wants_the_seat(adas, seat):
    offered_back.match_due(LATER)

    assert not is_gone(adas)
    assert ticket_of(adas.line.order).is_valid
    assert left_of(seat, at=LATER) == 1


def test_it_goes_once_someone_else_has_paid_and_that_one_unit_is_refunded(event, seat, adas):
    buy(event, (seat, 1), buyer=BEN, at=LATER)

    assert offered_back.match_due(LATER) == 1
    assert offered_back.match_due(LATER) == 0

    refund = Refund.objects.get()
    assert (refund.line, refund.unit, refund.cents) == (adas.line, 1, 9500)
    assert (refund.state, refund.reason) == ("succeeded", "Someone else took the seat")
    assert is_gone(adas)
    assert not is_gone(ticket_of(adas.line.order, 2))
    assert left_of(seat, at=LATER) == 0


def test_it_does_not_go_while_someone_is_only_paying(event, seat, adas):
    hold(event, (seat, 1), buyer=BEN, at=LATER)

    offered_back.match_due(LATER)

    assert not is_gone(adas)
    assert left_of(seat, at=LATER) == 0


def test_while_there_is_room_the_seat_is_not_needed(event, seat):
    ticket = ticket_of(buy(event, (seat, 1)))
    offered_back.offer_back(ticket, at=NOON)
    buy(event, (seat, 1), buyer=BEN, at=LATER)

    offered_back.match_due(LATER)

    assert not is_gone(ticket)


def test_who_offered_first_goes_first(event, seat):
    order = buy(event, (seat, 2))
    first, second = ticket_of(order, 2), ticket_of(order, 1)
    offered_back.offer_back(first, at=NOON)
    offered_back.offer_back(second, at=NOON + MINUTE)
    buy(event, (seat, 1), buyer=BEN, at=LATER)

    offered_back.match_due(LATER)

    assert (is_gone(first), is_gone(second)) == (True, False)


def test_a_room_with_one_limit_for_all_kinds_is_kept_too(event):
    Event.objects.update(capacity=2)
    event.refresh_from_db()
    seat, garden = make_ticket_type(event), make_ticket_type(event, name="Garden chair")
    ticket = ticket_of(buy(event, (seat, 2)))
    offered_back.offer_back(ticket, at=NOON)
    buy(event, (garden, 1), buyer=BEN, at=LATER)

    offered_back.match_due(LATER)

    assert is_gone(ticket)


def test_lowering_the_capacity_takes_nobody_s_seat(adas, seat):
    seat.capacity = 1
    seat.save()

    offered_back.match_due(LATER)

    assert not is_gone(adas)
    offered_back.keep_after_all(adas, at=LATER)


def test_the_waitlist_has_it_first(event, seat):
    ticket = ticket_of(buy(event, (seat, 2)))
    entry, _ = joining.join(event=event, name="dee", email="dee@x.example", party=1, at=NOON)
    offered_back.offer_back(ticket, at=NOON)

    offers.make_due(LATER)
    entry.refresh_from_db()
    settling.mark_paid(entry.offer, at=LATER, actor="test", cents=9500)
    offered_back.match_due(LATER)

    assert is_gone(ticket)


def test_cash_becomes_a_task_for_the_office(event, seat):
    order = buy(event, (seat, 2), method=Payment.Method.CASH)
    offered_back.offer_back(ticket_of(order), at=NOON)
    buy(event, (seat, 1), buyer=BEN, at=LATER)

    offered_back.match_due(LATER)

    assert Refund.objects.get().state == "requested"
    assert "by hand" in Task.objects.get().text


def test_a_free_seat_goes_without_money(event):
    seat = make_ticket_type(event, price_cents=0, capacity=1)
    order = hold(event, (seat, 1))
    settling.settle_free(order, at=NOON)
    order.refresh_from_db()
    ticket = ticket_of(order)
    offered_back.offer_back(ticket, at=NOON)
    other = hold(event, (seat, 1), buyer=BEN, at=LATER)
    settling.settle_free(other, at=LATER)

    offered_back.match_due(LATER)

    assert is_gone(ticket)
    assert not Refund.objects.exists()
    assert order.ledger.filter(entry=LedgerEntry.Entry.REFUNDED).exists()


def test_a_disputed_seat_waits(event, seat, adas):
    Order.objects.filter(pk=adas.line.order_id).update(placed_at=NOON - DAY)
    buy(event, (seat, 1), buyer=BEN, at=LATER)
    Ticket.objects.filter(pk=adas.pk).update(suspended_at=NOON)

    offered_back.match_due(LATER)

    assert not is_gone(adas)


def test_a_disputed_seat_cannot_be_had_once_more(adas, seat):
    Ticket.objects.filter(pk=adas.pk).update(suspended_at=NOON)

    assert left_of(seat, at=LATER) == 0


# --- Changing one's mind -----------------------------------------------------------------------


def test_who_will_come_after_all_keeps_the_seat(adas, seat):
    offered_back.keep_after_all(adas, at=LATER)

    assert left_of(seat, at=LATER) == 0
    adas.refresh_from_db()
    assert adas.offered_back_at is None


def test_not_while_someone_is_paying_for_it(event, seat, adas):
    order = hold(event, (seat, 1), buyer=BEN, at=LATER)

    with pytest.raises(GoingAlready):
        offered_back.keep_after_all(adas, at=order.held_until - TICK)
    offered_back.keep_after_all(adas, at=order.held_until)


def test_of_two_offered_back_one_may_be_kept_while_the_other_is_paid_for(event, seat):
    order = buy(event, (seat, 2))
    first, second = ticket_of(order, 1), ticket_of(order, 2)
    for ticket in (first, second):
        offered_back.offer_back(ticket, at=NOON)
    hold(event, (seat, 1), buyer=BEN, at=LATER)

    offered_back.keep_after_all(first, at=LATER)
    with pytest.raises(GoingAlready):
        offered_back.keep_after_all(second, at=LATER)


def test_offering_twice_keeps_the_first_instant(adas):
    offered_back.offer_back(adas, at=LATER)

    adas.refresh_from_db()
    assert adas.offered_back_at == NOON


# --- Who may, and when -------------------------------------------------------------------------


@pytest.mark.parametrize("after, may", [(-TICK, True), (0 * TICK, False), (TICK, False)])
def test_until_the_last_instant_of_the_sale(event, seat, after, may):
    Event.objects.update(sales_close_at=LATER)
    ticket = ticket_of(buy(event, (seat, 1)))

    assert (offered_back.why_not(ticket, at=LATER + after) == "") == may


@pytest.mark.parametrize("after, may", [(-TICK, False), (0 * TICK, True), (TICK, True)])
def test_from_the_instant_on_at_which_own_refunds_end(event, seat, after, may):
    Event.objects.update(refunds_until=LATER)
    ticket = ticket_of(buy(event, (seat, 1)))

    assert (offered_back.why_not(ticket, at=LATER + after) == "") == may


@pytest.mark.parametrize(
    "after, anyway, may",
    [(-TICK, False, True), (0 * TICK, False, False), (0 * TICK, True, True)],
)
def test_who_has_read_the_venue_returns_nothing_unless_the_board_says_so(
    soiree, after, anyway, may
):
    Event.objects.update(sales_close_at=soiree.starts_at, refunds_after_reveal=anyway)
    soiree.refresh_from_db()
    seat = make_ticket_type(soiree, capacity=1)
    ticket = ticket_of(buy(soiree, (seat, 1), at=LONG_BEFORE))

    assert (offered_back.why_not(ticket, at=soiree.opens_at + after) == "") == may


def test_a_table_goes_back_by_the_office(event):
    table = make_ticket_type(event, name="Table", covers=8, capacity=1)
    ticket = ticket_of(buy(event, (table, 1)))

    with pytest.raises(StaysYours, match="A table can only be returned whole"):
        offered_back.offer_back(ticket, at=LATER)


def test_where_there_is_room_for_everyone_nobody_waits(event):
    ticket = ticket_of(buy(event, (make_ticket_type(event), 1)))

    with pytest.raises(StaysYours):
        offered_back.offer_back(ticket, at=LATER)


@pytest.mark.parametrize("fields", [{"canceled_at": NOON}, {"suspended_at": NOON}])
def test_what_is_not_valid_is_not_returned(event, seat, fields):
    order = buy(event, (seat, 1))
    Ticket.objects.update(**fields)

    with pytest.raises(StaysYours):
        offered_back.offer_back(ticket_of(order), at=LATER)


def test_who_came_in_returns_nothing(event, seat):
    ticket = ticket_of(buy(event, (seat, 1)))
    Scan.objects.create(ticket=ticket, at=NOON)

    with pytest.raises(StaysYours):
        offered_back.offer_back(ticket, at=LATER)


# --- Pages and e-mails -------------------------------------------------------------------------


def test_the_ticket_leads_to_the_offer_which_asks_first(client, event, seat):
    ticket = ticket_of(buy(event, (seat, 1)))
    address = f"/tickets/{ticket.token}/return/"

    page = client.get(ticket.get_absolute_url())
    asked = client.get(address)
    ticket.refresh_from_db()
    was = ticket.offered_back_at
    client.post(address, {"act": "offer"})
    after = client.get(ticket.get_absolute_url())

    assert f'href="{address}"' in page.content.decode()
    assert "Until someone else has paid for it, the ticket stays yours" in text_of(asked)
    assert was is None
    assert "You offered this ticket back on Thursday, April 1, 2027" in text_of(after)
    client.post(address, {"act": "keep"})
    assert "You offered this ticket back" not in text_of(client.get(ticket.get_absolute_url()))


def test_another_site_returns_nobody_s_seat(client, event, seat):
    ticket = ticket_of(buy(event, (seat, 1)))

    response = client.post(
        f"/tickets/{ticket.token}/return/",
        {"act": "offer"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert response.status_code == 403
    assert not Ticket.objects.filter(offered_back_at__isnull=False).exists()


def test_who_paid_and_who_held_it_each_get_one_email(event, seat, adas):
    Ticket.objects.filter(pk=adas.pk).update(guest_name="Cy", guest_email="cy@marsh.example")
    buy(event, (seat, 1), buyer=BEN, at=LATER)
    Email.objects.all().delete()

    offered_back.match_due(LATER)

    emails = {re.sub(r".*<(.*)>", r"\1", mail.to[0]): mail.message for mail in Email.objects.all()}
    assert set(emails) == {ADA.email, "cy@marsh.example"}
    assert "$95" in emails[ADA.email]
    assert "is no longer valid" in emails["cy@marsh.example"]


@pytest.mark.parametrize("after", [-TICK, 0 * TICK])
def test_the_page_of_the_offer_never_knows_the_venue(client, soiree, after):
    seat = make_ticket_type(soiree, capacity=1)
    ticket = ticket_of(buy(soiree, (seat, 1), at=LONG_BEFORE))
    offered_back.offer_back(ticket, at=LONG_BEFORE)

    with time_machine.travel(soiree.opens_at + after, tick=False):
        revealed = client.get(f"/tickets/{ticket.token}/return/").content.decode()
        own = client.get(ticket.get_absolute_url()).content.decode()

    assert "Chart House" not in revealed
    assert ("Chart House" in own) == (after == 0 * TICK)


def test_after_it_is_taken_its_old_holder_learns_nothing(client, soiree):
    seat = make_ticket_type(soiree, capacity=1)
    ticket = ticket_of(buy(soiree, (seat, 1), at=LONG_BEFORE))
    offered_back.offer_back(ticket, at=LONG_BEFORE)
    buy(soiree, (seat, 1), buyer=BEN, at=LONG_BEFORE + MINUTE)
    offered_back.match_due(LONG_BEFORE + MINUTE)

    with time_machine.travel(soiree.opens_at, tick=False):
        own = client.get(ticket.get_absolute_url()).content.decode()

    assert "This ticket is canceled" in own
    assert "Chart House" not in own
