"""The venue of an event, sealed; who accessed it; to whom we still owe it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from events.models.event import Event
from events.models.ticket import Ticket
from nsca.lib.mail.addresses import AddressField
from nsca.lib.mail.queue import OwedMail


class Venue(models.Model):
    """The venue, or the link to join. Encrypted; written and read only through reveal/."""

    class Kind(models.TextChoices):
        VENUE = "venue", "a venue"
        ONLINE = "online", "a link to join"

    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.VENUE)
    sealed = models.BinaryField()  # always the same length, whatever the venue
    sealed_at = models.DateTimeField()  # when the present venue was saved

    def __str__(self):
        return f"venue of event {self.event_id}"


class VenueAccess(models.Model):
    """One access to a venue, or act on it. Says who and when, never what."""

    class Act(models.TextChoices):
        LOOKED = "looked", "viewed the venue"
        CHANGED = "changed", "changed the venue"
        HELD = "held", "put the reveal on hold"
        RELEASED = "released", "released the hold"
        OPENED = "opened", "revealed the venue"
        SEALED = "sealed", "published the seal"
        WORDS = "words", "ran the word check"
        DRY_RUN = "dry_run", "made a dry run"
        WIPED = "wiped", "wiped the venue of a canceled event"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="venue_accesses")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    link = models.ForeignKey(
        "events.DoorLink", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # of a volunteer, who does not sign in
    act = models.CharField(max_length=8, choices=Act)
    at = models.DateTimeField()
    seen_at = models.DateTimeField(
        "read by a director at", null=True, blank=True, editable=False
    )  # the admin's first page lists the others

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = "venue access"
        verbose_name_plural = "venue access log"
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
        """Add each access to the security log as well: that there was one, never what."""
        from membership.security import log as security_log

        is_new = self._state.adding
        super().save(*args, **kwargs)
        if is_new:
            of = "" if self.user_id else " by a door link" if self.link_id else " by the site"
            detail = f"{self.get_act_display()}{of}, event {self.event_id}"
            security_log.note(security_log.Kind.VENUE, at=self.at, who=self.user, detail=detail)

    @property
    def who(self) -> str:
        """The colleague's or volunteer's name; needs user and link."""
        if self.act == self.Act.WIPED:
            return "The site"
        return self.user.get_full_name() if self.user else f"{self.link} (door)"


class RevealMail(OwedMail):
    """An e-mail owed to one holder about one version of the venue. The rows are the outbox."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="reveal_mails")
    version = models.PositiveSmallIntegerField()
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="reveal_mails")
    transfer_count = models.PositiveSmallIntegerField(
        default=0
    )  # which holder of the ticket: see Ticket
    # The holder's address when this was owed. The ticket decides when it is sent; rows are grouped
    # by this column, so that a claim reads only its own rows.
    address = AddressField(blank=True, default="")
    message_id = models.CharField(
        max_length=200, unique=True
    )  # fixed by the row, so that a repeat can be recognized
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
                fields=["event", "version", "ticket", "transfer_count"],
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
    """From when holders' pages could show one version of the venue, as recorded.

    Every sentence about when the venue was revealed, or that an e-mail is late, uses these rows, not
    T: after a hold, or when a venue came late, T is not the truth. A version that was replaced before
    a page could show it has no row.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="reveal_openings")
    version = models.PositiveSmallIntegerField()
    opened_at = models.DateTimeField()  # when a page could first show it
    open_since = models.DateTimeField()  # when pages last began to, e.g. after a hold

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
