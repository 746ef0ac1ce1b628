"""A kind of line for what is sold beside chairs."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0007_rehearsals")]

    operations = [
        migrations.AlterField(
            "line",
            "kind",
            models.CharField(
                choices=[
                    ("ticket", "ticket"),
                    ("dues", "dues"),
                    ("gift", "gift"),
                    ("addon", "add-on"),
                ],
                max_length=10,
            ),
        ),
    ]
