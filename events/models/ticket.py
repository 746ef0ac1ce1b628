"""Tickets and the waitlist."""

from django.db import models
from django.db.models import Case, F, Q, When
from django.urls import reverse

from events.models.event import Event
from events.models.ticket_type import Choice, PromoCode, TicketType
from nsca.lib.mail.addresses import AddressField
from nsca.lib.secrets import codes
from nsca.lib.secrets.link_tokens import LinkTokenField


class TicketQuerySet(models.QuerySet):
    def valid(self):
        """Tickets that let their guest in: of a paid order, not canceled, not disputed."""
        return self.filter(
            line__order__state="paid", canceled_at__isnull=True, suspended_at__isnull=True
        )

    def valid_or_disputed(self):
        """Valid tickets and those in dispute: their guests may come after all, so they get news of
        the event. No e-mail to all of these may contain the venue.
        """
        return self.filter(line__order__state="paid", canceled_at__isnull=True)

    def with_holder(self):
        """Annotate `holder`: Ticket.holder_email, computed by the database."""
        own = When(guest_email="", then=F("line__order__buyer_email"))
        return self.annotate(holder=Case(own, default=F("guest_email")))


class Ticket(models.Model):
    """One seat for one guest."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="tickets")
    ticket_type = models.ForeignKey(TicketType, on_delete=models.PROTECT, related_name="tickets")
    line = models.ForeignKey("orders.Line", on_delete=models.PROTECT, related_name="tickets")
    number = models.PositiveSmallIntegerField()  # within its line, from 1
    token = LinkTokenField("ticket")
    code = models.CharField(max_length=12, unique=True, default=codes.spoken_code, editable=False)
    guest_name = models.CharField(
        max_length=150,
        blank=True,
        help_text="As it should appear on the place card. Empty: not known yet.",
    )
    guest_email = AddressField(
        "guest’s e-mail",
        blank=True,
        help_text="Where this guest’s e-mails go. Empty: to the buyer. Its reader learns the venue.",
    )
    choice = models.ForeignKey(
        Choice,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="tickets",
        help_text="What this guest eats.",
    )
    # Fixed at purchase: what was paid for the supper beyond the ticket. The guest may choose another
    # supper later if it costs no more.
    supper_cents = models.PositiveIntegerField(default=0, editable=False)
    needs = models.CharField(
        "allergies",
        max_length=240,
        blank=True,
        help_text="What the kitchen should know.",
    )
    access = models.CharField(
        "access needs",
        max_length=240,
        blank=True,
        help_text="What the door should know: a wheelchair, a seat near the exit. The kitchen doesn’t see it.",
    )
    postal_address = models.TextField(blank=True, help_text="Where we mail the kit.")
    packed_at = models.DateTimeField(null=True, blank=True, editable=False)
    posted_at = models.DateTimeField(null=True, blank=True, editable=False)
    table = models.ForeignKey(
        "events.Table",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="tickets",
        help_text="Where this guest sits. Empty: anywhere.",
    )
    promo_code = models.ForeignKey(
        PromoCode, on_delete=models.PROTECT, null=True, blank=True, related_name="tickets"
    )
    at_member_price = models.BooleanField(default=False, editable=False)
    canceled_at = models.DateTimeField(
        null=True, blank=True
    )  # refunded, returned, or canceled by staff
    suspended_at = models.DateTimeField(null=True, blank=True)  # while the payment is disputed
    # When the last dispute was won: until then its page showed no venue.
    restored_at = models.DateTimeField(null=True, blank=True, editable=False)
    seen_open_at = models.DateTimeField(
        null=True, blank=True, editable=False
    )  # when its holder first saw the venue on it, of the version below
    seen_version = models.PositiveSmallIntegerField(default=0, editable=False)
    # How often it was transferred; each holder gets the venue separately.
    transfer_count = models.PositiveSmallIntegerField(default=0, editable=False)
    given_on_at = models.DateTimeField(
        null=True, blank=True, editable=False
    )  # when it was last transferred; its old link and code expired then
    offered_back_at = models.DateTimeField(
        null=True, blank=True
    )  # its holder would return it: that happens once somebody else has paid for a seat
    sequence = models.PositiveIntegerField(
        default=0, editable=False
    )  # RFC 5545, of this ticket's calendar entry

    objects = TicketQuerySet.as_manager()

    class Meta:
        ordering = ["line_id", "number"]
        indexes = [models.Index(fields=["guest_email"], name="tickets_by_guest_address")]
        constraints = [
            models.UniqueConstraint(fields=["line", "number"], name="one_ticket_a_seat_of_a_line"),
            models.CheckConstraint(
                # An empty address means the buyer, who is no longer the holder.
                name="tickets_given_on_know_their_holder",
                condition=Q(transfer_count=0) | ~Q(guest_email=""),
                violation_error_message="This ticket was transferred. Enter its holder’s e-mail, or the buyer would get the e-mails.",
            ),
        ]

    def __str__(self):
        return self.code

    def get_absolute_url(self):
        return reverse("tickets:detail", args=[self.token])

    @property
    def is_valid(self) -> bool:
        """The same rule as Ticket.objects.valid; needs line__order."""
        return (
            self.line.order.state == "paid"
            and self.canceled_at is None
            and self.suspended_at is None
        )

    @property
    def holder_email(self) -> str:
        """Where e-mails go: to the guest, or to the buyer where the guest has no address."""
        return self.guest_email or self.line.order.buyer_email

    def may_have(self, choice) -> bool:
        """Whether its guest may choose this supper for what was paid; theirs is always allowed."""
        return choice.pk == self.choice_id or choice.price_cents <= self.supper_cents


class WaitlistEntry(models.Model):
    """A party that would come to a sold-out event if seats come free."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="waitlist")
    ticket_type = models.ForeignKey(
        TicketType, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=150)
    email = AddressField("e-mail")
    party = models.PositiveSmallIntegerField("seats wanted", default=1)
    token = LinkTokenField("waitlist")
    fewest = models.PositiveSmallIntegerField(
        "would also take",
        default=1,
        help_text="The fewest seats this party would take, for example 2 of the 4 it wants.",
    )
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
    passed_on_at = models.DateTimeField(
        null=True, blank=True, editable=False
    )  # its offer was not answered, and went to the next party
    is_sample = models.BooleanField("sample", default=False, editable=False)

    class Meta:
        ordering = ["-priority", "joined_at", "pk"]
        verbose_name = "waitlist entry"
        verbose_name_plural = "waitlist"
        constraints = [
            models.UniqueConstraint(
                fields=["event", "email"],
                condition=Q(left_at__isnull=True),
                name="one_entry_an_address_and_event",
            ),
            models.CheckConstraint(
                name="parties_take_no_more_than_they_want",
                condition=Q(fewest__gte=1, fewest__lte=F("party")),
            ),
        ]

    def __str__(self):
        return f"{self.name}, party of {self.party}"
