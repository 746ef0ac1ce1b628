"""Staff decisions about a membership: who, when and why; each can be undone as a whole."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from membership.models.levels import Tier
from membership.models.people import Household, Person
from nsca.lib.text.fields import refuse_too_little
from nsca.lib.text.money import LEAST_CHARGE_CENTS


class Decision(models.Model):
    """Who decided when, and who undid it when."""

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    at = models.DateTimeField(editable=False)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )
    undone_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True


class Pause(Decision):
    """A paused membership: its remaining days continue after the pause."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="pauses")
    starts_on = models.DateField(help_text="The first day of the pause.")
    until_on = models.DateField(help_text="The first day after the pause.")
    reason = models.CharField(max_length=200)

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="pauses_end_after_they_start", condition=Q(until_on__gt=F("starts_on"))
            ),
        ]

    def __str__(self):
        return f"{self.household}, paused from {self.starts_on}"


class HardshipPriceQuerySet(models.QuerySet):
    def holding(self, on: date):
        """Those valid for a renewal on the date, like `holds`."""
        return self.filter(valid_until__gte=on, undone_at__isnull=True)


class HardshipPrice(Decision):
    """Lower dues for one household until a date. Only the household and staff see them."""

    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, related_name="hardship_prices"
    )
    tier = models.ForeignKey(
        Tier,
        on_delete=models.PROTECT,
        related_name="hardship_prices",
        verbose_name="level",
        help_text="For this level only.",
    )
    dues_cents = models.PositiveIntegerField(
        "dues a year", validators=[refuse_too_little], help_text="In dollars; 0 is free."
    )
    valid_until = models.DateField(help_text="The last day to renew at this price.")
    reason = models.CharField(max_length=200, help_text="For staff only.")

    objects = HardshipPriceQuerySet.as_manager()

    class Meta:
        ordering = ["-valid_until", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="lowered_dues_are_free_or_can_be_charged",
                condition=Q(dues_cents=0) | Q(dues_cents__gte=LEAST_CHARGE_CENTS),
            )
        ]

    def __str__(self):
        return f"{self.household}, {self.tier}"

    def holds(self, on: date) -> bool:
        """Whether it is valid on a date, like HardshipPrice.objects.holding."""
        return self.valid_until >= on and self.undone_at is None


class Bereavement(Decision):
    """A recorded death and what it stopped, so that a mistake can be undone."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="bereavements")
    died_on = models.DateField(help_text="If you don’t know, use the day you heard.")
    stopped = models.JSONField(default=dict, editable=False)  # by act, what it needs to undo it

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(undone_at__isnull=True),
                name="nobody_dies_twice",
            ),
        ]

    def __str__(self):
        return f"{self.person}, {self.died_on}"
