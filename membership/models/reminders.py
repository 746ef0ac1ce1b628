"""Renewal reminders: one row for each step, sent once."""

from django.db import models
from django.db.models import Q

from membership.models.terms import RenewalLink, Term


class Reminder(models.Model):
    """One step of a term's reminders, written when it is sent or skipped."""

    class Step(models.TextChoices):
        FIRST = "first", "first reminder"
        SECOND = "second", "second reminder"
        THIRD = "third", "third reminder"
        DAY = "day", "on the last day"
        GRACE = "grace", "in the grace period"
        NOTE = "note", "note from the chair"

    class Way(models.TextChoices):
        MAIL = "mail", "by e-mail"
        LETTER = "letter", "on paper"
        NONE = "none", "not sent"

    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="reminders")
    step = models.CharField(max_length=8, choices=Step)
    way = models.CharField(max_length=8, choices=Way)
    person = models.ForeignKey(
        "membership.Person",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="reminders",
    )
    link = models.ForeignKey(
        RenewalLink, on_delete=models.SET_NULL, null=True, blank=True, related_name="reminders"
    )
    at = models.DateTimeField()  # when it was written
    printed_at = models.DateTimeField(null=True, blank=True)
    why_not = models.CharField(max_length=120, blank=True)  # of those not sent

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["term", "step"], name="each_reminder_once_a_term"),
            models.CheckConstraint(
                name="reminders_not_sent_say_why",
                condition=~Q(way="none") | ~Q(why_not=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["at"],
                condition=Q(way="letter", printed_at__isnull=True),
                name="letters_to_print",
            )
        ]

    def __str__(self):
        return f"{self.get_step_display()}, {self.term}"
