"""What is available at an event at an instant, in numbers and in words.

capacity.py counts what is taken, held, and left. A page may be seconds old; the decision counts
again under the lock (capacity_check.py).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from events.models import Choice, Event, PromoCode, Ticket, TicketType
from events.sales.capacity import Kept, Room, is_for_the_list, occupying, rooms_of, waiting
from events.sales.refusals import ByInvitation, SalesClosed, SalesNotOpen
from membership.terms.member_price import Sharing, sharing
from nsca.lib.mail.addresses import normalize_address
from nsca.lib.secrets import codes
from nsca.lib.text.money import dollars
from nsca.lib.timing import day_of, exactly
from orders.models import Order


@dataclass(frozen=True)
class SeatOffer:
    """One ticket type at one instant. Prices in cents, instants in UTC."""

    ticket_type: TicketType
    price_cents: int
    member_price_cents: int | None
    left: int | None  # how many of this type; None: no limit
    member_left: int  # seats the member in question can still buy at the member price
    opens_at: datetime
    closes_at: datetime
    is_open: bool  # within its sale window
    is_on_sale: bool  # open, and at least one is left
    words: str  # "12 seats left", "last seat", "sold out", "on sale from …"


@dataclass(frozen=True)
class Availability:
    """What is available at an event at one instant."""

    seats: tuple[SeatOffer, ...]
    left: int | None  # seats over all ticket types; None: no limit
    is_on_sale: bool
    is_sold_out: bool  # the sale is open and nothing is left: time for the waitlist
    is_free: bool
    from_cents: int | None
    words: str
    opens_at: datetime | None  # when the next ticket type goes on sale, while none is
    next_change_at: datetime | None  # the first instant at which this changes without an act

    @property
    def needs_ticket(self) -> bool:
        return bool(self.seats)

    @property
    def price_words(self) -> str:
        """ "Free", "$95", or "from $55"."""
        if self.from_cents is None:
            return ""
        prices = {seat.price_cents for seat in self.seats}
        if prices == {0}:
            return "Free"
        return dollars(self.from_cents) if len(prices) == 1 else f"from {dollars(self.from_cents)}"


@dataclass(frozen=True)
class Member:
    """Whose member price is counted: known by sign-in or the buyer's address, together with their
    household as far as its level covers.
    """

    user_id: int | None = None
    email: str = ""
    household: Sharing | None = None
    joins: int = 0  # people covered by the level bought in the same order

    @classmethod
    def on_the_day(cls, event: Event, *, user_id: int | None = None, email: str = "", joins=0):
        """The person signed in, or at this address, with the household that makes them a member
        on the event's date. Someone who joins with this order without signing in is an address.
        """
        by_address = "" if joins else email
        home = sharing(user_id=user_id, email=by_address, on=day_of(event.starts_at))
        return cls(user_id, email, home, joins)

    def limit_of(self, kind: TicketType) -> int:
        """How many seats of a type the household gets at the member price, in all."""
        return kind.member_limit * max(self.household.covers if self.household else 1, self.joins)

    @property
    def key(self) -> str:
        """Identifies the member without an address; "" for nobody."""
        if self.household:
            return f"household {self.household.household_id}"
        return hidden(self.email) if self.email else ""

    def seats(self) -> Q:
        """Tickets this member and their household have at the member price."""
        users = {self.user_id} - {None}
        emails = {self.email} - {""}
        if self.household:
            users |= self.household.user_ids
            emails |= self.household.emails
        theirs = Q(line__order__user__in=users) | Q(line__order__buyer_email__in=emails)
        return Q(at_member_price=True) & theirs


def hidden(email: str) -> str:
    """An address as a keyed digest: the same for the same mailbox while SECRET_KEY stays the same.
    It reveals nothing about people who were erased.
    """
    return codes.derived_token("scarce to an address", normalize_address(email))


def noun_of(event: Event) -> str:
    """What a ticket gets you: a seat, or a spot in an online class."""
    return "spot" if event.kind == Event.Kind.ONLINE else "seat"


@dataclass(frozen=True)
class Asking:
    """Who is asking for a ticket type: members and the invited may buy when others cannot."""

    is_member: bool = False  # on the date of the event
    code: PromoCode | None = None  # as typed; it may invite

    def is_invited_to(self, kind: TicketType) -> bool:
        """Whether the code opens this ticket type, by invitation and before its sale."""
        if self.code is None or not self.code.invites:
            return False
        covered = {each.pk for each in self.code.ticket_types.all()}
        return not covered or kind.pk in covered


ANYBODY = Asking()


def sale_window(
    ticket_type: TicketType, event: Event, asking: Asking = ANYBODY
) -> tuple[datetime, datetime]:
    """When this ticket type goes on sale (inclusive) and ends (exclusive); never past the event.

    Members may buy first, and people with an invitation code before them; kits sell only until
    the mailing date.
    """
    opens_at = ticket_type.sales_open_at or event.sales_open_at or event.publish_at
    if asking.is_member and ticket_type.members_open_at:
        opens_at = min(opens_at, ticket_type.members_open_at)
    if asking.is_invited_to(ticket_type):
        opens_at = event.publish_at
    closes_at = ticket_type.sales_close_at or event.last_sale_at
    if ticket_type.is_posted and event.post_by:
        closes_at = min(closes_at, event.post_by)
    return max(opens_at, event.publish_at), min(closes_at, event.ends_at)


def for_the_list(kinds: Iterable[TicketType], event: Event, *, at: datetime) -> list[TicketType]:
    """The ticket types that waitlist parties can be offered at an instant."""
    found = []
    for kind in kinds:
        opens_at, closes_at = sale_window(kind, event)
        if is_for_the_list(kind) and opens_at <= at < closes_at:
            found.append(kind)
    return found


def check_window(
    ticket_type: TicketType, event: Event, *, at: datetime, asking: Asking = ANYBODY
) -> None:
    """Refuse a sale outside the window: E - 1 µs is in, E is out.

    Raises SalesNotOpen, SalesClosed, ByInvitation.
    """
    if event.state != Event.State.PUBLISHED or not ticket_type.is_offered:
        raise SalesClosed("This ticket is not on sale.", ticket_type_id=ticket_type.pk)
    if ticket_type.is_by_invitation and not asking.is_invited_to(ticket_type):
        raise ByInvitation(ticket_type.name, ticket_type_id=ticket_type.pk)
    opens_at, closes_at = sale_window(ticket_type, event, asking)
    if at < opens_at:
        raise SalesNotOpen(opens_at, ticket_type_id=ticket_type.pk)
    if at >= closes_at:
        raise SalesClosed(ticket_type_id=ticket_type.pk)


def availability(
    event: Event,
    *,
    at: datetime,
    member: Member | None = None,
    code: PromoCode | None = None,
    table_id: int | None = None,
) -> Availability:
    """What is available at an event at an instant, in two queries.

    With `member`, each ticket type says how many seats that member can still buy at the member
    price, and members may buy first; with `code` as typed, so may the people it invites.
    `table_id`: a friend of that table's captain is asking, for whom its seats are held.
    """
    found = availabilities([event], at=at, member=member, code=code, table_id=table_id)
    return found[event.pk]


def availabilities(
    events: Iterable[Event],
    *,
    at: datetime,
    member: Member | None = None,
    code: PromoCode | None = None,
    table_id: int | None = None,
) -> dict[int, Availability]:
    """The same for many events, by primary key, in two queries for any number of events; two more
    where tables can be opened or someone has joined a waitlist.
    """
    events = list(events)
    by_event: dict[int, list[TicketType]] = {event.pk: [] for event in events}
    for kind in TicketType.objects.filter(event__in=by_event):
        by_event[kind.event_id].append(kind)
    rooms = rooms_of(events, at=at, theirs=member.seats() if member else None)
    asking = Asking(is_member=member is not None, code=code)
    free = [
        event
        for event in events
        if rooms[event.pk].free_seats(for_the_list(by_event[event.pk], event, at=at)) != 0
    ]
    for event_id, parties in waiting(free).items():  # a full event needs no list of who waits
        rooms[event_id].parties = parties
    return {
        event.pk: _availability(rooms[event.pk], by_event[event.pk], at, member, asking, table_id)
        for event in events
    }


def _availability(
    room: Room,
    kinds: Sequence[TicketType],
    at: datetime,
    member: Member | None,
    asking: Asking,
    table_id: int | None,
) -> Availability:
    """All `kinds` count: those no longer offered take seats, too."""
    event = room.event
    shown = [
        kind
        for kind in kinds
        if kind.is_offered and (not kind.is_by_invitation or asking.is_invited_to(kind))
    ]
    table = next((kept for kept in room.kept if kept.table_id == table_id), None)
    if table is not None:  # friends pay for the ticket type the captain chose, at that table
        shown = [kind for kind in shown if kind.pk == table.ticket_type_id]
    free = room.for_everyone(for_the_list(kinds, event, at=at))
    seats = tuple(_offer(room, kind, free, at, member, asking, table) for kind in shown)
    open_seats = [seat for seat in seats if seat.is_open]
    on_sale = [seat for seat in open_seats if seat.is_on_sale]
    coming = [seat.opens_at for seat in seats if at < seat.opens_at and seat.left != 0]
    is_live = event.state == Event.State.PUBLISHED and event.is_published(at)
    is_sold_out = bool(open_seats) and not on_sale and not coming
    left = _seats_left(room, on_sale or open_seats, free)
    is_limited = any(seat.left is not None for seat in seats)
    changes = [
        event.publish_at,
        *(seat.opens_at for seat in seats),
        *(seat.closes_at for seat in seats),
        room.lapses_at if is_limited else None,
        event.tables_until if room.kept else None,
    ]
    prices = [seat.price_cents for seat in on_sale or seats]
    return Availability(
        seats=seats,
        left=left,
        is_on_sale=bool(on_sale),
        is_sold_out=is_sold_out,
        is_free=bool(prices) and max(prices) == 0,
        from_cents=min(prices, default=None),
        words=_words(event, left, bool(on_sale), is_sold_out, coming, bool(seats), is_live),
        opens_at=min(coming, default=None) if not on_sale else None,
        next_change_at=min((i for i in changes if i and i > at), default=None),
    )


def _seats_left(room: Room, seats: Sequence[SeatOffer], free: int | None) -> int | None:
    """Seats left over the ticket types on sale. `free`: seats no waitlist party is due."""
    limits = []
    if room.event.capacity is not None:
        limits.append(max(0, room.event.capacity - sum(room.taken.values())))
        if free is not None:
            limits[-1] = min(limits[-1], free) if room.parties or room.kept else limits[-1]
    if seats and all(seat.left is not None for seat in seats):
        limits.append(sum(seat.left * seat.ticket_type.covers for seat in seats))
    return min(limits, default=None)


def _offer(
    room: Room,
    kind: TicketType,
    free: int | None,
    at: datetime,
    member: Member | None,
    asking: Asking,
    table: Kept | None,
) -> SeatOffer:
    event = room.event
    opens_at, closes_at = sale_window(kind, event, asking)
    left = room.left_of(kind, table_id=table and table.table_id)
    if table is not None:
        left = table.seats if left is None else min(left, table.seats)
    elif free is not None and room.parties and is_for_the_list(kind):
        left = min(left, free)
    is_open = (
        event.state == Event.State.PUBLISHED
        and event.is_published(at)
        and opens_at <= at < closes_at
    )
    if at < opens_at:
        words = f"on sale from {exactly(opens_at)}"
    elif not is_open:
        words = "no longer on sale"
    else:
        words = _left_words(left, noun_of(event) if kind.covers == 1 else "")
    return SeatOffer(
        ticket_type=kind,
        price_cents=kind.price_cents,
        member_price_cents=kind.member_price_cents,
        left=left,
        member_left=max(0, member.limit_of(kind) - room.theirs.get(kind.pk, 0)) if member else 0,
        opens_at=opens_at,
        closes_at=closes_at,
        is_open=is_open,
        is_on_sale=is_open and left != 0,
        words=words,
    )


def _left_words(left: int | None, noun: str) -> str:
    if left is None:
        return "on sale"
    if left == 0:
        return "sold out"
    if left == 1:
        return f"last {noun or 'one'}"
    return f"{left:,} {noun}s left" if noun else f"{left:,} left"


def _words(event, left, is_on_sale, is_sold_out, coming, has_seats, is_live) -> str:
    if event.is_canceled:
        return "canceled"
    if not has_seats or not is_live:
        return ""
    if is_on_sale:
        return _left_words(left, noun_of(event))
    if is_sold_out:
        return "sold out"
    return f"on sale from {exactly(min(coming))}" if coming else "sales have closed"


@dataclass(frozen=True)
class SupperLeft:
    """A supper and how many are left; None: no limit."""

    choice: Choice
    left: int | None


def suppers_left(event: Event, *, at: datetime) -> list[SupperLeft]:
    """The suppers of an event, in one query."""
    taken = Count("tickets", filter=occupying(at, "tickets__"))
    return [
        SupperLeft(c, None if c.capacity is None else max(0, c.capacity - c.taken))
        for c in event.choices.annotate(taken=taken)
    ]


def code_uses(code: PromoCode, *, at: datetime, but_of: Order | None = None) -> int:
    """How many orders use a code at an instant, not counting `but_of`."""
    tickets = Ticket.objects.filter(occupying(at), promo_code=code)
    if but_of is not None:
        tickets = tickets.exclude(line__order=but_of)
    return tickets.aggregate(orders=Count("line__order", distinct=True))["orders"]
