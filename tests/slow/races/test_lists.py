"""A seat that comes free is the first party's on the waitlist, however quick a buyer is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from events.models import Ticket
from events.sales.capacity import occupying
from events.waitlist import joining
from orders.models import Order
from tests.events.selling import sell
from tests.factories import NOON, make_event, make_ticket_type
from tests.slow.races.stage import JUDGED, Act, buying

CHAIRS_COUNTED = "before events.sales.capacity.waiting"  # and not yet asked who waits


@pytest.fixture
def seat(stage):
    """The only one of an event; sold."""
    event = make_event()
    seat = make_ticket_type(event, capacity=1)
    sell(event, (seat, 1), at=NOON - timedelta(days=1))
    return seat


@pytest.fixture
def dee(seat):
    """Waits for it; and it comes free."""
    email = f"dee@{seat.event.slug}.example"
    entry, _is_new = joining.join(event=seat.event, name="Dee", email=email, party=1, at=NOON)
    Ticket.objects.filter(ticket_type=seat).update(canceled_at=NOON)
    return entry


def offering(seat, *, pauses=()):
    """The ticker offers what is free."""
    return Act("offer", {"event": seat.event_id, "at": NOON.isoformat()}, pauses)


def buyer(seat, *, pauses=()):
    act = buying(seat.event, (seat, 1), email="ben@okoro.example", at=NOON)
    return replace(act, pauses=pauses)


def taken(seat):
    return Ticket.objects.filter(occupying(NOON), ticket_type=seat).count()


def test_without_the_guards_the_seat_is_offered_and_sold(stage, seat, dee):
    bought, offered = stage.interleave(
        buyer(seat, pauses=[CHAIRS_COUNTED]), offering(seat), off=["locks", "slots"]
    )

    assert (bought.won, offered.answer) == (True, 1)
    assert taken(seat) == 2


def test_a_buyer_who_comes_before_the_offer_leaves_the_seat_to_the_party(stage, seat, dee):
    bought, offered = stage.interleave(buyer(seat, pauses=[CHAIRS_COUNTED]), offering(seat))

    assert (bought.refusal, offered.answer) == ("KeptForOthers", 1)
    assert taken(seat) == 1


def test_a_buyer_who_comes_during_the_offer_finds_the_seat_taken(stage, seat, dee):
    offered, bought = stage.interleave(offering(seat, pauses=JUDGED), buyer(seat))

    assert (offered.answer, bought.refusal) == (1, "SoldOut")
    assert taken(seat) == 1


def test_of_many_tickers_one_makes_the_offer(stage, seat, dee):
    outcomes = stage.rush(*[offering(seat)] * 4)

    dee.refresh_from_db()
    assert all(outcome.won for outcome in outcomes)
    assert list(Order.objects.filter(buyer_email=dee.email)) == [dee.offer]
    assert taken(seat) == 1


def test_a_party_that_leaves_during_the_offer_has_either_gone_or_the_seat(stage, seat, dee):
    leaving = Act("leave", {"entry": dee.pk, "at": NOON.isoformat()})

    stage.interleave(offering(seat, pauses=JUDGED), leaving)

    dee.refresh_from_db()
    has_seat = dee.offer is not None
    assert (dee.left_at is None) is has_seat
    assert taken(seat) == has_seat
