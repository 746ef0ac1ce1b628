"""What is kept for whom: a captain's friends, parties that wait; and what one person may have."""

from datetime import timedelta

import pytest

from events.models import PromoCode, Slot, Table, Ticket, WaitlistEntry
from events.sales.refusals import (
    ByInvitation,
    KeptForOthers,
    NotAMember,
    NotEnoughLeft,
    SalesNotOpen,
    SoldOut,
    TableFull,
    TooManyForOne,
)
from orders.checkout.placing import payment_url
from orders.checkout.settling import settle
from orders.models import LedgerEntry, Order
from orders.payments.pretend import PretendGateway
from tests.events.selling import ADA, BEN, hold, left_of, sell
from tests.factories import NOON, make_event, make_member, make_ticket_type, make_user

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
TICK = timedelta(microseconds=1)


@pytest.fixture
def event():
    return make_event(tables_until=NOON + timedelta(days=7), waitlist_began_at=NOON)


def a_party(event, party, *, fewest=1, number=1):
    return WaitlistEntry.objects.create(
        event=event,
        name=f"Party {number}",
        email=f"party{number}@waiting.example",
        party=party,
        fewest=fewest,
        joined_at=NOON + number * MINUTE,
    )


def a_table(event, kind, *, seats=4, until=NOON + timedelta(days=7), **fields):
    fields.setdefault("confirmed_at", NOON)
    return Table.objects.create(
        event=event,
        kind=Table.Kind.OPEN,
        name="The Ghent Four",
        seats=seats,
        captain_name="Cy",
        captain_email="cy@captain.example",
        ticket_type=kind,
        held_until=until,
        opened_at=NOON,
        **fields,
    )


# --- The waitlist comes first ------------------------------------------------------------------


def test_a_free_seat_that_a_party_waits_for_is_not_for_everyone(event):
    seat = make_ticket_type(event, capacity=2)
    a_party(event, 2)

    assert left_of(seat) == 0
    with pytest.raises(KeptForOthers):
        hold(event, (seat, 1))


def test_what_no_party_can_use_is_for_everyone(event):
    seat = make_ticket_type(event, capacity=2)
    a_party(event, 4, fewest=3)

    assert left_of(seat) == 2
    hold(event, (seat, 2))


def test_what_is_left_beside_the_parties_is_for_everyone(event):
    seat = make_ticket_type(event, capacity=5)
    a_party(event, 2)

    assert left_of(seat) == 3
    with pytest.raises(KeptForOthers) as refused:
        hold(event, (seat, 4))
    assert refused.value.left == 3
    hold(event, (seat, 3))


def test_a_party_that_left_keeps_nothing(event):
    seat = make_ticket_type(event, capacity=1)
    WaitlistEntry.objects.filter(pk=a_party(event, 1).pk).update(left_at=NOON)

    assert left_of(seat) == 1
    hold(event, (seat, 1))


def test_the_offer_itself_takes_what_is_kept(event):
    seat = make_ticket_type(event, capacity=1)
    entry = a_party(event, 1)

    order = hold(event, (seat, 1), waitlist_entry_id=entry.pk)

    assert order.is_held(NOON)


def test_late_money_takes_its_seat_again_before_the_list(event):
    seat = make_ticket_type(event, capacity=1)
    order = hold(event, (seat, 1))
    payment_url(order, at=NOON)
    payment = order.payments.get()
    PretendGateway().pay(payment, at=NOON)
    a_party(event, 1)

    settle(payment.session_id, at=order.held_until + MINUTE)

    order.refresh_from_db()
    assert order.state == Order.State.PAID


# --- The captain's friends ---------------------------------------------------------------------


def test_the_empty_seats_of_a_table_are_not_for_everyone(event):
    seat = make_ticket_type(event, capacity=6)
    a_table(event, seat, seats=4)

    assert left_of(seat) == 2
    with pytest.raises(NotEnoughLeft):
        hold(event, (seat, 3))


def test_friends_sit_down_on_them(event):
    seat = make_ticket_type(event, capacity=4)
    table = a_table(event, seat, seats=4)

    order = hold(event, (seat, 2), table_id=table.pk)

    assert set(Ticket.objects.filter(line__order=order).values_list("table", flat=True)) == {
        table.pk
    }
    assert left_of(seat) == 0
    hold(event, (seat, 2), table_id=table.pk, buyer=BEN)


def test_a_table_seats_no_more_than_its_seats(event):
    seat = make_ticket_type(event, capacity=10)
    table = a_table(event, seat, seats=2)

    with pytest.raises(TableFull):
        hold(event, (seat, 3), table_id=table.pk)


@pytest.mark.parametrize("after, left", [(-TICK, 0), (timedelta(0), 2), (TICK, 2)])
def test_a_block_is_free_at_its_instant_with_no_job_run(event, after, left):
    seat = make_ticket_type(event, capacity=2)
    table = a_table(event, seat, seats=2)

    assert left_of(seat, at=table.held_until + after) == left


def test_a_block_counts_in_a_room_with_one_limit_for_all(event):
    event.capacity = 3
    event.save()
    seat, patron = make_ticket_type(event), make_ticket_type(event, name="Patron")
    a_table(event, seat, seats=2)

    hold(event, (patron, 1))

    with pytest.raises(SoldOut):
        hold(event, (patron, 1), buyer=BEN)


# --- A seat that its holder would return -------------------------------------------------------


