"""Place an order, hold its seats, and send the buyer to the payment page."""

import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError

from nsca.lib.secrets import codes
from orders.books import ledger
from orders.checkout import settling
from orders.lines.kinds import Item, Refusal, by_kind, kind_of
from orders.lines.locks import brief, refuse_inside_transaction
from orders.models import LedgerEntry, Line, Order, Payment
from orders.payments import outage, traffic
from orders.payments.gateway import GatewayResting, NotYourTurn, SessionState
from orders.payments.lanes import lane
from orders.payments.least import total_of
from orders.payments.stripe import (
    SESSION_LIFE,
    GatewayRefused,
    GatewayUnavailable,
    gateway,
    gateway_of,
)

HOLD = timedelta(minutes=35)  # longer than a session's 31 minutes
LEAST_LIFE = timedelta(minutes=30, seconds=30)  # of a session; Stripe's 30, and clock drift
A_MOMENT = timedelta(seconds=0.5)  # a turn this soon is waited for

_METHODS = {
    Order.Channel.CASH: Payment.Method.CASH,
    Order.Channel.CHECK: Payment.Method.CHECK,
    Order.Channel.INVOICE: Payment.Method.INVOICE,
    Order.Channel.COMPLIMENTARY: Payment.Method.FREE,
}


@dataclass(frozen=True)
class Buyer:
    """Who pays and receives the e-mails."""

    name: str
    email: str
    phone: str = ""


class NothingChosen(Refusal):
    def __init__(self):
        super().__init__("Choose something to buy first.")


class StaleForm(Refusal):
    def __init__(self):
        super().__init__("Part of this form is missing. Reload the page and try again.")


class HoldEnded(Refusal):
    """The hold expired; somebody else may have what it held."""

    def __init__(self):
        super().__init__("Your time to pay ran out, so we released what you chose.")


class NothingToBeHad(Refusal):
    """What the order holds is no longer available, e.g. the event was canceled."""


def place(
    *,
    items: Sequence[Item],
    buyer: Buyer,
    submission_key: str,
    at: datetime,
    terms_text: str = "",
    user=None,
    channel: Order.Channel = Order.Channel.ONLINE,
    is_sample: bool = False,
    hold: timedelta = HOLD,
    pays_now: bool = False,
    then: Callable[[Order], None] | None = None,
) -> Order:
    """Save an order and hold what it takes until `at + hold`, in one durable transaction.

    A repeated `submission_key` (16 to 64 characters; see nsca.lib.secrets.codes.link_token)
    returns the first order. `pays_now`: the buyer goes on to pay, so the payment's row is saved
    here, too, which saves `payment_url` a transaction. `then` is called with a new order in the
    same transaction. Raises what the selling apps raise (subclasses of Refusal), NothingChosen,
    StaleForm, TooLittle and Busy.
    """
    if not items and (first := _placed_before(submission_key)):
        return first
    cents = total_of(items)
    try:
        with brief():
            order = _write(
                items, buyer, submission_key, at, hold,
                terms_text=terms_text, user=user, channel=channel, is_sample=is_sample,
            )  # fmt: skip
            if then:
                then(order)
            if pays_now and cents:
                with suppress(GatewayResting):  # payment_url says so, and asks again
                    order.at_the_gateway = _new_payment(order, cents, at)
            return order
    except IntegrityError:
        if first := _placed_before(submission_key):
            return first
        raise


def payment_url(order: Order, *, at: datetime) -> str:
    """Where the buyer's browser goes next: to the gateway, or to the order if nothing is due.

    Call it outside any transaction. A second call while a session is open returns the same one.
    Raises HoldEnded and NothingToBeHad; Busy and GatewayUnavailable: nothing is lost, ask again
    (after `retry_after` seconds, if given; PaymentsDown: once a person has acted).
    """
    try:
        return _payment_url(order, at=at)
    except GatewayUnavailable as error:
        raise outage.for_buyer(error, order, at=at) from error


