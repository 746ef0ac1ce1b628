"""What a reveal needs besides its notices: the pace of e-mails, calls, the pre-flight."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from events.models.event import Event
from events.models.ticket import Ticket
from nsca.lib.mail.queue import OwedMail


class MailServer(models.Model):
    """How the mail server has answered; one row, shared and locked by all senders."""

    silences = models.PositiveSmallIntegerField(
        default=0
    )  # in a row, since it last took an e-mail
    silent_until = models.DateTimeField(null=True, blank=True)  # we don't ask it until then
    # How long it took for the last e-mails, the newest weighing a fifth; how many were measured.
    seconds_a_mail = models.FloatField(null=True, blank=True)
    measured_at = models.DateTimeField(null=True, blank=True)
    measured = models.PositiveIntegerField(default=0)

    def __str__(self):
        return "the mail server"


class Departure(models.Model):
    """An e-mail that went out, for MAIL_PER_HOUR. It says when, not to whom."""

    at = models.DateTimeField(db_index=True)

    def __str__(self):
        return f"an e-mail went out at {self.at:%H:%M:%S}"


class Call(models.Model):
    """A phone call to a ticket holder about one version of the venue."""

    class Outcome(models.TextChoices):
        OPEN = "open", "not reached yet"
        REACHED = "reached", "reached by phone"
        NO_ANSWER = "no_answer", "no answer"

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="calls")
    transfer_count = models.PositiveSmallIntegerField()  # which holder of the ticket
    version = models.PositiveSmallIntegerField()  # of the venue
    caller = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    called_at = models.DateTimeField(null=True)  # when the last caller took it
    leased_until = models.DateTimeField(null=True)  # until then only that caller may call
    outcome = models.CharField(max_length=9, choices=Outcome, default=Outcome.OPEN)
    tries = models.PositiveSmallIntegerField(default=0)  # unanswered calls

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "transfer_count", "version"],
                name="one_call_a_holder_and_version",
            ),
            models.CheckConstraint(
                name="calls_have_a_caller",
                condition=Q(outcome="open", called_at__isnull=True)
                | Q(caller__isnull=False, called_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"call about ticket {self.ticket_id}"


class Preflight(OwedMail):
    """An e-mail owed to one colleague some hours before T. The rows are the outbox."""

    class Leg(models.IntegerChoices):
        DAY = 24, "a day before"
        TWO_HOURS = 2, "two hours before"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="preflights")
    opens_at = models.DateTimeField()  # the T it is about: another T is another pre-flight
    leg = models.PositiveSmallIntegerField(choices=Leg)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "opens_at", "leg", "user"],
                name="one_preflight_a_colleague_and_instant",
            ),
        ]

    def __str__(self):
        return f"pre-flight {self.leg} hours before event {self.event_id}"
