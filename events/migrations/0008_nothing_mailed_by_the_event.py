from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("events", "0007_kits_by_kind")]

    operations = [
        migrations.RemoveField("event", "needs_postal_address"),
        migrations.RemoveField("historicalevent", "needs_postal_address"),
    ]
