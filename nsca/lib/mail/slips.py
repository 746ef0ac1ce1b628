"""Likely typos in addresses ("gmial.com"): asked about once, never refused.

A field for public forms. Its widget draws a hidden input behind the address with the one that was
asked about; if the same address is sent again, the answer is yes. That needs no JavaScript and no
session, and the form has nothing to do.
"""

from difflib import get_close_matches

from django import forms
from django.core.exceptions import ValidationError

from nsca.lib.mail.addresses import AddressFormField, normalize_address

# Where people here have their mailboxes.
COMMON = (
    "gmail.com", "yahoo.com", "hotmail.com", "outlook.com", "aol.com", "icloud.com", "msn.com",
    "live.com", "comcast.net", "verizon.net", "cox.net", "att.net", "me.com", "mac.com",
    "protonmail.com", "proton.me", "ymail.com", "earthlink.net", "bellsouth.net", "charter.net",
    "sbcglobal.net", "googlemail.com", "odu.edu", "nsu.edu", "norfolk.gov", "navy.mil",
)  # fmt: skip
# Real domains that resemble another: we don't ask about them.
REAL = {"mail.com", "gmx.com", "ymail.com", "email.com", "aim.com", "cox.com", "att.com", "me.com"}
ALIKE = 0.85  # of 1: "gmial.com", "gmail.co", "hotmial.com", "yaho.com", but not "gmx.com"
ENDINGS = {"con": "com", "cmo": "com", "comm": "com", "vom": "com", "ocm": "com", "nte": "net"}
LEAST = 6  # characters in a domain: too many shorter ones are alike


def likely_meant(address: str) -> str:
    """What was probably meant: "ada@gmail.com" for "ada@gmial.com"; "" if nothing else was."""
    mailbox, _, domain = address.rpartition("@")
    if not mailbox or domain in COMMON or domain in REAL:
        return ""
    host, _, ending = domain.rpartition(".")
    if host and ending in ENDINGS:
        return f"{mailbox}@{host}.{ENDINGS[ending]}"
    if len(domain) < LEAST:
        return ""
    near = get_close_matches(domain, COMMON, n=1, cutoff=ALIKE)
    return f"{mailbox}@{near[0]}" if near else ""


class Typed(str):
    """What was in the field, with the address that was asked about before."""

    asked: str = ""

    @classmethod
    def of(cls, value: str, asked: str) -> "Typed":
        typed = cls(value)
        typed.asked = asked
        return typed


class AskingInput(forms.EmailInput):
    """An input for an address, and a hidden one for the address that was asked about.

    `has_asked`: whether the page it is drawn on asks, or asked before.
    """

    has_asked = False

    def value_from_datadict(self, data, files, name):
        value = super().value_from_datadict(data, files, name)
        return value if value is None else Typed.of(value, data.get(_asked(name), ""))

    def render(self, name, value, attrs=None, renderer=None):
        drawn = super().render(name, value, attrs, renderer)
        address = normalize_address(str(value or ""))
        if not self.has_asked or not likely_meant(address):
            return drawn
        hidden = forms.HiddenInput().render(_asked(name), address, {"id": None}, renderer)
        return drawn + hidden


def _asked(name: str) -> str:
    return f"{name}_asked"


class _AskedField(forms.BoundField):
    """Knows whether its form is asking the question as it is drawn now.

    A form redrawn without validation (one more row was requested) does not ask.
    """

    def as_widget(self, widget=None, attrs=None, only_initial=False):
        widget = widget or self.field.widget
        typed = self.data if self.form.is_bound else ""
        was_asked = normalize_address(getattr(typed, "asked", "")) == normalize_address(
            typed or ""
        )
        asks = any(error.code == "slip" for error in self.errors.as_data())
        # Never ask about what was known before, e.g. a member's own address.
        widget.has_asked = not self.form.is_bound or asks or was_asked
        return super().as_widget(widget, attrs, only_initial)


class AskedAddressField(AddressFormField):
    """An address from a public form; a likely typo is asked about once."""

    def __init__(self, **kwargs):
        given = kwargs.pop("widget", None)
        super().__init__(widget=AskingInput(attrs=given.attrs if given else None), **kwargs)

    def get_bound_field(self, form, field_name):
        return _AskedField(form, self, field_name)

    def clean(self, value):
        address = super().clean(value)
        meant = likely_meant(address)
        if meant and normalize_address(getattr(value, "asked", "")) != address:
            raise ValidationError(
                f"Did you mean {meant}? Correct it, or send the form again to keep {address}.",
                code="slip",
            )
        return address
