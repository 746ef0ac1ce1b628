from django.core.management.base import BaseCommand

from events.venue import log as venue_log
from nsca.lib import clock
from nsca.ops.audit import audit


class Command(BaseCommand):
    help = (
        "Check that every seat, dollar and e-mail is where it should be. Read-only. Exits with 1 "
        "and a sentence for each fault."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--witness",
            action="append",
            default=[],
            metavar="NUMBER:DIGEST",
            help="Check that this last record of the venue log, as an earlier run printed it, is "
            "still there. Repeatable.",
        )

    def handle(self, **options):
        found = audit(clock.now())
        gone = [witness for witness in options["witness"] if not venue_log.holds(witness)]
        for witness in gone:
            self.stderr.write(f"The venue log has no record {witness}: it was rewritten.")
        for remark in found.remarks:
            self.stdout.write(f"Remark: {remark}")
        if found.errors or gone:
            for error in found.errors:
                self.stderr.write(str(error))
            raise SystemExit(1)
        self.stdout.write(f"Counted {found.counted}: every seat and every dollar is in place.")
        if found.venue_log_ends:
            self.stdout.write(f"The venue log ends with {found.venue_log_ends}. Keep this line.")
