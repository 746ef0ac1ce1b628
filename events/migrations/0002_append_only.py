"""Scans at the door and the venue log stay as they were written."""

from django.db import migrations

from nsca.lib.db.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]

    operations = [
        AppendOnly("Scan", "Scans are append-only."),
        AppendOnly("VenueLogRecord", "The venue log is append-only."),
    ]
