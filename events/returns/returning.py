"""Returning seats: a line's units, their names, and which ones the buyer can return.

A unit of a line covers one seat, or the eight of a table: seats (unit - 1) * covers + 1 to
unit * covers of the line.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from events.models import Event, Scan, Ticket
from events.returns import return_limits
from nsca.lib.timing import exactly
from orders.lines.kinds import Returnable, Unit
from orders.models import Line

NAMED = 3  # guests of a table listed by name


def seats_of(line: Line, units: Sequence[int]) -> list[int]:
    """The ticket numbers that these units of a line cover."""
    covers = covers_of(line)
    return [seat for unit in units for seat in range((unit - 1) * covers + 1, unit * covers + 1)]


def event_of(line: Line) -> Event:
    """The event of a line of tickets: the one already loaded, if there is one."""
    return getattr(line, "event_at_hand", None) or Event.objects.get(ticket_types=line.subject_id)


def covers_of(line: Line) -> int:
    return line.details.get("covers", 1)


def units_of_tickets(line: Line) -> list[Unit]:
    """Each unit of a line, named by its guests."""
    return [_unit(line, number, tickets) for number, tickets in _by_unit(line).items()]


def until_words(event: Event, line: Line, *, at: datetime) -> tuple[bool, str]:
    """Whether the buyer of a line can return it without us, and a sentence about that."""
    until = return_limits.returns_until(event, line)
    if event.is_canceled:
        return False, "The event is canceled. We’ll e-mail you about your refund."
    if until is None:
        return False, "To return a ticket, call us."
    if at >= until:
        return False, f"Returns closed {exactly(until)}."
    return True, f"You can return tickets here until {exactly(until)}."


def returnable(line: Line, *, at: datetime) -> Returnable:
    """What the buyer of a line can return at an instant: E - 1 µs is in, E is out.

    Not tickets that are checked in, disputed, or transferred. In a transaction the tickets are
    locked, so that nobody checks in meanwhile.
    """
    is_time, words = until_words(event_of(line), line, at=at)
    if not is_time:
        return Returnable((), words)
    tickets = line.tickets.order_by("number")
    if connection.in_atomic_block:
        tickets = tickets.select_for_update()
    tickets = list(tickets)
    inside = came_in(tickets)
    free = tuple(
        _unit(line, number, seats)
        for number, seats in _by_unit(line, tickets).items()
        if all(_is_free(ticket) and ticket.pk not in inside for ticket in seats)
    )
    return Returnable(free, words)


def came_in(tickets: Sequence[Ticket]) -> set[int]:
    """The keys of tickets checked in at the door and not undone."""
    scans = Scan.objects.filter(ticket__in=tickets, act__in=(Scan.Act.IN, Scan.Act.UNDO))
    last = dict(scans.order_by("at", "pk").values_list("ticket", "act"))
    return {ticket for ticket, act in last.items() if act == Scan.Act.IN}


def _is_free(ticket: Ticket) -> bool:
    return (
        ticket.canceled_at is None and ticket.suspended_at is None and ticket.given_on_at is None
    )


def _by_unit(line: Line, tickets: Sequence[Ticket] | None = None) -> dict[int, list[Ticket]]:
    covers = covers_of(line)
    units: dict[int, list[Ticket]] = {}
    for ticket in line.tickets.all() if tickets is None else tickets:
        units.setdefault((ticket.number - 1) // covers + 1, []).append(ticket)
    return units


def _unit(line: Line, number: int, tickets: Sequence[Ticket]) -> Unit:
    # A transferred ticket is its new holder's, name and all, and the buyer reads this, too.
    names = [t.guest_name for t in tickets if t.guest_name and t.given_on_at is None]
    if covers_of(line) == 1:
        title = names[0] if names else f"Ticket {number}"
        text = tickets[0].code
    else:
        title = line.details.get("ticket_type", line.label)
        title += f", no. {number}" if line.quantity > 1 else ""
        more = len(names) - NAMED
        text = ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
    return Unit(number, title, text, all(t.canceled_at is not None for t in tickets))
