"""A code is read at the door while its ticket is given on: one of the two happens, never both."""

from dataclasses import replace
from datetime import timedelta

import pytest

from events.models import Ticket
from events.tickets import transfers
from events.tickets.attendance import is_in
from tests.events.door_kit import make_door_link
from tests.events.reveal_kit import STARTS
from tests.factories import make_event, make_ticket
from tests.slow.races.stage import Act

# The venue is no secret, so a ticket may be given on until the event begins.
AT_THE_DOOR = STARTS - timedelta(minutes=20)
JUDGED_AT_THE_DOOR = "after events.door.door.judged"
JUDGED_AS_AN_OFFER = "after events.tickets.transfers.why_over"


@pytest.fixture
def ticket(stage):
    """Ada's, for an event that is about to begin."""
    return make_ticket(make_event(starts_at=STARTS), guest_name="Ada Ellery")


@pytest.fixture
def reading(ticket):
    """Ada's code is read at the door."""
    link = make_door_link(ticket.event)
    return Act("read", {"link": link.pk, "code": ticket.code, "at": AT_THE_DOOR.isoformat()})


@pytest.fixture
def accepting(ticket):
    """Ben, to whom she offered it, says yes."""
    an_hour_ago = AT_THE_DOOR - timedelta(hours=1)
    offered = transfers.offer(ticket, to_email="ben@okoro.example", at=an_hour_ago)
    return Act("accept", {"transfer": offered.pk, "at": AT_THE_DOOR.isoformat()})


@pytest.fixture
def read_first(reading, accepting):
    return replace(reading, pauses=[JUDGED_AT_THE_DOOR]), accepting


@pytest.fixture
def accepted_first(reading, accepting):
    return replace(accepting, pauses=[JUDGED_AS_AN_OFFER]), reading


def now(ticket):
    """Who is in by this ticket, and how often it changed hands."""
    ticket = Ticket.objects.get(pk=ticket.pk)
    return is_in(ticket), ticket.transfer_count


def test_without_the_lock_who_was_judged_comes_in_by_a_code_that_is_dead(
    stage, ticket, read_first
):
    read, _accepted = stage.interleave(*read_first, off=["locks"])

    assert read.answer == "welcome"
    assert now(ticket) == (True, 1)


def test_without_the_lock_a_ticket_whose_guest_is_in_is_given_on(stage, ticket, accepted_first):
    _accepted, read = stage.interleave(*accepted_first, off=["locks"])

    assert read.answer == "welcome"
    assert now(ticket) == (True, 1)


def test_a_ticket_that_is_read_while_somebody_takes_it_over_stays(stage, ticket, read_first):
    read, accepted = stage.interleave(*read_first)

    assert (read.answer, accepted.refusal) == ("welcome", "OfferOver")
    assert now(ticket) == (True, 0)


def test_a_code_that_is_read_while_its_ticket_is_given_on_is_dead(stage, ticket, accepted_first):
    accepted, read = stage.interleave(*accepted_first)

    assert (accepted.answer, read.answer) == (1, "given-on")
    assert now(ticket) == (False, 1)
