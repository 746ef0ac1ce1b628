"""Tables that friends fill: opened by a captain, or bought whole.

An open table takes no money: it holds a block of seats until a set day, and each friend pays for
one. It holds them only once its captain has followed the link in our e-mail, so that nobody blocks
the room with invented addresses. At `held_until` the block is free by comparison; the ticker only
records that and e-mails the captain.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError

from events.models import Event, SeatRequest, Table, Ticket, TicketType
from events.sales import availability, capacity
from events.sales.refusals import TableFull
from events.tables.mail import write_to_asking, write_to_captain
from nsca.lib.mail.addresses import normalize_address
from orders.lines.kinds import Refusal
from orders.lines.locks import brief
from orders.models import Line

FEWEST, MOST = 2, 10  # seats of an open table; ten fit at the largest round table
SHARE = 3  # open tables may hold a third of the room: two seats in three stay on public sale
CONFIRM_WITHIN = timedelta(days=2)  # to open the e-mailed link; after that the request is deleted
WEEK, DAY = timedelta(days=7), timedelta(days=1)


class TablesClosed(Refusal):
    def __init__(self):
        super().__init__(
            "Tables can no longer be opened for this event. You can still buy single seats."
        )


class NoBlock(Refusal):
    """Fewer seats can be held than the captain wants; `left` is how many."""

    def __init__(self, left: int = 0):
        super().__init__(
            f"We can hold only {left} seats right now. Choose {left} or fewer."
            if left >= FEWEST
            else "We can’t hold more seats for tables. You may still find single seats."
        )
        self.left = left


class AlreadyCaptain(Refusal):
    def __init__(self):
        super().__init__("You already have a table at this event. Its link is in your e-mail.")


# --- What is asked -----------------------------------------------------------------------------


def may_open(event: Event, at: datetime) -> bool:
    """Whether a captain may open a table: E - 1 µs is in, E is out."""
    return (
        event.tables_until is not None
        and event.state == Event.State.PUBLISHED
        and event.is_published(at)
        and at < event.tables_until
    )


def kinds_for(offer: availability.Availability) -> list[TicketType]:
    """The ticket types a friend can pay for: single seats on sale to everyone."""
    return [
        seat.ticket_type
        for seat in offer.seats
        if seat.is_on_sale and seat.ticket_type.covers == 1 and not seat.ticket_type.is_posted
    ]


def seated(table: Table, at: datetime) -> int:
    return table.tickets.filter(capacity.occupying(at)).count()


def left_at(table: Table, at: datetime) -> int:
    """How many of its seats are empty, whether or not they are still held."""
    return max(0, table.seats - seated(table, at))


def may_be_kept(event: Event, kind: TicketType, at: datetime) -> int:
    """The most seats another table may hold; the decision asks again under the lock."""
    seats = availability.availability(event, at=at).seats
    limits = [MOST]
    limits += [s.left for s in seats if s.ticket_type == kind and s.left is not None]
    if not any(seat.ticket_type == kind and seat.is_on_sale for seat in seats):
        return 0
    if (seats := _room(event)) is not None:
        kept = sum(each.seats for each in capacity.rooms_of([event], at=at)[event.pk].kept)
        limits.append(seats // SHARE - kept)
    return max(0, min(limits))


def _room(event: Event) -> int | None:
    """All seats of an event; None: no limit."""
    if event.capacity is not None:
        return event.capacity
    kinds = event.ticket_types.filter(is_offered=True).values_list("capacity", "covers")
    if any(limit is None for limit, _ in kinds):
        return None
    return sum(limit * covers for limit, covers in kinds)


# --- What a captain does -----------------------------------------------------------------------


def open_table(
    *,
    event: Event,
    captain_name: str,
    captain_email: str,
    name: str,
    seats: int,
    ticket_type: TicketType,
    is_open_to_strangers: bool,
    at: datetime,
) -> Table:
    """Record a captain's request and e-mail the link that confirms it. No seat is held yet.

    A captain who already has a table gets its link again, and nothing new is written. Raises
    TablesClosed, Busy.
    """
    if not may_open(event, at):
        raise TablesClosed
    captain_email = normalize_address(captain_email)
    with brief():
        table = Table.objects.holding(at).filter(event=event, captain_email=captain_email).first()
        if table is None:
            table = Table.objects.create(
                event=event,
                kind=Table.Kind.OPEN,
                name=name,
                seats=seats,
                captain_name=captain_name,
                captain_email=captain_email,
                ticket_type=ticket_type,
                held_until=event.tables_until,
                is_open_to_strangers=is_open_to_strangers,
                opened_at=at,
            )
        write_to_captain(table, "table_confirm")
    return table


def confirm(table: Table, *, at: datetime) -> None:
    """The captain followed the e-mailed link: hold the seats. A second call changes nothing.

    Raises TablesClosed, NoBlock, AlreadyCaptain, Busy.
    """
    try:
        with brief():
            table = _locked(table)
            if table.confirmed_at is not None:
                return
            event = table.event
            if table.released_at is not None or not may_open(event, at):
                raise TablesClosed
            others = Table.objects.holding(at).filter(event=event)
            if others.filter(captain_email=table.captain_email).exists():
                raise AlreadyCaptain
            left = may_be_kept(event, table.ticket_type, at)
            if table.seats > left:
                raise NoBlock(left)
            table.confirmed_at, table.held_until = at, event.tables_until
            table.save(update_fields=["confirmed_at", "held_until"])
            write_to_captain(table, "table_kept")
    except IntegrityError as error:  # one_open_table_a_captain_and_event
        raise AlreadyCaptain from error


def change_table(
    table: Table, *, name: str, seats: int, is_open_to_strangers: bool, at: datetime
) -> None:
    """A captain renames the table, gives seats back, or welcomes strangers. Seats are never added:
    they may be someone else's by now. Raises TableFull, NoBlock, Busy.
    """
    with brief():
        table = _locked(table)
        if seats > table.seats and (table.confirmed_at or table.kind != Table.Kind.OPEN):
            raise NoBlock(table.seats)
        if seats < seated(table, at):
            raise TableFull
        table.name, table.seats, table.is_open_to_strangers = name, seats, is_open_to_strangers
        table.save(update_fields=["name", "seats", "is_open_to_strangers"])


def close_table(table: Table, *, at: datetime) -> None:
    """Put the empty seats back on sale right away; seated guests stay, and guests with an open
    request get a no. Raises Busy.
    """
    with brief():
        table = _locked(table)
        if table.released_at is not None:
            return
        table.released_at, table.is_open_to_strangers = at, False
        table.save(update_fields=["released_at", "is_open_to_strangers"])
        asked = SeatRequest.objects.filter(table=table, answered_at__isnull=True)
        waiting = asked.select_for_update(of=("self",), no_key=True).select_related(
            "ticket__event", "ticket__line__order"
        )
        for each in waiting:
            write_to_asking(each.ticket, table, is_welcome=False)
        asked.update(answered_at=at, is_welcome=False)


def move_end(event: Event, *, at: datetime) -> None:
    """Staff changed or removed the day until which open tables are held: apply it."""
    Table.objects.holding(at).filter(event=event).update(held_until=event.tables_until or at)


def _locked(table: Table) -> Table:
    """The current table, locked in the order of sales: event, ticket type, table."""
    Event.objects.select_for_update(no_key=True).get(pk=table.event_id)
    if table.ticket_type_id:
        TicketType.objects.select_for_update(no_key=True).get(pk=table.ticket_type_id)
    tables = Table.objects.select_related("event", "ticket_type")
    return tables.select_for_update(no_key=True, of=("self",)).get(pk=table.pk)


# --- Bought whole ------------------------------------------------------------------------------


def lay_bought(line: Line, *, at: datetime) -> list[Table]:
    """A line of tables was paid: make one table per unit and seat its guests. A second call
    changes nothing.

    Called by sales, in their transaction and with the order's row locked.
    """
    if line.details.get("covers") == 1:
        return []  # single seats, like nearly all lines
    tickets = list(line.tickets.select_related("event", "ticket_type").order_by("number"))
    covers = line.details.get("covers") or (tickets[0].ticket_type.covers if tickets else 1)
    if covers < 2 or line.tables.exists():
        return []
    order = line.order
    several = line.quantity > 1
    tables = []
    for unit in range(1, line.quantity + 1):
        seats = tickets[(unit - 1) * covers : unit * covers]
        if not seats:
            break
        name = f"{order.buyer_name[:60]}’s table" + (f" {unit}" if several else "")
        table = Table.objects.create(
            event=seats[0].event,
            kind=Table.Kind.BOUGHT,
            name=name,
            seats=len(seats),
            captain_name=order.buyer_name,
            captain_email=order.buyer_email,
            ticket_type=seats[0].ticket_type,
            line=line,
            unit=unit,
            opened_at=at,
            confirmed_at=at,
            is_sample=order.is_sample,
        )
        Ticket.objects.filter(pk__in=[ticket.pk for ticket in seats]).update(table=table)
        tables.append(table)
    return tables


# --- What is due -------------------------------------------------------------------------------


def tick(at: datetime) -> None:
    """Remind captains a week and a day before, record releases, delete unconfirmed requests.

    Each table has its own transaction: the stamp and the e-mail go together.
    """
    open_tables = Table.objects.filter(
        kind=Table.Kind.OPEN, confirmed_at__isnull=False, released_at__isnull=True
    ).exclude(event__state=Event.State.CANCELED)
    for pk in open_tables.filter(held_until__lte=at).values_list("pk", flat=True):
        _stamp(pk, "released_at", "table_released", at)
    soon = open_tables.filter(held_until__gt=at)
    day = soon.filter(held_until__lte=at + DAY, day_mailed_at__isnull=True)
    for table in day.only("pk", "held_until", "confirmed_at"):
        is_new = table.confirmed_at > table.held_until - DAY
        _stamp(table.pk, "day_mailed_at", "" if is_new else "table_reminder", at)
    week = soon.filter(
        held_until__lte=at + WEEK, held_until__gt=at + DAY, week_mailed_at__isnull=True
    )
    for table in week.only("pk", "held_until", "confirmed_at"):
        is_new = table.confirmed_at > table.held_until - WEEK
        _stamp(table.pk, "week_mailed_at", "" if is_new else "table_reminder", at)
    Table.objects.filter(
        kind=Table.Kind.OPEN, confirmed_at__isnull=True, opened_at__lte=at - CONFIRM_WITHIN
    ).delete()


def _stamp(pk: int, stamp: str, template: str, at: datetime) -> None:
    """Stamp one table, and e-mail its captain if seats are empty. Only one ticker does."""
    with brief():
        rows = Table.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
        table = rows.select_related("event", "ticket_type").filter(pk=pk, **{stamp: None}).first()
        if table is None:
            return
        setattr(table, stamp, at)
        table.save(update_fields=[stamp])
        left = left_at(table, at)
        if template and left:
            write_to_captain(table, template, left=left)
