"""Erases what is due to be erased; the ticker does the same once a day."""

from django.core.management.base import BaseCommand

from nsca.lib import clock
from nsca.ops import retention


class Command(BaseCommand):
    help = "Erase what is due: abandoned orders, answered messages, guests' notes and the like."

    def add_arguments(self, parser):
        parser.add_argument(
            "--dry-run", action="store_true", help="Say how much is due without changing anything."
        )

    def handle(self, *args, dry_run=False, **options):
        at = clock.now()
        counts = {} if dry_run else retention.forget_due(at)
        for each in retention.kept():
            count = each.due(at) if dry_run else counts.get(each.rule.name, 0)
            self.stdout.write(f"{count:>6}  {each.sentence}")
