"""Encrypt every venue with the newest key."""

from django.core.management.base import BaseCommand, CommandError

from events.reveal import reseal_all
from nsca.lib.secrets.sealing import KeyLost


class Command(BaseCommand):
    help = (
        "Encrypt every venue again with the first of VENUE_KEYS (or SECRET_KEY), with its "
        "picture, salts, former venues and word check findings. First put the new key in front "
        "of the old one and restart; run this; then remove the old one."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--drop-lost",
            action="store_true",
            help="Give up pictures, salts and former venues whose key is lost. Staff must first "
            "enter a venue again if its key is lost.",
        )

    def handle(self, *args, drop_lost=False, **options):
        try:
            count = reseal_all(drop_lost=drop_lost)
        except KeyLost as error:
            raise CommandError(f"{error} Nothing was changed.") from None
        self.stdout.write(
            f"{count} venue{'' if count == 1 else 's'} encrypted with the newest key."
        )
