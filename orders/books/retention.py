"""What orders forget of people: those that were begun and never paid. Money rows stay for good."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from nsca.lib.retention import FORGOTTEN, Rule
from orders.models import Line, Order

A_BITE = 500  # orders in one transaction

_TELLING = (Line.Kind.DUES, Line.Kind.GIFT)  # their particulars name people
# What the selling apps know of the guests and givers of such orders: functions of order keys.
_also: list[Callable[[list[int]], object]] = []


def also_forget(function: Callable[[list[int]], object]) -> None:
    """Let `function(order_pks)` wipe what hangs on orders that are forgotten; in their
    transaction.
    """
    _also.append(function)


def _abandoned(before: datetime):
    """Lapsed, and no money ever came: whoever paid stays known."""
    lapsed = Order.objects.filter(state=Order.State.LAPSED, lapsed_at__lte=before)
    return lapsed.exclude(payments__paid_at__isnull=False).exclude(buyer_name=FORGOTTEN)


def forget_abandoned(before: datetime, _at: datetime) -> int:
    """The order stays, with its number and sums; nobody can be told from it any more."""
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
        what="Who began an order and never paid: name, address, telephone, and the guests' names",
        since="the order lapsed",
        days=30,
        least=7,  # late money finds its buyer
        due=lambda before: _abandoned(before).count(),
        forget=forget_abandoned,
    )
]
