"""Unguessable links and codes that people read aloud."""

import base64
import secrets

from django.utils.crypto import salted_hmac

# No 0/O, 1/I/L, 5/S, 8/B, 2/Z and no vowels: nothing to mishear on the telephone, nothing rude by
# chance.
SPOKEN_ALPHABET = "34679CDFGHJKMNPQRTVWXY"


def primary_key(text: str | None) -> int:
    """A primary key as a form or an address sends it; 0, which nothing has, where it is none that
    a database could hold.
    """
    is_one = text and text.isascii() and text.isdigit() and len(text) < 19
    return int(text) if is_one else 0


def link_token() -> str:
    """A secret for an address: 192 random bits, URL-safe (OWASP asks for at least 128)."""
    return secrets.token_urlsafe(24)


def spoken_code(length: int = 8) -> str:
    """A short code for a ticket or an order, as "CDF4-GHJ6". Not a secret: it opens nothing by
    itself.
    """
    return _spoken("".join(secrets.choice(SPOKEN_ALPHABET) for _ in range(length)))


def derived_token(*parts: object) -> str:
    """As unguessable as `link_token`, but the same for the same parts while SECRET_KEY is."""
    return base64.urlsafe_b64encode(_derived("token", parts)[:24]).decode()


def derived_code(*parts: object, length: int = 8) -> str:
    """As `spoken_code`, but the same for the same parts. Two different things may get the same."""
    number = int.from_bytes(_derived("code", parts))
    letters = ""
    for _ in range(length):
        number, place = divmod(number, len(SPOKEN_ALPHABET))
        letters += SPOKEN_ALPHABET[place]
    return _spoken(letters)


def derived_digits(*parts: object, length: int) -> str:
    """Digits to type, as "00420815": the same for the same parts while SECRET_KEY is."""
    return str(int.from_bytes(_derived("digits", parts)) % 10**length).zfill(length)


def _derived(what: str, parts: tuple) -> bytes:
    """HMAC-SHA256 under a key of its own, stretched from SECRET_KEY."""
    value = "\x1f".join(str(part) for part in parts)
    return salted_hmac(f"nsca.lib.codes.{what}", value, algorithm="sha256").digest()


def _spoken(letters: str) -> str:
    return f"{letters[:4]}-{letters[4:]}"


def order_number() -> str:
    """The number a buyer quotes: "N-CDF4-GHJ6"."""
    return "N-" + spoken_code()
