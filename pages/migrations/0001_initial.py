import django.core.validators
import django.db.models.deletion
import nsca.lib.media.images
import nsca.lib.secrets.link_tokens
import nsca.lib.text.ein
import nsca.lib.text.phones
import nsca.lib.text.postal
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("membership", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoricalPage",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "path",
                    models.CharField(
                        blank=True,
                        db_index=True,
                        help_text="The end of its address, after /about/: “history” or “programs/hosting”. Empty: /about/ itself.",
                        max_length=120,
                    ),
                ),
                ("title", models.CharField(help_text="The page’s heading.", max_length=120)),
                (
                    "menu_title",
                    models.CharField(
                        blank=True, help_text="A shorter title for menus.", max_length=40
                    ),
                ),
                (
                    "summary",
                    models.CharField(
                        blank=True,
                        help_text="One sentence for search and previews.",
                        max_length=240,
                    ),
                ),
                ("body", models.TextField()),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Lowest number first in the menu."
                    ),
                ),
                (
                    "in_menu",
                    models.BooleanField(
                        default=True,
                        help_text="Clear the box if only other pages link to it.",
                        verbose_name="in the menu",
                    ),
                ),
                (
                    "is_draft",
                    models.BooleanField(
                        default=False, help_text="Only staff see drafts.", verbose_name="draft"
                    ),
                ),
                (
                    "publish_at",
                    models.DateTimeField(help_text="Norfolk time.", verbose_name="publish from"),
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
                "verbose_name": "historical page",
                "verbose_name_plural": "historical pages",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
                "indexes": [],
                "constraints": [],
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Page",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "path",
                    models.CharField(
                        blank=True,
                        help_text="The end of its address, after /about/: “history” or “programs/hosting”. Empty: /about/ itself.",
                        max_length=120,
                        unique=True,
                    ),
                ),
                ("title", models.CharField(help_text="The page’s heading.", max_length=120)),
                (
                    "menu_title",
                    models.CharField(
                        blank=True, help_text="A shorter title for menus.", max_length=40
                    ),
                ),
                (
                    "summary",
                    models.CharField(
                        blank=True,
                        help_text="One sentence for search and previews.",
                        max_length=240,
                    ),
                ),
                ("body", models.TextField()),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Lowest number first in the menu."
                    ),
                ),
                (
                    "in_menu",
                    models.BooleanField(
                        default=True,
                        help_text="Clear the box if only other pages link to it.",
                        verbose_name="in the menu",
                    ),
                ),
                (
                    "is_draft",
                    models.BooleanField(
                        default=False, help_text="Only staff see drafts.", verbose_name="draft"
                    ),
                ),
                (
                    "publish_at",
                    models.DateTimeField(help_text="Norfolk time.", verbose_name="publish from"),
                ),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "ordering": ["position", "title"],
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="HistoricalPost",
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
                        help_text="The headline, as you’d tell a friend.", max_length=140
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        help_text="The end of its address, after /news/. Changing it breaks links.",
                        max_length=100,
                    ),
                ),
                (
                    "summary",
                    models.CharField(
                        help_text="One sentence for lists and previews.", max_length=240
                    ),
                ),
                ("body", models.TextField()),
                (
                    "image",
                    models.TextField(
                        blank=True,
                        help_text="Up to 40 million pixels. Hidden data, such as where it was taken, is removed.",
                        max_length=100,
                    ),
                ),
                (
                    "image_alt",
                    models.CharField(
                        blank=True,
                        help_text="Required with a picture.",
                        max_length=240,
                        verbose_name="picture description",
                    ),
                ),
                (
                    "is_draft",
                    models.BooleanField(
                        default=True, help_text="Only staff see drafts.", verbose_name="draft"
                    ),
                ),
                (
                    "publish_at",
                    models.DateTimeField(
                        help_text="Norfolk time. This is also the date shown.",
                        verbose_name="publish from",
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
                "verbose_name": "historical news post",
                "verbose_name_plural": "historical news posts",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
                "indexes": [],
                "constraints": [],
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Post",
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
                        help_text="The headline, as you’d tell a friend.", max_length=140
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        help_text="The end of its address, after /news/. Changing it breaks links.",
                        max_length=100,
                        unique=True,
                    ),
                ),
                (
                    "summary",
                    models.CharField(
                        help_text="One sentence for lists and previews.", max_length=240
                    ),
                ),
                ("body", models.TextField()),
                (
                    "image",
                    models.ImageField(
                        blank=True,
                        help_text="Up to 40 million pixels. Hidden data, such as where it was taken, is removed.",
                        upload_to=nsca.lib.media.images.unnamed,
                    ),
                ),
                (
                    "image_alt",
                    models.CharField(
                        blank=True,
                        help_text="Required with a picture.",
                        max_length=240,
                        verbose_name="picture description",
                    ),
                ),
                (
                    "is_draft",
                    models.BooleanField(
                        default=True, help_text="Only staff see drafts.", verbose_name="draft"
                    ),
                ),
                (
                    "publish_at",
                    models.DateTimeField(
                        help_text="Norfolk time. This is also the date shown.",
                        verbose_name="publish from",
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "verbose_name": "news post",
                "ordering": ["-publish_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("image", ""),
                            models.Q(("image_alt", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="pictures_of_posts_have_words",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Subscriber",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="e-mail")),
                (
                    "token",
                    nsca.lib.secrets.link_tokens.LinkTokenField(
                        editable=False, max_length=64, purpose="newsletter", unique=True
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("left_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-asked_at"],
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=150)),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                ("about", models.CharField(blank=True, max_length=120)),
                ("text", models.TextField(max_length=5000)),
                ("submission_key", models.CharField(max_length=64, unique=True)),
                ("received_at", models.DateTimeField()),
                (
                    "answered_at",
                    models.DateTimeField(
                        blank=True, help_text="When somebody answered it.", null=True
                    ),
                ),
                (
                    "answered_by",
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
                "ordering": ["answered_at", "-received_at"],
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="HistoricalSiteSettings",
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
                        default="Norfolk Sister City Association",
                        help_text="As on letterheads and receipts.",
                        max_length=120,
                    ),
                ),
                (
                    "short_name",
                    models.CharField(
                        default="NSCA", help_text="Where the full name doesn’t fit.", max_length=20
                    ),
                ),
                (
                    "tagline",
                    models.CharField(
                        blank=True,
                        default="Citizen diplomacy from Norfolk, Virginia since 1976.",
                        help_text="One sentence under the name.",
                        max_length=160,
                    ),
                ),
                (
                    "founded_year",
                    models.PositiveSmallIntegerField(default=1976, help_text="Four digits."),
                ),
                (
                    "email",
                    models.EmailField(
                        blank=True,
                        help_text="Shown on every page.",
                        max_length=254,
                        verbose_name="e-mail",
                    ),
                ),
                (
                    "phone",
                    models.CharField(
                        blank=True,
                        help_text="Shown on every page.",
                        max_length=40,
                        validators=[nsca.lib.text.phones.validate_phone],
                        verbose_name="phone",
                    ),
                ),
                (
                    "postal_address",
                    models.TextField(
                        blank=True,
                        help_text="For receipts and the end of e-mails. Empty: left out.",
                        validators=[nsca.lib.text.postal.validate_postal_address],
                    ),
                ),
                (
                    "ein",
                    models.CharField(
                        blank=True,
                        help_text="Nine digits: 12-3456789. If empty, no page or receipt mentions tax deductions.",
                        max_length=20,
                        validators=[nsca.lib.text.ein.validate_ein],
                        verbose_name="EIN",
                    ),
                ),
                (
                    "disclosure",
                    models.TextField(
                        blank=True,
                        help_text="The registration statement that counsel approved. Empty: left out.",
                        verbose_name="charity disclosure",
                    ),
                ),
                (
                    "card_fee_percent",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        help_text="The percentage the card company keeps, like 2.9. Empty: givers aren’t asked to cover it.",
                        max_digits=4,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(20),
                        ],
                        verbose_name="card fee, percent",
                    ),
                ),
                (
                    "card_fee_cents",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="In dollars: the fixed part of the fee per payment, like 0.30.",
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(500)],
                        verbose_name="card fee, fixed",
                    ),
                ),
                ("refund_policy", models.TextField(blank=True)),
                (
                    "staff_email",
                    models.EmailField(
                        blank=True,
                        help_text="Where messages and alerts go. Empty: the e-mail above.",
                        max_length=254,
                        verbose_name="e-mail for staff",
                    ),
                ),
                (
                    "social_links",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="One per line: name, space, address, like Facebook https://www.facebook.com/…",
                    ),
                ),
                (
                    "refund_proof_cents",
                    models.PositiveIntegerField(
                        default=20000,
                        help_text="In dollars. Staff who refund more than this within an hour must confirm who they are again. 0: for every refund.",
                        verbose_name="refunds above",
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
                "verbose_name": "historical association settings",
                "verbose_name_plural": "historical association settings",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
                "indexes": [],
                "constraints": [],
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="SiteSettings",
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
                        default="Norfolk Sister City Association",
                        help_text="As on letterheads and receipts.",
                        max_length=120,
                    ),
                ),
                (
                    "short_name",
                    models.CharField(
                        default="NSCA", help_text="Where the full name doesn’t fit.", max_length=20
                    ),
                ),
                (
                    "tagline",
                    models.CharField(
                        blank=True,
                        default="Citizen diplomacy from Norfolk, Virginia since 1976.",
                        help_text="One sentence under the name.",
                        max_length=160,
                    ),
                ),
                (
                    "founded_year",
                    models.PositiveSmallIntegerField(default=1976, help_text="Four digits."),
                ),
                (
                    "email",
                    models.EmailField(
                        blank=True,
                        help_text="Shown on every page.",
                        max_length=254,
                        verbose_name="e-mail",
                    ),
                ),
                (
                    "phone",
                    models.CharField(
                        blank=True,
                        help_text="Shown on every page.",
                        max_length=40,
                        validators=[nsca.lib.text.phones.validate_phone],
                        verbose_name="phone",
                    ),
                ),
                (
                    "postal_address",
                    models.TextField(
                        blank=True,
                        help_text="For receipts and the end of e-mails. Empty: left out.",
                        validators=[nsca.lib.text.postal.validate_postal_address],
                    ),
                ),
                (
                    "ein",
                    models.CharField(
                        blank=True,
                        help_text="Nine digits: 12-3456789. If empty, no page or receipt mentions tax deductions.",
                        max_length=20,
                        validators=[nsca.lib.text.ein.validate_ein],
                        verbose_name="EIN",
                    ),
                ),
                (
                    "disclosure",
                    models.TextField(
                        blank=True,
                        help_text="The registration statement that counsel approved. Empty: left out.",
                        verbose_name="charity disclosure",
                    ),
                ),
                (
                    "card_fee_percent",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        help_text="The percentage the card company keeps, like 2.9. Empty: givers aren’t asked to cover it.",
                        max_digits=4,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(20),
                        ],
                        verbose_name="card fee, percent",
                    ),
                ),
                (
                    "card_fee_cents",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="In dollars: the fixed part of the fee per payment, like 0.30.",
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(500)],
                        verbose_name="card fee, fixed",
                    ),
                ),
                ("refund_policy", models.TextField(blank=True)),
                (
                    "staff_email",
                    models.EmailField(
                        blank=True,
                        help_text="Where messages and alerts go. Empty: the e-mail above.",
                        max_length=254,
                        verbose_name="e-mail for staff",
                    ),
                ),
                (
                    "social_links",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="One per line: name, space, address, like Facebook https://www.facebook.com/…",
                    ),
                ),
                (
                    "refund_proof_cents",
                    models.PositiveIntegerField(
                        default=20000,
                        help_text="In dollars. Staff who refund more than this within an hour must confirm who they are again. 0: for every refund.",
                        verbose_name="refunds above",
                    ),
                ),
            ],
            options={
                "verbose_name": "association settings",
                "verbose_name_plural": "association settings",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("pk", 1)), name="there_is_one_row_of_settings"
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Redirect",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "old_path",
                    models.CharField(
                        help_text="Like /sister-cities/kitakyushu-japan/.",
                        max_length=300,
                        unique=True,
                    ),
                ),
                (
                    "new_path",
                    models.CharField(help_text="Like /cities/kitakyushu/.", max_length=300),
                ),
            ],
            options={
                "ordering": ["old_path"],
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Synonym",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "word",
                    models.CharField(
                        help_text="One word, as people type it: “donate”.",
                        max_length=40,
                        unique=True,
                    ),
                ),
                (
                    "means",
                    models.CharField(
                        help_text="The words our pages use, with spaces between: “give gift”. The search looks for these.",
                        max_length=200,
                    ),
                ),
            ],
            options={
                "verbose_name": "search synonym",
                "verbose_name_plural": "search synonyms",
                "ordering": ["word"],
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="OpenQuestion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=120, unique=True)),
                ("about", models.CharField(help_text="“Toulon”, “Receipts”.", max_length=120)),
                ("question", models.CharField(max_length=400)),
                (
                    "where",
                    models.CharField(
                        blank=True,
                        help_text="Where in the admin the answer belongs.",
                        max_length=200,
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        help_text="What you found out, and from whom. This closes the question; then enter it where it belongs.",
                        max_length=400,
                    ),
                ),
            ],
            options={
                "verbose_name": "to be confirmed",
                "verbose_name_plural": "to be confirmed",
                "ordering": ["answered_at", "about", "pk"],
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="LoadedContent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=200, unique=True)),
                ("object_pk", models.PositiveBigIntegerField(null=True)),
                ("digests", models.JSONField(default=dict)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="RetentionRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rule", models.CharField(editable=False, max_length=60, unique=True)),
                ("days", models.PositiveSmallIntegerField(help_text="How many days to keep it.")),
            ],
            options={
                "verbose_name": "retention rule",
                "verbose_name_plural": "retention rules",
                "indexes": [],
                "constraints": [],
            },
        ),
    ]
