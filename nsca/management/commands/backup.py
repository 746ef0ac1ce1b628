from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from nsca.ops.backup_keys import UNENCRYPTED, KeyUnusable, is_encrypted
from nsca.ops.backups import NotRestorable, archives, write_archive


class Command(BaseCommand):
    help = "Writes the database, media and outbox into one file, while the site goes on."

    def add_arguments(self, parser):
        parser.add_argument(
            "--to",
            default=str(settings.VAR_DIR / "backups"),
            help="the folder for the archives (default var/backups)",
        )
        parser.add_argument(
            "--prove",
            action="store_true",
            help="restore it beside the site, and compare, before it is encrypted and kept",
        )
        parser.add_argument(
            "--keep",
            type=int,
            default=30,
            help="how many archives stay there; the oldest go first (default 30)",
        )

    def handle(self, *, to, keep, prove=False, **options):
        if keep < 1:
            raise CommandError("--keep is at least 1: the archive just written stays.")
        try:
            path = write_archive(to, at=timezone.now(), prove=prove)
        except (NotRestorable, KeyUnusable, OSError) as failed:
            raise CommandError(f"No backup was written. {failed}") from failed
        others = [archive for archive in archives(to) if archive != path]
        for old in others[: max(0, len(others) + 1 - keep)]:
            old.unlink()
        proven = " It restores: all as written." if prove else ""
        self.stdout.write(f"Wrote {path} ({path.stat().st_size / 1e6:.1f} MB).{proven}")
        if not is_encrypted(path):
            self.stderr.write(UNENCRYPTED)
