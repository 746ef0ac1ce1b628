"""Households of many, further addresses, cities of the heart, chairs, rules."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cities", "0002_links_between_apps"),
        ("membership", "0002_links_between_apps"),
        ("orders", "0008_add_ons"),
    ]

    operations = [
        migrations.CreateModel(
            name="Address",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "email",
                    models.EmailField(
                        help_text="It reaches them, too.", max_length=254, verbose_name="e-mail"
                    ),
                ),
                ("confirmed_at", models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                "verbose_name": "further address",
                "verbose_name_plural": "further addresses",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Belonging",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "is_home",
                    models.BooleanField(
                        default=True,
                        help_text="Their letters go to this household's address.",
                        verbose_name="lives here",
                    ),
                ),
            ],
            options={
                "verbose_name": "person of the household",
                "verbose_name_plural": "people of the household",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="BenefitUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("used_at", models.DateTimeField()),
                (
                    "note",
                    models.CharField(
                        blank=True, help_text="“Size M”, “Annual Meeting”.", max_length=200
                    ),
                ),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "benefit handed over",
                "verbose_name_plural": "benefits handed over",
                "ordering": ["-used_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Chair",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "writes_to_lapsed",
                    models.BooleanField(
                        default=False,
                        help_text="Their name stands under the note to members whose year of grace is over.",
                        verbose_name="signs the last reminder",
                    ),
                ),
            ],
            options={
                "verbose_name": "chair of a committee",
                "verbose_name_plural": "chairs of committees",
                "ordering": ["city", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Heart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "may_be_seen",
                    models.BooleanField(
                        default=False,
                        help_text="They agreed that the city's committee sees their name and address.",
                        verbose_name="the chair may write to them",
                    ),
                ),
            ],
            options={
                "verbose_name": "city of the heart",
                "verbose_name_plural": "cities of the heart",
                "ordering": ["city", "pk"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalRules",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "year",
                    models.CharField(
                        choices=[
                            ("anniversary", "a year from the day somebody joins"),
                            ("fixed", "the same year for everybody"),
                        ],
                        default="anniversary",
                        help_text="It changes what is paid from now on, never what was paid before.",
                        max_length=12,
                        verbose_name="a year of membership is",
                    ),
                ),
                (
                    "begins_month",
                    models.PositiveSmallIntegerField(
                        default=1,
                        help_text="1 to 12.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(12),
                        ],
                        verbose_name="the fixed year begins in month",
                    ),
                ),
                (
                    "begins_day",
                    models.PositiveSmallIntegerField(
                        default=1,
                        help_text="1 to 28.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(28),
                        ],
                        verbose_name="on day",
                    ),
                ),
                (
                    "rolls_over_days",
                    models.PositiveSmallIntegerField(
                        default=90,
                        help_text="Of a fixed year. 90: who joins in October is a member until the end of next year.",
                        validators=[django.core.validators.MaxValueValidator(365)],
                        verbose_name="who joins in the last … days has the next year too",
                    ),
                ),
                (
                    "grace_days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        help_text="A renewal this late still runs on from the old end.",
                        validators=[django.core.validators.MaxValueValidator(365)],
                        verbose_name="days of grace",
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
            ],
            options={
                "verbose_name": "historical rules of membership",
                "verbose_name_plural": "historical rules of membership",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Rules",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "year",
                    models.CharField(
                        choices=[
                            ("anniversary", "a year from the day somebody joins"),
                            ("fixed", "the same year for everybody"),
                        ],
                        default="anniversary",
                        help_text="It changes what is paid from now on, never what was paid before.",
                        max_length=12,
                        verbose_name="a year of membership is",
                    ),
                ),
                (
                    "begins_month",
                    models.PositiveSmallIntegerField(
                        default=1,
                        help_text="1 to 12.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(12),
                        ],
                        verbose_name="the fixed year begins in month",
                    ),
                ),
                (
                    "begins_day",
                    models.PositiveSmallIntegerField(
                        default=1,
                        help_text="1 to 28.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(28),
                        ],
                        verbose_name="on day",
                    ),
                ),
                (
                    "rolls_over_days",
                    models.PositiveSmallIntegerField(
                        default=90,
                        help_text="Of a fixed year. 90: who joins in October is a member until the end of next year.",
                        validators=[django.core.validators.MaxValueValidator(365)],
                        verbose_name="who joins in the last … days has the next year too",
                    ),
                ),
                (
                    "grace_days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        help_text="A renewal this late still runs on from the old end.",
                        validators=[django.core.validators.MaxValueValidator(365)],
                        verbose_name="days of grace",
                    ),
                ),
            ],
            options={
                "verbose_name": "rules of membership",
                "verbose_name_plural": "rules of membership",
            },
        ),
        migrations.AlterModelOptions(
            name="person",
            options={
                "ordering": ["name", "pk"],
                "permissions": [("see_minors", "See what we know of children")],
                "verbose_name_plural": "people",
            },
        ),
        migrations.AddField(
            model_name="historicalperson",
            name="born_on",
            field=models.DateField(
                blank=True,
                help_text="Of children only: so that we know when they are grown.",
                null=True,
                verbose_name="born on",
            ),
        ),
        migrations.AddField(
            model_name="historicalperson",
            name="died_on",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="died on"),
        ),
        migrations.AddField(
            model_name="historicalperson",
            name="erased_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="historicalperson",
            name="guardian",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="Whom we write to instead, while they are a child.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="membership.person",
                verbose_name="parent or guardian",
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="born_on",
            field=models.DateField(
                blank=True,
                help_text="Of children only: so that we know when they are grown.",
                null=True,
                verbose_name="born on",
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="died_on",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="died on"),
        ),
        migrations.AddField(
            model_name="person",
            name="erased_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="person",
            name="guardian",
            field=models.ForeignKey(
                blank=True,
                help_text="Whom we write to instead, while they are a child.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="wards",
                to="membership.person",
                verbose_name="parent or guardian",
            ),
        ),
        migrations.AddField(
            model_name="term",
            name="ended_because",
            field=models.CharField(
                blank=True,
                help_text="For colleagues.",
                max_length=200,
                verbose_name="why it was ended",
            ),
        ),
        migrations.AddField(
            model_name="term",
            name="granted_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="historicalperson",
            name="email",
            field=models.EmailField(
                blank=True,
                help_text="Where we write to. Empty for those who have none.",
                max_length=254,
                verbose_name="e-mail",
            ),
        ),
        migrations.AlterField(
            model_name="historicalperson",
            name="user",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="Their sign-in, if they have one. Two who share an address share it.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="person",
            name="email",
            field=models.EmailField(
                blank=True,
                help_text="Where we write to. Empty for those who have none.",
                max_length=254,
                verbose_name="e-mail",
            ),
        ),
        migrations.AlterField(
            model_name="person",
            name="user",
            field=models.ForeignKey(
                blank=True,
                help_text="Their sign-in, if they have one. Two who share an address share it.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="people",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="term",
            name="ended_on",
            field=models.DateField(
                blank=True,
                help_text="Ended early, by a decision or a refund: the first day it does not hold.",
                null=True,
            ),
        ),
        migrations.AddIndex(
            model_name="term",
            index=models.Index(fields=["household", "ends_on"], name="terms_by_end"),
        ),
        migrations.AddField(
            model_name="address",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="addresses",
                to="membership.person",
            ),
        ),
        migrations.AddField(
            model_name="belonging",
            name="household",
            field=models.ForeignKey(
                help_text="Whom they belong to; they may belong to two.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="belongings",
                to="membership.household",
            ),
        ),
        migrations.AddField(
            model_name="belonging",
            name="person",
            field=models.ForeignKey(
                help_text="Who belongs here.",
                on_delete=django.db.models.deletion.CASCADE,
                related_name="belongings",
                to="membership.person",
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="households",
            field=models.ManyToManyField(
                help_text="Whom they belong to.",
                related_name="people",
                through="membership.Belonging",
                to="membership.household",
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                django.db.models.functions.text.Lower("email"), name="people_by_address"
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("guardian__isnull", True),
                    models.Q(("guardian", models.F("id")), _negated=True),
                    _connector="OR",
                ),
                name="nobody_is_their_own_guardian",
            ),
        ),
        migrations.AddField(
            model_name="benefituse",
            name="benefit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="uses",
                to="membership.benefit",
            ),
        ),
        migrations.AddField(
            model_name="benefituse",
            name="term",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="benefit_uses",
                to="membership.term",
            ),
        ),
        migrations.AddField(
            model_name="benefituse",
            name="used_by",
            field=models.ForeignKey(
                blank=True,
                help_text="Who noted it.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="chair",
            name="city",
            field=models.ForeignKey(
                help_text="Whose committee they lead.",
                on_delete=django.db.models.deletion.CASCADE,
                related_name="chairs",
                to="cities.city",
            ),
        ),
        migrations.AddField(
            model_name="chair",
            name="user",
            field=models.ForeignKey(
                help_text="Whose sign-in it is.",
                on_delete=django.db.models.deletion.CASCADE,
                related_name="chairs",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="heart",
            name="city",
            field=models.ForeignKey(
                help_text="Which they hold dear.",
                on_delete=django.db.models.deletion.CASCADE,
                related_name="hearts",
                to="cities.city",
            ),
        ),
        migrations.AddField(
            model_name="heart",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="hearts",
                to="membership.person",
            ),
        ),
        migrations.AddField(
            model_name="historicalrules",
            name="history_user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="rules",
            constraint=models.CheckConstraint(
                condition=models.Q(("pk", 1)), name="one_row_of_rules"
            ),
        ),
        migrations.AddConstraint(
            model_name="rules",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("begins_day__gte", 1),
                    ("begins_day__lte", 28),
                    ("begins_month__gte", 1),
                    ("begins_month__lte", 12),
                ),
                name="the_fixed_year_begins_on_a_day",
            ),
        ),
        migrations.AddIndex(
            model_name="address",
            index=models.Index(
                django.db.models.functions.text.Lower("email"), name="further_by_address"
            ),
        ),
        migrations.AddConstraint(
            model_name="address",
            constraint=models.UniqueConstraint(
                models.F("person"),
                django.db.models.functions.text.Lower("email"),
                name="an_address_once_a_person_whatever_the_case",
            ),
        ),
        migrations.AddConstraint(
            model_name="belonging",
            constraint=models.UniqueConstraint(
                models.F("person"), models.F("household"), name="belongs_once_to_a_household"
            ),
        ),
        migrations.AddConstraint(
            model_name="belonging",
            constraint=models.UniqueConstraint(
                models.F("person"),
                condition=models.Q(("is_home", True)),
                name="one_home_at_the_most",
            ),
        ),
        migrations.AddConstraint(
            model_name="benefituse",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at__isnull", True)),
                fields=("term", "benefit", "number"),
                name="no_benefit_is_handed_over_twice",
            ),
        ),
        migrations.AddConstraint(
            model_name="benefituse",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1)), name="benefit_uses_are_counted_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="chair",
            constraint=models.UniqueConstraint(
                models.F("user"), models.F("city"), name="a_chair_once_a_city"
            ),
        ),
        migrations.AddConstraint(
            model_name="heart",
            constraint=models.UniqueConstraint(
                models.F("person"), models.F("city"), name="a_city_once_a_heart"
            ),
        ),
    ]
