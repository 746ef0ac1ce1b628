from django.core.management.base import BaseCommand

from nsca.lib import clock
from orders.reconciling.reconciling import reconcile


class Command(BaseCommand):
    help = "Compares our open payments of the last 72 hours with Stripe and repairs differences."

    def handle(self, **options):
        found = reconcile(clock.now())
        self.stdout.write(
            f"{found.read} payments read back, {found.repaired} orders repaired, "
            f"{found.tasks} new tasks for staff."
        )
        if found.unanswered:
            self.stderr.write(
                f"{found.unanswered} payments could not be read: Stripe did not answer."
            )
            raise SystemExit(1)
