"""Every dollar in and out: payments, refunds, disputes, and Stripe's fees and payouts."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from nsca.lib.secrets import codes
from orders.models.order import Line, Order


class Payment(models.Model):
    """One attempt to pay for an order, saved before the gateway is asked."""

    class Method(models.TextChoices):
        STRIPE = "stripe", "Stripe"
        PRETEND = "pretend", "pretend payment"
        FREE = "free", "nothing to pay"
        CASH = "cash", "cash"
        CHECK = "check", "check"
        INVOICE = "invoice", "invoice"

    class State(models.TextChoices):
        OPEN = "open", "open"
        PAID = "paid", "paid"
        FAILED = "failed", "failed"
        EXPIRED = "expired", "expired"
        BOUNCED = "bounced", "bounced"  # a check the bank did not honor

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    method = models.CharField(max_length=10, choices=Method)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    amount_cents = models.PositiveIntegerField()
    # The part refunded or being refunded; goes up with each refund's row, down if that one fails.
    returned_cents = models.PositiveIntegerField(default=0, editable=False)
    reference = models.CharField(
        "check number", max_length=40, blank=True, help_text="As printed on the check."
    )
    currency = models.CharField(max_length=3, default="usd", editable=False)
    idempotency_key = models.CharField(
        max_length=64, unique=True, default=codes.link_token, editable=False
    )
    session_id = models.CharField(
        max_length=255, unique=True, null=True, blank=True, editable=False
    )
    intent_id = models.CharField(max_length=255, blank=True, editable=False)
    livemode = models.BooleanField("live mode", default=False, editable=False)
    opened_at = models.DateTimeField()
    # When its session may be opened; empty once that failed (orders/payments/traffic.py).
    turn_at = models.DateTimeField(null=True, blank=True, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["opened_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="paid_payments_know_when",
                condition=~Q(state="paid") | Q(paid_at__isnull=False),
            ),
            models.CheckConstraint(
                name="never_more_goes_back_than_was_paid",
                condition=Q(returned_cents__lte=F("amount_cents")),
            ),
        ]

    def __str__(self):
        return f"{self.get_method_display()} {self.get_state_display()}"


class Refund(models.Model):
    """Money that goes back to a buyer."""

    class State(models.TextChoices):
        REQUESTED = "requested", "requested"
        SUCCEEDED = "succeeded", "refunded"
        FAILED = "failed", "failed"

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    line = models.ForeignKey(
        Line, on_delete=models.PROTECT, null=True, blank=True, related_name="refunds"
    )
    # Which of the line's units, from 1. Empty: the whole line, or part of its price.
    unit = models.PositiveSmallIntegerField(null=True, blank=True)
    # True: the unit, line or order it pays back is canceled with it. False: it is part of the
    # price, and the buyer keeps what was bought.
    is_whole = models.BooleanField("cancels what was bought", default=False)
    cents = models.PositiveIntegerField()
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State, default=State.REQUESTED)
    idempotency_key = models.CharField(
        max_length=64, unique=True, default=codes.link_token, editable=False
    )
    provider_id = models.CharField(
        max_length=255, unique=True, null=True, blank=True, editable=False
    )
    requested_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["requested_at", "pk"]
        constraints = [
            models.CheckConstraint(name="refunds_give_something", condition=Q(cents__gte=1)),
            models.CheckConstraint(
                name="units_belong_to_a_line",
                condition=Q(unit__isnull=True) | Q(line__isnull=False, unit__gte=1),
            ),
            models.UniqueConstraint(
                fields=["line", "unit"],
                condition=Q(unit__isnull=False) & ~Q(state="failed"),
                name="a_unit_goes_back_once",
            ),
        ]

    def __str__(self):
        return f"refund {self.pk}, {self.get_state_display()}"


class StripeEvent(models.Model):
    """A webhook already applied, since Stripe sends some twice."""

    event_id = models.CharField(max_length=255, unique=True)
    kind = models.CharField("type", max_length=120)
    livemode = models.BooleanField(default=False)
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["-received_at"]
        verbose_name = "Stripe event"

    def __str__(self):
        return f"{self.kind} {self.event_id}"


class Dispute(models.Model):
    """The buyer's bank wants a payment back (a chargeback, or an inquiry before one)."""

    # Stripe takes the money when a chargeback opens, and returns it if we win. An inquiry
    # ("warning_…") takes none, nor does a dispute that was prevented.
    OPEN = ("needs_response", "under_review")
    LOST = "lost"

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    provider_id = models.CharField(max_length=255, unique=True, editable=False)
    # Stripe's words: needs_response, under_review, won, lost, warning_…, prevented.
    status = models.CharField(max_length=40)
    cents = models.PositiveIntegerField()
    opened_at = models.DateTimeField()
    answer_by = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["opened_at", "pk"]

    def __str__(self):
        return f"dispute {self.pk}, {self.status}"

    @property
    def has_the_money(self) -> bool:
        """Whether the bank has the money: payment.returned_cents then counts these cents, too."""
        return self.status == self.LOST or self.status in self.OPEN


class Payout(models.Model):
    """One transfer from Stripe to the association's bank."""

    provider_id = models.CharField(max_length=255, unique=True, editable=False)
    cents = models.IntegerField()  # negative if Stripe takes money back
    state = models.CharField(max_length=20)  # Stripe's words: paid, pending, in_transit, …
    arrives_on = models.DateField()

    class Meta:
        ordering = ["-arrives_on", "-pk"]

    def __str__(self):
        return f"payout of {self.arrives_on:%Y-%m-%d}"


class Movement(models.Model):
    """One balance transaction at Stripe.

    Gross is what the buyer paid (negative: got back); net = gross - fee is what reaches the bank.
    """

    provider_id = models.CharField(max_length=255, unique=True, editable=False)
    kind = models.CharField(max_length=40)  # Stripe's words: charge, refund, adjustment, …
    gross_cents = models.IntegerField()
    fee_cents = models.IntegerField()
    net_cents = models.IntegerField()
    at = models.DateTimeField()
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="movements"
    )
    refund = models.ForeignKey(
        Refund, on_delete=models.PROTECT, null=True, blank=True, related_name="movements"
    )
    payout = models.ForeignKey(
        Payout, on_delete=models.PROTECT, null=True, blank=True, related_name="movements"
    )

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="net_is_gross_less_the_fee",
                condition=Q(net_cents=F("gross_cents") - F("fee_cents")),
            )
        ]

    def __str__(self):
        return f"{self.kind} {self.pk}"
