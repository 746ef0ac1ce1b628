"""The audit of the books: what must be true of every seat, dollar and e-mail at every instant.

    `finding.py` what an invariant says when it is broken
    `seats.py`   no seat sold twice, and every ticket where it belongs
    `limits.py`  each limited seat has its number; nobody has more than one person may
    `dollars.py` every dollar is something sold, or on its way back
    `mails.py`   every buyer got one confirmation; every payment of dues made a member
    `venues.py`  no venue access and no seal was altered, backdated or removed

It only reads. The machine test runs it after every step; `manage.py audit_books`, on a live site.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from events.models import Event, Ticket, VenueLogRecord
from events.venue import log as venue_log
from nsca.ops.audit import dollars, limits, mails, seats, venues
from nsca.ops.audit.finding import Finding
from orders.models import LedgerEntry, Order, Payment, Refund

__all__ = ["INVARIANTS", "Audit", "Finding", "audit", "findings"]

INVARIANTS: tuple[Callable[[datetime], Iterator[Finding]], ...] = (
    seats.no_more_seats_than_there_are,
    seats.every_line_has_its_tickets,
    seats.tickets_are_what_was_sold,
    seats.what_went_back_is_canceled,
    seats.no_ticket_without_money,
    seats.what_a_bank_disputes_rests,
    limits.every_limited_seat_has_its_number,
    limits.nobody_has_more_than_one_may,
    limits.the_member_price_is_for_members,
    limits.no_more_add_ons_than_there_are,
    dollars.paid_orders_have_their_payment,
    dollars.no_payment_without_its_order,
    dollars.nothing_is_paid_twice,
    dollars.what_went_back_is_counted,
    dollars.the_ledger_is_the_payments,
    dollars.failed_refunds_are_tasks,
    dollars.stripe_says_the_same,
    mails.every_buyer_has_one_confirmation,
    mails.every_payment_of_dues_is_a_term,
    venues.the_venue_log_is_whole,
)


@dataclass(frozen=True)
class Audit:
    """What was counted and what was found. Remarks are not errors."""

    counted: str
    venue_log_ends: str  # "41:3f2a…" verifies every record before it; empty if the log is empty
    errors: tuple[Finding, ...]
    remarks: tuple[Finding, ...]


def findings(at: datetime) -> list[Finding]:
    """What every invariant says at an instant."""
    return [found for invariant in INVARIANTS for found in invariant(at)]


def audit(at: datetime) -> Audit:
    """Count and compare everything at one moment, without writing or locking a row."""
    with _one_moment():
        found = findings(at)
        counted = (
            f"{_many(Order.objects.filter(state=Order.State.PAID), 'paid order')}, "
            f"{_many(Payment.objects.filter(state=Payment.State.PAID), 'payment')}, "
            f"{_many(Refund.objects.all(), 'refund')}, "
            f"{_many(LedgerEntry.objects.all(), 'ledger entry', 'ledger entries')}, "
            f"{_many(Ticket.objects.valid(), 'valid ticket')}, "
            f"{_many(Event.objects.all(), 'event')}, "
            + _many(
                VenueLogRecord.objects.all(), "record of the venue log", "records of the venue log"
            )
        )
        last = venue_log.last()
    return Audit(
        counted=counted,
        venue_log_ends=f"{last.number}:{last.digest}" if last else "",
        errors=tuple(each for each in found if not each.is_remark),
        remarks=tuple(each for each in found if each.is_remark),
    )


def _many(rows, noun: str, plural: str = "") -> str:
    count = rows.count()
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


@contextmanager
def _one_moment():
    """One snapshot, in a database that refuses every change while it is read.

    On SQLite, Django's own transaction would start with the lock that writers wait for.
    """
    if connection.in_atomic_block:  # a test's own transaction
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only = ON")
            cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ROLLBACK")
                cursor.execute("PRAGMA query_only = OFF")
