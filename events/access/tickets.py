"""One ticket by its link: the look-up and the ticket's state."""

from django.db.models import TextChoices
from django.shortcuts import get_object_or_404

from events.models import Ticket

CHANGES_A_TICKET = 30  # an hour


class State(TextChoices):
    """The state of a ticket; the page has words for each."""

    VALID = "valid"
    HELD = "held"  # the order is not paid yet
    EXPIRED = "expired"  # the hold expired
    CANCELED = "canceled"  # refunded, returned, or canceled by staff
    SUSPENDED = "suspended"  # the payment is disputed
    EVENT_CANCELED = "event-canceled"
    PAST = "past"


def state_of(ticket: Ticket, *, at) -> State:
    """The first that applies; a canceled order outranks a canceled event. Needs line__order."""
    order = ticket.line.order
    if ticket.canceled_at is not None:
        return State.CANCELED
    if order.state != order.State.PAID:
        return State.HELD if order.is_held(at) else State.EXPIRED
    if ticket.event.is_canceled:
        return State.EVENT_CANCELED
    if ticket.suspended_at is not None:
        return State.SUSPENDED
    return State.PAST if ticket.event.is_past(at) else State.VALID


def get_ticket(token: str) -> Ticket:
    return get_object_or_404(
        Ticket.objects.select_related("event", "line__order", "choice", "ticket_type", "table"),
        token=token,
    )
