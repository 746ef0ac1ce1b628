"""The buyer's bank wants a payment back: what was bought rests, and the money is not here.

Stripe takes the money when a chargeback opens (needs_response, under_review), returns it where
that is won, and keeps it where it is lost (docs.stripe.com/disputes/how-disputes-work). Before
that there may be an inquiry ("warning_…"): the bank asks, no money is taken, and most of them come
to nothing; so an inquiry suspends nobody's ticket and only asks staff to answer. An inquiry that
becomes a chargeback is the same object with another status.
"""

from datetime import datetime

from nsca.lib.text.money import dollars
from nsca.lib.timing import exactly
from orders.books.ledger import ask, note
from orders.lines.kinds import kind_of, units_of
from orders.lines.locks import brief
from orders.models import Dispute, LedgerEntry, Order, Payment, StripeEvent
from orders.payments.stripe import Disputed, TillRefused, till
from orders.refunds.refund_amounts import count, refundable_cents, refundable_of

CLOSED = ("won", "lost", "warning_closed", "prevented", "charge_refunded")


def learn(dispute_id: str, *, at: datetime, event: StripeEvent | None = None) -> None:
    """Read a dispute back from Stripe and let its order follow; what an event says of it may be
    old. Raises what `follow` does, and TillUnavailable.
    """
    try:
        told = till(at=at).dispute(dispute_id)
    except TillRefused:  # none of this account's
        told = None
    follow(told, at=at, event=event)


def follow(told: Disputed | None, *, at: datetime, event: StripeEvent | None = None) -> None:
    """A dispute as Stripe lists it now. The same word twice changes nothing.

    `event`, unsaved, is written in the same transaction. Raises Busy, IntegrityError (see settle).
    """
    found = Payment.objects.filter(intent_id=told.intent_id) if told and told.intent_id else None
    payment = found.first() if found is not None else None
    with brief():
        if event:
            event.save(force_insert=True)
        if payment:
            order = Order.objects.select_for_update().get(pk=payment.order_id)
            payment = order.payments.select_for_update().get(pk=payment.pk)
            _follow(order, payment, told, at=at)


def _follow(order: Order, payment: Payment, told: Disputed, *, at: datetime) -> None:
    dispute = Dispute.objects.filter(provider_id=told.id).first()
    if dispute is None:
        dispute = Dispute(
            payment=payment, provider_id=told.id, status="", cents=0, opened_at=told.opened_at
        )
    is_overtaken = dispute.closed_at and told.status not in CLOSED
    if not is_overtaken:
        _take_the_rest(order, payment, dispute, told, at=at)
    if dispute.status == told.status or is_overtaken:
        return
    had_the_money = dispute.has_the_money
    dispute.status, dispute.answer_by = told.status, told.answer_by
    dispute.closed_at = at if told.status in CLOSED else None
    if not had_the_money:
        # Not more than is left here: a bank may ask for what we have given back already.
        dispute.cents = min(told.cents, refundable_cents(payment))
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
        text=f"{told.id}: {told.status}",
        payment=payment,
    )
    _tell(order, dispute, told, at=at)
    if had_the_money and not dispute.has_the_money:
        _ask_whose_it_is(order, told, at=at)
    if _is_paid_otherwise(order, payment):
        return  # what was bought was paid twice, and stands on the other payment
    if told.status in Dispute.OPEN:
        _suspend(order, at=at)
    elif told.status != Dispute.LOST:
        if had_the_money and not _still_rests(order):
            for line in order.lines.all():
                kind_of(line.kind).restored(line, at=at)
    elif refundable_of(order) == 0:
        for line in order.lines.all():
            kind_of(line.kind).refunded(line, at=at)
    else:
        _suspend(order, at=at)


def _take_the_rest(
    order: Order, payment: Payment, dispute: Dispute, told: Disputed, *, at: datetime
) -> None:
    """What was kept for a refund when the bank took the money, and came free because that refund
    was refused: the bank has had it all the while.
    """
    rest = min(told.cents - dispute.cents, refundable_cents(payment))
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
        text=f"{told.id}: what a refused refund had kept",
        payment=payment,
    )


def _is_paid_otherwise(order: Order, payment: Payment) -> bool:
    others = order.payments.exclude(pk=payment.pk)
    return sum(map(refundable_cents, others)) >= order.total_cents > 0


def _still_rests(order: Order) -> bool:
    """Whether another dispute, or a check that came back, keeps the order at rest."""
    resting = Dispute.objects.filter(
        payment__order=order, status__in=(*Dispute.OPEN, Dispute.LOST)
    )
    is_bounced = order.payments.filter(state=Payment.State.BOUNCED).exists()
    return resting.exists() or (is_bounced and refundable_of(order) == 0)


def _ask_whose_it_is(order: Order, told: Disputed, *, at: datetime) -> None:
    """The money is back, but what it was for was cancelled meanwhile (a lost dispute that was won
    after all, an event that was called off): the buyer should have it.
    """
    units = [unit for line in order.lines.all() for unit in units_of(line)]
    if units and all(unit.is_gone for unit in units):
        text = (
            f"Order {order.number}: the dispute is won and {dollars(told.cents)} is here again, "
            "but what was sold is cancelled. Give the money back, or sell the chairs anew."
        )
        ask(f"dispute-won:{told.id}", text, at=at, order=order)


def _suspend(order: Order, *, at: datetime) -> None:
    for line in order.lines.all():
        kind_of(line.kind).suspended(line, at=at)


def _tell(order: Order, dispute: Dispute, told: Disputed, *, at: datetime) -> None:
    """Ask a person where one is needed; an answer that Stripe has makes the question old."""
    amount = dollars(told.cents)
    until = f" by {exactly(told.answer_by)}" if told.answer_by else " before its deadline"
    open_key = f"dispute:{told.id}"
    if told.status in Dispute.OPEN:
        text = (
            f"Order {order.number}: the buyer's bank disputes the payment and has taken {amount}. "
            f"Answer in Stripe's dashboard{until}; what was sold rests until the dispute is won."
        )
        ask(open_key, text, at=at, order=order)
    elif told.status in CLOSED:
        order.tasks.filter(key__in=(open_key, f"inquiry:{told.id}"), done_at=None).update(
            done_at=at
        )
    else:
        text = (
            f"Order {order.number}: the buyer's bank asks about the payment of {amount}. No money "
            f"was taken yet. Answer in Stripe's dashboard{until}, or give the money back here."
        )
        ask(f"inquiry:{told.id}", text, at=at, order=order)
    if told.status == Dispute.LOST:
        is_all = refundable_of(order) == 0
        sold = (
            "What was sold is cancelled and its chairs are free."
            if is_all
            else "What was sold rests: settle with the buyer what of it they keep."
        )
        text = f"Order {order.number}: the dispute is lost, the bank keeps {amount}. {sold}"
        ask(f"dispute-lost:{told.id}", text, at=at, order=order)
