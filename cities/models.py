"""Norfolk's partner cities, and their history with us."""

import re
import zoneinfo

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from nsca.lib.mail.addresses import AddressField
from nsca.lib.media.images import PictureField
from nsca.lib.text.richtext import RichTextField

hex_colour = RegexValidator(
    r"^#[0-9A-Fa-f]{6}\Z", "Write a color as # and six digits, like #0D4468."
)
language_tag = RegexValidator(
    r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z", "Write a language tag, like fr, zh-Hans or en-GB."
)


def real_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(
            "We don't know this time zone. Write it as continent and city, like Europe/Paris."
        )


class CityQuerySet(models.QuerySet):
    def published(self):
        return self.filter(is_published=True)


class City(models.Model):
    """A partner of Norfolk: most are cities, one is a county."""

    class Bond(models.TextChoices):
        SISTER = "sister", "sister"
        FRIENDSHIP = "friendship", "friendship"
        SUSPENDED = "suspended", "suspended"
        FORMER = "former", "former"

    class Partner(models.TextChoices):
        CITY = "city", "city"
        COUNTY = "county", "county"

    class Motif(models.TextChoices):
        RINGS = "", "rings (no motif)"
        BRIDGE = "bridge", "bridge"
        SAILS = "sails", "sails"
        CANOE = "canoe", "canoe"
        LIGHTHOUSE = "lighthouse", "lighthouse"
        RIVER = "river", "river"
        SWINGBRIDGE = "swingbridge", "swing bridge"
        WINDPUMP = "windpump", "wind pump"
        PAGODA = "pagoda", "pagoda"

    name = models.CharField(
        max_length=80, unique=True, help_text="As Americans say it: “Kitakyushu”."
    )
    slug = models.SlugField(
        unique=True,
        help_text="The end of its web address, after /cities/. Changing it breaks links.",
    )
    country = models.CharField(max_length=80, help_text="Like “Japan”.")
    country_code = models.CharField(
        max_length=2,
        validators=[RegexValidator(r"^[a-z]{2}\Z")],
        help_text="Two lowercase letters: jp, gh, fr.",
    )
    bond = models.CharField(
        "relationship",
        max_length=10,
        choices=Bond,
        default=Bond.SISTER,
        help_text="City Council decides, not us.",
    )
    bond_note = models.CharField(
        "relationship note",
        max_length=300,
        blank=True,
        help_text="If suspended or former: when, and by which decision.",
    )
    partner_kind = models.CharField(
        "city or county",
        max_length=6,
        choices=Partner,
        default=Partner.CITY,
        help_text="Most are cities; one is a county.",
    )
    since_year = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="The year of the agreement. Leave it empty if we're not sure.",
    )
    since_on = models.DateField(null=True, blank=True, help_text="The exact day, if known.")
    since_note = models.CharField(
        max_length=120, blank=True, help_text="Like “as Moji; Kitakyushu since 1963”."
    )
    latitude = models.FloatField(
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
        help_text="Degrees, north positive: 33.8834 for Kitakyushu. Three decimals are plenty.",
    )
    longitude = models.FloatField(
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
        help_text="Degrees, east positive: Halifax is about -63.6.",
    )
    time_zone = models.CharField(
        max_length=64, validators=[real_time_zone], help_text="Like Asia/Tokyo."
    )
    languages = models.CharField(
        max_length=120, blank=True, help_text="Like “French (Provençal heritage)”."
    )
    population = models.CharField(
        max_length=120, blank=True, help_text="With the year: “about 76,000 (2022)”."
    )
    local_name = models.CharField(
        max_length=80, blank=True, help_text="Its name in its own script."
    )
    local_lang = models.CharField(
        max_length=20,
        blank=True,
        validators=[language_tag],
        help_text="The language of that name, as a tag: ja, zh-Hans.",
    )
    greeting = models.CharField(
        max_length=80, blank=True, help_text="A welcome in their language."
    )
    greeting_lang = models.CharField(
        max_length=20,
        blank=True,
        validators=[language_tag],
        help_text="The language of the greeting, as a tag: fr, tl.",
    )
    greeting_say = models.CharField(max_length=80, blank=True, help_text="How to pronounce it.")
    greeting_en = models.CharField(max_length=80, blank=True, help_text="What it means.")
    summary = models.CharField(
        max_length=240, help_text="One sentence for lists and search results."
    )
    story = RichTextField(blank=True, help_text="Why we are friends, and why to go there.")
    known_for = models.CharField(
        max_length=200, blank=True, help_text="What most people there would name first."
    )
    shared_ground = models.CharField(
        max_length=200, blank=True, help_text="What it and Norfolk have in common."
    )
    official_url = models.URLField(blank=True, help_text="The city's own site.")
    committee_email = AddressField(
        "committee e-mail",
        blank=True,
        help_text="The committee's address. Empty: the contact form.",
    )
    committee_note = models.CharField(
        max_length=200, blank=True, help_text="When the committee meets, if it wants to say so."
    )
    motif = models.CharField(
        max_length=12, choices=Motif, blank=True, help_text="What the poster shows."
    )
    poster_note = models.CharField(
        max_length=240, blank=True, help_text="A sentence about the poster."
    )
    ink_ground = models.CharField(
        max_length=7,
        validators=[hex_colour],
        default="#F4EFE4",
        help_text="The poster's paper: light.",
    )
    ink_sky = models.CharField(
        max_length=7, validators=[hex_colour], default="#9CC7D8", help_text="The poster's sky."
    )
    ink_sea = models.CharField(
        max_length=7,
        validators=[hex_colour],
        default="#12394A",
        help_text="The poster's sea: dark enough for white lettering.",
    )
    ink_sun = models.CharField(
        max_length=7,
        validators=[hex_colour],
        default="#CF142B",
        help_text="The sun: one strong color of the flag.",
    )
    ink_accent = models.CharField(
        max_length=7,
        validators=[hex_colour],
        default="#E0A63A",
        help_text="A second strong color.",
    )
    label_dx = models.SmallIntegerField(
        null=True,
        blank=True,
        help_text="Moves the name on the map sideways if it collides. Negative is left.",
    )
    label_dy = models.SmallIntegerField(
        null=True, blank=True, help_text="The same, up or down. Negative is up."
    )
    label_anchor = models.CharField(
        max_length=6,
        blank=True,
        choices=[("start", "start"), ("middle", "middle"), ("end", "end")],
        help_text="Which end of the name is at the dot. Empty: automatic.",
    )
    is_published = models.BooleanField(
        "published", default=True, help_text="Clear the box to hide it from visitors."
    )
    updated_at = models.DateTimeField(auto_now=True)

    objects = CityQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "cities"
        constraints = [
            models.CheckConstraint(
                name="cities_are_on_the_globe",
                condition=Q(
                    latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180
                ),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("cities:detail", args=[self.slug])

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def bond_words(self) -> str:
        """ "Sister city", "Friendship city", "Sister county", "Former sister city"."""
        if self.bond in (self.Bond.SISTER, self.Bond.FRIENDSHIP):
            return f"{self.get_bond_display().capitalize()} {self.partner_kind}"
        lead = "Suspended" if self.bond == self.Bond.SUSPENDED else "Former"
        return f"{lead} sister {self.partner_kind}"

    @property
    def note_names_the_year(self) -> bool:
        """Whether the note already says the year ("April 2006")."""
        return str(self.since_year) in self.since_note


class Milestone(models.Model):
    """One dated line of a city's timeline."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="milestones")
    year = models.PositiveSmallIntegerField(help_text="The year it happened.")
    date_text = models.CharField(
        max_length=40,
        blank=True,
        help_text="If we know more than the year: “July 14, 1959”. If less: “The 1960s”, “about 2016”.",
    )
    title = models.CharField(max_length=120, help_text="In a few words: “First student exchange”.")
    text = models.CharField(
        max_length=400, blank=True, help_text="One or two sentences, if there is more to say."
    )
    source_url = models.URLField(
        "source", blank=True, help_text="The page where readers can check it."
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["-year", "pk"]

    def __str__(self):
        return f"{self.year}: {self.title}"

    @property
    def year_words(self) -> str:
        """The year as precisely as we know it: "1959", "1960s" or "about 2016".

        The number itself only sorts.
        """
        found = re.search(rf"(?:about )?\b{self.year}s?\b", self.date_text)
        return found.group() if found else str(self.year)


class CityLink(models.Model):
    """A link: an official site, a newspaper article, a walking tour."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="links")
    label = models.CharField(max_length=120, help_text="What readers find there.")
    url = models.URLField(help_text="The full address, starting with https://.")

    class Meta:
        ordering = ["pk"]
        verbose_name = "link"

    def __str__(self):
        return self.label


class Welcome(models.Model):
    """A page for the people of a city in their own language."""

    city = models.ForeignKey(
        City,
        on_delete=models.CASCADE,
        related_name="welcomes",
        help_text="The city it speaks to.",
    )
    lang = models.CharField(
        "language", max_length=20, validators=[language_tag], help_text="Like fr or zh-Hans."
    )
    language_name = models.CharField(max_length=40, help_text="In that language: “Français”.")
    title = models.CharField(max_length=120, help_text="The heading, in that language.")
    body = RichTextField(help_text="The text, in that language. Have a native speaker read it.")
    updated_at = models.DateTimeField(auto_now=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["lang"]
        constraints = [
            models.UniqueConstraint(fields=["city", "lang"], name="one_welcome_a_language"),
        ]

    def __str__(self):
        return f"{self.city} in {self.language_name}"

    def get_absolute_url(self):
        return reverse("cities:welcome", args=[self.city.slug, self.lang])


class Photograph(models.Model):
    """A photo of a city, with its description for people who can't see it."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="photographs")
    image = PictureField(
        help_text="Up to 40 million pixels. Hidden data, such as where it was taken, is removed."
    )
    alt = models.CharField(
        "description", max_length=240, help_text="What it shows, for people who can't see it."
    )
    credit = models.CharField(
        max_length=120, blank=True, help_text="Who took it, and who gave us permission."
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Lowest number first.")

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self):
        return self.alt
