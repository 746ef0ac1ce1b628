"""Orders and their lines."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from nsca.lib.mail.addresses import AddressField
from nsca.lib.secrets import codes
from nsca.lib.secrets.link_tokens import LinkTokenField, SubmissionKeyField


class OrderQuerySet(models.QuerySet):
    def occupying(self, at):
        """Orders whose seats are taken at an instant: paid, or held and not yet expired."""
        return self.filter(
            Q(state=Order.State.PAID) | Q(state=Order.State.HELD, held_until__gt=at)
        )


class Order(models.Model):
    """One purchase by one buyer. Nothing with money on it can be deleted."""

    class State(models.TextChoices):
        HELD = "held", "held"
        PAID = "paid", "paid"
        EXPIRED = "expired", "expired"

    class Channel(models.TextChoices):
        ONLINE = "online", "online"
        CASH = "cash", "cash"
        CHECK = "check", "check"
        INVOICE = "invoice", "invoice to a sponsor"
        COMPLIMENTARY = "complimentary", "complimentary"

    token = LinkTokenField("order")
    number = models.CharField(
        max_length=16, unique=True, default=codes.order_number, editable=False
    )
    state = models.CharField(max_length=10, choices=State, default=State.HELD)
    channel = models.CharField(max_length=16, choices=Channel, default=Channel.ONLINE)
    buyer_name = models.CharField(max_length=150)
    buyer_email = AddressField(
        "buyer's e-mail",
        blank=True,
        help_text="Receives the tickets and the receipt, and may learn the location.",
    )
    buyer_phone = models.CharField(
        "buyer's phone", max_length=40, blank=True, help_text="For a call if e-mail fails."
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
    )
    submission_key = SubmissionKeyField()  # one form, one order: a double click finds the first
    terms_text = models.TextField(blank=True, editable=False)  # frozen: what the buyer agreed to
    placed_at = models.DateTimeField()
    held_until = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    expired_at = models.DateTimeField("expired at", null=True, blank=True)
    confirmation_due_at = models.DateTimeField(
        null=True, blank=True, editable=False
    )  # when its e-mails became due; empty once they are in the outbox
    note = models.TextField(blank=True, help_text="For staff only. Buyers never see it.")
    is_sample = models.BooleanField("sample", default=False, editable=False)

    objects = OrderQuerySet.as_manager()

    class Meta:
        ordering = ["-placed_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "held_until"]),
            models.Index(fields=["buyer_email"], name="orders_by_buyer_address"),
            models.Index(
                fields=["confirmation_due_at"],
                name="orders_to_be_confirmed",
                condition=Q(confirmation_due_at__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="paid_orders_know_when", condition=~Q(state="paid") | Q(paid_at__isnull=False)
            ),
            models.CheckConstraint(
                name="expired_orders_know_when",
                condition=~Q(state="expired") | Q(expired_at__isnull=False),
            ),
            models.CheckConstraint(
                name="only_paid_orders_are_confirmed",
                condition=Q(confirmation_due_at__isnull=True) | Q(state="paid"),
            ),
            models.CheckConstraint(
                name="holds_end_after_they_begin", condition=Q(held_until__gte=F("placed_at"))
            ),
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        from django.urls import reverse

        return reverse("orders:detail", args=[self.token])

    def is_of_form(self, submission_key: str) -> bool:
        """Whether the form with this key created it."""
        return Order.objects.filter(pk=self.pk, submission_key=submission_key).exists()

    def is_held(self, at) -> bool:
        """Whether its seats are held at this instant; they are free the second the hold expires."""
        return self.state == self.State.HELD and self.held_until > at

    def is_occupying(self, at) -> bool:
        """The same rule as Order.objects.occupying."""
        return self.state == self.State.PAID or self.is_held(at)

    @property
    def total_cents(self) -> int:
        return sum(line.total_cents for line in self.lines.all())


class Line(models.Model):
    """One kind of thing in an order. Prices, fair values and labels are frozen when it is sold."""

    class Kind(models.TextChoices):
        TICKET = "ticket", "ticket"
        DUES = "dues", "dues"
        GIFT = "gift", "gift"
        ADDON = "addon", "add-on"

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=10, choices=Kind)
    subject_id = models.PositiveBigIntegerField(
        null=True, blank=True
    )  # what the selling app sells: a ticket type, a tier
    label = models.CharField(max_length=200)
    quantity = models.PositiveIntegerField(default=1)
    unit_cents = models.PositiveIntegerField()  # after any code or member price
    # Of one unit, in cents. Null: unknown, and no e-mail may say what part is a gift.
    fair_value_cents = models.PositiveIntegerField(default=0, null=True)
    position = models.PositiveSmallIntegerField(default=0)
    # The treasurer's heading, frozen: "Soirée en Blanc, May 2027", "Dues".
    heading = models.CharField(max_length=200, blank=True)
    committee = models.CharField(max_length=120, blank=True)  # "Toulon", or the host as typed
    details = models.JSONField(default=dict, blank=True)  # the selling app's own details, frozen

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(name="lines_count_something", condition=Q(quantity__gte=1)),
        ]

    def __str__(self):
        return f"{self.quantity} × {self.label}"

    @property
    def payment_label(self) -> str:
        """The label Stripe gets: the selling app may have frozen one that says less."""
        return self.details.get("at_the_gateway") or self.label

    @property
    def hides_the_buyer(self) -> bool:
        """Keep the buyer's address from the gateway: a link may be used by somebody else."""
        return bool(self.details.get("hides_the_buyer"))

    @property
    def total_cents(self) -> int:
        return self.quantity * self.unit_cents

    @property
    def total_fair_value_cents(self) -> int | None:
        if self.fair_value_cents is None:
            return None
        return self.quantity * self.fair_value_cents
