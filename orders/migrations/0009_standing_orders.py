"""Agreements to be charged again, what was said before each charge, and what became of it."""

import django.db.models.deletion
import nsca.lib.secrets.codes
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("membership", "0002_links_between_apps"),
        ("orders", "0008_add_ons"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="StandingOrder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "token",
                    models.CharField(
                        default=nsca.lib.secrets.codes.link_token,
                        editable=False,
                        max_length=64,
                        unique=True,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("dues", "dues"), ("gift", "gift")],
                        help_text="What is charged for.",
                        max_length=10,
                    ),
                ),
                (
                    "interval",
                    models.CharField(
                        choices=[("year", "each year"), ("month", "each month")], max_length=5
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "asked for"),
                            ("active", "active"),
                            ("failing", "card fails"),
                            ("cancelled", "cancelled"),
                            ("ended", "ended"),
                        ],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("buyer_name", models.CharField(max_length=150)),
                (
                    "buyer_email",
                    models.EmailField(blank=True, max_length=254, verbose_name="e-mail"),
                ),
                ("subject_id", models.PositiveBigIntegerField(blank=True, null=True)),
                ("label", models.CharField(max_length=200)),
                ("cents", models.PositiveIntegerField(help_text="A charge, as agreed to.")),
                ("fair_value_cents", models.PositiveIntegerField(default=0)),
                ("heading", models.CharField(blank=True, max_length=200)),
                ("committee", models.CharField(blank=True, max_length=120)),
                ("details", models.JSONField(blank=True, default=dict)),
                (
                    "consent_text",
                    models.TextField(help_text="The words beside the box that was ticked."),
                ),
                ("consented_at", models.DateTimeField()),
                ("began_at", models.DateTimeField(blank=True, null=True)),
                ("next_charge_on", models.DateField(blank=True, null=True)),
                ("checked_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("failing_since", models.DateTimeField(blank=True, null=True)),
                ("told_failing_of", models.CharField(blank=True, editable=False, max_length=255)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_by", models.CharField(blank=True, max_length=150)),
                ("ended_because", models.CharField(blank=True, max_length=200)),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("stripe", "Stripe"),
                            ("pretend", "pretend till"),
                            ("free", "nothing to pay"),
                            ("cash", "cash"),
                            ("cheque", "check"),
                            ("invoice", "invoice"),
                        ],
                        editable=False,
                        max_length=10,
                    ),
                ),
                (
                    "idempotency_key",
                    models.CharField(
                        default=nsca.lib.secrets.codes.link_token,
                        editable=False,
                        max_length=64,
                        unique=True,
                    ),
                ),
                ("customer_id", models.CharField(blank=True, editable=False, max_length=255)),
                (
                    "subscription_id",
                    models.CharField(
                        blank=True, editable=False, max_length=255, null=True, unique=True
                    ),
                ),
                ("item_id", models.CharField(blank=True, editable=False, max_length=255)),
                ("stopped_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "is_sample",
                    models.BooleanField(default=False, editable=False, verbose_name="sample"),
                ),
                (
                    "household",
                    models.ForeignKey(
                        blank=True,
                        help_text="Whose dues. Known once the first payment is here.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="standing_orders",
                        to="membership.household",
                    ),
                ),
                (
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="standing_order",
                        to="orders.order",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="standing_orders",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-consented_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="StandingCharge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("invoice_id", models.CharField(editable=False, max_length=255, unique=True)),
                ("charged_at", models.DateTimeField()),
                (
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charge",
                        to="orders.order",
                    ),
                ),
                (
                    "standing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charges",
                        to="orders.standingorder",
                    ),
                ),
            ],
            options={
                "ordering": ["charged_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ChargeNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("charge_on", models.DateField()),
                ("cents", models.PositiveIntegerField()),
                ("posted_at", models.DateTimeField()),
                (
                    "standing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="orders.standingorder",
                    ),
                ),
            ],
            options={
                "ordering": ["posted_at", "pk"],
            },
        ),
        migrations.AddIndex(
            model_name="standingorder",
            index=models.Index(
                fields=["state", "next_charge_on"], name="orders_stan_state_55ba1f_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="standingorder",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "dues"), ("state__in", ["active", "failing"])),
                fields=("household",),
                name="one_living_standing_order_for_dues_a_household",
            ),
        ),
        migrations.AddConstraint(
            model_name="standingorder",
            constraint=models.CheckConstraint(
                condition=models.Q(("cents__gte", 1)), name="standing_orders_charge_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="standingorder",
            constraint=models.CheckConstraint(
                condition=models.Q(("consent_text", ""), _negated=True),
                name="standing_orders_rest_on_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="standingorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["active", "failing"]), _negated=True),
                    models.Q(("began_at__isnull", False), ("next_charge_on__isnull", False)),
                    _connector="OR",
                ),
                name="living_standing_orders_know_since_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="standingorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["cancelled", "ended"]), _negated=True),
                    ("ended_at__isnull", False),
                    _connector="OR",
                ),
                name="ended_standing_orders_know_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="chargenotice",
            constraint=models.UniqueConstraint(
                fields=("standing", "charge_on"), name="one_notice_for_a_charge"
            ),
        ),
    ]
