"""Membership levels and their benefits."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from nsca.lib.text.fields import refuse_too_little
from nsca.lib.text.money import LEAST_CHARGE_CENTS, known_sum


class Benefit(models.Model):
    """What a level gives."""

    text = models.CharField(
        max_length=200, unique=True, help_text="As members read it: “Quarterly newsletter”."
    )
    count = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="How many a year, if limited (one dinner). Empty: not counted.",
    )
    fair_value_cents = models.PositiveIntegerField(
        "fair value",
        null=True,
        blank=True,
        help_text="In dollars, at market price. It lowers the deductible part of the dues. Enter 0 if it has no value. Empty: unknown, and receipts say nothing about deductibility.",
    )

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return self.text


class Tier(models.Model):
    """A membership level."""

    name = models.CharField(max_length=60, unique=True, help_text="“Individual”, “Family”.")
    slug = models.SlugField(unique=True, help_text="Its name in URLs and exports.")
    summary = models.CharField(
        max_length=200, blank=True, help_text="One sentence under the name on the join page."
    )
    dues_cents = models.PositiveIntegerField(
        "dues a year",
        null=True,
        blank=True,
        validators=[refuse_too_little],
        help_text="In dollars: 40, or 42.50. Empty: the level is shown, but nobody can join it online yet.",
    )
    max_people = models.PositiveSmallIntegerField(
        "people covered",
        default=1,
        help_text="How many people of one household this level covers.",
    )
    benefits = models.ManyToManyField(Benefit, blank=True, related_name="tiers")
    position = models.PositiveSmallIntegerField(
        default=0, help_text="The order on the join page, smallest first."
    )
    is_offered = models.BooleanField(
        "offered", default=True, help_text="Clear to stop offering it. Current members keep it."
    )
    is_sample = models.BooleanField(
        "sample amount", default=False, help_text="The dues are a sample, not set by the board."
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "membership level"
        constraints = [
            models.CheckConstraint(
                name="dues_are_free_or_can_be_charged",
                condition=Q(dues_cents__isnull=True)
                | Q(dues_cents=0)
                | Q(dues_cents__gte=LEAST_CHARGE_CENTS),
            )
        ]

    def __str__(self):
        return self.name

    @property
    def covers_words(self) -> str:
        """ "covers one person", "covers up to 6 people"."""
        many = self.max_people > 1
        return f"covers up to {self.max_people} people" if many else "covers one person"

    @property
    def card_words(self) -> str:
        """For the level's card: whom it covers and the summary, but each only once."""
        count = "one person" if self.max_people == 1 else f"{self.max_people} people"
        if count in self.summary.lower():
            return self.summary
        covers = self.covers_words
        return f"{covers[0].upper()}{covers[1:]}. {self.summary}".rstrip()

    @property
    def fair_value_cents(self) -> int | None:
        """The value of one year's benefits, in cents (IRS Pub. 1771: value, not cost).

        None if one of them is unknown: then no part of the dues may be called a gift.
        """
        return known_sum(b.fair_value_cents for b in self.benefits.all())

    def worth_for(self, cents: int) -> int | None:
        """The part of dues of `cents` that pays for benefits; None: unknown."""
        value = self.fair_value_cents
        return None if value is None and cents else min(value or 0, cents)


class BenefitUse(models.Model):
    """One use of a limited benefit, such as a dinner or a shirt, counted for a term."""

    term = models.ForeignKey(
        "membership.Term", on_delete=models.PROTECT, related_name="benefit_uses"
    )
    benefit = models.ForeignKey(Benefit, on_delete=models.PROTECT, related_name="uses")
    number = models.PositiveSmallIntegerField()  # 1 to the benefit's count: a slot of its own
    used_at = models.DateTimeField()
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who recorded it.",
    )
    note = models.CharField(max_length=200, blank=True, help_text="“Size M”, “Annual Meeting”.")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-used_at", "-pk"]
        verbose_name = "benefit used"
        verbose_name_plural = "benefits used"
        constraints = [
            models.UniqueConstraint(
                fields=["term", "benefit", "number"],
                condition=Q(undone_at__isnull=True),
                name="no_benefit_is_handed_over_twice",
            ),
            models.CheckConstraint(
                name="benefit_uses_are_counted_from_one", condition=Q(number__gte=1)
            ),
        ]

    def __str__(self):
        return f"{self.benefit}, {self.term.household}"
