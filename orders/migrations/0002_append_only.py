"""The ledger stays as it was written."""

from django.db import migrations

from nsca.lib.db.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]

    operations = [AppendOnly("LedgerEntry", "The ledger is append-only.")]
