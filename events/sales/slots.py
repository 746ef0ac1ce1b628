"""The safety net behind the counting: one numbered row for each unit of a limit that is taken.

If a lock is ever forgotten, two buyers of the last seat reach for the same number and the database
refuses the second (one_ticket_a_slot), or the second finds no number left. Numbers go up. An order
that would pass the limit first clears the slots whose tickets no longer count (the hold expired,
the ticket was returned, the supper was changed) and takes the lowest free ones. So no job has to
run to free a seat, and no purchase reads everything sold.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from itertools import count
from operator import or_

from django.db import IntegrityError, transaction
from django.db.models import Q

from events.models import Event, Slot, Ticket
from events.sales.availability import Member, hidden
from events.sales.capacity import Room, occupying
from orders.lines.locks import Busy
from orders.models import Order


def _highest(scarce: str) -> int:
    """The highest number given of something limited, 0 for none."""
    given = Slot.objects.filter(scarce=scarce).order_by("-number")
    return given.values_list("number", flat=True).first() or 0


@dataclass(frozen=True)
class Limits:
    """How far the numbers may go: as far as the room that was checked."""

    room: Room
    of_person: bool = True  # False: staff set it aside
    member: Member | None = None  # whose member price is used


@dataclass
class Scarce:
    """Something limited: which tickets count toward it, how many may, and those that now do."""

    takers: Q
    limit: int | None
    tickets: list[Ticket] = field(default_factory=list)


def take(
    event: Event,
    tickets: Sequence[Ticket],
    *,
    order: Order,
    at: datetime,
    limits: Limits | None = None,
    again: bool = False,
) -> None:
    """Give each ticket a slot of every limit it counts toward, in the transaction that writes it.
    Without `limits` the numbers have no end: what was sold before is restored. `again`: the
    tickets had slots before.

    Raises Busy if someone else got the same or the last slot at the same time.
    """
    wanted = _scarce_things(event, tickets, limits, person=order.buyer_email)
    if not wanted:
        return
    highest = {} if again else {name: _highest(name) for name in wanted}
    if again or any(
        thing.limit is not None and highest.get(name, 0) + len(thing.tickets) > thing.limit
        for name, thing in wanted.items()
    ):
        free = _cleared(event, tickets, wanted, at=at)
    else:
        free = {name: count(highest.get(name, 0) + 1) for name in wanted}
    of_codes = [name for name in wanted if name.startswith("code ")]
    if of_codes:  # another line of this order may already count
        used = Slot.objects.filter(scarce__in=of_codes, ticket__line__order=order)
        for name in used.values_list("scarce", flat=True):
            wanted.pop(name, None)
    slots = [
        Slot(scarce=scarce, number=number, ticket=ticket)
        for scarce, thing in wanted.items()
        for ticket, number in zip(thing.tickets, free[scarce], strict=False)
    ]
    for slot in slots:
        limit = wanted[slot.scarce].limit
        if limit is not None and slot.number > limit:
            raise Busy
    try:
        Slot.objects.bulk_create(slots)
    except IntegrityError as error:  # the transaction is over: the order is not written
        raise Busy from error


def _cleared(
    event: Event, tickets: Sequence[Ticket], wanted: dict[str, Scarce], *, at: datetime
) -> dict[str, Iterator[int]]:
    """The free numbers of each limit, lowest first, after clearing slots whose tickets no longer
    count.
    """
    taken = Slot.objects.filter(scarce__in=wanted)
    others = Ticket.objects.filter(occupying(at), event=event)
    others = others.exclude(pk__in=[ticket.pk for ticket in tickets])
    still = (
        Q(scarce=name, ticket__in=others.filter(thing.takers)) for name, thing in wanted.items()
    )
    taken.exclude(reduce(or_, still)).delete()
    numbers: dict[str, set[int]] = defaultdict(set)
    for scarce, number in taken.values_list("scarce", "number"):
        numbers[scarce].add(number)
    return {name: _free(numbers[name]) for name in wanted}


def _free(taken: set[int]) -> Iterator[int]:
    """The numbers from 1 that are free, lowest first."""
    return (number for number in count(1) if number not in taken)


def _scarce_things(
    event: Event, tickets: Iterable[Ticket], limits: Limits | None, *, person: str
) -> dict[str, Scarce]:
    """The limits, by name, and the tickets that count toward them; a code counts once per order.

    A seat offered back can be sold again. Names contain no e-mail address: a slot stays when its
    person is erased.
    """
    things: dict[str, Scarce] = {}
    returning = limits.room.returning if limits else {}
    member = limits.member if limits and limits.member else Member(email=person)
    theirs = Q(line__order__buyer_email=person)

    def takes(name: str, limit: int, takers: Q, *, is_bound: bool = True) -> Scarce:
        limit = limit if limits and is_bound else None
        return things.setdefault(name, Scarce(takers, limit))

    for ticket in tickets:
        kind, choice, code = ticket.ticket_type, ticket.choice, ticket.promo_code
        of = []
        if event.capacity is not None:
            room = event.capacity + sum(returning.values())
            of.append(takes(f"event {event.pk}", room, Q()))
        if kind.capacity is not None:
            seats = kind.capacity * kind.covers + returning.get(kind.pk, 0)
            of.append(takes(f"type {kind.pk}", seats, Q(ticket_type=kind)))
        if choice is not None and choice.capacity is not None:
            of.append(takes(f"supper {choice.pk}", choice.capacity, Q(choice=choice)))
        if code is not None and code.max_uses is not None and f"code {code.pk}" not in things:
            of.append(takes(f"code {code.pk}", code.max_uses, Q(promo_code=code)))
        if ticket.at_member_price and member.key:
            name = f"member price of type {kind.pk} for {member.key}"
            takers = member.seats() & Q(ticket_type=kind)
            of.append(takes(name, member.limit_of(kind), takers))
        if event.max_per_person is not None and person:
            name = f"person at event {event.pk}, {hidden(person)}"
            is_bound = limits is not None and limits.of_person
            of.append(takes(name, event.max_per_person, theirs, is_bound=is_bound))
        for thing in of:
            thing.tickets.append(ticket)
    return things


def suppers_are_kept(tickets: Iterable[Ticket]) -> bool:
    """Whether each of these still has its slot of a limited supper. Once a hold is over, the next
    person to choose that supper clears it.
    """
    wanted = {
        (f"supper {ticket.choice.pk}", ticket.pk)
        for ticket in tickets
        if ticket.choice is not None and ticket.choice.capacity is not None
    }
    theirs = Slot.objects.filter(ticket__in={pk for _, pk in wanted})
    return wanted <= set(theirs.values_list("scarce", "ticket"))


def change_suppers(tickets: Sequence[Ticket], *, at: datetime) -> None:
    """Guests chose other suppers: free the old suppers' slots and take new ones.

    Under the locks of the new suppers. Raises Busy if someone else got the same or the last slot
    at the same time.
    """
    Slot.objects.filter(scarce__startswith="supper ", ticket__in=tickets).delete()
    for ticket in tickets:
        if ticket.choice is not None and ticket.choice.capacity is not None:
            _take_supper(ticket, at=at)


def _take_supper(ticket: Ticket, *, at: datetime) -> None:
    scarce = f"supper {ticket.choice.pk}"
    theirs = Slot.objects.filter(scarce=scarce)
    still = Ticket.objects.filter(occupying(at), event=ticket.event_id, choice=ticket.choice)
    theirs.exclude(ticket__in=still).delete()
    number = next(_free(set(theirs.values_list("number", flat=True))))
    if number > ticket.choice.capacity:
        raise Busy
    try:
        with transaction.atomic():
            Slot.objects.create(scarce=scarce, number=number, ticket=ticket)
    except IntegrityError as error:
        raise Busy from error
