"""What is scarce is sold once, to however many at once.

Two guards stand before it: the locks under which the counting is done, and the slots behind them.
Each race is first run without, to show that it is one.
"""

from collections import Counter
from dataclasses import replace

import pytest

from events.models import AddOn, Choice, PromoCode, Ticket
from events.sales.capacity import occupying
from tests.factories import NOON, make_event, make_ticket_type
from tests.slow.races.stage import JUDGED, buying
from tests.threads import needs_row_locks

NUMBERED = (
    "before events.sales.slots.Slot.objects.bulk_create",
    "before events.tickets.addon_kind.AddOnSold.objects.bulk_create",
)
ONE_LOCKED = "after tests.slow.races.actor.lock_one"


def the_last_seat():
    event = make_event()
    seat = make_ticket_type(event, capacity=1)
    return [buying(event, (seat, 1), at=NOON)] * 2, "SoldOut"


def the_last_seat_of_a_room_for_two_kinds():
    event = make_event(capacity=1)
    kinds = make_ticket_type(event), make_ticket_type(event, name="Patron")
    return [buying(event, (kind, 1), at=NOON) for kind in kinds], "SoldOut"


def the_last_use_of_a_code():
    event = make_event()
    kinds = make_ticket_type(event), make_ticket_type(event, name="Patron")
    code = PromoCode.objects.create(event=event, code="ONE", percent_off=10, max_uses=1)
    return [buying(event, (kind, 1), code=code, at=NOON) for kind in kinds], "CodeUsedUp"


def the_last_supper_of_its_kind():
    event = make_event()
    kinds = make_ticket_type(event), make_ticket_type(event, name="Patron")
    fish = Choice.objects.create(event=event, label="Fish", capacity=1)
    return [
        buying(event, (kind, 1), suppers=[fish], at=NOON) for kind in kinds
    ], "ChoiceUnavailable"


def the_last_ticket_that_one_person_may_have():
    event = make_event(max_per_person=1)
    kinds = make_ticket_type(event), make_ticket_type(event, name="Patron")
    return [buying(event, (kind, 1), at=NOON) for kind in kinds], "TooManyForOne"


def the_last_bottle_of_wine():
    event = make_event()
    kinds = make_ticket_type(event), make_ticket_type(event, name="Patron")
    wine = AddOn.objects.create(event=event, name="Wine", price_cents=2800, capacity=1)
    return [
        buying(event, (kind, 1), add_ons=[wine], at=NOON) for kind in kinds
    ], "AddOnUnavailable"


SCARCE = [
    the_last_seat,
    the_last_seat_of_a_room_for_two_kinds,
    the_last_use_of_a_code,
    the_last_supper_of_its_kind,
    the_last_ticket_that_one_person_may_have,
    the_last_bottle_of_wine,
]


@pytest.fixture(params=SCARCE, ids=lambda scarce: scarce.__name__)
def scarce(request, stage):
    """Two buyers who want the same thing, and what the later one is told."""
    return request.param()


def sold(act):
    """How many seats are taken of the event that a buyer wants."""
    return Ticket.objects.filter(occupying(NOON), event=act.particulars["event"]).count()


def test_without_lock_and_slot_it_is_sold_twice(stage, scarce):
    buyers, _refusal = scarce

    outcomes = stage.interleave(*buyers, off=["locks", "slots"])

    assert [outcome.won for outcome in outcomes] == [True, True]
    assert sold(buyers[0]) == 2


@needs_row_locks
@pytest.mark.parametrize("moment", [JUDGED, NUMBERED], ids=["judged", "numbered"])
def test_without_the_lock_the_slot_sells_it_once(stage, scarce, moment):
    buyers, _refusal = scarce
    buyers = [replace(buyer, pauses=moment) for buyer in buyers]

    first, second = stage.interleave(*buyers, off=["locks"])

    assert first.won
    assert second.refusal == "Busy"
    assert sold(buyers[0]) == 1


def test_it_is_sold_once_and_the_other_buyer_is_told_the_reason(stage, scarce):
    buyers, refusal = scarce

    first, second = stage.interleave(*buyers)

    assert first.won
    assert second.refusal == refusal
    assert sold(buyers[0]) == 1


# --- Two kinds in opposite order ---------------------------------------------------------------


@pytest.fixture
def opposites(stage):
    """Two buyers of the same two kinds, who name them in opposite order; there is room for all."""
    event = make_event()
    seat, patron = make_ticket_type(event, capacity=9), make_ticket_type(event, capacity=9)
    return (
        buying(event, (seat, 1), (patron, 1), at=NOON, email="ada@ellery.example"),
        buying(event, (patron, 1), (seat, 1), at=NOON, email="ben@okoro.example"),
    )


@needs_row_locks
def test_locked_as_the_buyers_name_them_two_kinds_are_a_deadlock(stage, opposites):
    one_locked = [replace(buyer, pauses=[ONE_LOCKED]) for buyer in opposites]

    outcomes = stage.interleave(*one_locked, off=["order"])

    assert sorted(outcome.refusal for outcome in outcomes) == ["", "Busy"]
    assert sold(opposites[0]) == 2


def test_locked_by_their_keys_both_buyers_get_both_kinds(stage, opposites):
    outcomes = stage.interleave(*opposites)

    assert [outcome.won for outcome in outcomes] == [True, True]
    assert sold(opposites[0]) == 4


def test_a_rush_in_opposite_order_ends(stage, opposites):
    outcomes = stage.rush(*opposites * 4)

    assert [outcome.won for outcome in outcomes] == [True] * 8


# --- A crowd -----------------------------------------------------------------------------------


def test_a_crowd_is_sold_exactly_what_there_is(stage):
    event = make_event()
    buyer = buying(event, (make_ticket_type(event, capacity=7), 1), at=NOON)

    outcomes = stage.rush(*[buyer] * 16)

    assert Counter(outcome.refusal for outcome in outcomes) == {"": 7, "SoldOut": 9}
    assert sold(buyer) == 7


def test_a_form_sent_four_times_at_once_is_one_order(stage):
    event = make_event()
    seat = make_ticket_type(event, capacity=1)
    click = buying(event, (seat, 1), at=NOON, key="a-form-that-was-clicked-twice-000")

    outcomes = stage.rush(*[click] * 4)

    assert {outcome.won for outcome in outcomes} == {True}
    assert len({outcome.answer for outcome in outcomes}) == 1
    assert sold(click) == 1
