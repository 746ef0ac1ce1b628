"""Refuse totals too small for a card, before anything is held.

Prices and promo codes are checked where they are set (nsca.lib.text.fields.refuse_too_little, and
constraints); this is the last check, of the total itself.
"""

from collections.abc import Sequence

from nsca.lib.text.money import dollars, is_too_little
from orders.lines.kinds import Item, Refusal


class TooLittle(Refusal):
    """The total is above 0 and below what a card can be charged. Cents."""

    def __init__(self, cents: int):
        super().__init__(
            f"Your total is {dollars(cents)}, and cards can't be charged less than 50 cents. Add "
            "a gift, or choose something else."
        )


def total_of(items: Sequence[Item]) -> int:
    """The total of the items, in cents. Raises TooLittle."""
    cents = sum(item.quantity * item.unit_cents for item in items)
    if is_too_little(cents):
        raise TooLittle(cents)
    return cents
