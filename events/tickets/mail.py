"""E-mails with tickets: all of them to the buyer, and each guest's own to the guest.

They are written to the outbox in the transaction that makes the order paid, so neither the e-mail
nor its calendar file knows more about the venue than everyone may. Both contain the published
seals: the guest is a witness to them. People who buy after T get the venue from the sender
(sender.py) and on the ticket's page.
"""

from datetime import datetime

from django.conf import settings

from events.models import Ticket
from events.reveal import VISITOR, is_revealed
from events.reveal.calendars import ticket_ics
from events.venue import witnesses
from nsca.lib.mail import mail
from orders.models import Order


def send_tickets(order: Order, *, at: datetime) -> None:
    """E-mail every ticket of an order. A guest with their own address gets only theirs."""
    lines = {line.pk: line for line in order.lines.all()}
    tickets = list(
        Ticket.objects.filter(line__in=lines, canceled_at__isnull=True).select_related(
            "event", "ticket_type", "choice"
        )
    )
    if not tickets:
        return
    for ticket in tickets:
        ticket.line = lines[ticket.line_id]  # already loaded, with the order
    theirs = [ticket for ticket in tickets if not ticket.transfer_count]  # not transferred
    if order.buyer_email and theirs:
        _to_buyer(order, theirs, at)
    for ticket in tickets:
        is_own = ticket.guest_email and ticket.guest_email != order.buyer_email
        if is_own or ticket.transfer_count:
            send_to_guest(ticket, at=at)


def _to_buyer(order: Order, tickets: list[Ticket], at: datetime) -> None:
    mail.post(
        "tickets",
        to=order.buyer_email,
        to_name=order.buyer_name,
        context={
            "order": order,
            "event": tickets[0].event,
            "tickets": [(ticket, _address(ticket)) for ticket in tickets],
            "is_revealed": _is_revealed(tickets[0], at),
            "seals": witnesses.seals_for(tickets[0].event),
            "is_due": _is_due(tickets[0], at),
        },
        attachments=[_calendar(tickets[0], at)],
        urgent=True,
    )


def send_to_guest(ticket: Ticket, *, at: datetime) -> None:
    """E-mail a ticket to its own guest. Needs event, line__order, ticket_type."""
    mail.post(
        "ticket",
        to=ticket.guest_email,
        to_name=ticket.guest_name,
        context={
            "ticket": ticket,
            "event": ticket.event,
            "order": ticket.line.order,
            "address": _address(ticket),
            "is_revealed": _is_revealed(ticket, at),
            "seals": witnesses.seals_for(ticket.event),
            "is_due": _is_due(ticket, at),
        },
        attachments=[_calendar(ticket, at)],
        urgent=True,
    )


def _address(ticket: Ticket) -> str:
    return settings.SITE_URL + ticket.get_absolute_url()


def _is_revealed(ticket: Ticket, at: datetime) -> bool:
    """Bought after the reveal: the e-mail says that the ticket's page has the location. T alone is
    not enough: while the reveal is held, or no venue is entered, the page has none.
    """
    event = ticket.event
    return event.is_secret and event.reveal_held_at is None and is_revealed(event, at=at)


def _is_due(ticket: Ticket, at: datetime) -> bool:
    """T has passed: no e-mail says any more that the venue will be revealed then."""
    opens_at = ticket.event.opens_at
    return opens_at is not None and at >= opens_at


def _calendar(ticket: Ticket, at: datetime) -> mail.Attachment:
    content = ticket_ics(ticket, at=at, viewer=VISITOR)
    return mail.Attachment("event.ics", content, "text/calendar")
