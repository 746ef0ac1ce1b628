"""E-mail addresses: one spelling of each, which the database stores and compares exactly.

Nothing folds letters at the moment of comparing. PostgreSQL's UPPER turns a dotless ı into I, so
`iexact` let a stranger's address find the director's sign-in. An address is written one way when
it comes in (a form, a list, a mail provider's report) and is that text from then on.
"""

import unicodedata
from contextlib import suppress

import idna
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models

from nsca.lib.db.exact import ExactText

LONGEST = 254  # characters (RFC 5321 §4.5.3.1.3)
STRANGE = (
    "This address has a character that an e-mail address can’t have; it may be one you can’t see. "
    "Delete the address and type it again."
)


def normalize_address(typed: str) -> str:
    """The one spelling of an address: NFKC (Unicode UAX #15), lower case, the domain as IDNA 2008
    writes it (RFC 5891). Doing it twice changes nothing.

    Text that is no address comes back folded the same way and equals no valid address: IDNA is
    strict here, so a domain with an invisible character stays as it is instead of losing it.
    """
    if typed.isascii():
        return typed.strip().lower()
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", typed.strip()).lower())
    mailbox, at_sign, domain = text.strip().rpartition("@")
    if at_sign and not domain.isascii() and len(domain) < LONGEST:
        with suppress(UnicodeError):  # idna.IDNAError is one
            domain = idna.encode(domain).decode()
    return f"{mailbox}{at_sign}{domain}"


def valid_address(typed: str) -> str:
    """The one spelling of an address that mail can be sent to. Raises ValidationError."""
    address = normalize_address(typed)
    if not address.isascii():
        raise ValidationError(STRANGE, code="strange")
    validate_email(address)
    return address


def is_same_address(one: str, other: str) -> bool:
    """Whether two texts are one mailbox. Two empty ones are none."""
    return bool(one.strip()) and normalize_address(one) == normalize_address(other)


class AddressFormField(forms.EmailField):
    """Takes an address in any keyboard's characters; the cleaned value is its one spelling."""

    def __init__(self, **kwargs):
        kwargs.setdefault("max_length", LONGEST)
        super().__init__(**kwargs)

    def to_python(self, value):
        address = normalize_address(super().to_python(value))
        if not address.isascii():
            raise ValidationError(STRANGE, code="strange")
        return address


class AddressField(ExactText, models.EmailField):
    """A column of normalized addresses: every comparison is between two spellings that
    `normalize_address` made.
    """

    normalize = staticmethod(normalize_address)

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": AddressFormField, **kwargs})
