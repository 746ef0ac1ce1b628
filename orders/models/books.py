"""The ledger of what happened to orders, and tasks for staff."""

from django.conf import settings
from django.db import models

from orders.models.money import Payment, Refund
from orders.models.order import Order


class LedgerEntry(models.Model):
    """One event in an order's history. Append-only: database triggers refuse changes."""

    class Entry(models.TextChoices):
        PLACED = "placed", "placed"
        PAID = "paid", "paid"
        EXPIRED = "expired", "expired"
        RETAKEN = "retaken", "seats taken again"
        REFUND_REQUESTED = "refund_requested", "refund requested"
        REFUNDED = "refunded", "refunded"
        REFUND_FAILED = "refund_failed", "refund failed"
        DISPUTED = "disputed", "disputed"
        BOUNCED = "bounced", "check bounced"
        CANCELED = "canceled", "canceled"  # an unpaid invoice, given up
        RECOVERED = "recovered", "recovered from Stripe"
        OVERRIDDEN = "overridden", "limit overridden"
        GIVEN_ON = "given_on", "ticket transferred"
        ALERT = "alert", "alert"

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="ledger")
    entry = models.CharField(max_length=20, choices=Entry)
    cents = models.IntegerField(default=0)  # money in is positive, money out negative
    # Whose money it was: the report books it on the lines it paid for.
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
    """Something staff must do, in plain words."""

    key = models.CharField(
        max_length=200, unique=True
    )  # one task per cause, however often it is found
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
