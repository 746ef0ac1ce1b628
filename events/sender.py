"""Tells holders the place by mail: each letter rendered now, sent now, kept nowhere.

Not through the outbox: a letter with a place in it must not lie in a table, neither before T nor
after. What can fail is tried again; the ticket's page keeps the promise meanwhile.
"""

import logging
import smtplib
import time
from datetime import datetime, timedelta

from anymail.exceptions import AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from events import envelope, notices, witnesses
from events.calendars import ticket_ics
from events.models import Event, RevealNotice, Ticket
from events.night import pace
from events.reveal import Opened, Viewer, Why, opening_of, reveal_for, was_open_before
from nsca.lib.mail import Letter, NoSuchAddress, recipient, render_letter
from orders.locks import refuse_inside_transaction

log = logging.getLogger(__name__)

ON_TIME = timedelta(minutes=10)  # of T; a later letter says that it is late
HELD_FOR = timedelta(seconds=5)  # a held letter is looked at again with the next tick
BUDGET = 20.0  # seconds of a claim, then the lease runs out sooner than its letters are sent


def send_due(*, at: datetime, backend: str | None = None) -> int:
    """Claim some letters (notices.LETTERS at most) and send each or put it off; how many.

    Call it until it returns 0: nothing is due, the hour's letters are spent, or the mail server is
    silent. A crash at any line leaves rows under a lease that runs out; between the provider's
    yes and our stamp that means one duplicate, with the same Message-ID.
    """
    refuse_inside_transaction()
    if pace.is_silent(at=at):
        return 0
    letters = notices.claim(at=at)
    if not letters:
        return 0
    connection = get_connection(backend or settings.OUTGOING_EMAIL_BACKEND)
    tried, started = 0, time.monotonic()
    try:
        for number, rows in enumerate(letters):
            is_in_time = time.monotonic() - started < BUDGET
            # A slow server must not carry us past our lease: the next claim has the rest.
            if not is_in_time or not pace.take(at=at):
                _put_back_all(letters[number:], at)
                break
            tried += 1
            if not _tried(rows, connection, at):
                _put_back_all(letters[number + 1 :], at)
                break
    finally:
        connection.close()
    return tried


def _put_back_all(letters, at) -> None:
    for rows in letters:
        notices.put_back(rows, until=at)


def _tried(rows, connection, at) -> bool:
    """Send one letter, or put it off; False where the mail server need not be asked for others."""
    try:
        _send(rows, connection, at)
    except Exception as error:  # noqa: BLE001 - one bad letter must not stop the others
        # The class alone: a mail server's words repeat addresses.
        log.warning("reveal notice %s: %s", rows[0].pk, type(error).__name__)
        if is_final(error):
            notices.give_up(rows, at=at)
        else:
            notices.try_later(rows, at=at)
        if is_silence(error):
            pace.give_back(at=at)
            if pace.not_heard(at=at) >= notices.PATIENCE:
                notices.call_for_help(rows[0].event, at=at)
            return False
        return True
    pace.heard()
    return True


def _send(rows, connection, at) -> None:
    """One letter: asks again who may know what, renders, sends, stamps."""
    event = Event.every.get(pk=rows[0].event_id)
    if event.is_rehearsal and rows[0].address not in event.rehearsal.addresses():
        notices.drop(rows)  # a drill reaches who was chosen for it, whatever its tickets say
        return
    if rows[0].version != event.reveal_version or event.is_cancelled:
        notices.drop(rows)
        return
    if event.is_past(at):
        notices.give_up(rows, at=at)
        return
    tokens = {
        row.ticket_id: row.ticket.token
        for row in RevealNotice.objects.filter(pk__in=[row.pk for row in rows]).select_related(
            "ticket"
        )
    }
    reveal = reveal_for(event, Viewer(tokens=frozenset(tokens.values())), at=at)
    if not isinstance(reveal, Opened):
        if reveal is not None and reveal.why == Why.NOT_YOURS:
            notices.drop(rows)
        elif reveal is not None and reveal.why in (Why.LOST, Why.MISSING):
            notices.try_later(rows, at=at)
            if reveal.why == Why.LOST:
                notices.call_for_key(event, at=at)
        else:
            notices.put_back(rows, until=at + HELD_FOR)
        return
    mine = {ticket.pk: ticket for ticket in reveal.tickets or _tickets(rows)}
    # A ticket given on since the claim: its new holder has a row of their own.
    owed = [row for row in rows if row.ticket_id in mine and row.hand == mine[row.ticket_id].hand]
    notices.drop([row for row in rows if row not in owed])
    # An address corrected since the claim: such a row goes with its own letter.
    address, rows = rows[0].address, owed
    strays = [row for row in rows if mine[row.ticket_id].holder_email != address]
    notices.put_back(strays, until=at)
    notices.readdress(strays)
    rows = [row for row in rows if row not in strays]
    if not rows:
        return
    tickets = [mine[row.ticket_id] for row in rows]
    for ticket in tickets:
        ticket.event = event
    message = _message(rows[0], tickets, reveal, connection, at)
    with pace.timed(at=at):
        connection.open()  # once a claim, not once a letter; an open one stays as it is
        message.send()
    notices.stamp_sent(rows, at=at)


