"""Who is a member since when: paid and granted stretches."""

from django.db import models
from django.db.models import F, Q

from membership.models.levels import Tier
from membership.models.people import Household
from nsca.lib import codes


class TermQuerySet(models.QuerySet):
    def current(self, on):
        """The terms that hold on a date; the same sentence as Term.is_current."""
        return self.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on, ended_on__isnull=True
        )


class Term(models.Model):
    """One paid or granted stretch of membership; never edited to extend."""

    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, related_name="terms", help_text="Who holds it."
    )
    tier = models.ForeignKey(
        Tier,
        on_delete=models.PROTECT,
        related_name="terms",
        verbose_name="level",
        help_text="The level it was paid or granted for.",
    )
    starts_on = models.DateField(help_text="The first day it holds.")
    ends_on = models.DateField(
        null=True, blank=True, help_text="The last day it holds. Empty: for life."
    )
    ended_on = models.DateField(
        null=True, blank=True, help_text="Ended early on this day, by a decision or a refund."
    )
    line = models.OneToOneField(
        "orders.Line",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="term",
        help_text="The payment it came from.",
    )
    reason = models.CharField(
        max_length=200,
        blank=True,
        help_text="Where nobody paid: who granted it and why (“Honorary, board of May 4”).",
    )
    is_sample = models.BooleanField("sample", default=False, editable=False)

    objects = TermQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="terms_end_after_they_start",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="terms_are_paid_or_have_a_reason",
                condition=Q(line__isnull=False) | ~Q(reason=""),
            ),
        ]

    def __str__(self):
        return f"{self.household}, {self.tier}, from {self.starts_on}"

    def is_current(self, on) -> bool:
        """Holds on a date; the same sentence as Term.objects.current."""
        return (
            self.starts_on <= on
            and (self.ends_on is None or self.ends_on >= on)
            and self.ended_on is None
        )


class RenewalLink(models.Model):
    """A single-purpose link we mailed: to renew without signing in."""

    token = models.CharField(max_length=64, unique=True, default=codes.link_token, editable=False)
    household = models.ForeignKey(
        Household, on_delete=models.CASCADE, related_name="renewal_links"
    )
    created_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "renewal link"

    def __str__(self):
        return f"renewal link {self.pk}"
