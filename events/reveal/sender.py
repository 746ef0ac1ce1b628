"""Send holders the venue by e-mail: each e-mail is rendered now, sent now, and not stored.

It bypasses the outbox: an e-mail with a venue in it must never be in a table, before T or after.
Failed e-mails are tried again; meanwhile the ticket page keeps the promise.
"""

from datetime import datetime, timedelta

from django.core.mail import EmailMultiAlternatives

from events.models import Event, RevealMail, Ticket
from events.reveal import (
    Opened,
    Viewer,
    Why,
    mails_owed,
    opening_of,
    pace,
    reveal_for,
    was_open_before,
)
from events.reveal.calendars import ticket_ics
from events.venue import envelope, witnesses
from nsca.lib.mail.mail import MailMessage, message_of, recipient, render_mail
from nsca.lib.mail.queue import MailQueue, is_final
from orders.lines.locks import refuse_inside_transaction

ON_TIME = timedelta(minutes=10)  # after T; a later e-mail says that it is late
HELD_FOR = timedelta(seconds=5)  # an e-mail on hold is tried again with the next tick
PATIENCE = 4  # failed tries after which a person should call; we keep trying


def send_due(*, at: datetime, backend: str | None = None) -> int:
    """Claim some e-mails and send or postpone each; how many. Call it until it returns 0."""
    refuse_inside_transaction()
    return queue.send_due(at=at, backend=backend)


class RevealMailQueue(MailQueue):
    """E-mails that reveal a venue: one for each event, version and address."""

    model = RevealMail
    same = ("event_id", "version", "address")
    pace = pace
    mails_a_claim = 10  # small, so that a hold stops e-mails within one claim
    longest_wait = timedelta(minutes=5)

    def make(self, rows, at):
        """Ask again who may know what."""
        event = Event.objects.get(pk=rows[0].event_id)
        if rows[0].version != event.reveal_version or event.is_canceled:
            self.drop(rows)
            return None
        if event.is_past(at):
            self.give_up(rows)
            mails_owed.call_for_help(event, at=at)
            return None
        tokens = Ticket.objects.filter(pk__in=[row.ticket_id for row in rows])
        viewer = Viewer(tokens=frozenset(ticket.token for ticket in tokens))
        reveal = reveal_for(event, viewer, at=at)
        if not isinstance(reveal, Opened):
            self._sealed(rows, event, reveal, at)
            return None
        mine = {ticket.pk: ticket for ticket in reveal.tickets or _tickets(rows)}
        rows = self._still_owed(rows, mine, at)
        if not rows:
            return None
        tickets = [mine[row.ticket_id] for row in rows]
        for ticket in tickets:
            ticket.event = event
        return make_message(rows[0], tickets, reveal, at), rows

    def _sealed(self, rows, event, reveal, at) -> None:
        why = reveal and reveal.why
        if why == Why.NOT_YOURS:
            self.drop(rows)
        elif why in (Why.LOST, Why.MISSING):
            self.try_later(rows, at=at)
            self.failed(rows, None, rows[0].attempts + 1, at)
            if why == Why.LOST:
                mails_owed.call_for_key(event, at=at)
        else:
            self.put_back(rows, until=at + HELD_FOR)

    def _still_owed(self, rows, mine, at) -> list[RevealMail]:
        """Rows whose ticket still has the same holder and address."""
        # A ticket transferred since the claim: its new holder has a row of their own.
        owed = [
            row
            for row in rows
            if row.ticket_id in mine and row.transfer_count == mine[row.ticket_id].transfer_count
        ]
        self.drop([row for row in rows if row not in owed])
        # An address corrected since the claim: such a row gets an e-mail of its own.
        strays = [row for row in owed if mine[row.ticket_id].holder_email != row.address]
        self.put_back(strays, until=at)
        mails_owed.readdress(strays)
        return [row for row in owed if row not in strays]

    def failed(self, rows, error, tries, at):
        if is_final(error) or tries >= PATIENCE:
            mails_owed.call_for_help(rows[0].event, at=at)


queue = RevealMailQueue()


def _tickets(rows):
    """The valid tickets of these rows, where everyone may know the venue."""
    return (
        Ticket.objects.valid()
        .filter(pk__in=[row.ticket_id for row in rows])
        .select_related("line__order", "choice")
    )


def make_message(row, tickets, reveal, at, **more) -> EmailMultiAlternatives:
    """The e-mail of one holder. `more`: what a dry run's sample says otherwise."""
    name = tickets[0].guest_name or tickets[0].line.order.buyer_name
    message = message_of(
        _mail(tickets, reveal, at, more),
        to=recipient(tickets[0].holder_email, name),
        headers={"Message-ID": row.message_id},
    )
    message.metadata = {"reveal": row.message_id}  # the provider repeats it in a bounce
    for ticket in tickets:
        message.attach(
            f"{ticket.event.slug}-{ticket.code}.ics", ticket_ics(ticket, at=at), "text/calendar"
        )
    return message


def _mail(tickets, reveal, at, more) -> MailMessage:
    first = tickets[0]
    return render_mail(
        "reveal",
        {
            "event": first.event,
            "reveal": reveal,
            "venue": reveal.venue,
            "proof": envelope.proof_of(first.event, reveal),
            "seals": witnesses.seals_for(first.event, reveal),
            "tickets": tickets,
            "greeting": (first.guest_name or first.line.order.buyer_name).strip(),
            **_history(tickets, reveal, at),
            **more,
        },
    )


def _history(tickets, reveal, at) -> dict:
    """What this e-mail may say about the past, from recorded instants (UTC):

    `was_told`: an older version reached this guest by e-mail, page or phone; only they read
    CHANGED. `may_have_seen`: their page could show an older one, and we don't know whether they
    looked. `page_since`: since when their page has shown the venue, where this e-mail is late.
    `opened_late`: when the venue was revealed, where the reveal itself was late.
    """
    event = tickets[0].event
    held_since = max(_held_since(ticket) for ticket in tickets)
    was_revealed = reveal.is_changed and mails_owed.was_revealed_before(tickets, reveal.version)
    found = {"was_revealed": was_revealed}
    if reveal.is_changed and not was_revealed:
        found["may_have_seen"] = was_open_before(event, reveal.version, since=held_since)
    opening = opening_of(event, reveal.version) if reveal.opens_at else None
    if opening is None or was_revealed:
        return found
    since = max(opening.open_since, held_since)
    if at > since + ON_TIME:
        found["page_since"] = since
    if not reveal.is_changed and held_since < reveal.opens_at < opening.opened_at - ON_TIME:
        found["opened_late"] = opening.opened_at
    return found


def _held_since(ticket) -> datetime:
    """From when its page could have shown a revealed venue."""
    got = ticket.given_on_at or ticket.line.order.paid_at
    return max(got, ticket.restored_at or got)
