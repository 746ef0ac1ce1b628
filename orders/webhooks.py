"""What Stripe tells us. Each event has its effect once: its id is written in the same
transaction.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError

from orders import refunds, settle
from orders.models import StripeEvent
from orders.till import Event


def receive(event: Event, *, at: datetime) -> None:
    """Let a verified event have its effect, or none where it had it before or is none of our
    business.

    Raises TillUnavailable and Busy: answer 5xx, and Stripe sends it again.
    """
    handler = HANDLERS.get(event.kind)
    if handler is None or StripeEvent.objects.filter(event_id=event.id).exists():
        return
    row = StripeEvent(event_id=event.id, kind=event.kind, livemode=event.livemode, received_at=at)
    try:
        handler(event, row, at)
    except IntegrityError:
        # The same event in another process, a moment earlier. Anything else is a fault of ours.
        if not StripeEvent.objects.filter(event_id=event.id).exists():
            raise


def _session(event: Event, row: StripeEvent, at: datetime) -> None:
    settle.settle(event.object["id"], at=at, event=row)


def _refund(event: Event, row: StripeEvent, at: datetime) -> None:
    refunds.learn(event.object.get("payment_intent") or "", at=at, event=row)


def _dispute(event: Event, row: StripeEvent, at: datetime) -> None:
    found = event.object
    refunds.dispute(
        found.get("payment_intent") or "", found["id"], found["status"], at=at, event=row
    )


HANDLERS: dict[str, Callable[[Event, StripeEvent, datetime], None]] = {
    "checkout.session.completed": _session,
    "checkout.session.async_payment_succeeded": _session,
    "checkout.session.async_payment_failed": _session,
    "checkout.session.expired": _session,
    "charge.refunded": _refund,
    "refund.created": _refund,
    "refund.updated": _refund,
    "refund.failed": _refund,
    "charge.dispute.created": _dispute,
    "charge.dispute.updated": _dispute,
    "charge.dispute.closed": _dispute,
}
