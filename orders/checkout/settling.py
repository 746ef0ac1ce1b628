"""Held becomes paid or lapsed; lapsed becomes paid only by taking again. Every change of an
order's state is here.

Each change is a compare-and-set under the order's row lock, does nothing where it was done before,
and leaves a line in the ledger. The till is asked first, outside the transaction; what it said is
applied inside. Money that cannot be kept is unwanted.py's.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, prefetch_related_objects

from orders.books.ledger import note
from orders.checkout import mismatched as unwanted
from orders.checkout.mismatched import LATE
from orders.lines.kinds import Refusal, by_kind, kind_of
from orders.lines.locks import Busy, brief
from orders.models import LedgerEntry, Order, Payment, Refund, StripeEvent
from orders.payments.gateway import SessionState
from orders.payments.stripe import Session, TillRefused, TillUnavailable, till, till_of
from orders.refunds import refunds

log = logging.getLogger(__name__)

Entry = LedgerEntry.Entry
A_MOMENT = timedelta(minutes=1)  # how long an order is held again while its chairs are counted
A_LONG_ANSWER = timedelta(minutes=5)  # no till, and no reconciliation, takes longer


def settle(
    session_id: str,
    *,
    at: datetime,
    actor: str = "Stripe",
    event: StripeEvent | None = None,
    payment: Payment | None = None,
) -> Order | None:
    """Read a session back from the till and let the order follow. Any number of calls have one
    effect.

    `event`, unsaved, is written in the same transaction; `payment` is the session's, with its
    order, where it was read in this moment. None where the session is none of ours. Raises
    TillUnavailable and Busy (call again), IntegrityError where the event was written before.
    """
    if payment is None:
        payments = Payment.objects.select_related("order").filter(session_id=session_id)
        payment = payments.first()
    if payment is None:
        session = till(at=at).session(session_id)
        payment = adopt(session, at=at)
    elif payment.state != Payment.State.PAID:
        session = till_of(payment, at=at).session(session_id)
    else:
        session = None
    return settle_session(payment, session, at=at, actor=actor, event=event)


def settle_session(
    payment: Payment | None,
    session: Session | None,
    *,
    at: datetime,
    actor: str,
    event: StripeEvent | None = None,
) -> Order | None:
    """The second half of `settle`, for callers that have asked the till themselves."""
    order, owed = None, []
    with brief():
        if event:
            event.save(force_insert=True)
        if payment and session:
            order, owed = _apply(payment, session, at=at, actor=actor)
    for refund in owed:
        refunds.send(refund, at=at)
    if payment and (order is None or owed):
        return Order.objects.get(pk=payment.order_id)
    return order  # as it was written, and what was read with it


def settle_free(order: Order, *, at: datetime) -> None:
    """Nothing to pay: paid at once. Inside the caller's transaction, under the order's lock."""
    Payment.objects.create(
        order=order,
        method=Payment.Method.FREE,
        state=Payment.State.PAID,
        amount_cents=0,
        opened_at=at,
        paid_at=at,
    )
    mark_paid(order, at=at, actor="buyer", cents=0, text="nothing to pay")


def receive(payment: Payment, *, by, at: datetime) -> None:
    """The money of an invoice arrived; staff (`by`) say so. A second time changes nothing."""
    with brief():
        order = Order.objects.select_for_update().get(pk=payment.order_id)
        is_new = Payment.objects.filter(
            pk=payment.pk, method=Payment.Method.INVOICE, state=Payment.State.OPEN
        ).update(state=Payment.State.PAID, paid_at=at)
        if is_new:
            note(
                order,
                Entry.PAID,
                at=at,
                actor=str(by),
                cents=payment.amount_cents,
                text="invoice",
                payment=payment,
            )
            order.tasks.filter(key=f"invoice:{order.number}", done_at=None).update(
                done_at=at, done_by=by
            )


def mark_paid(
    order: Order,
    *,
    at: datetime,
    actor: str,
    cents: int,
    text: str = "",
    payment: Payment | None = None,
) -> None:
    """Held becomes paid, and its letters are owed (confirmations.py). Inside a transaction, under
    the order's lock; the caller has checked the money, `cents` of `payment`.
    """
    order.state, order.paid_at, order.confirmation_due_at = Order.State.PAID, at, at
    order.save(update_fields=["state", "paid_at", "confirmation_due_at"])
    note(order, Entry.PAID, at=at, actor=actor, cents=cents, text=text, payment=payment)
    for line in order.lines.all():
        kind_of(line.kind).paid(line, at=at)


def give_up(order: Order, *, at: datetime, actor: str = "buyer") -> bool:
    """The buyer lets a live hold go before its time; what it held is free at once. True where it
    lapsed now; a payment that was quicker is settled instead. Raises TillUnavailable and Busy: the
    hold has ended all the same, and the tick does the rest.
    """
    with brief():
        live = Order.objects.filter(pk=order.pk, state=Order.State.HELD, held_until__gt=at)
        live.update(held_until=at)
    return lapse(Order.objects.get(pk=order.pk), at=at, actor=actor)


def lapse(order: Order, *, at: datetime, actor: str = "ticker") -> bool:
    """A hold that ended: close its sessions at the till, then release. True where the order
    lapsed now.

    A session that turns out paid is settled instead. Raises TillUnavailable: the order stays as
    it is, its chairs are
    free anyway (capacity counts `held_until > at`), and the next tick asks again.
    """
    if order.state != Order.State.HELD or order.held_until > at:
        return False
    closed, never_payable = _close_sessions(order, at)
    owed: list[Refund] = []
    with brief():
        for payment, session in closed:
            owed += _apply(payment, session, at=at, actor=actor)[1]
        order = Order.objects.select_for_update().get(pk=order.pk)
        has_lapsed = order.state == Order.State.HELD and order.held_until <= at
        if has_lapsed:
            _release(order, at=at, actor=actor)
        order.payments.filter(pk__in=never_payable, state=Payment.State.OPEN).update(
            state=Payment.State.EXPIRED
        )
    for refund in owed:
        refunds.send(refund, at=at)
    return has_lapsed


def _close_sessions(order: Order, at: datetime) -> tuple[list[tuple[Payment, Session]], list[int]]:
    """Close what is open at the till. Payments with its word, and those it knows nothing of.

    A payment without a session may have one all the same: its answer was lost, so we look.
    """
    closed, unknown = [], []
    for payment in order.payments.filter(state=Payment.State.OPEN).select_related("order"):
        asked = till_of(payment, at=at)
        try:
            session_id = payment.session_id
            if session_id is None and (found := asked.find(payment)):
                session_id = found.id
                Payment.objects.filter(pk=payment.pk).update(session_id=session_id)
            if session_id:
                closed.append((payment, asked.expire(session_id)))
                continue
        except TillRefused:
            log.warning("lapse: the till does not know the session of payment %s", payment.pk)
        unknown.append(payment.pk)
    return closed, unknown


def sweep(at: datetime, *, limit: int = 50) -> int:
    """Let every ended hold lapse. One that cannot (a till that is silent) keeps nobody else
    waiting.
    """
    ended = Order.objects.filter(state=Order.State.HELD, held_until__lte=at).order_by("held_until")
    at_the_till = Payment.objects.filter(
        order=OuterRef("pk"), state=Payment.State.OPEN, method=Payment.Method.STRIPE
    )
    ended = ended.annotate(needs_till=Exists(at_the_till))
    count, till_is_silent = 0, False
    for order in ended[:limit]:
        if order.needs_till and till_is_silent:
            continue
        try:
            count += lapse(order, at=at)
        except TillUnavailable:
            till_is_silent = True  # the ticker has other things to do than to wait for each
        except Busy:
            log.warning("sweep: order %s waits for a lock", order.pk)
        except Exception:
            log.exception("sweep: order %s", order.pk)
    return count


def _apply(
    payment: Payment, session: Session, *, at: datetime, actor: str
) -> tuple[Order, list[Refund]]:
    """What the till said about a session becomes true here. Returns the order and the refunds that
    are owed now.
    """
    order = Order.objects.select_for_update().get(pk=payment.order_id)
    # Its payments under their locks, and read once: the page that tells the buyer asks again.
    prefetch_related_objects([order], Prefetch("payments", Payment.objects.select_for_update()))
    payment = next(each for each in order.payments.all() if each.pk == payment.pk)
    if payment.state == Payment.State.PAID:
        return order, []
    if session.state != SessionState.PAID:
        if session.state == SessionState.EXPIRED and payment.state == Payment.State.OPEN:
            payment.state = Payment.State.EXPIRED
            payment.save(update_fields=["state"])
        return order, []
    prefetch_related_objects([order], "lines")  # frozen, and asked for again and again below
    if not _is_what_we_asked(payment, order, session):
        unwanted.alert(payment, order, session, at=at)
        return order, []

    payment.state, payment.paid_at, payment.intent_id = Payment.State.PAID, at, session.intent_id
    payment.save(update_fields=["state", "paid_at", "intent_id"])
    cents = payment.amount_cents

    def came(text: str) -> None:
        note(order, Entry.PAID, at=at, actor=actor, cents=cents, text=text, payment=payment)

    if order.state == Order.State.PAID:
        came("a second payment")
        return order, [unwanted.give_back(order, payment, "Paid twice", at=at)]
    refused = why_not(order, at=at) if order.is_held(at) else LATE
    # `at` was read before the till was asked, and locks were waited for: near its end a hold may
    # be over by now, and its chairs sold. So they are counted again.
    if not refused and not order.is_held(at + A_LONG_ANSWER):
        refused = LATE
    if refused and not _retaken(order, at=at, actor=actor):
        came("late, and nothing was left" if refused == LATE else refused)
        told = [kind_of(line.kind).turned_away(line, at=at) for line in order.lines.all()]
        places = list(dict.fromkeys(filter(None, told)))  # two lines of one event: one place
        return order, [unwanted.give_back(order, payment, refused, at=at, places=places)]
    mark_paid(order, at=at, actor=actor, cents=cents, payment=payment)
    return order, []


def why_not(order: Order, *, at: datetime) -> str:
    """Why a live hold is good for nothing any more (its event was cancelled), or ""."""
    try:
        for line in order.lines.all():
            kind_of(line.kind).may_be_paid(line, at=at)
    except Refusal as refusal:
        return str(refusal)
    return ""


def _is_what_we_asked(payment: Payment, order: Order, session: Session) -> bool:
    return (
        session.amount_cents == payment.amount_cents == order.total_cents
        and session.currency == payment.currency
        and session.livemode == payment.livemode
        and session.reference == order.number
    )


def _release(order: Order, *, at: datetime, actor: str) -> None:
    order.state, order.lapsed_at = Order.State.LAPSED, at
    order.save(update_fields=["state", "lapsed_at"])
    note(order, Entry.LAPSED, at=at, actor=actor)
    for line in order.lines.all():
        kind_of(line.kind).released(line, at=at)


def _retaken(order: Order, *, at: datetime, actor: str) -> bool:
    """Take again what the lapsed order held, all of it or nothing. False where it is gone.

    A hold that by `at` is not over yet is only counted again: it may be over by now.
    """
    is_over = not order.is_held(at)
    if order.state == Order.State.HELD and is_over:
        _release(order, at=at, actor=actor)
    try:
        with transaction.atomic():
            lines = list(order.lines.all())
            for kind, theirs in by_kind(lines):
                kind.lock(theirs)
            if is_over:
                order.state, order.held_until = Order.State.HELD, at + A_MOMENT
                order.save(update_fields=["state", "held_until"])
            for line in lines:
                kind_of(line.kind).retake(line, at=at)
            if is_over:
                note(order, Entry.RETAKEN, at=at, actor=actor)
    except Refusal:
        order.refresh_from_db(fields=["state", "held_until"])
        if not is_over:
            _release(order, at=at, actor=actor)
        return False
    return True


def adopt(session: Session, *, at: datetime) -> Payment | None:
    """A session whose id was never noted (a crash, a lost answer): the payment that it was opened
    for. Where a restored backup has the order but not the payment, it is written again.
    """
    method = till().method
    order = Order.objects.filter(number=session.reference).first()
    if order is None:
        return None
    unnoted = Payment.objects.filter(pk=session.payment_id, order=order, method=method)
    if unnoted.filter(session_id=None).update(session_id=session.id):
        return unnoted.select_related("order").get()
    if session.state != SessionState.PAID:
        return None
    payment, _is_new = Payment.objects.get_or_create(
        session_id=session.id,
        defaults={
            "order": order,
            "method": method,
            "amount_cents": order.total_cents,
            "livemode": till().livemode,
            "opened_at": session.opened_at or at,
        },
    )
    return payment
