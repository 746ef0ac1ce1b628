"""Seals every place with the newest key."""

from django.core.management.base import BaseCommand, CommandError

from events.reveal import reseal_all
from nsca.lib.secrets.sealing import KeyLost


class Command(BaseCommand):
    help = (
        "Seal every place anew with the first of VENUE_KEYS (or SECRET_KEY), and what belongs to "
        "it: picture, salts, places told before, what the word check found. First put the new "
        "key in front of the old one and restart; run this; then take the old one away."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--drop-lost",
            action="store_true",
            help="Give up pictures, salts and former places whose key is lost. A place whose key "
            "is lost is entered again by staff first.",
        )

    def handle(self, *args, drop_lost=False, **options):
        try:
            count = reseal_all(drop_lost=drop_lost)
        except KeyLost as error:
            raise CommandError(f"{error} Nothing was changed.") from None
        self.stdout.write(f"{count} place{'' if count == 1 else 's'} sealed with the newest key.")
