"""What an event was before: former venues, former dates, and whom we owe the news."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from events.models.event import Event
from events.models.ticket import Ticket, WaitlistEntry
from nsca.lib.mail.addresses import AddressField
from nsca.lib.mail.queue import OwedMail
from nsca.lib.timing import day_of


class FormerVenue(models.Model):
    """A revealed venue that has changed since, so that the page can strike it through.

    Encrypted; written and read only through reveal/. A venue that was never revealed leaves no row.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveSmallIntegerField()  # the R under which it was revealed
    sealed = models.BinaryField()  # as it was in Venue
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ["event", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "version"], name="one_former_place_an_event_and_version"
            )
        ]

    def __str__(self):
        return f"former venue of event {self.event_id}"


class Move(models.Model):
    """One move of an event's start after it was announced: to another day or time."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="moves")
    from_starts_at = models.DateTimeField()
    to_starts_at = models.DateTimeField()
    to_ends_at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)  # the committee's words in the e-mail
    # Until when guests who had ordered before may return tickets online; none: as before.
    refunds_until = models.DateTimeField(null=True, blank=True)
    refunds_after_reveal = models.BooleanField(default=False)  # staff checked the box
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["event", "pk"]
        constraints = [
            models.CheckConstraint(
                name="moves_go_somewhere", condition=~Q(from_starts_at=F("to_starts_at"))
            )
        ]

    def __str__(self):
        return f"move {self.pk}"

    @property
    def is_to_another_day(self) -> bool:
        return day_of(self.from_starts_at) != day_of(self.to_starts_at)


class MoveMail(OwedMail):
    """An e-mail about a move, owed to one holder or waitlist party. The rows are the outbox."""

    move = models.ForeignKey(Move, on_delete=models.PROTECT, related_name="mails")
    ticket = models.ForeignKey(
        Ticket, on_delete=models.PROTECT, null=True, blank=True, related_name="move_mails"
    )
    transfer_count = models.PositiveSmallIntegerField(
        default=0
    )  # which holder of the ticket: see Ticket
    entry = models.ForeignKey(
        WaitlistEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    address = AddressField(blank=True, default="")  # as RevealMail's
    message_id = models.CharField(max_length=200, unique=True)  # fixed, to recognize a repeat
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["state", "id"], name="move_notices_in_turn"),
            models.Index(fields=["move", "address", "state"], name="move_notices_of_a_holder"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["move", "ticket", "transfer_count"], name="one_mail_a_holder_and_move"
            ),
            models.UniqueConstraint(fields=["move", "entry"], name="one_notice_a_party_and_move"),
            models.CheckConstraint(
                name="notices_of_moves_are_for_a_holder_or_a_party",
                condition=Q(ticket__isnull=False, entry__isnull=True)
                | Q(ticket__isnull=True, entry__isnull=False),
            ),
            models.CheckConstraint(
                name="sent_notices_of_moves_know_when",
                condition=~Q(state="sent") | Q(sent_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"notice {self.pk} of a move"
