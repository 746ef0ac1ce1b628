"""The words beside the checkbox; those that were shown are saved with the agreement.

They name the price, the next charge and how to cancel before anything is agreed to (Va. Code
59.1-207.46 and the FTC's rule on negative options, 16 CFR 425, in plain English).
"""

from collections.abc import Sequence
from datetime import date

from django.conf import settings
from django.db.models import Q

from nsca.lib.text.money import dollars
from nsca.lib.timing import day_of
from orders.lines.recurring_kinds import next_month_or_year
from orders.models import Line, Order, RecurringCharge, RecurringPayment

EVERY = {
    RecurringPayment.Interval.YEAR: "every year",
    RecurringPayment.Interval.MONTH: "every month",
}
WRITES = {
    RecurringPayment.Interval.YEAR: "We e-mail you 30 to 45 days before each charge, and before "
    "the price changes.",
    RecurringPayment.Interval.MONTH: "We e-mail you a receipt each time.",
}
CANCEL = (
    "Cancel online at any time: the link is in each of these e-mails and on your membership page."
)


def page_of(order: Order) -> str:
    """Where to cancel the recurring payment behind this order; "" if there is none.

    Only orders that can recur cost a query.
    """
    may = any(line.kind in (Line.Kind.DUES, Line.Kind.GIFT) for line in order.lines.all())
    charge = (
        may
        and RecurringCharge.objects.filter(order=order).select_related("recurring_payment").first()
    )
    return settings.SITE_URL + charge.recurring_payment.get_absolute_url() if charge else ""


def repeats(order: Order) -> str:
    """What an order's page and e-mail say about later charges, or "" if there are none.

    "This gift repeats: $25 every month. The next charge is on May 31, 2027. …"
    """
    if not any(line.kind in (Line.Kind.DUES, Line.Kind.GIFT) for line in order.lines.all()):
        return ""
    theirs = Q(order=order) | Q(charges__order=order)
    row = RecurringPayment.objects.filter(theirs).exclude(state__in=RecurringPayment.OVER).first()
    if row is None:
        return ""
    what = "This membership renews automatically" if row.is_dues else "This gift repeats"
    words = f"{what}: {dollars(row.cents)} {EVERY[row.interval]}."
    next_on = row.next_charge_on
    if next_on is None and not row.is_dues:  # before its first payment
        next_on = next_month_or_year(row.interval, day_of(row.consented_at))
    if next_on is None:
        return ""  # the day for dues is known once their term begins; another e-mail states it
    return f"{words} The next charge is on {day(next_on)}. You can cancel at any time."


def day(on: date) -> str:
    return f"{on:%B} {on.day}, {on.year}"


def consent(prices: Sequence[tuple[str, int]], *, interval: str, first_on: date) -> str:
    """The text of the checkbox. `prices` can be chosen beside it, as (name, cents).

    One price, or one per level; none if the buyer types the amount.
    """
    if not prices:
        price = "the same amount"
    elif len(prices) == 1:
        price = dollars(prices[0][1])
    else:
        price = "the price of the level you choose (" + (
            ", ".join(f"{name} {dollars(cents)}" for name, cents in prices) + ")"
        )
    return (
        f"Charge this card {price} {EVERY[interval]}, next on {day(first_on)}, until I cancel. "
        f"{WRITES[interval]} {CANCEL}"
    )
