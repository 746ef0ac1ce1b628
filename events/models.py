"""Dated happenings, the chairs at them, and, behind its own door, where they are."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, DurationField, ExpressionWrapper, F, Q, When
from django.db.models.functions import Lower
from django.urls import reverse
from simple_history.models import HistoricalRecords

from nsca.lib import codes
from nsca.lib.images import PictureField
from nsca.lib.richtext import RichTextField

NO_LEAD = timedelta(0)


class EventQuerySet(models.QuerySet):
    def published(self, at):
        """What visitors may see at an instant, cancelled events included: they say that they are
        off.
        """
        return self.exclude(state=Event.State.DRAFT).filter(publish_at__lte=at)

    def upcoming(self, at):
        return self.filter(ends_at__gt=at)

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
    """One dated happening. Where it is exactly is not here: see reveal.py."""

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
    needs_guest_names = models.BooleanField(
        "names on place cards",
        default=False,
        help_text="Ask for each guest's name; they may come later.",
    )
    needs_postal_address = models.BooleanField(
        "sends something by mail", default=False, help_text="Ask for a postal address (kits)."
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
        help_text="Printed on the page. Never after the reveal unless the board says so.",
    )
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
    help_phone = models.CharField(
        "telephone on the day",
        max_length=40,
        blank=True,
        help_text="Whom guests call. Empty: the office.",
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

    @property
    def is_secret(self) -> bool:
        return self.lead is not None

    @property
    def opens_at(self):
        """T: the UTC instant of the reveal, or None where the place is no secret (REVEAL.md §1)."""
        return None if self.lead is None else self.starts_at - self.lead

    @property
    def is_cancelled(self) -> bool:
        return self.state == self.State.CANCELLED

    @property
    def last_sale_at(self):
        """The instant at which sales end: E - 1 µs is in, E is out."""
        return self.sales_close_at or self.opens_at or self.starts_at

    def is_published(self, at) -> bool:
        """The same sentence as Event.objects.published."""
        return self.state != self.State.DRAFT and self.publish_at <= at

    def is_past(self, at) -> bool:
        return self.ends_at <= at


class Venue(models.Model):
    """The exact place, or the join link. Encrypted; written and read only through reveal.py."""

    class Kind(models.TextChoices):
        PLACE = "place", "a place"
        ONLINE = "online", "a link to join"

    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.PLACE)
    sealed = models.BinaryField()  # always the same length, whatever the place
    sealed_at = models.DateTimeField()  # when the present content was put in

    def __str__(self):
        return f"place of event {self.event_id}"


class VenueLook(models.Model):
    """Somebody privileged looked at, or changed, a place. Says who and when, never what."""

    class Act(models.TextChoices):
        LOOKED = "looked", "looked"
        CHANGED = "changed", "changed"
        HELD = "held", "put the reveal on hold"
        RELEASED = "released", "released the hold"
        OPENED = "opened", "revealed now"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="venue_looks")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    act = models.CharField(max_length=8, choices=Act)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.user} {self.get_act_display()}"


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


class Choice(models.Model):
    """A supper one may choose."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="choices")
    label = models.CharField(max_length=120, help_text="“Garden box (vegan)”.")
    capacity = models.PositiveIntegerField(
        null=True, blank=True, help_text="If the caterer has a limit."
    )
    position = models.PositiveSmallIntegerField(
        default=0, help_text="Smallest first in the list of suppers."
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "supper choice"

    def __str__(self):
        return self.label


class TicketType(models.Model):
    """A kind of seat."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="ticket_types")
    name = models.CharField(
        max_length=80, help_text="“Chair at the long table”, “Table of eight”."
    )
    description = models.CharField(
        max_length=240, blank=True, help_text="One sentence under the name."
    )
    price_cents = models.PositiveIntegerField(
        "price", help_text="In dollars: 95, or 95.50. 0: free."
    )
    member_price_cents = models.PositiveIntegerField(
        "member price", null=True, blank=True, help_text="In dollars. Empty: members pay the same."
    )
    member_limit = models.PositiveSmallIntegerField(
        "chairs at the member price",
        default=1,
        help_text="How many one member may have at that price.",
    )
    fair_value_cents = models.PositiveIntegerField(
        "fair value",
        default=0,
        help_text="In dollars: what the guest gets is worth (supper and show, at market price). The rest is deductible.",
    )
    capacity = models.PositiveIntegerField(
        null=True, blank=True, help_text="How many of this kind. Empty: no own limit."
    )
    covers = models.PositiveSmallIntegerField(
        "chairs each", default=1, help_text="8 for a table of eight."
    )
    sales_open_at = models.DateTimeField(
        "sales open", null=True, blank=True, help_text="Empty: with the event's."
    )
    sales_close_at = models.DateTimeField(
        "sales close", null=True, blank=True, help_text="Empty: with the event's."
    )
    position = models.PositiveSmallIntegerField(
        default=0, help_text="Smallest first on the ticket page."
    )
    is_offered = models.BooleanField(
        "offered",
        default=True,
        help_text="Untick to take it off sale; tickets already sold stay good.",
    )
    is_sample = models.BooleanField(
        "sample amount", default=False, help_text="The amounts are samples, not the board's."
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "kind of ticket"
        verbose_name_plural = "kinds of ticket"
        constraints = [
            models.CheckConstraint(name="tickets_cover_a_chair", condition=Q(covers__gte=1)),
            models.CheckConstraint(
                name="members_never_pay_more",
                condition=Q(member_price_cents__isnull=True)
                | Q(member_price_cents__lte=F("price_cents")),
            ),
        ]

    def __str__(self):
        return self.name


class PromoCode(models.Model):
    """A code that lowers a price."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="promo_codes")
    code = models.CharField(
        max_length=30, help_text="Capital letters and digits; case does not matter to buyers."
    )
    percent_off = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="10 takes ten percent off."
    )
    cents_off = models.PositiveIntegerField(
        "amount off", null=True, blank=True, help_text="In dollars, for each ticket."
    )
    ticket_types = models.ManyToManyField(
        TicketType, blank=True, help_text="For these kinds only. None: for all."
    )
    starts_at = models.DateTimeField(
        null=True, blank=True, help_text="Norfolk time. Good from this instant on. Empty: at once."
    )
    ends_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Norfolk time. Good until this instant. Empty: as long as tickets are sold.",
    )
    max_uses = models.PositiveIntegerField(
        null=True, blank=True, help_text="Orders. Empty: without limit."
    )
    is_sample = models.BooleanField(
        "sample", default=False, help_text="Part of the demonstration."
    )

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["event", "code"], name="one_meaning_a_code_and_event"),
            models.CheckConstraint(
                name="codes_take_percent_or_cents",
                condition=Q(
                    percent_off__isnull=False, cents_off__isnull=True, percent_off__lte=100
                )
                | Q(percent_off__isnull=True, cents_off__isnull=False),
            ),
        ]

    def __str__(self):
        return self.code


