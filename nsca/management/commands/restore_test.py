from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from nsca.ops.backup_keys import KeyUnusable, decrypted, is_encrypted
from nsca.ops.backups import NotRestorable, archives, prove_archive


class Command(BaseCommand):
    help = "Restore a copy of an archive and compare it, row for row, with its manifest."

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
            help="the folder with the archives (default var/backups)",
        )

        parser.add_argument(
            "--identity",
            help="the file with the private key, as age-keygen wrote it, for an encrypted archive",
        )

    def handle(self, *, archive, folder, identity=None, **options):
        path = Path(archive) if archive else newest(folder)
        if is_encrypted(path) and not identity:
            raise CommandError(
                f"{path.name} is encrypted: give the file with the private key as --identity. "
                "Without it, use `manage.py backup --prove`, which tests an archive before it is "
                "encrypted."
            )
        try:
            with readable(path, identity) as plain, TemporaryDirectory(prefix="nsca-") as workshop:
                manifest = prove_archive(plain, Path(workshop))
        except (NotRestorable, KeyUnusable, OSError) as reason:
            raise CommandError(f"{path.name} does not restore. {reason}") from reason
        rows = manifest["rows"]
        self.stdout.write(
            f"{path.name} restores: {len(rows)} tables, {sum(rows.values()):,} rows, "
            f"{len(manifest['files']):,} files, all as written."
        )


def readable(path, identity):
    return decrypted(path, Path(identity)) if is_encrypted(path) else nullcontext(path)


def newest(folder):
    found = archives(folder)
    if not found:
        raise CommandError(f"There is no archive in {folder}: `manage.py backup` writes one.")
    return found[-1]
