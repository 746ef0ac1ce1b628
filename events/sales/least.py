"""Tells staff when a promo code leaves a price too small to charge to a card."""

from collections.abc import Iterable

from events.models import PromoCode, TicketType
from events.sales.quotes import price_after
from nsca.lib.text.money import dollars, is_too_little


def too_little_by_code(
    code: str, kinds: Iterable[TicketType], *, percent: int | None, off_cents: int | None
) -> str:
    """Why a code cannot take so much off these ticket types, in words for staff, or ""."""
    left = ((kind.name, price_after(kind.price_cents, percent, off_cents)) for kind in kinds)
    return next((_words(code, name, cents) for name, cents in left if is_too_little(cents)), "")


def too_little_for_codes(kind: TicketType, *, name: str, price_cents: int) -> str:
    """Why a ticket type cannot have this price given the existing codes, or ""."""
    codes = PromoCode.objects.filter(event=kind.event_id).prefetch_related("ticket_types")
    for code in codes:
        covered = list(code.ticket_types.all())
        cents = price_after(price_cents, code.percent_off, code.cents_off)
        if (not covered or kind in covered) and is_too_little(cents):
            return _words(code.code, name, cents)
    return ""


def _words(code: str, name: str, cents: int) -> str:
    return (
        f"With the code {code}, “{name}” would cost {dollars(cents)}. Cards can’t be charged less "
        "than 50 cents. Make it free, or leave at least 50 cents."
    )
