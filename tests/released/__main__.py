"""Make a filled database of the edition that is about to be released, and pack it."""

import lzma
import os
import sqlite3
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.released import FOLDER, packed

AT = datetime(2026, 12, 4, 17, tzinfo=UTC)
# Large, and the site makes it again.
LEFT_OUT = "events_wordfindings"
FEW = 12  # e-mails that stay in the outbox


def make(edition: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "released.sqlite3"
        os.environ |= {
            "DATABASE_URL": f"sqlite:///{file}",
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        }
        _fill()
        with sqlite3.connect(file) as database:
            database.execute(f"DELETE FROM {LEFT_OUT}")
        database.execute("VACUUM")
        database.close()
        for old in FOLDER.glob("*.sqlite3.xz"):
            old.unlink()
        (FOLDER / f"{edition}.sqlite3.xz").write_bytes(
            lzma.compress(file.read_bytes(), preset=9 | lzma.PRESET_EXTREME)
        )
    print(f"{packed().relative_to(FOLDER.parents[1])}: {packed().stat().st_size:,} bytes")


def _fill() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from post_office.models import Email

    from nsca.demo import season

    call_command("migrate", verbosity=0)
    call_command("load_content", verbosity=0)
    call_command("createcachetable", verbosity=0)
    print(season.seed(at=AT))
    kept = Email.objects.order_by("pk").values("pk")[:FEW]
    Email.objects.exclude(pk__in=kept).delete()
    connection.close()


if __name__ == "__main__":
    make(*sys.argv[1:])