def _tickets(rows):
    """The valid tickets of these rows, where everyone may know and the door names no holder."""
    return (
        Ticket.objects.valid()
        .filter(pk__in=[row.ticket_id for row in rows])
        .select_related("line__order", "choice")
    )


def _message(row, tickets, reveal, connection, at) -> EmailMultiAlternatives:
    letter = _letter(tickets, reveal, at)
    name = tickets[0].guest_name or tickets[0].line.order.buyer_name
    message = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[recipient(tickets[0].holder_email, name)],
        headers={"Message-ID": row.message_id, "Auto-Submitted": "auto-generated"},
        connection=connection,
    )
    message.metadata = {"reveal": row.message_id}  # a provider repeats it where a letter bounces
    message.attach_alternative(letter.html, "text/html")
    for ticket in tickets:
        message.attach(
            f"{ticket.event.slug}-{ticket.code}.ics", ticket_ics(ticket, at=at), "text/calendar"
        )
    return message


def _letter(tickets, reveal, at) -> Letter:
    first = tickets[0]
    return render_letter(
        "reveal",
        {
            "event": first.event,
            "reveal": reveal,
            "place": reveal.place,
            "proof": envelope.proof_of(first.event, reveal),
            "seals": witnesses.seals_for(first.event, reveal),
            "tickets": tickets,
            "greeting": (first.guest_name or first.line.order.buyer_name).strip(),
            **_history(tickets, reveal, at),
        },
    )


def _history(tickets, reveal, at) -> dict:
    """What this mail may say of the time before it, from recorded instants (UTC):

    `was_told`: an older version reached this guest by mail, page or telephone; only they read
    CHANGED. `may_have_seen`: their page could show an older one, and nobody knows whether they
    looked. `page_since`: from when their pages have shown the venue, where this mail is late.
    `opened_late`: when the reveal was late itself.
    """
    event = tickets[0].event
    held_since = max(_held_since(ticket) for ticket in tickets)
    was_told = reveal.is_changed and notices.was_told_before(tickets, reveal.version)
    found = {"was_told": was_told}
    if reveal.is_changed and not was_told:
        found["may_have_seen"] = was_open_before(event, reveal.version, since=held_since)
    opening = opening_of(event, reveal.version) if reveal.opens_at else None
    if opening is None or was_told:
        return found
    since = max(opening.open_since, held_since)
    if at > since + ON_TIME:
        found["page_since"] = since
    if not reveal.is_changed and held_since < reveal.opens_at < opening.opened_at - ON_TIME:
        found["opened_late"] = opening.opened_at
    return found


def _held_since(ticket) -> datetime:
    """From when its page could have shown a venue that was open."""
    got = ticket.given_on_at or ticket.line.order.paid_at
    return max(got, ticket.restored_at or got)


_ABOUT_US = (
    smtplib.SMTPConnectError, smtplib.SMTPServerDisconnected, smtplib.SMTPHeloError,
    smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError, smtplib.SMTPSenderRefused,
)  # fmt: skip
_CLOSING, _FULL = 421, 452  # RFC 5321 §4.2.2: the service closes; no room, "too many" of a cap


def is_silence(error: Exception) -> bool:
    """No connection, one that broke, or a no to everything of ours: not a word about this
    letter.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = {code for code, _words in error.recipients.values()}
        return bool(codes) and codes <= {_CLOSING, _FULL}
    if isinstance(error, smtplib.SMTPResponseException) and error.smtp_code in (_CLOSING, _FULL):
        return True
    if isinstance(error, smtplib.SMTPException):
        return isinstance(error, _ABOUT_US)
    return isinstance(error, OSError)


def is_final(error: Exception) -> bool:
    """The mail server refuses this address for good (RFC 5321 §4.2.1: 5yz), or it is none."""
    if isinstance(error, NoSuchAddress):
        return True
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in error.recipients.values())
    return isinstance(error, AnymailRecipientsRefused)
