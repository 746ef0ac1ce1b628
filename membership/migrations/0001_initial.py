import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import nsca.lib.secrets.codes
import nsca.lib.secrets.link_tokens
import nsca.lib.text.fields
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Household",
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
                        help_text="“The Ellery family”, or one person's name.", max_length=150
                    ),
                ),
                (
                    "postal_address",
                    models.TextField(blank=True, help_text="For printed letters. May be empty."),
                ),
                ("note", models.TextField(blank=True, help_text="For staff only.")),
                (
                    "is_sample",
                    models.BooleanField(default=False, editable=False, verbose_name="sample"),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
            ],
            options={
                "ordering": ["name", "pk"],
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Benefit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "text",
                    models.CharField(
                        help_text="As members read it: “Quarterly newsletter”.",
                        max_length=200,
                        unique=True,
                    ),
                ),
                (
                    "count",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="How many a year, if limited (one dinner). Empty: not counted.",
                        null=True,
                    ),
                ),
                (
                    "fair_value_cents",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="In dollars, at market price. It lowers the deductible part of the dues. Enter 0 if it has no value. Empty: unknown, and receipts say nothing about deductibility.",
                        null=True,
                        verbose_name="fair value",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Tier",
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
                        help_text="“Individual”, “Family”.", max_length=60, unique=True
                    ),
                ),
                ("slug", models.SlugField(help_text="Its name in URLs and exports.", unique=True)),
                (
                    "summary",
                    models.CharField(
                        blank=True,
                        help_text="One sentence under the name on the join page.",
                        max_length=200,
                    ),
                ),
                (
                    "dues_cents",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="In dollars: 40, or 42.50. Empty: the level is shown, but nobody can join it online yet.",
                        null=True,
                        validators=[nsca.lib.text.fields.refuse_too_little],
                        verbose_name="dues a year",
                    ),
                ),
                (
                    "max_people",
                    models.PositiveSmallIntegerField(
                        default=1,
                        help_text="How many people of one household this level covers.",
                        verbose_name="people covered",
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="The order on the join page, smallest first."
                    ),
                ),
                (
                    "is_offered",
                    models.BooleanField(
                        default=True,
                        help_text="Clear to stop offering it. Current members keep it.",
                        verbose_name="offered",
                    ),
                ),
                (
                    "is_sample",
                    models.BooleanField(
                        default=False,
                        help_text="The dues are a sample, not set by the board.",
                        verbose_name="sample amount",
                    ),
                ),
                (
                    "benefits",
                    models.ManyToManyField(
                        blank=True, related_name="tiers", to="membership.benefit"
                    ),
                ),
            ],
            options={
                "verbose_name": "membership level",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("dues_cents__isnull", True),
                            ("dues_cents", 0),
                            ("dues_cents__gte", 50),
                            _connector="OR",
                        ),
                        name="dues_are_free_or_can_be_charged",
                    )
                ],
                "indexes": [],
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
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="ImportMap",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("columns", models.JSONField(default=dict)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="RenewalLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "token",
                    nsca.lib.secrets.link_tokens.LinkTokenField(
                        editable=False, max_length=64, purpose="renewal", unique=True
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="renewal_links",
                        to="membership.household",
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("valid_until", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "renewal link",
                "indexes": [],
                "constraints": [],
            },
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
                        help_text="Applies to payments from now on, never to earlier ones.",
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
                        help_text="For a fixed year. 90: joining in October covers you until the end of next year.",
                        validators=[django.core.validators.MaxValueValidator(365)],
                        verbose_name="joining in the last … days includes the next year",
                    ),
                ),
                (
                    "grace_days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        help_text="A renewal this late still continues from the old end.",
                        validators=[django.core.validators.MaxValueValidator(365)],
                        verbose_name="grace period in days",
                    ),
                ),
                (
                    "first_reminder_days",
                    models.PositiveSmallIntegerField(
                        default=60,
                        help_text="Days before the last day.",
                        verbose_name="first reminder",
                    ),
                ),
                (
                    "second_reminder_days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        help_text="Days before the last day.",
                        verbose_name="second reminder",
                    ),
                ),
                (
                    "third_reminder_days",
                    models.PositiveSmallIntegerField(
                        default=7,
                        help_text="Days before the last day.",
                        verbose_name="third reminder",
                    ),
                ),
                (
                    "grace_reminder_days",
                    models.PositiveSmallIntegerField(
                        default=14,
                        help_text="Days after the last day.",
                        verbose_name="reminder in the grace period",
                    ),
                ),
                (
                    "note_days",
                    models.PositiveSmallIntegerField(
                        default=45,
                        help_text="Days after the last day: one personal note, then no more.",
                        verbose_name="note from the committee chair",
                    ),
                ),
            ],
            options={
                "verbose_name": "rules of membership",
                "verbose_name_plural": "rules of membership",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="one_row_of_rules"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first_reminder_days__gt", models.F("second_reminder_days")),
                            ("grace_reminder_days__gt", 0),
                            ("note_days__gt", models.F("grace_reminder_days")),
                            ("second_reminder_days__gt", models.F("third_reminder_days")),
                            ("third_reminder_days__gt", 0),
                        ),
                        name="reminders_come_in_their_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("begins_day__gte", 1),
                            ("begins_day__lte", 28),
                            ("begins_month__gte", 1),
                            ("begins_month__lte", 12),
                        ),
                        name="the_fixed_year_begins_on_a_day",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="SignInCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("sign-in", "to sign in"),
                            ("lasting", "before a lasting change"),
                            ("seal", "as fresh proof"),
                        ],
                        default="sign-in",
                        max_length=8,
                    ),
                ),
                ("email", models.EmailField(editable=False, max_length=254)),
                (
                    "salt",
                    models.CharField(
                        default=nsca.lib.secrets.codes.link_token, editable=False, max_length=64
                    ),
                ),
                ("asked_at", models.DateTimeField(db_index=True)),
                ("valid_until", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("used_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("leased_until", models.DateTimeField(null=True)),
                ("is_from_home", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name": "sign-in code",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("tries__lte", 5)), name="a_code_is_tried_five_times"
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "email",
                    models.EmailField(
                        help_text="Where we send sign-in codes.",
                        max_length=254,
                        unique=True,
                        verbose_name="e-mail",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        blank=True,
                        help_text="How we greet them. Members also have a name on their own record.",
                        max_length=150,
                    ),
                ),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Their groups decide what they see there.",
                        verbose_name="staff: has access to the admin",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Clear this instead of deleting, so that the history stays readable.",
                        verbose_name="active",
                    ),
                ),
                (
                    "monday_mail",
                    models.BooleanField(
                        default=True,
                        help_text="Staff get a short e-mail on Mondays with their tasks. Clear to stop it.",
                        verbose_name="Monday e-mail",
                    ),
                ),
                ("sign_in_round", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "date_joined",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        help_text="Their sign-in, if they have one. People who share an address share it.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="people",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("name", models.CharField(help_text="As they spell it.", max_length=150)),
                (
                    "email",
                    models.EmailField(
                        blank=True,
                        help_text="Where we write to. Empty if they have none.",
                        max_length=254,
                        verbose_name="e-mail",
                    ),
                ),
                (
                    "phone",
                    models.CharField(
                        blank=True, help_text="For a call if e-mail fails.", max_length=40
                    ),
                ),
                (
                    "born_on",
                    models.DateField(
                        blank=True,
                        help_text="For children only, so we know when they turn 18.",
                        null=True,
                        verbose_name="born on",
                    ),
                ),
                (
                    "guardian",
                    models.ForeignKey(
                        blank=True,
                        help_text="Whom we write to instead while they are a child.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="wards",
                        to="membership.person",
                        verbose_name="parent or guardian",
                    ),
                ),
                (
                    "member_number",
                    models.PositiveIntegerField(
                        blank=True, help_text="Theirs for life.", null=True, unique=True
                    ),
                ),
                (
                    "member_since",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="The year they first joined, if known.", null=True
                    ),
                ),
                (
                    "died_on",
                    models.DateField(
                        blank=True, editable=False, null=True, verbose_name="died on"
                    ),
                ),
                ("erased_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="membership.person",
                    ),
                ),
                (
                    "is_sample",
                    models.BooleanField(default=False, editable=False, verbose_name="sample"),
                ),
            ],
            options={
                "verbose_name_plural": "people",
                "ordering": ["name", "pk"],
                "permissions": [("see_minors", "See children’s data")],
                "indexes": [models.Index(fields=["email"], name="people_by_exact_address")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("guardian__isnull", True),
                            models.Q(("guardian", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="nobody_is_their_own_guardian",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="household",
            name="main_contact",
            field=models.ForeignKey(
                blank=True,
                help_text="The person who paid, until another is named. Only they can remove others.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="membership.person",
            ),
        ),
        migrations.CreateModel(
            name="HistoricalPerson",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(help_text="As they spell it.", max_length=150)),
                (
                    "email",
                    models.EmailField(
                        blank=True,
                        help_text="Where we write to. Empty if they have none.",
                        max_length=254,
                        verbose_name="e-mail",
                    ),
                ),
                (
                    "phone",
                    models.CharField(
                        blank=True, help_text="For a call if e-mail fails.", max_length=40
                    ),
                ),
                (
                    "born_on",
                    models.DateField(
                        blank=True,
                        help_text="For children only, so we know when they turn 18.",
                        null=True,
                        verbose_name="born on",
                    ),
                ),
                (
                    "member_number",
                    models.PositiveIntegerField(
                        blank=True, db_index=True, help_text="Theirs for life.", null=True
                    ),
                ),
                (
                    "member_since",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="The year they first joined, if known.", null=True
                    ),
                ),
                (
                    "died_on",
                    models.DateField(
                        blank=True, editable=False, null=True, verbose_name="died on"
                    ),
                ),
                ("erased_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "is_sample",
                    models.BooleanField(default=False, editable=False, verbose_name="sample"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="Their sign-in, if they have one. People who share an address share it.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "guardian",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="Whom we write to instead while they are a child.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="membership.person",
                        verbose_name="parent or guardian",
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="membership.person",
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
                "verbose_name": "historical person",
                "verbose_name_plural": "historical people",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
                "indexes": [],
                "constraints": [],
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HouseholdMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        help_text="The household member.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="household_members",
                        to="membership.person",
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        help_text="The household; a person may be in several.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="household_members",
                        to="membership.household",
                    ),
                ),
                (
                    "is_home",
                    models.BooleanField(
                        default=True,
                        help_text="Printed letters to them go to this household's address.",
                        verbose_name="lives here",
                    ),
                ),
            ],
            options={
                "verbose_name": "household member",
                "verbose_name_plural": "household members",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("person"),
                        models.F("household"),
                        name="belongs_once_to_a_household",
                    ),
                    models.UniqueConstraint(
                        models.F("person"),
                        condition=models.Q(("is_home", True)),
                        name="one_home_at_the_most",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.AddField(
            model_name="person",
            name="households",
            field=models.ManyToManyField(
                help_text="The households they belong to.",
                related_name="people",
                through="membership.HouseholdMember",
                to="membership.household",
            ),
        ),
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
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="addresses",
                        to="membership.person",
                    ),
                ),
                (
                    "email",
                    models.EmailField(
                        help_text="Another address that reaches them.",
                        max_length=254,
                        verbose_name="e-mail",
                    ),
                ),
                ("confirmed_at", models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                "verbose_name": "other address",
                "verbose_name_plural": "other addresses",
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["email"], name="further_by_exact_address")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "email"), name="an_address_once_a_person"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consents",
                        to="membership.person",
                    ),
                ),
                (
                    "topic",
                    models.CharField(
                        choices=[
                            ("newsletter", "the newsletter"),
                            ("news_flash", "the News Flash"),
                            ("events", "invitations to events"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "is_given",
                    models.BooleanField(
                        help_text="Not ticked: withdrawn or refused.", verbose_name="agreed"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "words",
                    models.CharField(
                        help_text="The words beside the checkbox when they decided.",
                        max_length=400,
                    ),
                ),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("member", "in the member area"),
                            ("joining", "on the join form"),
                            ("link", "by the link in an e-mail"),
                            ("staff", "recorded by staff"),
                            ("import", "imported from earlier records"),
                            ("erased", "ended with the record"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        help_text="The staff member who recorded it, if not the person.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "consent to e-mails",
                "verbose_name_plural": "consents to e-mails",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(fields=["topic", "person", "-id"], name="consents_by_last")
                ],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Listing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="listing",
                        to="membership.person",
                    ),
                ),
                (
                    "shows_email",
                    models.BooleanField(default=False, verbose_name="my e-mail address"),
                ),
                (
                    "shows_phone",
                    models.BooleanField(default=False, verbose_name="my phone number"),
                ),
                ("listed_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "directory entry",
                "verbose_name_plural": "directory entries",
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="ErasureRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="erasure_request",
                        to="membership.person",
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                (
                    "asked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "erasure request",
                "verbose_name_plural": "erasure requests",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("due_at__gte", models.F("asked_at"))),
                        name="erasures_are_due_after_they_are_asked_for",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="HistoricalTier",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        db_index=True, help_text="“Individual”, “Family”.", max_length=60
                    ),
                ),
                ("slug", models.SlugField(help_text="Its name in URLs and exports.")),
                (
                    "summary",
                    models.CharField(
                        blank=True,
                        help_text="One sentence under the name on the join page.",
                        max_length=200,
                    ),
                ),
                (
                    "dues_cents",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="In dollars: 40, or 42.50. Empty: the level is shown, but nobody can join it online yet.",
                        null=True,
                        validators=[nsca.lib.text.fields.refuse_too_little],
                        verbose_name="dues a year",
                    ),
                ),
                (
                    "max_people",
                    models.PositiveSmallIntegerField(
                        default=1,
                        help_text="How many people of one household this level covers.",
                        verbose_name="people covered",
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="The order on the join page, smallest first."
                    ),
                ),
                (
                    "is_offered",
                    models.BooleanField(
                        default=True,
                        help_text="Clear to stop offering it. Current members keep it.",
                        verbose_name="offered",
                    ),
                ),
                (
                    "is_sample",
                    models.BooleanField(
                        default=False,
                        help_text="The dues are a sample, not set by the board.",
                        verbose_name="sample amount",
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
                "verbose_name": "historical membership level",
                "verbose_name_plural": "historical membership levels",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
                "indexes": [],
                "constraints": [],
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Pause",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("at", models.DateTimeField(editable=False)),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("undone_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "household",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pauses",
                        to="membership.household",
                    ),
                ),
                ("starts_on", models.DateField(help_text="The first day of the pause.")),
                ("until_on", models.DateField(help_text="The first day after the pause.")),
                ("reason", models.CharField(max_length=200)),
            ],
            options={
                "ordering": ["-starts_on", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until_on__gt", models.F("starts_on"))),
                        name="pauses_end_after_they_start",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="HardshipPrice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("at", models.DateTimeField(editable=False)),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("undone_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "household",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hardship_prices",
                        to="membership.household",
                    ),
                ),
                (
                    "tier",
                    models.ForeignKey(
                        help_text="For this level only.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hardship_prices",
                        to="membership.tier",
                        verbose_name="level",
                    ),
                ),
                (
                    "dues_cents",
                    models.PositiveIntegerField(
                        help_text="In dollars; 0 is free.",
                        validators=[nsca.lib.text.fields.refuse_too_little],
                        verbose_name="dues a year",
                    ),
                ),
                (
                    "valid_until",
                    models.DateField(help_text="The last day to renew at this price."),
                ),
                ("reason", models.CharField(help_text="For staff only.", max_length=200)),
            ],
            options={
                "ordering": ["-valid_until", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("dues_cents", 0), ("dues_cents__gte", 50), _connector="OR"
                        ),
                        name="lowered_dues_are_free_or_can_be_charged",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Bereavement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("at", models.DateTimeField(editable=False)),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("undone_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bereavements",
                        to="membership.person",
                    ),
                ),
                (
                    "died_on",
                    models.DateField(help_text="If you don’t know, use the day you heard."),
                ),
                ("stopped", models.JSONField(default=dict, editable=False)),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at__isnull", True)),
                        fields=("person",),
                        name="nobody_dies_twice",
                    )
                ],
                "indexes": [],
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
                        help_text="As the acknowledgment addresses them.",
                        max_length=150,
                        verbose_name="given by",
                    ),
                ),
                (
                    "giver_email",
                    models.EmailField(
                        blank=True,
                        help_text="The acknowledgment goes there. Empty: it is printed.",
                        max_length=254,
                        verbose_name="e-mail",
                    ),
                ),
                (
                    "postal_address",
                    models.TextField(blank=True, help_text="For a printed letter."),
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
                (
                    "is_sample",
                    models.BooleanField(default=False, editable=False, verbose_name="sample"),
                ),
            ],
            options={
                "verbose_name": "gift in kind",
                "verbose_name_plural": "gifts in kind",
                "ordering": ["-received_on", "-pk"],
                "indexes": [],
                "constraints": [],
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
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("givers", models.PositiveIntegerField()),
                ("written", models.PositiveIntegerField(default=0)),
                ("mailed", models.PositiveIntegerField(default=0)),
                ("unchanged", models.PositiveIntegerField(default=0)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "run of statements",
                "verbose_name_plural": "runs of statements",
                "ordering": ["-asked_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("done_at__isnull", True)),
                        fields=("year",),
                        name="one_run_of_a_year_at_a_time",
                    )
                ],
                "indexes": [],
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
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="due",
                        to="membership.statementrun",
                    ),
                ),
                ("giver", models.CharField(max_length=300)),
                ("about", models.JSONField()),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("run", "giver"), name="a_giver_once_a_run")
                ],
                "indexes": [],
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
                    "gift_in_kind",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="membership.giftinkind",
                    ),
                ),
                ("name", models.CharField(max_length=150)),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("total_cents", models.PositiveBigIntegerField(default=0, verbose_name="given")),
                ("content", models.JSONField()),
                ("sha256", models.CharField(max_length=64, verbose_name="digest")),
                (
                    "token",
                    nsca.lib.secrets.link_tokens.LinkTokenField(
                        editable=False, max_length=64, purpose="statement", unique=True
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
                ("issued_at", models.DateTimeField()),
                ("checked_at", models.DateTimeField()),
                ("mailed_at", models.DateTimeField(blank=True, null=True)),
                ("printed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "is_sample",
                    models.BooleanField(default=False, editable=False, verbose_name="sample"),
                ),
            ],
            options={
                "ordering": ["-year", "-serial"],
                "indexes": [
                    models.Index(fields=["giver", "year"], name="statements_of_a_giver"),
                    models.Index(fields=["email"], name="statements_by_address"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("year", "serial"), name="a_serial_once_a_year"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "year"), ("replaces__isnull", True)),
                        fields=("giver", "year"),
                        name="one_first_statement_a_giver_and_year",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HouseholdChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                        help_text="The person it is about.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="household_changes",
                        to="membership.person",
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
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        help_text="The household member who did it. Empty if staff did it or it was automatic.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="membership.person",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        blank=True,
                        help_text="The staff member who did it.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "household change",
                "verbose_name_plural": "household changes",
                "ordering": ["-at", "-pk"],
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="EmailSuppression",
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
                        help_text="The address we stop writing to.",
                        max_length=254,
                        verbose_name="e-mail",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("bounced", "e-mail bounced"),
                            ("complained", "reported as spam"),
                        ],
                        default="bounced",
                        max_length=12,
                        verbose_name="what happened",
                    ),
                ),
                ("at", models.DateTimeField(editable=False, verbose_name="since")),
                (
                    "source",
                    models.CharField(
                        blank=True,
                        help_text="The e-mail provider, or how staff know: “came back to us”.",
                        max_length=200,
                        verbose_name="source",
                    ),
                ),
                ("cleared_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "cleared_by",
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
                "verbose_name": "suppressed address",
                "verbose_name_plural": "suppressed addresses",
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("cleared_at__isnull", True)),
                        fields=("email", "kind"),
                        name="an_address_is_marked_once",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="MondayMail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="monday_mails",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("week", models.CharField(max_length=8)),
                ("sent_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-week", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "week"), name="one_monday_mail_a_week")
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="PassportLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="passport_link",
                        to="membership.person",
                    ),
                ),
                (
                    "token",
                    nsca.lib.secrets.link_tokens.LinkTokenField(
                        editable=False, max_length=64, purpose="passport", unique=True
                    ),
                ),
                ("shows_name", models.BooleanField(default=False, verbose_name="my name on it")),
                ("opened_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "shared passport",
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kept",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merges",
                        to="membership.person",
                    ),
                ),
                (
                    "gone",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged_away",
                        to="membership.person",
                    ),
                ),
                (
                    "emptied",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="membership.household",
                    ),
                ),
                ("moved", models.JSONField(default=list, editable=False)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kept", models.F("gone")), _negated=True),
                        name="two_records_are_merged",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at__isnull", True)),
                        fields=("gone",),
                        name="nobody_is_merged_away_twice",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="NotTheSame",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="membership.person",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="membership.person",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("first"), models.F("second"), name="told_apart_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("first__lt", models.F("second"))),
                        name="told_apart_in_one_order",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="ImportBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="file")),
                ("headers", models.JSONField(default=list)),
                ("columns", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("mapping", "waits for its columns"),
                            ("checking", "is looked at"),
                            ("ready", "waits for a yes"),
                            ("writing", "is written"),
                            ("done", "written"),
                            ("undoing", "is undone"),
                            ("undone", "undone"),
                            ("dropped", "given up"),
                        ],
                        default="mapping",
                        max_length=10,
                    ),
                ),
                ("rows_in_all", models.PositiveIntegerField(default=0)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "written_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("written_at", models.DateTimeField(blank=True, null=True)),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "import",
                "ordering": ["-at", "-pk"],
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="membership.importbatch",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("cells", models.JSONField(default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("raw", "not looked at"),
                            ("checked", "looked at"),
                            ("written", "written"),
                            ("left", "left out"),
                            ("undone", "undone"),
                            ("stayed", "could not be undone"),
                        ],
                        default="raw",
                        max_length=8,
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("new", "new"),
                            ("changed", "changed"),
                            ("same", "the same"),
                            ("like", "perhaps the same person"),
                            ("problem", "problem"),
                        ],
                        max_length=8,
                    ),
                ),
                ("found", models.JSONField(default=dict)),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="membership.person",
                    ),
                ),
                ("choice", models.CharField(blank=True, max_length=10)),
                ("done", models.JSONField(default=list)),
                ("why", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "verbose_name": "line of an import",
                "verbose_name_plural": "lines of an import",
                "ordering": ["number"],
                "indexes": [
                    models.Index(fields=["batch", "state", "number"], name="lines_by_state")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("batch"), models.F("number"), name="a_line_once_an_import"
                    )
                ],
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
                        help_text="Applies to payments from now on, never to earlier ones.",
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
                        help_text="For a fixed year. 90: joining in October covers you until the end of next year.",
                        validators=[django.core.validators.MaxValueValidator(365)],
                        verbose_name="joining in the last … days includes the next year",
                    ),
                ),
                (
                    "grace_days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        help_text="A renewal this late still continues from the old end.",
                        validators=[django.core.validators.MaxValueValidator(365)],
                        verbose_name="grace period in days",
                    ),
                ),
                (
                    "first_reminder_days",
                    models.PositiveSmallIntegerField(
                        default=60,
                        help_text="Days before the last day.",
                        verbose_name="first reminder",
                    ),
                ),
                (
                    "second_reminder_days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        help_text="Days before the last day.",
                        verbose_name="second reminder",
                    ),
                ),
                (
                    "third_reminder_days",
                    models.PositiveSmallIntegerField(
                        default=7,
                        help_text="Days before the last day.",
                        verbose_name="third reminder",
                    ),
                ),
                (
                    "grace_reminder_days",
                    models.PositiveSmallIntegerField(
                        default=14,
                        help_text="Days after the last day.",
                        verbose_name="reminder in the grace period",
                    ),
                ),
                (
                    "note_days",
                    models.PositiveSmallIntegerField(
                        default=45,
                        help_text="Days after the last day: one personal note, then no more.",
                        verbose_name="note from the committee chair",
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
                "verbose_name": "historical rules of membership",
                "verbose_name_plural": "historical rules of membership",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
                "indexes": [],
                "constraints": [],
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="BrowserSession",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="browser_sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("device", models.CharField(max_length=80)),
                ("network", models.CharField(blank=True, max_length=40)),
                ("began_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(db_index=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("sign_in_round", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "browser session",
                "ordering": ["-seen_at", "-pk"],
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="SecurityEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(db_index=True, verbose_name="when")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("signed-in", "signed in"),
                            ("signed-out", "signed out"),
                            ("refused", "was refused"),
                            ("proven", "gave fresh proof"),
                            ("factor-added", "second factor added"),
                            ("factor-removed", "second factor removed"),
                            ("address", "e-mail address changed"),
                            ("rights", "permissions changed"),
                            ("export", "list exported"),
                            ("venue", "venue access"),
                            ("session-ended", "sessions ended"),
                        ],
                        max_length=16,
                        verbose_name="what",
                    ),
                ),
                (
                    "who",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
                (
                    "whom",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="about",
                    ),
                ),
                ("detail", models.CharField(blank=True, max_length=200)),
                ("network", models.CharField(blank=True, max_length=32)),
                ("mailbox", models.CharField(blank=True, max_length=32)),
            ],
            options={
                "verbose_name": "security log entry",
                "verbose_name_plural": "security log",
                "ordering": ["-at", "-pk"],
                "indexes": [models.Index(fields=["kind", "at"], name="security_log_by_kind")],
                "constraints": [],
            },
        ),
    ]
