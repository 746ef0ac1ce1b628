import tempfile
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from nsca.backups import NotRestorable, archives, prove_archive


class Command(BaseCommand):
    help = "Restores an archive beside the site and compares it, row for row, with its manifest."

    def add_arguments(self, parser):
        parser.add_argument(
            "archive",
            nargs="?",
            help="the file to restore (default: the newest in --from)",
        )
        parser.add_argument(
            "--from",
            dest="folder",
            default=str(settings.VAR_DIR / "backups"),
            help="where the archives lie (default var/backups)",
        )

    def handle(self, *, archive, folder, **options):
        path = Path(archive) if archive else newest(folder)
        with tempfile.TemporaryDirectory(prefix="nsca-restore-") as workshop:
            try:
                manifest = prove_archive(path, Path(workshop))
            except NotRestorable as reason:
                raise CommandError(f"{path.name} does not restore. {reason}") from reason
        rows = manifest["rows"]
        self.stdout.write(
            f"{path.name} restores: {len(rows)} tables, {sum(rows.values()):,} rows, "
            f"{len(manifest['files']):,} files, all as written."
        )


def newest(folder):
    found = archives(folder)
    if not found:
        raise CommandError(f"There is no archive in {folder}: `manage.py backup` writes one.")
    return found[-1]
