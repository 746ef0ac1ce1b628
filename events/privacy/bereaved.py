"""Tickets of somebody who died: nothing is canceled automatically; somebody calls the family."""

from datetime import datetime

from events.models import Ticket
from membership.models import Person
from membership.people.bereavement import Stopping
from orders.books import ledger
from orders.models import Task


def _stop(person: Person, *, at: datetime) -> list[str] | None:
    """Add a task per order: the seats may go to the family, or back. It names no venue."""
    if not person.email:
        return None
    tickets = Ticket.objects.valid_or_disputed().with_holder()
    tickets = tickets.filter(holder=person.email, event__ends_at__gt=at)
    keys = []
    for ticket in tickets.select_related("event", "line__order").order_by("pk"):
        order = ticket.line.order
        key = f"died:{person.pk}:{order.pk}:{int(at.timestamp())}"
        if key in keys:
            continue
        keys.append(key)
        text = (
            f"{person.name} died, and order {order.number} has tickets for "
            f"{ticket.event.title}. Ask the family whether somebody else will come, or whether to "
            "refund the tickets."
        )
        ledger.ask(key, text, at=at, order=order)
    return keys or None


def _undo(person: Person, kept: list[str], *, at: datetime) -> None:
    Task.objects.filter(key__in=kept, done_at=None).update(done_at=at)


TICKETS = Stopping("tickets", _stop, _undo)
