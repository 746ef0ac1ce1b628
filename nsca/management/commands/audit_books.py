from django.core.management.base import BaseCommand

from nsca.audit import audit
from nsca.lib import clock


class Command(BaseCommand):
    help = (
        "Looks whether every chair, dollar and letter is where it should be. Reads only. Ends 1 "
        "and says what is wrong, a sentence each."
    )

    def handle(self, **options):
        found = audit(clock.now())
        for remark in found.remarks:
            self.stdout.write(f"Remark: {remark}")
        if found.errors:
            for error in found.errors:
                self.stderr.write(str(error))
            raise SystemExit(1)
        self.stdout.write(f"Counted {found.counted}: every chair and every dollar is in place.")
