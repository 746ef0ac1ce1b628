"""A benefit's value may be unstated, which is something else than worth nothing."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("membership", "0019_sign_in_from_home")]

    operations = [
        migrations.AlterField(
            "benefit",
            "fair_value_cents",
            models.PositiveIntegerField(
                "fair value",
                null=True,
                blank=True,
                help_text="In dollars: what it is worth at market price; it lowers the deductible part of the dues. Type 0 where it is worth nothing. Empty: not stated, and nothing is said about deductibility.",
            ),
        ),
    ]
