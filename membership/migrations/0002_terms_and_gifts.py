import django.db.models.deletion
import django.utils.timezone
import nsca.lib.secrets.link_tokens
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cities", "0001_initial"),
        ("membership", "0001_initial"),
        ("orders", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="FavoriteCity",
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
                        related_name="favorite_cities",
                        to="membership.person",
                    ),
                ),
                (
                    "city",
                    models.ForeignKey(
                        help_text="The city they chose.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="favorite_cities",
                        to="cities.city",
                    ),
                ),
                (
                    "may_be_seen",
                    models.BooleanField(
                        default=False,
                        help_text="They agreed that the city's committee sees their name and contact details.",
                        verbose_name="the committee may contact them",
                    ),
                ),
            ],
            options={
                "verbose_name": "favorite city",
                "verbose_name_plural": "favorite cities",
                "ordering": ["city", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("person"), models.F("city"), name="a_city_once_a_favorite"
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="CommitteeChair",
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
                        help_text="Their sign-in.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chairs",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "city",
                    models.ForeignKey(
                        help_text="The city whose committee they lead.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chairs",
                        to="cities.city",
                    ),
                ),
                (
                    "writes_to_expired",
                    models.BooleanField(
                        default=False,
                        help_text="Their name signs the note to members whose grace period is over.",
                        verbose_name="signs the last reminder",
                    ),
                ),
            ],
            options={
                "verbose_name": "committee chair",
                "verbose_name_plural": "committee chairs",
                "ordering": ["city", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("user"), models.F("city"), name="a_chair_once_a_city"
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="GiftMembership",
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
                        editable=False, max_length=64, purpose="gift-membership", unique=True
                    ),
                ),
                (
                    "code",
                    nsca.lib.secrets.link_tokens.SpokenKeyField(
                        editable=False, max_length=20, purpose="gift-code", unique=True
                    ),
                ),
                (
                    "line",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="gift_membership",
                        to="orders.line",
                    ),
                ),
                (
                    "tier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="gift_memberships",
                        to="membership.tier",
                        verbose_name="level",
                    ),
                ),
                ("giver_name", models.CharField(max_length=150, verbose_name="from")),
                ("recipient_name", models.CharField(max_length=150, verbose_name="for")),
                (
                    "recipient_email",
                    models.EmailField(
                        blank=True,
                        help_text="Empty: the giver hands over the card.",
                        max_length=254,
                        verbose_name="their e-mail",
                    ),
                ),
                ("message", models.CharField(blank=True, max_length=400)),
                (
                    "begins_on",
                    models.DateField(
                        help_text="We send the e-mail that morning.", verbose_name="on"
                    ),
                ),
                ("created_at", models.DateTimeField()),
                (
                    "mailed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="e-mail sent"),
                ),
                (
                    "reminded_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="reminded"),
                ),
                ("asked_email", models.EmailField(blank=True, editable=False, max_length=254)),
                ("asked_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0, editable=False)),
                (
                    "claimed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="claimed"),
                ),
                (
                    "claimed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="gifts_had",
                        to="membership.household",
                    ),
                ),
                (
                    "taken_back_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="refunded"),
                ),
                (
                    "is_sample",
                    models.BooleanField(default=False, editable=False, verbose_name="sample"),
                ),
            ],
            options={
                "verbose_name": "gift membership",
                "ordering": ["-created_at", "-pk"],
                "indexes": [],
                "constraints": [],
            },
        ),
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
            ],
            options={
                "ordering": ["position", "pk"],
                "indexes": [],
                "constraints": [],
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
                    "line",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tribute",
                        to="orders.line",
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
                        help_text="The giver's name, only if they agreed to share it.",
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
                "indexes": [],
                "constraints": [],
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
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="membership.statement",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orders.order",
                    ),
                ),
                ("paid_cents", models.PositiveBigIntegerField()),
                ("value_cents", models.PositiveBigIntegerField()),
                ("gift_cents", models.PositiveBigIntegerField()),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("statement", "order"), name="an_order_once_a_statement"
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Mailing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "subject",
                    models.CharField(
                        help_text="As the mailbox shows it. One line.", max_length=150
                    ),
                ),
                ("body", models.TextField()),
                (
                    "about",
                    models.CharField(
                        choices=[
                            ("membership", "about your membership"),
                            ("newsletter", "the newsletter"),
                            ("news_flash", "the News Flash"),
                            ("events", "invitations to events"),
                        ],
                        help_text="News goes only to those who asked for it. “About your membership” goes to members, too, who want no news: their renewal, their card, the Annual Meeting they may vote at. Nothing else belongs in it.",
                        max_length=12,
                        verbose_name="what it is",
                    ),
                ),
                (
                    "statuses",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="Tick none for everybody.",
                        verbose_name="who stands",
                    ),
                ),
                (
                    "expired_since",
                    models.DateField(
                        blank=True,
                        help_text="Only those whose membership ran out on this day or later, and who have not renewed.",
                        null=True,
                        verbose_name="ran out since",
                    ),
                ),
                (
                    "came_to",
                    models.CharField(
                        blank=True,
                        help_text="Only those who were there.",
                        max_length=40,
                        verbose_name="came to",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("reading", "waits for a reader"),
                            ("sending", "on its way"),
                            ("sent", "sent"),
                            ("stopped", "stopped"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=8,
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("tested_at", models.DateTimeField(editable=False, null=True)),
                (
                    "sent_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("begun_at", models.DateTimeField(editable=False, null=True)),
                ("leased_until", models.DateTimeField(editable=False, null=True)),
                ("finished_at", models.DateTimeField(editable=False, null=True)),
                ("stopped_because", models.CharField(blank=True, editable=False, max_length=200)),
                (
                    "tiers",
                    models.ManyToManyField(
                        blank=True,
                        help_text="None: every level.",
                        related_name="+",
                        to="membership.tier",
                        verbose_name="levels",
                    ),
                ),
                (
                    "cities",
                    models.ManyToManyField(
                        blank=True,
                        help_text="None: with or without one.",
                        related_name="+",
                        to="cities.city",
                        verbose_name="cities of the heart",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("draft", "reading")),
                            models.Q(("begun_at__isnull", False), ("sent_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="mailings_on_their_way_have_begun",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="MailingRecipient",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "mailing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recipients",
                        to="membership.mailing",
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                ("name", models.CharField(blank=True, max_length=150)),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="mailings",
                        to="membership.person",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("handed", "handed to the outbox"),
                            ("spared", "left out at the last moment"),
                            ("dropped", "dropped when it was stopped"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("handed_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["mailing", "state"], name="recipients_by_state")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("mailing", "email"), name="a_mailing_reaches_an_address_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "handed"), _negated=True),
                            ("handed_at__isnull", False),
                            _connector="OR",
                        ),
                        name="handed_letters_know_when",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Stamp",
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
                        help_text="Whose passport it is.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stamps",
                        to="membership.person",
                    ),
                ),
                (
                    "city",
                    models.ForeignKey(
                        help_text="The committee it was for, or where it was.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stamps",
                        to="cities.city",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("hosting", "hosted"),
                            ("volunteering", "volunteered"),
                            ("exchange", "exchange"),
                            ("event", "attended"),
                        ],
                        help_text="What they did.",
                        max_length=12,
                    ),
                ),
                (
                    "on",
                    models.DateField(
                        help_text="The day, or the first of several days.", verbose_name="date"
                    ),
                ),
                (
                    "words",
                    models.CharField(
                        blank=True,
                        help_text="A few words for the stamp: “Two students, June”.",
                        max_length=60,
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("recorded_at", models.DateTimeField(editable=False)),
                (
                    "is_sample",
                    models.BooleanField(default=False, editable=False, verbose_name="sample"),
                ),
            ],
            options={
                "ordering": ["on", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("person"),
                        models.F("city"),
                        models.F("kind"),
                        models.F("on"),
                        name="a_stamp_once_a_day_and_kind",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Term",
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
                        help_text="The household it belongs to.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="terms",
                        to="membership.household",
                    ),
                ),
                (
                    "tier",
                    models.ForeignKey(
                        help_text="The level it was paid or granted for.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="terms",
                        to="membership.tier",
                        verbose_name="level",
                    ),
                ),
                ("starts_on", models.DateField(help_text="The first day.")),
                (
                    "ends_on",
                    models.DateField(
                        blank=True, help_text="The last day. Empty: for life.", null=True
                    ),
                ),
                (
                    "ended_on",
                    models.DateField(
                        blank=True,
                        help_text="If ended early, by a decision or a refund: the first day it is no longer valid.",
                        null=True,
                    ),
                ),
                (
                    "ended_because",
                    models.CharField(
                        blank=True,
                        help_text="For staff only.",
                        max_length=200,
                        verbose_name="why it was ended",
                    ),
                ),
                (
                    "line",
                    models.OneToOneField(
                        blank=True,
                        help_text="The payment it came from.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="term",
                        to="orders.line",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        help_text="If nobody paid: who granted it and why (“Honorary, board of May 4”).",
                        max_length=200,
                    ),
                ),
                (
                    "continues",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="continuations",
                        to="membership.term",
                    ),
                ),
                (
                    "granted_by",
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
                "ordering": ["-starts_on", "-pk"],
                "indexes": [models.Index(fields=["household", "ends_on"], name="terms_by_end")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="terms_end_after_they_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("line__isnull", False),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="terms_are_paid_or_have_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", False),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="terms_for_life_have_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_on__isnull", True),
                            ("ends_on__isnull", True),
                            ("ended_on__lte", models.F("ends_on")),
                            _connector="OR",
                        ),
                        name="terms_are_ended_before_their_end",
                    ),
                ],
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
                (
                    "term",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="benefit_uses",
                        to="membership.term",
                    ),
                ),
                (
                    "benefit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="membership.benefit",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("used_at", models.DateTimeField()),
                (
                    "used_by",
                    models.ForeignKey(
                        blank=True,
                        help_text="Who recorded it.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "note",
                    models.CharField(
                        blank=True, help_text="“Size M”, “Annual Meeting”.", max_length=200
                    ),
                ),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "benefit used",
                "verbose_name_plural": "benefits used",
                "ordering": ["-used_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at__isnull", True)),
                        fields=("term", "benefit", "number"),
                        name="no_benefit_is_handed_over_twice",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)),
                        name="benefit_uses_are_counted_from_one",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminders",
                        to="membership.term",
                    ),
                ),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("first", "first reminder"),
                            ("second", "second reminder"),
                            ("third", "third reminder"),
                            ("day", "on the last day"),
                            ("grace", "in the grace period"),
                            ("note", "note from the chair"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("mail", "by e-mail"),
                            ("letter", "on paper"),
                            ("none", "not sent"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reminders",
                        to="membership.person",
                    ),
                ),
                (
                    "link",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reminders",
                        to="membership.renewallink",
                    ),
                ),
                ("at", models.DateTimeField()),
                ("printed_at", models.DateTimeField(blank=True, null=True)),
                ("why_not", models.CharField(blank=True, max_length=120)),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("printed_at__isnull", True), ("way", "letter")),
                        fields=["at"],
                        name="letters_to_print",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("term", "step"), name="each_reminder_once_a_term"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("way", "none"), _negated=True),
                            models.Q(("why_not", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="reminders_not_sent_say_why",
                    ),
                ],
            },
        ),
    ]