def _payment_url(order: Order, *, at: datetime) -> str:
    refuse_inside_transaction()
    payment = getattr(order, "at_the_gateway", None)  # just placed
    for _ in range(3):  # a closed or impossible session is replaced
        payment = payment or _payment_under_way(order, at)
        if payment is None:
            return order.get_absolute_url()
        with lane() if payment.method == Payment.Method.STRIPE else nullcontext():
            if url := _ask_where_to_pay(payment, at):
                return url
        payment = None
    raise GatewayUnavailable


def _ask_where_to_pay(payment: Payment, at: datetime) -> str | None:
    """The address of a payment's page at the gateway; None if it takes a new payment."""
    if payment.session_id:
        session = gateway_of(payment, at=at).session(payment.session_id)
        if session.state == SessionState.OPEN:
            return session.url
        settling.settle_session(payment, session, at=at, actor="buyer")
        return None
    _await_turn(payment, at)
    asked = gateway_of(payment, at=at)
    unasked = Payment.objects.filter(pk=payment.pk, session_id=None)
    try:
        url = _noted(payment, asked.open(payment), at)
        outage.opened(payment.order, at=at)
        return url
    except GatewayRefused as refused:
        # A final no to this request and key; but an earlier request may have been heard.
        session = asked.find(payment)
        if session:
            unasked.update(session_id=session.id)
            return None
        unasked.update(state=Payment.State.FAILED)
        if payment.opened_at < at:
            return None  # an earlier click's attempt, which can't succeed anymore
        if not outage.is_passing(refused):
            outage.rejection(payment.order, refused, at=at)
        raise
    except GatewayUnavailable:
        unasked.update(turn_at=None)  # asked again with the same key on its turn
        raise


def _payment_under_way(order: Order, at: datetime) -> Payment | None:
    """The payment an order goes to the gateway with; None if nothing is due anymore.

    Raises HoldEnded, NothingToBeHad, GatewayResting and Busy.
    """
    with brief():
        order = Order.objects.select_for_update().get(pk=order.pk)
        if order.state == Order.State.PAID:
            return None
        if not order.is_held(at):
            raise HoldEnded
        if at > order.placed_at and (why := settling.why_not(order, at=at)):
            raise NothingToBeHad(why)
        if order.total_cents == 0:
            settling.settle_free(order, at=at)
            return None
        return _open_payment(order, at)


def record_offline(
    *,
    items: Sequence[Item],
    buyer: Buyer,
    channel: Order.Channel,
    by,
    at: datetime,
    note: str = "",
    reference: str = "",
    submission_key: str = "",
    is_sample: bool = False,
    actor: str = "",
) -> Order:
    """Create an order that staff (`by`, a User) took by cash, check or invoice, or for free.

    `actor`: who did it in their name, for the ledger. `reference`: the check number. It is paid at
    once; an invoice's payment stays open, with a task, until `settling.receive`. Complimentary
    items have a price of 0. Raises what `place` raises, and ValueError for the online channel.
    """
    method = _METHODS.get(channel)
    if method is None:
        raise ValueError(f"{channel} is not an offline channel.")
    key = submission_key or codes.link_token()
    if first := _placed_before(key):
        return first
    try:
        with brief():
            order = _write(
                items, buyer, key, at, HOLD,
                channel=channel, note=note, is_sample=is_sample, actor=actor or str(by),
            )  # fmt: skip
            is_owed = method == Payment.Method.INVOICE and order.total_cents > 0
            payment = Payment.objects.create(
                order=order,
                method=method,
                state=Payment.State.OPEN if is_owed else Payment.State.PAID,
                amount_cents=order.total_cents,
                opened_at=at,
                paid_at=None if is_owed else at,
                recorded_by=by,
                reference=reference,
            )
            settling.mark_paid(
                order,
                at=at,
                actor=actor or str(by),
                cents=0 if is_owed else order.total_cents,
                text=payment.get_method_display(),
                payment=payment,
            )
            if is_owed:
                text = f"Order {order.number}: the invoice is not paid yet."
                ledger.ask(f"invoice:{order.number}", text, at=at, order=order)
            return order
    except IntegrityError:
        if first := _placed_before(key):
            return first
        raise


