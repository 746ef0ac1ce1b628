import django.db.models.deletion
import nsca.lib.media.images
import nsca.lib.secrets.codes
import nsca.lib.secrets.link_tokens
import nsca.lib.text.fields
import nsca.lib.text.phones
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cities", "0001_initial"),
        ("membership", "0001_initial"),
        ("orders", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "title",
                    models.CharField(
                        help_text="“Soirée en Blanc”. Leave out the year: the date shows it.",
                        max_length=120,
                    ),
                ),
                (
                    "title_lang",
                    models.CharField(
                        blank=True,
                        help_text="For example fr for French, so that screen readers pronounce it right.",
                        max_length=20,
                        verbose_name="title language",
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        help_text="The last part of its URL, after /events/. Changing it breaks links.",
                        max_length=80,
                        unique=True,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("soiree", "Soirée en Blanc"),
                            ("dinner", "dinner or luncheon"),
                            ("gathering", "gathering"),
                            ("class", "class"),
                            ("online", "online"),
                            ("exhibition", "exhibition"),
                        ],
                        default="gathering",
                        help_text="Decides its wording and its icon in lists.",
                        max_length=12,
                    ),
                ),
                (
                    "summary",
                    models.CharField(
                        help_text="One sentence for lists, search and previews.", max_length=240
                    ),
                ),
                ("body", models.TextField(blank=True)),
                (
                    "city",
                    models.ForeignKey(
                        blank=True,
                        help_text="The city it celebrates. The event is listed on that city’s page.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="cities.city",
                    ),
                ),
                (
                    "hosted_by",
                    models.CharField(
                        blank=True, help_text="“the Toulon committee”", max_length=120
                    ),
                ),
                (
                    "area",
                    models.CharField(
                        help_text="What everyone may know: “Norfolk, ten minutes from downtown”. Never the venue.",
                        max_length=120,
                    ),
                ),
                (
                    "starts_at",
                    models.DateTimeField(help_text="Norfolk time.", verbose_name="starts"),
                ),
                (
                    "ends_at",
                    models.DateTimeField(
                        help_text="Norfolk time. After this, the event is past.",
                        verbose_name="ends",
                    ),
                ),
                (
                    "doors_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Norfolk time. Leave empty to not show it.",
                        null=True,
                        verbose_name="doors open",
                    ),
                ),
                (
                    "hour_is_known",
                    models.BooleanField(
                        default=True,
                        help_text="Uncheck for an old event whose start time is unknown.",
                        verbose_name="start time is known",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("published", "published"),
                            ("canceled", "canceled"),
                        ],
                        default="draft",
                        help_text="Only staff see drafts.",
                        max_length=10,
                    ),
                ),
                (
                    "publish_at",
                    models.DateTimeField(
                        help_text="Norfolk time. A published event appears at this time.",
                        verbose_name="publish from",
                    ),
                ),
                ("canceled_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("moved_from", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "canceled_note",
                    models.CharField(
                        blank=True,
                        help_text="If it is canceled: what guests should know.",
                        max_length=300,
                    ),
                ),
                (
                    "lead",
                    models.DurationField(
                        blank=True,
                        help_text="When ticket holders learn the venue, for example 24. Empty: the venue is not secret.",
                        null=True,
                        verbose_name="reveal, hours before start",
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("holders", "ticket holders only"),
                            ("everyone", "everyone, from the reveal on"),
                            ("after", "everyone, once the event is over"),
                        ],
                        default="holders",
                        help_text="Ticket holders only, unless the board wants everyone to know.",
                        max_length=10,
                        verbose_name="who learns the venue",
                    ),
                ),
                (
                    "reveal_held_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="reveal on hold since"
                    ),
                ),
                ("reveal_version", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("revealed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "capacity",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="For all ticket types together. Empty: only their own limits count.",
                        null=True,
                        verbose_name="seats",
                    ),
                ),
                (
                    "sales_open_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: when the event is published.",
                        null=True,
                        verbose_name="sales open",
                    ),
                ),
                (
                    "sales_close_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: at the reveal, or at the start if the venue is not secret.",
                        null=True,
                        verbose_name="sales close",
                    ),
                ),
                (
                    "max_per_order",
                    models.PositiveSmallIntegerField(
                        default=8,
                        help_text="The most one buyer may take in one order.",
                        verbose_name="tickets per order",
                    ),
                ),
                (
                    "max_per_person",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="The most one e-mail address may have in all its orders. Empty: only the limit per order.",
                        null=True,
                        verbose_name="tickets per person",
                    ),
                ),
                (
                    "offer_hours",
                    models.PositiveSmallIntegerField(
                        default=24,
                        help_text="How long a waitlist party has to answer an offer of seats.",
                        verbose_name="hours to answer an offer",
                    ),
                ),
                (
                    "tables_until",
                    models.DateTimeField(
                        blank=True,
                        help_text="Norfolk time. Captains may open tables for friends who pay for themselves; empty seats go back on sale at this time. Empty: no open tables.",
                        null=True,
                        verbose_name="hold open tables until",
                    ),
                ),
                ("waitlist_began_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "needs_guest_names",
                    models.BooleanField(
                        default=False,
                        help_text="Ask for each guest’s name. Guests may add names later.",
                        verbose_name="names on place cards",
                    ),
                ),
                (
                    "post_by",
                    models.DateTimeField(
                        blank=True,
                        help_text="The last time a kit can be mailed and still arrive.",
                        null=True,
                        verbose_name="mailing cut-off",
                    ),
                ),
                (
                    "choices_close_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Until then, guests may change names and suppers.",
                        null=True,
                        verbose_name="caterer’s deadline",
                    ),
                ),
                (
                    "refunds_until",
                    models.DateTimeField(
                        blank=True,
                        help_text="Norfolk time. Until then, guests may return tickets for a refund online. Empty: only staff give refunds.",
                        null=True,
                    ),
                ),
                (
                    "refunds_after_reveal",
                    models.BooleanField(
                        default=False,
                        help_text="Only if the board says so: guests who know the venue could then return their seats.",
                        verbose_name="refunds after the reveal",
                    ),
                ),
                (
                    "transfers_after_reveal",
                    models.BooleanField(
                        default=False,
                        help_text="Guests may transfer tickets until the reveal. If checked, until the start: guests who know the venue could then pass their seats on.",
                        verbose_name="transfers after the reveal",
                    ),
                ),
                ("refund_all_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("refund_policy", models.TextField(blank=True)),
                ("bring", models.TextField(blank=True)),
                (
                    "dress",
                    models.CharField(blank=True, help_text="“White, entirely”", max_length=80),
                ),
                (
                    "supper",
                    models.CharField(
                        blank=True, help_text="“Boxed, by Baker’s Crust”", max_length=120
                    ),
                ),
                (
                    "rain",
                    models.CharField(
                        blank=True,
                        help_text="“Under the same roof”. Don’t name the venue.",
                        max_length=200,
                        verbose_name="if it rains",
                    ),
                ),
                (
                    "access",
                    models.CharField(
                        blank=True,
                        help_text="Step-free or not, seats, restrooms. Don’t name the venue.",
                        max_length=300,
                        verbose_name="access",
                    ),
                ),
                (
                    "volunteers_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Norfolk time. Empty: with the ticket holders, at the reveal.",
                        null=True,
                        verbose_name="door volunteers learn the venue",
                    ),
                ),
                (
                    "help_phone",
                    models.CharField(
                        blank=True,
                        help_text="The number guests call. Empty: the office’s.",
                        max_length=40,
                        validators=[nsca.lib.text.phones.validate_phone],
                        verbose_name="phone on the day",
                    ),
                ),
                ("thanks", models.TextField(blank=True)),
                (
                    "offline_note",
                    models.CharField(
                        blank=True,
                        help_text="For guests who can’t pay online. Empty: call or write to the office.",
                        max_length=300,
                    ),
                ),
                (
                    "image",
                    models.ImageField(
                        blank=True,
                        help_text="A photo or drawing, at most 40 megapixels. Hidden data is removed.",
                        upload_to=nsca.lib.media.images.unnamed,
                    ),
                ),
                (
                    "image_alt",
                    models.CharField(
                        blank=True,
                        help_text="What the picture shows. Required with a picture.",
                        max_length=240,
                        verbose_name="picture in words",
                    ),
                ),
                ("sequence", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "is_sample",
                    models.BooleanField(
                        default=False,
                        help_text="Part of the demonstration, amounts included.",
                        verbose_name="sample",
                    ),
                ),
                (
                    "duplicated_from",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="events.event",
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "ordering": ["starts_at", "pk"],
                "permissions": [
                    ("see_venue", "Can see a venue before its reveal (each access is logged)"),
                    ("hold_reveal", "Can hold the reveal or reveal now"),
                ],
                "indexes": [
                    models.Index(fields=["state", "ends_at"], name="events_even_state_a3ef19_idx")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="events_end_after_they_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("image", ""),
                            models.Q(("image_alt", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="pictures_of_events_have_words",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalEvent",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "title",
                    models.CharField(
                        help_text="“Soirée en Blanc”. Leave out the year: the date shows it.",
                        max_length=120,
                    ),
                ),
                (
                    "title_lang",
                    models.CharField(
                        blank=True,
                        help_text="For example fr for French, so that screen readers pronounce it right.",
                        max_length=20,
                        verbose_name="title language",
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        help_text="The last part of its URL, after /events/. Changing it breaks links.",
                        max_length=80,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("soiree", "Soirée en Blanc"),
                            ("dinner", "dinner or luncheon"),
                            ("gathering", "gathering"),
                            ("class", "class"),
                            ("online", "online"),
                            ("exhibition", "exhibition"),
                        ],
                        default="gathering",
                        help_text="Decides its wording and its icon in lists.",
                        max_length=12,
                    ),
                ),
                (
                    "summary",
                    models.CharField(
                        help_text="One sentence for lists, search and previews.", max_length=240
                    ),
                ),
                ("body", models.TextField(blank=True)),
                (
                    "hosted_by",
                    models.CharField(
                        blank=True, help_text="“the Toulon committee”", max_length=120
                    ),
                ),
                (
                    "area",
                    models.CharField(
                        help_text="What everyone may know: “Norfolk, ten minutes from downtown”. Never the venue.",
                        max_length=120,
                    ),
                ),
                (
                    "starts_at",
                    models.DateTimeField(help_text="Norfolk time.", verbose_name="starts"),
                ),
                (
                    "ends_at",
                    models.DateTimeField(
                        help_text="Norfolk time. After this, the event is past.",
                        verbose_name="ends",
                    ),
                ),
                (
                    "doors_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Norfolk time. Leave empty to not show it.",
                        null=True,
                        verbose_name="doors open",
                    ),
                ),
                (
                    "hour_is_known",
                    models.BooleanField(
                        default=True,
                        help_text="Uncheck for an old event whose start time is unknown.",
                        verbose_name="start time is known",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("published", "published"),
                            ("canceled", "canceled"),
                        ],
                        default="draft",
                        help_text="Only staff see drafts.",
                        max_length=10,
                    ),
                ),
                (
                    "publish_at",
                    models.DateTimeField(
                        help_text="Norfolk time. A published event appears at this time.",
                        verbose_name="publish from",
                    ),
                ),
                ("canceled_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("moved_from", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "canceled_note",
                    models.CharField(
                        blank=True,
                        help_text="If it is canceled: what guests should know.",
                        max_length=300,
                    ),
                ),
                (
                    "lead",
                    models.DurationField(
                        blank=True,
                        help_text="When ticket holders learn the venue, for example 24. Empty: the venue is not secret.",
                        null=True,
                        verbose_name="reveal, hours before start",
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("holders", "ticket holders only"),
                            ("everyone", "everyone, from the reveal on"),
                            ("after", "everyone, once the event is over"),
                        ],
                        default="holders",
                        help_text="Ticket holders only, unless the board wants everyone to know.",
                        max_length=10,
                        verbose_name="who learns the venue",
                    ),
                ),
                (
                    "reveal_held_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="reveal on hold since"
                    ),
                ),
                ("reveal_version", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("revealed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "capacity",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="For all ticket types together. Empty: only their own limits count.",
                        null=True,
                        verbose_name="seats",
                    ),
                ),
                (
                    "sales_open_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: when the event is published.",
                        null=True,
                        verbose_name="sales open",
                    ),
                ),
                (
                    "sales_close_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: at the reveal, or at the start if the venue is not secret.",
                        null=True,
                        verbose_name="sales close",
                    ),
                ),
                (
                    "max_per_order",
                    models.PositiveSmallIntegerField(
                        default=8,
                        help_text="The most one buyer may take in one order.",
                        verbose_name="tickets per order",
                    ),
                ),
                (
                    "max_per_person",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="The most one e-mail address may have in all its orders. Empty: only the limit per order.",
                        null=True,
                        verbose_name="tickets per person",
                    ),
                ),
                (
                    "offer_hours",
                    models.PositiveSmallIntegerField(
                        default=24,
                        help_text="How long a waitlist party has to answer an offer of seats.",
                        verbose_name="hours to answer an offer",
                    ),
                ),
                (
                    "tables_until",
                    models.DateTimeField(
                        blank=True,
                        help_text="Norfolk time. Captains may open tables for friends who pay for themselves; empty seats go back on sale at this time. Empty: no open tables.",
                        null=True,
                        verbose_name="hold open tables until",
                    ),
                ),
                ("waitlist_began_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "needs_guest_names",
                    models.BooleanField(
                        default=False,
                        help_text="Ask for each guest’s name. Guests may add names later.",
                        verbose_name="names on place cards",
                    ),
                ),
                (
                    "post_by",
                    models.DateTimeField(
                        blank=True,
                        help_text="The last time a kit can be mailed and still arrive.",
                        null=True,
                        verbose_name="mailing cut-off",
                    ),
                ),
                (
                    "choices_close_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Until then, guests may change names and suppers.",
                        null=True,
                        verbose_name="caterer’s deadline",
                    ),
                ),
                (
                    "refunds_until",
                    models.DateTimeField(
                        blank=True,
                        help_text="Norfolk time. Until then, guests may return tickets for a refund online. Empty: only staff give refunds.",
                        null=True,
                    ),
                ),
                (
                    "refunds_after_reveal",
                    models.BooleanField(
                        default=False,
                        help_text="Only if the board says so: guests who know the venue could then return their seats.",
                        verbose_name="refunds after the reveal",
                    ),
                ),
                (
                    "transfers_after_reveal",
                    models.BooleanField(
                        default=False,
                        help_text="Guests may transfer tickets until the reveal. If checked, until the start: guests who know the venue could then pass their seats on.",
                        verbose_name="transfers after the reveal",
                    ),
                ),
                ("refund_all_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("refund_policy", models.TextField(blank=True)),
                ("bring", models.TextField(blank=True)),
                (
                    "dress",
                    models.CharField(blank=True, help_text="“White, entirely”", max_length=80),
                ),
                (
                    "supper",
                    models.CharField(
                        blank=True, help_text="“Boxed, by Baker’s Crust”", max_length=120
                    ),
                ),
                (
                    "rain",
                    models.CharField(
                        blank=True,
                        help_text="“Under the same roof”. Don’t name the venue.",
                        max_length=200,
                        verbose_name="if it rains",
                    ),
                ),
                (
                    "access",
                    models.CharField(
                        blank=True,
                        help_text="Step-free or not, seats, restrooms. Don’t name the venue.",
                        max_length=300,
                        verbose_name="access",
                    ),
                ),
                (
                    "volunteers_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Norfolk time. Empty: with the ticket holders, at the reveal.",
                        null=True,
                        verbose_name="door volunteers learn the venue",
                    ),
                ),
                (
                    "help_phone",
                    models.CharField(
                        blank=True,
                        help_text="The number guests call. Empty: the office’s.",
                        max_length=40,
                        validators=[nsca.lib.text.phones.validate_phone],
                        verbose_name="phone on the day",
                    ),
                ),
                ("thanks", models.TextField(blank=True)),
                (
                    "offline_note",
                    models.CharField(
                        blank=True,
                        help_text="For guests who can’t pay online. Empty: call or write to the office.",
                        max_length=300,
                    ),
                ),
                (
                    "image",
                    models.TextField(
                        blank=True,
                        help_text="A photo or drawing, at most 40 megapixels. Hidden data is removed.",
                        max_length=100,
                    ),
                ),
                (
                    "image_alt",
                    models.CharField(
                        blank=True,
                        help_text="What the picture shows. Required with a picture.",
                        max_length=240,
                        verbose_name="picture in words",
                    ),
                ),
                ("sequence", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "is_sample",
                    models.BooleanField(
                        default=False,
                        help_text="Part of the demonstration, amounts included.",
                        verbose_name="sample",
                    ),
                ),
                ("updated_at", models.DateTimeField(blank=True, editable=False)),
                (
                    "city",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="The city it celebrates. The event is listed on that city’s page.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="cities.city",
                    ),
                ),
                (
                    "duplicated_from",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="events.event",
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
                "verbose_name": "historical event",
                "verbose_name_plural": "historical events",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
                "indexes": [],
                "constraints": [],
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalHint",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "text",
                    models.CharField(
                        help_text="“You will hear water, and it will not be the ocean.”",
                        max_length=240,
                    ),
                ),
                (
                    "opens_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Norfolk time. Empty: not shown.",
                        null=True,
                        verbose_name="shown from",
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[("everyone", "everyone"), ("holders", "ticket holders")],
                        default="everyone",
                        help_text="Who sees it.",
                        max_length=10,
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
                "verbose_name": "historical hint",
                "verbose_name_plural": "historical hints",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
                "indexes": [],
                "constraints": [],
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Hint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hints",
                        to="events.event",
                    ),
                ),
                (
                    "text",
                    models.CharField(
                        help_text="“You will hear water, and it will not be the ocean.”",
                        max_length=240,
                    ),
                ),
                (
                    "opens_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Norfolk time. Empty: not shown.",
                        null=True,
                        verbose_name="shown from",
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[("everyone", "everyone"), ("holders", "ticket holders")],
                        default="everyone",
                        help_text="Who sees it.",
                        max_length=10,
                    ),
                ),
            ],
            options={
                "ordering": ["opens_at", "pk"],
                "indexes": [],
                "constraints": [],
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
                ("name", models.CharField(help_text="“A bottle of white wine”", max_length=80)),
                (
                    "description",
                    models.CharField(
                        blank=True, help_text="One sentence under the name.", max_length=240
                    ),
                ),
                (
                    "price_cents",
                    models.PositiveIntegerField(
                        help_text="In dollars: 28, or 28.50.",
                        validators=[nsca.lib.text.fields.refuse_too_little],
                        verbose_name="price",
                    ),
                ),
                (
                    "fair_value_cents",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="In dollars: the market price of one. The rest is deductible. Empty: unknown, and we say nothing about deductibility.",
                        null=True,
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
                        default=0, help_text="Lower numbers come first."
                    ),
                ),
                (
                    "is_offered",
                    models.BooleanField(
                        default=True,
                        help_text="Uncheck to stop selling it. Sold ones stay sold.",
                        verbose_name="on sale",
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
                "verbose_name": "historical add-on",
                "verbose_name_plural": "historical add-ons",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
                "indexes": [],
                "constraints": [],
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
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
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="add_ons",
                        to="events.event",
                    ),
                ),
                ("name", models.CharField(help_text="“A bottle of white wine”", max_length=80)),
                (
                    "description",
                    models.CharField(
                        blank=True, help_text="One sentence under the name.", max_length=240
                    ),
                ),
                (
                    "price_cents",
                    models.PositiveIntegerField(
                        help_text="In dollars: 28, or 28.50.",
                        validators=[nsca.lib.text.fields.refuse_too_little],
                        verbose_name="price",
                    ),
                ),
                (
                    "fair_value_cents",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="In dollars: the market price of one. The rest is deductible. Empty: unknown, and we say nothing about deductibility.",
                        null=True,
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
                        default=0, help_text="Lower numbers come first."
                    ),
                ),
                (
                    "is_offered",
                    models.BooleanField(
                        default=True,
                        help_text="Uncheck to stop selling it. Sold ones stay sold.",
                        verbose_name="on sale",
                    ),
                ),
            ],
            options={
                "verbose_name": "add-on",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("price_cents", 0), ("price_cents__gte", 50), _connector="OR"
                        ),
                        name="add_ons_are_free_or_can_be_charged",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="AddOnSold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "add_on",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="add_ons_sold",
                        to="events.addon",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="add_ons_sold",
                        to="orders.line",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("slot", models.PositiveIntegerField(null=True)),
                ("canceled_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "add-on sold",
                "verbose_name_plural": "add-ons sold",
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
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="HistoricalChoice",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                ("label", models.CharField(help_text="“Garden box (vegan)”", max_length=120)),
                (
                    "capacity",
                    models.PositiveIntegerField(
                        blank=True, help_text="If the caterer has a limit.", null=True
                    ),
                ),
                (
                    "price_cents",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="In dollars, on top of the ticket: 12. Enter 0 if it is included. Promo codes and member prices don’t lower it.",
                        validators=[nsca.lib.text.fields.refuse_too_little],
                        verbose_name="extra price",
                    ),
                ),
                (
                    "fair_value_cents",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="In dollars: what this supper is worth beyond the ticket type’s fair value. Empty: unknown; if it costs extra, we then say nothing about deductibility.",
                        null=True,
                        verbose_name="extra fair value",
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Lower numbers come first."
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
                "verbose_name": "historical supper",
                "verbose_name_plural": "historical suppers",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
                "indexes": [],
                "constraints": [],
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Choice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="choices",
                        to="events.event",
                    ),
                ),
                ("label", models.CharField(help_text="“Garden box (vegan)”", max_length=120)),
                (
                    "capacity",
                    models.PositiveIntegerField(
                        blank=True, help_text="If the caterer has a limit.", null=True
                    ),
                ),
                (
                    "price_cents",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="In dollars, on top of the ticket: 12. Enter 0 if it is included. Promo codes and member prices don’t lower it.",
                        validators=[nsca.lib.text.fields.refuse_too_little],
                        verbose_name="extra price",
                    ),
                ),
                (
                    "fair_value_cents",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="In dollars: what this supper is worth beyond the ticket type’s fair value. Empty: unknown; if it costs extra, we then say nothing about deductibility.",
                        null=True,
                        verbose_name="extra fair value",
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Lower numbers come first."
                    ),
                ),
            ],
            options={
                "verbose_name": "supper",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("price_cents", 0), ("price_cents__gte", 50), _connector="OR"
                        ),
                        name="suppers_are_free_or_can_be_charged",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="HistoricalTicketType",
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
                        help_text="“Seat at the long table”, “Table of eight”", max_length=80
                    ),
                ),
                (
                    "description",
                    models.CharField(
                        blank=True, help_text="One sentence under the name.", max_length=240
                    ),
                ),
                (
                    "price_cents",
                    models.PositiveIntegerField(
                        help_text="In dollars: 95 or 95.50. Enter 0 if it is free.",
                        validators=[nsca.lib.text.fields.refuse_too_little],
                        verbose_name="price",
                    ),
                ),
                (
                    "member_price_cents",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="In dollars. Empty: members pay the same.",
                        null=True,
                        validators=[nsca.lib.text.fields.refuse_too_little],
                        verbose_name="member price",
                    ),
                ),
                (
                    "member_limit",
                    models.PositiveSmallIntegerField(
                        default=1,
                        help_text="How many one member may buy at that price.",
                        verbose_name="seats at the member price",
                    ),
                ),
                (
                    "fair_value_cents",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="In dollars: the market price of what the guest gets (supper and show). The rest is deductible. Enter 0 if it is worth nothing. Empty: unknown, and we say nothing about deductibility.",
                        null=True,
                        verbose_name="fair value",
                    ),
                ),
                (
                    "capacity",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="How many tickets of this type. Empty: no limit of its own.",
                        null=True,
                    ),
                ),
                (
                    "covers",
                    models.PositiveSmallIntegerField(
                        default=1, help_text="8 for a table of eight.", verbose_name="seats each"
                    ),
                ),
                (
                    "sales_open_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: same as the event.",
                        null=True,
                        verbose_name="sales open",
                    ),
                ),
                (
                    "sales_close_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: same as the event.",
                        null=True,
                        verbose_name="sales close",
                    ),
                ),
                (
                    "members_open_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Norfolk time. From then, members may buy before everyone else. Empty: no early sale.",
                        null=True,
                        verbose_name="members from",
                    ),
                ),
                (
                    "is_by_invitation",
                    models.BooleanField(
                        default=False,
                        help_text="Shown and sold only with an invitation code.",
                        verbose_name="by invitation only",
                    ),
                ),
                (
                    "is_posted",
                    models.BooleanField(
                        default=False,
                        help_text="A kit is mailed for each ticket: we ask for a postal address and stop selling at the mailing cut-off.",
                        verbose_name="comes by mail",
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Lower numbers come first."
                    ),
                ),
                (
                    "is_offered",
                    models.BooleanField(
                        default=True,
                        help_text="Uncheck to stop selling it. Tickets already sold stay valid.",
                        verbose_name="on sale",
                    ),
                ),
                (
                    "is_sample",
                    models.BooleanField(
                        default=False,
                        help_text="The amounts are samples, not the board’s.",
                        verbose_name="sample amount",
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
                "verbose_name": "historical ticket type",
                "verbose_name_plural": "historical ticket types",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
                "indexes": [],
                "constraints": [],
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="TicketType",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ticket_types",
                        to="events.event",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="“Seat at the long table”, “Table of eight”", max_length=80
                    ),
                ),
                (
                    "description",
                    models.CharField(
                        blank=True, help_text="One sentence under the name.", max_length=240
                    ),
                ),
                (
                    "price_cents",
                    models.PositiveIntegerField(
                        help_text="In dollars: 95 or 95.50. Enter 0 if it is free.",
                        validators=[nsca.lib.text.fields.refuse_too_little],
                        verbose_name="price",
                    ),
                ),
                (
                    "member_price_cents",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="In dollars. Empty: members pay the same.",
                        null=True,
                        validators=[nsca.lib.text.fields.refuse_too_little],
                        verbose_name="member price",
                    ),
                ),
                (
                    "member_limit",
                    models.PositiveSmallIntegerField(
                        default=1,
                        help_text="How many one member may buy at that price.",
                        verbose_name="seats at the member price",
                    ),
                ),
                (
                    "fair_value_cents",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="In dollars: the market price of what the guest gets (supper and show). The rest is deductible. Enter 0 if it is worth nothing. Empty: unknown, and we say nothing about deductibility.",
                        null=True,
                        verbose_name="fair value",
                    ),
                ),
                (
                    "capacity",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="How many tickets of this type. Empty: no limit of its own.",
                        null=True,
                    ),
                ),
                (
                    "covers",
                    models.PositiveSmallIntegerField(
                        default=1, help_text="8 for a table of eight.", verbose_name="seats each"
                    ),
                ),
                (
                    "sales_open_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: same as the event.",
                        null=True,
                        verbose_name="sales open",
                    ),
                ),
                (
                    "sales_close_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: same as the event.",
                        null=True,
                        verbose_name="sales close",
                    ),
                ),
                (
                    "members_open_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Norfolk time. From then, members may buy before everyone else. Empty: no early sale.",
                        null=True,
                        verbose_name="members from",
                    ),
                ),
                (
                    "is_by_invitation",
                    models.BooleanField(
                        default=False,
                        help_text="Shown and sold only with an invitation code.",
                        verbose_name="by invitation only",
                    ),
                ),
                (
                    "is_posted",
                    models.BooleanField(
                        default=False,
                        help_text="A kit is mailed for each ticket: we ask for a postal address and stop selling at the mailing cut-off.",
                        verbose_name="comes by mail",
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Lower numbers come first."
                    ),
                ),
                (
                    "is_offered",
                    models.BooleanField(
                        default=True,
                        help_text="Uncheck to stop selling it. Tickets already sold stay valid.",
                        verbose_name="on sale",
                    ),
                ),
                (
                    "is_sample",
                    models.BooleanField(
                        default=False,
                        help_text="The amounts are samples, not the board’s.",
                        verbose_name="sample amount",
                    ),
                ),
            ],
            options={
                "verbose_name": "ticket type",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("members_open_at__isnull", True),
                            ("sales_open_at__isnull", True),
                            ("members_open_at__lte", models.F("sales_open_at")),
                            _connector="OR",
                        ),
                        name="members_come_before_the_others",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("covers__gte", 1)), name="tickets_cover_a_seat"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("member_price_cents__isnull", True),
                            ("member_price_cents__lte", models.F("price_cents")),
                            _connector="OR",
                        ),
                        name="members_never_pay_more",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("price_cents", 0), ("price_cents__gte", 50), _connector="OR"
                        ),
                        name="tickets_are_free_or_can_be_charged",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("member_price_cents__isnull", True),
                            ("member_price_cents", 0),
                            ("member_price_cents__gte", 50),
                            _connector="OR",
                        ),
                        name="member_prices_are_free_or_can_be_charged",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="PromoCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="promo_codes",
                        to="events.event",
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        help_text="Letters and digits. Buyers may type either case.", max_length=30
                    ),
                ),
                (
                    "percent_off",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="For example 10 for ten percent off.", null=True
                    ),
                ),
                (
                    "cents_off",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="In dollars, for each ticket.",
                        null=True,
                        verbose_name="amount off",
                    ),
                ),
                (
                    "starts_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Norfolk time. Valid from then. Empty: at once.",
                        null=True,
                    ),
                ),
                (
                    "ends_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Norfolk time. Valid until then. Empty: as long as tickets are on sale.",
                        null=True,
                    ),
                ),
                (
                    "max_uses",
                    models.PositiveIntegerField(
                        blank=True, help_text="In orders. Empty: no limit.", null=True
                    ),
                ),
                (
                    "invites",
                    models.BooleanField(
                        default=False,
                        help_text="Opens ticket types sold by invitation, and allows buying before sales open. May take 0 off.",
                    ),
                ),
                (
                    "is_sample",
                    models.BooleanField(
                        default=False,
                        help_text="Part of the demonstration.",
                        verbose_name="sample",
                    ),
                ),
                (
                    "ticket_types",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Only for these ticket types. None: for all.",
                        to="events.tickettype",
                    ),
                ),
            ],
            options={
                "ordering": ["code"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("event", "code"), name="one_meaning_a_code_and_event"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("cents_off__isnull", True),
                                ("percent_off__isnull", False),
                                ("percent_off__lte", 100),
                            ),
                            models.Q(("cents_off__isnull", False), ("percent_off__isnull", True)),
                            _connector="OR",
                        ),
                        name="codes_take_percent_or_cents",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="WaitlistEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="waitlist",
                        to="events.event",
                    ),
                ),
                (
                    "ticket_type",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="events.tickettype",
                    ),
                ),
                ("name", models.CharField(max_length=150)),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                (
                    "party",
                    models.PositiveSmallIntegerField(default=1, verbose_name="seats wanted"),
                ),
                (
                    "token",
                    nsca.lib.secrets.link_tokens.LinkTokenField(
                        editable=False, max_length=64, purpose="waitlist", unique=True
                    ),
                ),
                (
                    "fewest",
                    models.PositiveSmallIntegerField(
                        default=1,
                        help_text="The fewest seats this party would take, for example 2 of the 4 it wants.",
                        verbose_name="would also take",
                    ),
                ),
                ("priority", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("joined_at", models.DateTimeField()),
                ("left_at", models.DateTimeField(blank=True, null=True)),
                (
                    "offer",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="waitlist_entry",
                        to="orders.order",
                    ),
                ),
                ("passed_on_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "is_sample",
                    models.BooleanField(default=False, editable=False, verbose_name="sample"),
                ),
            ],
            options={
                "verbose_name": "waitlist entry",
                "verbose_name_plural": "waitlist",
                "ordering": ["-priority", "joined_at", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("left_at__isnull", True)),
                        fields=("event", "email"),
                        name="one_entry_an_address_and_event",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("fewest__gte", 1), ("fewest__lte", models.F("party"))),
                        name="parties_take_no_more_than_they_want",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="MailServer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("silences", models.PositiveSmallIntegerField(default=0)),
                ("silent_until", models.DateTimeField(blank=True, null=True)),
                ("seconds_a_mail", models.FloatField(blank=True, null=True)),
                ("measured_at", models.DateTimeField(blank=True, null=True)),
                ("measured", models.PositiveIntegerField(default=0)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Departure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(db_index=True)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Preflight",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "queued"),
                            ("sent", "sent"),
                            ("superseded", "no longer owed"),
                            ("failed", "failed"),
                            ("no_address", "no address"),
                            ("bounced", "came back"),
                        ],
                        default="queued",
                        max_length=12,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="preflights",
                        to="events.event",
                    ),
                ),
                ("opens_at", models.DateTimeField()),
                (
                    "leg",
                    models.PositiveSmallIntegerField(
                        choices=[(24, "a day before"), (2, "two hours before")]
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("event", "opens_at", "leg", "user"),
                        name="one_preflight_a_colleague_and_instant",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="DoorLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        help_text="The event whose door the volunteer works.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="door_links",
                        to="events.event",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="The person who gets this link.",
                        max_length=120,
                        verbose_name="volunteer",
                    ),
                ),
                (
                    "gate",
                    models.CharField(
                        blank=True,
                        help_text="“West gate”. Leave empty if there is one door.",
                        max_length=60,
                    ),
                ),
                (
                    "token",
                    nsca.lib.secrets.link_tokens.LinkTokenField(
                        editable=False, max_length=64, purpose="door", unique=True
                    ),
                ),
                (
                    "opens_at",
                    models.DateTimeField(help_text="Norfolk time.", verbose_name="valid from"),
                ),
                (
                    "ends_at",
                    models.DateTimeField(help_text="Norfolk time.", verbose_name="valid until"),
                ),
                (
                    "may_sell",
                    models.BooleanField(
                        default=False,
                        help_text="Walk-up sales at the door, for cash.",
                        verbose_name="may sell tickets",
                    ),
                ),
                ("revoked_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("created_at", models.DateTimeField(editable=False)),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "door link",
                "ordering": ["event", "name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("opens_at"))),
                        name="door_links_end_after_they_begin",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Commitment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="commitments",
                        to="events.event",
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("salt", models.BinaryField()),
                ("form", models.PositiveSmallIntegerField()),
                ("sealed_at", models.DateTimeField()),
                ("published_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["sealed_at", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("event", "digest"), name="one_commitment_a_digest_and_event"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("published_at__isnull", True),
                            ("published_at__gte", models.F("sealed_at")),
                            _connector="OR",
                        ),
                        name="commitments_are_published_after_they_are_made",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="VenuePicture",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="events.event",
                    ),
                ),
                ("about", models.BinaryField()),
                ("sealed", models.BinaryField()),
                ("sealed_at", models.DateTimeField()),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="EventPicture",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pictures",
                        to="events.event",
                    ),
                ),
                (
                    "image",
                    models.ImageField(
                        help_text="At most 40 megapixels. Hidden data is removed.",
                        upload_to=nsca.lib.media.images.unnamed,
                    ),
                ),
                (
                    "alt",
                    models.CharField(
                        help_text="Describe it for people who can’t see it. No names without permission.",
                        max_length=240,
                        verbose_name="picture in words",
                    ),
                ),
                ("credit", models.CharField(blank=True, help_text="Who took it.", max_length=120)),
                (
                    "has_consent",
                    models.BooleanField(
                        default=False,
                        help_text="Everyone recognizable has agreed, parents for their children. If unchecked, the picture is not shown.",
                        verbose_name="permission given",
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Lower numbers come first."
                    ),
                ),
            ],
            options={
                "verbose_name": "event picture",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("alt", ""), _negated=True),
                        name="pictures_of_evenings_have_words",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="CatererLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="caterer_link",
                        to="events.event",
                    ),
                ),
                (
                    "token",
                    nsca.lib.secrets.link_tokens.LinkTokenField(
                        editable=False, max_length=64, purpose="caterer", unique=True
                    ),
                ),
                ("made_at", models.DateTimeField(editable=False)),
                (
                    "made_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "caterer’s link",
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="FormerVenue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="events.event",
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                ("sealed", models.BinaryField()),
                ("replaced_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["event", "version"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("event", "version"), name="one_former_place_an_event_and_version"
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Move",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="events.event",
                    ),
                ),
                ("from_starts_at", models.DateTimeField()),
                ("to_starts_at", models.DateTimeField()),
                ("to_ends_at", models.DateTimeField()),
                ("note", models.CharField(blank=True, max_length=300)),
                ("refunds_until", models.DateTimeField(blank=True, null=True)),
                ("refunds_after_reveal", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["event", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("from_starts_at", models.F("to_starts_at")), _negated=True
                        ),
                        name="moves_go_somewhere",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="DryRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="dry_runs",
                        to="events.event",
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
                ("made", models.PositiveIntegerField()),
                ("failed", models.PositiveIntegerField()),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="WordFindings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="word_findings",
                        to="events.event",
                    ),
                ),
                ("sealed", models.BinaryField(null=True)),
                ("checked_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="SavedText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("model", models.CharField(max_length=80)),
                ("object_pk", models.BigIntegerField()),
                ("uploaded", models.TextField(blank=True)),
                ("saved_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("model", "object_pk"), name="a_saved_text_is_read_once"
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Table",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tables",
                        to="events.event",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("open", "opened by a captain"),
                            ("bought", "bought whole"),
                            ("house", "added by staff"),
                        ],
                        default="house",
                        max_length=8,
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="What guests call it: “The Granby Street Eight”", max_length=80
                    ),
                ),
                (
                    "number",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="The number on the table. Empty: none yet.",
                        null=True,
                    ),
                ),
                ("seats", models.PositiveSmallIntegerField(default=8, verbose_name="seats")),
                (
                    "captain_name",
                    models.CharField(blank=True, max_length=150, verbose_name="captain"),
                ),
                (
                    "captain_email",
                    models.EmailField(blank=True, max_length=254, verbose_name="captain’s e-mail"),
                ),
                (
                    "token",
                    nsca.lib.secrets.link_tokens.LinkTokenField(
                        editable=False, max_length=64, purpose="table", unique=True
                    ),
                ),
                (
                    "friends_token",
                    nsca.lib.secrets.link_tokens.LinkTokenField(
                        editable=False, max_length=64, purpose="friends", unique=True
                    ),
                ),
                (
                    "ticket_type",
                    models.ForeignKey(
                        blank=True,
                        help_text="What friends pay for one seat. Only for tables opened by a captain.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tables",
                        to="events.tickettype",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tables",
                        to="orders.line",
                    ),
                ),
                ("unit", models.PositiveSmallIntegerField(blank=True, editable=False, null=True)),
                (
                    "held_until",
                    models.DateTimeField(
                        blank=True,
                        help_text="Norfolk time. Until then, an open table’s empty seats are held for the captain’s friends.",
                        null=True,
                    ),
                ),
                ("released_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "is_open_to_strangers",
                    models.BooleanField(
                        default=False,
                        help_text="The captain would welcome others at the table, and is asked each time.",
                        verbose_name="others may ask to join",
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("week_mailed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("day_mailed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "is_sample",
                    models.BooleanField(default=False, editable=False, verbose_name="sample"),
                ),
            ],
            options={
                "ordering": ["event", models.OrderBy(models.F("number"), nulls_last=True), "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("number__isnull", False)),
                        fields=("event", "number"),
                        name="one_table_a_number_and_event",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("seats__gte", 1)), name="tables_have_seats"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "open"), _negated=True),
                            models.Q(
                                ("held_until__isnull", False), ("ticket_type__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="open_tables_know_their_price_and_their_end",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("confirmed_at__isnull", False),
                            ("kind", "open"),
                            ("released_at__isnull", True),
                        ),
                        fields=("event", "captain_email"),
                        name="one_open_table_a_captain_and_event",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("line__isnull", False)),
                        fields=("line", "unit"),
                        name="one_table_a_unit_that_was_bought",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "bought"), _negated=True),
                            models.Q(("line__isnull", False), ("unit__isnull", False)),
                            _connector="OR",
                        ),
                        name="bought_tables_know_which_they_are",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Ticket",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tickets",
                        to="events.event",
                    ),
                ),
                (
                    "ticket_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tickets",
                        to="events.tickettype",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tickets",
                        to="orders.line",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "token",
                    nsca.lib.secrets.link_tokens.LinkTokenField(
                        editable=False, max_length=64, purpose="ticket", unique=True
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        default=nsca.lib.secrets.codes.spoken_code,
                        editable=False,
                        max_length=12,
                        unique=True,
                    ),
                ),
                (
                    "guest_name",
                    models.CharField(
                        blank=True,
                        help_text="As it should appear on the place card. Empty: not known yet.",
                        max_length=150,
                    ),
                ),
                (
                    "guest_email",
                    models.EmailField(
                        blank=True,
                        help_text="Where this guest’s e-mails go. Empty: to the buyer. Its reader learns the venue.",
                        max_length=254,
                        verbose_name="guest’s e-mail",
                    ),
                ),
                (
                    "choice",
                    models.ForeignKey(
                        blank=True,
                        help_text="What this guest eats.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tickets",
                        to="events.choice",
                    ),
                ),
                ("supper_cents", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "needs",
                    models.CharField(
                        blank=True,
                        help_text="What the kitchen should know.",
                        max_length=240,
                        verbose_name="allergies",
                    ),
                ),
                (
                    "access",
                    models.CharField(
                        blank=True,
                        help_text="What the door should know: a wheelchair, a seat near the exit. The kitchen doesn’t see it.",
                        max_length=240,
                        verbose_name="access needs",
                    ),
                ),
                (
                    "postal_address",
                    models.TextField(blank=True, help_text="Where we mail the kit."),
                ),
                ("packed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("posted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "table",
                    models.ForeignKey(
                        blank=True,
                        help_text="Where this guest sits. Empty: anywhere.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tickets",
                        to="events.table",
                    ),
                ),
                (
                    "promo_code",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tickets",
                        to="events.promocode",
                    ),
                ),
                ("at_member_price", models.BooleanField(default=False, editable=False)),
                ("canceled_at", models.DateTimeField(blank=True, null=True)),
                ("suspended_at", models.DateTimeField(blank=True, null=True)),
                ("restored_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("seen_open_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("seen_version", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("transfer_count", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("given_on_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("offered_back_at", models.DateTimeField(blank=True, null=True)),
                ("sequence", models.PositiveIntegerField(default=0, editable=False)),
            ],
            options={
                "ordering": ["line_id", "number"],
                "indexes": [models.Index(fields=["guest_email"], name="tickets_by_guest_address")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("line", "number"), name="one_ticket_a_seat_of_a_line"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("transfer_count", 0),
                            models.Q(("guest_email", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="tickets_given_on_know_their_holder",
                        violation_error_message="This ticket was transferred. Enter its holder’s e-mail, or the buyer would get the e-mails.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Call",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calls",
                        to="events.ticket",
                    ),
                ),
                ("transfer_count", models.PositiveSmallIntegerField()),
                ("version", models.PositiveSmallIntegerField()),
                (
                    "caller",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("called_at", models.DateTimeField(null=True)),
                ("leased_until", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("open", "not reached yet"),
                            ("reached", "reached by phone"),
                            ("no_answer", "no answer"),
                        ],
                        default="open",
                        max_length=9,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("ticket", "transfer_count", "version"),
                        name="one_call_a_holder_and_version",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("called_at__isnull", True), ("outcome", "open")),
                            models.Q(("called_at__isnull", False), ("caller__isnull", False)),
                            _connector="OR",
                        ),
                        name="calls_have_a_caller",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Scan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scans",
                        to="events.ticket",
                    ),
                ),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("in", "checked in"),
                            ("undo", "undone"),
                            ("seen", "scanned, not checked in"),
                        ],
                        default="in",
                        max_length=4,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                ("device", models.CharField(blank=True, max_length=64)),
                ("number", models.PositiveIntegerField(default=0)),
                (
                    "link",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scans",
                        to="events.doorlink",
                    ),
                ),
                ("gate", models.CharField(blank=True, max_length=60)),
                (
                    "by",
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
                "verbose_name": "scan",
                "ordering": ["at", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("device", ""), _negated=True),
                        fields=("device", "number"),
                        name="one_scan_a_device_and_number",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="MoveMail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "queued"),
                            ("sent", "sent"),
                            ("superseded", "no longer owed"),
                            ("failed", "failed"),
                            ("no_address", "no address"),
                            ("bounced", "came back"),
                        ],
                        default="queued",
                        max_length=12,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                (
                    "move",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mails",
                        to="events.move",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="move_mails",
                        to="events.ticket",
                    ),
                ),
                ("transfer_count", models.PositiveSmallIntegerField(default=0)),
                (
                    "entry",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="events.waitlistentry",
                    ),
                ),
                ("address", models.EmailField(blank=True, default="", max_length=254)),
                ("message_id", models.CharField(max_length=200, unique=True)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [
                    models.Index(fields=["state", "id"], name="move_notices_in_turn"),
                    models.Index(
                        fields=["move", "address", "state"], name="move_notices_of_a_holder"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("move", "ticket", "transfer_count"),
                        name="one_mail_a_holder_and_move",
                    ),
                    models.UniqueConstraint(
                        fields=("move", "entry"), name="one_notice_a_party_and_move"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("entry__isnull", True), ("ticket__isnull", False)),
                            models.Q(("entry__isnull", False), ("ticket__isnull", True)),
                            _connector="OR",
                        ),
                        name="notices_of_moves_are_for_a_holder_or_a_party",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "sent"), _negated=True),
                            ("sent_at__isnull", False),
                            _connector="OR",
                        ),
                        name="sent_notices_of_moves_know_when",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OptIn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opt_ins",
                        to="events.ticket",
                    ),
                ),
                ("transfer_count", models.PositiveSmallIntegerField(default=0)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("hints", "an e-mail with each hint"),
                            ("first_access", "first access next year"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "token",
                    nsca.lib.secrets.link_tokens.LinkTokenField(
                        editable=False, max_length=64, purpose="opt-in", unique=True
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("left_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["asked_at", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("ticket", "transfer_count", "kind"),
                        name="one_opt_in_a_holder_and_kind",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="HintMail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "queued"),
                            ("sent", "sent"),
                            ("superseded", "no longer owed"),
                            ("failed", "failed"),
                            ("no_address", "no address"),
                            ("bounced", "came back"),
                        ],
                        default="queued",
                        max_length=12,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                (
                    "hint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mails",
                        to="events.hint",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hint_mails",
                        to="events.ticket",
                    ),
                ),
                ("transfer_count", models.PositiveSmallIntegerField(default=0)),
                ("address", models.EmailField(blank=True, default="", max_length=254)),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["state", "id"], name="hint_letters_in_turn")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("hint", "ticket", "transfer_count"),
                        name="one_mail_a_hint_and_holder",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Slot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("scarce", models.CharField(max_length=300)),
                ("number", models.PositiveIntegerField()),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="slots",
                        to="events.ticket",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("scarce", "number"), name="one_ticket_a_slot"),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)), name="slots_count_from_one"
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="SeatRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "table",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="events.table",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seat_requests",
                        to="events.ticket",
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=240)),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("is_welcome", models.BooleanField(null=True)),
            ],
            options={
                "ordering": ["asked_at", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("answered_at__isnull", True)),
                        fields=("ticket",),
                        name="one_open_request_a_ticket",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfers",
                        to="events.ticket",
                    ),
                ),
                ("to_name", models.CharField(blank=True, max_length=150)),
                ("to_email", models.EmailField(max_length=254)),
                (
                    "token",
                    nsca.lib.secrets.link_tokens.LinkTokenField(
                        editable=False, max_length=64, purpose="transfer", unique=True
                    ),
                ),
                (
                    "old_token",
                    nsca.lib.secrets.link_tokens.LinkTokenField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        max_length=64,
                        null=True,
                        purpose="ticket",
                        unique=False,
                    ),
                ),
                ("old_code", models.CharField(blank=True, db_index=True, max_length=12)),
                ("offered_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["offered_at", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("accepted_at__isnull", True), ("withdrawn_at__isnull", True)
                        ),
                        fields=("ticket",),
                        name="one_open_transfer_a_ticket",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Venue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="events.event",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("venue", "a venue"), ("online", "a link to join")],
                        default="venue",
                        max_length=6,
                    ),
                ),
                ("sealed", models.BinaryField()),
                ("sealed_at", models.DateTimeField()),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="VenueAccess",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="venue_accesses",
                        to="events.event",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "link",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="events.doorlink",
                    ),
                ),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("looked", "viewed the venue"),
                            ("changed", "changed the venue"),
                            ("held", "put the reveal on hold"),
                            ("released", "released the hold"),
                            ("opened", "revealed the venue"),
                            ("sealed", "published the seal"),
                            ("words", "ran the word check"),
                            ("dry_run", "made a dry run"),
                            ("wiped", "wiped the venue of a canceled event"),
                        ],
                        max_length=8,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "seen_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="read by a director at"
                    ),
                ),
            ],
            options={
                "verbose_name": "venue access",
                "verbose_name_plural": "venue access log",
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("link__isnull", True), ("user__isnull", False)),
                            models.Q(("link__isnull", False), ("user__isnull", True)),
                            models.Q(
                                ("act", "wiped"), ("link__isnull", True), ("user__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="looks_are_of_one_person",
                    ),
                    models.UniqueConstraint(fields=("link",), name="one_first_look_a_door_link"),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="RevealMail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "queued"),
                            ("sent", "sent"),
                            ("superseded", "no longer owed"),
                            ("failed", "failed"),
                            ("no_address", "no address"),
                            ("bounced", "came back"),
                        ],
                        default="queued",
                        max_length=12,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reveal_mails",
                        to="events.event",
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reveal_mails",
                        to="events.ticket",
                    ),
                ),
                ("transfer_count", models.PositiveSmallIntegerField(default=0)),
                ("address", models.EmailField(blank=True, default="", max_length=254)),
                ("message_id", models.CharField(max_length=200, unique=True)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [
                    models.Index(fields=["state", "id"], name="reveal_notices_in_turn"),
                    models.Index(
                        fields=["event", "version", "address", "state"],
                        name="reveal_notices_of_a_holder",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("event", "version", "ticket", "transfer_count"),
                        name="one_reveal_notice_a_holder_and_version",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "sent"), _negated=True),
                            ("sent_at__isnull", False),
                            _connector="OR",
                        ),
                        name="sent_reveal_notices_know_when",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RevealOpening",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reveal_openings",
                        to="events.event",
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                ("opened_at", models.DateTimeField()),
                ("open_since", models.DateTimeField()),
            ],
            options={
                "ordering": ["event", "version"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("event", "version"), name="one_opening_an_event_and_version"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("open_since__gte", models.F("opened_at"))),
                        name="openings_are_open_since_they_opened",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="VenueLogRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("access", "venue access"),
                            ("sealed", "seal"),
                            ("published", "publication of a seal"),
                            ("removed", "removal of an event's rows"),
                        ],
                        max_length=9,
                    ),
                ),
                ("event_number", models.PositiveBigIntegerField()),
                ("row_number", models.PositiveBigIntegerField(null=True)),
                ("content", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("digest", models.CharField(max_length=64, unique=True)),
            ],
            options={
                "ordering": ["number"],
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="VenueLogHead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(default=0)),
                ("digest", models.CharField(max_length=64)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
    ]
