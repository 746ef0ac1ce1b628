"""The rulebook of counting: who occupies a chair, what is left, and in which words."""

from datetime import timedelta

import pytest
from django.utils import timezone

from events import boxoffice
from events.boxoffice import Member
from events.models import Choice, Event, PromoCode, Ticket, TicketType
from events.quotes import find_code, ticket_items
from events.refusals import (
    ChoiceGone,
    CodeExpired,
    CodeNotForThis,
    CodeNotYet,
    CodeUnknown,
    CodeUsedUp,
    NotAMember,
    NotEnoughLeft,
    SalesClosed,
    SalesNotOpen,
    SoldOut,
)
from events.seating import change_guest
from orders.checkout import HOLD, Buyer, place
from orders.kinds import kind_of
from orders.models import Line, Order
from tests.events.selling import ADA, BEN, hold, left_of, sell, supper_guests
from tests.factories import NOON, make_event, make_member, make_ticket_type

pytestmark = pytest.mark.django_db
TICK = timedelta(microseconds=1)


@pytest.fixture
def event():
    return make_event()


@pytest.fixture
def chair(event):
    return make_ticket_type(event, capacity=10)


# --- Who occupies --------------------------------------------------------------------------------


def test_paid_and_held_chairs_are_taken(event, chair):
    sell(event, (chair, 2))
    hold(event, (chair, 3))

    assert left_of(chair) == 5


@pytest.mark.parametrize("after, left", [(HOLD - TICK, 7), (HOLD, 10), (HOLD + TICK, 10)])
def test_a_hold_frees_its_chairs_the_microsecond_it_lapses(event, chair, after, left):
    hold(event, (chair, 3))

    assert left_of(chair, at=NOON + after) == left


def test_a_paid_order_stays_when_its_hold_would_have_ended(event, chair):
    sell(event, (chair, 3))

    assert left_of(chair, at=NOON + HOLD + TICK) == 7


def test_a_cancelled_ticket_gives_its_chair_back(event, chair):
    order = sell(event, (chair, 3))

    kind_of("ticket").refunded(order.lines.get(), at=NOON)

    assert left_of(chair) == 10


def test_a_disputed_ticket_keeps_its_chair(event, chair):
    order = sell(event, (chair, 3))

    kind_of("ticket").suspended(order.lines.get(), at=NOON)

    assert left_of(chair) == 7
    assert Ticket.objects.valid().count() == 0


def test_a_dispute_that_is_won_lets_the_guest_in_again(event, chair):
    line = sell(event, (chair, 1)).lines.get()
    kind_of("ticket").suspended(line, at=NOON)

    kind_of("ticket").restored(line, at=NOON)

    assert Ticket.objects.valid().count() == 1


def test_the_sentence_is_the_same_for_orders_and_for_tickets(event, chair):
    sell(event, (chair, 1))
    held = hold(event, (chair, 1))
    hold(event, (chair, 1), at=NOON - HOLD)  # lapsed at noon
    at = held.held_until - TICK

    by_orders = set(Order.objects.occupying(at).values_list("pk", flat=True))
    by_tickets = set(
        Ticket.objects.filter(boxoffice.occupying(at)).values_list("line__order", flat=True)
    )

    assert by_orders == by_tickets
    assert len(by_orders) == 2


# --- Limits --------------------------------------------------------------------------------------


def test_exactly_the_capacity_can_be_bought(event, chair):
    hold(event, (chair, 6))
    hold(event, (chair, 4))

    with pytest.raises(SoldOut):
        hold(event, (chair, 1))
    assert Ticket.objects.count() == 10


def test_who_asks_for_too_many_learns_how_many_there_are(event, chair):
    hold(event, (chair, 7))

    with pytest.raises(NotEnoughLeft, match="Only 3 chairs are left") as refused:
        hold(event, (chair, 4))
    assert refused.value.left == 3
    assert refused.value.ticket_type_id == chair.pk


def test_a_refused_order_leaves_nothing_behind(event, chair):
    with pytest.raises(NotEnoughLeft):
        hold(event, (chair, 11))

    assert (Order.objects.count(), Line.objects.count(), Ticket.objects.count()) == (0, 0, 0)


def test_a_table_of_eight_is_eight_chairs():
    event = make_event(capacity=20)
    chair, table = make_ticket_type(event), make_ticket_type(event, name="Table", covers=8)

    order = hold(event, (table, 1))

    assert order.lines.get().quantity == 1
    assert Ticket.objects.filter(line__order=order).count() == 8
    assert (left_of(chair), left_of(table)) == (12, 1)


