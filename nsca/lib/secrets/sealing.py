"""Small secrets at rest: one size whatever is inside, opened only with a key that is not in the
database.

Fernet (AES-128-CBC with HMAC-SHA256, cryptography.io/en/latest/fernet). Every secret of ours is
stretched to a Fernet key by HKDF (RFC 5869), so that a person may write any long random text into
the environment.
"""

import base64
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.views.decorators.debug import sensitive_variables

ROOM = 8192  # bytes of every plaintext, so that the length of a sealed value says nothing
LARGEST = 4 * 2**20  # bytes of a sealed picture
_SMALLEST = 2**16  # below it every picture has one length
_LABEL = b"nsca venue key"


class SealingError(Exception):
    """Something about a sealed value; the text never holds what was inside."""


class TooLong(SealingError):
    """More text than an envelope holds."""


class KeyLost(SealingError):
    """No key that we have opens it: the key was lost or changed, or the value tampered with."""


class WrongEnvelope(SealingError):
    """It opens, but it was sealed for something else: rows were swapped."""


def _fernet(secret: str) -> Fernet:
    stretched = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=_LABEL)
    return Fernet(base64.urlsafe_b64encode(stretched.derive(secret.encode())))


def _keys() -> MultiFernet:
    """Newest first. The site's own key and its predecessors come last, so that VENUE_KEYS can be
    introduced later.
    """
    secrets = [*settings.VENUE_KEYS, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([_fernet(secret) for secret in secrets if secret])


@sensitive_variables()
def seal(text: str, *, bound_to: str, at: datetime) -> bytes:
    """Encrypt for one purpose (`bound_to`, say "event 12"). Raises TooLong."""
    plain = f"{bound_to}\n{text}".encode()
    if len(plain) > ROOM:
        raise TooLong("That is more than the envelope holds: please shorten the directions.")
    return _keys().encrypt_at_time(plain.ljust(ROOM, b"\x00"), int(at.timestamp()))


@sensitive_variables()
def unseal(sealed: bytes, *, bound_to: str) -> str:
    """The text again. Raises KeyLost or WrongEnvelope; neither says anything of the content."""
    try:
        plain = _keys().decrypt(bytes(sealed))
    except InvalidToken:
        # `from None`: no chain for a reporter to walk into.
        raise KeyLost(
            "The key to this place is not here. Put the key it was sealed with back into "
            "VENUE_KEYS (or SECRET_KEY_FALLBACKS), or enter the place again."
        ) from None
    whose, _, text = plain.rstrip(b"\x00").decode().partition("\n")
    if whose != bound_to:
        raise WrongEnvelope("This envelope was sealed for another event. Enter the place again.")
    return text


@sensitive_variables()
def seal_bytes(content: bytes, *, bound_to: str, at: datetime) -> bytes:
    """Encrypt a picture for one purpose. Its length is padded to one of few, each twice the one
    before, so that it says little. Raises TooLong.
    """
    plain = f"{bound_to}\n{len(content)}\n".encode() + content
    size = _SMALLEST
    while size < len(plain):
        size *= 2
    if size > LARGEST:
        raise TooLong("This picture is too large for the envelope: please make it smaller.")
    return _keys().encrypt_at_time(plain.ljust(size, b"\x00"), int(at.timestamp()))


@sensitive_variables()
def unseal_bytes(sealed: bytes, *, bound_to: str) -> bytes:
    """The picture again. Raises KeyLost or WrongEnvelope."""
    try:
        plain = _keys().decrypt(bytes(sealed))
    except InvalidToken:
        raise KeyLost(
            "The key to this picture is not here: put it back, or the picture."
        ) from None
    whose, length, content = plain.split(b"\n", 2)
    if whose.decode() != bound_to:
        raise WrongEnvelope("This picture was sealed for another event. Enter it again.")
    return content[: int(length)]


@sensitive_variables()
def resealed(sealed: bytes) -> bytes:
    """The same content under the newest key. Raises KeyLost."""
    try:
        return _keys().rotate(bytes(sealed))
    except InvalidToken:
        raise KeyLost("No key that we have opens this envelope.") from None
