from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0019_addresses_normalized")]

    operations = [
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(fields=["guest_email"], name="tickets_by_guest_address"),
        ),
    ]
