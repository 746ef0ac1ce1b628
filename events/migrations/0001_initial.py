import nsca.lib.media.images
import nsca.lib.secrets.codes
import nsca.lib.secrets.link_tokens
import nsca.lib.text.fields
import nsca.lib.text.phones
import simple_history.models
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
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
                        help_text="In dollars: 28, or 28.50.",
                        validators=[nsca.lib.text.fields.refuse_too_little],
                        verbose_name="price",
                    ),
                ),
                (
                    "fair_value_cents",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="In dollars: what one of it is worth at market price. The rest is deductible. Empty: not stated, and nothing is said about deductibility.",
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
            ],
            options={
                "verbose_name": "add-on",
                "ordering": ["position", "pk"],
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
                ("hand", models.PositiveSmallIntegerField()),
                ("version", models.PositiveSmallIntegerField()),
                ("called_at", models.DateTimeField(null=True)),
                ("leased_until", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("open", "not told yet"),
                            ("told", "told by telephone"),
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
                    "token",
                    nsca.lib.secrets.link_tokens.LinkTokenField(
                        editable=False, max_length=64, purpose="caterer", unique=True
                    ),
                ),
                ("made_at", models.DateTimeField(editable=False)),
            ],
            options={
                "verbose_name": "caterer's link",
            },
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
                ("label", models.CharField(help_text="“Garden box (vegan)”.", max_length=120)),
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
                        help_text="In dollars, on top of the ticket: 12. 0: it is in the price. Codes and the member price do not lower it.",
                        validators=[nsca.lib.text.fields.refuse_too_little],
                        verbose_name="extra price",
                    ),
                ),
                (
                    "fair_value_cents",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="In dollars: what this supper is worth beyond the fair value of the kind of ticket. Empty: not stated; where it costs extra, nothing is then said about deductibility.",
                        null=True,
                        verbose_name="extra fair value",
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Smallest first in the list of suppers."
                    ),
                ),
            ],
            options={
                "verbose_name": "supper choice",
                "ordering": ["position", "pk"],
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
                ("digest", models.CharField(max_length=64)),
                ("salt", models.BinaryField()),
                ("form", models.PositiveSmallIntegerField()),
                ("sealed_at", models.DateTimeField()),
                ("published_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["sealed_at", "pk"],
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
                    "name",
                    models.CharField(
                        help_text="Who gets this link.", max_length=120, verbose_name="volunteer"
                    ),
                ),
                (
                    "gate",
                    models.CharField(
                        blank=True,
                        help_text="“West gate”. Empty where there is one door.",
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
                    models.DateTimeField(help_text="Norfolk time.", verbose_name="good from"),
                ),
                (
                    "ends_at",
                    models.DateTimeField(help_text="Norfolk time.", verbose_name="good until"),
                ),
                (
                    "may_sell",
                    models.BooleanField(
                        default=False,
                        help_text="Walk-up sales at the door, for cash.",
                        verbose_name="may sell for cash",
                    ),
                ),
                ("revoked_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("created_at", models.DateTimeField(editable=False)),
            ],
            options={
                "verbose_name": "door link",
                "ordering": ["event", "name"],
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
                ("at", models.DateTimeField()),
                ("made", models.PositiveIntegerField()),
                ("failed", models.PositiveIntegerField()),
            ],
            options={
                "ordering": ["-at", "-pk"],
            },
        ),
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
                        help_text="“Soirée en Blanc”. Not the year: the date says it.",
                        max_length=120,
                    ),
                ),
                (
                    "title_lang",
                    models.CharField(
                        blank=True,
                        help_text="fr for a French title, so that it is read aloud rightly.",
                        max_length=20,
                        verbose_name="title's language",
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        help_text="The last part of its address below /events/. Changing it breaks links.",
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
                        help_text="What it is; decides its words and its icon in lists.",
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
                        blank=True, help_text="“the Toulon committee”.", max_length=120
                    ),
                ),
                (
                    "area",
                    models.CharField(
                        help_text="Where it is, as everyone may know: “Norfolk, ten minutes from downtown”. Never the place itself.",
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
                        help_text="Norfolk time. After this the event is past.",
                        verbose_name="ends",
                    ),
                ),
                (
                    "doors_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Norfolk time. Empty: not said.",
                        null=True,
                        verbose_name="doors open",
                    ),
                ),
                (
                    "hour_is_known",
                    models.BooleanField(
                        default=True,
                        help_text="Untick for an old event whose hour nobody wrote down.",
                        verbose_name="the hour is known",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("published", "published"),
                            ("cancelled", "cancelled"),
                        ],
                        default="draft",
                        help_text="Drafts are seen by staff only.",
                        max_length=10,
                    ),
                ),
                (
                    "publish_at",
                    models.DateTimeField(
                        help_text="Norfolk time. A published event appears at this instant and not before.",
                        verbose_name="publish from",
                    ),
                ),
                ("cancelled_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("moved_from", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "cancelled_note",
                    models.CharField(
                        blank=True,
                        help_text="If it is cancelled: what guests should know now.",
                        max_length=300,
                    ),
                ),
                (
                    "lead",
                    models.DurationField(
                        blank=True,
                        help_text="How many hours before the start ticket holders learn the place: 24. Empty: the place is no secret.",
                        null=True,
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
                        help_text="Holders only, unless the board wants everyone to know at the reveal, or once it is over.",
                        max_length=10,
                        verbose_name="who learns the place",
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
                        help_text="Over all kinds of ticket. Empty: only their own limits count.",
                        null=True,
                        verbose_name="chairs in all",
                    ),
                ),
                (
                    "sales_open_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: with the publication.",
                        null=True,
                        verbose_name="sales open",
                    ),
                ),
                (
                    "sales_close_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: at the reveal, or at the start where there is no secret.",
                        null=True,
                        verbose_name="sales close",
                    ),
                ),
                (
                    "max_per_order",
                    models.PositiveSmallIntegerField(
                        default=8,
                        help_text="The most one buyer may take in one order.",
                        verbose_name="tickets an order",
                    ),
                ),
                (
                    "max_per_person",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="The most one e-mail address may have over all its orders. Empty: only the limit of an order.",
                        null=True,
                        verbose_name="tickets a person",
                    ),
                ),
                (
                    "offer_hours",
                    models.PositiveSmallIntegerField(
                        default=24,
                        help_text="How long a party on the waiting list may think about the chairs it is offered.",
                        verbose_name="hours to answer an offer",
                    ),
                ),
                (
                    "tables_until",
                    models.DateTimeField(
                        blank=True,
                        help_text="Norfolk time. Captains may open tables for friends who pay for themselves; empty chairs go back on sale at this instant. Empty: no open tables.",
                        null=True,
                        verbose_name="open tables are kept until",
                    ),
                ),
                ("waitlist_began_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "needs_guest_names",
                    models.BooleanField(
                        default=False,
                        help_text="Ask for each guest's name; they may come later.",
                        verbose_name="names on place cards",
                    ),
                ),
                (
                    "post_by",
                    models.DateTimeField(
                        blank=True,
                        help_text="The last instant at which a kit can still be mailed in time.",
                        null=True,
                        verbose_name="mailing cut-off",
                    ),
                ),
                (
                    "choices_close_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Until then guests may change names and suppers.",
                        null=True,
                        verbose_name="caterer's deadline",
                    ),
                ),
                (
                    "refunds_until",
                    models.DateTimeField(
                        blank=True,
                        help_text="Norfolk time. Until then guests return tickets by themselves and get their money back. Empty: only staff give money back.",
                        null=True,
                    ),
                ),
                (
                    "refunds_after_reveal",
                    models.BooleanField(
                        default=False,
                        help_text="Only if the board says so: who has learned the place could then return the chair.",
                        verbose_name="refunds even after the reveal",
                    ),
                ),
                (
                    "transfers_after_reveal",
                    models.BooleanField(
                        default=False,
                        help_text="Guests may give their ticket to somebody else until the place is told. Ticked: until the start, so that who has learned the place could still pass the chair on.",
                        verbose_name="tickets given on even after the reveal",
                    ),
                ),
                ("refund_all_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("refund_policy", models.TextField(blank=True)),
                ("bring", models.TextField(blank=True)),
                (
                    "dress",
                    models.CharField(blank=True, help_text="“White, entirely”.", max_length=80),
                ),
                (
                    "supper",
                    models.CharField(
                        blank=True, help_text="“Boxed, by Baker's Crust”.", max_length=120
                    ),
                ),
                (
                    "rain",
                    models.CharField(
                        blank=True,
                        help_text="“Under the roof of the same place”. Without naming it.",
                        max_length=200,
                        verbose_name="if it rains",
                    ),
                ),
                (
                    "access",
                    models.CharField(
                        blank=True,
                        help_text="Step-free or not, seats, toilets: what can be said without naming the place.",
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
                        verbose_name="door volunteers learn the place",
                    ),
                ),
                (
                    "help_phone",
                    models.CharField(
                        blank=True,
                        help_text="Whom guests call. Empty: the office.",
                        max_length=40,
                        validators=[nsca.lib.text.phones.validate_phone],
                        verbose_name="telephone on the day",
                    ),
                ),
                ("thanks", models.TextField(blank=True)),
                (
                    "offline_note",
                    models.CharField(
                        blank=True,
                        help_text="What to do for those who cannot pay online. Empty: call or write to the office.",
                        max_length=300,
                    ),
                ),
                (
                    "image",
                    models.ImageField(
                        blank=True,
                        help_text="A photograph or drawing, at most 40 million pixels. Its hidden data are removed.",
                        upload_to=nsca.lib.media.images.unnamed,
                    ),
                ),
                (
                    "image_alt",
                    models.CharField(
                        blank=True,
                        help_text="What the picture shows. Needed with a picture.",
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
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "ordering": ["starts_at", "pk"],
                "permissions": [
                    ("see_venue", "Can see a place before its reveal (each look is logged)"),
                    ("hold_reveal", "Can hold the reveal, or reveal now"),
                ],
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
                    "image",
                    models.ImageField(
                        help_text="At most 40 million pixels. Its hidden data are removed.",
                        upload_to=nsca.lib.media.images.unnamed,
                    ),
                ),
                (
                    "alt",
                    models.CharField(
                        help_text="What it shows, for those who cannot see it. Nobody's name without their leave.",
                        max_length=240,
                        verbose_name="picture in words",
                    ),
                ),
                ("credit", models.CharField(blank=True, help_text="Who took it.", max_length=120)),
                (
                    "has_consent",
                    models.BooleanField(
                        default=False,
                        help_text="Everybody who can be recognized has agreed; parents for their children. Unticked: kept here and shown to nobody.",
                        verbose_name="consent is given",
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(default=0, help_text="Smallest first."),
                ),
            ],
            options={
                "verbose_name": "picture of the evening",
                "verbose_name_plural": "pictures of the evening",
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="FormerPlace",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                ("sealed", models.BinaryField()),
                ("replaced_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["event", "version"],
            },
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
                        help_text="Norfolk time. Empty: not yet decided, not shown.",
                        null=True,
                        verbose_name="turned at",
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[("everyone", "everyone"), ("holders", "ticket holders")],
                        default="everyone",
                        help_text="Who reads it once it is turned.",
                        max_length=10,
                    ),
                ),
            ],
            options={
                "ordering": ["opens_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="HintLetter",
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
                            ("superseded", "not owed any more"),
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
                ("hand", models.PositiveSmallIntegerField(default=0)),
                ("address", models.EmailField(blank=True, default="", max_length=254)),
            ],
            options={
                "ordering": ["pk"],
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
                        help_text="In dollars: 28, or 28.50.",
                        validators=[nsca.lib.text.fields.refuse_too_little],
                        verbose_name="price",
                    ),
                ),
                (
                    "fair_value_cents",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="In dollars: what one of it is worth at market price. The rest is deductible. Empty: not stated, and nothing is said about deductibility.",
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
            name="HistoricalChoice",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                ("label", models.CharField(help_text="“Garden box (vegan)”.", max_length=120)),
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
                        help_text="In dollars, on top of the ticket: 12. 0: it is in the price. Codes and the member price do not lower it.",
                        validators=[nsca.lib.text.fields.refuse_too_little],
                        verbose_name="extra price",
                    ),
                ),
                (
                    "fair_value_cents",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="In dollars: what this supper is worth beyond the fair value of the kind of ticket. Empty: not stated; where it costs extra, nothing is then said about deductibility.",
                        null=True,
                        verbose_name="extra fair value",
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Smallest first in the list of suppers."
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
                "verbose_name": "historical supper choice",
                "verbose_name_plural": "historical supper choices",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
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
                        help_text="“Soirée en Blanc”. Not the year: the date says it.",
                        max_length=120,
                    ),
                ),
                (
                    "title_lang",
                    models.CharField(
                        blank=True,
                        help_text="fr for a French title, so that it is read aloud rightly.",
                        max_length=20,
                        verbose_name="title's language",
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        help_text="The last part of its address below /events/. Changing it breaks links.",
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
                        help_text="What it is; decides its words and its icon in lists.",
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
                        blank=True, help_text="“the Toulon committee”.", max_length=120
                    ),
                ),
                (
                    "area",
                    models.CharField(
                        help_text="Where it is, as everyone may know: “Norfolk, ten minutes from downtown”. Never the place itself.",
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
                        help_text="Norfolk time. After this the event is past.",
                        verbose_name="ends",
                    ),
                ),
                (
                    "doors_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Norfolk time. Empty: not said.",
                        null=True,
                        verbose_name="doors open",
                    ),
                ),
                (
                    "hour_is_known",
                    models.BooleanField(
                        default=True,
                        help_text="Untick for an old event whose hour nobody wrote down.",
                        verbose_name="the hour is known",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("published", "published"),
                            ("cancelled", "cancelled"),
                        ],
                        default="draft",
                        help_text="Drafts are seen by staff only.",
                        max_length=10,
                    ),
                ),
                (
                    "publish_at",
                    models.DateTimeField(
                        help_text="Norfolk time. A published event appears at this instant and not before.",
                        verbose_name="publish from",
                    ),
                ),
                ("cancelled_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("moved_from", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "cancelled_note",
                    models.CharField(
                        blank=True,
                        help_text="If it is cancelled: what guests should know now.",
                        max_length=300,
                    ),
                ),
                (
                    "lead",
                    models.DurationField(
                        blank=True,
                        help_text="How many hours before the start ticket holders learn the place: 24. Empty: the place is no secret.",
                        null=True,
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
                        help_text="Holders only, unless the board wants everyone to know at the reveal, or once it is over.",
                        max_length=10,
                        verbose_name="who learns the place",
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
                        help_text="Over all kinds of ticket. Empty: only their own limits count.",
                        null=True,
                        verbose_name="chairs in all",
                    ),
                ),
                (
                    "sales_open_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: with the publication.",
                        null=True,
                        verbose_name="sales open",
                    ),
                ),
                (
                    "sales_close_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: at the reveal, or at the start where there is no secret.",
                        null=True,
                        verbose_name="sales close",
                    ),
                ),
                (
                    "max_per_order",
                    models.PositiveSmallIntegerField(
                        default=8,
                        help_text="The most one buyer may take in one order.",
                        verbose_name="tickets an order",
                    ),
                ),
                (
                    "max_per_person",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="The most one e-mail address may have over all its orders. Empty: only the limit of an order.",
                        null=True,
                        verbose_name="tickets a person",
                    ),
                ),
                (
                    "offer_hours",
                    models.PositiveSmallIntegerField(
                        default=24,
                        help_text="How long a party on the waiting list may think about the chairs it is offered.",
                        verbose_name="hours to answer an offer",
                    ),
                ),
                (
                    "tables_until",
                    models.DateTimeField(
                        blank=True,
                        help_text="Norfolk time. Captains may open tables for friends who pay for themselves; empty chairs go back on sale at this instant. Empty: no open tables.",
                        null=True,
                        verbose_name="open tables are kept until",
                    ),
                ),
                ("waitlist_began_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "needs_guest_names",
                    models.BooleanField(
                        default=False,
                        help_text="Ask for each guest's name; they may come later.",
                        verbose_name="names on place cards",
                    ),
                ),
                (
                    "post_by",
                    models.DateTimeField(
                        blank=True,
                        help_text="The last instant at which a kit can still be mailed in time.",
                        null=True,
                        verbose_name="mailing cut-off",
                    ),
                ),
                (
                    "choices_close_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Until then guests may change names and suppers.",
                        null=True,
                        verbose_name="caterer's deadline",
                    ),
                ),
                (
                    "refunds_until",
                    models.DateTimeField(
                        blank=True,
                        help_text="Norfolk time. Until then guests return tickets by themselves and get their money back. Empty: only staff give money back.",
                        null=True,
                    ),
                ),
                (
                    "refunds_after_reveal",
                    models.BooleanField(
                        default=False,
                        help_text="Only if the board says so: who has learned the place could then return the chair.",
                        verbose_name="refunds even after the reveal",
                    ),
                ),
                (
                    "transfers_after_reveal",
                    models.BooleanField(
                        default=False,
                        help_text="Guests may give their ticket to somebody else until the place is told. Ticked: until the start, so that who has learned the place could still pass the chair on.",
                        verbose_name="tickets given on even after the reveal",
                    ),
                ),
                ("refund_all_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("refund_policy", models.TextField(blank=True)),
                ("bring", models.TextField(blank=True)),
                (
                    "dress",
                    models.CharField(blank=True, help_text="“White, entirely”.", max_length=80),
                ),
                (
                    "supper",
                    models.CharField(
                        blank=True, help_text="“Boxed, by Baker's Crust”.", max_length=120
                    ),
                ),
                (
                    "rain",
                    models.CharField(
                        blank=True,
                        help_text="“Under the roof of the same place”. Without naming it.",
                        max_length=200,
                        verbose_name="if it rains",
                    ),
                ),
                (
                    "access",
                    models.CharField(
                        blank=True,
                        help_text="Step-free or not, seats, toilets: what can be said without naming the place.",
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
                        verbose_name="door volunteers learn the place",
                    ),
                ),
                (
                    "help_phone",
                    models.CharField(
                        blank=True,
                        help_text="Whom guests call. Empty: the office.",
                        max_length=40,
                        validators=[nsca.lib.text.phones.validate_phone],
                        verbose_name="telephone on the day",
                    ),
                ),
                ("thanks", models.TextField(blank=True)),
                (
                    "offline_note",
                    models.CharField(
                        blank=True,
                        help_text="What to do for those who cannot pay online. Empty: call or write to the office.",
                        max_length=300,
                    ),
                ),
                (
                    "image",
                    models.TextField(
                        blank=True,
                        help_text="A photograph or drawing, at most 40 million pixels. Its hidden data are removed.",
                        max_length=100,
                    ),
                ),
                (
                    "image_alt",
                    models.CharField(
                        blank=True,
                        help_text="What the picture shows. Needed with a picture.",
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
                "verbose_name": "historical event",
                "verbose_name_plural": "historical events",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
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
                        help_text="Norfolk time. Empty: not yet decided, not shown.",
                        null=True,
                        verbose_name="turned at",
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[("everyone", "everyone"), ("holders", "ticket holders")],
                        default="everyone",
                        help_text="Who reads it once it is turned.",
                        max_length=10,
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
                "verbose_name": "historical hint",
                "verbose_name_plural": "historical hints",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
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
                        help_text="“Chair at the long table”, “Table of eight”.", max_length=80
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
                        help_text="In dollars: 95, or 95.50. 0: free.",
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
                        help_text="How many one member may have at that price.",
                        verbose_name="chairs at the member price",
                    ),
                ),
                (
                    "fair_value_cents",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="In dollars: what the guest gets is worth (supper and show, at market price). The rest is deductible. Type 0 where it is worth nothing. Empty: not stated, and nothing is said about deductibility.",
                        null=True,
                        verbose_name="fair value",
                    ),
                ),
                (
                    "capacity",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="How many of this kind. Empty: no own limit.",
                        null=True,
                    ),
                ),
                (
                    "covers",
                    models.PositiveSmallIntegerField(
                        default=1, help_text="8 for a table of eight.", verbose_name="chairs each"
                    ),
                ),
                (
                    "sales_open_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: with the event's.",
                        null=True,
                        verbose_name="sales open",
                    ),
                ),
                (
                    "sales_close_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: with the event's.",
                        null=True,
                        verbose_name="sales close",
                    ),
                ),
                (
                    "members_open_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Norfolk time. Members may buy from this instant, before everyone else. Empty: all at once.",
                        null=True,
                        verbose_name="members from",
                    ),
                ),
                (
                    "is_by_invitation",
                    models.BooleanField(
                        default=False,
                        help_text="Shown and sold only with a code that invites.",
                        verbose_name="by invitation only",
                    ),
                ),
                (
                    "is_posted",
                    models.BooleanField(
                        default=False,
                        help_text="A kit is mailed for each of these: we ask for a postal address, and stop selling at the mailing cut-off.",
                        verbose_name="comes by mail",
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
                        help_text="Untick to take it off sale; tickets already sold stay good.",
                        verbose_name="offered",
                    ),
                ),
                (
                    "is_sample",
                    models.BooleanField(
                        default=False,
                        help_text="The amounts are samples, not the board's.",
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
            ],
            options={
                "verbose_name": "historical kind of ticket",
                "verbose_name_plural": "historical kinds of ticket",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
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
                ("from_starts_at", models.DateTimeField()),
                ("to_starts_at", models.DateTimeField()),
                ("to_ends_at", models.DateTimeField()),
                ("note", models.CharField(blank=True, max_length=300)),
                ("refunds_until", models.DateTimeField(blank=True, null=True)),
                ("refunds_after_reveal", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["event", "pk"],
            },
        ),
        migrations.CreateModel(
            name="MoveNotice",
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
                            ("superseded", "not owed any more"),
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
                ("hand", models.PositiveSmallIntegerField(default=0)),
                ("address", models.EmailField(blank=True, default="", max_length=254)),
                ("message_id", models.CharField(max_length=200, unique=True)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["pk"],
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
                ("hand", models.PositiveSmallIntegerField(default=0)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("hints", "a letter when a card is turned"),
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
            },
        ),
        migrations.CreateModel(
            name="PlacePicture",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("about", models.BinaryField()),
                ("sealed", models.BinaryField()),
                ("sealed_at", models.DateTimeField()),
            ],
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
            ],
            options={
                "ordering": ["line_id", "number"],
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
                            ("superseded", "not owed any more"),
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
                ("opens_at", models.DateTimeField()),
                (
                    "leg",
                    models.PositiveSmallIntegerField(
                        choices=[(24, "a day before"), (2, "two hours before")]
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
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
                    "code",
                    models.CharField(
                        help_text="Capital letters and digits; case does not matter to buyers.",
                        max_length=30,
                    ),
                ),
                (
                    "percent_off",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="10 takes ten percent off.", null=True
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
                        help_text="Norfolk time. Good from this instant on. Empty: at once.",
                        null=True,
                    ),
                ),
                (
                    "ends_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Norfolk time. Good until this instant. Empty: as long as tickets are sold.",
                        null=True,
                    ),
                ),
                (
                    "max_uses",
                    models.PositiveIntegerField(
                        blank=True, help_text="Orders. Empty: without limit.", null=True
                    ),
                ),
                (
                    "invites",
                    models.BooleanField(
                        default=False,
                        help_text="Opens kinds of ticket that are by invitation, and lets in before sales open. May take 0 off.",
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
            ],
            options={
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="RevealNotice",
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
                            ("superseded", "not owed any more"),
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
                ("version", models.PositiveSmallIntegerField()),
                ("hand", models.PositiveSmallIntegerField(default=0)),
                ("address", models.EmailField(blank=True, default="", max_length=254)),
                ("message_id", models.CharField(max_length=200, unique=True)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["pk"],
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
                ("version", models.PositiveSmallIntegerField()),
                ("opened_at", models.DateTimeField()),
                ("open_since", models.DateTimeField()),
            ],
            options={
                "ordering": ["event", "version"],
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
                    "act",
                    models.CharField(
                        choices=[
                            ("in", "came in"),
                            ("undo", "undone"),
                            ("seen", "read, and not let in by it"),
                        ],
                        default="in",
                        max_length=4,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                ("device", models.CharField(blank=True, max_length=64)),
                ("number", models.PositiveIntegerField(default=0)),
                ("gate", models.CharField(blank=True, max_length=60)),
            ],
            options={
                "verbose_name": "reading at the door",
                "verbose_name_plural": "readings at the door",
                "ordering": ["at", "pk"],
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
                ("text", models.CharField(blank=True, max_length=240)),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("is_welcome", models.BooleanField(null=True)),
            ],
            options={
                "ordering": ["asked_at", "pk"],
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
            ],
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("open", "opened by a captain"),
                            ("bought", "bought whole"),
                            ("house", "the house's"),
                        ],
                        default="house",
                        max_length=8,
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="As guests call it: “The Granby Street Eight”.", max_length=80
                    ),
                ),
                (
                    "number",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="The number that stands on it. Empty: not laid yet.",
                        null=True,
                    ),
                ),
                ("chairs", models.PositiveSmallIntegerField(default=8)),
                (
                    "captain_name",
                    models.CharField(blank=True, max_length=150, verbose_name="captain"),
                ),
                (
                    "captain_email",
                    models.EmailField(blank=True, max_length=254, verbose_name="captain's e-mail"),
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
                ("unit", models.PositiveSmallIntegerField(blank=True, editable=False, null=True)),
                (
                    "held_until",
                    models.DateTimeField(
                        blank=True,
                        help_text="Norfolk time. Until then the empty chairs of an open table are kept for the captain's friends.",
                        null=True,
                    ),
                ),
                ("released_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "is_open_to_strangers",
                    models.BooleanField(
                        default=False,
                        help_text="The captain would welcome others at empty chairs, and is asked each time.",
                        verbose_name="strangers may ask",
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("week_told_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("day_told_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "is_sample",
                    models.BooleanField(default=False, editable=False, verbose_name="sample"),
                ),
            ],
            options={
                "ordering": ["event", models.OrderBy(models.F("number"), nulls_last=True), "pk"],
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
                        help_text="As it should stand on the place card. Empty: not told yet.",
                        max_length=150,
                    ),
                ),
                (
                    "guest_email",
                    models.EmailField(
                        blank=True,
                        help_text="Where this guest's own letters go. Empty: to the buyer. Whoever reads it learns the place.",
                        max_length=254,
                        verbose_name="guest's e-mail",
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
                        help_text="What the door should know: a wheelchair, a seat near the exit. The kitchen does not read it.",
                        max_length=240,
                        verbose_name="access needs",
                    ),
                ),
                (
                    "postal_address",
                    models.TextField(blank=True, help_text="Where a kit is mailed to."),
                ),
                ("packed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("posted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("at_member_price", models.BooleanField(default=False, editable=False)),
                ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                ("suspended_at", models.DateTimeField(blank=True, null=True)),
                ("restored_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("seen_open_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("seen_version", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("hand", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("given_on_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("offered_back_at", models.DateTimeField(blank=True, null=True)),
                ("sequence", models.PositiveIntegerField(default=0, editable=False)),
            ],
            options={
                "ordering": ["line_id", "number"],
            },
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
                    "name",
                    models.CharField(
                        help_text="“Chair at the long table”, “Table of eight”.", max_length=80
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
                        help_text="In dollars: 95, or 95.50. 0: free.",
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
                        help_text="How many one member may have at that price.",
                        verbose_name="chairs at the member price",
                    ),
                ),
                (
                    "fair_value_cents",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="In dollars: what the guest gets is worth (supper and show, at market price). The rest is deductible. Type 0 where it is worth nothing. Empty: not stated, and nothing is said about deductibility.",
                        null=True,
                        verbose_name="fair value",
                    ),
                ),
                (
                    "capacity",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="How many of this kind. Empty: no own limit.",
                        null=True,
                    ),
                ),
                (
                    "covers",
                    models.PositiveSmallIntegerField(
                        default=1, help_text="8 for a table of eight.", verbose_name="chairs each"
                    ),
                ),
                (
                    "sales_open_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: with the event's.",
                        null=True,
                        verbose_name="sales open",
                    ),
                ),
                (
                    "sales_close_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: with the event's.",
                        null=True,
                        verbose_name="sales close",
                    ),
                ),
                (
                    "members_open_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Norfolk time. Members may buy from this instant, before everyone else. Empty: all at once.",
                        null=True,
                        verbose_name="members from",
                    ),
                ),
                (
                    "is_by_invitation",
                    models.BooleanField(
                        default=False,
                        help_text="Shown and sold only with a code that invites.",
                        verbose_name="by invitation only",
                    ),
                ),
                (
                    "is_posted",
                    models.BooleanField(
                        default=False,
                        help_text="A kit is mailed for each of these: we ask for a postal address, and stop selling at the mailing cut-off.",
                        verbose_name="comes by mail",
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
                        help_text="Untick to take it off sale; tickets already sold stay good.",
                        verbose_name="offered",
                    ),
                ),
                (
                    "is_sample",
                    models.BooleanField(
                        default=False,
                        help_text="The amounts are samples, not the board's.",
                        verbose_name="sample amount",
                    ),
                ),
            ],
            options={
                "verbose_name": "kind of ticket",
                "verbose_name_plural": "kinds of ticket",
                "ordering": ["position", "pk"],
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
                    "kind",
                    models.CharField(
                        choices=[("place", "a place"), ("online", "a link to join")],
                        default="place",
                        max_length=6,
                    ),
                ),
                ("sealed", models.BinaryField()),
                ("sealed_at", models.DateTimeField()),
            ],
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
            },
        ),
        migrations.CreateModel(
            name="VenueLook",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("looked", "looked"),
                            ("changed", "changed"),
                            ("held", "put the reveal on hold"),
                            ("released", "released the hold"),
                            ("opened", "revealed now"),
                            ("sealed", "published the seal"),
                            ("words", "had texts searched for its words"),
                            ("dry_run", "made a dry run of the reveal"),
                            ("wiped", "wiped the place of a cancelled event"),
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
                "verbose_name": "look at a place",
                "verbose_name_plural": "looks at places",
                "ordering": ["-at", "-pk"],
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
                ("name", models.CharField(max_length=150)),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                (
                    "party",
                    models.PositiveSmallIntegerField(default=1, verbose_name="chairs wanted"),
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
                        help_text="The fewest chairs that would help this party: 2 of the 4 it wants.",
                        verbose_name="would also take",
                    ),
                ),
                ("priority", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("joined_at", models.DateTimeField()),
                ("left_at", models.DateTimeField(blank=True, null=True)),
                ("passed_on_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "is_sample",
                    models.BooleanField(default=False, editable=False, verbose_name="sample"),
                ),
            ],
            options={
                "verbose_name": "party waiting",
                "verbose_name_plural": "waiting list",
                "ordering": ["-priority", "joined_at", "pk"],
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
                ("sealed", models.BinaryField(null=True)),
                ("checked_at", models.DateTimeField(null=True)),
            ],
        ),
    ]
