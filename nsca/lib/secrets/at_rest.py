"""What the database stores but cannot read: e-mails, and the seeds of second factors.

Fernet (AES-128-CBC with HMAC-SHA256). HKDF (RFC 5869) derives one key per purpose from SECRET_KEY
and its predecessors, so a value moved elsewhere opens nothing there. For venues, whose length must
not show either, see nsca/lib/secrets/sealing.py.
"""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.views.decorators.debug import sensitive_variables

MARK = "sealed:"  # what every sealed text begins with


class KeyLost(Exception):
    """None of our keys opens it. The message never contains what is inside."""


@sensitive_variables()
def seal(text: str, *, purpose: str) -> str:
    """Encrypt under SECRET_KEY."""
    return MARK + seal_bytes(text.encode(), purpose=purpose).decode()


@sensitive_variables()
def unseal(sealed: str, *, purpose: str) -> str:
    """Decrypt. Raises KeyLost."""
    return unseal_bytes(sealed.removeprefix(MARK).encode(), purpose=purpose).decode()


def is_sealed(text) -> bool:
    return isinstance(text, str) and text.startswith(MARK)


@sensitive_variables()
def seal_bytes(content: bytes, *, purpose: str) -> bytes:
    """The same for a file. It does not reveal when it was sealed."""
    return _keys(purpose).encrypt_at_time(content, 0)


@sensitive_variables()
def unseal_bytes(sealed: bytes, *, purpose: str) -> bytes:
    """Decrypt a file. Raises KeyLost."""
    try:
        return _keys(purpose).decrypt(sealed)
    except InvalidToken:
        # `from None`: no exception chain for an error reporter to walk.
        raise KeyLost("It was sealed under a SECRET_KEY that is missing.") from None


def _keys(purpose: str) -> MultiFernet:
    """Newest first."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([_fernet(secret, purpose) for secret in secrets if secret])


@lru_cache(maxsize=64)
def _fernet(secret: str, purpose: str) -> Fernet:
    info = f"nsca at rest: {purpose}".encode()
    stretched = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info)
    return Fernet(base64.urlsafe_b64encode(stretched.derive(secret.encode())))
