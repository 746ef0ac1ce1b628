"""The one place that counts chairs: what is taken, what is kept for whom, what is left.

Paid orders and live holds occupy (held_until > at), cancelled tickets do not; a disputed ticket
still does. There is one Ticket row a chair, so a table of eight is eight rows. Beyond what is
taken, chairs are kept: for the friends of a captain who opened a table, and for the parties on the
waiting list that what is free would suffice for. A chair whose holder would return it can be had
once more. What a page shows may be seconds old; what decides is counted again under the lock.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Min, Q

from events.models import Event, Table, Ticket, TicketType, WaitlistEntry
from orders.models import Order


def occupying(at: datetime, tickets: str = "") -> Q:
    """Tickets that take a chair at an instant; the same sentence as Order.objects.occupying.

    `tickets` is the way to the ticket from where the query stands, as "tickets__".
    """
    order = f"{tickets}line__order__"
    return Q(**{f"{tickets}cancelled_at__isnull": True}) & (
        Q(**{f"{order}state": Order.State.PAID})
        | Q(**{f"{order}state": Order.State.HELD, f"{order}held_until__gt": at})
    )


def returnable() -> Q:
    """Of those, tickets whose holder would return the chair."""
    return Q(offered_back_at__isnull=False, suspended_at__isnull=True)


@dataclass(frozen=True)
class Kept:
    """The empty chairs of a table that a captain opened, as long as they are kept."""

    table_id: int
    ticket_type_id: int
    chairs: int


@dataclass
class Room:
    """The chairs of one event at one instant, by kind of ticket (primary keys)."""

    event: Event
    taken: dict[int, int]
    returning: dict[int, int] = field(default_factory=dict)  # taken, but may be had once more
    kept: list[Kept] = field(default_factory=list)
    parties: Sequence[WaitlistEntry] = ()  # who waits, in order
    theirs: dict[int, int] = field(default_factory=dict)  # taken by the member asked about
    lapses_at: datetime | None = None  # when the first of the live holds ends (UTC)

    def left_of(self, kind: TicketType, *, table_id: int | None = None) -> int | None:
        """How many more of a kind there are, the waiting list apart; at least 0. None: no limit.

        `table_id`: asked by a friend of that table's captain, for whom its chairs are kept.
        """
        kept = [each for each in self.kept if each.table_id != table_id]
        limits = []
        if kind.capacity is not None:
            of_kind = sum(each.chairs for each in kept if each.ticket_type_id == kind.pk)
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
                - sum(each.chairs for each in kept)
            )
        return max(0, min(limits)) // kind.covers if limits else None

    def free_chairs(self, kinds: Iterable[TicketType]) -> int | None:
        """Chairs that single guests could still have of these kinds; None: no limit."""
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
                    - sum(kept.chairs for kept in self.kept),
                )
            )
        return min(limits)

    def spoken_for(self, kinds: Iterable[TicketType]) -> int:
        """Of the free chairs, those that parties on the waiting list are about to be offered."""
        free = self.free_chairs(kinds) if self.parties else 0
        if not free:
            return 0
        return sum(chairs for _, chairs in share_out(self.parties, free))

    def for_everyone(self, kinds: Iterable[TicketType]) -> int | None:
        """Chairs that need nobody's leave: free, and no party is waiting for them."""
        kinds = list(kinds)
        free = self.free_chairs(kinds) if kinds else None
        return None if free is None else free - self.spoken_for(kinds)


def is_for_the_list(kind: TicketType) -> bool:
    """Whether chairs of this kind are offered to parties that wait: single chairs for anybody."""
    return kind.is_offered and kind.covers == 1 and not kind.is_by_invitation


def rooms_of(
    events: Iterable[Event],
    *,
    at: datetime,
    but_of: Order | None = None,
    theirs: Q | None = None,
) -> dict[int, Room]:
    """The rooms of many events by primary key, who waits apart: one query whatever their number,
    one more where tables can be opened.

    The tickets of `but_of` do not count as taken; `theirs` picks those of a member to be counted.
    """
    rooms = {event.pk: Room(event=event, taken=defaultdict(int)) for event in events}
    is_held = Q(line__order__state=Order.State.HELD)
    counts = {
        "chairs": Count("pk"),
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
    """Put what was counted, by event, kind and table, into the rooms; and what is kept."""
    seated: dict[int, int] = defaultdict(int)
    for row in rows:
        room, kind = rooms[row["event_id"]], row["ticket_type_id"]
        room.taken[kind] += row["chairs"] - row.get("apart", 0)
        if row["returning"] and at < room.event.offered_back_until:
            room.returning[kind] = room.returning.get(kind, 0) + row["returning"]
        if row.get("theirs"):
            room.theirs[kind] = room.theirs.get(kind, 0) + row["theirs"]
        lapses_at = (room.lapses_at, row["lapses_at"])
        room.lapses_at = min(filter(None, lapses_at), default=None)
        if row["table_id"]:
            seated[row["table_id"]] += row["chairs"]
    for table in _keeping([room.event for room in rooms.values()], at):
        empty = max(0, table.chairs - seated[table.pk])
        rooms[table.event_id].kept.append(Kept(table.pk, table.ticket_type_id, empty))


def _keeping(events, at) -> Iterable[Table]:
    """The tables whose empty chairs are kept; no query where no table can be opened."""
    with_tables = [event.pk for event in events if event.tables_until is not None]
    if not with_tables:
        return ()
    tables = Table.objects.holding(at).filter(event__in=with_tables).order_by("pk")
    return tables.only("event_id", "ticket_type_id", "chairs")


def waiting(events: Iterable[Event]) -> dict[int, list[WaitlistEntry]]:
    """Who waits at these events, in order; no query where nobody ever has."""
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
    """The room of one event, to decide by: the tickets of `but_of` apart; under the lock, where
    something is taken.
    """
    room = rooms_of([event], at=at, but_of=but_of)[event.pk]
    room.parties = waiting([event])[event.pk]
    return room


def share_out(parties: Iterable[WaitlistEntry], free: int) -> list[tuple[WaitlistEntry, int]]:
    """Who is next for chairs that are free, and for how many each. Asks no database.

    The policy that the page tells: chairs go to the first party they suffice for, as many as it
    wants or as there are; a larger party keeps its place, and the next is looked at.
    """
    shares = []
    for entry in parties:
        chairs = min(entry.party, free)
        if chairs >= max(1, entry.fewest):
            shares.append((entry, chairs))
            free -= chairs
    return shares
