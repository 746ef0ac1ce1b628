"""The exact place of an event, sealed; who looked at it; whom we still owe it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from events.models.event import Event
from events.models.ticket import Ticket
from nsca.lib.mail.addresses import AddressField
from nsca.lib.mail.queue import OwedMail


class Venue(models.Model):
    """The exact place, or the join link. Encrypted; written and read only through reveal/."""

    class Kind(models.TextChoices):
        PLACE = "place", "a place"
        ONLINE = "online", "a link to join"

    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.PLACE)
    sealed = models.BinaryField()  # always the same length, whatever the place
    sealed_at = models.DateTimeField()  # when the present content was put in

    def __str__(self):
        return f"place of event {self.event_id}"


class VenueLook(models.Model):
    """Somebody privileged looked at, or changed, a place. Says who and when, never what."""

    class Act(models.TextChoices):
        LOOKED = "looked", "looked"
        CHANGED = "changed", "changed"
        HELD = "held", "put the reveal on hold"
        RELEASED = "released", "released the hold"
        OPENED = "opened", "revealed now"
        SEALED = "sealed", "published the seal"
        WORDS = "words", "had texts searched for its words"
        DRY_RUN = "dry_run", "made a dry run of the reveal"
        WIPED = "wiped", "wiped the place of a cancelled event"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="venue_looks")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    link = models.ForeignKey(
        "events.DoorLink", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # of a volunteer, who has no sign-in
    act = models.CharField(max_length=8, choices=Act)
    at = models.DateTimeField()
    seen_at = models.DateTimeField(
        "read by a director at", null=True, blank=True, editable=False
    )  # the first page of the admin names what is not

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = "look at a place"
        verbose_name_plural = "looks at places"
        constraints = [
            models.CheckConstraint(
                name="looks_are_of_one_person",
                condition=Q(user__isnull=False, link__isnull=True)
                | Q(user__isnull=True, link__isnull=False)
                | Q(user__isnull=True, link__isnull=True, act="wiped"),  # the ticker did
            ),
            models.UniqueConstraint(fields=["link"], name="one_first_look_a_door_link"),
        ]

    def __str__(self):
        return f"{self.who} {self.get_act_display()}"

    def save(self, *args, **kwargs):
        """Each access stands in the security log as well: that there was one, never what."""
        from membership.security import log as security_log

        is_new = self._state.adding
        super().save(*args, **kwargs)
        if is_new:
            of = "" if self.user_id else " by a door link" if self.link_id else " by the site"
            detail = f"{self.get_act_display()}{of}, event {self.event_id}"
            security_log.note(security_log.Kind.VENUE, at=self.at, who=self.user, detail=detail)

    @property
    def who(self) -> str:
        """The colleague's name, or the volunteer's; needs user and link."""
        if self.act == self.Act.WIPED:
            return "The site"
        return self.user.get_full_name() if self.user else f"{self.link} (door)"


class RevealNotice(OwedMail):
    """A mail we owe one holder about one version of the place. The row is the queue."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="reveal_notices")
    version = models.PositiveSmallIntegerField()
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="reveal_notices")
    hand = models.PositiveSmallIntegerField(default=0)  # which holder of the ticket: see Ticket
    # The holder's, as it was when this was owed. The ticket decides at the sending; this column is
    # what the queue is grouped by, so that a claim reads its own rows and not all that wait.
    address = AddressField(blank=True, default="")
    message_id = models.CharField(
        max_length=200, unique=True
    )  # fixed by the row, so a repeat can be told
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["state", "id"], name="reveal_notices_in_turn"),
            models.Index(
                fields=["event", "version", "address", "state"], name="reveal_notices_of_a_holder"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "version", "ticket", "hand"],
                name="one_reveal_notice_a_holder_and_version",
            ),
            models.CheckConstraint(
                name="sent_reveal_notices_know_when",
                condition=~Q(state="sent") | Q(sent_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"reveal notice {self.pk}"


class RevealOpening(models.Model):
    """From when holders' pages could show one version of the venue, as it was recorded.

    Every sentence about when the venue was opened, or that a mail is late, is written from these
    rows and not from T: a hold, or a venue that came late, puts T and the truth apart. A version
    that was replaced before a page could show it has no row.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="reveal_openings")
    version = models.PositiveSmallIntegerField()
    opened_at = models.DateTimeField()  # the first instant at which a page could show it
    open_since = models.DateTimeField()  # the last time that pages began to: after a hold, say

    class Meta:
        ordering = ["event", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "version"], name="one_opening_an_event_and_version"
            ),
            models.CheckConstraint(
                name="openings_are_open_since_they_opened",
                condition=Q(open_since__gte=models.F("opened_at")),
            ),
        ]

    def __str__(self):
        return f"opening {self.version} of event {self.event_id}"
