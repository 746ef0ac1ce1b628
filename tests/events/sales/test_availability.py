"""The rulebook of counting: who occupies a seat, what is left, and in which words."""

from datetime import timedelta

import pytest
from django.utils import timezone

from events.models import Choice, Event, Ticket
from events.sales import availability
from events.sales.refusals import (
    ChoiceUnavailable,
    NotEnoughLeft,
    SalesClosed,
    SalesNotOpen,
    SoldOut,
)
from orders.checkout.placing import HOLD
from orders.lines.kinds import kind_of
from orders.models import Line, Order
from tests.events.selling import hold, left_of, sell, supper_guests
from tests.factories import NOON, make_event, make_ticket_type

pytestmark = pytest.mark.django_db
TICK = timedelta(microseconds=1)


@pytest.fixture
def event():
    return make_event()


@pytest.fixture
def seat(event):
    return make_ticket_type(event, capacity=10)


# --- Who occupies ------------------------------------------------------------------------------


def test_paid_and_held_seats_are_taken(event, seat):
    sell(event, (seat, 2))
    hold(event, (seat, 3))

    assert left_of(seat) == 5


@pytest.mark.parametrize("after, left", [(HOLD - TICK, 7), (HOLD, 10), (HOLD + TICK, 10)])
def test_a_hold_frees_its_seats_the_microsecond_it_expires(event, seat, after, left):
    hold(event, (seat, 3))

    assert left_of(seat, at=NOON + after) == left


def test_a_paid_order_stays_when_its_hold_would_have_ended(event, seat):
    sell(event, (seat, 3))

    assert left_of(seat, at=NOON + HOLD + TICK) == 7


def test_a_canceled_ticket_gives_its_seat_back(event, seat):
    order = sell(event, (seat, 3))

    kind_of("ticket").refunded(order.lines.get(), at=NOON)

    assert left_of(seat) == 10


def test_a_disputed_ticket_keeps_its_seat(event, seat):
    order = sell(event, (seat, 3))

    kind_of("ticket").suspended(order.lines.get(), at=NOON)

    assert left_of(seat) == 7
    assert Ticket.objects.valid().count() == 0


def test_a_dispute_that_is_won_lets_the_guest_in_again(event, seat):
    line = sell(event, (seat, 1)).lines.get()
    kind_of("ticket").suspended(line, at=NOON)

    kind_of("ticket").restored(line, at=NOON)

    assert Ticket.objects.valid().count() == 1


def test_the_sentence_is_the_same_for_orders_and_for_tickets(event, seat):
    sell(event, (seat, 1))
    held = hold(event, (seat, 1))
    hold(event, (seat, 1), at=NOON - HOLD)  # expired at noon
    at = held.held_until - TICK

    by_orders = set(Order.objects.occupying(at).values_list("pk", flat=True))
    by_tickets = set(
        Ticket.objects.filter(availability.occupying(at)).values_list("line__order", flat=True)
    )

    assert by_orders == by_tickets
    assert len(by_orders) == 2


# --- Limits ------------------------------------------------------------------------------------


def test_exactly_the_capacity_can_be_bought(event, seat):
    hold(event, (seat, 6))
    hold(event, (seat, 4))

    with pytest.raises(SoldOut):
        hold(event, (seat, 1))
    assert Ticket.objects.count() == 10


def test_who_asks_for_too_many_learns_how_many_there_are(event, seat):
    hold(event, (seat, 7))

    with pytest.raises(NotEnoughLeft, match="Only 3 seats are left") as refused:
        hold(event, (seat, 4))
    assert refused.value.left == 3
    assert refused.value.ticket_type_id == seat.pk


def test_a_refused_order_leaves_nothing_behind(event, seat):
    with pytest.raises(NotEnoughLeft):
        hold(event, (seat, 11))

    assert (Order.objects.count(), Line.objects.count(), Ticket.objects.count()) == (0, 0, 0)


