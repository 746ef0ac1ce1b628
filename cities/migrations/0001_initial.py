import cities.models
import django.core.validators
import django.db.models.deletion
import nsca.lib.media.images
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
            name="HistoricalCity",
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
                        db_index=True,
                        help_text="As Americans say it: “Kitakyushu”.",
                        max_length=80,
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        help_text="The end of its web address, after /cities/. Changing it breaks links."
                    ),
                ),
                ("country", models.CharField(help_text="Like “Japan”.", max_length=80)),
                (
                    "country_code",
                    models.CharField(
                        help_text="Two lowercase letters: jp, gh, fr.",
                        max_length=2,
                        validators=[django.core.validators.RegexValidator("^[a-z]{2}\\Z")],
                    ),
                ),
                (
                    "bond",
                    models.CharField(
                        choices=[
                            ("sister", "sister"),
                            ("friendship", "friendship"),
                            ("suspended", "suspended"),
                            ("former", "former"),
                        ],
                        default="sister",
                        help_text="City Council decides, not us.",
                        max_length=10,
                        verbose_name="relationship",
                    ),
                ),
                (
                    "bond_note",
                    models.CharField(
                        blank=True,
                        help_text="If suspended or former: when, and by which decision.",
                        max_length=300,
                        verbose_name="relationship note",
                    ),
                ),
                (
                    "partner_kind",
                    models.CharField(
                        choices=[("city", "city"), ("county", "county")],
                        default="city",
                        help_text="Most are cities; one is a county.",
                        max_length=6,
                        verbose_name="city or county",
                    ),
                ),
                (
                    "since_year",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="The year of the agreement. Leave it empty if we're not sure.",
                        null=True,
                    ),
                ),
                (
                    "since_on",
                    models.DateField(blank=True, help_text="The exact day, if known.", null=True),
                ),
                (
                    "since_note",
                    models.CharField(
                        blank=True,
                        help_text="Like “as Moji; Kitakyushu since 1963”.",
                        max_length=120,
                    ),
                ),
                (
                    "latitude",
                    models.FloatField(
                        help_text="Degrees, north positive: 33.8834 for Kitakyushu. Three decimals are plenty.",
                        validators=[
                            django.core.validators.MinValueValidator(-90),
                            django.core.validators.MaxValueValidator(90),
                        ],
                    ),
                ),
                (
                    "longitude",
                    models.FloatField(
                        help_text="Degrees, east positive: Halifax is about -63.6.",
                        validators=[
                            django.core.validators.MinValueValidator(-180),
                            django.core.validators.MaxValueValidator(180),
                        ],
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        help_text="Like Asia/Tokyo.",
                        max_length=64,
                        validators=[cities.models.real_time_zone],
                    ),
                ),
                (
                    "languages",
                    models.CharField(
                        blank=True, help_text="Like “French (Provençal heritage)”.", max_length=120
                    ),
                ),
                (
                    "population",
                    models.CharField(
                        blank=True,
                        help_text="With the year: “about 76,000 (2022)”.",
                        max_length=120,
                    ),
                ),
                (
                    "local_name",
                    models.CharField(
                        blank=True, help_text="Its name in its own script.", max_length=80
                    ),
                ),
                (
                    "local_lang",
                    models.CharField(
                        blank=True,
                        help_text="The language of that name, as a tag: ja, zh-Hans.",
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\\Z",
                                "Write a language tag, like fr, zh-Hans or en-GB.",
                            )
                        ],
                    ),
                ),
                (
                    "greeting",
                    models.CharField(
                        blank=True, help_text="A welcome in their language.", max_length=80
                    ),
                ),
                (
                    "greeting_lang",
                    models.CharField(
                        blank=True,
                        help_text="The language of the greeting, as a tag: fr, tl.",
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\\Z",
                                "Write a language tag, like fr, zh-Hans or en-GB.",
                            )
                        ],
                    ),
                ),
                (
                    "greeting_say",
                    models.CharField(blank=True, help_text="How to pronounce it.", max_length=80),
                ),
                (
                    "greeting_en",
                    models.CharField(blank=True, help_text="What it means.", max_length=80),
                ),
                (
                    "summary",
                    models.CharField(
                        help_text="One sentence for lists and search results.", max_length=240
                    ),
                ),
                ("story", models.TextField(blank=True)),
                (
                    "known_for",
                    models.CharField(
                        blank=True,
                        help_text="What most people there would name first.",
                        max_length=200,
                    ),
                ),
                (
                    "shared_ground",
                    models.CharField(
                        blank=True, help_text="What it and Norfolk have in common.", max_length=200
                    ),
                ),
                ("official_url", models.URLField(blank=True, help_text="The city's own site.")),
                (
                    "committee_email",
                    models.EmailField(
                        blank=True,
                        help_text="The committee's address. Empty: the contact form.",
                        max_length=254,
                        verbose_name="committee e-mail",
                    ),
                ),
                (
                    "committee_note",
                    models.CharField(
                        blank=True,
                        help_text="When the committee meets, if it wants to say so.",
                        max_length=200,
                    ),
                ),
                (
                    "motif",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "rings (no motif)"),
                            ("bridge", "bridge"),
                            ("sails", "sails"),
                            ("canoe", "canoe"),
                            ("lighthouse", "lighthouse"),
                            ("river", "river"),
                            ("swingbridge", "swing bridge"),
                            ("windpump", "wind pump"),
                            ("pagoda", "pagoda"),
                        ],
                        help_text="What the poster shows.",
                        max_length=12,
                    ),
                ),
                (
                    "poster_note",
                    models.CharField(
                        blank=True, help_text="A sentence about the poster.", max_length=240
                    ),
                ),
                (
                    "ink_ground",
                    models.CharField(
                        default="#F4EFE4",
                        help_text="The poster's paper: light.",
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^#[0-9A-Fa-f]{6}\\Z",
                                "Write a color as # and six digits, like #0D4468.",
                            )
                        ],
                    ),
                ),
                (
                    "ink_sky",
                    models.CharField(
                        default="#9CC7D8",
                        help_text="The poster's sky.",
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^#[0-9A-Fa-f]{6}\\Z",
                                "Write a color as # and six digits, like #0D4468.",
                            )
                        ],
                    ),
                ),
                (
                    "ink_sea",
                    models.CharField(
                        default="#12394A",
                        help_text="The poster's sea: dark enough for white lettering.",
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^#[0-9A-Fa-f]{6}\\Z",
                                "Write a color as # and six digits, like #0D4468.",
                            )
                        ],
                    ),
                ),
                (
                    "ink_sun",
                    models.CharField(
                        default="#CF142B",
                        help_text="The sun: one strong color of the flag.",
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^#[0-9A-Fa-f]{6}\\Z",
                                "Write a color as # and six digits, like #0D4468.",
                            )
                        ],
                    ),
                ),
                (
                    "ink_accent",
                    models.CharField(
                        default="#E0A63A",
                        help_text="A second strong color.",
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^#[0-9A-Fa-f]{6}\\Z",
                                "Write a color as # and six digits, like #0D4468.",
                            )
                        ],
                    ),
                ),
                (
                    "label_dx",
                    models.SmallIntegerField(
                        blank=True,
                        help_text="Moves the name on the map sideways if it collides. Negative is left.",
                        null=True,
                    ),
                ),
                (
                    "label_dy",
                    models.SmallIntegerField(
                        blank=True, help_text="The same, up or down. Negative is up.", null=True
                    ),
                ),
                (
                    "label_anchor",
                    models.CharField(
                        blank=True,
                        choices=[("start", "start"), ("middle", "middle"), ("end", "end")],
                        help_text="Which end of the name is at the dot. Empty: automatic.",
                        max_length=6,
                    ),
                ),
                (
                    "is_published",
                    models.BooleanField(
                        default=True,
                        help_text="Clear the box to hide it from visitors.",
                        verbose_name="published",
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
                "verbose_name": "historical city",
                "verbose_name_plural": "historical cities",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
                "indexes": [],
                "constraints": [],
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="City",
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
                        help_text="As Americans say it: “Kitakyushu”.", max_length=80, unique=True
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        help_text="The end of its web address, after /cities/. Changing it breaks links.",
                        unique=True,
                    ),
                ),
                ("country", models.CharField(help_text="Like “Japan”.", max_length=80)),
                (
                    "country_code",
                    models.CharField(
                        help_text="Two lowercase letters: jp, gh, fr.",
                        max_length=2,
                        validators=[django.core.validators.RegexValidator("^[a-z]{2}\\Z")],
                    ),
                ),
                (
                    "bond",
                    models.CharField(
                        choices=[
                            ("sister", "sister"),
                            ("friendship", "friendship"),
                            ("suspended", "suspended"),
                            ("former", "former"),
                        ],
                        default="sister",
                        help_text="City Council decides, not us.",
                        max_length=10,
                        verbose_name="relationship",
                    ),
                ),
                (
                    "bond_note",
                    models.CharField(
                        blank=True,
                        help_text="If suspended or former: when, and by which decision.",
                        max_length=300,
                        verbose_name="relationship note",
                    ),
                ),
                (
                    "partner_kind",
                    models.CharField(
                        choices=[("city", "city"), ("county", "county")],
                        default="city",
                        help_text="Most are cities; one is a county.",
                        max_length=6,
                        verbose_name="city or county",
                    ),
                ),
                (
                    "since_year",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="The year of the agreement. Leave it empty if we're not sure.",
                        null=True,
                    ),
                ),
                (
                    "since_on",
                    models.DateField(blank=True, help_text="The exact day, if known.", null=True),
                ),
                (
                    "since_note",
                    models.CharField(
                        blank=True,
                        help_text="Like “as Moji; Kitakyushu since 1963”.",
                        max_length=120,
                    ),
                ),
                (
                    "latitude",
                    models.FloatField(
                        help_text="Degrees, north positive: 33.8834 for Kitakyushu. Three decimals are plenty.",
                        validators=[
                            django.core.validators.MinValueValidator(-90),
                            django.core.validators.MaxValueValidator(90),
                        ],
                    ),
                ),
                (
                    "longitude",
                    models.FloatField(
                        help_text="Degrees, east positive: Halifax is about -63.6.",
                        validators=[
                            django.core.validators.MinValueValidator(-180),
                            django.core.validators.MaxValueValidator(180),
                        ],
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        help_text="Like Asia/Tokyo.",
                        max_length=64,
                        validators=[cities.models.real_time_zone],
                    ),
                ),
                (
                    "languages",
                    models.CharField(
                        blank=True, help_text="Like “French (Provençal heritage)”.", max_length=120
                    ),
                ),
                (
                    "population",
                    models.CharField(
                        blank=True,
                        help_text="With the year: “about 76,000 (2022)”.",
                        max_length=120,
                    ),
                ),
                (
                    "local_name",
                    models.CharField(
                        blank=True, help_text="Its name in its own script.", max_length=80
                    ),
                ),
                (
                    "local_lang",
                    models.CharField(
                        blank=True,
                        help_text="The language of that name, as a tag: ja, zh-Hans.",
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\\Z",
                                "Write a language tag, like fr, zh-Hans or en-GB.",
                            )
                        ],
                    ),
                ),
                (
                    "greeting",
                    models.CharField(
                        blank=True, help_text="A welcome in their language.", max_length=80
                    ),
                ),
                (
                    "greeting_lang",
                    models.CharField(
                        blank=True,
                        help_text="The language of the greeting, as a tag: fr, tl.",
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\\Z",
                                "Write a language tag, like fr, zh-Hans or en-GB.",
                            )
                        ],
                    ),
                ),
                (
                    "greeting_say",
                    models.CharField(blank=True, help_text="How to pronounce it.", max_length=80),
                ),
                (
                    "greeting_en",
                    models.CharField(blank=True, help_text="What it means.", max_length=80),
                ),
                (
                    "summary",
                    models.CharField(
                        help_text="One sentence for lists and search results.", max_length=240
                    ),
                ),
                ("story", models.TextField(blank=True)),
                (
                    "known_for",
                    models.CharField(
                        blank=True,
                        help_text="What most people there would name first.",
                        max_length=200,
                    ),
                ),
                (
                    "shared_ground",
                    models.CharField(
                        blank=True, help_text="What it and Norfolk have in common.", max_length=200
                    ),
                ),
                ("official_url", models.URLField(blank=True, help_text="The city's own site.")),
                (
                    "committee_email",
                    models.EmailField(
                        blank=True,
                        help_text="The committee's address. Empty: the contact form.",
                        max_length=254,
                        verbose_name="committee e-mail",
                    ),
                ),
                (
                    "committee_note",
                    models.CharField(
                        blank=True,
                        help_text="When the committee meets, if it wants to say so.",
                        max_length=200,
                    ),
                ),
                (
                    "motif",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "rings (no motif)"),
                            ("bridge", "bridge"),
                            ("sails", "sails"),
                            ("canoe", "canoe"),
                            ("lighthouse", "lighthouse"),
                            ("river", "river"),
                            ("swingbridge", "swing bridge"),
                            ("windpump", "wind pump"),
                            ("pagoda", "pagoda"),
                        ],
                        help_text="What the poster shows.",
                        max_length=12,
                    ),
                ),
                (
                    "poster_note",
                    models.CharField(
                        blank=True, help_text="A sentence about the poster.", max_length=240
                    ),
                ),
                (
                    "ink_ground",
                    models.CharField(
                        default="#F4EFE4",
                        help_text="The poster's paper: light.",
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^#[0-9A-Fa-f]{6}\\Z",
                                "Write a color as # and six digits, like #0D4468.",
                            )
                        ],
                    ),
                ),
                (
                    "ink_sky",
                    models.CharField(
                        default="#9CC7D8",
                        help_text="The poster's sky.",
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^#[0-9A-Fa-f]{6}\\Z",
                                "Write a color as # and six digits, like #0D4468.",
                            )
                        ],
                    ),
                ),
                (
                    "ink_sea",
                    models.CharField(
                        default="#12394A",
                        help_text="The poster's sea: dark enough for white lettering.",
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^#[0-9A-Fa-f]{6}\\Z",
                                "Write a color as # and six digits, like #0D4468.",
                            )
                        ],
                    ),
                ),
                (
                    "ink_sun",
                    models.CharField(
                        default="#CF142B",
                        help_text="The sun: one strong color of the flag.",
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^#[0-9A-Fa-f]{6}\\Z",
                                "Write a color as # and six digits, like #0D4468.",
                            )
                        ],
                    ),
                ),
                (
                    "ink_accent",
                    models.CharField(
                        default="#E0A63A",
                        help_text="A second strong color.",
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^#[0-9A-Fa-f]{6}\\Z",
                                "Write a color as # and six digits, like #0D4468.",
                            )
                        ],
                    ),
                ),
                (
                    "label_dx",
                    models.SmallIntegerField(
                        blank=True,
                        help_text="Moves the name on the map sideways if it collides. Negative is left.",
                        null=True,
                    ),
                ),
                (
                    "label_dy",
                    models.SmallIntegerField(
                        blank=True, help_text="The same, up or down. Negative is up.", null=True
                    ),
                ),
                (
                    "label_anchor",
                    models.CharField(
                        blank=True,
                        choices=[("start", "start"), ("middle", "middle"), ("end", "end")],
                        help_text="Which end of the name is at the dot. Empty: automatic.",
                        max_length=6,
                    ),
                ),
                (
                    "is_published",
                    models.BooleanField(
                        default=True,
                        help_text="Clear the box to hide it from visitors.",
                        verbose_name="published",
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "verbose_name_plural": "cities",
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("latitude__gte", -90),
                            ("latitude__lte", 90),
                            ("longitude__gte", -180),
                            ("longitude__lte", 180),
                        ),
                        name="cities_are_on_the_globe",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="HistoricalMilestone",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(help_text="The year it happened.")),
                (
                    "date_text",
                    models.CharField(
                        blank=True,
                        help_text="If we know more than the year: “July 14, 1959”. If less: “The 1960s”, “about 2016”.",
                        max_length=40,
                    ),
                ),
                (
                    "title",
                    models.CharField(
                        help_text="In a few words: “First student exchange”.", max_length=120
                    ),
                ),
                (
                    "text",
                    models.CharField(
                        blank=True,
                        help_text="One or two sentences, if there is more to say.",
                        max_length=400,
                    ),
                ),
                (
                    "source_url",
                    models.URLField(
                        blank=True,
                        help_text="The page where readers can check it.",
                        verbose_name="source",
                    ),
                ),
                (
                    "city",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="cities.city",
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
                "verbose_name": "historical milestone",
                "verbose_name_plural": "historical milestones",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
                "indexes": [],
                "constraints": [],
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Milestone",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "city",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="milestones",
                        to="cities.city",
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(help_text="The year it happened.")),
                (
                    "date_text",
                    models.CharField(
                        blank=True,
                        help_text="If we know more than the year: “July 14, 1959”. If less: “The 1960s”, “about 2016”.",
                        max_length=40,
                    ),
                ),
                (
                    "title",
                    models.CharField(
                        help_text="In a few words: “First student exchange”.", max_length=120
                    ),
                ),
                (
                    "text",
                    models.CharField(
                        blank=True,
                        help_text="One or two sentences, if there is more to say.",
                        max_length=400,
                    ),
                ),
                (
                    "source_url",
                    models.URLField(
                        blank=True,
                        help_text="The page where readers can check it.",
                        verbose_name="source",
                    ),
                ),
            ],
            options={
                "ordering": ["-year", "pk"],
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="CityLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "city",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="cities.city",
                    ),
                ),
                ("label", models.CharField(help_text="What readers find there.", max_length=120)),
                ("url", models.URLField(help_text="The full address, starting with https://.")),
            ],
            options={
                "verbose_name": "link",
                "ordering": ["pk"],
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="HistoricalWelcome",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "lang",
                    models.CharField(
                        help_text="Like fr or zh-Hans.",
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\\Z",
                                "Write a language tag, like fr, zh-Hans or en-GB.",
                            )
                        ],
                        verbose_name="language",
                    ),
                ),
                (
                    "language_name",
                    models.CharField(help_text="In that language: “Français”.", max_length=40),
                ),
                (
                    "title",
                    models.CharField(help_text="The heading, in that language.", max_length=120),
                ),
                ("body", models.TextField()),
                ("updated_at", models.DateTimeField(blank=True, editable=False)),
                (
                    "city",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="The city it speaks to.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="cities.city",
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
                "verbose_name": "historical welcome",
                "verbose_name_plural": "historical welcomes",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
                "indexes": [],
                "constraints": [],
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Welcome",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "city",
                    models.ForeignKey(
                        help_text="The city it speaks to.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="welcomes",
                        to="cities.city",
                    ),
                ),
                (
                    "lang",
                    models.CharField(
                        help_text="Like fr or zh-Hans.",
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\\Z",
                                "Write a language tag, like fr, zh-Hans or en-GB.",
                            )
                        ],
                        verbose_name="language",
                    ),
                ),
                (
                    "language_name",
                    models.CharField(help_text="In that language: “Français”.", max_length=40),
                ),
                (
                    "title",
                    models.CharField(help_text="The heading, in that language.", max_length=120),
                ),
                ("body", models.TextField()),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "ordering": ["lang"],
                "constraints": [
                    models.UniqueConstraint(fields=("city", "lang"), name="one_welcome_a_language")
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Photograph",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "city",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="photographs",
                        to="cities.city",
                    ),
                ),
                (
                    "image",
                    models.ImageField(
                        help_text="Up to 40 million pixels. Hidden data, such as where it was taken, is removed.",
                        upload_to=nsca.lib.media.images.unnamed,
                    ),
                ),
                (
                    "alt",
                    models.CharField(
                        help_text="What it shows, for people who can't see it.",
                        max_length=240,
                        verbose_name="description",
                    ),
                ),
                (
                    "credit",
                    models.CharField(
                        blank=True,
                        help_text="Who took it, and who gave us permission.",
                        max_length=120,
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(default=0, help_text="Lowest number first."),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
                "indexes": [],
                "constraints": [],
            },
        ),
    ]
