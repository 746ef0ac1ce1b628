"""Erase personal data from orders that were never paid. Money rows stay for good."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from nsca.lib.retention import FORGOTTEN, Rule
from orders.models import Line, Order

A_BITE = 500  # orders in one transaction

_TELLING = (Line.Kind.DUES, Line.Kind.GIFT)  # their particulars name people
# What the selling apps know of the guests and donors of such orders: functions of order keys.
_also: list[Callable[[list[int]], object]] = []


def also_forget(function: Callable[[list[int]], object]) -> None:
    """Have `function(order_pks)` erase related data in the same transaction."""
    _also.append(function)


def _abandoned(before: datetime):
    """Expired orders that never had a payment."""
    expired = Order.objects.filter(state=Order.State.EXPIRED, expired_at__lte=before)
    return expired.exclude(payments__paid_at__isnull=False).exclude(buyer_name=FORGOTTEN)


def forget_abandoned(before: datetime, _at: datetime) -> int:
    """Keep the order's number and amounts, and erase what identifies people."""
    forgotten = 0
    while pks := list(_abandoned(before).order_by("pk").values_list("pk", flat=True)[:A_BITE]):
        with transaction.atomic():
            for function in _also:
                function(pks)
            joining = Line.objects.filter(order__in=pks, kind__in=_TELLING)
            joining.update(details={})
            Order.objects.filter(pk__in=pks).update(
                buyer_name=FORGOTTEN, buyer_email="", buyer_phone="", note="", user=None
            )
        forgotten += len(pks)
    return forgotten


RULES = [
    Rule(
        name="abandoned-orders",
        what="People who started an order and never paid: name, e-mail, phone, guests' names",
        since="the order expired",
        days=30,
        least=7,  # late payments still find their buyer
        due=lambda before: _abandoned(before).count(),
        forget=forget_abandoned,
    )
]
