from datetime import date, datetime

from django.core.management.base import BaseCommand, CommandError

from nsca.lib import clock
from nsca.lib.timing import to_instant
from orders.payments.stripe import GatewayUnavailable
from orders.reconciling import banking


class Command(BaseCommand):
    help = "Imports fees and payouts from Stripe: the last 72 hours, or since a day."

    def add_arguments(self, parser):
        parser.add_argument(
            "--since", type=date.fromisoformat, help="A day in Norfolk, such as 2027-01-31."
        )

    def handle(self, *, since: date | None, **options):
        first = to_instant(datetime.combine(since, datetime.min.time())) if since else None
        try:
            found = banking.bring(clock.now(), since=first)
        except GatewayUnavailable as error:
            raise CommandError("Stripe does not answer. Nothing is lost; try again.") from error
        self.stdout.write(
            f"{found.movements} movements read, {found.new_movements} of them new; "
            f"{found.payouts} payouts read, {found.new_payouts} of them new."
        )
