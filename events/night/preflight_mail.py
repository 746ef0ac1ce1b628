"""The pre-flight: an e-mail to the committee a day and two hours before T that says what would go
wrong.

It bypasses the outbox: whether there is a venue is a secret, and must never be in a table. The row
that owes the e-mail is the queue; what it says is decided when it is sent.
"""

import smtplib
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from events.models import Event, Preflight
from events.night import preflight
from events.reveal import pace
from events.reveal.people import people_of
from nsca.lib.mail.mail import message_of, recipient, render_mail
from nsca.lib.mail.queue import MailQueue
from orders.lines.locks import refuse_inside_transaction
from orders.models import Task

LEGS = Preflight.Leg
SEE = "events.see_venue"


def tick(at: datetime, gives_way: Callable[[], bool] = lambda: False) -> int:
    """Owe the e-mails that are due and send those owed; how many were tried. Called by
    the ticker.
    """
    owe(at=at)
    refuse_inside_transaction()
    return queue.send_due(at=at, gives_way=gives_way)


def committee():
    """Who gets it: colleagues who can sign in and may see venues."""
    staff = get_user_model().objects.filter(is_staff=True, is_active=True).order_by("pk")
    return [user for user in staff if user.has_perm(SEE)]


def leg_of(event: Event, at: datetime) -> int | None:
    """Which e-mail is due at an instant (UTC): the later, where both are. None before, from T on,
    and where nothing will be revealed.
    """
    if event.opens_at is None or event.reveal_version or not event.is_published(at):
        return None
    if event.is_canceled:
        return None
    left = event.opens_at - at
    if left <= timedelta(0):
        return None
    return next((leg for leg in sorted(LEGS) if left <= timedelta(hours=leg)), None)


def owe(*, at: datetime) -> int:
    """Add a row for each colleague and due e-mail; how many are new. A moved start means another
    T, which has e-mails of its own.
    """
    return sum(_owe(event, leg) for event in _ahead(at) if (leg := leg_of(event, at)))


def _owe(event, leg) -> int:
    present = Preflight.objects.filter(event=event, opens_at=event.opens_at, leg=leg)
    if present.exists():
        return 0
    rows = [
        Preflight(event=event, opens_at=event.opens_at, leg=leg, user=user) for user in committee()
    ]
    Preflight.objects.bulk_create(rows, ignore_conflicts=True)  # another ticker was faster
    return len(rows)


def _ahead(at):
    return Event.objects.filter(
        state=Event.State.PUBLISHED, lead__isnull=False, reveal_version=0, starts_at__gt=at
    )


class PreflightMail(MailQueue):
    """The pre-flight's e-mails: one for each colleague."""

    model = Preflight
    same = ("pk",)
    pace = pace
    is_urgent = True

    def make(self, rows, at):
        [row] = rows
        event, user = row.event, row.user
        # It was not sent in time (T came or moved, or the next e-mail is due), or its colleague
        # may no longer read it.
        is_due = row.opens_at == event.opens_at and leg_of(event, at) == row.leg
        if not (is_due and user.is_active and user.is_staff and user.has_perm(SEE)):
            self.drop(rows)
            return None
        return _message(row, event, user, at), rows

    def drop(self, rows):
        self.mine(rows).delete()

    def failed(self, rows, error, tries, at):
        _call_for_help(rows[0], error, at)


queue = PreflightMail()


def _message(row, event, user, at) -> EmailMultiAlternatives:
    mail = render_mail("preflight", context_of(event, leg=row.leg, user=user, at=at))
    host = settings.POST_OFFICE["MESSAGE_ID_FQDN"]
    return message_of(
        mail,
        to=recipient(user.email, user.name),
        headers={"Message-ID": f"<preflight.{row.pk}.{row.event_id}.{row.leg}@{host}>"},
    )


def context_of(event: Event, *, leg: int, user, at: datetime) -> dict:
    """What the e-mail says at an instant (UTC)."""
    found = [
        (trouble, _absolute(preflight.url_of(event, trouble)))
        for trouble in preflight.troubles(event, at=at)
    ]
    return {
        "event": event,
        "leg": leg,
        "before": "a day" if leg == LEGS.DAY else "two hours",
        "name": user.name,
        "grave": [pair for pair in found if pair[0].is_grave],
        "small": [pair for pair in found if not pair[0].is_grave],
        "count": len(found),
        "people": people_of(event),
        "pace": preflight.pace_words(event, at=at),
        "left": event.opens_at - at,
        "control_url": _absolute(reverse("admin:events_event_reveal", args=[event.pk])),
    }


def _absolute(path: str) -> str:
    return settings.SITE_URL + path if path else ""


def _call_for_help(row, error, at) -> None:
    """Add one task per event and T: the e-mail that should warn could not be sent."""
    why = "does not accept our e-mails"
    if isinstance(error, smtplib.SMTPSenderRefused):
        why = "refuses our sender address (DEFAULT_FROM_EMAIL)"
    elif isinstance(error, smtplib.SMTPAuthenticationError):
        why = "refuses our name and password (EMAIL_URL)"
    elif isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException):
        why = "does not answer"
    words = (
        f"{row.event}: we couldn’t send the pre-flight e-mail, because the mail server {why}. "
        "Until that is fixed, no ticket holder would get the venue by e-mail. Open “Pre-flight”."
    )
    Task.objects.update_or_create(
        key=f"preflight:{row.event_id}:{row.opens_at.isoformat()}",
        defaults={"text": words},
        create_defaults={"text": words, "created_at": at},
    )
