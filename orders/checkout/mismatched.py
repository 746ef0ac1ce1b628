"""Payments we cannot keep: late, doubled, or not the amount we asked for.

Called by settling.py in its transaction, under the order's lock. A buyer gets a ticket or a
refund, never both and never neither; staff always get a task.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

from nsca.lib.mail import mail
from nsca.lib.text import money
from orders.books.ledger import ask, note
from orders.lines.kinds import Shown
from orders.models import LedgerEntry, Order, Payment, Refund
from orders.payments.stripe import Session
from orders.refunds import refunds
from orders.refunds.refund_amounts import Wanted

log = logging.getLogger(__name__)

LATE = "Paid after the hold expired"


def alert(payment: Payment, order: Order, session: Session, *, at: datetime) -> None:
    """Give no ticket for an amount we did not ask for, and create a task.

    The intent is kept, so that refunds and disputes at Stripe find the payment.
    """
    payment.state, payment.intent_id = Payment.State.FAILED, session.intent_id
    payment.save(update_fields=["state", "intent_id"])
    text = (
        f"Order {order.number}: Stripe received {money.dollars(session.amount_cents)} "
        f"{session.currency.upper()} for {session.reference or 'no order'}; we asked for "
        f"{money.dollars(payment.amount_cents)} {payment.currency.upper()}. No ticket was issued. "
        "Check the payment in Stripe and refund it there."
    )
    if ask(f"mismatch:{payment.pk}", text, at=at, order=order):
        note(order, LedgerEntry.Entry.ALERT, at=at, actor="Stripe", text=text)
        log.error("mismatched: payment %s is not what we asked for", payment.pk)


def give_back(
    order: Order, payment: Payment, reason: str, *, at: datetime, places: Sequence[Shown] = ()
) -> Refund:
    """Refund everything automatically, e-mail the buyer, and create a task.

    `reason` is LATE, or why nothing is available; `places` are the buyer's waitlist entries.
    """
    back = Wanted(payment.amount_cents, is_whole=order.state != Order.State.PAID)
    refund = refunds.owe(payment, back, reason=reason, at=at, actor="the site")
    ask(
        f"refunded-by-itself:{payment.pk}",
        f"Order {order.number}. {reason.rstrip('.')}. {money.dollars(payment.amount_cents)} is "
        "refunded automatically. Consider a call to the buyer.",
        at=at,
        order=order,
    )
    if order.buyer_email:
        mail.post(
            "order_late_money",
            to=order.buyer_email,
            to_name=order.buyer_name,
            context={
                "order": order,
                "refund": refund,
                "order_url": settings.SITE_URL + order.get_absolute_url(),
                "is_second": order.state == Order.State.PAID,
                "why": "" if reason == LATE else reason,
                "places": places,
            },
        )
    return refund
