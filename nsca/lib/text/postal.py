"""Postal addresses: whether mail could be delivered there."""

import re

from django.core.exceptions import ValidationError

WORDS = (
    "Enter street or PO Box, then city, state, and ZIP code: 100 Main Street, Norfolk, VA 23510."
)
# USPS Publication 28, appendix B.
STATES = {
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "DC", "FL", "GA", "HI", "ID", "IL", "IN", "IA",
    "KS", "KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM",
    "NY", "NC", "ND", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA",
    "WV", "WI", "WY", "AS", "GU", "MP", "PR", "VI", "AA", "AE", "AP",
}  # fmt: skip
_ZIP = re.compile(r"\d{5}(-\d{4})?")
_LAST = re.compile(r"\b([A-Za-z]{2})\.?[ ,]*([\d][\d -]*)?$")  # "VA 23510", "VA"


def validate_postal_address(typed: str) -> None:
    """Refuse what no mail carrier could find. Raises ValidationError.

    That is: one part alone, no digit, an e-mail or web address, or a United States state without a
    ZIP code of five or nine digits. Addresses abroad may be written their own way.
    """
    text = typed.strip()
    parts = [part for part in re.split(r"[\n,]", text) if part.strip()]
    if "@" in text or "://" in text:
        raise ValidationError("Enter a postal address, not an e-mail or web address.")
    if len(parts) < 2 or not any(sign.isdigit() for sign in text):
        raise ValidationError(WORDS, code="postal")
    last = _LAST.search(_without_country(text))
    if last and last[1].upper() in STATES and not _ZIP.fullmatch((last[2] or "").strip()):
        raise ValidationError(
            f"The ZIP code is missing or incomplete. Write it like {last[1].upper()} 23510.",
            code="zip",
        )


def _without_country(text: str) -> str:
    """Its last line, without our own country's name after it or on a line of its own."""
    return re.sub(r"[\s,]*(U\.?S\.?A\.?|United States( of America)?)$", "", text.strip())
