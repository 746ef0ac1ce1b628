"""The one place that counts chairs.

Paid orders and live holds occupy (held_until > at), cancelled tickets do not; a disputed ticket
still does. There is one Ticket row a chair, so a table of eight is eight rows. What a page shows
may be seconds old; what decides is asked again under the lock (see ticket_kind.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from events.models import Choice, Event, PromoCode, Ticket, TicketType
from events.refusals import (
    ChoiceGone,
    CodeUsedUp,
    NotAMember,
    NotEnoughLeft,
    SalesClosed,
    SalesNotOpen,
    SoldOut,
)
from nsca.lib.money import dollars
from nsca.lib.timing import exactly
from orders.models import Order


@dataclass(frozen=True)
class SeatOffer:
    """One kind of ticket at one instant. Prices in cents, instants in UTC."""

    ticket_type: TicketType
    price_cents: int
    member_price_cents: int | None
    left: int | None  # how many of this kind; None: no limit
    member_left: int  # chairs that the member asked about may still have at the member price
    opens_at: datetime
    closes_at: datetime
    is_open: bool  # within its sale window
    is_on_sale: bool  # open, and one can be had
    words: str  # "12 chairs left", "the last chair", "sold out", "on sale from …"


@dataclass(frozen=True)
class Availability:
    """What can be had of an event at one instant."""

    seats: tuple[SeatOffer, ...]
    left: int | None  # chairs over all kinds; None: no limit
    is_on_sale: bool
    is_sold_out: bool  # the window is open and there is nothing in it: the waiting list's moment
    is_free: bool
    from_cents: int | None
    words: str
    opens_at: datetime | None  # the next kind to come on sale, while none is
    next_change_at: datetime | None  # the first instant at which this changes by itself

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
    """Whose entitlement to the member price is counted: by sign-in, or by the buyer's address."""

    user_id: int | None = None
    email: str = ""

    def chairs(self, tickets: str = "") -> Q:
        """Tickets that this member has at the member price; `tickets` as for `occupying`."""
        order = f"{tickets}line__order__"
        theirs = Q(pk__in=())
        if self.user_id:
            theirs |= Q(**{f"{order}user": self.user_id})
        if self.email:
            theirs |= Q(**{f"{order}buyer_email__iexact": self.email})
        return Q(**{f"{tickets}at_member_price": True}) & theirs


def noun_of(event: Event) -> str:
    """What one sits on: there are no chairs in an online class."""
    return "place" if event.kind == Event.Kind.ONLINE else "chair"


def sale_window(ticket_type: TicketType, event: Event) -> tuple[datetime, datetime]:
    """The instants at which this kind goes on sale (in) and ends (out); never past the event."""
    opens_at = ticket_type.sales_open_at or event.sales_open_at or event.publish_at
    closes_at = ticket_type.sales_close_at or event.last_sale_at
    return max(opens_at, event.publish_at), min(closes_at, event.ends_at)


def check_window(ticket_type: TicketType, event: Event, *, at: datetime) -> None:
    """Refuse outside the window: E - 1 µs is in, E is out. Raises SalesNotOpen, SalesClosed."""
    if event.state != Event.State.PUBLISHED or not ticket_type.is_offered:
        raise SalesClosed("This is not on sale.", ticket_type_id=ticket_type.pk)
    opens_at, closes_at = sale_window(ticket_type, event)
    if at < opens_at:
        raise SalesNotOpen(opens_at, ticket_type_id=ticket_type.pk)
    if at >= closes_at:
        raise SalesClosed(ticket_type_id=ticket_type.pk)


def occupying(at: datetime, tickets: str = "") -> Q:
    """Tickets that take a chair at an instant; the same sentence as Order.objects.occupying.

    `tickets` is the way to the ticket from where the query stands, as "tickets__".
    """
    order = f"{tickets}line__order__"
    return Q(**{f"{tickets}cancelled_at__isnull": True}) & (
        Q(**{f"{order}state": Order.State.PAID})
        | Q(**{f"{order}state": Order.State.HELD, f"{order}held_until__gt": at})
    )


def left_after(
    ticket_type: TicketType, event: Event, *, taken_of_type: int, taken_of_event: int
) -> int | None:
    """How many more of a kind there are, given the chairs taken. Never below 0; None: no limit."""
    limits = []
    if ticket_type.capacity is not None:
        limits.append(ticket_type.capacity * ticket_type.covers - taken_of_type)
    if event.capacity is not None:
        limits.append(event.capacity - taken_of_event)
    return max(0, min(limits)) // ticket_type.covers if limits else None


def availability(event: Event, *, at: datetime, member: Member | None = None) -> Availability:
    """What can be had of an event at an instant, in one query.

    With `member`, each kind says how many chairs that member may still have at the member price.
    """
    return availabilities([event], at=at, member=member)[event.pk]


def availabilities(
    events: Iterable[Event], *, at: datetime, member: Member | None = None
) -> dict[int, Availability]:
    """The same for many events, by primary key, in one query whatever their number."""
    events = list(events)
    taken = occupying(at, "tickets__")
    is_held = Q(tickets__line__order__state=Order.State.HELD)
    kinds = TicketType.objects.filter(event__in=[event.pk for event in events]).annotate(
        taken=Count("tickets", filter=taken),
        lapses_at=Min("tickets__line__order__held_until", filter=taken & is_held),
    )
    if member:
        kinds = kinds.annotate(theirs=Count("tickets", filter=taken & member.chairs("tickets__")))
    by_event: dict[int, list[TicketType]] = {event.pk: [] for event in events}
    for kind in kinds:
        by_event[kind.event_id].append(kind)
    return {event.pk: _availability(event, by_event[event.pk], at, member) for event in events}


