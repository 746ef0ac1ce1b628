"""What the board decides about membership, in one row that staff change."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords


class Rules(models.Model):
    """The rules of membership. One row; without it, the defaults hold."""

    class Year(models.TextChoices):
        ANNIVERSARY = "anniversary", "a year from the day somebody joins"
        FIXED = "fixed", "the same year for everybody"

    year = models.CharField(
        "a year of membership is",
        max_length=12,
        choices=Year,
        default=Year.ANNIVERSARY,
        help_text="It changes what is paid from now on, never what was paid before.",
    )
    begins_month = models.PositiveSmallIntegerField(
        "the fixed year begins in month",
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
        help_text="1 to 12.",
    )
    begins_day = models.PositiveSmallIntegerField(
        "on day",
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(28)],
        help_text="1 to 28.",
    )
    rolls_over_days = models.PositiveSmallIntegerField(
        "who joins in the last … days has the next year too",
        default=90,
        validators=[MaxValueValidator(365)],
        help_text="Of a fixed year. 90: who joins in October is a member until the end of next year.",
    )
    grace_days = models.PositiveSmallIntegerField(
        "days of grace",
        default=30,
        validators=[MaxValueValidator(365)],
        help_text="A renewal this late still runs on from the old end.",
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = "rules of membership"
        verbose_name_plural = "rules of membership"
        constraints = [
            models.CheckConstraint(name="one_row_of_rules", condition=Q(pk=1)),
            models.CheckConstraint(
                name="the_fixed_year_begins_on_a_day",
                condition=Q(
                    begins_month__gte=1,
                    begins_month__lte=12,
                    begins_day__gte=1,
                    begins_day__lte=28,
                ),
            ),
        ]

    def __str__(self):
        return "Rules of membership"

    def save(self, *args, **kwargs):
        self.pk = 1
        super().save(*args, **kwargs)

    def clean(self):
        if self.year not in self.Year.values:
            raise ValidationError({"year": "Choose one of the two."})

    @classmethod
    def load(cls) -> "Rules":
        """The row, or the defaults where nobody has saved one."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    @property
    def grace(self) -> timedelta:
        return timedelta(days=self.grace_days)

    def year_begins(self, year: int) -> date:
        """The first day of the fixed year that begins in a calendar year."""
        return date(year, self.begins_month, self.begins_day)
