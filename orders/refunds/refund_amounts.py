"""Decide refunds: how much of which unit, line or order, and from which payment.

Each refund is counted on its payment's row, with a constraint, so that the sums never exceed what
was paid. refunds.py sends what is decided here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import F, Sum

from nsca.lib.text import money
from orders.books.ledger import ask, note
from orders.lines.kinds import Refusal, kind_of
from orders.models import LedgerEntry, Line, Order, Payment, Refund
from orders.refunds import mail as refund_mail
from orders.refunds.mail import Cause

Entry = LedgerEntry.Entry
AT_A_GATEWAY = (Payment.Method.STRIPE, Payment.Method.PRETEND)


class NothingToRefund(Refusal):
    def __init__(self):
        super().__init__("Nothing is left to refund on this order.")


class TooMuch(Refusal):
    """More than is left of what was paid."""

    def __init__(self, left_cents: int):
        super().__init__(f"You can refund {money.dollars(left_cents)} at most.")


@dataclass(frozen=True)
class Wanted:
    """One refund to make: of a unit, a line, or the order. Cents."""

    cents: int
    line: Line | None = None
    unit: int | None = None
    is_whole: bool = True


def refundable_cents(payment: Payment) -> int:
    """What is left of a payment, less what was refunded, is being refunded, or a bank took."""
    if payment.state != Payment.State.PAID:
        return 0
    return payment.amount_cents - payment.returned_cents


def refundable_of(order: Order) -> int:
    """What is left of all of an order's payments, in cents."""
    return sum(refundable_cents(payment) for payment in order.payments.all())


def refunded_cents(line: Line) -> int:
    """What was or is being refunded for this line; a refund of the whole order names no line."""
    alive = line.refunds.exclude(state=Refund.State.FAILED)
    return alive.aggregate(cents=Sum("cents"))["cents"] or 0


def units_back(line: Line) -> set[int]:
    """The numbers of a line's units that were or are being refunded."""
    alive = line.refunds.exclude(state=Refund.State.FAILED)
    return set(alive.filter(unit__isnull=False).values_list("unit", flat=True))


def amounts(
    order: Order,
    *,
    line: Line | None = None,
    units: Sequence[int] | None = None,
    cents: int | None = None,
) -> list[Wanted]:
    """What that refund would be in cents now.

    Raises NothingToRefund, TooMuch; ValueError for units without a line or not in it.
    """
    left = refundable_of(order)
    of_line = line.total_cents - refunded_cents(line) if line else left
    if units is not None:
        return _unit_amounts(line, units, min(left, of_line))
    most = min(left, of_line)
    amount = most if cents is None else cents
    if amount > most:
        raise TooMuch(most)
    lines = [line] if line else order.lines.all()
    if amount <= 0 and any(each.total_cents for each in lines):
        raise NothingToRefund
    return [Wanted(amount, line, is_whole=amount == most)]


def amounts_of_units(order: Order, picked: Mapping[Line, Sequence[int]]) -> list[Wanted]:
    """The same for units of several lines. Raises NothingToRefund, ValueError."""
    left, wanted = refundable_of(order), []
    for line, units in picked.items():
        for each in amounts(order, line=line, units=units):
            wanted.append(replace(each, cents=min(each.cents, left)))
            left -= wanted[-1].cents
    return wanted


def _unit_amounts(line: Line | None, units: Sequence[int], left: int) -> list[Wanted]:
    if line is None or not units or not set(units) <= set(range(1, line.quantity + 1)):
        raise ValueError("Units need a line.")
    wanted = []
    back = units_back(line)
    for unit in sorted(set(units) - back):
        amount = min(line.unit_cents, left)
        if line.unit_cents and not amount:
            raise NothingToRefund
        wanted.append(Wanted(amount, line, unit))
        left -= amount
    if not wanted:
        raise NothingToRefund
    return wanted


def returned_whole(order: Order, wanted: Sequence[Wanted]) -> list[Line]:
    """The lines refunded whole, not by single units."""
    whole = [each for each in wanted if each.is_whole and each.unit is None]
    if any(each.line is None for each in whole):
        return list(order.lines.all())
    return [each.line for each in whole]


def decide(
    order: Order,
    wanted: Sequence[Wanted],
    *,
    reason: str,
    at: datetime,
    actor: str,
    by=None,
    cause: Cause = Cause.STAFF,
    becomes: str = "",
) -> list[Refund]:
    """Record refunds, cancel what they were for, and e-mail the buyer.

    Inside a transaction, under the order's lock; `send` what it returns after the commit. Without
    a person (`by`), refunds of cash and checks become tasks.
    """
    payments = list(order.payments.filter(state=Payment.State.PAID).select_for_update())
    owed: list[Refund] = []
    for each in wanted:
        owed += _owe_of(payments, each, reason=reason, by=by, at=at, actor=actor)
        if each.is_whole:
            for line in [each.line] if each.line else order.lines.all():
                units = {"units": [each.unit]} if each.unit else {}
                kind_of(line.kind).refunded(line, at=at, **units)
    if not owed:
        words = f"{reason} (no money moves)"
        note(order, Entry.REFUNDED, at=at, actor=actor, text=words)
    for refund in owed:
        if by is None and refund.payment.method not in AT_A_GATEWAY:
            ask(
                f"by-hand:{refund.pk}",
                f"Order {order.number}: refund {money.dollars(refund.cents)} by hand (paid by "
                f"{refund.payment.get_method_display()}). Then use “Confirm refund by hand” on "
                "the order.",
                at=at,
                order=order,
            )
    refund_mail.post(order, owed, wanted, reason=reason, cause=cause, becomes=becomes)
    return owed


def _owe_of(payments: Sequence[Payment], wanted: Wanted, **how) -> list[Refund]:
    """Refund one payment that covers it, or else as many as it takes."""
    owed, rest = [], wanted.cents
    for payment in sorted(payments, key=lambda each: refundable_cents(each) < wanted.cents):
        cents = min(rest, refundable_cents(payment))
        if cents > 0:
            # A unit is refunded once: further payments name the line only.
            unit = wanted.unit if not owed else None
            part = Wanted(cents, wanted.line, unit, wanted.is_whole)
            owed.append(owe(payment, part, **how))
            rest -= cents
    return owed


def owe(
    payment: Payment, wanted: Wanted, *, reason: str, at: datetime, actor: str, by=None
) -> Refund:
    """Record a refund to send. Inside a transaction, under the order's lock; `send` it after."""
    left = refundable_cents(payment)
    if wanted.cents > left:
        raise TooMuch(left)
    refund = Refund.objects.create(
        payment=payment,
        line=wanted.line,
        unit=wanted.unit,
        is_whole=wanted.is_whole,
        cents=wanted.cents,
        reason=reason[:200],
        requested_at=at,
        requested_by=by,
    )
    count(payment, wanted.cents)
    of = f" for no. {wanted.unit} of {wanted.line}" if wanted.unit else ""
    note(
        payment.order,
        Entry.REFUND_REQUESTED,
        at=at,
        actor=actor,
        text=f"{money.dollars(wanted.cents)}{of}: {reason}",
        refund=refund,
    )
    return refund


def count(payment: Payment, cents: int) -> None:
    """Count cents that leave a payment; negative cents return to it.

    The database adds: even without a lock two counts add up, and the constraint refuses too much.
    """
    Payment.objects.filter(pk=payment.pk).update(returned_cents=F("returned_cents") + cents)
    payment.refresh_from_db(fields=["returned_cents"])
