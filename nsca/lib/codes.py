"""Unguessable links and codes that people read aloud."""

import secrets

# No 0/O, 1/I/L, 5/S, 8/B, 2/Z and no vowels: nothing to mishear on the telephone, nothing rude by
# chance.
SPOKEN_ALPHABET = "34679CDFGHJKMNPQRTVWXY"


def link_token() -> str:
    """A secret for an address: 192 random bits, URL-safe (OWASP asks for at least 128)."""
    return secrets.token_urlsafe(24)


def spoken_code(length: int = 8) -> str:
    """A short code for a ticket or an order, as "CDF4-GHJ6". Not a secret: it opens nothing by
    itself.
    """
    letters = "".join(secrets.choice(SPOKEN_ALPHABET) for _ in range(length))
    return f"{letters[:4]}-{letters[4:]}"


def order_number() -> str:
    """The number a buyer quotes: "N-CDF4-GHJ6"."""
    return "N-" + spoken_code()
