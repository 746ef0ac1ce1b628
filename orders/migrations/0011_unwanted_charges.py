"""Why a charge of a standing order should not have come."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0010_deposits")]

    operations = [
        migrations.AddField(
            "standingcharge",
            "unwanted_because",
            models.CharField(blank=True, max_length=200),
        ),
    ]
