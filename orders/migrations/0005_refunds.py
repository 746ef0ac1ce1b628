"""A refund says whether what it was for went back with it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0004_books")]

    operations = [
        migrations.AddField(
            "refund",
            "is_whole",
            models.BooleanField("ends what it is for", default=False),
        ),
    ]
