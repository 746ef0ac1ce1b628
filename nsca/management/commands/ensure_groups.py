from django.core.management.base import BaseCommand

from nsca.desk.groups import ensure_groups


class Command(BaseCommand):
    help = "Give the six groups of staff exactly the permissions written in nsca/desk/groups.py."

    def handle(self, *args, **options):
        changed = ensure_groups()
        if options["verbosity"]:
            self.stdout.write(
                f"Updated: {', '.join(changed)}." if changed else "Nothing to change."
            )
