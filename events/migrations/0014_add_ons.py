"""Suppers may cost more than the ticket; add-ons are sold beside it."""

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0014_moved"),
        ("orders", "0008_add_ons"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="choice",
            name="fair_value_cents",
            field=models.PositiveIntegerField(
                default=0,
                help_text="In dollars: what this supper is worth beyond the fair value of the kind of ticket.",
                verbose_name="extra fair value",
            ),
        ),
        migrations.AddField(
            model_name="choice",
            name="price_cents",
            field=models.PositiveIntegerField(
                default=0,
                help_text="In dollars, on top of the ticket: 12. 0: it is in the price. Codes and the member price do not lower it.",
                verbose_name="extra price",
            ),
        ),
        migrations.AddField(
            model_name="historicalchoice",
            name="fair_value_cents",
            field=models.PositiveIntegerField(
                default=0,
                help_text="In dollars: what this supper is worth beyond the fair value of the kind of ticket.",
                verbose_name="extra fair value",
            ),
        ),
        migrations.AddField(
            model_name="historicalchoice",
            name="price_cents",
            field=models.PositiveIntegerField(
                default=0,
                help_text="In dollars, on top of the ticket: 12. 0: it is in the price. Codes and the member price do not lower it.",
                verbose_name="extra price",
            ),
        ),
        migrations.AddField(
            model_name="ticket",
            name="supper_cents",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.CreateModel(
            name="AddOn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(help_text="“A bottle of white wine”.", max_length=80)),
                (
                    "description",
                    models.CharField(
                        blank=True, help_text="One sentence under the name.", max_length=240
                    ),
                ),
                (
                    "price_cents",
                    models.PositiveIntegerField(
                        help_text="In dollars: 28, or 28.50.", verbose_name="price"
                    ),
                ),
                (
                    "fair_value_cents",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="In dollars: what one of it is worth at market price. The rest is deductible.",
                        verbose_name="fair value",
                    ),
                ),
                (
                    "capacity",
                    models.PositiveIntegerField(
                        blank=True, help_text="How many there are. Empty: no limit.", null=True
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Smallest first on the ticket page."
                    ),
                ),
                (
                    "is_offered",
                    models.BooleanField(
                        default=True,
                        help_text="Untick to take it off sale; what was sold stays sold.",
                        verbose_name="offered",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="add_ons",
                        to="events.event",
                    ),
                ),
            ],
            options={
                "verbose_name": "add-on",
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalAddOn",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(help_text="“A bottle of white wine”.", max_length=80)),
                (
                    "description",
                    models.CharField(
                        blank=True, help_text="One sentence under the name.", max_length=240
                    ),
                ),
                (
                    "price_cents",
                    models.PositiveIntegerField(
                        help_text="In dollars: 28, or 28.50.", verbose_name="price"
                    ),
                ),
                (
                    "fair_value_cents",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="In dollars: what one of it is worth at market price. The rest is deductible.",
                        verbose_name="fair value",
                    ),
                ),
                (
                    "capacity",
                    models.PositiveIntegerField(
                        blank=True, help_text="How many there are. Empty: no limit.", null=True
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Smallest first on the ticket page."
                    ),
                ),
                (
                    "is_offered",
                    models.BooleanField(
                        default=True,
                        help_text="Untick to take it off sale; what was sold stays sold.",
                        verbose_name="offered",
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")],
                        max_length=1,
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="events.event",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical add-on",
                "verbose_name_plural": "historical add-ons",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Portion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("slot", models.PositiveIntegerField(null=True)),
                ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "add_on",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="portions",
                        to="events.addon",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="portions",
                        to="orders.line",
                    ),
                ),
            ],
            options={
                "ordering": ["line_id", "number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("line", "number"), name="one_portion_a_number_of_a_line"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("slot__isnull", False)),
                        fields=("add_on", "slot"),
                        name="one_portion_a_slot",
                    ),
                ],
            },
        ),
    ]
