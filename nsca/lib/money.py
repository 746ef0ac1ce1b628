"""Whole cents in, dollars out, and only in front of people."""


def dollars(cents: int) -> str:
    """Cents as a person writes dollars: 9500 -> "$95", 9550 -> "$95.50", -500 -> "−$5"."""
    sign = "−" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    return f"{sign}${whole:,}" + (f".{rest:02d}" if rest else "")