def test_a_table_does_not_fit_into_seven_chairs():
    event = make_event(capacity=15)
    chair, table = make_ticket_type(event), make_ticket_type(event, name="Table", covers=8)
    hold(event, (table, 1))

    with pytest.raises(SoldOut):
        hold(event, (table, 1))
    assert left_of(chair) == 7


def test_chairs_of_all_kinds_share_the_room():
    event = make_event(capacity=4)
    chair, patron = make_ticket_type(event), make_ticket_type(event, name="Patron")

    hold(event, (chair, 2), (patron, 1))

    with pytest.raises(SoldOut, match="Patron"):
        hold(event, (chair, 1), (patron, 1))
    assert left_of(patron) == 1


def test_two_kinds_of_one_order_cannot_take_the_same_last_chair():
    event = make_event(capacity=1)
    chair, patron = make_ticket_type(event), make_ticket_type(event, name="Patron")

    with pytest.raises(SoldOut):
        hold(event, (chair, 1), (patron, 1))


def test_lowering_the_capacity_below_what_is_sold_shows_none_and_cancels_nobody(event, chair):
    sell(event, (chair, 6))

    chair.capacity = 4
    chair.save()

    assert left_of(chair) == 0
    assert Ticket.objects.valid().count() == 6


def test_a_supper_runs_out(event, chair):
    salmon = Choice.objects.create(event=event, label="Salmon", capacity=2)
    hold(event, (chair, 1), guests=supper_guests(salmon))

    with pytest.raises(ChoiceGone, match="Salmon") as refused:
        hold(event, (chair, 2), guests=supper_guests(salmon, salmon))
    assert refused.value.choice_id == salmon.pk
    assert [s.left for s in boxoffice.suppers_left(event, at=NOON)] == [1]


def test_a_supper_comes_back_with_a_lapsed_hold(event, chair):
    salmon = Choice.objects.create(event=event, label="Salmon", capacity=1)
    hold(event, (chair, 1), guests=supper_guests(salmon))

    hold(event, (chair, 1), guests=supper_guests(salmon), at=NOON + HOLD)

    assert Ticket.objects.filter(choice=salmon).count() == 2


# --- Sale windows --------------------------------------------------------------------------------


@pytest.mark.parametrize("after, is_on_sale", [(-TICK, False), (timedelta(0), True), (TICK, True)])
def test_a_sale_opens_at_its_instant(event, after, is_on_sale):
    chair = make_ticket_type(event, sales_open_at=NOON)

    offer = boxoffice.availability(event, at=NOON + after)

    assert offer.is_on_sale is is_on_sale
    if not is_on_sale:
        with pytest.raises(SalesNotOpen, match="Thursday, April 1, 2027 at 12:00 p.m. EDT"):
            hold(event, (chair, 1), at=NOON + after)


@pytest.mark.parametrize(
    "after, is_on_sale", [(-TICK, True), (timedelta(0), False), (TICK, False)]
)
def test_a_sale_closes_at_its_instant_and_that_instant_is_out(event, after, is_on_sale):
    chair = make_ticket_type(event, sales_close_at=NOON)

    offer = boxoffice.availability(event, at=NOON + after)

    assert offer.is_on_sale is is_on_sale
    if not is_on_sale:
        with pytest.raises(SalesClosed):
            hold(event, (chair, 1), at=NOON + after)


@pytest.mark.parametrize("after, is_on_sale", [(-TICK, True), (timedelta(0), False)])
def test_sales_of_a_secret_event_close_at_the_reveal(after, is_on_sale):
    event = make_event(lead=timedelta(hours=24))
    make_ticket_type(event)

    assert boxoffice.availability(event, at=event.opens_at + after).is_on_sale is is_on_sale


def test_nothing_is_sold_past_the_end_whatever_the_window_says(event):
    chair = make_ticket_type(event, sales_close_at=event.ends_at + timedelta(days=1))

    with pytest.raises(SalesClosed):
        hold(event, (chair, 1), at=event.ends_at)


@pytest.mark.parametrize("state", [Event.State.DRAFT, Event.State.CANCELLED])
def test_nothing_is_sold_of_a_draft_or_a_cancelled_event(state):
    event = make_event(state=state)
    chair = make_ticket_type(event)

    assert not boxoffice.availability(event, at=NOON).is_on_sale
    with pytest.raises(SalesClosed):
        hold(event, (chair, 1))