class TicketQuerySet(models.QuerySet):
    def valid(self):
        """Tickets that let their guest in: of a paid order, not cancelled, not disputed."""
        return self.filter(
            line__order__state="paid", cancelled_at__isnull=True, suspended_at__isnull=True
        )

    def with_holder(self):
        """Each with its `holder`: Ticket.holder_email in small letters, as the database says it."""
        own = When(guest_email="", then=F("line__order__buyer_email"))
        return self.annotate(holder=Lower(Case(own, default=F("guest_email"))))


class Ticket(models.Model):
    """One seat for one guest."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="tickets")
    ticket_type = models.ForeignKey(TicketType, on_delete=models.PROTECT, related_name="tickets")
    line = models.ForeignKey("orders.Line", on_delete=models.PROTECT, related_name="tickets")
    number = models.PositiveSmallIntegerField()  # within its line, from 1
    token = models.CharField(max_length=64, unique=True, default=codes.link_token, editable=False)
    code = models.CharField(max_length=12, unique=True, default=codes.spoken_code, editable=False)
    guest_name = models.CharField(
        max_length=150,
        blank=True,
        help_text="As it should stand on the place card. Empty: not told yet.",
    )
    guest_email = models.EmailField(
        "guest's e-mail",
        blank=True,
        help_text="Where this guest's own letters go. Empty: to the buyer. Whoever reads it learns the place.",
    )
    choice = models.ForeignKey(
        Choice,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="tickets",
        help_text="What this guest eats.",
    )
    needs = models.CharField(
        "allergies or access needs",
        max_length=240,
        blank=True,
        help_text="What the kitchen or the door should know.",
    )
    postal_address = models.TextField(blank=True, help_text="Where a kit is mailed to.")
    promo_code = models.ForeignKey(
        PromoCode, on_delete=models.PROTECT, null=True, blank=True, related_name="tickets"
    )
    at_member_price = models.BooleanField(default=False, editable=False)
    cancelled_at = models.DateTimeField(
        null=True, blank=True
    )  # refunded, given back, or cancelled by staff
    suspended_at = models.DateTimeField(null=True, blank=True)  # while the payment is disputed
    seen_open_at = models.DateTimeField(
        null=True, blank=True, editable=False
    )  # its page was opened after T
    sequence = models.PositiveIntegerField(
        default=0, editable=False
    )  # RFC 5545, of this ticket's calendar entry

    objects = TicketQuerySet.as_manager()

    class Meta:
        ordering = ["line_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["line", "number"], name="one_ticket_a_seat_of_a_line"),
        ]

    def __str__(self):
        return self.code

    def get_absolute_url(self):
        return reverse("tickets:detail", args=[self.token])

    @property
    def is_valid(self) -> bool:
        """The same sentence as Ticket.objects.valid; needs line__order."""
        return (
            self.line.order.state == "paid"
            and self.cancelled_at is None
            and self.suspended_at is None
        )

    @property
    def holder_email(self) -> str:
        """To whom notices go: the guest, or the buyer while the guest has no address of their
        own.
        """
        return self.guest_email or self.line.order.buyer_email


class WaitlistEntry(models.Model):
    """A party's wish for chairs at a sold-out event."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="waitlist")
    ticket_type = models.ForeignKey(
        TicketType, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=150)
    email = models.EmailField("e-mail")
    party = models.PositiveSmallIntegerField("chairs wanted", default=1)
    token = models.CharField(max_length=64, unique=True, default=codes.link_token, editable=False)
    priority = models.PositiveSmallIntegerField(default=0, editable=False)  # late money goes first
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    offer = models.OneToOneField(
        "orders.Order",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="waitlist_entry",
    )
    is_sample = models.BooleanField("sample", default=False, editable=False)

    class Meta:
        ordering = ["-priority", "joined_at", "pk"]
        verbose_name = "party waiting"
        verbose_name_plural = "waiting list"
        constraints = [
            models.UniqueConstraint(
                fields=["event", "email"],
                condition=Q(left_at__isnull=True),
                name="one_wish_a_party_and_event",
            ),
        ]

    def __str__(self):
        return f"{self.name}, party of {self.party}"


