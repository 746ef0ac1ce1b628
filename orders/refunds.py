"""Money on its way back: decided under the order's lock, sent outside it, told as it turned out.

A refund's row, and so its idempotency key, is written before the till is asked; a refund that
was not sent, or whose
fate is unknown, is sent again by the tick under the same key. Sums never exceed what was paid.
"""

import logging
from datetime import datetime, timedelta

from django.db.models import Sum

from nsca.lib import money
from orders.kinds import Refusal, kind_of, say
from orders.ledger import ask, note
from orders.locks import Busy, brief
from orders.models import LedgerEntry, Line, Order, Payment, Refund, StripeEvent
from orders.till import Returned, TillRefused, TillUnavailable, till_of

log = logging.getLogger(__name__)

Entry = LedgerEntry.Entry
# After this a repeat is preceded by a look: Stripe forgets keys after a day, and repeats a stored
# failure until then.
LOOK_FIRST = timedelta(minutes=2)
AT_A_TILL = (Payment.Method.STRIPE, Payment.Method.PRETEND)


class NothingToRefund(Refusal):
    def __init__(self):
        super().__init__("There is nothing left to give back on this order.")


class TooMuch(Refusal):
    """More than was paid, or than is left of it."""

    def __init__(self, left_cents: int):
        super().__init__(f"No more than {money.dollars(left_cents)} can be given back.")


def refundable_cents(payment: Payment) -> int:
    """What is left of a payment: paid, less everything that went back or is on its way."""
    if payment.state != Payment.State.PAID:
        return 0
    return payment.amount_cents - _sum(payment.refunds)


def refunded_cents(line: Line) -> int:
    """What went back, or is on its way, for this line by name; a refund of the whole order names
    no line.
    """
    return _sum(line.refunds)


def give_back(
    *,
    order: Order,
    reason: str,
    by,
    at: datetime,
    line: Line | None = None,
    cents: int | None = None,
) -> list[Refund]:
    """Staff (`by`, a User) give back one line or the whole order, or `cents` of either, and say
    why.

    A line that goes back whole takes what it gave with it, at once (kind.refunded). The till is
    asked after the
    commit: call it outside any transaction. Raises NothingToRefund, TooMuch and Busy; ValueError
    without a reason.
    """
    if not reason.strip():
        raise ValueError("A refund needs a reason.")
    with brief():
        order = Order.objects.select_for_update().get(pk=order.pk)
        payments = list(order.payments.filter(state=Payment.State.PAID).select_for_update())
        left = sum(refundable_cents(payment) for payment in payments)
        lines = [line] if line else list(order.lines.all())
        most = min(left, line.total_cents - refunded_cents(line)) if line else left
        wanted = most if cents is None else cents
        if wanted > most:
            raise TooMuch(most)
        if wanted <= 0 and any(each.total_cents for each in lines):
            raise NothingToRefund
        owed, rest = [], wanted
        for payment in payments:
            part = min(rest, refundable_cents(payment))
            if part > 0:
                owed.append(
                    owe(payment, part, line=line, reason=reason, by=by, at=at, actor=str(by))
                )
                rest -= part
        if wanted == most:
            for each in lines:
                kind_of(each.kind).refunded(each, at=at)
            if not owed:
                note(
                    order,
                    Entry.REFUNDED,
                    at=at,
                    actor=str(by),
                    text=f"{reason} (nothing had been paid)",
                )
    for refund in owed:
        send(refund, at=at)
        refund.refresh_from_db()
    return owed


def owe(
    payment: Payment,
    cents: int,
    *,
    reason: str,
    at: datetime,
    actor: str,
    line: Line | None = None,
    by=None,
) -> Refund:
    """Write down a refund that is to be sent. Inside a transaction, under the order's lock;
    `send` it after.
    """
    left = refundable_cents(payment)
    if cents > left:
        raise TooMuch(left)
    note(
        payment.order,
        Entry.REFUND_REQUESTED,
        at=at,
        actor=actor,
        text=f"{money.dollars(cents)}: {reason}",
    )
    return Refund.objects.create(
        payment=payment,
        line=line,
        cents=cents,
        reason=reason[:200],
        requested_at=at,
        requested_by=by,
    )


def send(refund: Refund, *, at: datetime) -> bool:
    """Ask the till to give it back. A till that is silent is asked again by the tick, under the
    same key.
    """
    if refund.payment.method not in AT_A_TILL:
        by_hand = Returned(f"by-hand-{refund.pk}", Refund.State.SUCCEEDED, refund.cents)
        _record(refund, by_hand, at=at)
        return True
    try:
        till = till_of(refund.payment)
        known = None
        if at - refund.requested_at > LOOK_FIRST:
            sent = till.refunds(refund.payment.intent_id)
            known = next((each for each in sent if each.key == refund.idempotency_key), None)
        answer = known or till.refund(refund)
    except TillRefused:
        answer = None
    except TillUnavailable:
        log.warning("refund %s waits for the till", refund.pk)
        return False
    _record(refund, answer, at=at)
    return True


