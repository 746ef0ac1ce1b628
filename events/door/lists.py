"""Guests as the door needs them: found by name, by party, counted, and on paper.

Access needs are included, allergies are not. The venue is on none of these lists: paper gets left
around.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from events.models import Event, Scan, Ticket
from events.sales import addons
from events.tickets.attendance import entries, latest
from nsca.lib.timing import hour
from orders.models import Order

FOUND_AT_MOST = 25  # more do not fit a phone: type more of the name


@dataclass(frozen=True)
class Row:
    """One ticket in a list at the door, with its status."""

    ticket: Ticket
    entry: Scan | None  # the scan that checked its guest in
    bought: str = ""  # on paper, beside an order's first ticket: its add-ons

    @property
    def may_come(self) -> bool:
        """Whether a button lets this guest in."""
        return self.entry is None and self.ticket.is_valid

    @property
    def words(self) -> str:
        """Why there is no button: "in at 7:02 p.m.", "canceled", "not paid", "on hold"."""
        if self.entry:
            return f"in at {hour(self.entry.read_at or self.entry.at)}"
        if self.ticket.canceled_at:
            return "canceled"
        if self.ticket.line.order.state != Order.State.PAID:
            return "not paid"
        return "on hold" if self.ticket.suspended_at else ""


@dataclass(frozen=True)
class Party:
    """The tickets of one order at this event."""

    order: Order
    rows: Sequence[Row]

    @property
    def expected(self) -> int:
        """How many may come or are in already."""
        return sum(1 for row in self.rows if row.entry or row.may_come)

    @property
    def inside(self) -> int:
        return sum(1 for row in self.rows if row.entry)

    @property
    def to_come(self) -> list[Row]:
        return [row for row in self.rows if row.may_come]


def tickets_at(event: Event):
    return (
        Ticket.objects.filter(event=event)
        .select_related("ticket_type", "choice", "table", "line__order")
        .order_by("line__order", "line", "number")
    )


def rows_of(tickets: Iterable[Ticket]) -> list[Row]:
    """A row for each ticket; the entries of all in one query."""
    tickets = list(tickets)
    found = entries([ticket.pk for ticket in tickets])
    return [Row(ticket, found.get(ticket.pk)) for ticket in tickets]


def party_of(event: Event, order: Order) -> Party:
    """An order's party, in two queries."""
    return Party(order, rows_of(tickets_at(event).filter(line__order=order)))


def party_by_number(event: Event, number: str) -> Party | None:
    """An order's party by the order number ("N-CDF4-GHJ6")."""
    rows = rows_of(tickets_at(event).filter(line__order__number=number))
    return Party(rows[0].ticket.line.order, rows) if rows else None


@dataclass(frozen=True)
class Found:
    """What a search found; `more` is how many are not shown."""

    parties: Sequence[Party]
    more: int


def find(event: Event, text: str) -> Found:
    """Tickets whose guest name, buyer name or code has every word of `text`, by party.

    Accents and case do not matter on either database: an event's guests are few enough to search
    here. Unpaid orders appear only where nothing else is found.
    """
    words = folded(text).split()
    if not words:
        return Found((), 0)
    hits = [ticket for ticket in tickets_at(event) if _has(ticket, words)]
    paid = [ticket for ticket in hits if ticket.line.order.state == Order.State.PAID]
    hits = paid or hits
    parties: dict[int, list[Row]] = {}
    for row in rows_of(hits[:FOUND_AT_MOST]):
        parties.setdefault(row.ticket.line.order_id, []).append(row)
    found = [Party(rows[0].ticket.line.order, rows) for rows in parties.values()]
    return Found(found, max(0, len(hits) - FOUND_AT_MOST))


def _has(ticket: Ticket, words: Sequence[str]) -> bool:
    text = folded(f"{ticket.guest_name} {ticket.line.order.buyer_name} {ticket.code}")
    return all(word in text for word in words)


def folded(text: str) -> str:
    """Lower case without accents, so that "zoe" finds "Zoë"."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).casefold()


# --- Counting ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Count:
    """How many are in and how many may come; by gate, where gates have names."""

    inside: int
    expected: int
    gates: Sequence[tuple[str, int]]


def count(event: Event) -> Count:
    """Count in two queries. Guests who are in count even if their ticket has changed since."""
    inside = (
        Ticket.objects.filter(event=event)
        .annotate(act=latest("act"), gate=latest("gate"))
        .filter(act=Scan.Act.IN)
        .values_list("gate", flat=True)
    )
    gates: dict[str, int] = {}
    for gate in inside:
        gates[gate] = gates.get(gate, 0) + 1
    return Count(
        inside=sum(gates.values()),
        expected=event.tickets.valid().count(),
        gates=[(gate or "no gate", n) for gate, n in sorted(gates.items())] if any(gates) else [],
    )


# --- On paper ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sheet:
    """One heading of the printed list, with its rows."""

    heading: str
    rows: Sequence[Row]


def sheets_by_name(event: Event) -> list[Sheet]:
    """Valid tickets by guest name, or the buyer's, grouped by initial."""
    rows = sorted(_coming(event), key=lambda row: folded(_name(row)))
    sheets: dict[str, list[Row]] = {}
    for row in rows:
        sheets.setdefault(folded(_name(row))[:1].upper() or "–", []).append(row)
    return [Sheet(initial, under) for initial, under in sheets.items()]


def sheets_by_table(event: Event) -> list[Sheet]:
    """Valid tickets by table, in order of table number; guests without a table come last."""
    rows = sorted(_coming(event), key=lambda row: folded(_name(row)))
    tables: dict[int | None, list[Row]] = {}
    for row in rows:
        tables.setdefault(row.ticket.table_id, []).append(row)
    seated = [(under[0].ticket.table, under) for pk, under in tables.items() if pk]
    seated.sort(key=lambda pair: (pair[0].number is None, pair[0].number or 0, pair[0].pk))
    sheets = [Sheet(f"Table {table}", under) for table, under in seated]
    return sheets + ([Sheet("At any table", tables[None])] if None in tables else [])


def _coming(event: Event) -> list[Row]:
    valid = Ticket.objects.valid().filter(event=event).order_by().values("pk")
    rows = rows_of(tickets_at(event).filter(pk__in=valid))
    bought = addons.by_order(event)
    # Once for each order, so that nobody gets an add-on twice.
    return [
        replace(row, bought=addons.words(bought.pop(row.ticket.line.order_id, ()))) for row in rows
    ]


def _name(row: Row) -> str:
    return row.ticket.guest_name or row.ticket.line.order.buyer_name
