from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from nsca.ops.backup_keys import UNENCRYPTED, KeyUnusable, is_encrypted
from nsca.ops.backups import NotRestorable, archives, write_archive


class Command(BaseCommand):
    help = "Write the database, media and outbox into one file while the site keeps running."

    def add_arguments(self, parser):
        parser.add_argument(
            "--to",
            default=str(settings.VAR_DIR / "backups"),
            help="the folder for the archives (default var/backups)",
        )
        parser.add_argument(
            "--prove",
            action="store_true",
            help="restore and compare a copy before it is encrypted and stored",
        )
        parser.add_argument(
            "--keep",
            type=int,
            default=30,
            help="how many archives to keep; the oldest are deleted first (default 30)",
        )

    def handle(self, *, to, keep, prove=False, **options):
        if keep < 1:
            raise CommandError("--keep must be at least 1.")
        try:
            path = write_archive(to, at=timezone.now(), prove=prove)
        except (NotRestorable, KeyUnusable, OSError) as failed:
            raise CommandError(f"No backup was written. {failed}") from failed
        others = [archive for archive in archives(to) if archive != path]
        for old in others[: max(0, len(others) + 1 - keep)]:
            old.unlink()
        proven = " It restores completely." if prove else ""
        self.stdout.write(f"Wrote {path} ({path.stat().st_size / 1e6:.1f} MB).{proven}")
        if not is_encrypted(path):
            self.stderr.write(UNENCRYPTED)
