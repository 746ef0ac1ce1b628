"""The pre-flight: a letter to the committee a day before T, and another two hours before it, that
says what would go wrong.

Not through the outbox: whether there is a place is a secret, and nothing of it may lie in a table.
The row that owes the letter is the queue; what it says is found out when it is sent.
"""

import logging
import smtplib
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.urls import reverse

from events.models import Event, Preflight
from events.night import pace, preflight
from events.people import people_of
from nsca.lib.mail import recipient, render_letter
from orders.locks import refuse_inside_transaction
from orders.models import Task

log = logging.getLogger(__name__)

LEGS = Preflight.Leg
BUDGET = 20.0  # seconds of a round; the ticker has a place to tell, too
LEASE = timedelta(minutes=2)  # outlives BUDGET and one more letter that runs into every time-out
WAIT = timedelta(minutes=1)  # after a letter that the mail server did not take
SEE = "events.see_venue"


def tick(at: datetime, gives_way: Callable[[], bool] = lambda: False) -> int:
    """What the ticker does: owe the letters whose hour has come, send what is owed; how many."""
    owe(at=at)
    return send_due(at=at, gives_way=gives_way)


def committee():
    """Who gets it: colleagues who can sign in and may see places."""
    staff = get_user_model().objects.filter(is_staff=True, is_active=True).order_by("pk")
    return [user for user in staff if user.has_perm(SEE)]


def leg_of(event: Event, at: datetime) -> int | None:
    """Which letter it is time for at an instant (UTC): the later, where both are. None before,
    from T on, and where nothing will be told.
    """
    if event.opens_at is None or event.reveal_version or not event.is_published(at):
        return None
    if event.is_cancelled:
        return None
    left = event.opens_at - at
    if left <= timedelta(0):
        return None
    return next((leg for leg in sorted(LEGS) if left <= timedelta(hours=leg)), None)


def owe(*, at: datetime) -> int:
    """A row for each colleague and letter whose hour has come; how many are new. A start that
    moves makes another T, and that has letters of its own.
    """
    return sum(_owe(event, leg) for event in _ahead(at) if (leg := leg_of(event, at)))


def _owe(event, leg) -> int:
    present = Preflight.objects.filter(event=event, opens_at=event.opens_at, leg=leg)
    if present.exists():
        return 0
    rows = [
        Preflight(event=event, opens_at=event.opens_at, leg=leg, user=user) for user in committee()
    ]
    Preflight.objects.bulk_create(rows, ignore_conflicts=True)  # another ticker was quicker
    return len(rows)


def _ahead(at):
    return Event.objects.filter(
        state=Event.State.PUBLISHED, lead__isnull=False, reveal_version=0, starts_at__gt=at
    )


def send_due(
    *, at: datetime, backend: str | None = None, gives_way: Callable[[], bool] = lambda: False
) -> int:
    """Send what is owed, each letter rendered now; how many left. A crash between the mail
    server's yes and our stamp costs one duplicate, with the same Message-ID.
    """
    refuse_inside_transaction()
    if not Preflight.objects.filter(sent_at=None).exists() or pace.is_silent(at=at):
        return 0
    _forget_the_late(at)
    sent, started = 0, time.monotonic()
    while time.monotonic() - started < BUDGET and not gives_way() and (row := _claimed(at)):
        if not pace.take(at=at, is_urgent=True):
            Preflight.objects.filter(pk=row.pk).update(leased_until=None)
            break
        try:
            _send(row, at, backend)
        except Exception as error:  # noqa: BLE001 - whatever it was, the next letter has its turn
            # The class alone: a mail server's words repeat addresses.
            log.warning("pre-flight %s: %s", row.pk, type(error).__name__)
            Preflight.objects.filter(pk=row.pk).update(leased_until=at + WAIT)
            pace.give_back(at=at)
            _call_for_help(row, error, at)
            continue
        Preflight.objects.filter(pk=row.pk).update(sent_at=at, leased_until=None)
        sent += 1
    return sent


def _forget_the_late(at) -> None:
    """Rows whose hour has passed unsent: T came or moved, or the next letter is due."""
    for row in Preflight.objects.filter(sent_at=None).select_related("event"):
        if row.opens_at != row.event.opens_at or leg_of(row.event, at) != row.leg:
            Preflight.objects.filter(pk=row.pk, sent_at=None).delete()


def _claimed(at) -> Preflight | None:
    with transaction.atomic():
        row = (
            Preflight.objects.filter(sent_at=None)
            .exclude(leased_until__gt=at)
            .select_for_update(skip_locked=True, of=("self",))
            .first()
        )
        if row is not None:
            Preflight.objects.filter(pk=row.pk).update(leased_until=at + LEASE)
    return row


def _send(row, at, backend) -> None:
    event = Event.objects.get(pk=row.event_id)
    user = get_user_model().objects.get(pk=row.user_id)
    if not (user.is_active and user.is_staff and user.has_perm(SEE)):
        return  # not ours any more: nothing is owed
    message = _message(row, event, user, at)
    message.connection = get_connection(backend or settings.OUTGOING_EMAIL_BACKEND)
    message.send()


def _message(row, event, user, at) -> EmailMultiAlternatives:
    letter = render_letter("preflight", context_of(event, leg=row.leg, user=user, at=at))
    host = settings.POST_OFFICE["MESSAGE_ID_FQDN"]
    message = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[recipient(user.email, user.name)],
        headers={
            "Message-ID": f"<preflight.{row.pk}.{row.event_id}.{row.leg}@{host}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(letter.html, "text/html")
    return message


def context_of(event: Event, *, leg: int, user, at: datetime) -> dict:
    """What the letter says at an instant (UTC)."""
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
    """One task an event and instant: the letter that should warn could not leave."""
    why = "does not take our letters"
    if isinstance(error, smtplib.SMTPSenderRefused):
        why = "refuses the address that our letters come from (DEFAULT_FROM_EMAIL)"
    elif isinstance(error, smtplib.SMTPAuthenticationError):
        why = "refuses our name and password (EMAIL_URL)"
    elif isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException):
        why = "does not answer"
    words = (
        f"{row.event}: the letter that checks the reveal could not be sent: the mail server "
        f"{why}. As it is now, no holder would get a letter. Open the event's “Pre-flight”."
    )
    Task.objects.update_or_create(
        key=f"preflight:{row.event_id}:{row.opens_at.isoformat()}",
        defaults={"text": words},
        create_defaults={"text": words, "created_at": at},
    )
