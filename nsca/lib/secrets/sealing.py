"""Small secrets at rest: padded to one size, opened only with keys outside the database.

Fernet (AES-128-CBC with HMAC-SHA256, cryptography.io/en/latest/fernet). HKDF (RFC 5869) derives
each Fernet key from one of our secrets, so the environment may have any long random text.
"""

import base64
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.views.decorators.debug import sensitive_variables

ROOM = 8192  # bytes of plaintext, always, so that a sealed value's length reveals nothing
LARGEST = 4 * 2**20  # bytes of a sealed picture
_SMALLEST = 2**16  # smaller pictures all have this length
_LABEL = b"nsca venue key"


class SealingError(Exception):
    """Something about a sealed value; the message never contains what was inside."""


class TooLong(SealingError):
    """More text than an envelope takes."""


class KeyLost(SealingError):
    """None of our keys opens it: the key was lost or changed, or the value tampered with."""


class WrongEnvelope(SealingError):
    """It opens, but it was sealed for something else: rows were swapped."""


def _fernet(secret: str) -> Fernet:
    stretched = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=_LABEL)
    return Fernet(base64.urlsafe_b64encode(stretched.derive(secret.encode())))


def _keys() -> MultiFernet:
    """Newest first. SECRET_KEY and its predecessors come last: VENUE_KEYS may be added later."""
    secrets = [*settings.VENUE_KEYS, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([_fernet(secret) for secret in secrets if secret])


@sensitive_variables()
def seal(text: str, *, bound_to: str, at: datetime) -> bytes:
    """Encrypt for one purpose (`bound_to`, e.g. "event 12"). Raises TooLong."""
    plain = f"{bound_to}\n{text}".encode()
    if len(plain) > ROOM:
        raise TooLong("That's too long to seal. Please shorten the directions.")
    return _keys().encrypt_at_time(plain.ljust(ROOM, b"\x00"), int(at.timestamp()))


@sensitive_variables()
def unseal(sealed: bytes, *, bound_to: str) -> str:
    """Decrypt. Raises KeyLost or WrongEnvelope; neither reveals the content."""
    try:
        plain = _keys().decrypt(bytes(sealed))
    except InvalidToken:
        # `from None`: no exception chain for an error reporter to walk.
        raise KeyLost(
            "The key to this venue is missing. Put the key it was sealed with back into "
            "VENUE_KEYS (or SECRET_KEY_FALLBACKS), or enter the venue again."
        ) from None
    whose, _, text = plain.rstrip(b"\x00").decode().partition("\n")
    if whose != bound_to:
        raise WrongEnvelope("This envelope was sealed for another event. Enter the venue again.")
    return text


@sensitive_variables()
def seal_bytes(content: bytes, *, bound_to: str, at: datetime) -> bytes:
    """Encrypt a picture for one purpose. Raises TooLong.

    It is padded to one of a few lengths, each double the last, so that its length reveals little.
    """
    plain = f"{bound_to}\n{len(content)}\n".encode() + content
    size = _SMALLEST
    while size < len(plain):
        size *= 2
    if size > LARGEST:
        raise TooLong("This picture is too large to seal. Please make it smaller.")
    return _keys().encrypt_at_time(plain.ljust(size, b"\x00"), int(at.timestamp()))


@sensitive_variables()
def unseal_bytes(sealed: bytes, *, bound_to: str) -> bytes:
    """Decrypt a picture. Raises KeyLost or WrongEnvelope."""
    try:
        plain = _keys().decrypt(bytes(sealed))
    except InvalidToken:
        raise KeyLost(
            "The key to this picture is missing. Put the key back, or add the picture again."
        ) from None
    whose, length, content = plain.split(b"\n", 2)
    if whose.decode() != bound_to:
        raise WrongEnvelope("This picture was sealed for another event. Add it again.")
    return content[: int(length)]


@sensitive_variables()
def resealed(sealed: bytes) -> bytes:
    """The same content under the newest key. Raises KeyLost."""
    try:
        return _keys().rotate(bytes(sealed))
    except InvalidToken:
        raise KeyLost("None of our keys opens this envelope.") from None
