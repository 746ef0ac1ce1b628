"""Every change of an order's state: held to paid or expired, and expired to paid if retaken.

Each change is a compare-and-set under the order's row lock, does nothing the second time, and
leaves a ledger entry. The gateway is asked first, outside the transaction; its answer is applied
inside. Money we cannot keep goes to mismatched.py.
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
from orders.payments.stripe import GatewayRefused, GatewayUnavailable, Session, gateway, gateway_of
from orders.refunds import refunds

log = logging.getLogger(__name__)

Entry = LedgerEntry.Entry
A_MOMENT = timedelta(minutes=1)  # how long an order is held again while its seats are counted
A_LONG_ANSWER = timedelta(minutes=5)  # no gateway and no reconciliation takes longer


def settle(
    session_id: str,
    *,
    at: datetime,
    actor: str = "Stripe",
    event: StripeEvent | None = None,
    payment: Payment | None = None,
) -> Order | None:
    """Read a session back from the gateway and update its order. Repeated calls have one effect.

    `event`, unsaved, is saved in the same transaction; `payment` is the session's, with its order,
    if it was just read. None if the session is not ours. Raises GatewayUnavailable and Busy (call
    again), IntegrityError if the event was saved before.
    """
    if payment is None:
        payments = Payment.objects.select_related("order").filter(session_id=session_id)
        payment = payments.first()
    if payment is None:
        session = gateway(at=at).session(session_id)
        payment = adopt(session, at=at)
    elif payment.state != Payment.State.PAID:
        session = gateway_of(payment, at=at).session(session_id)
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
    """The second half of `settle`, for callers that asked the gateway themselves."""
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
    return order  # as saved, with what was read along


def settle_free(order: Order, *, at: datetime) -> None:
    """Mark a free order as paid. Inside the caller's transaction, under the order's lock."""
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
    """Record that an invoice was paid, by staff (`by`). A second call changes nothing."""
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
    """Mark a held order as paid, so that its e-mails are due (confirmations.py).

    Inside a transaction, under the order's lock; the caller has checked `cents` of `payment`.
    """
    order.state, order.paid_at, order.confirmation_due_at = Order.State.PAID, at, at
    order.save(update_fields=["state", "paid_at", "confirmation_due_at"])
    note(order, Entry.PAID, at=at, actor=actor, cents=cents, text=text, payment=payment)
    for line in order.lines.all():
        kind_of(line.kind).paid(line, at=at)


def give_up(order: Order, *, at: datetime, actor: str = "buyer") -> bool:
    """End a live hold early at the buyer's request; what it held is free at once.

    True if it expired now; a payment that was quicker is settled instead. Raises
    GatewayUnavailable and Busy: the hold has ended anyway, and the tick does the rest.
    """
    with brief():
        live = Order.objects.filter(pk=order.pk, state=Order.State.HELD, held_until__gt=at)
        live.update(held_until=at)
    return lapse(Order.objects.get(pk=order.pk), at=at, actor=actor)


def lapse(order: Order, *, at: datetime, actor: str = "ticker") -> bool:
    """Close the sessions of an expired hold at the gateway, then release. True if it expired now.

    A session that turns out paid is settled instead. Raises GatewayUnavailable: the order stays as
    it is, its seats are free anyway (capacity counts `held_until > at`), and the next tick
    retries it.
    """
    if order.state != Order.State.HELD or order.held_until > at:
        return False
    closed, never_payable = _close_sessions(order, at)
    owed: list[Refund] = []
    with brief():
        for payment, session in closed:
            owed += _apply(payment, session, at=at, actor=actor)[1]
        order = Order.objects.select_for_update().get(pk=order.pk)
        has_expired = order.state == Order.State.HELD and order.held_until <= at
        if has_expired:
            _release(order, at=at, actor=actor)
        order.payments.filter(pk__in=never_payable, state=Payment.State.OPEN).update(
            state=Payment.State.EXPIRED
        )
    for refund in owed:
        refunds.send(refund, at=at)
    return has_expired


def _close_sessions(order: Order, at: datetime) -> tuple[list[tuple[Payment, Session]], list[int]]:
    """Close open sessions. Returns payments with their sessions, and those the gateway lacks.

    A payment without a session may have one if the answer was lost, so we look.
    """
    closed, unknown = [], []
    for payment in order.payments.filter(state=Payment.State.OPEN).select_related("order"):
        asked = gateway_of(payment, at=at)
        try:
            session_id = payment.session_id
            if session_id is None and (found := asked.find(payment)):
                session_id = found.id
                Payment.objects.filter(pk=payment.pk).update(session_id=session_id)
            if session_id:
                closed.append((payment, asked.expire(session_id)))
                continue
        except GatewayRefused:
            log.warning("lapse: the gateway does not know the session of payment %s", payment.pk)
        unknown.append(payment.pk)
    return closed, unknown


def sweep(at: datetime, *, limit: int = 50) -> int:
    """Expire every hold that ended. One that fails (a silent gateway) does not hold up others."""
    ended = Order.objects.filter(state=Order.State.HELD, held_until__lte=at).order_by("held_until")
    at_the_gateway = Payment.objects.filter(
        order=OuterRef("pk"), state=Payment.State.OPEN, method=Payment.Method.STRIPE
    )
    ended = ended.annotate(needs_gateway=Exists(at_the_gateway))
    count, gateway_is_silent = 0, False
    for order in ended[:limit]:
        if order.needs_gateway and gateway_is_silent:
            continue
        try:
            count += lapse(order, at=at)
        except GatewayUnavailable:
            gateway_is_silent = True  # the ticker does not wait for each
        except Busy:
            log.warning("sweep: order %s waits for a lock", order.pk)
        except Exception:
            log.exception("sweep: order %s", order.pk)
    return count


def _apply(
    payment: Payment, session: Session, *, at: datetime, actor: str
) -> tuple[Order, list[Refund]]:
    """Apply what the gateway said about a session. Returns the order and the refunds now owed."""
    order = Order.objects.select_for_update().get(pk=payment.order_id)
    # Its payments, locked and read once; the buyer's page uses them again.
    prefetch_related_objects([order], Prefetch("payments", Payment.objects.select_for_update()))
    payment = next(each for each in order.payments.all() if each.pk == payment.pk)
    if payment.state == Payment.State.PAID:
        return order, []
    if session.state != SessionState.PAID:
        if session.state == SessionState.EXPIRED and payment.state == Payment.State.OPEN:
            payment.state = Payment.State.EXPIRED
            payment.save(update_fields=["state"])
        return order, []
    prefetch_related_objects([order], "lines")  # frozen, and used several times below
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
    # `at` is older than the gateway's answer and the locks: a hold near its end may have expired
    # meanwhile and its seats been sold, so they are counted again.
    if not refused and not order.is_held(at + A_LONG_ANSWER):
        refused = LATE
    if refused and not _retaken(order, at=at, actor=actor):
        came("late, and nothing was left" if refused == LATE else refused)
        reported = [kind_of(line.kind).turned_away(line, at=at) for line in order.lines.all()]
        places = list(dict.fromkeys(filter(None, reported)))  # two lines of one event: one entry
        return order, [unwanted.give_back(order, payment, refused, at=at, places=places)]
    mark_paid(order, at=at, actor=actor, cents=cents, payment=payment)
    return order, []


def why_not(order: Order, *, at: datetime) -> str:
    """Why a live hold is useless now (e.g. its event was canceled), or ""."""
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
    order.state, order.expired_at = Order.State.EXPIRED, at
    order.save(update_fields=["state", "expired_at"])
    note(order, Entry.EXPIRED, at=at, actor=actor)
    for line in order.lines.all():
        kind_of(line.kind).released(line, at=at)


def _retaken(order: Order, *, at: datetime, actor: str) -> bool:
    """Retake what an expired order held, all or nothing. False if it is gone.

    A hold not yet over at `at` is only counted again, since it may be over by now.
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
    """Find the payment of a session whose id was never saved (a crash, a lost answer).

    If a restored backup has the order but not the payment, the payment is created again.
    """
    method = gateway().method
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
            "livemode": gateway().livemode,
            "opened_at": session.opened_at or at,
        },
    )
    return payment