def _placed_before(submission_key: str) -> Order | None:
    return Order.objects.filter(submission_key=submission_key).first()


def _write(items, buyer, submission_key, at, hold, *, actor="buyer", **fields) -> Order:
    if not items:
        raise NothingChosen
    if not 16 <= len(submission_key) <= 64:
        raise StaleForm
    # The order first: its unique key makes a second click wait before it finds everything sold.
    order = Order(
        buyer_name=buyer.name,
        buyer_email=buyer.email,
        buyer_phone=buyer.phone,
        submission_key=submission_key,
        placed_at=at,
        held_until=at + hold,
        **fields,
    )
    order.save(force_insert=True)
    for kind, wanted in by_kind(items):
        kind.lock(wanted)
    for position, item in enumerate(items):
        line = Line.objects.create(
            order=order,
            kind=item.kind,
            subject_id=item.subject_id,
            label=item.label,
            quantity=item.quantity,
            unit_cents=item.unit_cents,
            fair_value_cents=item.fair_value_cents,
            position=position,
            heading=item.heading,
            committee=item.committee,
            details=item.details,
        )
        kind_of(item.kind).held(line, item, at=at)
    ledger.note(order, LedgerEntry.Entry.PLACED, at=at, actor=actor)
    return order


def _open_payment(order: Order, at: datetime) -> Payment:
    """The payment under way, or a new one saved with its key and turn. Raises GatewayResting."""
    under_way = (
        order.payments.filter(method=gateway().method, state=Payment.State.OPEN, expires_at__gt=at)
        .order_by("-pk")
        .first()
    )
    if under_way is None:
        return _new_payment(order, order.total_cents, at)
    if under_way.session_id:
        return under_way
    if not under_way.turn_at:  # it failed before: ask the same again with the same key
        under_way.turn_at = _turn(at)
    elif under_way.expires_at - at < LEAST_LIFE:  # it waited for a turn and was never asked for
        under_way.expires_at = max(at, under_way.turn_at) + SESSION_LIFE
    under_way.save(update_fields=["turn_at", "expires_at"])
    return under_way


def _new_payment(order: Order, cents: int, at: datetime) -> Payment:
    """One more attempt to pay, after failed ones. Raises GatewayResting."""
    turn_at = _turn(at)
    payment = Payment(
        order=order,
        method=gateway().method,
        amount_cents=cents,
        livemode=gateway().livemode,
        opened_at=at,
        turn_at=turn_at,
        expires_at=turn_at + SESSION_LIFE,
    )
    if session := gateway().foretell(payment):
        payment.session_id = session.id
    payment.save(force_insert=True)
    return payment


def _turn(at: datetime) -> datetime:
    return traffic.take_turn(at=at) if gateway().method == Payment.Method.STRIPE else at


def _await_turn(payment: Payment, at: datetime) -> None:
    """Wait, if only for a moment. Raises NotYourTurn."""
    wait = payment.turn_at - at
    if wait > A_MOMENT:
        raise NotYourTurn(payment.turn_at, at=at, held_until=payment.order.held_until)
    time.sleep(max(0, wait.total_seconds()))


def _noted(payment: Payment, session, at: datetime) -> str:
    """Save the session's name. A payment closed meanwhile must not be paid."""
    noted = Payment.objects.filter(pk=payment.pk, state=Payment.State.OPEN).update(
        session_id=session.id
    )
    if not noted:
        gateway_of(payment, at=at).expire(session.id)
        raise HoldEnded
    return session.url
