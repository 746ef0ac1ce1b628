"""Cash and checks that go to the bank together."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from orders.models.money import Payment


class Deposit(models.Model):
    """A batch of cash and checks: open, then handed over, then counted by the treasurer."""

    number = models.PositiveIntegerField(unique=True, editable=False)  # as on its slip
    opened_at = models.DateTimeField(editable=False)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    handed_over_at = models.DateTimeField(null=True, blank=True, editable=False)
    handed_over_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )
    # Frozen with the slip. A check that bounces later is shown beside it; the slip stays as it is.
    cash_cents = models.PositiveIntegerField("cash", null=True, blank=True, editable=False)
    check_cents = models.PositiveIntegerField("checks", null=True, blank=True, editable=False)
    acknowledged_at = models.DateTimeField("counted at", null=True, blank=True, editable=False)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name="counted by",
    )
    note = models.CharField(
        max_length=300, blank=True, help_text="For staff: the bank's reference, or a miscount."
    )

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                name="deposits_are_handed_over_by_somebody",
                condition=Q(
                    handed_over_at__isnull=True,
                    handed_over_by__isnull=True,
                    cash_cents__isnull=True,
                    check_cents__isnull=True,
                )
                | Q(
                    handed_over_at__isnull=False,
                    handed_over_by__isnull=False,
                    cash_cents__isnull=False,
                    check_cents__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="deposits_are_counted_after_they_are_handed_over",
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                | Q(
                    acknowledged_at__isnull=False,
                    acknowledged_by__isnull=False,
                    handed_over_at__isnull=False,
                ),
            ),
            models.UniqueConstraint(
                models.Value(1),
                condition=Q(handed_over_at__isnull=True),
                name="one_deposit_is_open",
            ),
        ]

    def __str__(self):
        return f"Deposit {self.number}"


class DepositLine(models.Model):
    """One payment in one deposit, and never in another."""

    deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT, related_name="items")
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="deposited")
    cents = models.PositiveIntegerField()  # when it was added

    class Meta:
        ordering = ["pk"]
        verbose_name = "deposited payment"

    def __str__(self):
        return f"payment {self.payment_id} in {self.deposit_id}"
