"""Tables that friends fill: opened by a captain, or bought whole.

An open table takes no money: it keeps a block of chairs until a set day, and each friend pays for
one. It keeps them only once its captain has followed the link in our mail, so that nobody blocks
the room with invented addresses. At `held_until` the block is free by comparison; the tick only
writes that down and tells the captain.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError

from events.models import Event, SeatRequest, Table, Ticket, TicketType
from events.sales import availability as boxoffice
from events.sales import capacity as room
from events.sales.refusals import TableFull
from events.tables.mail import write_to_asking, write_to_captain
from nsca.lib.mail.addresses import normalize_address
from orders.lines.kinds import Refusal
from orders.lines.locks import brief
from orders.models import Line

FEWEST, MOST = 2, 10  # chairs of an open table; ten is the largest round table the house has
SHARE = 3  # open blocks may keep a third of the room: the public finds two chairs of three on sale
CONFIRM_WITHIN = timedelta(days=2)  # the mailed link; after that the wish is forgotten
WEEK, DAY = timedelta(days=7), timedelta(days=1)


class TablesClosed(Refusal):
    def __init__(self):
        super().__init__("Tables can no longer be opened for this event. Chairs may still be had.")


class NoBlock(Refusal):
    """The room has fewer chairs to keep than the captain wants; `left` may be kept."""

    def __init__(self, left: int = 0):
        super().__init__(
            f"Only {left} chairs can be kept at the moment. Choose {left} or fewer."
            if left >= FEWEST
            else "No more chairs can be kept for open tables. Single chairs may still be had."
        )
        self.left = left


class AlreadyCaptain(Refusal):
    def __init__(self):
        super().__init__("You keep a table at this event already. Its link is in your mailbox.")


# --- What is asked ------------------------------------------------------------------------------


def may_open(event: Event, at: datetime) -> bool:
    """Whether a captain may open a table: E - 1 µs is in, E is out."""
    return (
        event.tables_until is not None
        and event.state == Event.State.PUBLISHED
        and event.is_published(at)
        and at < event.tables_until
    )


def kinds_for(offer: boxoffice.Availability) -> list[TicketType]:
    """The kinds of ticket a friend may pay for: a single chair, on sale to everybody."""
    return [
        seat.ticket_type
        for seat in offer.seats
        if seat.is_on_sale and seat.ticket_type.covers == 1 and not seat.ticket_type.is_posted
    ]


def seated(table: Table, at: datetime) -> int:
    return table.tickets.filter(room.occupying(at)).count()


def left_at(table: Table, at: datetime) -> int:
    """How many of its chairs nobody has, whether or not they are still kept."""
    return max(0, table.chairs - seated(table, at))


def may_be_kept(event: Event, kind: TicketType, at: datetime) -> int:
    """How many chairs another block may have at most; what decides is asked under the lock."""
    seats = boxoffice.availability(event, at=at).seats
    limits = [MOST]
    limits += [s.left for s in seats if s.ticket_type == kind and s.left is not None]
    if not any(seat.ticket_type == kind and seat.is_on_sale for seat in seats):
        return 0
    if (chairs := _room(event)) is not None:
        kept = sum(each.chairs for each in room.rooms_of([event], at=at)[event.pk].kept)
        limits.append(chairs // SHARE - kept)
    return max(0, min(limits))


def _room(event: Event) -> int | None:
    """All chairs of an event; None: no limit."""
    if event.capacity is not None:
        return event.capacity
    kinds = event.ticket_types.filter(is_offered=True).values_list("capacity", "covers")
    if any(capacity is None for capacity, _ in kinds):
        return None
    return sum(capacity * covers for capacity, covers in kinds)


# --- What a captain does ------------------------------------------------------------------------


def open_table(
    *,
    event: Event,
    captain_name: str,
    captain_email: str,
    name: str,
    chairs: int,
    ticket_type: TicketType,
    is_open_to_strangers: bool,
    at: datetime,
) -> Table:
    """Write a captain's wish down and mail the link that confirms it. No chair is kept yet.

    Whoever keeps a table already is mailed its link again, and nothing new is written. Raises
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
                chairs=chairs,
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
    """The captain followed the mailed link: its chairs are kept now. Twice changes nothing.

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
            if table.chairs > left:
                raise NoBlock(left)
            table.confirmed_at, table.held_until = at, event.tables_until
            table.save(update_fields=["confirmed_at", "held_until"])
            write_to_captain(table, "table_kept")
    except IntegrityError as error:  # one_open_table_a_captain_and_event
        raise AlreadyCaptain from error


def change_table(
    table: Table, *, name: str, chairs: int, is_open_to_strangers: bool, at: datetime
) -> None:
    """A captain renames the table, gives chairs back, or welcomes strangers. More are never taken:
    they may be somebody else's by now. Raises TableFull, NoBlock, Busy.
    """
    with brief():
        table = _locked(table)
        if chairs > table.chairs and (table.confirmed_at or table.kind != Table.Kind.OPEN):
            raise NoBlock(table.chairs)
        if chairs < seated(table, at):
            raise TableFull
        table.name, table.chairs, table.is_open_to_strangers = name, chairs, is_open_to_strangers
        table.save(update_fields=["name", "chairs", "is_open_to_strangers"])


def close_table(table: Table, *, at: datetime) -> None:
    """The empty chairs go back on sale at once; who sits there stays, and whoever waits for an
    answer hears that there is no chair. Raises Busy.
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
    """Staff moved or took away the day until which open tables are kept: the blocks follow it."""
    Table.objects.holding(at).filter(event=event).update(held_until=event.tables_until or at)


