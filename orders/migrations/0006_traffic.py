"""Whose turn it is at Stripe, and whether Stripe is left in peace."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0005_refunds")]

    operations = [
        migrations.CreateModel(
            name="Traffic",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("till", models.CharField(max_length=10, unique=True)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("failing_since", models.DateTimeField(null=True)),
                ("rests_until", models.DateTimeField(null=True)),
                ("next_turn_at", models.DateTimeField(null=True)),
                ("reconciled_until", models.DateTimeField(null=True)),
            ],
            options={"verbose_name_plural": "traffic"},
        ),
        migrations.AddField(
            "payment", "turn_at", models.DateTimeField(blank=True, editable=False, null=True)
        ),
    ]
