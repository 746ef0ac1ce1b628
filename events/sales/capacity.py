"""The one place that counts seats: taken, held for someone, and left.

Paid orders and live holds (held_until > at) take seats, and so does a disputed ticket; canceled
tickets do not. There is one Ticket row per seat, so a table of eight is eight rows. Seats are also
held for the friends of a captain who opened a table, and for waitlist parties that fit into what
is free. A seat whose holder offers it back can be sold again. A page may be seconds old; the
decision counts again under the lock.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Min, Q

from events.models import Event, Table, Ticket, TicketType, WaitlistEntry
from orders.models import Order


def occupying(at: datetime, tickets: str = "") -> Q:
    """Tickets that take a seat at an instant; the same rule as Order.objects.occupying.

    `tickets` is the lookup path to the ticket from the queried model, e.g. "tickets__".
    """
    order = f"{tickets}line__order__"
    return Q(**{f"{tickets}canceled_at__isnull": True}) & (
        Q(**{f"{order}state": Order.State.PAID})
        | Q(**{f"{order}state": Order.State.HELD, f"{order}held_until__gt": at})
    )


def returnable() -> Q:
    """Of those, tickets whose holder offered the seat back."""
    return Q(offered_back_at__isnull=False, suspended_at__isnull=True)


@dataclass(frozen=True)
class Kept:
    """The empty seats of a table that a captain opened, while they are held."""

    table_id: int
    ticket_type_id: int
    seats: int


@dataclass
class Room:
    """The seats of one event at one instant, by ticket type (primary keys)."""

    event: Event
    taken: dict[int, int]
    returning: dict[int, int] = field(default_factory=dict)  # taken, but offered back
    kept: list[Kept] = field(default_factory=list)
    parties: Sequence[WaitlistEntry] = ()  # who waits, in order
    theirs: dict[int, int] = field(default_factory=dict)  # taken by the member in question
    lapses_at: datetime | None = None  # when the first live hold ends (UTC)

    def left_of(self, kind: TicketType, *, table_id: int | None = None) -> int | None:
        """How many of a ticket type are left, ignoring the waitlist; None: no limit.

        `table_id`: a friend of that table's captain is asking, for whom its seats are held.
        """
        kept = [each for each in self.kept if each.table_id != table_id]
        limits = []
        if kind.capacity is not None:
            of_kind = sum(each.seats for each in kept if each.ticket_type_id == kind.pk)
            limits.append(
                kind.capacity * kind.covers
                + self.returning.get(kind.pk, 0)
                - self.taken.get(kind.pk, 0)
                - of_kind
            )
        if self.event.capacity is not None:
            limits.append(
                self.event.capacity
                + sum(self.returning.values())
                - sum(self.taken.values())
                - sum(each.seats for each in kept)
            )
        return max(0, min(limits)) // kind.covers if limits else None

    def free_seats(self, kinds: Iterable[TicketType]) -> int | None:
        """Seats single guests could still buy of these types; None: no limit."""
        each = [self.left_of(kind) for kind in kinds]
        if any(left is None for left in each):
            return None
        limits = [sum(each)]
        if self.event.capacity is not None:
            limits.append(
                max(
                    0,
                    self.event.capacity
                    + sum(self.returning.values())
                    - sum(self.taken.values())
                    - sum(kept.seats for kept in self.kept),
                )
            )
        return min(limits)

    def spoken_for(self, kinds: Iterable[TicketType]) -> int:
        """How many free seats waitlist parties are about to be offered."""
        free = self.free_seats(kinds) if self.parties else 0
        if not free:
            return 0
        return sum(seats for _, seats in share_out(self.parties, free))

    def for_everyone(self, kinds: Iterable[TicketType]) -> int | None:
        """Seats anyone can buy: free, and due to no waitlist party."""
        kinds = list(kinds)
        free = self.free_seats(kinds) if kinds else None
        return None if free is None else free - self.spoken_for(kinds)


def is_for_the_list(kind: TicketType) -> bool:
    """Whether waitlist parties are offered this ticket type: single seats open to everyone."""
    return kind.is_offered and kind.covers == 1 and not kind.is_by_invitation


def rooms_of(
    events: Iterable[Event],
    *,
    at: datetime,
    but_of: Order | None = None,
    theirs: Q | None = None,
) -> dict[int, Room]:
    """The rooms of many events by primary key, without their waitlists: one query for any number
    of events, one more where tables can be opened.

    The tickets of `but_of` do not count as taken; `theirs` selects a member's tickets to count.
    """
    rooms = {event.pk: Room(event=event, taken=defaultdict(int)) for event in events}
    is_held = Q(line__order__state=Order.State.HELD)
    counts = {
        "seats": Count("pk"),
        "returning": Count("pk", filter=returnable()),
        "lapses_at": Min("line__order__held_until", filter=is_held),
    }
    if but_of is not None:
        counts["apart"] = Count("pk", filter=Q(line__order=but_of))
    if theirs is not None:
        counts["theirs"] = Count("pk", filter=theirs)
    occupied = Ticket.objects.filter(occupying(at), event__in=rooms).order_by()
    by = ("event_id", "ticket_type_id", "table_id")
    _fill(rooms, occupied.values(*by).annotate(**counts), at=at)
    return rooms


def _fill(rooms: dict[int, Room], rows: Iterable[Mapping], *, at: datetime) -> None:
    """Put the counts by event, ticket type, and table into the rooms; then what is held."""
    seated: dict[int, int] = defaultdict(int)
    for row in rows:
        room, kind = rooms[row["event_id"]], row["ticket_type_id"]
        room.taken[kind] += row["seats"] - row.get("apart", 0)
        if row["returning"] and at < room.event.offered_back_until:
            room.returning[kind] = room.returning.get(kind, 0) + row["returning"]
        if row.get("theirs"):
            room.theirs[kind] = room.theirs.get(kind, 0) + row["theirs"]
        lapses_at = (room.lapses_at, row["lapses_at"])
        room.lapses_at = min(filter(None, lapses_at), default=None)
        if row["table_id"]:
            seated[row["table_id"]] += row["seats"]
    for table in _keeping([room.event for room in rooms.values()], at):
        empty = max(0, table.seats - seated[table.pk])
        rooms[table.event_id].kept.append(Kept(table.pk, table.ticket_type_id, empty))


def _keeping(events, at) -> Iterable[Table]:
    """The tables whose empty seats are held; no query where no table can be opened."""
    with_tables = [event.pk for event in events if event.tables_until is not None]
    if not with_tables:
        return ()
    tables = Table.objects.holding(at).filter(event__in=with_tables).order_by("pk")
    return tables.only("event_id", "ticket_type_id", "seats")


def waiting(events: Iterable[Event]) -> dict[int, list[WaitlistEntry]]:
    """The waitlists of these events, in order; no query where nobody ever joined."""
    with_list = [event.pk for event in events if event.waitlist_began_at is not None]
    parties: dict[int, list[WaitlistEntry]] = defaultdict(list)
    if with_list:
        entries = WaitlistEntry.objects.filter(
            event__in=with_list, left_at__isnull=True, offer__isnull=True
        )
        for entry in entries.only("event_id", "party", "fewest", "priority", "joined_at"):
            parties[entry.event_id].append(entry)
    return parties


def room_of(event: Event, *, at: datetime, but_of: Order | None = None) -> Room:
    """The room of one event, to decide by, not counting the tickets of `but_of`. Call it under
    the lock where seats are taken.
    """
    room = rooms_of([event], at=at, but_of=but_of)[event.pk]
    room.parties = waiting([event])[event.pk]
    return room


def share_out(parties: Iterable[WaitlistEntry], free: int) -> list[tuple[WaitlistEntry, int]]:
    """Which parties get the free seats, and how many each. Makes no query.

    The policy the page states: seats go to the first party they fit, as many as it wants or as
    are free; a larger party keeps its turn, and the next one is considered.
    """
    shares = []
    for entry in parties:
        seats = min(entry.party, free)
        if seats >= max(1, entry.fewest):
            shares.append((entry, seats))
            free -= seats
    return shares
