"""Money that came and cannot be kept: too late, twice, or not what was asked for.

Called by settle.py inside its transaction, under the order's lock. Never a ticket and a refund,
never neither; always a word to a person.
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

LATE = "Paid after the hold ended"


def alert(payment: Payment, order: Order, session: Session, *, at: datetime) -> None:
    """Never a ticket for money that is not what we asked for; always a human.

    The intent is kept: what is given back or disputed at Stripe finds the payment by it.
    """
    payment.state, payment.intent_id = Payment.State.FAILED, session.intent_id
    payment.save(update_fields=["state", "intent_id"])
    text = (
        f"Order {order.number}: the till says {money.dollars(session.amount_cents)} "
        f"{session.currency.upper()} for {session.reference or 'no order'}, we asked for "
        f"{money.dollars(payment.amount_cents)} {payment.currency.upper()}. No ticket was given. "
        "Look at the payment in Stripe and give the money back there."
    )
    if ask(f"mismatch:{payment.pk}", text, at=at, order=order):
        note(order, LedgerEntry.Entry.ALERT, at=at, actor="Stripe", text=text)
        log.error("unwanted: payment %s is not what was asked for", payment.pk)


def give_back(
    order: Order, payment: Payment, reason: str, *, at: datetime, places: Sequence[Shown] = ()
) -> Refund:
    """Everything goes back without anybody asking, with a word to the buyer and one to staff.
    `reason` is LATE, or why there is nothing to be had; `places`: where the buyer now stands in
    line.
    """
    back = Wanted(payment.amount_cents, is_whole=order.state != Order.State.PAID)
    refund = refunds.owe(payment, back, reason=reason, at=at, actor="the site")
    ask(
        f"refunded-by-itself:{payment.pk}",
        f"Order {order.number}. {reason.rstrip('.')}. {money.dollars(payment.amount_cents)} goes "
        "back by itself; a kind word would do no harm.",
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
