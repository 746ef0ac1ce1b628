"""One ticket by its link: the look-up and the ticket's state."""

from django.db.models import TextChoices
from django.shortcuts import get_object_or_404

from events.models import Ticket

CHANGES_A_TICKET = 30  # an hour


class State(TextChoices):
    """The state of a ticket; the page has words for each."""

    VALID = "valid"
    HELD = "held"  # the order is not paid yet
    LAPSED = "lapsed"  # the hold expired
    CANCELLED = "cancelled"  # refunded, returned, or canceled by staff
    SUSPENDED = "suspended"  # the payment is disputed
    EVENT_CANCELLED = "event-cancelled"
    PAST = "past"


def state_of(ticket: Ticket, *, at) -> State:
    """The first that applies; a canceled order outranks a canceled event. Needs line__order."""
    order = ticket.line.order
    if ticket.cancelled_at is not None:
        return State.CANCELLED
    if order.state != order.State.PAID:
        return State.HELD if order.is_held(at) else State.LAPSED
    if ticket.event.is_cancelled:
        return State.EVENT_CANCELLED
    if ticket.suspended_at is not None:
        return State.SUSPENDED
    return State.PAST if ticket.event.is_past(at) else State.VALID


def get_ticket(token: str) -> Ticket:
    return get_object_or_404(
        Ticket.objects.select_related("event", "line__order", "choice", "ticket_type", "table"),
        token=token,
    )
