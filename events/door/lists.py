"""Who comes, as the door needs it: found by a name, a party together, how many are in, on paper.

What the kitchen knows (allergies) is not among it; what the door should know (access needs) is.
The place is on none of these lists: paper is left lying about.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from events.models import Event, Scan, Ticket
from events.sales import addons
from events.tickets.attendance import entries, latest
from nsca.lib.timing import hour
from orders.models import Order

FOUND_AT_MOST = 25  # more than fit a telephone: type more of the name


@dataclass(frozen=True)
class Row:
    """One ticket in a list at the door, and how it stands."""

    ticket: Ticket
    entry: Scan | None  # by which its guest is in
    bought: str = ""  # on paper, beside the first of an order: what it has beside its chairs

    @property
    def may_come(self) -> bool:
        """Whether a button lets this guest in."""
        return self.entry is None and self.ticket.is_valid

    @property
    def words(self) -> str:
        """Why there is no button: "in at 7:02 p.m.", "cancelled", "not paid", "on hold"."""
        if self.entry:
            return f"in at {hour(self.entry.read_at or self.entry.at)}"
        if self.ticket.cancelled_at:
            return "cancelled"
        if self.ticket.line.order.state != Order.State.PAID:
            return "not paid"
        return "on hold" if self.ticket.suspended_at else ""


@dataclass(frozen=True)
class Party:
    """The tickets of one order at this event: who came together, or in parts."""

    order: Order
    rows: Sequence[Row]

    @property
    def expected(self) -> int:
        """Who may come, and who is in already."""
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
    """Each with its entry, in one query for all."""
    tickets = list(tickets)
    found = entries([ticket.pk for ticket in tickets])
    return [Row(ticket, found.get(ticket.pk)) for ticket in tickets]


def party_of(event: Event, order: Order) -> Party:
    """Two queries, however large the party."""
    return Party(order, rows_of(tickets_at(event).filter(line__order=order)))


def party_by_number(event: Event, number: str) -> Party | None:
    """The same, by the order's number ("N-CDF4-GHJ6")."""
    rows = rows_of(tickets_at(event).filter(line__order__number=number))
    return Party(rows[0].ticket.line.order, rows) if rows else None


@dataclass(frozen=True)
class Found:
    """What a name led to; `more` is how many are not shown."""

    parties: Sequence[Party]
    more: int


def find(event: Event, text: str) -> Found:
    """Tickets whose guest's or buyer's name, or code, has every word of `text`; by party.

    Accents and case do not matter, on either database: an evening's guests are few enough to
    be looked through here. Orders that were never paid only where nothing else is found.
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
    """Small letters without their accents: "Zoë" is found by "zoe"."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).casefold()


# --- Counting ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Count:
    """How many are in, of how many who may come; and through which gate, where gates are named."""

    inside: int
    expected: int
    gates: Sequence[tuple[str, int]]


def count(event: Event) -> Count:
    """Two queries. Who is in counts, whatever became of the ticket since."""
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


# --- On paper ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sheet:
    """One heading of the printed list, and who stands under it."""

    heading: str
    rows: Sequence[Row]


def sheets_by_name(event: Event) -> list[Sheet]:
    """Valid tickets by the guest's name, or the buyer's; under their first letters."""
    rows = sorted(_coming(event), key=lambda row: folded(_name(row)))
    sheets: dict[str, list[Row]] = {}
    for row in rows:
        sheets.setdefault(folded(_name(row))[:1].upper() or "–", []).append(row)
    return [Sheet(letter, under) for letter, under in sheets.items()]


def sheets_by_table(event: Event) -> list[Sheet]:
    """The same by table, in the order of their numbers; last those who sit anywhere."""
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
    # Each order's once, so that nobody is handed it twice.
    return [
        replace(row, bought=addons.words(bought.pop(row.ticket.line.order_id, ()))) for row in rows
    ]


def _name(row: Row) -> str:
    return row.ticket.guest_name or row.ticket.line.order.buyer_name
