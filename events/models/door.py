"""The door team's links, and the scans at the door."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from events.models.event import Event
from events.models.ticket import Ticket
from nsca.lib.secrets.link_tokens import LinkTokenField


class DoorLink(models.Model):
    """One volunteer's access to the door of one event: personal, temporary, revocable.

    The URL is the key. It does not name the venue; volunteers learn that at their own time.
    """

    event = models.ForeignKey(
        Event,
        on_delete=models.PROTECT,
        related_name="door_links",
        help_text="The event whose door the volunteer works.",
    )
    name = models.CharField(
        "volunteer", max_length=120, help_text="The person who gets this link."
    )
    gate = models.CharField(
        max_length=60, blank=True, help_text="“West gate”. Leave empty if there is one door."
    )
    token = LinkTokenField("door")
    opens_at = models.DateTimeField("valid from", help_text="Norfolk time.")
    ends_at = models.DateTimeField("valid until", help_text="Norfolk time.")
    may_sell = models.BooleanField(
        "may sell tickets", default=False, help_text="Walk-up sales at the door, for cash."
    )
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+"
    )

    class Meta:
        ordering = ["event", "name"]
        verbose_name = "door link"
        constraints = [
            models.CheckConstraint(
                name="door_links_end_after_they_begin", condition=Q(ends_at__gt=F("opens_at"))
            )
        ]

    def __str__(self):
        return f"{self.name}, {self.gate}" if self.gate else self.name

    def is_good(self, at) -> bool:
        """Whether it is valid at this instant; its last instant is out."""
        return self.revoked_at is None and self.opens_at <= at < self.ends_at


class Scan(models.Model):
    """One scan of a ticket at the door, or its undoing. Append-only: a trigger refuses changes.

    A ticket is checked in while the latest of its rows that are not SEEN is IN.
    """

    class Act(models.TextChoices):
        IN = "in", "checked in"
        UNDO = "undo", "undone"
        SEEN = "seen", "scanned, not checked in"  # already in, or not valid

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="scans")
    act = models.CharField(max_length=4, choices=Act, default=Act.IN)
    at = models.DateTimeField()  # when it was scanned, by the server's clock
    read_at = models.DateTimeField(
        null=True, blank=True
    )  # by the device's clock, where it was scanned offline and sent later
    device = models.CharField(max_length=64, blank=True)
    number = models.PositiveIntegerField(
        default=0
    )  # the device's own count, so that sending one again changes nothing
    link = models.ForeignKey(
        DoorLink, on_delete=models.PROTECT, null=True, blank=True, related_name="scans"
    )
    gate = models.CharField(max_length=60, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = "scan"
        constraints = [
            models.UniqueConstraint(
                fields=["device", "number"],
                condition=~Q(device=""),
                name="one_scan_a_device_and_number",
            ),
        ]

    def __str__(self):
        return f"scan {self.pk}"
