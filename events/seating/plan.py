"""The seating plan of one event for staff: who sits where, conflicts, and changes.

It has guests who have paid; a seat in dispute stays taken. Nothing about the venue is here.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError
from django.db.models import Max

from events.models import Event, SeatRequest, Table, Ticket
from events.sales.capacity import occupying
from orders.lines.kinds import Refusal
from orders.lines.locks import brief
from orders.models import Order

MOST_AT_ONCE = 40  # tables added by one form


class NumberTaken(Refusal):
    def __init__(self, number: int):
        super().__init__(f"Table {number} already exists. Choose another number.")


class StillSeated(Refusal):
    def __init__(self):
        super().__init__("This table has guests or belongs to a captain, so it can’t be removed.")


@dataclass(frozen=True)
class Seat:
    """One guest on the plan."""

    ticket: Ticket
    name: str  # as given, or "Guest of Ada Ellery"
    party: str  # the buyer's name, where the party is larger


@dataclass(frozen=True)
class Laid:
    """One table and its guests."""

    table: Table
    seats: tuple[Seat, ...]

    @property
    def empty(self) -> int:
        return max(0, self.table.seats - len(self.seats))


@dataclass(frozen=True)
class Plan:
    event: Event
    laid: tuple[Laid, ...]
    unseated: tuple[Seat, ...]  # without a table, parties together
    requests: tuple[SeatRequest, ...]
    conflicts: tuple[str, ...]  # each a sentence

    @property
    def guests(self) -> int:
        return len(self.unseated) + sum(len(each.seats) for each in self.laid)

    @property
    def empty(self) -> int:
        return sum(each.empty for each in self.laid)

    @property
    def with_needs(self) -> list[tuple[str, Seat]]:
        """Guests with allergies or access needs, each with their table."""
        everybody = [(words_of(each.table), seat) for each in self.laid for seat in each.seats]
        everybody += [("no table yet", seat) for seat in self.unseated]
        return [(w, seat) for w, seat in everybody if seat.ticket.needs or seat.ticket.access]


def _party_of(ticket: Ticket) -> str:
    """The buyer's name, unless it is the guest's own."""
    buyer = ticket.line.order.buyer_name
    return buyer if ticket.guest_name not in ("", buyer) else ""


def words_of(table: Table) -> str:
    return f"{table.number}. {table.name}" if table.number else table.name


def plan_of(event: Event, at: datetime) -> Plan:
    """The plan at an instant, in three queries whatever the number of guests."""
    tables = list(event.tables.exclude(kind=Table.Kind.OPEN, confirmed_at__isnull=True))
    guests = list(
        Ticket.objects.filter(occupying(at), event=event, line__order__state=Order.State.PAID)
        .select_related("line__order", "choice", "ticket_type")
        .order_by("line__order__paid_at", "line__order_id", "line_id", "number")
    )
    requests = tuple(
        SeatRequest.objects.filter(table__event=event, answered_at__isnull=True).select_related(
            "table", "ticket__line__order"
        )
    )
    parties = defaultdict(list)
    for ticket in guests:
        # A transferred ticket no longer belongs to its buyer's party.
        parties[ticket.line.order_id if not ticket.transfer_count else -ticket.pk].append(ticket)
    seats = {
        ticket.pk: Seat(
            ticket,
            name=ticket.guest_name or f"Guest of {ticket.line.order.buyer_name}",
            party=_party_of(ticket) if len(party) > 1 else "",
        )
        for party in parties.values()
        for ticket in party
    }
    laid = tuple(
        Laid(table, tuple(seats[t.pk] for t in guests if t.table_id == table.pk))
        for table in tables
    )
    unseated = tuple(seats[t.pk] for t in guests if t.table_id is None)
    return Plan(event, laid, unseated, requests, tuple(_conflicts(laid, parties)))


def _conflicts(laid, parties) -> list[str]:
    words = [
        f"{words_of(each.table)}: more guests ({len(each.seats)}) than seats ({each.table.seats})."
        for each in laid
        if len(each.seats) > each.table.seats
    ]
    names = {each.table.pk: words_of(each.table) for each in laid}
    for party in parties.values():
        at_tables = sorted({names[t.table_id] for t in party if t.table_id})
        unseated = sum(t.table_id is None for t in party)
        whose = party[0].line.order.buyer_name
        if len(at_tables) > 1:
            words.append(f"The party of {whose} is split: {', and '.join(at_tables)}.")
        elif at_tables and unseated:
            are = "one has" if unseated == 1 else f"{unseated} have"
            words.append(f"The party of {whose} is at {at_tables[0]}, but {are} no table yet.")
        words += [
            f"{t.guest_name or f'A guest of {whose}'} has an access need and no table yet."
            for t in party
            if t.access and t.table_id is None
        ]
    words += [
        f"{each.table.name} has guests but no number." for each in laid
        if each.seats and not each.table.number
    ]  # fmt: skip
    return words


# --- Moves -------------------------------------------------------------------------------------


def seat(ticket: Ticket, table: Table | None, *, at: datetime) -> Table | None:
    """Seat a guest at a table, or at none for None. An overfull table is shown, not refused.
    Returns the guest's former table.

    An open request to sit elsewhere is left to its captain. Raises Busy.
    """
    with brief():
        if table is not None:
            table = Table.objects.select_for_update(no_key=True).get(
                pk=table.pk, event_id=ticket.event_id
            )
        rows = Ticket.objects.select_for_update(no_key=True, of=("self",))
        former = rows.select_related("table").get(pk=ticket.pk).table
        Ticket.objects.filter(pk=ticket.pk).update(table=table)
        return former


def lay(
    event: Event, *, number: int | None, name: str, seats: int, count: int, at: datetime
) -> list[Table]:
    """Add `count` house tables, numbered from `number` or after the highest so far. Raises
    NumberTaken, Busy.
    """
    with brief():
        Event.objects.select_for_update(no_key=True).get(pk=event.pk)
        first = number or (event.tables.aggregate(top=Max("number"))["top"] or 0) + 1
        wanted = range(first, first + min(count, MOST_AT_ONCE))
        taken = set(event.tables.filter(number__in=wanted).values_list("number", flat=True))
        if taken:
            raise NumberTaken(min(taken))
        return Table.objects.bulk_create(
            Table(
                event=event,
                kind=Table.Kind.HOUSE,
                number=each,
                name=name or f"Table {each}",
                seats=seats,
                opened_at=at,
                confirmed_at=at,
            )
            for each in wanted
        )


def relay(table: Table, *, number: int | None, name: str, seats: int | None) -> None:
    """Number, name or resize a table; only its captain resizes an open one.

    Raises NumberTaken, Busy.
    """
    table.number, table.name = number, name
    fields = ["number", "name"]
    if seats is not None and table.kind != Table.Kind.OPEN:
        table.seats = seats
        fields.append("seats")
    try:
        with brief():
            table.save(update_fields=fields)
    except IntegrityError as error:  # one_table_a_number_and_event
        raise NumberTaken(number) from error


def put_away(table: Table, *, at: datetime) -> None:
    """Remove a house table from the plan. Raises StillSeated, Busy."""
    with brief():
        table = Table.objects.select_for_update().get(pk=table.pk)
        is_asked = table.requests.exists()
        if table.kind != Table.Kind.HOUSE or is_asked or table.tickets.filter(occupying(at)):
            raise StillSeated
        table.tickets.update(table=None)  # of guests who were refunded
        table.delete()
