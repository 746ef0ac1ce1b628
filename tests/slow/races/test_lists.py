"""A chair that comes free is the first party's on the waiting list, however quick a buyer is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from events.models import Ticket
from events.sales.capacity import occupying
from events.waitlist import wishes
from orders.models import Order
from tests.events.selling import sell
from tests.factories import NOON, make_event, make_ticket_type
from tests.slow.races.stage import JUDGED, Act, buying

CHAIRS_COUNTED = "before events.sales.capacity.waiting"  # and not yet asked who waits


@pytest.fixture
def chair(stage):
    """The only one of an event; sold."""
    event = make_event()
    chair = make_ticket_type(event, capacity=1)
    sell(event, (chair, 1), at=NOON - timedelta(days=1))
    return chair


@pytest.fixture
def dee(chair):
    """Waits for it; and it comes free."""
    email = f"dee@{chair.event.slug}.example"
    entry, _is_new = wishes.join(event=chair.event, name="Dee", email=email, party=1, at=NOON)
    Ticket.objects.filter(ticket_type=chair).update(cancelled_at=NOON)
    return entry


def offering(chair, *, pauses=()):
    """The ticker offers what is free."""
    return Act("offer", {"event": chair.event_id, "at": NOON.isoformat()}, pauses)


def buyer(chair, *, pauses=()):
    act = buying(chair.event, (chair, 1), email="ben@okoro.example", at=NOON)
    return replace(act, pauses=pauses)


def taken(chair):
    return Ticket.objects.filter(occupying(NOON), ticket_type=chair).count()


def test_without_the_guards_the_chair_is_offered_and_sold(stage, chair, dee):
    bought, offered = stage.interleave(
        buyer(chair, pauses=[CHAIRS_COUNTED]), offering(chair), off=["locks", "slots"]
    )

    assert (bought.won, offered.answer) == (True, 1)
    assert taken(chair) == 2


def test_a_buyer_who_comes_before_the_offer_leaves_the_chair_to_the_party(stage, chair, dee):
    bought, offered = stage.interleave(buyer(chair, pauses=[CHAIRS_COUNTED]), offering(chair))

    assert (bought.refusal, offered.answer) == ("KeptForOthers", 1)
    assert taken(chair) == 1


def test_a_buyer_who_comes_during_the_offer_finds_the_chair_taken(stage, chair, dee):
    offered, bought = stage.interleave(offering(chair, pauses=JUDGED), buyer(chair))

    assert (offered.answer, bought.refusal) == (1, "SoldOut")
    assert taken(chair) == 1


def test_of_many_tickers_one_makes_the_offer(stage, chair, dee):
    outcomes = stage.rush(*[offering(chair)] * 4)

    dee.refresh_from_db()
    assert all(outcome.won for outcome in outcomes)
    assert list(Order.objects.filter(buyer_email=dee.email)) == [dee.offer]
    assert taken(chair) == 1


def test_a_party_that_leaves_during_the_offer_has_either_gone_or_the_chair(stage, chair, dee):
    leaving = Act("leave", {"entry": dee.pk, "at": NOON.isoformat()})

    stage.interleave(offering(chair, pauses=JUDGED), leaving)

    dee.refresh_from_db()
    has_chair = dee.offer is not None
    assert (dee.left_at is None) is has_chair
    assert taken(chair) == has_chair
