"""Unguessable links and codes that people read aloud."""

import base64
import hashlib
import re
import secrets
import unicodedata

from django.db import models
from django.utils.crypto import salted_hmac

from nsca.lib.db.exact import ExactText

# No 0/O, 1/I/L, 5/S, 8/B, 2/Z and no vowels: nothing to mishear on the telephone, nothing rude by
# chance.
SPOKEN_ALPHABET = "34679CDFGHJKMNPQRTVWXY"
_FORM_KEY = re.compile(r"[A-Za-z0-9_-]{32,64}", re.ASCII)


def primary_key(text: str | None) -> int:
    """A primary key as a form or an address sends it; 0, which nothing has, where it is none that
    a database could hold.
    """
    is_one = text and text.isascii() and text.isdigit() and len(text) < 19
    return int(text) if is_one else 0


def normalize_code(typed: str) -> str:
    """The one spelling of a code that people type, in capitals: NFKC (Unicode UAX #15), without
    blanks around it. Doing it twice changes nothing.

    A letter becomes a capital only where it is that capital's small letter: ı stays ı, for I is
    another code's.
    """
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", typed).lower()).strip()
    return "".join(big if (big := sign.upper()).lower() == sign else sign for sign in text)


class CodeField(ExactText, models.CharField):
    """A column of codes in their one spelling."""

    normalize = staticmethod(normalize_code)


def link_token() -> str:
    """A secret nobody can guess, for a form or a question to the till: 192 random bits, URL-safe.
    The tokens of links are made by nsca.lib.secrets.link_tokens.
    """
    return secrets.token_urlsafe(24)


def is_form_key(text: str) -> bool:
    """Whether a form may have been given this key by `link_token`. The keys of orders that no form
    made ("recurring-charge:…") can be known from elsewhere, and lead nobody to their orders.
    """
    return _FORM_KEY.fullmatch(text) is not None


def spoken_code(length: int = 8) -> str:
    """A short code for a ticket or an order, as "CDF4-GHJ6". Not a secret: it opens nothing by
    itself.
    """
    return spoken("".join(secrets.choice(SPOKEN_ALPHABET) for _ in range(length)))


def derived_token(*parts: object, key: str | None = None) -> str:
    """As unguessable as `link_token`, but the same for the same parts while SECRET_KEY is; or, to
    read what was made before it was changed, under a former `key`.
    """
    return base64.urlsafe_b64encode(_derived("token", parts, key)[:24]).decode()


def derived_code(*parts: object, length: int = 8) -> str:
    """As `spoken_code`, but the same for the same parts, also after SECRET_KEY was changed: it
    stands on paper. Two different things may get the same.
    """
    value = "\x1f".join(map(str, ("code", *parts)))
    return spoken(spoken_letters(hashlib.sha256(value.encode()).digest(), length))


def spoken_letters(raw: bytes, count: int) -> str:
    """The first letters of a number, written in the alphabet that is read aloud."""
    number, letters = int.from_bytes(raw), ""
    for _ in range(count):
        number, place = divmod(number, len(SPOKEN_ALPHABET))
        letters += SPOKEN_ALPHABET[place]
    return letters


def derived_digits(*parts: object, length: int) -> str:
    """Digits to type, as "00420815": the same for the same parts while SECRET_KEY is."""
    return str(int.from_bytes(_derived("digits", parts)) % 10**length).zfill(length)


def _derived(what: str, parts: tuple, key: str | None = None) -> bytes:
    """HMAC-SHA256 under a key of its own, stretched from SECRET_KEY (or `key`)."""
    value = "\x1f".join(str(part) for part in parts)
    made = salted_hmac(f"nsca.lib.secrets.codes.{what}", value, secret=key, algorithm="sha256")
    return made.digest()


def spoken(letters: str) -> str:
    """Letters as they are read aloud: four, a dash, the rest."""
    return f"{letters[:4]}-{letters[4:]}"


def order_number() -> str:
    """The number a buyer quotes: "N-CDF4-GHJ6"."""
    return "N-" + spoken_code()
