"""The association's real pages, cities and past events."""

from django.core.management.base import BaseCommand

from nsca.content import loader, reading


class Command(BaseCommand):
    help = (
        "Load the association's pages, cities, past events and open questions. "
        "Run it as often as you like: it keeps what staff changed or deleted."
    )

    def handle(self, *args, **options):
        tally = loader.load(reading.all_items())
        self.stdout.write(str(tally))
