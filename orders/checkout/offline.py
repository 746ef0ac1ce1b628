"""Unpaid invoices and bounced checks.

The order stays as it was; its payments say what happened (docs/architecture.md §4). Each act is
done under the order's lock, records who did it, and does nothing the second time.
"""

from datetime import datetime

from nsca.lib.mail import mail
from nsca.lib.text.money import dollars
from orders.books.ledger import ask, note
from orders.lines.kinds import Refusal, kind_of
from orders.lines.locks import brief
from orders.models import LedgerEntry, Order, Payment
from orders.refunds.refund_amounts import refundable_of

Entry = LedgerEntry.Entry
UNPAID = {Payment.State.OPEN, Payment.State.BOUNCED}


class IsPaid(Refusal):
    def __init__(self):
        super().__init__("This order is paid. Refund it instead.")


def is_unpaid(order: Order) -> bool:
    """Whether an order is unpaid: an open invoice, or a bounced check."""
    states = {payment.state for payment in order.payments.all()}
    return (
        order.state == Order.State.PAID
        and bool(states & UNPAID)
        and Payment.State.PAID not in states
    )


def cancel_unpaid(order: Order, *, reason: str, by, at: datetime) -> bool:
    """Cancel an order that was never paid: staff (`by`) end its tickets and close its tasks.

    False if it was canceled before. Raises IsPaid, Busy; ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("Give a reason to cancel an order.")
    with brief():
        order = Order.objects.select_for_update().get(pk=order.pk)
        return cancel_unpaid_locked(order, reason=reason, actor=str(by), by=by, at=at)


def cancel_unpaid_locked(order: Order, *, reason: str, actor: str, at: datetime, by=None) -> bool:
    """The same, inside a transaction and under the order's lock."""
    if order.payments.filter(state=Payment.State.PAID).exists():
        raise IsPaid
    unpaid = order.payments.filter(state__in=UNPAID)
    if not unpaid.update(state=Payment.State.EXPIRED):
        return False
    for line in order.lines.all():
        kind_of(line.kind).refunded(line, at=at)
    note(order, Entry.CANCELED, at=at, actor=actor, text=reason)
    keys = {f"bounced:{payment.pk}" for payment in order.payments.all()}
    order.tasks.filter(key__in={*keys, f"invoice:{order.number}"}, done_at=None).update(
        done_at=at, done_by=by
    )
    return True


def bounce(
    payment: Payment, *, by, at: datetime, rests: bool = True, mails_buyer: bool = False
) -> bool:
    """Mark a check as bounced, and suspend what it paid for unless staff keep it valid.

    `mails_buyer`: the buyer gets an e-mail. False if it was marked before. Raises Busy.
    """
    with brief():
        order = Order.objects.select_for_update().get(pk=payment.order_id)
        is_new = Payment.objects.filter(
            pk=payment.pk, method=Payment.Method.CHECK, state=Payment.State.PAID
        ).update(state=Payment.State.BOUNCED)
        if not is_new:
            return False
        note(
            order,
            Entry.BOUNCED,
            at=at,
            actor=str(by),
            cents=-payment.amount_cents,
            text="the check bounced",
            payment=payment,
        )
        if rests and refundable_of(order) < order.total_cents:
            for line in order.lines.all():
                kind_of(line.kind).suspended(line, at=at)
        ask(
            f"bounced:{payment.pk}",
            f"Order {order.number}: the check for {dollars(payment.amount_cents)} bounced. What "
            f"it paid for is {'suspended' if rests else 'still valid'}. Call the buyer. Then mark "
            "the check as made good on the order, or cancel the order.",
            at=at,
            order=order,
        )
        if mails_buyer:
            _tell(order, payment, rests=rests)
        return True


def _tell(order: Order, payment: Payment, *, rests: bool) -> None:
    if order.buyer_email:
        mail.post(
            "check_returned",
            to=order.buyer_email,
            to_name=order.buyer_name,
            context={"order": order, "payment": payment, "rests": rests},
        )


def make_good(
    payment: Payment, *, method: Payment.Method, by, at: datetime, reference: str = ""
) -> Payment | None:
    """Record cash or another check for a bounced one, as a payment of its own.

    None if there is no bounced check. Raises Busy.
    """
    with brief():
        order = Order.objects.select_for_update().get(pk=payment.order_id)
        bounced = order.payments.filter(pk=payment.pk, state=Payment.State.BOUNCED).first()
        if bounced is None or order.payments.filter(state=Payment.State.PAID).exists():
            return None
        came = Payment.objects.create(
            order=order,
            method=method,
            state=Payment.State.PAID,
            amount_cents=bounced.amount_cents - bounced.returned_cents,
            opened_at=at,
            paid_at=at,
            recorded_by=by,
            reference=reference,
        )
        note(
            order,
            Entry.PAID,
            at=at,
            actor=str(by),
            cents=came.amount_cents,
            text=f"{came.get_method_display()}, after the check bounced",
            payment=came,
        )
        for line in order.lines.all():
            kind_of(line.kind).restored(line, at=at)
        order.tasks.filter(key=f"bounced:{payment.pk}", done_at=None).update(
            done_at=at, done_by=by
        )
        return came
