"""A sample season, for demonstrations only."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from nsca.demo import season
from nsca.lib import clock


class Command(BaseCommand):
    help = (
        "Add a sample season relative to today: events, orders, members, staff. Runs once: later "
        "changes and deletions stay. Refuses unless DEBUG or DEMO is set."
    )

    def handle(self, *args, verbosity=1, **options):
        if not (settings.DEBUG or settings.DEMO):
            raise CommandError("Sample data belongs in a demonstration: set DEMO=1 first.")
        try:
            summary = season.seed(at=clock.now())
        except season.NoContent as error:
            raise CommandError("Load the content first: manage.py load_content.") from error
        if verbosity:
            self.stdout.write(summary)
