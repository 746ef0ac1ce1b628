"""What staff use around the night of a reveal: dry runs, and the check of what was typed."""

from django.conf import settings
from django.db import models

from events.models.event import Event


class DryRun(models.Model):
    """Every e-mail of a reveal was made, and none sent to a guest. Says how many, never whose."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="dry_runs")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    made = models.PositiveIntegerField()  # e-mails
    failed = models.PositiveIntegerField()  # tickets whose holder would not get one

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"dry run {self.pk}"


class WordFindings(models.Model):
    """Which texts hold words of an event's venue, sealed like the venue; one row an event that has
    one, written anew whenever any text is compared with it.
    """

    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="word_findings")
    sealed = models.BinaryField(null=True)  # see night/findings.py
    checked_at = models.DateTimeField(null=True)  # when all texts were last compared with it

    def __str__(self):
        return f"words found of event {self.event_id}"


class SavedText(models.Model):
    """Something public was saved by somebody who may not know the places: the ticker reads it.

    Written whether or not there is any place, so that saving tells nobody whether there is one.
    """

    model = models.CharField(max_length=80)  # "pages.post"
    object_pk = models.BigIntegerField()
    uploaded = models.TextField(blank=True)  # the names that its files had before they lost them
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["model", "object_pk"], name="a_saved_text_is_read_once"
            )
        ]

    def __str__(self):
        return f"{self.model} {self.object_pk}"
