"""What staff use around the night of a reveal: drills, and the check of what was typed."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from events.models.event import Event


class Rehearsal(models.Model):
    """A drill of the committee, with an event of its own that only the reveal's steps can see.

    When it ends that event goes, with its tickets and letters; this row stays and says how it went.
    """

    event = models.OneToOneField(
        Event, on_delete=models.SET_NULL, null=True, related_name="rehearsal"
    )
    title = models.CharField(max_length=120)  # of the event that it rehearses
    people = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="rehearsals"
    )  # whom alone its letters may reach, while they are staff
    began_at = models.DateTimeField()
    began_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    until = models.DateTimeField()  # when the ticker ends it, if nobody has
    ended_at = models.DateTimeField(null=True, blank=True)
    guests = models.PositiveSmallIntegerField(default=0)
    told = models.PositiveSmallIntegerField(default=0)  # to whom a letter went out
    opened = models.PositiveSmallIntegerField(default=0)  # whose page was opened after T
    took_seconds = models.PositiveIntegerField(null=True, blank=True)  # from T to the last letter

    class Meta:
        ordering = ["-began_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="rehearsals_end_after_they_begin", condition=Q(until__gt=F("began_at"))
            )
        ]

    def __str__(self):
        return f"rehearsal {self.pk}"

    def addresses(self) -> set[str]:
        """To whom its letters may go: who was chosen and is staff still."""
        people = self.people.filter(is_staff=True, is_active=True)
        return set(people.values_list("email", flat=True))


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
