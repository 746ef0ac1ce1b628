"""E-mail addresses: each has one spelling, which the database stores and compares exactly.

Nothing is case-folded when addresses are compared. PostgreSQL's UPPER turns a dotless ı into I, so
`iexact` let a stranger's address find the director's sign-in. An address is normalized when it
comes in (by a form, a list, a provider's report) and never changes after that.
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
    """The one spelling of an address: NFKC, lower case, the domain in IDNA 2008. Idempotent.

    (Unicode UAX #15, RFC 5891.) Text that is not an address is folded the same way and equals no
    valid address: IDNA is strict here, so a domain keeps its invisible characters.
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
    """The one spelling of an address we can send to. Raises ValidationError."""
    address = normalize_address(typed)
    if not address.isascii():
        raise ValidationError(STRANGE, code="strange")
    validate_email(address)
    return address


def is_same_address(one: str, other: str) -> bool:
    """Whether two texts name the same mailbox. Empty text names none."""
    return bool(one.strip()) and normalize_address(one) == normalize_address(other)


class AddressFormField(forms.EmailField):
    """Takes an address in any script; the cleaned value is its one spelling."""

    def __init__(self, **kwargs):
        kwargs.setdefault("max_length", LONGEST)
        super().__init__(**kwargs)

    def to_python(self, value):
        address = normalize_address(super().to_python(value))
        if not address.isascii():
            raise ValidationError(STRANGE, code="strange")
        return address


class AddressField(ExactText, models.EmailField):
    """A column of addresses, normalized when they are saved and looked up."""

    normalize = staticmethod(normalize_address)

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": AddressFormField, **kwargs})
