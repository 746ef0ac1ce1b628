"""What staff use around a reveal: dry runs and the word check."""

from django.conf import settings
from django.db import models

from events.models.event import Event


class DryRun(models.Model):
    """A dry run of a reveal. Says how many e-mails were made, never whose."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="dry_runs")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    made = models.PositiveIntegerField()  # e-mails
    failed = models.PositiveIntegerField()  # tickets whose holder would get none

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"dry run {self.pk}"


class WordFindings(models.Model):
    """Which texts contain words of an event's venue, sealed like the venue; one row for each event
    with a venue, rewritten whenever a text is compared with it.
    """

    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="word_findings")
    sealed = models.BinaryField(null=True)  # see venue/findings.py
    checked_at = models.DateTimeField(null=True)  # when all texts were last compared with it

    def __str__(self):
        return f"words found of event {self.event_id}"


class SavedText(models.Model):
    """A public text saved by somebody who may not see venues; the ticker checks it.

    Written whether or not there is a venue, so that saving does not reveal whether there is one.
    """

    model = models.CharField(max_length=80)  # "pages.post"
    object_pk = models.BigIntegerField()
    uploaded = models.TextField(blank=True)  # the original names of its files
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
