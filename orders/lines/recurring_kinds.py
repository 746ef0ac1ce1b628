"""What a standing order charges for, without knowing what it is: the app that sells says when the
next charge is due and what it buys. One that registers nothing charges what was agreed to, on the
till's own dates (gifts).
"""

from datetime import date, datetime

from nsca.lib.timing import day_of
from orders.lines.kinds import Item, Refusal
from orders.models import Line, StandingOrder


class NothingToRenew(Refusal):
    """There is nothing to charge for any more; its text says why, for staff and buyer."""


class RecurringKind:
    """What a recurring payment is asked. Where the selling app has no rule of its own, it charges
    what was agreed to.
    """

    def __init__(self, name: str):
        self.name = name  # Line.Kind

    def household_of(self, order) -> int | None:
        """Whose a paid order's line of this kind became, by primary key."""

    def line_of(self, order) -> Line | None:
        """The line that the standing order repeats; it goes back where a household has two."""
        return next((line for line in order.lines.all() if line.kind == self.name), None)

    def charge_on(self, standing: StandingOrder, *, on: date) -> date:
        """The day on which the next charge falls due, as things stand `on` a day. Raises
        NothingToRenew.
        """
        return standing.next_charge_on or next_month_or_year(standing.interval, on)

    def item(self, standing: StandingOrder, *, on: date) -> Item:
        """What one charge buys, at the price of a day. Raises a Refusal where that is not to be
        had: then what was agreed to holds.
        """
        return agreed_item(standing)


def agreed_item(standing: StandingOrder) -> Item:
    """What was agreed to, as an order's item."""
    return Item(
        kind=standing.kind,
        label=standing.label,
        unit_cents=standing.cents,
        fair_value_cents=standing.fair_value_cents,
        subject_id=standing.subject_id,
        heading=standing.heading,
        committee=standing.committee,
        details=dict(standing.details),
    )


def next_month_or_year(interval: str, on: date) -> date:
    """The same day of the next month or year, or that month's last: January 31 makes February 28,
    as Stripe counts.
    """
    years, month = divmod(on.month, 12) if interval == StandingOrder.Interval.MONTH else (1, None)
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
    """Called by nsca/hooks.py with each kind that has rules of its own."""
    _kinds[kind.name] = kind


def kind_of(standing: StandingOrder) -> RecurringKind:
    return _kinds.get(standing.kind) or RecurringKind(standing.kind)


def item_of(standing: StandingOrder, *, cents: int | None = None, at: datetime) -> Item:
    """What one charge buys. With `cents`, at that price: what was charged is what it cost."""
    try:
        item = kind_of(standing).item(standing, on=day_of(at))
    except Refusal:
        item = agreed_item(standing)
    if cents is None or cents == item.unit_cents:
        return item
    values = {**item.__dict__, "unit_cents": cents}
    value = item.fair_value_cents
    return Item(**values | {"fair_value_cents": None if value is None else min(value, cents)})
