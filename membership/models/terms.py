"""Terms of membership, paid or granted, and renewal links."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from membership.models.levels import Tier
from membership.models.people import Household
from nsca.lib.secrets.link_tokens import LinkTokenField


class TermQuerySet(models.QuerySet):
    def current(self, on: date):
        """The terms valid on a date, like Term.is_current."""
        return self.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=on),
            Q(ended_on__isnull=True) | Q(ended_on__gt=on),
            starts_on__lte=on,
        )

    def real(self):
        """Terms valid on at least one day, like Term.is_real."""
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=F("starts_on")))

    def whole(self):
        """Terms that were not ended early; renewals continue from these."""
        return self.filter(ended_on__isnull=True)


class Term(models.Model):
    """One paid or granted term of membership; never edited to extend it."""

    household = models.ForeignKey(
        Household,
        on_delete=models.PROTECT,
        related_name="terms",
        help_text="The household it belongs to.",
    )
    tier = models.ForeignKey(
        Tier,
        on_delete=models.PROTECT,
        related_name="terms",
        verbose_name="level",
        help_text="The level it was paid or granted for.",
    )
    starts_on = models.DateField(help_text="The first day.")
    ends_on = models.DateField(null=True, blank=True, help_text="The last day. Empty: for life.")
    ended_on = models.DateField(
        null=True,
        blank=True,
        help_text="If ended early, by a decision or a refund: the first day it is no longer valid.",
    )
    ended_because = models.CharField(
        "why it was ended", max_length=200, blank=True, help_text="For staff only."
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
        help_text="If nobody paid: who granted it and why (“Honorary, board of May 4”).",
    )
    continues = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="continuations",
    )  # the term whose days these are, e.g. after a pause. A refund of its dues ends these, too.
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    is_sample = models.BooleanField("sample", default=False, editable=False)

    objects = TermQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        indexes = [models.Index(fields=["household", "ends_on"], name="terms_by_end")]
        constraints = [
            models.CheckConstraint(
                name="terms_end_after_they_start",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="terms_are_paid_or_have_a_reason",
                condition=Q(line__isnull=False) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="terms_for_life_have_a_reason",
                condition=Q(ends_on__isnull=False) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="terms_are_ended_before_their_end",
                condition=Q(ended_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ended_on__lte=F("ends_on")),
            ),
        ]

    def __str__(self):
        return f"{self.household}, {self.tier}, from {self.starts_on}"

    def is_current(self, on: date) -> bool:
        """Whether it is valid on a date, like Term.objects.current."""
        return (
            self.starts_on <= on
            and (self.ends_on is None or self.ends_on >= on)
            and (self.ended_on is None or self.ended_on > on)
        )

    @property
    def is_real(self) -> bool:
        """Whether it is valid on at least one day, like Term.objects.real."""
        return self.ended_on is None or self.ended_on > self.starts_on

    @property
    def held_until(self) -> date | None:
        """The day it was ended, else its last day; None for life."""
        return self.ended_on or self.ends_on


class RenewalLink(models.Model):
    """A link from us to renew without signing in, and for nothing else."""

    token = LinkTokenField("renewal")
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
