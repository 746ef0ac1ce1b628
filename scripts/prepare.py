"""What must be true before the site can serve: tables, content, assets, a demo season.

    python scripts/prepare.py                  all four
    python scripts/prepare.py tables content   only these

One process for all, because each start of Django costs a second, and a second `make run` should be
quick. Safe to repeat.
"""

import hashlib
import logging
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nsca.settings")


def main():
    """Take the named steps, or all. Exit 2 for an unknown name."""
    import django

    django.setup()
    steps = {
        "tables": make_tables,
        "content": load_content,
        "assets": collect_assets,
        "season": seed_a_season,  # its e-mails name pictures by their fingerprints
    }
    for name in sys.argv[1:] or steps:
        if name not in steps:
            print(f"There is no step “{name}”: {', '.join(steps)}.", file=sys.stderr)
            sys.exit(2)
        steps[name]()


def make_tables():
    from nsca.ops import editions

    if editions.is_of_another_edition():
        set_aside(editions.REFUSED)
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)  # does nothing if CACHE_URL names a Redis
    call_command("ensure_groups", verbosity=0)


def set_aside(refusal):
    """Rename a demonstration's database by its date and start afresh; leave any other alone."""
    name = settings.DATABASES["default"]["NAME"]
    is_a_file = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    if not (is_a_file and (settings.DEBUG or settings.DEMO)):
        sys.exit(refusal)
    file = Path(name)
    day = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    kept = file.with_name(f"{file.stem}-until-{day:%Y-%m-%d-%H%M%S}{file.suffix}")
    file.rename(kept)
    print(f"The database was made by another edition. It is kept as {kept.name}.", flush=True)


def load_content():
    with open(os.devnull, "w") as nowhere:  # its summary is for those who run it themselves
        call_command("load_content", stdout=nowhere)


def seed_a_season():
    """Sample data, only in a demonstration."""
    if settings.DEBUG or settings.DEMO:
        logging.disable(logging.INFO)  # its log messages don't belong in this terminal
        call_command("seed_demo", verbosity=0)
        logging.disable(logging.NOTSET)


def collect_assets():
    """Run collectstatic, unless no source has changed: compressing takes many seconds."""
    if settings.DEBUG:
        return  # runserver serves the sources
    root = Path(settings.STATIC_ROOT)
    stamp = root / ".collected-from"
    sources = fingerprint_of_sources()
    if stamp.exists() and stamp.read_text() == sources:
        return
    stamp.unlink(missing_ok=True)  # an interrupted run must not look complete
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(sources)


def fingerprint_of_sources():
    """One digest of every static source's name, size and modification time, and of its storage."""
    digest = hashlib.sha256(str(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            status = Path(storage.path(path)).stat()
            digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    main()
