"""What belongs to a venue besides the venue itself: seals and pictures."""

from django.db import models
from django.db.models import Q

from events.models.event import Event
from nsca.lib.media.images import PictureField


class Commitment(models.Model):
    """A seal: the digest of the venue's text and a salt, proof that the venue has not changed.

    Its own row, so that public pages never touch the venue's table. Staff publish the first; a later
    change of the venue adds another, which stays unpublished until the reveal. The salt is encrypted,
    with the names of what changed since the seal before; once the venue is wiped, the salt is gone
    and the digest stays.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="commitments")
    digest = models.CharField(
        max_length=64
    )  # SHA-256 in hexadecimal, of events/venue/envelope.py's text
    salt = models.BinaryField()  # sealed, always the same length; empty once the venue was wiped
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


class VenuePicture(models.Model):
    """A picture of the venue, encrypted; written and read only through reveal/.

    `about` is its description and size, sealed in one length, so that a page can use it without
    decrypting the picture; `sealed` is padded to one of few lengths.
    """

    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="+")
    about = models.BinaryField()
    sealed = models.BinaryField()
    sealed_at = models.DateTimeField()

    def __str__(self):
        return f"picture of the venue of event {self.event_id}"


class EventPicture(models.Model):
    """A picture of a past event. It is shown once the people in it have agreed."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="pictures")
    image = PictureField(help_text="At most 40 megapixels. Hidden data is removed.")
    alt = models.CharField(
        "picture in words",
        max_length=240,
        help_text="Describe it for people who can’t see it. No names without permission.",
    )
    credit = models.CharField(max_length=120, blank=True, help_text="Who took it.")
    has_consent = models.BooleanField(
        "permission given",
        default=False,
        help_text="Everyone recognizable has agreed, parents for their children. "
        "If unchecked, the picture is not shown.",
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first.")

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "event picture"
        constraints = [
            models.CheckConstraint(name="pictures_of_evenings_have_words", condition=~Q(alt="")),
        ]

    def __str__(self):
        return self.alt
