"""A household has a main contact, and what changes among its people is noted."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("membership", "0021_untyped_benefit_values")]

    operations = [
        migrations.AddField(
            "household",
            "main_contact",
            models.ForeignKey(
                blank=True,
                help_text="Whoever paid, until another is named. Only they take others out of the household.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="membership.person",
            ),
        ),
        migrations.CreateModel(
            "HouseholdChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("left", "left"),
                            ("removed", "was removed from"),
                            ("contact", "became the main contact of"),
                        ],
                        max_length=8,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        help_text="Who of the household did it; empty where staff did, or it followed by itself.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="membership.person",
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="membership.household",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        help_text="Whom it is about.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="household_changes",
                        to="membership.person",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        blank=True,
                        help_text="Who of staff did it.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "change of a household",
                "verbose_name_plural": "changes of households",
                "ordering": ["-at", "-pk"],
            },
        ),
    ]
