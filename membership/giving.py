"""Money given, with nothing taken in return."""

from collections.abc import Sequence
from datetime import datetime

from orders.kinds import Item, Refusal, Shown
from orders.models import Line

LEAST_CENTS = 100  # below a dollar the card's fee eats the gift
MOST_CENTS = 2_500_000  # $25,000: above it a person should speak to a person


class GiftOutOfRange(Refusal):
    def __init__(self):
        super().__init__(
            "A gift online is between $1 and $25,000. For more, please call the office."
        )


def gift_item(cents: int) -> Item:
    """A gift as an order's item, in cents. Raises GiftOutOfRange."""
    if not LEAST_CENTS <= cents <= MOST_CENTS:
        raise GiftOutOfRange
    return Item(
        kind=Line.Kind.GIFT, label="Gift to the association", unit_cents=cents, heading="Gifts"
    )


class GiftKind:
    """What orders calls when a gift is made: a gift takes nothing, so most verbs have nothing to
    do.
    """

    name = Line.Kind.GIFT

    def lock(self, items: Sequence[Item]) -> None:
        """Generosity is never scarce."""

    def held(self, line: Line, item: Item, *, at: datetime) -> None:
        """Nothing is taken."""

    def paid(self, line: Line, *, at: datetime) -> None:
        """The confirmation of the order thanks the giver."""

    def released(self, line: Line, *, at: datetime) -> None:
        """Nothing was taken."""

    def retake(self, line: Line, *, at: datetime) -> None:
        """A late gift is a gift."""

    def refunded(self, line: Line, *, at: datetime, units: Sequence[int] | None = None) -> None:
        """The receipt counts refunds by itself."""

    def shown(self, line: Line, *, at: datetime) -> Sequence[Shown]:
        return []
