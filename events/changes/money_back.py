"""Refunds for a canceled event: each order once, however often the ticker is stopped.

An order is owed a refund while it is paid and one of its tickets for the event is not canceled;
refunding cancels them, in the same transaction. So no list of what is done can be wrong. Only what
was paid for the event is refunded: dues and gifts in the same order stay.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from events.models import AddOnSold, Event, Ticket
from orders.books.ledger import ask, note
from orders.checkout import offline, settling
from orders.lines.kinds import kind_of
from orders.lines.locks import Busy, brief
from orders.models import LedgerEntry, Line, Order, Refund
from orders.payments.stripe import GatewayUnavailable
from orders.refunds.mail import Cause
from orders.refunds.refund_amounts import Wanted, decide, refundable_of, refunded_cents

log = logging.getLogger(__name__)

A_ROUND = 50  # orders the ticker refunds before it turns to other work


@dataclass(frozen=True)
class Owed:
    """What a refund for everybody would be: how many orders, guests and cents."""

    orders: int
    guests: int
    cents: int


@dataclass(frozen=True)
class Progress:
    """The progress of a canceled event's refunds: orders done of all, and cents."""

    orders: int
    done: int
    returned_cents: int
    returning_cents: int
    failed: int  # refunds that a person must pay out another way

    @property
    def is_over(self) -> bool:
        return self.done == self.orders and not self.returning_cents


def give_back_due(at: datetime) -> int:
    """Release held orders of canceled events and decide refunds that are owed; how many orders.

    Called by the ticker. orders.refunds.refunds.send_due sends the money itself.
    """
    return _let_go(at) + _refund(at)


def _let_go(at: datetime) -> int:
    """End holds, so that nobody pays for a canceled event: the payment page closes too.

    Money that is faster is refunded automatically (settling.py).
    """
    held = Order.objects.filter(state=Order.State.HELD, held_until__gt=at)
    held = held.filter(lines__tickets__event__state=Event.State.CANCELED).distinct()
    count = 0
    for order in held[:A_ROUND]:
        try:
            count += settling.give_up(order, at=at, actor="the site")
        except (GatewayUnavailable, Busy):
            log.warning("canceled event: order %s is left to the sweep", order.pk)
    return count


def _refund(at: datetime) -> int:
    count = 0
    canceled = Event.objects.filter(state=Event.State.CANCELED, refund_all_at__isnull=False)
    for event in canceled:
        actor = _decided_by(event)
        for order in orders_owed(event).order_by("pk")[:A_ROUND]:
            try:
                give_back_order(order, event, actor=actor, at=at)
                count += 1
            except Busy:
                log.warning("canceled event: order %s waits for a lock", order.pk)
            except Exception:
                # The others get theirs; the next round tries this one again.
                log.exception("canceled event: order %s", order.pk)
    return count


def orders_owed(event: Event) -> QuerySet[Order]:
    """Paid orders with a ticket or an add-on for the event that is not canceled."""
    live = Ticket.objects.filter(event=event, canceled_at=None, line__order=OuterRef("pk"))
    more = AddOnSold.objects.filter(
        add_on__event=event, canceled_at=None, line__order=OuterRef("pk")
    )
    return Order.objects.filter(Exists(live) | Exists(more), state=Order.State.PAID)


def give_back_order(order: Order, event: Event, *, actor: str, at: datetime) -> list[Refund]:
    """Decide the refund of what one order paid for the event; none where that is done.
    Raises Busy.
    """
    reason = f"{event.title} is canceled"
    with brief():
        order = Order.objects.select_for_update().get(pk=order.pk)
        lines = _lines_of(order, event)
        if not lines:
            return []
        if offline.is_unpaid(order):
            _forgive(order, lines, reason=reason, actor=actor, at=at)
            return []
        wanted = _wanted(order, lines)
        return decide(order, wanted, reason=reason, at=at, actor=actor, cause=Cause.EVENT)


def _lines_of(order: Order, event: Event) -> list[Line]:
    """The order's lines with a ticket or an add-on for the event that is not canceled."""
    live = Ticket.objects.filter(event=event, canceled_at=None, line=OuterRef("pk"))
    more = AddOnSold.objects.filter(add_on__event=event, canceled_at=None, line=OuterRef("pk"))
    return list(order.lines.filter(Exists(live) | Exists(more)))


def _wanted(order: Order, lines: list[Line]) -> list[Wanted]:
    """What is left to refund of these lines."""
    left, wanted = refundable_of(order), []
    for line in lines:
        cents = min(line.total_cents - refunded_cents(line), left)
        wanted.append(Wanted(cents, line))
        left -= cents
    return wanted


def _forgive(order: Order, lines: list[Line], *, reason: str, actor: str, at: datetime) -> None:
    """Cancel what an unpaid invoice, or a returned check, still owes for the event."""
    if len(lines) == order.lines.count():
        offline.cancel_unpaid_locked(order, reason=reason, actor=actor, at=at)
        return
    for line in lines:
        kind_of(line.kind).refunded(line, at=at)
    note(order, LedgerEntry.Entry.CANCELED, at=at, actor=actor, text=reason)
    ask(
        f"invoice-less:{order.number}",
        f"Order {order.number}: {reason}, and the invoice is unpaid. It also covers other things: "
        "write to the buyer what remains to be paid.",
        at=at,
        order=order,
    )


def owed_by(event: Event) -> Owed:
    """What a refund for everybody would be now."""
    guests = cents = count = 0
    for order in orders_owed(event).prefetch_related("payments"):
        lines = _lines_of(order, event)
        cents += sum(each.cents for each in _wanted(order, lines))
        count += 1
    guests = Ticket.objects.filter(
        event=event, canceled_at=None, line__order__state=Order.State.PAID
    ).count()
    return Owed(count, guests, cents)


def progress_of(event: Event) -> Progress:
    """The progress of refunds; before the decision nothing is done."""
    since = event.refund_all_at
    theirs = Ticket.objects.filter(event=event, line__order=OuterRef("pk"))
    touched = theirs.filter(Q(canceled_at=None) | Q(canceled_at__gte=since) if since else Q())
    more = AddOnSold.objects.filter(add_on__event=event, line__order=OuterRef("pk"))
    more = more.filter(Q(canceled_at=None) | Q(canceled_at__gte=since) if since else Q())
    orders = Order.objects.filter(Exists(touched) | Exists(more), state=Order.State.PAID)
    total = orders.count()
    refunds = Refund.objects.filter(
        Q(line__tickets__event=event) | Q(line__add_ons_sold__add_on__event=event),
        requested_at__gte=since or event.starts_at,
    ).distinct()
    by_state: dict[str, int] = {}
    failed = 0
    for refund in refunds:
        by_state[refund.state] = by_state.get(refund.state, 0) + refund.cents
        failed += refund.state == Refund.State.FAILED
    return Progress(
        orders=total,
        done=total - orders_owed(event).count(),
        returned_cents=by_state.get(Refund.State.SUCCEEDED, 0),
        returning_cents=by_state.get(Refund.State.REQUESTED, 0),
        failed=failed,
    )


def _decided_by(event: Event) -> str:
    """The colleague who decided on refunds, for the ledger."""
    decided = event.history.filter(refund_all_at=event.refund_all_at).order_by("history_date")
    entry = decided.select_related("history_user").first()
    return str(entry.history_user) if entry and entry.history_user else "the site"
