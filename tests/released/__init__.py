"""The last released edition's database, filled: what every later edition has to migrate.

`python -m tests.released 1.2` makes the file of an edition that is about to be released, in place
of the one before it.
"""

import lzma
from pathlib import Path

FOLDER = Path(__file__).parent


def packed() -> Path:
    """The only file: older editions are reached through the one that followed them."""
    [file] = FOLDER.glob("*.sqlite3.xz")
    return file


def unpack(folder: Path) -> Path:
    """The database as a SQLite file of its own in `folder`."""
    file = folder / packed().stem
    file.write_bytes(lzma.decompress(packed().read_bytes()))
    return file
