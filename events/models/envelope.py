"""What is published, sealed and kept about a place beside the place itself, and after the evening."""

from django.db import models
from django.db.models import Q

from events.models.event import Event
from nsca.lib.media.images import PictureField


class Commitment(models.Model):
    """A promise that the place is decided: the digest of its text and of a salt.

    Its own row, so that public pages never touch the table of places. The first is published by
    an act of staff; a later change of the place writes another one, which stays unpublished until
    the place is told. The salt is sealed, and with it the names of what changed since the seal
    before; where the place was wiped it is gone, the digest stays.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="commitments")
    digest = models.CharField(
        max_length=64
    )  # SHA-256 in hexadecimal, of events/venue/envelope.py's text
    salt = models.BinaryField()  # sealed, always the same length; empty once the place was wiped
    form = models.PositiveSmallIntegerField()  # of the text: see events/venue/envelope.py
    sealed_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["sealed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "digest"], name="one_commitment_a_digest_and_event"
            ),
            models.CheckConstraint(
                name="commitments_are_published_after_they_are_made",
                condition=Q(published_at__isnull=True)
                | Q(published_at__gte=models.F("sealed_at")),
            ),
        ]

    def __str__(self):
        return f"commitment {self.pk}"


class PlacePicture(models.Model):
    """A picture of the exact place, encrypted; written and read only through reveal/.

    `about` is its words and size, sealed in one length, so that a page can show it without
    opening the picture; `sealed` is padded to one of few lengths.
    """

    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="+")
    about = models.BinaryField()
    sealed = models.BinaryField()
    sealed_at = models.DateTimeField()

    def __str__(self):
        return f"picture of the place of event {self.event_id}"


class EventPicture(models.Model):
    """A picture of an evening that is over. It is shown once those who are on it have agreed."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="pictures")
    image = PictureField(help_text="At most 40 million pixels. Its hidden data are removed.")
    alt = models.CharField(
        "picture in words",
        max_length=240,
        help_text="What it shows, for those who cannot see it. Nobody's name without their leave.",
    )
    credit = models.CharField(max_length=120, blank=True, help_text="Who took it.")
    has_consent = models.BooleanField(
        "consent is given",
        default=False,
        help_text="Everybody who can be recognized has agreed; parents for their children. "
        "Unticked: kept here and shown to nobody.",
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Smallest first.")

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "picture of the evening"
        verbose_name_plural = "pictures of the evening"
        constraints = [
            models.CheckConstraint(name="pictures_of_evenings_have_words", condition=~Q(alt="")),
        ]

    def __str__(self):
        return self.alt