def _availability(
    event: Event, kinds: Sequence[TicketType], at: datetime, member: Member | None
) -> Availability:
    """`kinds` are counted: those no longer offered take chairs, too."""
    total = sum(kind.taken for kind in kinds)
    seats = tuple(_offer(event, kind, total, at, member) for kind in kinds if kind.is_offered)
    open_seats = [seat for seat in seats if seat.is_open]
    on_sale = [seat for seat in open_seats if seat.is_on_sale]
    coming = [seat.opens_at for seat in seats if at < seat.opens_at and seat.left != 0]
    is_live = event.state == Event.State.PUBLISHED and event.is_published(at)
    is_sold_out = bool(open_seats) and not on_sale and not coming
    left = _chairs_left(event, on_sale or open_seats, total)
    is_limited = any(seat.left is not None for seat in seats)
    changes = [
        event.publish_at,
        *(seat.opens_at for seat in seats),
        *(seat.closes_at for seat in seats),
        *(kind.lapses_at for kind in kinds if is_limited and kind.lapses_at),
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
        next_change_at=min((i for i in changes if i > at), default=None),
    )


def _chairs_left(event: Event, seats: Sequence[SeatOffer], total: int) -> int | None:
    limits = []
    if event.capacity is not None:
        limits.append(max(0, event.capacity - total))
    if seats and all(seat.left is not None for seat in seats):
        limits.append(sum(seat.left * seat.ticket_type.covers for seat in seats))
    return min(limits, default=None)


def _offer(
    event: Event, kind: TicketType, total: int, at: datetime, member: Member | None
) -> SeatOffer:
    opens_at, closes_at = sale_window(kind, event)
    left = left_after(kind, event, taken_of_type=kind.taken, taken_of_event=total)
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
        member_left=max(0, kind.member_limit - kind.theirs) if member else 0,
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
        return f"the last {noun or 'one'}"
    return f"{left:,} {noun}s left" if noun else f"{left:,} left"


def _words(event, left, is_on_sale, is_sold_out, coming, has_seats, is_live) -> str:
    if event.is_cancelled:
        return "cancelled"
    if not has_seats or not is_live:
        return ""
    if is_on_sale:
        return _left_words(left, noun_of(event))
    if is_sold_out:
        return "sold out"
    return f"on sale from {exactly(min(coming))}" if coming else "sales have closed"


@dataclass(frozen=True)
class SupperLeft:
    """A supper and how many of it the caterer still has; None: no limit."""

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
    """How many orders use a code at an instant, `but_of` apart."""
    tickets = Ticket.objects.filter(occupying(at), promo_code=code)
    if but_of is not None:
        tickets = tickets.exclude(line__order=but_of)
    return tickets.aggregate(orders=Count("line__order", distinct=True))["orders"]


@dataclass(frozen=True)
class Demand:
    """What an order wants to take of one event."""

    chairs: Mapping[TicketType, int]
    suppers: Mapping[Choice, int]
    codes: Sequence[PromoCode] = ()
    at_member_price: Mapping[TicketType, int] | None = None


def check_room(event: Event, demand: Demand, *, order: Order, at: datetime, again: bool) -> None:
    """Refuse what does not fit. Called under the lock, in the transaction that writes the tickets.

    `again`: the order's own tickets exist already and are wanted back, so they are not counted.
    Raises SoldOut, NotEnoughLeft, ChoiceGone, CodeUsedUp, NotAMember.
    """
    occupied = Ticket.objects.filter(occupying(at), event=event)
    if again:
        occupied = occupied.exclude(line__order=order)
    by_type = dict(occupied.order_by().values_list("ticket_type").annotate(chairs=Count("pk")))
    total = sum(by_type.values())
    for kind, wanted in demand.chairs.items():
        left = left_after(kind, event, taken_of_type=by_type.get(kind.pk, 0), taken_of_event=total)
        total += wanted
        if left is None or wanted <= left * kind.covers:
            continue
        if left == 0:
            raise SoldOut(kind.name, ticket_type_id=kind.pk)
        noun = noun_of(event) if kind.covers == 1 else "table"
        raise NotEnoughLeft(left, noun, ticket_type_id=kind.pk)
    if capped := {c: n for c, n in demand.suppers.items() if c.capacity is not None}:
        rows = occupied.filter(choice__in=capped).order_by().values_list("choice")
        chosen = dict(rows.annotate(chairs=Count("pk")))
        for choice, wanted in capped.items():
            if chosen.get(choice.pk, 0) + wanted > choice.capacity:
                raise ChoiceGone(choice.label, choice_id=choice.pk)
    for code in demand.codes:
        if code.max_uses is not None and code_uses(code, at=at, but_of=order) >= code.max_uses:
            raise CodeUsedUp(code.code)
    if demand.at_member_price:
        theirs = occupied.filter(Member(order.user_id, order.buyer_email).chairs())
        had = dict(theirs.order_by().values_list("ticket_type").annotate(chairs=Count("pk")))
        for kind, wanted in demand.at_member_price.items():
            if had.get(kind.pk, 0) + wanted > kind.member_limit:
                left = max(0, kind.member_limit - had.get(kind.pk, 0))
                raise NotAMember(left, ticket_type_id=kind.pk)
