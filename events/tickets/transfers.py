"""A ticket given to somebody else: offered by mail, accepted by a link. No money moves.

Until the offer is accepted nothing changes. Then, in one step under the order's and the ticket's
lock, the ticket has a new link, a new code and a new holder; the old ones are dead and can say so.
What the old guest had said about themselves goes; the buyer keeps order and receipt.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse

from events.models import Event, SeatRequest, Ticket, Transfer
from events.reveal import notices
from events.reveal.calendars import handed_on_ics
from events.tickets import mail as ticket_mail
from events.tickets.attendance import is_in
from nsca.lib.mail import mail
from nsca.lib.mail.addresses import is_same_address, normalize_address
from nsca.lib.secrets import codes, link_tokens
from nsca.lib.timing import exactly
from orders.books.ledger import note
from orders.lines.kinds import Refusal
from orders.lines.locks import brief
from orders.models import LedgerEntry, Order

OPEN_FOR = timedelta(days=7)  # long enough for a mail to be read, short enough to ask another


class StaysHere(Refusal):
    """The ticket, as it is now, cannot be given to anybody."""


class OfferedAlready(Refusal):
    def __init__(self, transfer: Transfer):
        super().__init__(
            f"This ticket is offered to {transfer.to_email} until {exactly(transfer.ends_at)}. "
            "Withdraw that first."
        )


class HasItAlready(Refusal):
    def __init__(self):
        super().__init__("This ticket goes to that address already. Enter another one.")


class OfferOver(Refusal):
    """Accepted, declined, withdrawn or too late: its text says which."""


# --- Asked --------------------------------------------------------------------------------------


def closes_at(event: Event) -> datetime:
    """Until when tickets of an event may be given on (UTC): E - 1 µs is in, E is out.

    At T, or a holder who has read the venue could still pass the seat on (docs/reveal.md §2); at
    the start where the venue is no secret or the board says so.
    """
    return event.starts_at if event.transfers_after_reveal else event.opens_at or event.starts_at


def is_time(event: Event, *, at: datetime) -> bool:
    """Whether its tickets may be given on, as far as the clock has a say."""
    return at < closes_at(event)


def why_not(ticket: Ticket, *, at: datetime) -> str:
    """Why a ticket may not be given on now, as a sentence; empty: it may.

    Needs line__order and event. Asked for a page it may be seconds old; under the lock it decides.
    """
    event = ticket.event
    if ticket.cancelled_at is not None or event.is_cancelled:
        return "This ticket is cancelled, so there is nothing to give on."
    if ticket.suspended_at is not None:
        return "This ticket rests while its payment is disputed, and cannot be given on meanwhile."
    if not ticket.is_valid:
        return "This ticket is not paid yet. Once it is, it may be given to somebody else."
    if not is_time(event, at=at):
        return f"Tickets could be given to somebody else until {exactly(closes_at(event))}."
    if ticket.offered_back_at is not None:
        return "This chair is being given back. Keep it first, then give it to somebody else."
    if is_in(ticket):
        return "The guest of this ticket has come in, so it cannot be given on."
    return ""


def open_offer(ticket: Ticket, *, at: datetime) -> Transfer | None:
    """The offer of this ticket that may still be accepted."""
    return _unanswered(ticket).filter(ends_at__gt=at).first()


def why_over(transfer: Transfer, *, at: datetime) -> str:
    """Why an offer can no longer be accepted, to whom it was made; empty: it can."""
    if transfer.accepted_at is not None:
        return "You have accepted this ticket. It came to you by mail, with its own link."
    if transfer.withdrawn_at is not None:
        return "This offer was withdrawn or declined; the ticket stayed where it was."
    if at >= transfer.ends_at:
        return f"This offer ended on {exactly(transfer.ends_at)}; the ticket stayed where it was."
    if why_not(transfer.ticket, at=at):
        return "This ticket can no longer be given on; it stayed where it was."
    return ""


def by_old_link(token: str) -> Transfer | None:
    """What became of a ticket whose link is dead, for the page that says so."""
    given = Transfer.objects.filter(old_token=token, accepted_at__isnull=False)
    return given.select_related("ticket__event").first()


def giver_name(ticket: Ticket) -> str:
    """Who gives it, as far as it was said; never the buyer's name for another guest's ticket."""
    buyer = "" if ticket.guest_email else ticket.line.order.buyer_name
    return ticket.guest_name or buyer or "A guest"


# --- Done ---------------------------------------------------------------------------------------


def offer(ticket: Ticket, *, to_email: str, to_name: str = "", at: datetime) -> Transfer:
    """Offer a ticket by mail. Raises StaysHere, OfferedAlready, HasItAlready, Busy."""
    with brief():
        ticket = _still_theirs(ticket)
        if is_same_address(to_email, ticket.holder_email):
            raise HasItAlready
        if words := why_not(ticket, at=at):
            raise StaysHere(words)
        if standing := open_offer(ticket, at=at):
            raise OfferedAlready(standing)
        _unanswered(ticket).update(withdrawn_at=at)  # what ran out without an answer
        transfer = Transfer.objects.create(
            ticket=ticket,
            to_name=to_name,
            to_email=normalize_address(to_email),
            offered_at=at,
            ends_at=min(at + OPEN_FOR, closes_at(ticket.event)),
        )
        mail.post(
            "transfer_offered",
            to=transfer.to_email,
            to_name=to_name,
            context={
                "transfer": transfer,
                "event": ticket.event,
                "giver": giver_name(ticket),
                "address": settings.SITE_URL + reverse("tickets:accept", args=[transfer.token]),
            },
            urgent=True,
        )
    return transfer


def withdraw(ticket: Ticket, *, at: datetime) -> bool:
    """The giver keeps the ticket; False where nothing was open. Raises StaysHere, Busy."""
    with brief():
        return bool(_unanswered(_still_theirs(ticket)).update(withdrawn_at=at))


def decline(transfer: Transfer, *, at: datetime) -> None:
    """Whom it was offered to does not want it; the giver is told. Raises OfferOver, Busy."""
    with brief():
        ticket, transfer = _locked_offer(transfer, at)
        transfer.withdrawn_at = at
        transfer.save(update_fields=["withdrawn_at"])
        _tell_giver("transfer_declined", ticket, transfer)


def accept(transfer: Transfer, *, name: str, at: datetime) -> Ticket:
    """The ticket changes hands; returns it with its new link. Raises OfferOver, Busy."""
    with brief():
        ticket, transfer = _locked_offer(transfer, at)
        transfer.accepted_at = at
        transfer.old_token, transfer.old_code = ticket.token, ticket.code
        transfer.save(update_fields=["accepted_at", "old_token", "old_code"])
        farewell = mail.Attachment("cancelled.ics", handed_on_ics(ticket, at=at), "text/calendar")
        _tell_giver("transfer_accepted", ticket, transfer, attachments=[farewell])
        note(
            ticket.line.order,
            LedgerEntry.Entry.GIVEN_ON,
            at=at,
            actor="guest",
            text=f"ticket {ticket.code}",
        )
        _hand_on(ticket, name=name, email=transfer.to_email, at=at)
        SeatRequest.end_of([ticket.pk], at=at)  # it was the old holder's wish
        notices.forget_former_holders(ticket)
        ticket_mail.send_to_guest(ticket, at=at)
    return ticket


def _hand_on(ticket: Ticket, *, name: str, email: str, at: datetime) -> None:
    """New keys, a new holder, and nothing that the old one said of themselves."""
    ticket.token, ticket.code = link_tokens.new("ticket"), codes.spoken_code()
    ticket.guest_name, ticket.guest_email = name, email
    ticket.needs = ticket.access = ticket.postal_address = ""
    ticket.hand += 1
    ticket.given_on_at = at
    ticket.seen_open_at, ticket.seen_version = None, 0
    ticket.sequence += 1
    if ticket.posted_at is None:
        ticket.packed_at = None  # a kit that has not left goes to the new address
    ticket.save(
        update_fields=[
            "token", "code", "guest_name", "guest_email", "needs", "access", "postal_address",
            "hand", "given_on_at", "seen_open_at", "seen_version", "sequence", "packed_at",
        ]
    )  # fmt: skip


def _tell_giver(name: str, ticket: Ticket, transfer: Transfer, attachments=()) -> None:
    """To whom the ticket belongs at this moment; sold at the office without an address: nobody."""
    if ticket.holder_email:
        mail.post(
            name,
            to=ticket.holder_email,
            to_name=ticket.guest_name or ticket.line.order.buyer_name,
            context={
                "ticket": ticket,
                "transfer": transfer,
                "event": ticket.event,
                "giver": giver_name(ticket),
            },
            attachments=attachments,
            urgent=True,
        )


def _unanswered(ticket: Ticket):
    return ticket.transfers.filter(accepted_at=None, withdrawn_at=None)


def _locked(ticket: Ticket) -> Ticket:
    """The ticket as it is now; until we are done nobody refunds it, reads it or gives it on.

    The order's row first, as in every act on an order.
    """
    Order.objects.select_for_update().get(pk=ticket.line.order_id)
    return (
        Ticket.objects.select_for_update(of=("self",))
        .select_related("event", "ticket_type", "choice", "line__order")
        .get(pk=ticket.pk)
    )


def _still_theirs(ticket: Ticket) -> Ticket:
    """The same, for whoever came by the ticket's own link. Raises StaysHere."""
    present = _locked(ticket)
    if present.token != ticket.token:
        raise StaysHere("This ticket was given to somebody else meanwhile.")
    return present


def _locked_offer(transfer: Transfer, at: datetime) -> tuple[Ticket, Transfer]:
    """Both as they are now. Raises OfferOver."""
    ticket = _locked(transfer.ticket)
    transfer = Transfer.objects.get(pk=transfer.pk)
    transfer.ticket = ticket
    if words := why_over(transfer, at=at):
        raise OfferOver(words)
    return ticket, transfer
