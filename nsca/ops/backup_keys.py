"""Who can read backups: age (age-encryption.org, by its Rust library's Python binding).

The server has only the public key. It can write archives but open none, so anyone who takes the
server's disk, or the folder with copies of its archives, gets no guest's address. The association
keeps the identity that opens them with its other keys.
"""

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pyrage
from django.conf import settings

SUFFIX = ".age"
UNENCRYPTED = (
    "It is not encrypted: anyone with the file has every name and address. Set BACKUP_PUBLIC_KEY "
    "(docs/deployment.md, Backups)."
)


class KeyUnusable(Exception):
    """A sentence about a key that is invalid or opens nothing; never the private key itself."""


def recipients() -> list[pyrage.x25519.Recipient]:
    """The recipients in BACKUP_PUBLIC_KEY; none if it is empty. Raises KeyUnusable."""
    found = []
    for text in settings.BACKUP_PUBLIC_KEY:
        try:
            found.append(pyrage.x25519.Recipient.from_str(text.strip()))
        except pyrage.RecipientError as wrong:
            raise KeyUnusable(_why_not(text)) from wrong
    return found


def _why_not(text: str) -> str:
    if text.strip().upper().startswith("AGE-SECRET-KEY"):
        return "BACKUP_PUBLIC_KEY has a private key: use the line that begins with age1."
    return "BACKUP_PUBLIC_KEY is not an age public key: use the line that begins with age1."


def is_encrypted(archive: Path) -> bool:
    return archive.suffix == SUFFIX


def encrypt(plain: Path, target: Path) -> None:
    """Write `target`, which only an identity's owner can open. Raises KeyUnusable."""
    pyrage.encrypt_file(str(plain), str(target), recipients())


@contextmanager
def decrypted(archive: Path, identity: Path):
    """The decrypted archive as a temporary file. Raises KeyUnusable.

    `identity`: a file as age-keygen writes it.
    """
    lines = identity.read_text().splitlines()
    try:
        keys = [pyrage.x25519.Identity.from_str(line) for line in lines if line.startswith("AGE-")]
    except pyrage.IdentityError as wrong:
        raise KeyUnusable(f"{identity} has no age identity.") from wrong
    if not keys:
        raise KeyUnusable(f"{identity} has no age identity.")
    archive.stat()  # fails with OSError if there is none
    with TemporaryDirectory(prefix="nsca-decrypted-") as folder:
        plain = Path(folder) / archive.stem
        try:
            pyrage.decrypt_file(str(archive), str(plain), keys)
        except (pyrage.DecryptError, OSError) as wrong:
            raise KeyUnusable(f"{identity} does not open it, or the file is damaged.") from wrong
        yield plain
