"""The IRS's number for an employer or a charity: nine digits, NN-NNNNNNN."""

import re

from django.core.exceptions import ValidationError

_EIN = re.compile(r"\d{2}-\d{7}", re.ASCII)


def is_ein(text: str) -> bool:
    return bool(_EIN.fullmatch(text))


def tidy_ein(typed: str) -> str:
    """Nine digits, however they were spaced, as the IRS writes them; other text unchanged."""
    figures = re.sub(r"[\s-]", "", typed)
    return f"{figures[:2]}-{figures[2:]}" if re.fullmatch(r"\d{9}", figures, re.ASCII) else typed


def validate_ein(typed: str) -> None:
    """Raises ValidationError."""
    if not is_ein(tidy_ein(typed)):
        raise ValidationError(
            "An EIN has nine digits: 12-3456789. It’s on the IRS’s paper letter."
        )
