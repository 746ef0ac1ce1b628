"""Letters about an event that moved: each rendered and sent in one go, once for each address.

Not through the outbox: after T the calendar file that comes with it says where (sender.py). The
row that owes the letter is the queue; who holds the ticket is asked again when it is sent.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from events import moving, return_limits, reveal, transfers
from events.calendars import ticket_ics
from events.models import Event, Move, MoveNotice, Ticket, WaitlistEntry
from events.night import pace
from events.sender import is_final, is_silence
from nsca.lib.mail import recipient, render_letter
from orders.locks import refuse_inside_transaction

log = logging.getLogger(__name__)

State = MoveNotice.State
LEASE = timedelta(minutes=2)  # outlives BUDGET and one more letter that runs into every time-out
LETTERS = 25  # a round of the ticker; the next comes in seconds
BUDGET = 20.0  # seconds of a round
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=15), timedelta(minutes=30)


def tick(at: datetime, gives_way: Callable[[], bool] = lambda: False) -> int:
    """What the ticker does: owe the news to those who paid meanwhile, send what is due."""
    for row in _latest(at):
        moving.owe(row, at=at)
    return send_due(at=at, gives_way=gives_way)


def _latest(at):
    later = Move.objects.filter(event=OuterRef("event"), pk__gt=OuterRef("pk"))
    live = Move.objects.filter(event__state=Event.State.PUBLISHED, event__ends_at__gt=at)
    return live.filter(~Exists(later)).select_related("event")


def send_due(
    *, at: datetime, backend: str | None = None, gives_way: Callable[[], bool] = lambda: False
) -> int:
    """Send some letters (LETTERS at most), or put them off; how many were tried. `gives_way` is
    asked before each whether something has come that goes before it.

    A crash at any line leaves rows under a lease that runs out; between the mail server's yes and
    our stamp that means one duplicate, with the same Message-ID.
    """
    refuse_inside_transaction()
    letters = [] if pace.is_silent(at=at) else claim(at=at)
    if not letters:
        return 0
    connection = get_connection(backend or settings.OUTGOING_EMAIL_BACKEND)
    tried, started = 0, time.monotonic()
    try:
        for rows in letters:
            is_enough = time.monotonic() - started > BUDGET or gives_way()
            if is_enough or not pace.take(at=at):
                break
            tried += 1
            if not _tried(rows, connection, at):
                break
    finally:
        connection.close()
    for rows in letters[tried:]:
        _put_back(rows, at)
    return tried


def claim(*, at: datetime) -> list[list[MoveNotice]]:
    """Lease the next letters until at + LEASE: lists of rows of one move and address, claimed by
    the first of them, so that two tickers never split one letter (notices.claim).
    """
    queued = MoveNotice.objects.filter(state=State.QUEUED)
    earlier = queued.filter(
        move=OuterRef("move"), address=OuterRef("address"), pk__lt=OuterRef("pk")
    )
    is_free = Q(leased_until__isnull=True) | Q(leased_until__lte=at)
    with transaction.atomic():
        heads = list(
            queued.filter(is_free)
            .filter(~Exists(earlier))
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("pk")[:LETTERS]
        )
        letters = []
        for head in heads:
            rows = list(queued.filter(move=head.move_id, address=head.address).order_by("pk"))
            _mine(rows).update(leased_until=at + LEASE, attempts=F("attempts") + 1)
            letters.append(rows)
    return letters


def _readdress(rows) -> list[MoveNotice]:
    """Rows whose ticket, or party, has another address by now; it goes onto them, and they wait
    for a letter of their own.
    """
    found = Ticket.objects.with_holder().filter(pk__in=[row.ticket_id for row in rows])
    holders = dict(found.values_list("pk", "holder"))
    strays = []
    for row in rows:
        now = holders[row.ticket_id] if row.ticket_id else row.entry.email
        if now != row.address:
            row.address = now
            _mine([row]).update(address=now)
            strays.append(row)
    return strays


def _mine(rows):
    return MoveNotice.objects.filter(pk__in=[row.pk for row in rows], state=State.QUEUED)


def _drop(rows) -> None:
    _mine(rows).update(state=State.SUPERSEDED, leased_until=None)


def _put_back(rows, at) -> None:
    """Nothing was tried: wait without counting it."""
    _mine(rows).update(leased_until=at, attempts=F("attempts") - 1)


def _tried(rows, connection, at) -> bool:
    """Send one letter, or put it off; False where the mail server need not be asked for others."""
    try:
        _send(rows, connection, at)
    except Exception as error:  # noqa: BLE001 - one bad letter must not stop the others
        # The class alone: a mail server's words repeat addresses.
        log.warning("notice %s of a move: %s", rows[0].pk, type(error).__name__)
        if is_final(error):
            _mine(rows).update(state=State.FAILED, leased_until=None)
            moving.call_for_help(rows[0].move, at=at)
            return True
        wait = min(FIRST_WAIT * 2 ** min(rows[0].attempts, 8), LONGEST_WAIT)
        _mine(rows).update(leased_until=at + wait)
        if is_silence(error):
            pace.give_back(at=at)
            pace.not_heard(at=at)
            return False
        return True
    pace.heard()
    return True


def _send(rows, connection, at) -> None:
    """One letter: asks again who holds what and where the event stands, renders, sends, stamps."""
    move = rows[0].move
    event = Event.every.get(pk=move.event_id)
    is_news = event.state == Event.State.PUBLISHED and event.starts_at == move.to_starts_at
    if not is_news or event.is_past(at) or not moving.is_latest(move):
        _drop(rows)
        return
    strays = _readdress(rows)
    _put_back([row for row in strays if row.address], at)
    _without_address([row for row in strays if not row.address], move, at)
    rows = [row for row in rows if row not in strays]
    if not rows:
        return
    tickets, party = _owed(rows, event)
    owed = {row.pk for row in rows if row.ticket_id in tickets or (party and row.entry_id)}
    _drop([row for row in rows if row.pk not in owed])
    if not owed:
        return
    message = _message(rows[0], move, event, list(tickets.values()), party, connection, at)
    with pace.timed(at=at):
        connection.open()
        message.send()
    MoveNotice.objects.filter(pk__in=owed, state=State.QUEUED).update(
        state=State.SENT, sent_at=at, leased_until=None
    )


def _without_address(rows, move, at) -> None:
    if rows:
        _mine(rows).update(state=State.NO_ADDRESS, leased_until=None)
        moving.call_for_help(move, at=at)


def _owed(rows, event) -> tuple[dict[int, Ticket], WaitlistEntry | None]:
    """The tickets of these rows that are still in the same hand and stand, and the party that
    still waits. Who was given a ticket since then learned the new day with it.
    """
    hands = {row.ticket_id: row.hand for row in rows if row.ticket_id}
    standing = Ticket.objects.standing().filter(pk__in=hands).order_by("pk")
    standing = standing.select_related("line__order", "ticket_type", "choice")
    address = rows[0].address
    tickets = {
        ticket.pk: ticket
        for ticket in standing
        if ticket.hand == hands[ticket.pk] and ticket.holder_email == address
    }
    for ticket in tickets.values():
        ticket.event = event
    entries = [row.entry_id for row in rows if row.entry_id]
    party = WaitlistEntry.objects.filter(pk__in=entries, left_at__isnull=True).first()
    return tickets, party


def _message(row, move, event, tickets, party, connection, at) -> EmailMultiAlternatives:
    letter = render_letter("event_moved", _context(move, event, tickets, party, at))
    name = _name(tickets, party)
    message = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[recipient(row.address, name)],
        headers={"Message-ID": row.message_id, "Auto-Submitted": "auto-generated"},
        connection=connection,
    )
    message.attach_alternative(letter.html, "text/html")
    for ticket in tickets:
        if ticket.suspended_at is not None:
            continue  # its file would take the entry away
        message.attach(
            f"{event.slug}-{ticket.code}.ics", ticket_ics(ticket, at=at), "text/calendar"
        )
    return message


def _name(tickets, party) -> str:
    if tickets:
        return (tickets[0].guest_name or tickets[0].line.order.buyer_name).strip()
    return party.name


def _context(move, event, tickets, party, at) -> dict:
    """What the letter says. Never the place: the calendar file has it, where it is told. A ticket
    in dispute is told the day, and nothing that rests on being let in.
    """
    good = [ticket for ticket in tickets if ticket.suspended_at is None]
    own = [ticket for ticket in good if _is_buyers(ticket)]
    ends = [return_limits.returns_until(event, ticket.line) for ticket in good]
    until = max((end for end in ends if end is not None and end > at), default=None)
    gives_until = transfers.closes_at(event)
    return {
        "move": move,
        "event": event,
        "tickets": good,
        "resting": [ticket for ticket in tickets if ticket.suspended_at is not None],
        "holds": len(tickets),
        "party": party,
        "greeting": _name(tickets, party),
        "is_told": event.is_secret and reveal.is_told(event, at=at),
        "is_secret": event.is_secret,
        "is_due": event.is_secret and event.opens_at <= at,
        "refunds_until": until,
        "orders": list({ticket.line.order_id: ticket.line.order for ticket in own}.values()),
        "gives_until": gives_until if gives_until > at else None,
    }


def _is_buyers(ticket: Ticket) -> bool:
    """Whether its holder is who bought it: the order's link is the buyer's alone."""
    buyer = ticket.line.order.buyer_email
    return not ticket.hand and ticket.holder_email == buyer