def test_a_seat_offered_back_can_be_sold_again(event):
    seat = make_ticket_type(event, capacity=1)
    sold = sell(event, (seat, 1))
    with pytest.raises(SoldOut):
        hold(event, (seat, 1), buyer=BEN)
    Ticket.objects.filter(line__order=sold).update(offered_back_at=NOON)

    assert left_of(seat) == 1
    hold(event, (seat, 1), buyer=BEN)
    assert left_of(seat) == 0


# --- One person --------------------------------------------------------------------------------


def test_one_person_has_no_more_than_the_limit_over_all_orders(event):
    event.max_per_person = 2
    event.save()
    seat = make_ticket_type(event)
    hold(event, (seat, 1))
    hold(event, (seat, 1))

    with pytest.raises(TooManyForOne):
        hold(event, (seat, 1))
    hold(event, (seat, 2), buyer=BEN)


def test_an_address_is_the_same_in_capitals(event):
    event.max_per_person = 1
    event.save()
    seat = make_ticket_type(event)
    hold(event, (seat, 1))

    with pytest.raises(TooManyForOne):
        hold(event, (seat, 1), buyer=type(ADA)("Ada", "ADA@ELLERY.EXAMPLE"))


def test_a_second_address_of_who_is_signed_in_counts_too(event):
    event.max_per_person = 1
    event.save()
    seat, ada = make_ticket_type(event), make_user()
    hold(event, (seat, 1), user=ada)

    with pytest.raises(TooManyForOne):
        hold(event, (seat, 1), user=ada, buyer=BEN)


def test_a_hold_that_expired_counts_no_more(event):
    event.max_per_person = 1
    event.save()
    seat = make_ticket_type(event)
    first = hold(event, (seat, 1))

    hold(event, (seat, 1), at=first.held_until)


def test_staff_may_set_the_limit_aside_and_the_ledger_says_so(event):
    event.max_per_person = 1
    event.save()
    seat = make_ticket_type(event)
    hold(event, (seat, 1))

    order = hold(event, (seat, 1), sees_past_limits=True, staff="evan@nsca.example")

    entry = order.ledger.get(entry=LedgerEntry.Entry.OVERRIDDEN)
    assert entry.actor == "evan@nsca.example"


# --- Members first, and by invitation ----------------------------------------------------------


@pytest.fixture
def for_members(event):
    return make_ticket_type(
        event, members_open_at=NOON, sales_open_at=NOON + timedelta(days=2), capacity=9
    )


@pytest.mark.parametrize("after", [timedelta(0), TICK, timedelta(days=1)])
def test_members_come_first(event, for_members, after):
    ada = make_member()

    assert hold(event, (for_members, 1), user=ada, is_member=True, at=NOON + after)


def test_members_come_no_earlier_than_their_instant(event, for_members):
    ada = make_member()

    with pytest.raises(SalesNotOpen):
        hold(event, (for_members, 1), user=ada, is_member=True, at=NOON - TICK)


def test_others_wait_for_theirs(event, for_members):
    opens_at = for_members.sales_open_at

    with pytest.raises(SalesNotOpen):
        hold(event, (for_members, 1), at=opens_at - TICK)
    assert hold(event, (for_members, 1), at=opens_at)


def test_who_says_member_and_is_none_any_more_is_refused(event, for_members):
    with pytest.raises(NotAMember):
        hold(event, (for_members, 1), user=make_user(), is_member=True)


def test_an_invitation_opens_its_kind_and_nothing_else(event):
    invited = make_ticket_type(event, name="Bridge deck", is_by_invitation=True)
    code = PromoCode.objects.create(event=event, code="DECK", percent_off=0, invites=True)
    code.ticket_types.add(invited)

    with pytest.raises(ByInvitation):
        hold(event, (invited, 1))
    order = hold(event, (invited, 1), code=code)

    assert Ticket.objects.get(line__order=order).promo_code == code


def test_an_invitation_comes_before_the_sale(event):
    seat = make_ticket_type(event, sales_open_at=NOON + timedelta(days=2))
    code = PromoCode.objects.create(event=event, code="EARLY", percent_off=0, invites=True)

    assert hold(event, (seat, 1), code=code)
    with pytest.raises(SalesNotOpen):
        hold(event, (seat, 1), buyer=BEN)


# --- The slots behind the counting -------------------------------------------------------------


def slots_of(scarce):
    return sorted(Slot.objects.filter(scarce=scarce).values_list("number", flat=True))


def test_every_limited_thing_is_numbered(event):
    event.capacity = 5
    event.save()
    seat = make_ticket_type(event, capacity=3)

    hold(event, (seat, 2))

    assert slots_of(f"type {seat.pk}") == [1, 2]
    assert slots_of(f"event {event.pk}") == [1, 2]


def test_what_is_not_limited_has_no_slots(event):
    hold(event, (make_ticket_type(event), 2))

    assert not Slot.objects.exists()


def test_an_expired_hold_leaves_its_slots_to_the_next(event):
    seat = make_ticket_type(event, capacity=2)
    first = hold(event, (seat, 2))

    second = hold(event, (seat, 2), at=first.held_until, buyer=BEN)

    assert slots_of(f"type {seat.pk}") == [1, 2]
    assert set(Slot.objects.values_list("ticket__line__order", flat=True)) == {second.pk}
    assert Order.objects.get(pk=first.pk).state == Order.State.HELD


def test_a_gap_is_filled_first(event):
    seat = make_ticket_type(event, capacity=3)
    sell(event, (seat, 1))
    gone = sell(event, (seat, 1), buyer=BEN)
    sell(event, (seat, 1))
    Ticket.objects.filter(line__order=gone).update(canceled_at=NOON)

    hold(event, (seat, 1), buyer=BEN)

    assert slots_of(f"type {seat.pk}") == [1, 2, 3]
