"""What of an order is a gift: computed as its receipt is, over the whole payment, as it stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from nsca.lib.timing import day_of
from orders.lines.kinds import at_hand
from orders.lines.receipts import deductible_cents, receipt_for
from orders.models import Order
from orders.refunds.refund_amounts import refundable_of


@dataclass(frozen=True)
class Contribution:
    """One payment with a gift in it, as it stands now. Cents."""

    order_id: int
    paid_on: date  # in Norfolk
    words: str  # what it was for
    paid_cents: int  # less all that went back, is on its way, or that a bank holds
    value_cents: int  # of what was received for it
    gift_cents: int

    @property
    def facts(self) -> tuple[int, int, int, int]:
        """What a statement must be right about."""
        return self.order_id, self.paid_cents, self.value_cents, self.gift_cents


def with_all_it_takes(orders):
    """A QuerySet of orders with what their contributions are computed from: a handful of queries
    for many.
    """
    return orders.prefetch_related(*at_hand(), "payments__refunds")


def contribution_of(order: Order) -> Contribution | None:
    """What of an order is a gift, now; None where nothing is, nothing is left, or nobody stated
    what was received for it.
    """
    receipt = receipt_for(order)
    # Of a payment that a bank disputes the receipt still speaks; we do not have the money.
    paid = refundable_of(order)
    if order.state != Order.State.PAID or receipt.paid_at is None or receipt.value_cents is None:
        return None  # of what nobody said what it is worth no letter may say what part is a gift
    gift = deductible_cents(paid, receipt.value_cents)
    if gift <= 0:
        return None
    words = ", ".join(part.label for part in receipt.parts if not part.is_returned)
    return Contribution(order.pk, day_of(receipt.paid_at), words, paid, receipt.value_cents, gift)


def contributions_of(orders: Iterable[Order]) -> list[Contribution]:
    """Those of many orders, the earliest first."""
    found = [each for order in orders if (each := contribution_of(order))]
    return sorted(found, key=lambda each: (each.paid_on, each.order_id))
