"""How many seats are sold: valid tickets, as staff count them. See availability.py for what is
left.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from events.models import Event, Ticket
from events.sales.capacity import occupying


def seats_sold(events: Iterable[Event]) -> dict[int, int]:
    """Valid tickets of each event by its primary key, in one query; 0 where there are none."""
    counts = dict.fromkeys((event.pk for event in events), 0)
    rows = Ticket.objects.valid().filter(event__in=counts).order_by().values_list("event")
    return counts | dict(rows.annotate(n=Count("pk")))


@dataclass(frozen=True)
class Taken:
    """Seats sold or being paid for: in all, by ticket type, and by supper (primary keys)."""

    room: int
    kinds: dict[int, int]
    suppers: dict[int, int]


def limits_of(event: Event, *, at: datetime) -> Taken:
    """What is taken now of everything that has or could have a limit."""

    def taken(rows) -> dict[int, int]:
        counted = rows.order_by().annotate(n=Count("tickets", filter=occupying(at, "tickets__")))
        return dict(counted.values_list("pk", "n"))

    kinds = taken(event.ticket_types.all())
    return Taken(sum(kinds.values()), kinds, taken(event.choices.all()))


def overdrawn(event: Event, *, at: datetime) -> list[str]:
    """A sentence for every limit below what is sold or being paid for."""
    kinds = list(
        event.ticket_types.annotate(taken=Count("tickets", filter=occupying(at, "tickets__")))
    )
    suppers = event.choices.filter(capacity__isnull=False)
    suppers = suppers.annotate(taken=Count("tickets", filter=occupying(at, "tickets__")))
    limits = [("The room", event.capacity, sum(kind.taken for kind in kinds))]
    limits += [
        (f"“{kind.name}”", kind.capacity * kind.covers, kind.taken)
        for kind in kinds
        if kind.capacity is not None
    ]
    limits += [(f"“{supper.label}”", supper.capacity, supper.taken) for supper in suppers]
    return [
        f"{what} is limited to {limit}, but {taken} are sold or being paid for. No ticket is "
        "canceled, and no more are sold until enough are returned."
        for what, limit, taken in limits
        if limit is not None and taken > limit
    ]
