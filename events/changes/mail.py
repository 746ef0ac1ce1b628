"""E-mails about an event that moved: each rendered and sent in one go, one for each address.

They bypass the outbox: after T the attached calendar file contains the venue (sender.py). The row
that owes the e-mail is the queue; who holds the ticket is checked again when it is sent.
"""

from collections.abc import Callable
from datetime import datetime

from django.core.mail import EmailMultiAlternatives
from django.db.models import Exists, OuterRef

from events import reveal
from events.changes import moving
from events.models import Event, Move, MoveMail, Ticket, WaitlistEntry
from events.returns import return_limits
from events.reveal import pace
from events.reveal.calendars import ticket_ics
from events.tickets import transfers
from nsca.lib.mail.mail import message_of, recipient, render_mail
from nsca.lib.mail.queue import MailQueue, is_final
from orders.lines.locks import refuse_inside_transaction


def tick(at: datetime, gives_way: Callable[[], bool] = lambda: False) -> int:
    """Owe the news to those who have paid since, and send what is due. Called by the ticker."""
    for row in _latest(at):
        moving.owe(row, at=at)
    refuse_inside_transaction()
    return queue.send_due(at=at, gives_way=gives_way)


def _latest(at):
    later = Move.objects.filter(event=OuterRef("event"), pk__gt=OuterRef("pk"))
    live = Move.objects.filter(event__state=Event.State.PUBLISHED, event__ends_at__gt=at)
    return live.filter(~Exists(later)).select_related("event")


class MoveMailQueue(MailQueue):
    """E-mails about a move: one for each address."""

    model = MoveMail
    same = ("move_id", "address")
    pace = pace

    def make(self, rows, at):
        """Check again who holds what, and when the event starts."""
        move = rows[0].move
        event = Event.objects.get(pk=move.event_id)
        is_news = event.state == Event.State.PUBLISHED and event.starts_at == move.to_starts_at
        if not is_news or event.is_past(at) or not moving.is_latest(move):
            self.drop(rows)
            return None
        strays = self._readdress(rows)
        self.put_back([row for row in strays if row.address], until=at)
        self._without_address([row for row in strays if not row.address], move, at)
        rows = [row for row in rows if row not in strays]
        if not rows:
            return None
        tickets, party = _owed(rows, event)
        owed = [row for row in rows if row.ticket_id in tickets or (party and row.entry_id)]
        self.drop([row for row in rows if row not in owed])
        if not owed:
            return None
        return _message(rows[0], move, event, list(tickets.values()), party, at), owed

    def _readdress(self, rows) -> list[MoveMail]:
        """Copy changed addresses onto the rows of tickets and parties, and return those rows: they
        get an e-mail of their own.
        """
        found = Ticket.objects.with_holder().filter(pk__in=[row.ticket_id for row in rows])
        holders = dict(found.values_list("pk", "holder"))
        strays = []
        for row in rows:
            now = holders[row.ticket_id] if row.ticket_id else row.entry.email
            if now != row.address:
                row.address = now
                self.mine([row]).update(address=now)
                strays.append(row)
        return strays

    def _without_address(self, rows, move, at) -> None:
        if rows:
            self.mine(rows).update(state=MoveMail.State.NO_ADDRESS, leased_until=None)
            moving.call_for_help(move, at=at)

    def failed(self, rows, error, tries, at):
        if is_final(error):
            moving.call_for_help(rows[0].move, at=at)


queue = MoveMailQueue()


def _owed(rows, event) -> tuple[dict[int, Ticket], WaitlistEntry | None]:
    """The tickets of these rows that still count and have the same holder, and the party that is
    still on the waitlist. Those who got a transferred ticket since learned the new date with it.
    """
    hands = {row.ticket_id: row.transfer_count for row in rows if row.ticket_id}
    current = Ticket.objects.valid_or_disputed().filter(pk__in=hands).order_by("pk")
    current = current.select_related("line__order", "ticket_type", "choice")
    address = rows[0].address
    tickets = {
        ticket.pk: ticket
        for ticket in current
        if ticket.transfer_count == hands[ticket.pk] and ticket.holder_email == address
    }
    for ticket in tickets.values():
        ticket.event = event
    entries = [row.entry_id for row in rows if row.entry_id]
    party = WaitlistEntry.objects.filter(pk__in=entries, left_at__isnull=True).first()
    return tickets, party


def _message(row, move, event, tickets, party, at) -> EmailMultiAlternatives:
    mail = render_mail("event_moved", _context(move, event, tickets, party, at))
    name = _name(tickets, party)
    message = message_of(
        mail, to=recipient(row.address, name), headers={"Message-ID": row.message_id}
    )
    for ticket in tickets:
        if ticket.suspended_at is not None:
            continue  # its file would remove the entry
        message.attach(
            f"{event.slug}-{ticket.code}.ics", ticket_ics(ticket, at=at), "text/calendar"
        )
    return message


def _name(tickets, party) -> str:
    if tickets:
        return (tickets[0].guest_name or tickets[0].line.order.buyer_name).strip()
    return party.name


def _context(move, event, tickets, party, at) -> dict:
    """What the e-mail says. Never the venue: the calendar file has it, if it is revealed. The
    holder of a disputed ticket gets only the new date.
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
        "is_revealed": event.is_secret and reveal.is_revealed(event, at=at),
        "is_secret": event.is_secret,
        "is_due": event.is_secret and event.opens_at <= at,
        "refunds_until": until,
        "orders": list({ticket.line.order_id: ticket.line.order for ticket in own}.values()),
        "gives_until": gives_until if gives_until > at else None,
    }


def _is_buyers(ticket: Ticket) -> bool:
    """Whether its holder bought it: only the buyer gets the order's link."""
    buyer = ticket.line.order.buyer_email
    return not ticket.transfer_count and ticket.holder_email == buyer
