"""Unguessable tokens, and codes that people read aloud."""

import base64
import hashlib
import re
import secrets
import unicodedata

from django.db import models
from django.utils.crypto import salted_hmac

from nsca.lib.db.exact import ExactText

# No 0/O, 1/I/L, 5/S, 8/B, 2/Z and no vowels: nothing to mishear on the phone, and no rude words.
SPOKEN_ALPHABET = "34679CDFGHJKMNPQRTVWXY"
_FORM_KEY = re.compile(r"[A-Za-z0-9_-]{32,64}", re.ASCII)


def primary_key(text: str | None) -> int:
    """A primary key from a form or an address; 0, which no row has, if it isn't a possible key."""
    is_one = text and text.isascii() and text.isdigit() and len(text) < 19
    return int(text) if is_one else 0


def normalize_code(typed: str) -> str:
    """The one spelling of a code that people type: NFKC (Unicode UAX #15), stripped, in capitals.

    Idempotent. A character is capitalized only if it is that capital's lower case: ı stays ı,
    because I belongs to a different code.
    """
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", typed).lower()).strip()
    return "".join(big if (big := sign.upper()).lower() == sign else sign for sign in text)


class CodeField(ExactText, models.CharField):
    """A column of codes in their one spelling."""

    normalize = staticmethod(normalize_code)


def link_token() -> str:
    """An unguessable secret for a form or a request to Stripe: 192 random bits, URL-safe.

    The tokens of links come from nsca.lib.secrets.link_tokens.
    """
    return secrets.token_urlsafe(24)


def is_form_key(text: str) -> bool:
    """Whether `link_token` may have made this key for a form.

    Orders that no form made have keys like "recurring-charge:…", which can be known from
    elsewhere; those lead nobody to an order.
    """
    return _FORM_KEY.fullmatch(text) is not None


def spoken_code(length: int = 8) -> str:
    """A short code for a ticket or an order, like "CDF4-GHJ6". Not a secret: it opens nothing."""
    return spoken("".join(secrets.choice(SPOKEN_ALPHABET) for _ in range(length)))


def derived_token(*parts: object, key: str | None = None) -> str:
    """As unguessable as `link_token`, but always the same for the same parts and SECRET_KEY.

    A former `key` reads what was made before SECRET_KEY changed.
    """
    return base64.urlsafe_b64encode(_derived("token", parts, key)[:24]).decode()


def derived_code(*parts: object, length: int = 8) -> str:
    """Like `spoken_code`, but always the same for the same parts, even if SECRET_KEY changes.

    It is printed on paper. Two different things may get the same code.
    """
    value = "\x1f".join(map(str, ("code", *parts)))
    return spoken(spoken_letters(hashlib.sha256(value.encode()).digest(), length))


def spoken_letters(raw: bytes, count: int) -> str:
    """The first digits of a number, in the alphabet that is read aloud."""
    number, letters = int.from_bytes(raw), ""
    for _ in range(count):
        number, place = divmod(number, len(SPOKEN_ALPHABET))
        letters += SPOKEN_ALPHABET[place]
    return letters


def derived_digits(*parts: object, length: int) -> str:
    """Digits to type, like "00420815": the same for the same parts and SECRET_KEY."""
    return str(int.from_bytes(_derived("digits", parts)) % 10**length).zfill(length)


def _derived(what: str, parts: tuple, key: str | None = None) -> bytes:
    """HMAC-SHA256 under a purpose key derived from SECRET_KEY (or `key`)."""
    value = "\x1f".join(str(part) for part in parts)
    made = salted_hmac(f"nsca.lib.secrets.codes.{what}", value, secret=key, algorithm="sha256")
    return made.digest()


def spoken(letters: str) -> str:
    """A code as it is read aloud: four characters, a dash, the rest."""
    return f"{letters[:4]}-{letters[4:]}"


def order_number() -> str:
    """The number a buyer quotes: "N-CDF4-GHJ6"."""
    return "N-" + spoken_code()
