"""What happened to an order, line by line, and what needs a human."""

from django.conf import settings
from django.db import models

from orders.models.money import Payment, Refund
from orders.models.order import Order


class LedgerEntry(models.Model):
    """What happened to an order, in its order. Append-only: a trigger refuses changes on both
    databases.
    """

    class Entry(models.TextChoices):
        PLACED = "placed", "placed"
        PAID = "paid", "paid"
        LAPSED = "lapsed", "lapsed"
        RETAKEN = "retaken", "chairs taken again"
        REFUND_REQUESTED = "refund_requested", "refund requested"
        REFUNDED = "refunded", "refunded"
        REFUND_FAILED = "refund_failed", "refund failed"
        DISPUTED = "disputed", "disputed"
        BOUNCED = "bounced", "check bounced"
        CANCELLED = "cancelled", "cancelled"  # an unpaid invoice, given up
        RECOVERED = "recovered", "brought back from Stripe"
        OVERRIDDEN = "overridden", "a limit set aside"
        GIVEN_ON = "given_on", "ticket given to somebody else"
        ALERT = "alert", "alert"

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="ledger")
    entry = models.CharField(max_length=20, choices=Entry)
    cents = models.IntegerField(default=0)  # money in is positive, money out negative
    # Whose money that was: the report books it on the lines that it paid for.
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="ledger"
    )
    refund = models.ForeignKey(
        Refund, on_delete=models.PROTECT, null=True, blank=True, related_name="ledger"
    )
    text = models.CharField(max_length=300, blank=True)
    actor = models.CharField(
        max_length=150, blank=True
    )  # "buyer", "Stripe", "ticker", or a staff e-mail
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        verbose_name_plural = "ledger entries"

    def __str__(self):
        return f"{self.get_entry_display()} {self.at:%Y-%m-%d %H:%M}"


class Task(models.Model):
    """Something that needs a human, said in words."""

    key = models.CharField(
        max_length=200, unique=True
    )  # one task a cause, however often it is found
    text = models.CharField(max_length=500)
    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, null=True, blank=True, related_name="tasks"
    )
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["done_at", "created_at"]

    def __str__(self):
        return self.text
