"""Money that comes late: whether its seats are still there, and where the buyer is led if not."""

from datetime import timedelta

import pytest

from events.models import Choice, Event, TicketType
from events.sales.refusals import ChoiceUnavailable, NotEnoughLeft, SalesClosed, SoldOut
from events.tickets.guests import change_guest
from orders.checkout.placing import HOLD, Buyer
from orders.lines.kinds import kind_of
from orders.models import Order
from tests.events.reveal_kit import TICK
from tests.events.selling import BEN, hold, left_of, sell, supper_guests
from tests.factories import NOON, make_event, make_ticket_type

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    return make_event()


@pytest.fixture
def seat(event):
    return make_ticket_type(event, capacity=10)


def test_an_expired_order_takes_its_seats_again_if_there_are_any(event, seat):
    line = hold(event, (seat, 10)).lines.get()
    Order.objects.update(held_until=NOON + 2 * HOLD)  # held again while it is counted

    kind_of("ticket").retake(line, at=NOON + HOLD)

    assert left_of(seat, at=NOON + HOLD) == 0


def test_an_expired_order_is_refused_when_its_seats_are_gone(event, seat):
    line = hold(event, (seat, 6)).lines.get()
    hold(event, (seat, 5), at=NOON + HOLD, buyer=BEN)

    with pytest.raises(NotEnoughLeft):
        kind_of("ticket").retake(line, at=NOON + HOLD)


def test_all_lines_of_a_late_order_are_counted_together():
    event = make_event(capacity=3)
    seat, patron = make_ticket_type(event), make_ticket_type(event, name="Patron")
    first = hold(event, (seat, 1), (patron, 1)).lines.first()
    hold(event, (seat, 2), at=NOON + HOLD, buyer=BEN)

    with pytest.raises(SoldOut):
        kind_of("ticket").retake(first, at=NOON + HOLD)


@pytest.mark.parametrize("somebody_came, is_refused", [(False, False), (True, True)])
def test_a_hold_is_honored_past_a_lowered_limit_unless_its_time_was_over_for_others(
    event, seat, somebody_came, is_refused
):
    """Paid in the last minutes of the hold: it is counted again, for it may be over by now."""
    sell(event, (seat, 5), buyer=BEN)
    order = hold(event, (seat, 5))
    TicketType.objects.update(capacity=8)
    if somebody_came:
        TicketType.objects.update(capacity=10)
        Order.objects.filter(pk=order.pk).update(held_until=NOON + HOLD - TICK)
        hold(event, (seat, 1), at=NOON + HOLD, buyer=BEN)
    line = Order.objects.get(pk=order.pk).lines.get()
    at = NOON + HOLD - timedelta(minutes=1)

    if is_refused:
        with pytest.raises(NotEnoughLeft):
            kind_of("ticket").retake(line, at=at)
    else:
        kind_of("ticket").retake(line, at=at)


def test_a_supper_that_another_guest_chose_since_is_counted_again(event, seat):
    """Their number was cleared by the guest who chose it, though no order was placed."""
    fish = Choice.objects.create(event=event, label="Fish", capacity=1)
    ben = sell(event, (seat, 1), buyer=BEN).lines.get().tickets.select_related("line").get()
    order = hold(event, (seat, 1), guests=supper_guests(fish))
    change_guest(ben, name="Ben", needs="", choice_id=fish.pk, at=NOON + HOLD)
    line = Order.objects.get(pk=order.pk).lines.get()

    with pytest.raises(ChoiceUnavailable):
        kind_of("ticket").retake(line, at=NOON + HOLD - TICK)


def test_a_hold_that_was_let_go_is_bound_by_the_lowered_limit(event, seat):
    order = hold(event, (seat, 5))
    TicketType.objects.update(capacity=4)
    Order.objects.filter(pk=order.pk).update(expired_at=NOON + HOLD, held_until=NOON + 2 * HOLD)
    line = Order.objects.get(pk=order.pk).lines.get()

    with pytest.raises(NotEnoughLeft):
        kind_of("ticket").retake(line, at=NOON + HOLD)


@pytest.mark.parametrize("email, is_led", [("ada@ellery.example", True), ("", False)])
def test_whose_money_came_too_late_is_led_to_their_place_in_line(event, seat, email, is_led):
    line = hold(event, (seat, 2), buyer=Buyer("Ada Ellery", email)).lines.get()

    shown = kind_of("ticket").turned_away(line, at=NOON + HOLD)

    entry = event.waitlist.first()
    assert (shown and shown.url) == (f"/events/waitlist/{entry.token}/" if is_led else None)
    assert event.waitlist.count() == is_led


def test_late_money_cannot_buy_a_seat_at_a_canceled_event(event, seat):
    line = hold(event, (seat, 1)).lines.get()
    Event.objects.update(state=Event.State.CANCELED)

    with pytest.raises(SalesClosed):
        kind_of("ticket").retake(line, at=NOON + HOLD)
