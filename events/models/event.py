"""Dated happenings. Where they are exactly is not here: see place.py, and its door, reveal/."""

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
    "tables_until",
    "post_by",
    "waitlist_began_at",
    "refunds_after_reveal",
    "moved_from",
)


class EventQuerySet(models.QuerySet):
    def published(self, at):
        """What visitors may see at an instant, cancelled events included: they say that they are
        off.
        """
        return self.exclude(state=Event.State.DRAFT).filter(publish_at__lte=at)

    def upcoming(self, at):
        return self.filter(ends_at__gt=at)

    def narrow(self):
        """Only what a row of a list shows and what the box office needs to count its chairs."""
        return self.only(*IN_A_ROW)

    def past(self, at):
        return self.filter(ends_at__lte=at)

    def due_to_reveal(self, at):
        """Secret events whose instant has come, not held and not yet published to their holders."""
        return (
            self.exclude(state=Event.State.DRAFT)
            .exclude(state=Event.State.CANCELLED)
            .filter(
                lead__isnull=False,
                reveal_held_at__isnull=True,
                reveal_version=0,
                ends_at__gt=at,
                starts_at__lte=at + ExpressionWrapper(F("lead"), DurationField()),
            )
        )


class Event(models.Model):
    """One dated happening. Where it is exactly is not here: see reveal/."""

    class State(models.TextChoices):
        DRAFT = "draft", "draft"
        PUBLISHED = "published", "published"
        CANCELLED = "cancelled", "cancelled"

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
        max_length=120, help_text="“Soirée en Blanc”. Not the year: the date says it."
    )
    title_lang = models.CharField(
        "title's language",
        max_length=20,
        blank=True,
        help_text="fr for a French title, so that it is read aloud rightly.",
    )
    slug = models.SlugField(
        max_length=80,
        unique=True,
        help_text="The last part of its address below /events/. Changing it breaks links.",
    )
    kind = models.CharField(
        max_length=12,
        choices=Kind,
        default=Kind.GATHERING,
        help_text="What it is; decides its words and its icon in lists.",
    )
    summary = models.CharField(
        max_length=240, help_text="One sentence for lists, search and previews."
    )
    body = RichTextField(blank=True, help_text="What happens, in the order in which it happens.")
    city = models.ForeignKey(
        "cities.City",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
        help_text="The city it celebrates; it is listed on that city's page.",
    )
    hosted_by = models.CharField(max_length=120, blank=True, help_text="“the Toulon committee”.")
    area = models.CharField(
        max_length=120,
        help_text="Where it is, as everyone may know: “Norfolk, ten minutes from downtown”. Never the place itself.",
    )
    starts_at = models.DateTimeField("starts", help_text="Norfolk time.")
    ends_at = models.DateTimeField("ends", help_text="Norfolk time. After this the event is past.")
    doors_at = models.DateTimeField(
        "doors open", null=True, blank=True, help_text="Norfolk time. Empty: not said."
    )
    hour_is_known = models.BooleanField(
        "the hour is known",
        default=True,
        help_text="Untick for an old event whose hour nobody wrote down.",
    )
    state = models.CharField(
        max_length=10,
        choices=State,
        default=State.DRAFT,
        help_text="Drafts are seen by staff only.",
    )
    publish_at = models.DateTimeField(
        "publish from",
        help_text="Norfolk time. A published event appears at this instant and not before.",
    )
    cancelled_at = models.DateTimeField(
        null=True, blank=True, editable=False
    )  # some days later its place is wiped
    moved_from = models.DateTimeField(
        null=True, blank=True, editable=False
    )  # the start that was announced first, if it is another now
    cancelled_note = models.CharField(
        max_length=300, blank=True, help_text="If it is cancelled: what guests should know now."
    )

    lead = models.DurationField(
        null=True,
        blank=True,
        help_text="How many hours before the start ticket holders learn the place: 24. Empty: the place is no secret.",
    )
    audience = models.CharField(
        "who learns the place",
        max_length=10,
        choices=Audience,
        default=Audience.HOLDERS,
        help_text="Holders only, unless the board wants everyone to know at the reveal, or once it is over.",
    )
    reveal_held_at = models.DateTimeField(
        "reveal on hold since", null=True, blank=True, editable=False
    )
    reveal_version = models.PositiveSmallIntegerField(
        default=0, editable=False
    )  # R: 0 none, +1 a place published
    revealed_at = models.DateTimeField(null=True, blank=True, editable=False)  # when R became 1

    capacity = models.PositiveIntegerField(
        "chairs in all",
        null=True,
        blank=True,
        help_text="Over all kinds of ticket. Empty: only their own limits count.",
    )
    sales_open_at = models.DateTimeField(
        "sales open", null=True, blank=True, help_text="Empty: with the publication."
    )
    sales_close_at = models.DateTimeField(
        "sales close",
        null=True,
        blank=True,
        help_text="Empty: at the reveal, or at the start where there is no secret.",
    )
    max_per_order = models.PositiveSmallIntegerField(
        "tickets an order", default=8, help_text="The most one buyer may take in one order."
    )
    max_per_person = models.PositiveSmallIntegerField(
        "tickets a person",
        null=True,
        blank=True,
        help_text="The most one e-mail address may have over all its orders. Empty: only the limit of an order.",
    )
    offer_hours = models.PositiveSmallIntegerField(
        "hours to answer an offer",
        default=24,
        help_text="How long a party on the waiting list may think about the chairs it is offered.",
    )
    tables_until = models.DateTimeField(
        "open tables are kept until",
        null=True,
        blank=True,
        help_text="Norfolk time. Captains may open tables for friends who pay for themselves; empty chairs go back on sale at this instant. Empty: no open tables.",
    )
    waitlist_began_at = models.DateTimeField(
        null=True, blank=True, editable=False
    )  # when its first party joined; before that nobody has to look who waits
    needs_guest_names = models.BooleanField(
        "names on place cards",
        default=False,
        help_text="Ask for each guest's name; they may come later.",
    )
    post_by = models.DateTimeField(
        "mailing cut-off",
        null=True,
        blank=True,
        help_text="The last instant at which a kit can still be mailed in time.",
    )
    choices_close_at = models.DateTimeField(
        "caterer's deadline",
        null=True,
        blank=True,
        help_text="Until then guests may change names and suppers.",
    )
    refunds_until = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Norfolk time. Until then guests return tickets by themselves and get their money back. Empty: only staff give money back.",
    )
    refunds_after_reveal = models.BooleanField(
        "refunds even after the reveal",
        default=False,
        help_text="Only if the board says so: who has learned the place could then return the chair.",
    )
    transfers_after_reveal = models.BooleanField(
        "tickets given on even after the reveal",
        default=False,
        help_text="Guests may give their ticket to somebody else until the place is told. Ticked: until the start, so that who has learned the place could still pass the chair on.",
    )
    refund_all_at = models.DateTimeField(
        null=True, blank=True, editable=False
    )  # cancelled, and since this instant every order gets its tickets' money back
    refund_policy = RichTextField(
        blank=True, help_text="The board's words. Empty: we say whom to ask."
    )
    bring = RichTextField(
        "what to bring", blank=True, help_text="Dress, chairs, cushions; shown on the ticket too."
    )
    dress = models.CharField(max_length=80, blank=True, help_text="“White, entirely”.")
    supper = models.CharField(max_length=120, blank=True, help_text="“Boxed, by Baker's Crust”.")
    rain = models.CharField(
        "if it rains",
        max_length=200,
        blank=True,
        help_text="“Under the roof of the same place”. Without naming it.",
    )
    access = models.CharField(
        "access",
        max_length=300,
        blank=True,
        help_text="Step-free or not, seats, toilets: what can be said without naming the place.",
    )
    volunteers_at = models.DateTimeField(
        "door volunteers learn the place",
        null=True,
        blank=True,
        help_text="Norfolk time. Empty: with the ticket holders, at the reveal.",
    )
    help_phone = models.CharField(
        "telephone on the day",
        max_length=40,
        blank=True,
        validators=[validate_phone],
        help_text="Whom guests call. Empty: the office.",
    )
    thanks = RichTextField(
        blank=True,
        help_text="Shown on its page once it is over: who is thanked, what it brought in.",
    )
    offline_note = models.CharField(
        max_length=300,
        blank=True,
        help_text="What to do for those who cannot pay online. Empty: call or write to the office.",
    )
    image = PictureField(
        blank=True,
        help_text="A photograph or drawing, at most 40 million pixels. Its hidden data are removed.",
    )
    image_alt = models.CharField(
        "picture in words",
        max_length=240,
        blank=True,
        help_text="What the picture shows. Needed with a picture.",
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
    )  # of the public record only; the place has its own row

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
            ("see_venue", "Can see a place before its reveal (each look is logged)"),
            ("hold_reveal", "Can hold the reveal, or reveal now"),
        ]

    def __str__(self):
        return f"{self.title}, {self.starts_at:%Y}"

    def get_absolute_url(self):
        return reverse("events:detail", args=[self.slug])

    def clean(self):
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": "The end comes after the start."})
        if self.image and not self.image_alt:
            raise ValidationError(
                {"image_alt": "Say what the picture shows, for those who cannot see it."}
            )
        if self.lead is not None and self.lead < NO_LEAD:
            raise ValidationError({"lead": "The place is told before the start, not after it."})
        if self.starts_at and self.refunds_until and self.returns_until < self.refunds_until:
            raise ValidationError(
                {
                    "refunds_until": "Refunds end with the reveal at the latest, or somebody could "
                    "learn the place and return the chair. If the board wants that, tick the box "
                    "below; they end with the start even then."
                }
            )

    @property
    def is_secret(self) -> bool:
        return self.lead is not None

    @property
    def opens_at(self):
        """T: the UTC instant of the reveal, or None for an open event (docs/reveal.md §1)."""
        return None if self.lead is None else self.starts_at - self.lead

    @property
    def is_cancelled(self) -> bool:
        return self.state == self.State.CANCELLED

    @property
    def is_on_another_day(self) -> bool:
        """It moved, and to another day in Norfolk; not only to another hour."""
        return self.moved_from is not None and day_of(self.moved_from) != day_of(self.starts_at)

    @property
    def returns_until(self):
        """The instant at which guests' own refunds end (E - 1 µs is in, E is out); None: never.

        Not after the reveal unless the board says so, or "buy, read, return" would work, and not
        after the start (docs/reveal.md §2).
        """
        if self.refunds_until is None:
            return None
        told_at = self.starts_at if self.refunds_after_reveal else self.opens_at
        return min(self.refunds_until, told_at or self.starts_at, self.starts_at)

    @property
    def last_sale_at(self):
        """The instant at which sales end: E - 1 µs is in, E is out."""
        return self.sales_close_at or self.opens_at or self.starts_at

    @property
    def offered_back_until(self):
        """Until when chairs may be offered back: with the sale; and at T, or who has read the place
        could still return the chair (docs/reveal.md §2), unless the board says so.
        """
        is_told = self.opens_at is not None and not self.refunds_after_reveal
        return min(self.last_sale_at, self.opens_at) if is_told else self.last_sale_at

    def is_published(self, at) -> bool:
        """The same sentence as Event.objects.published."""
        return self.state != self.State.DRAFT and self.publish_at <= at

    def is_past(self, at) -> bool:
        return self.ends_at <= at


class Hint(models.Model):
    """One staged clue, with its own instant and audience. Written by staff, never derived from
    the place.
    """

    class Audience(models.TextChoices):
        EVERYONE = "everyone", "everyone"
        HOLDERS = "holders", "ticket holders"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="hints")
    text = models.CharField(
        max_length=240, help_text="“You will hear water, and it will not be the ocean.”"
    )
    opens_at = models.DateTimeField(
        "turned at",
        null=True,
        blank=True,
        help_text="Norfolk time. Empty: not yet decided, not shown.",
    )
    audience = models.CharField(
        max_length=10,
        choices=Audience,
        default=Audience.EVERYONE,
        help_text="Who reads it once it is turned.",
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["opens_at", "pk"]

    def __str__(self):
        return f"hint {self.pk}"
