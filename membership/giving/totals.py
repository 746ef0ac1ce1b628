"""A year's gifts less refunds, for staff and, if they choose, for the public page."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Sum

from membership.giving.statements_run import orders_of
from membership.models import GiftFigure
from nsca.lib.text.money import dollars, spread
from orders.models import Line, Order, Payment, Refund


@dataclass(frozen=True)
class Total:
    """The gifts under one heading. Cents."""

    heading: str
    gifts: int
    cents: int


def kept_of(order: Order) -> list[int]:
    """What is left of each line of a paid order after refunds, in cents.

    Refunds of a named line count for that line; the rest is spread over all lines.
    """
    lines = list(order.lines.all())
    left = [line.total_cents for line in lines]
    paid = sum(p.amount_cents for p in order.payments.all() if p.state == Payment.State.PAID)
    spread_over = max(0, sum(left) - paid)  # the part of the order that was never paid
    gone: dict[int, int] = defaultdict(int)
    for payment in order.payments.all():
        if payment.state != Payment.State.PAID:
            continue
        named = 0
        for refund in payment.refunds.all():
            if refund.state != Refund.State.FAILED and refund.line_id:
                gone[refund.line_id] += refund.cents
                named += refund.cents
        spread_over += payment.returned_cents - named
    left = [max(0, cents - gone[line.pk]) for cents, line in zip(left, lines, strict=True)]
    went = spread(-min(spread_over, sum(left)), left) if left and sum(left) else [0] * len(left)
    return [cents + part for cents, part in zip(left, went, strict=True)]


def totals_of(year: int) -> list[Total]:
    """A year's gifts by the heading of the treasurer's report, largest first."""
    cents: dict[str, int] = defaultdict(int)
    gifts: dict[str, int] = defaultdict(int)
    went_back = Payment.objects.filter(
        order=OuterRef("pk"), state=Payment.State.PAID, returned_cents__gt=0
    )
    orders = orders_of(year).annotate(went_back=Exists(went_back))
    whole = Line.objects.filter(
        order__in=orders.filter(went_back=False).order_by().values("pk"), kind=Line.Kind.GIFT
    )
    # Nothing went back of nearly all: the database adds them up, thousands in a moment.
    for heading, sold, count in whole.values_list("heading").annotate(
        sold=Sum(F("quantity") * F("unit_cents")), count=Count("pk")
    ):
        cents[heading or "Gifts"] += sold
        gifts[heading or "Gifts"] += count
    orders = orders.filter(went_back=True, lines__kind=Line.Kind.GIFT).distinct()
    for order in orders.prefetch_related("lines", "payments__refunds"):
        for line, kept in zip(order.lines.all(), kept_of(order), strict=True):
            if line.kind == Line.Kind.GIFT and kept:
                cents[line.heading or "Gifts"] += kept
                gifts[line.heading or "Gifts"] += 1
    rows = [Total(heading, gifts[heading], cents[heading]) for heading in cents]
    return sorted(rows, key=lambda row: (-row.cents, row.heading))


def shown_figures(*, and_counted: bool = True) -> list[tuple[str, GiftFigure]]:
    """The public page's figures as (text, row), with the site's own totals if asked for."""
    rows = list(GiftFigure.objects.filter(is_shown=True))
    rows = [row for row in rows if and_counted or not row.counted]
    totals = {row.year: totals_of(row.year) for row in rows if row.counted}
    shown = []
    for row in rows:
        if row.counted == GiftFigure.Counted.GIVEN:
            figure = dollars(sum(total.cents for total in totals[row.year]))
        elif row.counted:
            figure = f"{sum(total.gifts for total in totals[row.year]):,}"
        elif row.amount_cents is not None:
            figure = dollars(row.amount_cents)
        else:
            figure = f"{row.number:,}"
        shown.append((figure, row))
    return shown
