"""What stands behind the counting: one row for each of a limited number that is taken.

Should a lock ever be forgotten, two buyers who were both told that one is left reach for the same
number, and the database refuses the second (one_ticket_a_slot); or the second, coming a moment
later, finds no number left up to the limit. Numbers are given upwards. Whoever would come past the
limit clears the slots whose tickets no longer take of the thing (a hold lapsed, a ticket was
returned, a guest eats something else) and has the lowest that are free: so no job has to run for a
chair to be free, and nobody reads a list of all that is sold to buy one.
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
    """The highest number of a thing that was given, 0 where none was."""
    given = Slot.objects.filter(scarce=scarce).order_by("-number")
    return given.values_list("number", flat=True).first() or 0


@dataclass(frozen=True)
class Limits:
    """How far the numbers may go: as far as the room that was judged."""

    room: Room
    of_person: bool = True  # False: staff set it aside
    member: Member | None = None  # whose entitlement to the member price is used up


@dataclass
class Scarce:
    """Something limited: which tickets take of it, how many may, and those that now do."""

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
    """Give each ticket its number of everything that it makes scarcer. Inside the transaction that
    writes them. Without `limits` the numbers go on for ever: what was sold before is brought back.
    `again`: the tickets had numbers before.

    Raises Busy where somebody else was given the same number, or the last: the counting was not
    alone.
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
    if of_codes:  # another line of this order may have used it
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
    except IntegrityError as error:  # the transaction is over: nothing of the order is written
        raise Busy from error


def _cleared(
    event: Event, tickets: Sequence[Ticket], wanted: dict[str, Scarce], *, at: datetime
) -> dict[str, Iterator[int]]:
    """The free numbers of each thing, lowest first, after those were cleared that no other ticket
    holds rightly any more.
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
    """What is limited, by name, and the tickets that take of it; a code is taken once an order.

    A chair whose holder would return it may be had once more. No name has an address in it: a slot
    stays when its person is forgotten.
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
            chairs = kind.capacity * kind.covers + returning.get(kind.pk, 0)
            of.append(takes(f"type {kind.pk}", chairs, Q(ticket_type=kind)))
        if choice is not None and choice.capacity is not None:
            of.append(takes(f"supper {choice.pk}", choice.capacity, Q(choice=choice)))
        if code is not None and code.max_uses is not None and f"code {code.pk}" not in things:
            of.append(takes(f"code {code.pk}", code.max_uses, Q(promo_code=code)))
        if ticket.at_member_price and member.key:
            name = f"member price of type {kind.pk} for {member.key}"
            takers = member.chairs() & Q(ticket_type=kind)
            of.append(takes(name, member.limit_of(kind), takers))
        if event.max_per_person is not None and person:
            name = f"person at event {event.pk}, {hidden(person)}"
            is_bound = limits is not None and limits.of_person
            of.append(takes(name, event.max_per_person, theirs, is_bound=is_bound))
        for thing in of:
            thing.tickets.append(ticket)
    return things


def suppers_are_kept(tickets: Iterable[Ticket]) -> bool:
    """Whether each of these still has its number of a limited supper: nobody has cleared it, as
    whoever chooses a supper does once a hold is over.
    """
    wanted = {
        (f"supper {ticket.choice.pk}", ticket.pk)
        for ticket in tickets
        if ticket.choice is not None and ticket.choice.capacity is not None
    }
    theirs = Slot.objects.filter(ticket__in={pk for _, pk in wanted})
    return wanted <= set(theirs.values_list("scarce", "ticket"))


def change_suppers(tickets: Sequence[Ticket], *, at: datetime) -> None:
    """Guests chose other suppers: give back the old ones' numbers and take some of the new.

    Under the locks of the new suppers. Raises Busy where the counting was not alone: somebody else
    was given the same number, or the last.
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
