"""Transferring a ticket: offered by e-mail, accepted by a link. No money changes hands.

Until the offer is accepted, nothing changes. Then, in one step under the order's and the ticket's
lock, the ticket gets a new link, a new code, and a new holder; the old link only says so. What the
old guest had filled in is erased; the buyer keeps the order and receipt.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse

from events.models import Event, SeatRequest, Ticket, Transfer
from events.reveal import mails_owed
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

OPEN_FOR = timedelta(days=7)  # long enough to read an e-mail, short enough to ask someone else


class StaysHere(Refusal):
    """The ticket cannot be transferred now."""


class OfferedAlready(Refusal):
    def __init__(self, transfer: Transfer):
        super().__init__(
            f"This ticket is offered to {transfer.to_email} until {exactly(transfer.ends_at)}. "
            "Withdraw that offer first."
        )


class HasItAlready(Refusal):
    def __init__(self):
        super().__init__("This ticket already belongs to that address. Enter another one.")


class OfferOver(Refusal):
    """Accepted, declined, withdrawn, or too late: its text says which."""


# --- Asked -------------------------------------------------------------------------------------


def closes_at(event: Event) -> datetime:
    """Until when tickets of an event can be transferred (UTC): E - 1 µs is in, E is out.

    At T, or a holder who has read the venue could still pass the seat on (docs/reveal.md §2); at
    the start where the venue is no secret or the board says so.
    """
    return event.starts_at if event.transfers_after_reveal else event.opens_at or event.starts_at


def is_time(event: Event, *, at: datetime) -> bool:
    """Whether the time to transfer its tickets is not over."""
    return at < closes_at(event)


def why_not(ticket: Ticket, *, at: datetime) -> str:
    """Why a ticket cannot be transferred now, as a sentence; empty if it can.

    Needs line__order and event. For a page it may be seconds old; under the lock it decides.
    """
    event = ticket.event
    if ticket.canceled_at is not None or event.is_canceled:
        return "This ticket is canceled, so it can’t be transferred."
    if ticket.suspended_at is not None:
        return "This ticket can’t be transferred while its payment is disputed."
    if not ticket.is_valid:
        return "This ticket is not paid yet. You can transfer it once it is."
    if not is_time(event, at=at):
        return f"The time to transfer tickets ended {exactly(closes_at(event))}."
    if ticket.offered_back_at is not None:
        return "You are returning this ticket. Keep it first, then transfer it."
    if is_in(ticket):
        return "This ticket’s guest has already checked in, so it can’t be transferred."
    return ""


def open_offer(ticket: Ticket, *, at: datetime) -> Transfer | None:
    """The offer of this ticket that can still be accepted."""
    return _unanswered(ticket).filter(ends_at__gt=at).first()


def why_over(transfer: Transfer, *, at: datetime) -> str:
    """Why an offer can no longer be accepted, for its recipient; empty if it can."""
    if transfer.accepted_at is not None:
        return "You’ve accepted this ticket. We e-mailed you its new link."
    if transfer.withdrawn_at is not None:
        return "This offer was withdrawn or declined. The ticket was not transferred."
    if at >= transfer.ends_at:
        return (
            f"This offer expired on {exactly(transfer.ends_at)}. The ticket was not transferred."
        )
    if why_not(transfer.ticket, at=at):
        return "This ticket can no longer be transferred."
    return ""


def by_old_link(token: str) -> Transfer | None:
    """The transfer of a ticket whose old link was opened, for the page that says so."""
    given = Transfer.objects.filter(old_token=token, accepted_at__isnull=False)
    return given.select_related("ticket__event").first()


def giver_name(ticket: Ticket) -> str:
    """The giver's name, if known; never the buyer's name for another guest's ticket."""
    buyer = "" if ticket.guest_email else ticket.line.order.buyer_name
    return ticket.guest_name or buyer or "A guest"


# --- Done --------------------------------------------------------------------------------------


