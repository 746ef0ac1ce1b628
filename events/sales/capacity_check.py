"""Decides under the lock whether an order fits, before its tickets are written.

A page may have said otherwise seconds ago. Every refusal is a sentence for the buyer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, Max, Q

from events.models import Choice, Event, PromoCode, Table, Ticket, TicketType
from events.sales.availability import Member, code_uses, for_the_list, noun_of
from events.sales.capacity import Room, occupying, room_of
from events.sales.refusals import (
    ChoiceUnavailable,
    CodeUsedUp,
    KeptForOthers,
    NotAMember,
    NotEnoughLeft,
    SoldOut,
    TableFull,
    TooManyForOne,
)
from membership.models import Tier
from orders.lines.kinds import Item
from orders.models import LedgerEntry, Line, Order


def lock(items: Sequence[Item | Line]) -> None:
    """Lock everything limited that these seats use: events, types, suppers, codes; each by pk.

    The event's row is locked only if it limits its seats or the seats of one person.
    """
    if not connection.features.has_select_for_update:
        return  # SQLite allows one writer at a time: the transaction is the lock
    events, kinds, choices, codes = set(), set(), {None}, {None}
    for item in items:
        if isinstance(item, Item):
            events.add(item.request.event_id)
            kinds.add(item.subject_id)
            choices |= {guest.choice_id for guest in item.request.guests}
            codes.add(item.request.code_id)
    lines = [item.pk for item in items if isinstance(item, Line)]
    had = Ticket.objects.filter(line__in=lines) if lines else Ticket.objects.none()
    for event, kind, choice, code in had.values_list(
        "event_id", "ticket_type_id", "choice_id", "promo_code_id"
    ):
        events.add(event)
        kinds.add(kind)
        choices.add(choice)
        codes.add(code)
    for rows in (
        Event.objects.filter(pk__in=events).filter(
            Q(capacity__isnull=False) | Q(max_per_person__isnull=False)
        ),
        TicketType.objects.filter(pk__in=kinds),
        Choice.objects.filter(pk__in=choices - {None}, capacity__isnull=False),
        PromoCode.objects.filter(pk__in=codes - {None}, max_uses__isnull=False),
    ):
        # NO KEY UPDATE: a ticket being written, whose foreign keys point here, does not wait.
        list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk"))


@dataclass(frozen=True)
class Demand:
    """What an order wants to take of one event."""

    seats: Mapping[TicketType, int]
    suppers: Mapping[Choice, int]
    codes: Sequence[PromoCode] = ()
    at_member_price: Mapping[TicketType, int] | None = None
    joins: int = 0  # people covered by the level the same order pays for
    table_id: int | None = None  # a friend of that table's captain buys
    is_before_the_list: bool = False  # a waitlist offer, or seats taken again


def check_room(event: Event, demand: Demand, *, order: Order, at: datetime, again: bool) -> Room:
    """Refuse what does not fit. Called under the lock, in the transaction that writes the tickets.
    Returns the room as counted.

    `again`: the order takes its own tickets again, so they do not count.
    Raises SoldOut, NotEnoughLeft, KeptForOthers, ChoiceUnavailable, CodeUsedUp, NotAMember.
    """
    room = room_of(event, at=at, but_of=order if again else None)
    _check_seats(room, demand, at=at)
    others = Q() if not again else ~Q(line__order=order)
    if capped := {c: n for c, n in demand.suppers.items() if c.capacity is not None}:
        occupied = Ticket.objects.filter(occupying(at), others, event=event)
        rows = occupied.filter(choice__in=capped).order_by().values_list("choice")
        chosen = dict(rows.annotate(seats=Count("pk")))
        for choice, wanted in capped.items():
            if chosen.get(choice.pk, 0) + wanted > choice.capacity:
                raise ChoiceUnavailable(choice.label, choice_id=choice.pk)
    for code in demand.codes:
        if code.max_uses is not None and code_uses(code, at=at, but_of=order) >= code.max_uses:
            raise CodeUsedUp(code.code)
    if demand.at_member_price:
        member = member_of(order, event, demand)
        theirs = Ticket.objects.filter(occupying(at), others, member.seats(), event=event)
        had = dict(theirs.order_by().values_list("ticket_type").annotate(seats=Count("pk")))
        for kind, wanted in demand.at_member_price.items():
            limit = member.limit_of(kind)
            if had.get(kind.pk, 0) + wanted > limit:
                left = max(0, limit - had.get(kind.pk, 0))
                raise NotAMember(left, ticket_type_id=kind.pk)
    return room


def member_of(order: Order, event: Event, demand: Demand) -> Member:
    """Whose member price an order uses."""
    return Member.on_the_day(
        event, user_id=order.user_id, email=order.buyer_email, joins=demand.joins
    )


def covered_by_dues(order: Order) -> int:
    """How many people are covered by the dues in the order itself; 0 where it has none."""
    dues = order.lines.filter(kind=Line.Kind.DUES).values("subject_id")
    return Tier.objects.filter(pk__in=dues).aggregate(most=Max("max_people"))["most"] or 0


def _check_seats(room: Room, demand: Demand, *, at: datetime) -> None:
    """Check each type's limit and the room's; then that nothing is taken from the waitlist."""
    event = room.event
    kinds = for_the_list(event.ticket_types.all(), event, at=at) if room.parties else []
    for_everyone, spoken_for = room.for_everyone(kinds), room.spoken_for(kinds)
    for kind, wanted in demand.seats.items():
        left = room.left_of(kind, table_id=demand.table_id)
        room.taken[kind.pk] = room.taken.get(kind.pk, 0) + wanted
        if left is None or wanted <= left * kind.covers:
            continue
        if left == 0:
            raise SoldOut(kind.name, ticket_type_id=kind.pk)
        noun = noun_of(event) if kind.covers == 1 else "table"
        raise NotEnoughLeft(left, noun, ticket_type_id=kind.pk)
    if demand.is_before_the_list or demand.table_id is not None or not spoken_for:
        return
    if room.free_seats(kinds) < spoken_for:
        raise KeptForOthers(for_everyone, noun_of(event))


def nobody_came_since(event: Event, order: Order, *, at: datetime) -> bool:
    """Whether nobody took anything at an event since this order's hold ended, and the hold was
    never released: then its seats are still its own, even past a limit that staff lowered.
    """
    if order.expired_at is not None:
        return False
    theirs = Q(lines__tickets__event=event) | Q(lines__add_ons_sold__add_on__event=event)
    others = Order.objects.occupying(at).exclude(pk=order.pk).filter(theirs)
    came = Q(placed_at__gte=order.held_until) | Q(
        ledger__entry=LedgerEntry.Entry.RETAKEN, ledger__at__gte=order.held_until
    )
    return not others.filter(came).exists()


def check_person(event: Event, seats: int, *, order: Order, at: datetime) -> None:
    """Refuse more than one person may have over all orders, with `seats` more wanted.

    A person is the address the tickets go to and the account that signed in with it.
    Raises TooManyForOne.
    """
    if event.max_per_person is None or not order.buyer_email:
        return
    theirs = Q(line__order__buyer_email=order.buyer_email)
    if order.user_id:
        theirs |= Q(line__order__user=order.user_id)
    had = Ticket.objects.filter(occupying(at), theirs, event=event).count()
    if had + seats > event.max_per_person:
        raise TooManyForOne(event.max_per_person, had)


def check_table(table_id: int, seats: int, *, at: datetime) -> Table:
    """Check that a captain's friends can take `seats` seats at the table. Raises TableFull."""
    table = Table.objects.select_for_update(no_key=True).get(pk=table_id)
    left = table.seats - table.tickets.filter(occupying(at)).count()
    if not table.is_holding(at) or seats > left:
        raise TableFull(max(0, left) if table.is_holding(at) else 0)
    return table
