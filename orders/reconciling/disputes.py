"""Disputes: the buyer's bank wants a payment back, and what was bought is suspended.

Stripe takes the money when a chargeback opens (needs_response, under_review), returns it if we
win, and keeps it if we lose (docs.stripe.com/disputes/how-disputes-work). An inquiry ("warning_…")
may come first: the bank asks, takes no money, and mostly drops it. So an inquiry suspends no
ticket and only asks staff to answer. If it becomes a chargeback, only its status changes.
"""

from datetime import datetime

from nsca.lib.text.money import dollars
from nsca.lib.timing import exactly
from orders.books.ledger import ask, note
from orders.lines.kinds import kind_of, units_of
from orders.lines.locks import brief
from orders.models import Dispute, LedgerEntry, Order, Payment, StripeEvent
from orders.payments.stripe import Disputed, GatewayRefused, gateway
from orders.refunds.refund_amounts import count, refundable_cents, refundable_of

CLOSED = ("won", "lost", "warning_closed", "prevented", "charge_refunded")


def learn(dispute_id: str, *, at: datetime, event: StripeEvent | None = None) -> None:
    """Read a dispute back from Stripe and apply it, since an event may be old.

    Raises what `follow` does, and GatewayUnavailable.
    """
    try:
        reported = gateway(at=at).dispute(dispute_id)
    except GatewayRefused:  # not of this account
        reported = None
    follow(reported, at=at, event=event)


def follow(reported: Disputed | None, *, at: datetime, event: StripeEvent | None = None) -> None:
    """Apply a dispute as Stripe reports it now. Idempotent.

    `event`, unsaved, is saved in the same transaction. Raises Busy, IntegrityError (see settle).
    """
    found = (
        Payment.objects.filter(intent_id=reported.intent_id)
        if reported and reported.intent_id
        else None
    )
    payment = found.first() if found is not None else None
    with brief():
        if event:
            event.save(force_insert=True)
        if payment:
            order = Order.objects.select_for_update().get(pk=payment.order_id)
            payment = order.payments.select_for_update().get(pk=payment.pk)
            _follow(order, payment, reported, at=at)


def _follow(order: Order, payment: Payment, reported: Disputed, *, at: datetime) -> None:
    dispute = Dispute.objects.filter(provider_id=reported.id).first()
    if dispute is None:
        dispute = Dispute(
            payment=payment,
            provider_id=reported.id,
            status="",
            cents=0,
            opened_at=reported.opened_at,
        )
    is_overtaken = dispute.closed_at and reported.status not in CLOSED
    if not is_overtaken:
        _take_the_rest(order, payment, dispute, reported, at=at)
    if dispute.status == reported.status or is_overtaken:
        return
    had_the_money = dispute.has_the_money
    dispute.status, dispute.answer_by = reported.status, reported.answer_by
    dispute.closed_at = at if reported.status in CLOSED else None
    if not had_the_money:
        # At most what is left here: a bank may ask for what we already refunded.
        dispute.cents = min(reported.cents, refundable_cents(payment))
    moved = dispute.cents * (dispute.has_the_money - had_the_money)  # out of the payment
    if moved:
        count(payment, moved)
    dispute.save()
    note(
        order,
        LedgerEntry.Entry.DISPUTED,
        at=at,
        actor="Stripe",
        cents=-moved,
        text=f"{reported.id}: {reported.status}",
        payment=payment,
    )
    _tell(order, dispute, reported, at=at)
    if had_the_money and not dispute.has_the_money:
        _ask_whose_it_is(order, reported, at=at)
    if _is_paid_otherwise(order, payment):
        return  # it was paid twice, and the other payment still pays for it
    if reported.status in Dispute.OPEN:
        _suspend(order, at=at)
    elif reported.status != Dispute.LOST:
        if had_the_money and not _still_rests(order):
            for line in order.lines.all():
                kind_of(line.kind).restored(line, at=at)
    elif refundable_of(order) == 0:
        for line in order.lines.all():
            kind_of(line.kind).refunded(line, at=at)
    else:
        _suspend(order, at=at)


def _take_the_rest(
    order: Order, payment: Payment, dispute: Dispute, reported: Disputed, *, at: datetime
) -> None:
    """Count cents set aside for a refund that failed: the bank has had them all along."""
    rest = min(reported.cents - dispute.cents, refundable_cents(payment))
    if not dispute.has_the_money or rest <= 0:
        return
    dispute.cents += rest
    dispute.save(update_fields=["cents"])
    count(payment, rest)
    note(
        order,
        LedgerEntry.Entry.DISPUTED,
        at=at,
        actor="Stripe",
        cents=-rest,
        text=f"{reported.id}: set aside for a refund that failed",
        payment=payment,
    )


def _is_paid_otherwise(order: Order, payment: Payment) -> bool:
    others = order.payments.exclude(pk=payment.pk)
    return sum(map(refundable_cents, others)) >= order.total_cents > 0


def _still_rests(order: Order) -> bool:
    """Whether another dispute, or a bounced check, keeps the order suspended."""
    resting = Dispute.objects.filter(
        payment__order=order, status__in=(*Dispute.OPEN, Dispute.LOST)
    )
    is_bounced = order.payments.filter(state=Payment.State.BOUNCED).exists()
    return resting.exists() or (is_bounced and refundable_of(order) == 0)


def _ask_whose_it_is(order: Order, reported: Disputed, *, at: datetime) -> None:
    """Create a task: the dispute is won, but what was sold was canceled, so the buyer is owed."""
    units = [unit for line in order.lines.all() for unit in units_of(line)]
    if units and all(unit.is_gone for unit in units):
        text = (
            f"Order {order.number}: you won the dispute and {dollars(reported.cents)} "
            "is back, but what was sold is canceled. Refund the money, or sell the buyer new "
            "seats."
        )
        ask(f"dispute-won:{reported.id}", text, at=at, order=order)


def _suspend(order: Order, *, at: datetime) -> None:
    for line in order.lines.all():
        kind_of(line.kind).suspended(line, at=at)


def _tell(order: Order, dispute: Dispute, reported: Disputed, *, at: datetime) -> None:
    """Create a task if a person has to act, and close it once Stripe has an answer."""
    amount = dollars(reported.cents)
    until = f" by {exactly(reported.answer_by)}" if reported.answer_by else " before its deadline"
    open_key = f"dispute:{reported.id}"
    if reported.status in Dispute.OPEN:
        text = (
            f"Order {order.number}: the buyer's bank disputes the payment and has taken {amount}. "
            f"Respond in Stripe's dashboard{until}. What was sold is suspended until you win."
        )
        ask(open_key, text, at=at, order=order)
    elif reported.status in CLOSED:
        order.tasks.filter(key__in=(open_key, f"inquiry:{reported.id}"), done_at=None).update(
            done_at=at
        )
    else:
        text = (
            f"Order {order.number}: the buyer's bank asks about the payment of {amount}. No money "
            f"was taken yet. Respond in Stripe's dashboard{until}, or refund the order here."
        )
        ask(f"inquiry:{reported.id}", text, at=at, order=order)
    if reported.status == Dispute.LOST:
        is_all = refundable_of(order) == 0
        sold = (
            "What was sold is canceled and its seats are free."
            if is_all
            else "What was sold is suspended: agree with the buyer on what they keep."
        )
        text = f"Order {order.number}: you lost the dispute, and the bank keeps {amount}. {sold}"
        ask(f"dispute-lost:{reported.id}", text, at=at, order=order)
