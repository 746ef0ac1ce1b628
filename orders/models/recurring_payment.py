"""Recurring payments: yearly for dues, monthly or yearly for gifts."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from nsca.lib.mail.addresses import AddressField
from nsca.lib.secrets import codes
from nsca.lib.secrets.link_tokens import LinkTokenField
from orders.models.money import Payment
from orders.models.order import Line, Order


class RecurringPaymentQuerySet(models.QuerySet):
    def living(self):
        """Those that charge; the same rule as RecurringPayment.is_living."""
        return self.filter(state__in=RecurringPayment.LIVING)


class RecurringPayment(models.Model):
    """An agreement to be charged again, until the payer or we end it.

    It is saved with its first order and valid once that order is paid. The price is what was
    agreed to; a new price applies only after a notice that names it.
    """

    class State(models.TextChoices):
        ASKED = "asked", "awaiting first payment"
        ACTIVE = "active", "active"
        FAILING = "failing", "card declined"  # Stripe tries the card again
        CANCELED = "canceled", "canceled"  # by a person
        ENDED = "ended", "ended"  # it never started, or could not go on

    class Interval(models.TextChoices):
        YEAR = "year", "every year"
        MONTH = "month", "every month"

    LIVING = (State.ACTIVE, State.FAILING)
    OVER = (State.CANCELED, State.ENDED)

    token = LinkTokenField("recurring-payment")
    kind = models.CharField(
        max_length=10,
        choices=[(Line.Kind.DUES.value, "dues"), (Line.Kind.GIFT.value, "gift")],
        help_text="What the charge is for.",
    )
    interval = models.CharField(max_length=5, choices=Interval)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    # Its first order; the card that paid it is charged again.
    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="recurring_payment")
    household = models.ForeignKey(
        "membership.Household",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="recurring_payments",
        help_text="Whose dues. Known once the first payment arrives.",
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="recurring_payments",
    )
    buyer_name = models.CharField(max_length=150)
    buyer_email = AddressField("e-mail", blank=True)

    # What one charge buys, frozen like a Line.
    subject_id = models.PositiveBigIntegerField(null=True, blank=True)  # a tier, a fund
    label = models.CharField(max_length=200)
    cents = models.PositiveIntegerField(help_text="Per charge, as agreed.")
    fair_value_cents = models.PositiveIntegerField(default=0, null=True)  # null: not stated
    heading = models.CharField(max_length=200, blank=True)
    committee = models.CharField(max_length=120, blank=True)
    details = models.JSONField(default=dict, blank=True)

    consent_text = models.TextField(help_text="The words beside the box the buyer checked.")
    consented_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True, blank=True)
    next_charge_on = models.DateField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True, editable=False)
    failing_since = models.DateTimeField(null=True, blank=True)
    reported_failing_of = models.CharField(
        max_length=255, blank=True, editable=False
    )  # an invoice
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=150, blank=True)  # "the member", "Stripe", an e-mail
    ended_because = models.CharField(max_length=200, blank=True)

    method = models.CharField(max_length=10, choices=Payment.Method, editable=False)
    # Saved before the gateway is asked, like a payment's.
    idempotency_key = models.CharField(
        max_length=64, unique=True, default=codes.link_token, editable=False
    )
    customer_id = models.CharField(max_length=255, blank=True, editable=False)
    subscription_id = models.CharField(
        max_length=255, unique=True, null=True, blank=True, editable=False
    )
    item_id = models.CharField(max_length=255, blank=True, editable=False)  # its only item
    # When the gateway confirmed that it will not charge again.
    stopped_at = models.DateTimeField(null=True, blank=True, editable=False)
    is_sample = models.BooleanField("sample", default=False, editable=False)

    objects = RecurringPaymentQuerySet.as_manager()

    class Meta:
        ordering = ["-consented_at", "-pk"]
        verbose_name = "recurring payment"
        indexes = [models.Index(fields=["state", "next_charge_on"])]
        constraints = [
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(kind="dues", state__in=["active", "failing"]),
                name="one_living_recurring_payment_for_dues_a_household",
            ),
            models.CheckConstraint(
                name="recurring_payments_charge_something", condition=Q(cents__gte=1)
            ),
            models.CheckConstraint(
                name="recurring_payments_rest_on_words", condition=~Q(consent_text="")
            ),
            models.CheckConstraint(
                name="living_recurring_payments_know_since_when",
                condition=~Q(state__in=["active", "failing"])
                | Q(began_at__isnull=False, next_charge_on__isnull=False),
            ),
            models.CheckConstraint(
                name="ended_recurring_payments_know_when",
                condition=~Q(state__in=["canceled", "ended"]) | Q(ended_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"recurring payment {self.pk}, {self.get_state_display()}"

    def get_absolute_url(self):
        from django.urls import reverse

        return reverse("recurring:detail", args=[self.token])

    @property
    def is_living(self) -> bool:
        """The same rule as RecurringPayment.objects.living."""
        return self.state in self.LIVING

    @property
    def is_dues(self) -> bool:
        return self.kind == Line.Kind.DUES


class ChargeMail(models.Model):
    """A notice sent before a charge, with its date and amount."""

    recurring_payment = models.ForeignKey(
        RecurringPayment, on_delete=models.PROTECT, related_name="charge_mails"
    )
    charge_on = models.DateField()
    cents = models.PositiveIntegerField()
    posted_at = models.DateTimeField()

    class Meta:
        ordering = ["posted_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["recurring_payment", "charge_on"], name="one_notice_for_a_charge"
            )
        ]

    def __str__(self):
        return f"notice {self.pk}, for {self.charge_on}"


class RecurringCharge(models.Model):
    """One charge of a recurring payment, and the order it became."""

    recurring_payment = models.ForeignKey(
        RecurringPayment, on_delete=models.PROTECT, related_name="charges"
    )
    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="charge")
    invoice_id = models.CharField(max_length=255, unique=True, editable=False)
    charged_at = models.DateTimeField()
    # Why it should not have been charged; such money is refunded automatically.
    unwanted_because = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["charged_at", "pk"]
        verbose_name = "recurring charge"

    def __str__(self):
        return f"charge {self.pk}"
