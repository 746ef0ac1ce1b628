"""What a person decided, and the security log, stay as they were written.

Rows of both may be deleted: with the person, and when the retention rules say so.
"""

from django.db import migrations

from nsca.lib.db.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("membership", "0002_terms_and_gifts")]

    operations = [
        AppendOnly(
            "Consent",
            "A decision is not changed: the next one is the next row.",
            acts=("UPDATE",),
            columns=("topic", "is_given", "at", "words", "how"),
        ),
        AppendOnly("SecurityEvent", "The security log is append-only.", acts=("UPDATE",)),
    ]
