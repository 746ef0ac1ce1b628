"""The board's rules of membership, in one row that staff can edit."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords


class Rules(models.Model):
    """The rules of membership. One row; without it, the defaults apply."""

    class Year(models.TextChoices):
        ANNIVERSARY = "anniversary", "a year from the day somebody joins"
        FIXED = "fixed", "the same year for everybody"

    year = models.CharField(
        "a year of membership is",
        max_length=12,
        choices=Year,
        default=Year.ANNIVERSARY,
        help_text="Applies to payments from now on, never to earlier ones.",
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
        "joining in the last … days includes the next year",
        default=90,
        validators=[MaxValueValidator(365)],
        help_text="For a fixed year. 90: joining in October covers you until the end of next year.",
    )
    grace_days = models.PositiveSmallIntegerField(
        "grace period in days",
        default=30,
        validators=[MaxValueValidator(365)],
        help_text="A renewal this late still continues from the old end.",
    )
    first_reminder_days = models.PositiveSmallIntegerField(
        "first reminder", default=60, help_text="Days before the last day."
    )
    second_reminder_days = models.PositiveSmallIntegerField(
        "second reminder", default=30, help_text="Days before the last day."
    )
    third_reminder_days = models.PositiveSmallIntegerField(
        "third reminder", default=7, help_text="Days before the last day."
    )
    grace_reminder_days = models.PositiveSmallIntegerField(
        "reminder in the grace period", default=14, help_text="Days after the last day."
    )
    note_days = models.PositiveSmallIntegerField(
        "note from the committee chair",
        default=45,
        help_text="Days after the last day: one personal note, then no more.",
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = "rules of membership"
        verbose_name_plural = "rules of membership"
        constraints = [
            models.CheckConstraint(name="one_row_of_rules", condition=Q(pk=1)),
            models.CheckConstraint(
                name="reminders_come_in_their_order",
                condition=Q(
                    first_reminder_days__gt=F("second_reminder_days"),
                    second_reminder_days__gt=F("third_reminder_days"),
                    third_reminder_days__gt=0,
                    grace_reminder_days__gt=0,
                    note_days__gt=F("grace_reminder_days"),
                ),
            ),
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
        """Check the order of the reminders, like the constraint, with a readable error."""
        before = (
            self.first_reminder_days, self.second_reminder_days, self.third_reminder_days, 0,
        )  # fmt: skip
        after = (0, self.grace_reminder_days, self.note_days)
        if list(before) != sorted(set(before), reverse=True):
            raise ValidationError(
                {
                    "first_reminder_days": "Reminders must be in order, for example 60, 30 and 7 days before."
                }
            )
        if list(after) != sorted(set(after)):
            raise ValidationError(
                {"note_days": "The note must come after the reminder in the grace period."}
            )

    @classmethod
    def load(cls) -> "Rules":
        """The row, or the defaults if there is none."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    @property
    def grace(self) -> timedelta:
        return timedelta(days=self.grace_days)

    def year_begins(self, year: int) -> date:
        """The first day of the fixed year that begins in a calendar year."""
        return date(year, self.begins_month, self.begins_day)
