"""To whom backups are readable: age (age-encryption.org, by its Rust library's Python binding).

The server has the public key alone. It can write archives and open none, so that whoever takes the
server's disk, or the folder to which its archives are copied, has no guest's address. The identity
that opens them lies where the association keeps its keys.
"""

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pyrage
from django.conf import settings

SUFFIX = ".age"
UNENCRYPTED = (
    "It is not encrypted: whoever has the file has every name and address. Set BACKUP_PUBLIC_KEY "
    "(docs/deployment.md, Backups)."
)


class KeyUnusable(Exception):
    """A sentence: which key is none, or opens nothing. It never holds a private key."""


def recipients() -> list[pyrage.x25519.Recipient]:
    """Those of BACKUP_PUBLIC_KEY; none where it is empty. Raises KeyUnusable."""
    found = []
    for text in settings.BACKUP_PUBLIC_KEY:
        try:
            found.append(pyrage.x25519.Recipient.from_str(text.strip()))
        except pyrage.RecipientError as wrong:
            raise KeyUnusable(_why_not(text)) from wrong
    return found


def _why_not(text: str) -> str:
    if text.strip().upper().startswith("AGE-SECRET-KEY"):
        return "BACKUP_PUBLIC_KEY holds a private key: take the line that begins with age1."
    return "BACKUP_PUBLIC_KEY is no public key of age: it is the line that begins with age1."


def is_encrypted(archive: Path) -> bool:
    return archive.suffix == SUFFIX


def encrypt(plain: Path, target: Path) -> None:
    """Write `target`, which only the holders of an identity can open. Raises KeyUnusable."""
    pyrage.encrypt_file(str(plain), str(target), recipients())


@contextmanager
def decrypted(archive: Path, identity: Path):
    """The plain archive as a file that is gone afterwards. `identity`: a file as age-keygen writes
    it. Raises KeyUnusable.
    """
    lines = identity.read_text().splitlines()
    try:
        keys = [pyrage.x25519.Identity.from_str(line) for line in lines if line.startswith("AGE-")]
    except pyrage.IdentityError as wrong:
        raise KeyUnusable(f"{identity} holds no identity of age.") from wrong
    if not keys:
        raise KeyUnusable(f"{identity} holds no identity of age.")
    archive.stat()  # there is one at all, or OSError
    with TemporaryDirectory(prefix="nsca-decrypted-") as folder:
        plain = Path(folder) / archive.stem
        try:
            pyrage.decrypt_file(str(archive), str(plain), keys)
        except (pyrage.DecryptError, OSError) as wrong:
            raise KeyUnusable(
                f"{identity} does not open it, or the file was damaged since."
            ) from wrong
        yield plain