class Scan(models.Model):
    """One reading of a ticket at the door. Append-only."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="scans")
    at = models.DateTimeField()
    device = models.CharField(max_length=64, blank=True)
    number = models.PositiveIntegerField(
        default=0
    )  # the device's own count: sending one again changes nothing
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["device", "number"],
                condition=~Q(device=""),
                name="one_scan_a_device_and_number",
            ),
        ]

    def __str__(self):
        return f"scan {self.pk}"


class RevealNotice(models.Model):
    """A mail we owe one holder about one version of the place. The row is the queue."""

    class State(models.TextChoices):
        QUEUED = "queued", "queued"
        SENT = "sent", "sent"
        SUPERSEDED = "superseded", "superseded"
        FAILED = "failed", "failed"
        NO_ADDRESS = "no_address", "no address"

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="reveal_notices")
    version = models.PositiveSmallIntegerField()
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="reveal_notices")
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    message_id = models.CharField(
        max_length=200, unique=True
    )  # fixed by the row, so a repeat can be told
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["state", "leased_until"])]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "version", "ticket"],
                name="one_reveal_notice_a_ticket_and_version",
            ),
            models.CheckConstraint(
                name="sent_reveal_notices_know_when",
                condition=~Q(state="sent") | Q(sent_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"reveal notice {self.pk}"
