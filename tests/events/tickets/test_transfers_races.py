"""A ticket transferred while someone reaches for it: real connections, first without a guard.

Read at the door meanwhile: tests/slow/races/test_door.py.
"""

import pytest

from events.models import Ticket, Transfer
from events.tickets import transfers
from orders.models import LedgerEntry, Order
from orders.refunds import refunds
from tests.events.reveal_kit import LONG_BEFORE, STARTS
from tests.factories import make_event, make_payment, make_ticket, make_user
from tests.threads import at_once, judge_together, needs_row_locks

pytestmark = pytest.mark.django_db(transaction=True)

BEN = "ben@okoro.example"


@pytest.fixture
def ticket():
    ticket = make_ticket(make_event(starts_at=STARTS))
    make_payment(ticket.line.order)
    return ticket


@pytest.fixture
def offered(ticket):
    return transfers.offer(ticket, to_email=BEN, at=LONG_BEFORE)


@pytest.fixture
def lock_off(monkeypatch):
    """Nothing is locked, and nothing is read again: what was known when it was asked decides."""

    def unlocked(ticket):
        return Ticket.objects.select_related("event", "line__order", "ticket_type").get(
            pk=ticket.pk
        )

    monkeypatch.setattr(transfers, "_locked", unlocked)


@pytest.fixture
def slow_answer(monkeypatch):
    """Who was judged waits a moment for the other to be judged too: the worst case."""
    judge_together(monkeypatch, (transfers, "why_over"))


def fresh(offered):
    return Transfer.objects.select_related("ticket__event", "ticket__line__order").get(
        pk=offered.pk
    )


def accept(offered, name):
    return lambda: transfers.accept(fresh(offered), name=name, at=LONG_BEFORE)


# --- Two yeses at once -------------------------------------------------------------------------


@needs_row_locks
def test_without_the_lock_two_clicks_hand_it_on_twice(offered, slow_answer, lock_off):
    at_once(accept(offered, "Ben"), accept(offered, "Ben again"))

    assert LedgerEntry.objects.filter(entry=LedgerEntry.Entry.GIVEN_ON).count() == 2


def test_two_clicks_at_once_hand_it_on_once(offered, slow_answer):
    results = at_once(accept(offered, "Ben"), accept(offered, "Ben again"))

    ticket = Ticket.objects.get()
    assert sum(isinstance(result, transfers.OfferOver) for result in results) == 1
    assert ticket.transfer_count == 1
    assert LedgerEntry.objects.filter(entry=LedgerEntry.Entry.GIVEN_ON).count() == 1


def test_accepted_and_withdrawn_at_once_it_is_one_of_the_two(ticket, offered):
    at_once(
        accept(offered, "Ben"),
        lambda: transfers.withdraw(ticket, at=LONG_BEFORE),
    )

    transfer, transfer_count = Transfer.objects.get(), Ticket.objects.get().transfer_count
    assert (transfer.accepted_at is None) is not (transfer.withdrawn_at is None)
    assert transfer_count == (1 if transfer.accepted_at else 0)


# --- Refunded ----------------------------------------------------------------------------------


def test_refunded_and_transferred_at_once_nobody_is_handed_a_ticket_after_its_refund(offered):
    tess = make_user("tess@nsca.example")
    order = Order.objects.get()

    given, _refunds = at_once(
        accept(offered, "Ben"),
        lambda: refunds.give_back(order=order, reason="Rain", by=tess, at=LONG_BEFORE),
    )

    ticket = Ticket.objects.get()
    assert ticket.canceled_at == LONG_BEFORE
    assert ticket.transfer_count == (0 if isinstance(given, transfers.OfferOver) else 1)
