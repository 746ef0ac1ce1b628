"""Dated happenings. Their venues are not here: see venue.py, and its door, reveal/."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import DurationField, ExpressionWrapper, F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from nsca.lib.media.images import PictureField
from nsca.lib.text.phones import validate_phone
from nsca.lib.text.richtext import RichTextField
from nsca.lib.timing import day_of

NO_LEAD = timedelta(0)
IN_A_ROW = (
    "title",
    "title_lang",
    "slug",
    "kind",
    "summary",
    "area",
    "starts_at",
    "ends_at",
    "hour_is_known",
    "state",
    "publish_at",
    "lead",
    "capacity",
    "sales_open_at",
    "sales_close_at",
    "city_id",
    "image",
    "tables_until",
    "post_by",
    "waitlist_began_at",
    "refunds_after_reveal",
    "moved_from",
)


class EventQuerySet(models.QuerySet):
    def published(self, at):
        """What visitors may see at an instant, including canceled events, which say so."""
        return self.exclude(state=Event.State.DRAFT).filter(publish_at__lte=at)

    def upcoming(self, at):
        return self.filter(ends_at__gt=at)

    def narrow(self):
        """Only what a list row shows and what is needed to count seats."""
        return self.only(*IN_A_ROW)

    def past(self, at):
        return self.filter(ends_at__lte=at)

    def due_to_reveal(self, at):
        """Secret events whose T has come, not on hold and not yet revealed to their holders."""
        return (
            self.exclude(state=Event.State.DRAFT)
            .exclude(state=Event.State.CANCELED)
            .filter(
                lead__isnull=False,
                reveal_held_at__isnull=True,
                reveal_version=0,
                ends_at__gt=at,
                starts_at__lte=at + ExpressionWrapper(F("lead"), DurationField()),
            )
        )


class Event(models.Model):
    """One dated happening. Its venue is not here: see reveal/."""

    class State(models.TextChoices):
        DRAFT = "draft", "draft"
        PUBLISHED = "published", "published"
        CANCELED = "canceled", "canceled"

    class Kind(models.TextChoices):
        SOIREE = "soiree", "Soirée en Blanc"
        DINNER = "dinner", "dinner or luncheon"
        GATHERING = "gathering", "gathering"
        CLASS = "class", "class"
        ONLINE = "online", "online"
        EXHIBITION = "exhibition", "exhibition"

    class Audience(models.TextChoices):
        HOLDERS = "holders", "ticket holders only"
        EVERYONE_AT_T = "everyone", "everyone, from the reveal on"
        EVERYONE_AFTER = "after", "everyone, once the event is over"

    title = models.CharField(
        max_length=120, help_text="“Soirée en Blanc”. Leave out the year: the date shows it."
    )
    title_lang = models.CharField(
        "title language",
        max_length=20,
        blank=True,
        help_text="For example fr for French, so that screen readers pronounce it right.",
    )
    slug = models.SlugField(
        max_length=80,
        unique=True,
        help_text="The last part of its URL, after /events/. Changing it breaks links.",
    )
    kind = models.CharField(
        max_length=12,
        choices=Kind,
        default=Kind.GATHERING,
        help_text="Decides its wording and its icon in lists.",
    )
    summary = models.CharField(
        max_length=240, help_text="One sentence for lists, search and previews."
    )
    body = RichTextField(blank=True, help_text="What happens, in order.")
    city = models.ForeignKey(
        "cities.City",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
        help_text="The city it celebrates. The event is listed on that city’s page.",
    )
    hosted_by = models.CharField(max_length=120, blank=True, help_text="“the Toulon committee”")
    area = models.CharField(
        max_length=120,
        help_text="What everyone may know: “Norfolk, ten minutes from downtown”. Never the venue.",
    )
    starts_at = models.DateTimeField("starts", help_text="Norfolk time.")
    ends_at = models.DateTimeField(
        "ends", help_text="Norfolk time. After this, the event is past."
    )
    doors_at = models.DateTimeField(
        "doors open", null=True, blank=True, help_text="Norfolk time. Leave empty to not show it."
    )
    hour_is_known = models.BooleanField(
        "start time is known",
        default=True,
        help_text="Uncheck for an old event whose start time is unknown.",
    )
    state = models.CharField(
        max_length=10,
        choices=State,
        default=State.DRAFT,
        help_text="Only staff see drafts.",
    )
    publish_at = models.DateTimeField(
        "publish from",
        help_text="Norfolk time. A published event appears at this time.",
    )
    canceled_at = models.DateTimeField(
        null=True, blank=True, editable=False
    )  # some days later its venue is wiped
    moved_from = models.DateTimeField(
        null=True, blank=True, editable=False
    )  # the start first announced, if it has changed
    canceled_note = models.CharField(
        max_length=300, blank=True, help_text="If it is canceled: what guests should know."
    )

    lead = models.DurationField(
        "reveal, hours before start",
        null=True,
        blank=True,
        help_text="When ticket holders learn the venue, for example 24. Empty: the venue is not secret.",
    )
    audience = models.CharField(
        "who learns the venue",
        max_length=10,
        choices=Audience,
        default=Audience.HOLDERS,
        help_text="Ticket holders only, unless the board wants everyone to know.",
    )
    reveal_held_at = models.DateTimeField(
        "reveal on hold since", null=True, blank=True, editable=False
    )
    reveal_version = models.PositiveSmallIntegerField(
        default=0, editable=False
    )  # R: 0 for none, +1 for each venue published
    revealed_at = models.DateTimeField(null=True, blank=True, editable=False)  # when R became 1

    capacity = models.PositiveIntegerField(
        "seats",
        null=True,
        blank=True,
        help_text="For all ticket types together. Empty: only their own limits count.",
    )
    sales_open_at = models.DateTimeField(
        "sales open", null=True, blank=True, help_text="Empty: when the event is published."
    )
    sales_close_at = models.DateTimeField(
        "sales close",
        null=True,
        blank=True,
        help_text="Empty: at the reveal, or at the start if the venue is not secret.",
    )
    max_per_order = models.PositiveSmallIntegerField(
        "tickets per order", default=8, help_text="The most one buyer may take in one order."
    )
    max_per_person = models.PositiveSmallIntegerField(
        "tickets per person",
        null=True,
        blank=True,
        help_text="The most one e-mail address may have in all its orders. Empty: only the limit per order.",
    )
    offer_hours = models.PositiveSmallIntegerField(
        "hours to answer an offer",
        default=24,
        help_text="How long a waitlist party has to answer an offer of seats.",
    )
    tables_until = models.DateTimeField(
        "hold open tables until",
        null=True,
        blank=True,
        help_text="Norfolk time. Captains may open tables for friends who pay for themselves; empty seats go back on sale at this time. Empty: no open tables.",
    )
    waitlist_began_at = models.DateTimeField(
        null=True, blank=True, editable=False
    )  # when its first party joined; before that nobody waits
    needs_guest_names = models.BooleanField(
        "names on place cards",
        default=False,
        help_text="Ask for each guest’s name. Guests may add names later.",
    )
    post_by = models.DateTimeField(
        "mailing cut-off",
        null=True,
        blank=True,
        help_text="The last time a kit can be mailed and still arrive.",
    )
    choices_close_at = models.DateTimeField(
        "caterer’s deadline",
        null=True,
        blank=True,
        help_text="Until then, guests may change names and suppers.",
    )
    refunds_until = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Norfolk time. Until then, guests may return tickets for a refund online. Empty: only staff give refunds.",
    )
    refunds_after_reveal = models.BooleanField(
        "refunds after the reveal",
        default=False,
        help_text="Only if the board says so: guests who know the venue could then return their seats.",
    )
    transfers_after_reveal = models.BooleanField(
        "transfers after the reveal",
        default=False,
        help_text="Guests may transfer tickets until the reveal. If checked, until the start: guests who know the venue could then pass their seats on.",
    )
    refund_all_at = models.DateTimeField(
        null=True, blank=True, editable=False
    )  # canceled, and since then every order gets its tickets refunded
    refund_policy = RichTextField(
        blank=True, help_text="The board’s words. Empty: we say whom to ask."
    )
    bring = RichTextField(
        "what to bring", blank=True, help_text="Dress, chairs, cushions. The ticket shows it too."
    )
    dress = models.CharField(max_length=80, blank=True, help_text="“White, entirely”")
    supper = models.CharField(max_length=120, blank=True, help_text="“Boxed, by Baker’s Crust”")
    rain = models.CharField(
        "if it rains",
        max_length=200,
        blank=True,
        help_text="“Under the same roof”. Don’t name the venue.",
    )
    access = models.CharField(
        "access",
        max_length=300,
        blank=True,
        help_text="Step-free or not, seats, restrooms. Don’t name the venue.",
    )
    volunteers_at = models.DateTimeField(
        "door volunteers learn the venue",
        null=True,
        blank=True,
        help_text="Norfolk time. Empty: with the ticket holders, at the reveal.",
    )
    help_phone = models.CharField(
        "phone on the day",
        max_length=40,
        blank=True,
        validators=[validate_phone],
        help_text="The number guests call. Empty: the office’s.",
    )
    thanks = RichTextField(
        blank=True,
        help_text="Shown on its page once it is over: whom we thank, what it raised.",
    )
    offline_note = models.CharField(
        max_length=300,
        blank=True,
        help_text="For guests who can’t pay online. Empty: call or write to the office.",
    )
    image = PictureField(
        blank=True,
        help_text="A photo or drawing, at most 40 megapixels. Hidden data is removed.",
    )
    image_alt = models.CharField(
        "picture in words",
        max_length=240,
        blank=True,
        help_text="What the picture shows. Required with a picture.",
    )
    sequence = models.PositiveIntegerField(
        default=0, editable=False
    )  # RFC 5545 §3.8.7.4, for calendar files
    is_sample = models.BooleanField(
        "sample", default=False, help_text="Part of the demonstration, amounts included."
    )
    duplicated_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    updated_at = models.DateTimeField(
        auto_now=True
    )  # of the public record only; the venue has its own row

    objects = EventQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["state", "ends_at"])]
        constraints = [
            models.CheckConstraint(
                name="events_end_after_they_start", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="pictures_of_events_have_words", condition=Q(image="") | ~Q(image_alt="")
            ),
        ]
        permissions = [
            ("see_venue", "Can see a venue before its reveal (each access is logged)"),
            ("hold_reveal", "Can hold the reveal or reveal now"),
        ]

    def __str__(self):
        return f"{self.title}, {self.starts_at:%Y}"

    def get_absolute_url(self):
        return reverse("events:detail", args=[self.slug])

    def clean(self):
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": "The event ends before it starts. Check the time."})
        if self.image and not self.image_alt:
            raise ValidationError(
                {"image_alt": "Describe the picture for people who can’t see it."}
            )
        if self.lead is not None and self.lead < NO_LEAD:
            raise ValidationError(
                {"lead": "The reveal can’t be after the start. Enter 0 or more."}
            )
        if self.starts_at and self.refunds_until and self.returns_until < self.refunds_until:
            raise ValidationError(
                {
                    "refunds_until": "Refunds must end by the reveal, or guests could learn the "
                    "venue and return their seats. If the board wants that, check the box below; "
                    "refunds then end by the start."
                }
            )

    @property
    def is_secret(self) -> bool:
        return self.lead is not None

    @property
    def opens_at(self):
        """T: the UTC instant of the reveal, or None if nothing is secret (docs/reveal.md §1)."""
        return None if self.lead is None else self.starts_at - self.lead

    @property
    def is_canceled(self) -> bool:
        return self.state == self.State.CANCELED

    @property
    def is_on_another_day(self) -> bool:
        """Whether it moved to another day in Norfolk, not only to another time."""
        return self.moved_from is not None and day_of(self.moved_from) != day_of(self.starts_at)

    @property
    def returns_until(self):
        """When guests' own refunds end (E - 1 µs is in, E is out); None where there are none.

        Not after the reveal unless the board says so, or "buy, read, return" would work; and never
        after the start (docs/reveal.md §2).
        """
        if self.refunds_until is None:
            return None
        revealed_at = self.starts_at if self.refunds_after_reveal else self.opens_at
        return min(self.refunds_until, revealed_at or self.starts_at, self.starts_at)

    @property
    def last_sale_at(self):
        """When sales end: E - 1 µs is in, E is out."""
        return self.sales_close_at or self.opens_at or self.starts_at

    @property
    def offered_back_until(self):
        """Until when seats may be offered back: until sales end, and by T unless the board agrees."""
        is_revealed = self.opens_at is not None and not self.refunds_after_reveal
        return min(self.last_sale_at, self.opens_at) if is_revealed else self.last_sale_at

    def is_published(self, at) -> bool:
        """The same rule as Event.objects.published."""
        return self.state != self.State.DRAFT and self.publish_at <= at

    def is_past(self, at) -> bool:
        return self.ends_at <= at


class Hint(models.Model):
    """A card about the venue, with its own instant and audience; never derived from it."""

    class Audience(models.TextChoices):
        EVERYONE = "everyone", "everyone"
        HOLDERS = "holders", "ticket holders"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="hints")
    text = models.CharField(
        max_length=240, help_text="“You will hear water, and it will not be the ocean.”"
    )
    opens_at = models.DateTimeField(
        "shown from",
        null=True,
        blank=True,
        help_text="Norfolk time. Empty: not shown.",
    )
    audience = models.CharField(
        max_length=10,
        choices=Audience,
        default=Audience.EVERYONE,
        help_text="Who sees it.",
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["opens_at", "pk"]

    def __str__(self):
        return f"hint {self.pk}"
