"""Funds, gifts in honor or memory and in kind, what gifts do, and statements that stay as they are."""

import django.db.models.deletion
import nsca.lib.secrets.codes
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cities", "0002_links_between_apps"),
        ("membership", "0006_decisions"),
        ("orders", "0009_standing_orders"),
    ]

    operations = [
        migrations.CreateModel(
            name="Fund",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="As givers read it: “Student scholarships”.",
                        max_length=80,
                        unique=True,
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        help_text="Its name in addresses: /give/?fund=…", unique=True
                    ),
                ),
                (
                    "words",
                    models.CharField(
                        blank=True,
                        help_text="One or two sentences: what the money does.",
                        max_length=240,
                    ),
                ),
                (
                    "heading",
                    models.CharField(
                        blank=True,
                        help_text="What the treasurer's report books it under. Empty: “Gifts: ” and its name.",
                        max_length=120,
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(default=0, help_text="Smallest first."),
                ),
                (
                    "is_open",
                    models.BooleanField(
                        default=True,
                        help_text="Untick to take no more gifts for it; its gifts stay.",
                        verbose_name="open",
                    ),
                ),
                (
                    "is_sample",
                    models.BooleanField(default=False, editable=False, verbose_name="sample"),
                ),
                (
                    "city",
                    models.ForeignKey(
                        blank=True,
                        help_text="Where it is for one city: the treasurer's report books it to its committee.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="funds",
                        to="cities.city",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="GiftFigure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "words",
                    models.CharField(
                        help_text="What it counts: “students crossed an ocean”.", max_length=160
                    ),
                ),
                (
                    "number",
                    models.PositiveIntegerField(blank=True, help_text="A count: 14.", null=True),
                ),
                (
                    "amount_cents",
                    models.PositiveBigIntegerField(
                        blank=True,
                        help_text="Or dollars: 12,000.",
                        null=True,
                        verbose_name="amount",
                    ),
                ),
                (
                    "counted",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("given", "money given in that year, less what went back"),
                            ("gifts", "gifts in that year"),
                        ],
                        help_text="Shows our own total for the year to everybody. Nothing else on the page does.",
                        max_length=10,
                        verbose_name="or counted by the site",
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(help_text="The year it is about.")),
                (
                    "source",
                    models.CharField(
                        blank=True,
                        help_text="Where it is from: “Annual report 2026”.",
                        max_length=160,
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(default=0, help_text="Smallest first."),
                ),
                (
                    "is_shown",
                    models.BooleanField(
                        default=True,
                        help_text="Untick to keep it, and show it no more.",
                        verbose_name="shown",
                    ),
                ),
                (
                    "is_sample",
                    models.BooleanField(default=False, editable=False, verbose_name="sample"),
                ),
            ],
            options={
                "verbose_name": "figure of what gifts do",
                "verbose_name_plural": "figures of what gifts do",
                "ordering": ["position", "-year", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("amount_cents__isnull", True),
                                ("counted", ""),
                                ("number__isnull", False),
                            ),
                            models.Q(
                                ("amount_cents__isnull", False),
                                ("counted", ""),
                                ("number__isnull", True),
                            ),
                            models.Q(
                                ("amount_cents__isnull", True),
                                ("number__isnull", True),
                                models.Q(("counted", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="figures_say_one_thing",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="GiftInKind",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "giver_name",
                    models.CharField(
                        help_text="As the letter addresses them.",
                        max_length=150,
                        verbose_name="given by",
                    ),
                ),
                (
                    "giver_email",
                    models.EmailField(
                        blank=True,
                        help_text="The letter goes there. Empty: it is printed.",
                        max_length=254,
                        verbose_name="e-mail",
                    ),
                ),
                (
                    "postal_address",
                    models.TextField(blank=True, help_text="For a printed letter."),
                ),
                (
                    "description",
                    models.TextField(
                        help_text="What it is, without its worth: “Twelve folding tables, used”. The value of a gift in kind is for the giver and their adviser to say, never for us.",
                        max_length=600,
                    ),
                ),
                ("received_on", models.DateField(help_text="The day it was handed over.")),
                (
                    "returned_on",
                    models.DateField(
                        blank=True,
                        help_text="Where it could not be kept.",
                        null=True,
                        verbose_name="given back on",
                    ),
                ),
                (
                    "is_sample",
                    models.BooleanField(default=False, editable=False, verbose_name="sample"),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        help_text="Where we know them.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="gifts_in_kind",
                        to="membership.person",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "gift in kind",
                "verbose_name_plural": "gifts in kind",
                "ordering": ["-received_on", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="StatementRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("asked_at", models.DateTimeField()),
                ("givers", models.PositiveIntegerField()),
                ("written", models.PositiveIntegerField(default=0)),
                ("mailed", models.PositiveIntegerField(default=0)),
                ("unchanged", models.PositiveIntegerField(default=0)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "run of statements",
                "verbose_name_plural": "runs of statements",
                "ordering": ["-asked_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="StatementDue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("giver", models.CharField(max_length=300)),
                ("about", models.JSONField()),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="due",
                        to="membership.statementrun",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Statement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=20, unique=True)),
                ("serial", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("year", "statement of a year"),
                            ("gift", "acknowledgment of a gift"),
                            ("in_kind", "acknowledgment of a gift in kind"),
                        ],
                        max_length=10,
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("giver", models.CharField(max_length=300)),
                ("name", models.CharField(max_length=150)),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("total_cents", models.PositiveBigIntegerField(default=0, verbose_name="given")),
                ("content", models.JSONField()),
                ("sha256", models.CharField(max_length=64, verbose_name="digest")),
                (
                    "token",
                    models.CharField(
                        default=nsca.lib.secrets.codes.link_token,
                        editable=False,
                        max_length=64,
                        unique=True,
                    ),
                ),
                ("issued_at", models.DateTimeField()),
                ("checked_at", models.DateTimeField()),
                ("mailed_at", models.DateTimeField(blank=True, null=True)),
                ("printed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "is_sample",
                    models.BooleanField(default=False, editable=False, verbose_name="sample"),
                ),
                (
                    "gift_in_kind",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="membership.giftinkind",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="statements",
                        to="membership.person",
                    ),
                ),
                (
                    "replaces",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="membership.statement",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="membership.statementrun",
                    ),
                ),
            ],
            options={
                "ordering": ["-year", "-serial"],
            },
        ),
        migrations.CreateModel(
            name="Tribute",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "manner",
                    models.CharField(
                        choices=[("honor", "in honor of"), ("memory", "in memory of")],
                        max_length=10,
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="As the card names them.", max_length=120, verbose_name="of whom"
                    ),
                ),
                (
                    "family_name",
                    models.CharField(
                        blank=True,
                        help_text="Empty: no card was asked for.",
                        max_length=120,
                        verbose_name="card to",
                    ),
                ),
                (
                    "family_email",
                    models.EmailField(blank=True, max_length=254, verbose_name="their e-mail"),
                ),
                (
                    "family_address",
                    models.TextField(
                        blank=True,
                        help_text="For a printed card.",
                        max_length=400,
                        verbose_name="their postal address",
                    ),
                ),
                (
                    "signed",
                    models.CharField(
                        blank=True,
                        help_text="The giver's name, only where they wished it to be told.",
                        max_length=150,
                        verbose_name="from",
                    ),
                ),
                ("mailed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "posted_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="printed and posted at"
                    ),
                ),
                (
                    "line",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tribute",
                        to="orders.line",
                    ),
                ),
                (
                    "posted_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "gift in honor or memory",
                "verbose_name_plural": "gifts in honor or memory",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="StatementLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("paid_cents", models.PositiveBigIntegerField()),
                ("value_cents", models.PositiveBigIntegerField()),
                ("gift_cents", models.PositiveBigIntegerField()),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orders.order",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="membership.statement",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("statement", "order"), name="an_order_once_a_statement"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="statementrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("done_at__isnull", True)),
                fields=("year",),
                name="one_run_of_a_year_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="statementdue",
            constraint=models.UniqueConstraint(fields=("run", "giver"), name="a_giver_once_a_run"),
        ),
        migrations.AddIndex(
            model_name="statement",
            index=models.Index(fields=["giver", "year"], name="statements_of_a_giver"),
        ),
        migrations.AddIndex(
            model_name="statement",
            index=models.Index(fields=["email"], name="statements_by_address"),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.UniqueConstraint(
                fields=("year", "serial"), name="a_serial_once_a_year"
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "year"), ("replaces__isnull", True)),
                fields=("giver", "year"),
                name="one_first_statement_a_giver_and_year",
            ),
        ),
    ]