def offer(ticket: Ticket, *, to_email: str, to_name: str = "", at: datetime) -> Transfer:
    """Offer a ticket by e-mail. Raises StaysHere, OfferedAlready, HasItAlready, Busy."""
    with brief():
        ticket = _still_theirs(ticket)
        if is_same_address(to_email, ticket.holder_email):
            raise HasItAlready
        if words := why_not(ticket, at=at):
            raise StaysHere(words)
        if status := open_offer(ticket, at=at):
            raise OfferedAlready(status)
        _unanswered(ticket).update(withdrawn_at=at)  # what expired unanswered
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
    """The giver withdraws the offer; False if none was open. Raises StaysHere, Busy."""
    with brief():
        return bool(_unanswered(_still_theirs(ticket)).update(withdrawn_at=at))


def decline(transfer: Transfer, *, at: datetime) -> None:
    """The recipient declines; the giver gets an e-mail. Raises OfferOver, Busy."""
    with brief():
        ticket, transfer = _locked_offer(transfer, at)
        transfer.withdrawn_at = at
        transfer.save(update_fields=["withdrawn_at"])
        _tell_giver("transfer_declined", ticket, transfer)


def accept(transfer: Transfer, *, name: str, at: datetime) -> Ticket:
    """Transfer the ticket; returns it with its new link. Raises OfferOver, Busy."""
    with brief():
        ticket, transfer = _locked_offer(transfer, at)
        transfer.accepted_at = at
        transfer.old_token, transfer.old_code = ticket.token, ticket.code
        transfer.save(update_fields=["accepted_at", "old_token", "old_code"])
        farewell = mail.Attachment("canceled.ics", handed_on_ics(ticket, at=at), "text/calendar")
        _tell_giver("transfer_accepted", ticket, transfer, attachments=[farewell])
        note(
            ticket.line.order,
            LedgerEntry.Entry.GIVEN_ON,
            at=at,
            actor="guest",
            text=f"ticket {ticket.code}",
        )
        _hand_on(ticket, name=name, email=transfer.to_email, at=at)
        SeatRequest.end_of([ticket.pk], at=at)  # it was the old holder's request
        mails_owed.forget_former_holders(ticket)
        ticket_mail.send_to_guest(ticket, at=at)
    return ticket


def _hand_on(ticket: Ticket, *, name: str, email: str, at: datetime) -> None:
    """New token and code, a new holder, and nothing that the old one filled in."""
    ticket.token, ticket.code = link_tokens.new("ticket"), codes.spoken_code()
    ticket.guest_name, ticket.guest_email = name, email
    ticket.needs = ticket.access = ticket.postal_address = ""
    ticket.transfer_count += 1
    ticket.given_on_at = at
    ticket.seen_open_at, ticket.seen_version = None, 0
    ticket.sequence += 1
    if ticket.posted_at is None:
        ticket.packed_at = None  # a kit not mailed yet goes to the new address
    ticket.save(
        update_fields=[
            "token", "code", "guest_name", "guest_email", "needs", "access", "postal_address",
            "transfer_count", "given_on_at", "seen_open_at", "seen_version", "sequence",
            "packed_at",
        ]
    )  # fmt: skip


def _tell_giver(name: str, ticket: Ticket, transfer: Transfer, attachments=()) -> None:
    """E-mail the present ticket holder, if there is an address."""
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
    """The current ticket, locked: meanwhile nobody refunds, scans, or transfers it.

    The order's row first, as in every act on an order.
    """
    Order.objects.select_for_update().get(pk=ticket.line.order_id)
    return (
        Ticket.objects.select_for_update(of=("self",))
        .select_related("event", "ticket_type", "choice", "line__order")
        .get(pk=ticket.pk)
    )


def _still_theirs(ticket: Ticket) -> Ticket:
    """The same, for someone with the ticket's link. Raises StaysHere."""
    present = _locked(ticket)
    if present.token != ticket.token:
        raise StaysHere("This ticket was transferred in the meantime.")
    return present


def _locked_offer(transfer: Transfer, at: datetime) -> tuple[Ticket, Transfer]:
    """Both, current and locked. Raises OfferOver."""
    ticket = _locked(transfer.ticket)
    transfer = Transfer.objects.get(pk=transfer.pk)
    transfer.ticket = ticket
    if words := why_over(transfer, at=at):
        raise OfferOver(words)
    return ticket, transfer
