"""What staff use around the night of a reveal: drills, and the radar's reports."""

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


class RadarReport(models.Model):
    """One walk of the radar: asked for by somebody, done by the ticker in slices.

    Nothing in it is, or tells, a word of the place; and what it tells is sealed like the place.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "waits for the ticker"
        RUNNING = "running", "is under way"
        DONE = "done", "is done"
        FAILED = "failed", "could not be done"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="radar_reports")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    leased_until = models.DateTimeField(null=True, blank=True)
    step = models.PositiveIntegerField(default=0)  # addresses that have been asked
    steps = models.PositiveIntegerField(default=0)  # of how many
    sealed = models.BinaryField(null=True)  # what was met and found: see night/findings.py
    words = models.CharField(max_length=300, blank=True)  # why it failed
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["event"],
                condition=Q(state__in=["queued", "running"]),
                name="one_radar_at_a_time_and_event",
            )
        ]

    def __str__(self):
        return f"radar report {self.pk}"


class RadarNote(models.Model):
    """What stands, sealed, in texts that were saved since the last walk; one row an event whose
    place is kept, written anew whenever any text is compared with it.
    """

    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="radar_note")
    sealed = models.BinaryField(null=True)

    def __str__(self):
        return f"radar note {self.pk}"


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