def test_a_table_of_eight_is_eight_seats():
    event = make_event(capacity=20)
    seat, table = make_ticket_type(event), make_ticket_type(event, name="Table", covers=8)

    order = hold(event, (table, 1))

    assert order.lines.get().quantity == 1
    assert Ticket.objects.filter(line__order=order).count() == 8
    assert (left_of(seat), left_of(table)) == (12, 1)


def test_a_table_does_not_fit_into_seven_seats():
    event = make_event(capacity=15)
    seat, table = make_ticket_type(event), make_ticket_type(event, name="Table", covers=8)
    hold(event, (table, 1))

    with pytest.raises(SoldOut):
        hold(event, (table, 1))
    assert left_of(seat) == 7


def test_seats_of_all_kinds_share_the_room():
    event = make_event(capacity=4)
    seat, patron = make_ticket_type(event), make_ticket_type(event, name="Patron")

    hold(event, (seat, 2), (patron, 1))

    with pytest.raises(SoldOut, match="Patron"):
        hold(event, (seat, 1), (patron, 1))
    assert left_of(patron) == 1


def test_two_kinds_of_one_order_cannot_take_the_same_last_seat():
    event = make_event(capacity=1)
    seat, patron = make_ticket_type(event), make_ticket_type(event, name="Patron")

    with pytest.raises(SoldOut):
        hold(event, (seat, 1), (patron, 1))


def test_lowering_the_capacity_below_what_is_sold_shows_none_and_cancels_nobody(event, seat):
    sell(event, (seat, 6))

    seat.capacity = 4
    seat.save()

    assert left_of(seat) == 0
    assert Ticket.objects.valid().count() == 6


def test_a_supper_runs_out(event, seat):
    salmon = Choice.objects.create(event=event, label="Salmon", capacity=2)
    hold(event, (seat, 1), guests=supper_guests(salmon))

    with pytest.raises(ChoiceUnavailable, match="Salmon") as refused:
        hold(event, (seat, 2), guests=supper_guests(salmon, salmon))
    assert refused.value.choice_id == salmon.pk
    assert [s.left for s in availability.suppers_left(event, at=NOON)] == [1]


def test_a_supper_comes_back_with_an_expired_hold(event, seat):
    salmon = Choice.objects.create(event=event, label="Salmon", capacity=1)
    hold(event, (seat, 1), guests=supper_guests(salmon))

    hold(event, (seat, 1), guests=supper_guests(salmon), at=NOON + HOLD)

    assert Ticket.objects.filter(choice=salmon).count() == 2


# --- Sale windows ------------------------------------------------------------------------------


@pytest.mark.parametrize("after, is_on_sale", [(-TICK, False), (timedelta(0), True), (TICK, True)])
def test_a_sale_opens_at_its_instant(event, after, is_on_sale):
    seat = make_ticket_type(event, sales_open_at=NOON)

    offer = availability.availability(event, at=NOON + after)

    assert offer.is_on_sale is is_on_sale
    if not is_on_sale:
        with pytest.raises(SalesNotOpen, match="Thursday, April 1, 2027 at 12:00 p.m. EDT"):
            hold(event, (seat, 1), at=NOON + after)


@pytest.mark.parametrize(
    "after, is_on_sale", [(-TICK, True), (timedelta(0), False), (TICK, False)]
)
def test_a_sale_closes_at_its_instant_and_that_instant_is_out(event, after, is_on_sale):
    seat = make_ticket_type(event, sales_close_at=NOON)

    offer = availability.availability(event, at=NOON + after)

    assert offer.is_on_sale is is_on_sale
    if not is_on_sale:
        with pytest.raises(SalesClosed):
            hold(event, (seat, 1), at=NOON + after)


@pytest.mark.parametrize("after, is_on_sale", [(-TICK, True), (timedelta(0), False)])
def test_sales_of_a_secret_event_close_at_the_reveal(after, is_on_sale):
    event = make_event(lead=timedelta(hours=24))
    make_ticket_type(event)

    assert availability.availability(event, at=event.opens_at + after).is_on_sale is is_on_sale


