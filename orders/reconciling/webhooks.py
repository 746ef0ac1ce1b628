"""Apply Stripe's webhooks, each once: its id is saved in the same transaction."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import IntegrityError

from orders.books.ledger import ask
from orders.checkout import settling
from orders.lines.locks import Busy, brief
from orders.models import PendingEvent, StripeEvent
from orders.payments.lanes import lane
from orders.payments.stripe import Event, GatewayUnavailable, gateway
from orders.reconciling import disputes
from orders.recurring import charges as recurring_charges
from orders.refunds import refunds

log = logging.getLogger(__name__)

GIVEN_UP_AFTER = timedelta(days=3)


def receive(event: Event, *, at: datetime) -> None:
    """Apply a verified event, unless it was applied before or does not concern us.

    Stripe is asked what happened, quickly and in a lane of this process. If that takes too long,
    or others are asking, the event is saved and the ticker applies it, so that no webhook waits
    behind a buyer. Raises Busy if it could not be saved: answer 5xx, and Stripe sends it again.
    """
    if event.kind not in HANDLERS or StripeEvent.objects.filter(event_id=event.id).exists():
        return
    if not _is_ours(event, at=at):
        return
    try:
        with lane(is_hurried=True):
            _apply(event, at=at)
    except (GatewayUnavailable, Busy) as error:
        log.warning("webhook %s waits for the ticker: %s", event.kind, type(error).__name__)
        _keep(event, at=at)


def apply_pending(at: datetime, *, limit: int = 50) -> int:
    """Apply acknowledged events. Returns how many were applied.

    One that fails for three days (as long as Stripe itself repeats) becomes a task.
    """
    done = 0
    for row in PendingEvent.objects.all()[:limit]:
        reported = {"id": row.object_id, "payment_intent": row.intent_id}
        try:
            _apply(Event(row.event_id, row.kind, row.livemode, reported), at=at)
        except GatewayUnavailable:
            break  # don't ask a silent gateway once for each
        except Busy:
            log.warning("event %s waits for a lock", row.event_id)
            continue
        except Exception:
            log.exception("event %s", row.event_id)
            if at - row.received_at < GIVEN_UP_AFTER:
                continue
            text = (
                f"Stripe reported {row.object_id} ({row.kind}), and it could not be applied for "
                "three days. Look it up in Stripe's dashboard, and tell your technical contact."
            )
            ask(f"event-given-up:{row.event_id}", text, at=at)
        row.delete()
        done += 1
    return done


def _apply(event: Event, *, at: datetime) -> None:
    row = StripeEvent(event_id=event.id, kind=event.kind, livemode=event.livemode, received_at=at)
    if StripeEvent.objects.filter(event_id=event.id).exists():
        return
    try:
        HANDLERS[event.kind](event, row, at)
    except IntegrityError:
        # The same event in another process, a moment earlier. Anything else is a bug.
        if not StripeEvent.objects.filter(event_id=event.id).exists():
            raise


def _keep(event: Event, *, at: datetime) -> None:
    with brief():
        PendingEvent.objects.get_or_create(
            event_id=event.id,
            defaults={
                "kind": event.kind,
                "livemode": event.livemode,
                "object_id": str(event.object.get("id") or ""),
                "intent_id": str(event.object.get("payment_intent") or ""),
                "received_at": at,
            },
        )


def _is_ours(event: Event, *, at: datetime) -> bool:
    """Whether it happened on our own account; for any other there is a task."""
    is_foreign, is_other_mode = bool(event.account), event.livemode != gateway().livemode
    if is_foreign or is_other_mode:
        which = f"of another account ({event.account})" if is_foreign else "of the other mode"
        text = (
            f"Stripe's webhook sends events {which}, which this site ignores. Check in Stripe's "
            "dashboard, under Webhooks, that the endpoint is set up for this site."
        )
        ask(f"foreign-events:{event.account or 'mode'}", text, at=at)
    return not (is_foreign or is_other_mode)


def _session(event: Event, row: StripeEvent, at: datetime) -> None:
    settling.settle(event.object["id"], at=at, event=row)


def _refund(event: Event, row: StripeEvent, at: datetime) -> None:
    refunds.learn(event.object.get("payment_intent") or "", at=at, event=row)


def _dispute(event: Event, row: StripeEvent, at: datetime) -> None:
    disputes.learn(event.object["id"], at=at, event=row)


def _invoice(event: Event, row: StripeEvent, at: datetime) -> None:
    recurring_charges.learn_invoice(event.object["id"], at=at, event=row)


def _subscription(event: Event, row: StripeEvent, at: datetime) -> None:
    recurring_charges.learn_subscription(event.object["id"], at=at, event=row)


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