def _locked(table: Table) -> Table:
    """The table as it is now, locked as the box office locks: event, kind of ticket, table."""
    Event.objects.select_for_update(no_key=True).get(pk=table.event_id)
    if table.ticket_type_id:
        TicketType.objects.select_for_update(no_key=True).get(pk=table.ticket_type_id)
    tables = Table.objects.select_related("event", "ticket_type")
    return tables.select_for_update(no_key=True, of=("self",)).get(pk=table.pk)


# --- Bought whole -------------------------------------------------------------------------------


def lay_bought(line: Line, *, at: datetime) -> list[Table]:
    """A line of tables was paid: one table a unit, its guests seated. Twice changes nothing.

    Called by the box office, in its transaction and with the order's row locked.
    """
    if line.details.get("covers") == 1:
        return []  # single chairs, as nearly all are
    tickets = list(line.tickets.select_related("event", "ticket_type").order_by("number"))
    covers = line.details.get("covers") or (tickets[0].ticket_type.covers if tickets else 1)
    if covers < 2 or line.tables.exists():
        return []
    order = line.order
    several = line.quantity > 1
    tables = []
    for unit in range(1, line.quantity + 1):
        chairs = tickets[(unit - 1) * covers : unit * covers]
        if not chairs:
            break
        name = f"{order.buyer_name[:60]}’s table" + (f" {unit}" if several else "")
        table = Table.objects.create(
            event=chairs[0].event,
            kind=Table.Kind.BOUGHT,
            name=name,
            chairs=len(chairs),
            captain_name=order.buyer_name,
            captain_email=order.buyer_email,
            ticket_type=chairs[0].ticket_type,
            line=line,
            unit=unit,
            opened_at=at,
            confirmed_at=at,
            is_sample=order.is_sample,
        )
        Ticket.objects.filter(pk__in=[ticket.pk for ticket in chairs]).update(table=table)
        tables.append(table)
    return tables


# --- What is due --------------------------------------------------------------------------------


def tick(at: datetime) -> None:
    """Tell captains a week and a day before, stamp what was released, forget what was never meant.

    Each table in a transaction of its own: the stamp and the mail are one.
    """
    open_tables = Table.objects.filter(
        kind=Table.Kind.OPEN, confirmed_at__isnull=False, released_at__isnull=True
    ).exclude(event__state=Event.State.CANCELLED)
    for pk in open_tables.filter(held_until__lte=at).values_list("pk", flat=True):
        _stamp(pk, "released_at", "table_released", at)
    soon = open_tables.filter(held_until__gt=at)
    day = soon.filter(held_until__lte=at + DAY, day_told_at__isnull=True)
    for table in day.only("pk", "held_until", "confirmed_at"):
        is_new = table.confirmed_at > table.held_until - DAY
        _stamp(table.pk, "day_told_at", "" if is_new else "table_reminder", at)
    week = soon.filter(
        held_until__lte=at + WEEK, held_until__gt=at + DAY, week_told_at__isnull=True
    )
    for table in week.only("pk", "held_until", "confirmed_at"):
        is_new = table.confirmed_at > table.held_until - WEEK
        _stamp(table.pk, "week_told_at", "" if is_new else "table_reminder", at)
    Table.objects.filter(
        kind=Table.Kind.OPEN, confirmed_at__isnull=True, opened_at__lte=at - CONFIRM_WITHIN
    ).delete()


def _stamp(pk: int, stamp: str, letter: str, at: datetime) -> None:
    """Stamp one table, and write to its captain if chairs are empty. Of many tickers one does."""
    with brief():
        rows = Table.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
        table = rows.select_related("event", "ticket_type").filter(pk=pk, **{stamp: None}).first()
        if table is None:
            return
        setattr(table, stamp, at)
        table.save(update_fields=[stamp])
        left = left_at(table, at)
        if letter and left:
            write_to_captain(table, letter, left=left)
