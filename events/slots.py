"""What stands behind the counting: one row for each of a limited number that is taken.

Should a lock ever be forgotten, two buyers who were both told that one is left reach for the same
lowest free number, and the database refuses the second (one_ticket_a_slot). A slot whose ticket no
longer occupies (its hold lapsed, it was returned) is cleared by whoever comes next, so no job has
to run for a chair to be free.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import count

from django.db import IntegrityError, transaction

from events.models import Event, Slot, Ticket
from events.room import occupying
from orders.locks import Busy
from orders.models import Order


def take(event: Event, tickets: Sequence[Ticket], *, order: Order, at: datetime) -> None:
    """Give each ticket its number of everything that it makes scarcer. Inside the transaction that
    writes them.

    Raises Busy where somebody else was given the same number: the counting was not alone.
    """
    wanted = _scarce_things(event, tickets, person=order.buyer_email.lower())
    if not wanted:
        return
    taken = Slot.objects.filter(scarce__in=wanted)
    others = Ticket.objects.filter(occupying(at), event=event)
    others = others.exclude(pk__in=[ticket.pk for ticket in tickets])
    taken.exclude(ticket__in=others).delete()
    numbers: dict[str, set[int]] = defaultdict(set)
    for scarce, number in taken.values_list("scarce", "number"):
        numbers[scarce].add(number)
    try:
        with transaction.atomic():  # refused, it takes nothing else with it
            Slot.objects.bulk_create(
                Slot(scarce=scarce, number=number, ticket=ticket)
                for scarce, theirs in wanted.items()
                for ticket, number in zip(theirs, _free(numbers[scarce]), strict=False)
            )
    except IntegrityError as error:
        raise Busy from error


def _free(taken: set[int]) -> Iterator[int]:
    """The numbers from 1 that are free, lowest first."""
    return (number for number in count(1) if number not in taken)


def _scarce_things(
    event: Event, tickets: Iterable[Ticket], *, person: str
) -> dict[str, list[Ticket]]:
    """What is limited, by name, and the tickets that take of it; a code is taken once an order."""
    things: dict[str, list[Ticket]] = defaultdict(list)
    for ticket in tickets:
        kind, choice, code = ticket.ticket_type, ticket.choice, ticket.promo_code
        if event.capacity is not None:
            things[f"event {event.pk}"].append(ticket)
        if kind.capacity is not None:
            things[f"type {kind.pk}"].append(ticket)
        if choice is not None and choice.capacity is not None:
            things[f"supper {choice.pk}"].append(ticket)
        if code is not None and code.max_uses is not None and not things[f"code {code.pk}"]:
            things[f"code {code.pk}"].append(ticket)
        if ticket.at_member_price and person:
            things[f"member price of type {kind.pk} for {person}"].append(ticket)
        if event.max_per_person is not None and person:
            things[f"person at event {event.pk}, {person}"].append(ticket)
    return {name: theirs for name, theirs in things.items() if theirs}


def change_supper(ticket: Ticket, *, at: datetime) -> None:
    """A guest chose another supper: give back the old one's number and take one of the new.

    Under the lock of the new supper. Raises Busy where the counting was not alone.
    """
    Slot.objects.filter(scarce__startswith="supper ", ticket=ticket).delete()
    if ticket.choice is None or ticket.choice.capacity is None:
        return
    scarce = f"supper {ticket.choice.pk}"
    theirs = Slot.objects.filter(scarce=scarce)
    still = Ticket.objects.filter(occupying(at), event=ticket.event_id, choice=ticket.choice)
    theirs.exclude(ticket__in=still).delete()
    number = next(_free(set(theirs.values_list("number", flat=True))))
    try:
        with transaction.atomic():
            Slot.objects.create(scarce=scarce, number=number, ticket=ticket)
    except IntegrityError as error:
        raise Busy from error
