"""Whole cents in, dollars out, and only in front of people."""

from collections.abc import Sequence


def dollars(cents: int) -> str:
    """Cents as a person writes dollars: 9500 -> "$95", 9550 -> "$95.50", -500 -> "−$5"."""
    sign = "−" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    return f"{sign}${whole:,}" + (f".{rest:02d}" if rest else "")


def spread(cents: int, weights: Sequence[int]) -> list[int]:
    """Cents parted in proportion to weights, to the last cent; equally where all weigh nothing.

    By largest remainders: everybody gets the whole cents of their share, and what is left goes
    one by one to those who came closest to one more (the first of equals first). Weights are not
    negative and there is at least one.
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
