"""The orders of rehearsals are gone, and with them their mark."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orders", "0018_unstated_values"), ("events", "0032_no_rehearsals")]

    operations = [migrations.RemoveField("order", "is_rehearsal")]
