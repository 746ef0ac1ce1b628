"""The gift part of an order, computed like its receipt over the whole payment, less refunds."""

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
    """One payment that includes a gift, less refunds so far. Cents."""

    order_id: int
    paid_on: date  # in Norfolk
    words: str  # what it was for
    paid_cents: int  # less refunds, also pending ones, and disputed money
    value_cents: int  # the fair value received
    gift_cents: int

    @property
    def facts(self) -> tuple[int, int, int, int]:
        """The facts a statement must get right."""
        return self.order_id, self.paid_cents, self.value_cents, self.gift_cents


def with_all_it_takes(orders):
    """The orders with everything their contributions are computed from, in a few queries."""
    return orders.prefetch_related(*at_hand(), "payments__refunds")


def contribution_of(order: Order) -> Contribution | None:
    """The gift part of an order now.

    None if there is no gift, nothing is left, or the value of what was received is unknown.
    """
    receipt = receipt_for(order)
    # The receipt still lists a disputed payment, but we do not have its money.
    paid = refundable_of(order)
    if order.state != Order.State.PAID or receipt.paid_at is None or receipt.value_cents is None:
        return None  # without a fair value, no statement may say how much is a gift
    gift = deductible_cents(paid, receipt.value_cents)
    if gift <= 0:
        return None
    words = ", ".join(part.label for part in receipt.parts if not part.is_returned)
    return Contribution(order.pk, day_of(receipt.paid_at), words, paid, receipt.value_cents, gift)


def contributions_of(orders: Iterable[Order]) -> list[Contribution]:
    """The contributions of many orders, earliest first."""
    found = [each for order in orders if (each := contribution_of(order))]
    return sorted(found, key=lambda each: (each.paid_on, each.order_id))
