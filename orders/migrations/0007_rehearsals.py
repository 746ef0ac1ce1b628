"""Orders of rehearsals, which no list, report or audit meets."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0006_traffic")]

    operations = [
        migrations.AddField(
            "order", "is_rehearsal", models.BooleanField(default=False, editable=False)
        ),
    ]