def test_nothing_is_sold_past_the_end_whatever_the_window_says(event):
    seat = make_ticket_type(event, sales_close_at=event.ends_at + timedelta(days=1))

    with pytest.raises(SalesClosed):
        hold(event, (seat, 1), at=event.ends_at)


@pytest.mark.parametrize("state", [Event.State.DRAFT, Event.State.CANCELED])
def test_nothing_is_sold_of_a_draft_or_a_canceled_event(state):
    event = make_event(state=state)
    seat = make_ticket_type(event)

    assert not availability.availability(event, at=NOON).is_on_sale
    with pytest.raises(SalesClosed):
        hold(event, (seat, 1))


def test_nothing_is_sold_before_the_publication():
    event = make_event(publish_at=NOON + TICK)
    seat = make_ticket_type(event, sales_open_at=NOON - timedelta(days=1))

    with pytest.raises(SalesNotOpen):
        hold(event, (seat, 1))


def test_staff_may_sell_when_the_shop_is_shut(event):
    seat = make_ticket_type(event, sales_close_at=NOON)

    hold(event, (seat, 1), channel=Order.Channel.COMPLIMENTARY)

    assert Ticket.objects.count() == 1


# --- What is frozen ----------------------------------------------------------------------------


def test_later_edits_never_rewrite_what_was_sold(event, seat):
    line = sell(event, (seat, 1)).lines.get()

    event.title, seat.name, seat.price_cents = "Renamed", "Renamed", 100
    event.save()
    seat.save()
    line.refresh_from_db()

    assert line.label == "Tea in the garden: Seat at the long table"
    assert line.unit_cents == 9500
    assert line.details["event"] == "Tea in the garden"
    assert line.details["ticket_type"] == "Seat at the long table"
    assert line.details["when"] == "Saturday, May 1, 2027, 12:00 p.m."


# --- In words, and in few queries --------------------------------------------------------------


@pytest.mark.parametrize("sold, words", [(0, "10 seats left"), (9, "last seat"), (10, "sold out")])
def test_what_is_left_is_said_in_words(event, seat, sold, words):
    if sold:
        sell(event, (seat, sold))

    offer = availability.availability(event, at=NOON)

    assert (offer.words, offer.seats[0].words) == (words, words)
    assert offer.is_sold_out is (sold == 10)


def test_an_online_class_has_spots_and_no_seats():
    event = make_event(kind=Event.Kind.ONLINE)
    make_ticket_type(event, capacity=3)

    assert availability.availability(event, at=NOON).words == "3 spots left"


def test_an_event_without_ticket_types_needs_none(event):
    offer = availability.availability(event, at=NOON)

    assert (offer.needs_ticket, offer.is_on_sale, offer.is_sold_out, offer.words) == (
        False, False, False, "",
    )  # fmt: skip


@pytest.mark.parametrize(
    "prices, words", [([9500], "$95"), ([9500, 5500], "from $55"), ([0], "Free")]
)
def test_the_price_is_said_in_words(event, prices, words):
    for price in prices:
        make_ticket_type(event, price_cents=price, name=str(price))

    assert availability.availability(event, at=NOON).price_words == words


def test_it_knows_when_it_changes_automatically(event, seat):
    order = hold(event, (seat, 1))
    late = make_ticket_type(event, name="Late", sales_open_at=NOON + timedelta(minutes=5))

    assert availability.availability(event, at=NOON).next_change_at == late.sales_open_at
    assert (
        availability.availability(event, at=late.sales_open_at).next_change_at == order.held_until
    )
    assert (
        availability.availability(event, at=order.held_until).next_change_at == event.last_sale_at
    )


@pytest.mark.parametrize("count", [1, 5])
def test_a_list_of_events_costs_two_queries_whatever_its_length(django_assert_num_queries, count):
    events = [make_event() for _ in range(count)]
    for event in events:
        sell(event, (make_ticket_type(event, capacity=5), 2))

    with django_assert_num_queries(2):
        offers = availability.availabilities(events, at=NOON)

    assert [offers[event.pk].left for event in events] == [3] * count


def test_the_factories_noon_is_noon_in_norfolk():
    assert timezone.localtime(NOON).hour == 12
