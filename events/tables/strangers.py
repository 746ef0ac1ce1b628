"""Guests who would rather not sit alone ask a captain, who says yes or no."""

from datetime import datetime

from django.db import IntegrityError
from django.db.models import F, Q

from events.models import Event, SeatRequest, Table, Ticket
from events.sales.refusals import TableFull
from events.sales.tables import with_seated
from events.tables.mail import write_to_asking, write_to_captain
from events.tables.tables import left_at
from orders.lines.kinds import Refusal
from orders.lines.locks import brief


class NotWelcome(Refusal):
    """The table is full or closed, or no longer open to strangers."""

    def __init__(self):
        super().__init__("This table is no longer open to requests. Please try another.")


class AskedAlready(Refusal):
    def __init__(self):
        super().__init__("You’ve already asked. One captain at a time, please.")


class HasTable(Refusal):
    def __init__(self):
        super().__init__("This ticket already has a table, or is no longer valid.")


def welcoming(event: Event, at: datetime):
    """Tables whose captain welcomes others and that have an empty seat; each with `seated`."""
    tables = Table.objects.filter(event=event, is_open_to_strangers=True)
    tables = tables.filter(Q(kind=Table.Kind.BOUGHT) | Q(confirmed_at__isnull=False))
    return with_seated(tables, at).filter(seated__lt=F("seats"))


def open_request_of(ticket: Ticket) -> SeatRequest | None:
    asked = SeatRequest.objects.filter(ticket=ticket, answered_at__isnull=True)
    return asked.select_related("table").first()


def last_request_of(ticket: Ticket) -> SeatRequest | None:
    """The holder's latest request, open or not; nothing of a previous holder."""
    asked = SeatRequest.objects.filter(ticket=ticket).select_related("table")
    if ticket.given_on_at is not None:
        asked = asked.filter(asked_at__gte=ticket.given_on_at)
    return asked.last()


def ended_unanswered(request: SeatRequest, ticket: Ticket) -> bool:
    """Whether a request ended with its ticket or its event before anyone answered."""
    over = (ticket.canceled_at, ticket.event.canceled_at)
    return request.is_open or (request.is_welcome is None and request.answered_at in over)


def waiting_at(table: Table):
    """The requests its captain has yet to answer, oldest first."""
    asked = SeatRequest.objects.filter(table=table, answered_at__isnull=True)
    return asked.select_related("ticket__line__order")


def ask(ticket: Ticket, table: Table, *, text: str, at: datetime) -> None:
    """A holder asks for a seat at a table; its captain is e-mailed. Raises HasTable, NotWelcome,
    AskedAlready, Busy.
    """
    try:
        with brief():
            ticket = _locked(ticket)
            if not ticket.is_valid or ticket.table_id is not None:
                raise HasTable
            table = welcoming(ticket.event, at).filter(pk=table.pk).first()
            if table is None:
                raise NotWelcome
            if open_request_of(ticket) is not None:
                raise AskedAlready
            SeatRequest.objects.create(table=table, ticket=ticket, text=text, asked_at=at)
            write_to_captain(table, "table_request", asking=name_of(ticket), text=text)
    except IntegrityError as error:  # one_open_request_a_ticket
        raise AskedAlready from error


def withdraw(ticket: Ticket, *, at: datetime) -> None:
    """The holder withdraws the request; no e-mail goes out. A second call changes nothing."""
    SeatRequest.end_of([ticket.pk], at=at)


def answer(request: SeatRequest, *, is_welcome: bool, at: datetime) -> None:
    """The captain, or staff, says yes or no; the holder gets one e-mail either way.

    The guest already has a seat, so one of the table's held seats becomes free. Raises TableFull,
    HasTable, Busy.
    """
    with brief():
        tables = Table.objects.select_for_update(no_key=True).select_related(None)
        table = tables.get(pk=request.table_id)
        asked = SeatRequest.objects.select_for_update(no_key=True)
        asked = asked.filter(pk=request.pk, answered_at__isnull=True).first()
        if asked is None:
            return
        ticket = _locked(asked.ticket)
        if is_welcome:
            if not ticket.is_valid or ticket.table_id is not None:
                raise HasTable
            if not left_at(table, at):
                raise TableFull
            ticket.table = table
            ticket.save(update_fields=["table"])
        asked.answered_at, asked.is_welcome = at, is_welcome
        asked.save(update_fields=["answered_at", "is_welcome"])
        write_to_asking(ticket, table, is_welcome=is_welcome)


def name_of(ticket: Ticket) -> str:
    """A guest as a captain sees them: by name, or as someone's guest."""
    return ticket.guest_name or f"a guest of {ticket.line.order.buyer_name}"


def _locked(ticket: Ticket) -> Ticket:
    rows = Ticket.objects.select_related("event", "line__order")
    return rows.select_for_update(no_key=True, of=("self",)).get(pk=ticket.pk)
