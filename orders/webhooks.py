"""What Stripe tells us. Each event has its effect once: its id is written in the same
transaction.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError

from orders import disputes, refunds, settle, standing_charges
from orders.ledger import ask
from orders.models import StripeEvent
from orders.till import Event, till


def receive(event: Event, *, at: datetime) -> None:
    """Let a verified event have its effect, or none where it had it before or is none of our
    business.

    Raises TillUnavailable and Busy: answer 5xx, and Stripe sends it again.
    """
    handler = HANDLERS.get(event.kind)
    if handler is None or StripeEvent.objects.filter(event_id=event.id).exists():
        return
    if not _is_ours(event, at=at):
        return
    row = StripeEvent(event_id=event.id, kind=event.kind, livemode=event.livemode, received_at=at)
    try:
        handler(event, row, at)
    except IntegrityError:
        # The same event in another process, a moment earlier. Anything else is a fault of ours.
        if not StripeEvent.objects.filter(event_id=event.id).exists():
            raise


def _is_ours(event: Event, *, at: datetime) -> bool:
    """Whether it happened on the account that our key opens; a person hears of any other."""
    is_foreign, is_other_mode = bool(event.account), event.livemode != till().livemode
    if is_foreign or is_other_mode:
        which = f"of another account ({event.account})" if is_foreign else "of the other mode"
        text = (
            f"Stripe's webhook brings events {which}; none of them has an effect here. Look in "
            "Stripe's dashboard under Webhooks whether the endpoint is set up for this site."
        )
        ask(f"foreign-events:{event.account or 'mode'}", text, at=at)
    return not (is_foreign or is_other_mode)


def _session(event: Event, row: StripeEvent, at: datetime) -> None:
    settle.settle(event.object["id"], at=at, event=row)


def _refund(event: Event, row: StripeEvent, at: datetime) -> None:
    refunds.learn(event.object.get("payment_intent") or "", at=at, event=row)


def _dispute(event: Event, row: StripeEvent, at: datetime) -> None:
    disputes.learn(event.object["id"], at=at, event=row)


def _invoice(event: Event, row: StripeEvent, at: datetime) -> None:
    standing_charges.learn_invoice(event.object["id"], at=at, event=row)


def _subscription(event: Event, row: StripeEvent, at: datetime) -> None:
    standing_charges.learn_subscription(event.object["id"], at=at, event=row)


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
    "invoice.paid": _invoice,
    "invoice.payment_failed": _invoice,
    "customer.subscription.updated": _subscription,
    "customer.subscription.deleted": _subscription,
}
