"""The chain behind venue accesses and seals, so that they can be checked forever."""

from django.db import models


class VenueLogRecord(models.Model):
    """One venue access, seal or removal, as it was when it was written. Append-only.

    It has the rows' numbers and a digest of them but no foreign key, so that it can still be checked
    after a draft is deleted with its rows. `events/venue/log.py` writes it.
    """

    class Kind(models.TextChoices):
        ACCESS = "access", "venue access"
        SEALED = "sealed", "seal"
        PUBLISHED = "published", "publication of a seal"
        REMOVED = "removed", "removal of an event's rows"

    number = models.PositiveIntegerField(unique=True)  # 1, 2, 3 … without a gap
    kind = models.CharField(max_length=9, choices=Kind)
    event_number = models.PositiveBigIntegerField()
    row_number = models.PositiveBigIntegerField(null=True)  # of the row it is about
    content = models.CharField(max_length=64)  # SHA-256 of that row's fields that never change
    at = models.DateTimeField()
    digest = models.CharField(max_length=64, unique=True)  # over all this and the record before

    class Meta:
        ordering = ["number"]

    def __str__(self):
        return f"record {self.number} of the venue log"


class VenueLogHead(models.Model):
    """Where the chain ends. One row, locked by each append, so that two never append at once."""

    number = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64)

    def __str__(self):
        return f"head of the venue log at {self.number}"
