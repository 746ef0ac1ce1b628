"""What is too little to be paid by card, said before anything is held.

Prices are checked where they are set (nsca.lib.text.fields.refuse_too_little, and constraints
behind it), and codes too; this is the last look, at the sum itself.
"""

from collections.abc import Sequence

from nsca.lib.text.money import dollars, is_too_little
from orders.lines.kinds import Item, Refusal


class TooLittle(Refusal):
    """The sum is more than nothing, and less than a card can be charged. Cents."""

    def __init__(self, cents: int):
        super().__init__(
            f"The total is {dollars(cents)}, and a card can't be charged less than 50 cents. Add "
            "a gift on top, or choose something else."
        )


def total_of(items: Sequence[Item]) -> int:
    """What items cost together, in cents. Raises TooLittle."""
    cents = sum(item.quantity * item.unit_cents for item in items)
    if is_too_little(cents):
        raise TooLittle(cents)
    return cents