def test_nothing_is_sold_before_the_publication():
    event = make_event(publish_at=NOON + TICK)
    chair = make_ticket_type(event, sales_open_at=NOON - timedelta(days=1))

    with pytest.raises(SalesNotOpen):
        hold(event, (chair, 1))


def test_staff_may_sell_when_the_shop_is_shut(event):
    chair = make_ticket_type(event, sales_close_at=NOON)

    hold(event, (chair, 1), channel=Order.Channel.COMPLIMENTARY)

    assert Ticket.objects.count() == 1


# --- Codes ---------------------------------------------------------------------------------------


def make_code(event, code="TOULON", percent_off=10, **fields):
    return PromoCode.objects.create(event=event, code=code, percent_off=percent_off, **fields)


def boxoffice_code(event, text, *kinds, at=NOON):
    return find_code(event, text, kinds, at=at)


def test_case_does_not_matter_to_a_code(event, chair):
    code = make_code(event)

    assert boxoffice_code(event, "toulon", chair) == code


def test_an_unknown_code_is_named(event, chair):
    with pytest.raises(CodeUnknown, match="“NICE”"):
        boxoffice_code(event, "NICE", chair)


def test_a_code_of_another_event_is_unknown_here(event, chair):
    make_code(make_event())

    with pytest.raises(CodeUnknown):
        boxoffice_code(event, "TOULON", chair)


@pytest.mark.parametrize(
    "at, refusal",
    [
        (NOON - TICK, CodeNotYet),
        (NOON, None),
        (NOON + timedelta(days=1) - TICK, None),
        (NOON + timedelta(days=1), CodeExpired),
    ],
)
def test_a_code_is_good_from_its_start_to_just_before_its_end(event, chair, at, refusal):
    code = make_code(event, starts_at=NOON, ends_at=NOON + timedelta(days=1))

    if refusal is None:
        assert boxoffice_code(event, "TOULON", chair, at=at) == code
    else:
        with pytest.raises(refusal):
            boxoffice_code(event, "TOULON", chair, at=at)


def test_a_code_says_which_seats_it_is_for(event, chair):
    table = make_ticket_type(event, name="Table of eight", covers=8)
    make_code(event).ticket_types.add(table)

    with pytest.raises(CodeNotForThis, match="Table of eight"):
        boxoffice_code(event, "TOULON", chair)


def test_a_code_is_used_up_by_orders_and_not_by_chairs(event, chair):
    code = make_code(event, max_uses=2)
    hold(event, (chair, 3), code=code)
    hold(event, (chair, 1), code=code)

    with pytest.raises(CodeUsedUp):
        boxoffice_code(event, "TOULON", chair)
    with pytest.raises(CodeUsedUp):
        hold(event, (chair, 1), code=code)


def test_a_lapsed_hold_gives_the_code_back(event, chair):
    code = make_code(event, max_uses=1)
    hold(event, (chair, 1), code=code)

    assert boxoffice_code(event, "TOULON", chair, at=NOON + HOLD) == code


@pytest.mark.parametrize(
    "fields, cents",
    [
        ({"percent_off": 10}, 8550),
        ({"percent_off": 100}, 0),
        ({"percent_off": None, "cents_off": 500}, 9000),
        ({"percent_off": None, "cents_off": 99_999}, 0),
    ],
)
def test_a_code_lowers_the_frozen_price_and_never_below_nothing(event, chair, fields, cents):
    code = make_code(event, **fields)

    order = hold(event, (chair, 2), code=code)

    assert order.total_cents == 2 * cents
    assert order.lines.get().details["full_price_cents"] == 9500
    assert [t.promo_code for t in Ticket.objects.all()] == [code, code]


def test_half_a_cent_goes_to_the_buyer(event):
    seat = make_ticket_type(event, price_cents=1005)

    assert hold(event, (seat, 1), code=make_code(event)).total_cents == 904


# --- The member price ----------------------------------------------------------------------------


@pytest.fixture
def member_chair(event):
    return make_ticket_type(event, member_price_cents=8500, member_limit=2)


def test_members_pay_less_for_as_many_as_their_membership_gives(event, member_chair):
    ada = make_member()

    order = hold(event, (member_chair, 3), user=ada, member=Member(ada.pk, ada.email))

    assert [(line.quantity, line.unit_cents) for line in order.lines.all()] == [
        (2, 8500),
        (1, 9500),
    ]
    assert Ticket.objects.filter(at_member_price=True).count() == 2


