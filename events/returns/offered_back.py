"""Returning a seat after the refund date: it goes once someone else has paid for one.

A seat offered back can be sold again (capacity.py counts it twice), so a room may get one ticket
more than it has seats; then the earliest seat offered back is refunded. Until that moment the
holder keeps the ticket, and the venue is revealed to them like to everyone else.
"""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db.models import Count

from events.models import Event, Ticket
from events.returns import return_limits
from events.returns.returning import came_in, covers_of
from events.sales.capacity import Kept, occupying, room_of, rooms_of
from events.sales.capacity_check import lock
from nsca.lib.mail import mail
from nsca.lib.timing import exactly
from orders.lines.kinds import Refusal
from orders.lines.locks import Busy, brief
from orders.models import Order
from orders.refunds import refund_amounts, refunds

log = logging.getLogger(__name__)

REASON = "Someone else took the seat"


class StaysYours(Refusal):
    """The seat cannot be offered back; the text says why."""


class GoingAlready(Refusal):
    def __init__(self):
        super().__init__("Someone is buying your seat right now, so you can’t take it back.")


def closes_at(event: Event) -> datetime:
    """Until when seats can be offered back (UTC): E - 1 µs is in, E is out."""
    return event.offered_back_until


def why_not(ticket: Ticket, *, at: datetime) -> str:
    """Why a ticket cannot be offered back now, as a sentence; empty if it can. Needs line__order,
    event, ticket_type.
    """
    event = ticket.event
    if not ticket.is_valid or event.is_canceled:
        return "This ticket is not valid, so it can’t be returned."
    if at >= closes_at(event):
        return f"The time to offer seats back ended {exactly(closes_at(event))}."
    until = return_limits.returns_until(event, ticket.line)
    if until is not None and at < until:
        return "You can still return this ticket for a refund on its order’s page."
    if covers_of(ticket.line) != 1:
        return "A table can only be returned whole. Please call us."
    if ticket.ticket_type.capacity is None and event.capacity is None:
        return "There is room for everyone, so nobody is waiting for this seat."
    if came_in([ticket]):
        return "This ticket’s guest has already checked in."
    return ""


def offer_back(ticket: Ticket, *, at: datetime) -> None:
    """Offer a seat back; a second call changes nothing. Raises StaysYours and Busy."""
    with brief():
        Order.objects.select_for_update().get(pk=ticket.line.order_id)
        ticket = _locked(ticket)
        if ticket.offered_back_at is not None:
            return
        if words := why_not(ticket, at=at):
            raise StaysYours(words)
        ticket.offered_back_at = at
        ticket.save(update_fields=["offered_back_at"])


def keep_after_all(ticket: Ticket, *, at: datetime) -> None:
    """The holder will come; a second call changes nothing. Raises GoingAlready while someone has
    paid, or is paying, for the seat, and Busy.
    """
    with brief():
        Order.objects.select_for_update().get(pk=ticket.line.order_id)
        lock([ticket.line])  # a buyer at the same time counts this seat, or waits
        ticket = _locked(ticket)
        if ticket.offered_back_at is None or ticket.canceled_at is not None:
            return
        if _is_spoken_for(ticket, at=at):
            raise GoingAlready
        ticket.offered_back_at = None
        ticket.save(update_fields=["offered_back_at"])


def match_due(at: datetime) -> int:
    """Refund seats offered back that others have paid for, for the ticker. Returns how many."""
    offered = _offered_back()
    events = Event.objects.filter(pk__in=offered.values("event"), ends_at__gt=at)
    done = 0
    for event in events.exclude(state=Event.State.CANCELED):
        for ticket in taken_over(event, at=at):
            try:
                done += _give_back(ticket, at=at)
            except Busy:
                log.warning("offered back: ticket %s is waiting for a lock", ticket.pk)
            except Exception:
                log.exception("offered back: ticket %s", ticket.pk)
    return done


def taken_over(event: Event, *, at: datetime) -> list[Ticket]:
    """Seats offered back that others have paid for, the earliest first: as many as there are paid
    tickets beyond the room's seats.
    """
    paid = Ticket.objects.filter(
        event=event, canceled_at=None, line__order__state=Order.State.PAID
    )
    counted = dict(paid.order_by().values_list("ticket_type").annotate(n=Count("pk")))
    kept = rooms_of([event], at=at)[event.pk].kept
    over_in_all = _over(event.capacity, sum(counted.values()), kept)
    taken = []
    for ticket in _offered_back().filter(event=event).order_by("offered_back_at", "pk"):
        kind = ticket.ticket_type
        ours = [each for each in kept if each.ticket_type_id == kind.pk]
        over = max(over_in_all, _over(kind.capacity, counted.get(kind.pk, 0), ours))
        newcomers = paid.filter(line__order__paid_at__gte=ticket.offered_back_at)
        if over > 0 and newcomers.exclude(line=ticket.line_id).exists():
            taken.append(ticket)
            counted[kind.pk] -= 1
            over_in_all -= 1
    return taken


def _over(capacity: int | None, taken: int, kept: Iterable[Kept]) -> int:
    """How many seats are taken or held beyond the capacity; below 0 if some are left."""
    return -1 if capacity is None else taken + sum(each.seats for each in kept) - capacity


def _is_spoken_for(ticket: Ticket, *, at: datetime) -> bool:
    """Whether the room needs this seat: without it, it would be overfull. Under the lock."""
    room, kind = room_of(ticket.event, at=at), ticket.ticket_type
    ours = [each for each in room.kept if each.ticket_type_id == kind.pk]
    of_kind = _over(kind.capacity, room.taken.get(kind.pk, 0), ours)
    in_all = _over(ticket.event.capacity, sum(room.taken.values()), room.kept)
    newcomers = Ticket.objects.filter(
        occupying(at), event=ticket.event_id, line__order__placed_at__gte=ticket.offered_back_at
    )
    return newcomers.exclude(line=ticket.line_id).exists() and (
        of_kind >= room.returning.get(kind.pk, 0) or in_all >= sum(room.returning.values())
    )


def _give_back(ticket: Ticket, *, at: datetime) -> bool:
    """Refund one seat, cancel its ticket, and e-mail its holder, in one step. False if it is no
    longer offered back.
    """
    line = ticket.line
    with brief():
        order = Order.objects.select_for_update().get(pk=line.order_id)
        ticket = _locked(ticket)
        if ticket.offered_back_at is None or not ticket.is_valid:
            return False
        wanted = refund_amounts.amounts(order, line=line, units=[ticket.number])
        owed = refund_amounts.decide(order, wanted, reason=REASON, at=at, actor="the site")
        if ticket.holder_email != order.buyer_email:
            _tell_holder(ticket)  # the buyer gets the e-mail about the money
    refunds.send_all(owed, at=at)
    return True


def _tell_holder(ticket: Ticket) -> None:
    mail.post(
        "seat_taken",
        to=ticket.holder_email,
        to_name=ticket.guest_name,
        context={
            "ticket": ticket,
            "event": ticket.event,
            "event_url": settings.SITE_URL + ticket.event.get_absolute_url(),
        },
        urgent=True,
    )


def _offered_back():
    rows = Ticket.objects.valid().filter(offered_back_at__isnull=False)
    return rows.select_related("event", "ticket_type", "line__order")


def _locked(ticket: Ticket) -> Ticket:
    rows = Ticket.objects.select_for_update(of=("self",))
    return rows.select_related("event", "ticket_type", "line__order").get(pk=ticket.pk)
