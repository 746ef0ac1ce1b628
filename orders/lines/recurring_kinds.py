"""What recurring payments charge for, and when: the selling app says.

A kind that registers nothing (gifts) charges what was agreed to, on the gateway's own dates.
"""

from datetime import date, datetime

from nsca.lib.timing import day_of
from orders.lines.kinds import Item, Refusal
from orders.models import Line, RecurringPayment


class NothingToRenew(Refusal):
    """There is nothing left to charge for; the text says why, for staff and buyer."""


class RecurringKind:
    """The rules of a recurring payment; by default it charges what was agreed to."""

    def __init__(self, name: str):
        self.name = name  # Line.Kind

    def household_of(self, order) -> int | None:
        """The primary key of the household that got a paid order's line of this kind."""

    def line_of(self, order) -> Line | None:
        """The line a recurring payment repeats; refunded if a household has two."""
        return next((line for line in order.lines.all() if line.kind == self.name), None)

    def charge_on(self, recurring_payment: RecurringPayment, *, on: date) -> date:
        """The day the next charge is due, as of a day (`on`). Raises NothingToRenew."""
        return recurring_payment.next_charge_on or next_month_or_year(
            recurring_payment.interval, on
        )

    def item(self, recurring_payment: RecurringPayment, *, on: date) -> Item:
        """What one charge buys, at the price of a day.

        Raises a Refusal if that is unavailable; then the agreed item applies.
        """
        return agreed_item(recurring_payment)


def agreed_item(recurring_payment: RecurringPayment) -> Item:
    """What was agreed to, as an item for an order."""
    return Item(
        kind=recurring_payment.kind,
        label=recurring_payment.label,
        unit_cents=recurring_payment.cents,
        fair_value_cents=recurring_payment.fair_value_cents,
        subject_id=recurring_payment.subject_id,
        heading=recurring_payment.heading,
        committee=recurring_payment.committee,
        details=dict(recurring_payment.details),
    )


def next_month_or_year(interval: str, on: date) -> date:
    """The same day next month or year, or that month's last: February 28 after January 31.

    Stripe counts the same way.
    """
    years, month = (
        divmod(on.month, 12) if interval == RecurringPayment.Interval.MONTH else (1, None)
    )
    year = on.year + years
    month = on.month if month is None else month + 1
    for day in range(on.day, 27, -1):
        try:
            return date(year, month, day)
        except ValueError:
            continue
    return date(year, month, on.day)


_kinds: dict[str, RecurringKind] = {}


def register(kind: RecurringKind) -> None:
    """Register each kind with rules of its own; called by nsca/hooks.py."""
    _kinds[kind.name] = kind


def kind_of(recurring_payment: RecurringPayment) -> RecurringKind:
    return _kinds.get(recurring_payment.kind) or RecurringKind(recurring_payment.kind)


def item_of(
    recurring_payment: RecurringPayment, *, cents: int | None = None, at: datetime
) -> Item:
    """What one charge buys; with `cents`, at the price that was charged."""
    try:
        item = kind_of(recurring_payment).item(recurring_payment, on=day_of(at))
    except Refusal:
        item = agreed_item(recurring_payment)
    if cents is None or cents == item.unit_cents:
        return item
    values = {**item.__dict__, "unit_cents": cents}
    value = item.fair_value_cents
    return Item(**values | {"fair_value_cents": None if value is None else min(value, cents)})