def test_the_entitlement_counts_across_orders(event, member_chair):
    ada = make_member()
    hold(event, (member_chair, 1), user=ada, member=Member(ada.pk, ada.email))

    second = hold(event, (member_chair, 2), user=ada, member=Member(ada.pk, ada.email))

    assert [line.unit_cents for line in second.lines.all()] == [8500, 9500]


def test_the_entitlement_is_judged_again_under_the_lock(event, member_chair):
    ada = make_member()
    key = Member(ada.pk, ada.email)
    stale = boxoffice.availability(event, at=NOON, member=key)
    hold(event, (member_chair, 2), user=ada, member=key)

    items = ticket_items(
        event, [(member_chair, 1)], member_chairs={member_chair.pk: stale.seats[0].member_left}
    )

    with pytest.raises(NotAMember):
        place(items=items, buyer=ADA, submission_key="k" * 32, at=NOON, user=ada)


def test_another_members_chairs_do_not_count(event, member_chair):
    ada, ben = make_member(), make_member("ben@okoro.example")
    hold(event, (member_chair, 2), user=ada, member=Member(ada.pk, ada.email))

    order = hold(event, (member_chair, 2), user=ben, buyer=BEN, member=Member(ben.pk, ben.email))

    assert order.total_cents == 17000


def test_a_code_and_the_member_price_do_not_add_up(event, member_chair):
    ada = make_member()
    code = make_code(event, percent_off=50)

    order = hold(event, (member_chair, 1), user=ada, code=code, member=Member(ada.pk, ada.email))

    assert order.total_cents == 4750
    assert not Ticket.objects.get().at_member_price


# --- Money that comes late -----------------------------------------------------------------------


def test_a_lapsed_order_takes_its_chairs_again_if_there_are_any(event, chair):
    line = hold(event, (chair, 10)).lines.get()
    Order.objects.update(held_until=NOON + 2 * HOLD)  # held again while it is counted

    kind_of("ticket").retake(line, at=NOON + HOLD)

    assert left_of(chair, at=NOON + HOLD) == 0


def test_a_lapsed_order_is_refused_when_its_chairs_are_gone(event, chair):
    line = hold(event, (chair, 6)).lines.get()
    hold(event, (chair, 5), at=NOON + HOLD, buyer=BEN)

    with pytest.raises(NotEnoughLeft):
        kind_of("ticket").retake(line, at=NOON + HOLD)


def test_all_lines_of_a_late_order_are_counted_together():
    event = make_event(capacity=3)
    chair, patron = make_ticket_type(event), make_ticket_type(event, name="Patron")
    first = hold(event, (chair, 1), (patron, 1)).lines.first()
    hold(event, (chair, 2), at=NOON + HOLD, buyer=BEN)

    with pytest.raises(SoldOut):
        kind_of("ticket").retake(first, at=NOON + HOLD)


@pytest.mark.parametrize("somebody_came, is_refused", [(False, False), (True, True)])
def test_a_hold_is_honoured_past_a_lowered_limit_unless_its_time_was_over_for_others(
    event, chair, somebody_came, is_refused
):
    """Paid in the last minutes of the hold: it is counted again, for it may be over by now."""
    sell(event, (chair, 5), buyer=BEN)
    order = hold(event, (chair, 5))
    TicketType.objects.update(capacity=8)
    if somebody_came:
        TicketType.objects.update(capacity=10)
        Order.objects.filter(pk=order.pk).update(held_until=NOON + HOLD - TICK)
        hold(event, (chair, 1), at=NOON + HOLD, buyer=BEN)
    line = Order.objects.get(pk=order.pk).lines.get()
    at = NOON + HOLD - timedelta(minutes=1)

    if is_refused:
        with pytest.raises(NotEnoughLeft):
            kind_of("ticket").retake(line, at=at)
    else:
        kind_of("ticket").retake(line, at=at)


def test_a_supper_that_another_guest_chose_since_is_counted_again(event, chair):
    """Their number was cleared by the guest who chose it, though no order was placed."""
    fish = Choice.objects.create(event=event, label="Fish", capacity=1)
    ben = sell(event, (chair, 1), buyer=BEN).lines.get().tickets.select_related("line").get()
    order = hold(event, (chair, 1), guests=supper_guests(fish))
    change_guest(ben, name="Ben", needs="", choice_id=fish.pk, at=NOON + HOLD)
    line = Order.objects.get(pk=order.pk).lines.get()

    with pytest.raises(ChoiceGone):
        kind_of("ticket").retake(line, at=NOON + HOLD - TICK)


