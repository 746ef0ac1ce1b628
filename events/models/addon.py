"""Add-ons: what is sold with tickets, such as a bottle of wine or a cushion."""

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from events.models.event import Event
from nsca.lib.text.fields import refuse_too_little
from nsca.lib.text.money import LEAST_CHARGE_CENTS


class AddOn(models.Model):
    """Something guests may buy with tickets."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="add_ons")
    name = models.CharField(max_length=80, help_text="“A bottle of white wine”")
    description = models.CharField(
        max_length=240, blank=True, help_text="One sentence under the name."
    )
    price_cents = models.PositiveIntegerField(
        "price", validators=[refuse_too_little], help_text="In dollars: 28, or 28.50."
    )
    fair_value_cents = models.PositiveIntegerField(
        "fair value",
        null=True,
        blank=True,
        help_text="In dollars: the market price of one. The rest is deductible. Empty: unknown, and we say nothing about deductibility.",
    )
    capacity = models.PositiveIntegerField(
        null=True, blank=True, help_text="How many there are. Empty: no limit."
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first.")
    is_offered = models.BooleanField(
        "on sale", default=True, help_text="Uncheck to stop selling it. Sold ones stay sold."
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "add-on"
        constraints = [
            models.CheckConstraint(
                name="add_ons_are_free_or_can_be_charged",
                condition=Q(price_cents=0) | Q(price_cents__gte=LEAST_CHARGE_CENTS),
            )
        ]

    def __str__(self):
        return self.name


class AddOnSold(models.Model):
    """One add-on that somebody bought. Written with the hold and never deleted.

    `slot` is its number within the limit, so that even a forgotten lock cannot oversell; None where
    there is no limit, or it no longer counts.
    """

    add_on = models.ForeignKey(AddOn, on_delete=models.PROTECT, related_name="add_ons_sold")
    line = models.ForeignKey("orders.Line", on_delete=models.PROTECT, related_name="add_ons_sold")
    number = models.PositiveSmallIntegerField()  # within its line, from 1
    slot = models.PositiveIntegerField(null=True)
    canceled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["line_id", "number"]
        verbose_name = "add-on sold"
        verbose_name_plural = "add-ons sold"
        constraints = [
            models.UniqueConstraint(
                fields=["line", "number"], name="one_portion_a_number_of_a_line"
            ),
            models.UniqueConstraint(
                fields=["add_on", "slot"],
                condition=Q(slot__isnull=False),
                name="one_portion_a_slot",
            ),
        ]

    def __str__(self):
        return f"{self.add_on}, {self.number}"