def send_due(at: datetime, *, limit: int = 50) -> int:
    """Send again what was decided and has no answer yet. Returns how many were asked for."""
    waiting = Refund.objects.filter(state=Refund.State.REQUESTED, provider_id=None)
    count = 0
    for refund in waiting.select_related("payment__order")[:limit]:
        try:
            if not send(refund, at=at):
                break  # a silent till is not asked once for each
            count += 1
        except Busy:
            log.warning("refund %s waits for a lock", refund.pk)
    return count


def learn(intent_id: str, *, at: datetime, event: StripeEvent | None = None) -> None:
    """Take over from Stripe every refund of one payment, those made in its dashboard too.

    `event`, unsaved, is written in the same transaction. Raises TillUnavailable, Busy,
    IntegrityError (see settle).
    """
    payment = Payment.objects.select_related("order").filter(intent_id=intent_id).first()
    told = till_of(payment).refunds(intent_id) if payment and intent_id else []
    with brief():
        if event:
            event.save(force_insert=True)
        if payment:
            Order.objects.select_for_update().get(pk=payment.order_id)
            for returned in told:
                _take_over(payment, returned, at=at)


def dispute(
    intent_id: str, dispute_id: str, status: str, *, at: datetime, event: StripeEvent | None = None
) -> None:
    """The buyer's bank wants the money back: what was given rests until the dispute is won
    (Stripe's status words).
    """
    payment = Payment.objects.select_related("order").filter(intent_id=intent_id).first()
    with brief():
        if event:
            event.save(force_insert=True)
        if payment is None or not intent_id:
            return
        order = Order.objects.select_for_update().get(pk=payment.order_id)
        is_over = status in ("won", "warning_closed")
        if order.ledger.filter(entry=Entry.DISPUTED, text=f"{dispute_id}: won").exists():
            return  # Stripe's events come in any order; won is the last word
        note(order, Entry.DISPUTED, at=at, actor="Stripe", text=f"{dispute_id}: {status}")
        for line in order.lines.all():
            say("restored" if is_over else "suspended", line, at=at)
        if not is_over:
            ask(
                f"dispute:{dispute_id}",
                f"Order {order.number}: the buyer's bank disputes the payment. Answer in Stripe's "
                "dashboard before its deadline; what was sold rests until the dispute is won.",
                at=at,
                order=order,
            )


def _take_over(payment: Payment, returned: Returned, *, at: datetime) -> None:
    refund = Refund.objects.filter(payment=payment, provider_id=returned.id).first()
    if refund is None and returned.key:
        refund = Refund.objects.filter(payment=payment, idempotency_key=returned.key).first()
    if refund is None:
        if returned.state == Refund.State.FAILED:
            return
        refund = owe(payment, returned.cents, reason="Made at Stripe", at=at, actor="Stripe")
        order = payment.order
        if refundable_cents(payment) == 0:
            for line in order.lines.all():
                kind_of(line.kind).refunded(line, at=at)
        else:
            ask(
                f"part-refund:{returned.id}",
                f"Order {order.number}: {money.dollars(returned.cents)} was given back in "
                "Stripe's dashboard. What was sold is still valid: cancel here what it was for.",
                at=at,
                order=order,
            )
    _write(refund, returned, at=at)


def _record(refund: Refund, returned: Returned | None, *, at: datetime) -> None:
    with brief():
        Order.objects.select_for_update().get(pk=refund.payment.order_id)
        _write(refund, returned, at=at)


def _write(refund: Refund, returned: Returned | None, *, at: datetime) -> None:
    """Follow what the till said; None is a final no. Under the order's lock; the same word twice
    changes nothing.
    """
    refund = Refund.objects.select_related("payment__order").get(pk=refund.pk)
    state = returned.state if returned else Refund.State.FAILED
    was, order = refund.state, refund.payment.order
    refund.state = state
    refund.provider_id = returned.id if returned else refund.provider_id
    refund.settled_at = refund.settled_at or (at if state != Refund.State.REQUESTED else None)
    refund.save(update_fields=["state", "provider_id", "settled_at"])
    if state == was:
        return
    amount = money.dollars(refund.cents)
    if state == Refund.State.SUCCEEDED:
        note(
            order, Entry.REFUNDED, at=at, actor="the till", cents=-refund.cents, text=refund.reason
        )
    elif state == Refund.State.FAILED:
        # Stripe may say "succeeded" first and "failed" days later: then the money is here again.
        came_back = refund.cents if was == Refund.State.SUCCEEDED else 0
        note(
            order,
            Entry.REFUND_FAILED,
            at=at,
            actor="the till",
            cents=came_back,
            text=refund.reason,
        )
        ask(
            f"refund-failed:{refund.pk}",
            f"Order {order.number}: {amount} could not be given back. What it was for is "
            "cancelled all the same; ask the buyer for another way to pay them.",
            at=at,
            order=order,
        )


def _sum(rows) -> int:
    alive = rows.exclude(state=Refund.State.FAILED)
    return alive.aggregate(cents=Sum("cents"))["cents"] or 0