def test_a_hold_that_was_let_go_is_bound_by_the_lowered_limit(event, chair):
    order = hold(event, (chair, 5))
    TicketType.objects.update(capacity=4)
    Order.objects.filter(pk=order.pk).update(lapsed_at=NOON + HOLD, held_until=NOON + 2 * HOLD)
    line = Order.objects.get(pk=order.pk).lines.get()

    with pytest.raises(NotEnoughLeft):
        kind_of("ticket").retake(line, at=NOON + HOLD)


@pytest.mark.parametrize("email, is_led", [("ada@ellery.example", True), ("", False)])
def test_whose_money_came_too_late_is_led_to_their_place_in_line(event, chair, email, is_led):
    line = hold(event, (chair, 2), buyer=Buyer("Ada Ellery", email)).lines.get()

    shown = kind_of("ticket").turned_away(line, at=NOON + HOLD)

    entry = event.waitlist.first()
    assert (shown and shown.url) == (f"/events/waitlist/{entry.token}/" if is_led else None)
    assert event.waitlist.count() == is_led


def test_late_money_cannot_buy_a_chair_at_a_cancelled_event(event, chair):
    line = hold(event, (chair, 1)).lines.get()
    Event.objects.update(state=Event.State.CANCELLED)

    with pytest.raises(SalesClosed):
        kind_of("ticket").retake(line, at=NOON + HOLD)


# --- What is frozen ------------------------------------------------------------------------------


def test_later_edits_never_rewrite_what_was_sold(event, chair):
    line = sell(event, (chair, 1)).lines.get()

    event.title, chair.name, chair.price_cents = "Renamed", "Renamed", 1
    event.save()
    chair.save()
    line.refresh_from_db()

    assert line.label == "Tea in the garden: Chair at the long table"
    assert line.unit_cents == 9500
    assert line.details["event"] == "Tea in the garden"
    assert line.details["ticket_type"] == "Chair at the long table"
    assert line.details["when"] == "Saturday, May 1, 2027, 12:00 p.m."


# --- In words, and in few queries ----------------------------------------------------------------


@pytest.mark.parametrize(
    "sold, words", [(0, "10 chairs left"), (9, "the last chair"), (10, "sold out")]
)
def test_what_is_left_is_said_in_words(event, chair, sold, words):
    if sold:
        sell(event, (chair, sold))

    offer = boxoffice.availability(event, at=NOON)

    assert (offer.words, offer.seats[0].words) == (words, words)
    assert offer.is_sold_out is (sold == 10)


def test_an_online_class_has_places_and_no_chairs():
    event = make_event(kind=Event.Kind.ONLINE)
    make_ticket_type(event, capacity=3)

    assert boxoffice.availability(event, at=NOON).words == "3 places left"


def test_an_event_without_kinds_of_ticket_needs_none(event):
    offer = boxoffice.availability(event, at=NOON)

    assert (offer.needs_ticket, offer.is_on_sale, offer.is_sold_out, offer.words) == (
        False, False, False, "",
    )  # fmt: skip


@pytest.mark.parametrize(
    "prices, words", [([9500], "$95"), ([9500, 5500], "from $55"), ([0], "Free")]
)
def test_the_price_is_said_in_words(event, prices, words):
    for price in prices:
        make_ticket_type(event, price_cents=price, name=str(price))

    assert boxoffice.availability(event, at=NOON).price_words == words


def test_it_knows_when_it_changes_by_itself(event, chair):
    order = hold(event, (chair, 1))
    late = make_ticket_type(event, name="Late", sales_open_at=NOON + timedelta(minutes=5))

    assert boxoffice.availability(event, at=NOON).next_change_at == late.sales_open_at
    assert boxoffice.availability(event, at=late.sales_open_at).next_change_at == order.held_until
    assert boxoffice.availability(event, at=order.held_until).next_change_at == event.last_sale_at


@pytest.mark.parametrize("count", [1, 5])
def test_a_list_of_events_costs_two_queries_whatever_its_length(django_assert_num_queries, count):
    events = [make_event() for _ in range(count)]
    for event in events:
        sell(event, (make_ticket_type(event, capacity=5), 2))

    with django_assert_num_queries(2):
        offers = boxoffice.availabilities(events, at=NOON)

    assert [offers[event.pk].left for event in events] == [3] * count


def test_the_factories_noon_is_noon_in_norfolk():
    assert timezone.localtime(NOON).hour == 12
