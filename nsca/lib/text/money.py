"""Money is whole cents inside; only people see dollars."""

import re
from collections.abc import Iterable, Sequence

# An optional dollar sign, digits with or without commas in their places, at most two decimals.
_DOLLARS = re.compile(r"\$?[ ]?(\d{1,9}|\d{1,3}(?:,\d{3}){1,2})(?:\.(\d{1,2}))?", re.ASCII)


# The least that a card can be charged in dollars (docs.stripe.com/currencies, minimum amounts).
LEAST_CHARGE_CENTS = 50


def is_too_little(cents: int) -> bool:
    """Whether an amount is neither free nor chargeable: 1 to 49 cents."""
    return 0 < cents < LEAST_CHARGE_CENTS


class NotDollars(ValueError):
    """What was typed is not an amount of dollars, or could mean two amounts."""


def cents_of(typed: str) -> int:
    """Dollars as people write them, as cents: "95" -> 9500, "$1,250.50" -> 125050.

    The only reader of typed money. It takes ASCII digits, no sign, no exponent, and at most two
    decimals: "1e3", "0x10", "-5", "1,5", "25.005", "NaN" and full-width digits raise NotDollars,
    because guessing would charge an amount that nobody meant. Zero is an amount; empty is not.
    """
    found = _DOLLARS.fullmatch(typed.strip())
    if not found:
        raise NotDollars(typed)
    whole, part = found.groups()
    return int(whole.replace(",", "")) * 100 + int((part or "").ljust(2, "0"))


def dollars(cents: int) -> str:
    """Cents as a person writes dollars: 9500 -> "$95", 9550 -> "$95.50", -500 -> "−$5"."""
    sign = "−" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    return f"{sign}${whole:,}" + (f".{rest:02d}" if rest else "")


def known_sum(values: Iterable[int | None]) -> int | None:
    """The sum of cents, or None if one of them is unknown: unknown is not 0."""
    values = list(values)
    return None if None in values else sum(values)


def spread(cents: int, weights: Sequence[int]) -> list[int]:
    """Cents divided in proportion to weights, to the last cent; equally if all weights are 0.

    By largest remainders: each gets the whole cents of their share, and what is left goes one by
    one to those closest to the next cent (ties in order). Weights are not negative, and there is
    at least one.
    """
    weights = list(weights) if any(weights) else [1] * len(weights)
    whole = sum(weights)
    sign = -1 if cents < 0 else 1
    parts = [divmod(abs(cents) * weight, whole) for weight in weights]
    shares = [share for share, _rest in parts]
    by_rest = sorted(range(len(parts)), key=lambda place: -parts[place][1])
    for place in by_rest[: abs(cents) - sum(shares)]:
        shares[place] += 1
    return [sign * share for share in shares]
