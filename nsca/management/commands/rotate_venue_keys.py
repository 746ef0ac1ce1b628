"""Seals every place with the newest key."""

from django.core.management.base import BaseCommand, CommandError

from events.reveal import reseal_all
from nsca.lib.sealing import KeyLost


class Command(BaseCommand):
    help = (
        "Seal every place anew with the first of VENUE_KEYS (or SECRET_KEY). First put the new "
        "key in front of the old one and restart; run this; then take the old one away."
    )

    def handle(self, *args, **options):
        try:
            count = reseal_all()
        except KeyLost as error:
            raise CommandError(f"{error} Nothing was changed.") from None
        self.stdout.write(f"{count} place{'' if count == 1 else 's'} sealed with the newest key.")
