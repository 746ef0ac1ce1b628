"""A letter when a card is turned, for holders who asked for one.

Owed from the hint's own instant on, and not before. Like the letters that tell the place, each is
claimed, rendered and sent in one go, and lies in no queue: a hint that staff take back or put off
is not sent, not even where the mail server was silent for an hour. One letter a hint and address,
however many tickers run; a crash between the mail server's yes and our stamp means one duplicate,
with the same Message-ID.
"""

import logging
import smtplib
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from anymail.exceptions import AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from events import notices
from events.hints import cards
from events.models import Event, Hint, HintLetter, OptIn, Ticket
from events.night import pace
from events.opt_ins import Kind, active, with_address
from nsca.lib.mail import NoSuchAddress, recipient, render_letter
from orders.locks import refuse_inside_transaction

log = logging.getLogger(__name__)

STILL_NEWS = timedelta(days=2)  # a letter later than this tells nothing new
LETTERS_A_ROUND = 50
BUDGET = 20.0  # seconds of a round: the ticker has a place to tell, too
LEASE = timedelta(minutes=2)  # outlives BUDGET and one more letter that runs into every time-out
AGAIN = timedelta(minutes=5)  # after a try that failed


def tick(at: datetime, gives_way: Callable[[], bool] = lambda: False) -> int:
    """Send the letters that are due, LETTERS_A_ROUND at most; how many the mail server took.
    `gives_way` is asked before each whether something has come that goes before it.

    Where the hour's letters are counted, those that tell a place go first.
    """
    refuse_inside_transaction()
    if pace.is_silent(at=at) or (settings.MAIL_PER_HOUR and notices.are_owed()):
        return 0
    tried, posted, started = 0, 0, time.monotonic()
    connection = get_connection(settings.OUTGOING_EMAIL_BACKEND)
    try:
        for hint in due(at):
            for address in _addresses(hint, at):
                is_enough = tried == LETTERS_A_ROUND or time.monotonic() - started > BUDGET
                if is_enough or gives_way() or not pace.take(at=at):
                    return posted
                tried += 1
                posted += _sent(hint.pk, address, connection, at)
    except _NotNow:
        pace.give_back(at=at)
    finally:
        connection.close()
    return posted


class _NotNow(Exception):
    """The mail server failed us: that letter waits, and the next round goes on with the next."""


def due(at: datetime) -> list[Hint]:
    """Hints that were turned lately and of which somebody is owed a letter.

    Not once the place is told (the card is on the table then), nor of an event that is off.
    """
    owed = _owed(OuterRef(OuterRef("pk")), OuterRef("opens_at"), OuterRef("event_id"), at)
    hints = _turned(at).filter(Exists(owed))
    return [hint for hint in hints if _is_news(hint, at)]


def _turned(at):
    return Hint.objects.filter(
        opens_at__lte=at,
        opens_at__gt=at - STILL_NEWS,
        event__state=Event.State.PUBLISHED,
        event__publish_at__lte=at,
        event__ends_at__gt=at,
        event__is_rehearsal=False,  # a drill is of the reveal alone
    ).select_related("event")


def _is_news(hint, at) -> bool:
    return hint.event.opens_at is None or at < hint.event.opens_at


def _owed(hint_id, opens_at, event_id, at):
    """Opt-ins of the event that are older than the turning and have no letter about this hint.

    `hint_id` stands two subqueries deep.
    """
    had = HintLetter.objects.filter(
        Q(posted_at__isnull=False) | Q(claimed_until__gt=at),
        hint=hint_id,
        ticket=OuterRef("ticket"),
        hand=OuterRef("hand"),
    )
    rows = active(Kind.HINTS).filter(ticket__event=event_id, asked_at__lte=opens_at)
    return rows.filter(~Exists(had))


def _of(hint, at):
    rows = with_address(_owed(hint.pk, hint.opens_at, hint.event_id, at))
    return rows.exclude(Q(address="") | Q(address__isnull=True))


def _addresses(hint, at) -> list[str]:
    return sorted(set(_of(hint, at).values_list("address", flat=True)))


def _claim(hint_id: int, address: str, at: datetime):
    """The hint, and the opt-ins that one letter to this address answers, leased to us; or None.

    Under the hint's lock, and asked anew: staff may have taken it back a moment ago.
    """
    with transaction.atomic():
        hint = _turned(at).select_for_update(of=("self",)).filter(pk=hint_id).first()
        if hint is None or not _is_news(hint, at):
            return None
        rows = list(_of(hint, at).filter(address=address).order_by("pk"))
        for row in rows:
            HintLetter.objects.update_or_create(
                hint=hint,
                ticket_id=row.ticket_id,
                hand=row.hand,
                defaults={"claimed_until": at + LEASE},
            )
    return (hint, rows) if rows else None


def _sent(hint_id: int, address: str, connection, at: datetime) -> int:
    """1 where the mail server took the letter; 0 where the address is refused, or nothing is owed
    any more. Raises _NotNow.
    """
    claimed = _claim(hint_id, address, at)
    if claimed is None:
        pace.give_back(at=at)
        return 0
    hint, rows = claimed
    mine = HintLetter.objects.filter(hint=hint, ticket__in=[row.ticket_id for row in rows])
    ticket = Ticket.objects.select_related("line__order").get(pk=rows[0].ticket_id)
    if ticket.hand != rows[0].hand:  # given on since the claim: its new holder did not ask
        pace.give_back(at=at)
        return 0
    try:
        _message(hint, rows[0], ticket, connection, at).send()
    except Exception as error:  # noqa: BLE001 - one bad letter must not stop the others
        # The class alone: a mail server's words repeat addresses.
        log.warning("hint letter of hint %s: %s", hint.pk, type(error).__name__)
        if not _is_final(error):
            mine.update(claimed_until=at + AGAIN)
            raise _NotNow from None
        mine.update(claimed_until=None, posted_at=at)
        return 0
    mine.update(claimed_until=None, posted_at=at)
    return 1


def _is_final(error: Exception) -> bool:
    """This address is refused for good (RFC 5321 §4.2.1: 5yz), or it is none."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in error.recipients.values())
    return isinstance(error, NoSuchAddress | AnymailRecipientsRefused)


def _message(
    hint: Hint, row: OptIn, ticket: Ticket, connection, at: datetime
) -> EmailMultiAlternatives:
    name = ticket.guest_name or ticket.line.order.buyer_name
    leave_url = settings.SITE_URL + reverse("tickets:hints_leave", args=[row.token])
    shown = cards(hint.event, at=at, for_holders=True)
    letter = render_letter(
        "hint",
        {
            "event": hint.event,
            "hint": hint,
            "left": sum(not card.is_turned for card in shown),
            "greeting": name,
            "ticket_url": settings.SITE_URL + ticket.get_absolute_url(),
            "leave_url": leave_url,
        },
    )
    host = settings.POST_OFFICE["MESSAGE_ID_FQDN"]
    message = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[recipient(ticket.holder_email, name)],
        headers={
            "Message-ID": f"<hint.{hint.pk}.{row.pk}@{host}>",
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{leave_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        connection=connection,
    )
    message.attach_alternative(letter.html, "text/html")
    return message


def asked(event: Event) -> int:
    """How many holders' tickets get a letter about the next hint."""
    return active(Kind.HINTS).filter(ticket__event=event, hand=F("ticket__hand")).count()
