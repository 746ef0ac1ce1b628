"""Money on its way back: decided under the order's lock, sent outside it, told as it turned out.

A refund's row, and so its idempotency key, is written before the till is asked; one that was not
sent, or whose fate is unknown, is sent again by the tick under the same key. How much may go back
is said in owing.py.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from nsca.lib.text import money
from orders.books.ledger import ask, note
from orders.lines.kinds import kind_of
from orders.lines.locks import Busy, brief
from orders.models import LedgerEntry, Line, Order, Payment, Refund, StripeEvent
from orders.payments.stripe import Returned, TillRefused, TillUnavailable, till_of
from orders.refunds import mail as refund_letter
from orders.refunds.mail import Cause
from orders.refunds.refund_amounts import (
    AT_A_TILL,
    NothingToRefund,
    TooMuch,
    Wanted,
    count,
    decide,
    owe,
    refundable_cents,
    refundable_of,
    returned_whole,
    units_back,
    wish,
    wish_of,
)

__all__ = ["NothingToRefund", "TooMuch", "give_back", "hand_over", "learn", "send", "send_due"]

log = logging.getLogger(__name__)

Entry = LedgerEntry.Entry
# After this a repeat is preceded by a look: Stripe forgets keys after a day, and repeats a stored
# failure until then.
LOOK_FIRST = timedelta(minutes=2)
MADE_AT_STRIPE = "Made at Stripe"


def give_back(
    *,
    order: Order,
    reason: str,
    at: datetime,
    by=None,
    actor: str = "the site",
    line: Line | None = None,
    units: Sequence[int] | None = None,
    cents: int | None = None,
    picked: Mapping[Line, Sequence[int]] | None = None,
    cause: Cause = Cause.STAFF,
    becomes: str = "",
) -> list[Refund]:
    """Give back some `units` of a line (or of several: `picked`), one line or the whole order, or
    `cents` of the last two, and say why.

    What goes back whole ends what it gave at once (kind.refunded), unless staff choose another
    answer, `becomes` (kinds.after_refund). Call it outside any transaction: the gateway is asked
    after the commit. Money that came by hand goes back by hand: recorded as given if a colleague
    (`by`, a User) decided, otherwise a task (`actor` names who did, in the ledger). Raises
    NothingToRefund, TooMuch, Busy, and ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("A refund needs a reason.")
    with brief():
        order = Order.objects.select_for_update().get(pk=order.pk)
        if picked:
            wanted = wish_of(order, picked)
        else:
            wanted = wish(order, line=line, units=units, cents=cents)
        how = {"reason": reason, "by": by, "at": at, "cause": cause, "becomes": becomes}
        owed = decide(order, wanted, actor=str(by) if by else actor, **how)
        for line in returned_whole(order, wanted) if becomes else ():
            kind_of(line.kind).refund_answered(line, becomes, by=by, at=at)
    return send_all(owed, at=at)


def send_all(owed: Sequence[Refund], *, at: datetime) -> list[Refund]:
    """Send what was decided; what came by hand, and a colleague gave back, is written down."""
    for refund in owed:
        if refund.payment.method in AT_A_TILL:
            send(refund, at=at)
        elif refund.requested_by:
            hand_over(refund, at=at, by=refund.requested_by)
        refund.refresh_from_db()
    return list(owed)


def send(refund: Refund, *, at: datetime) -> bool:
    """Ask the till to give it back. A till that is silent is asked again by the tick, under the
    same key. Money that did not come through a till is `hand_over`'s.
    """
    try:
        till = till_of(refund.payment, at=at)
        known = None
        if at - refund.requested_at > LOOK_FIRST:
            sent = till.refunds(refund.payment.intent_id)
            known = next((each for each in sent if each.key == refund.idempotency_key), None)
        answer = known or till.refund(refund)
    except TillRefused:
        return _refused(refund, at=at)
    except TillUnavailable:
        log.warning("refund %s waits for the till", refund.pk)
        return False
    _record(refund, answer, at=at)
    return True


def _refused(refund: Refund, *, at: datetime) -> bool:
    """The till says no for good: mostly since somebody gave the money back in its dashboard, of
    which we have not heard yet. That is taken over, and the rest is sent.
    """
    try:
        told = till_of(refund.payment, at=at).refunds(refund.payment.intent_id)
    except TillRefused:
        told = []  # it knows nothing of this payment
    except TillUnavailable:
        log.warning("refund %s was refused, and waits for the reason", refund.pk)
        return False
    with brief():
        order = Order.objects.select_for_update().get(pk=refund.payment.order_id)
        _write(refund, None, at=at)
        payment = order.payments.select_for_update().get(pk=refund.payment_id)
        rest = _adopt(order, payment, told, at=at)
    for each in rest:
        send(each, at=at)
    return True


def send_due(at: datetime, *, limit: int = 50) -> int:
    """Send again what was decided and has no answer yet. Returns how many were asked for."""
    waiting = Refund.objects.filter(
        state=Refund.State.REQUESTED, provider_id=None, payment__method__in=AT_A_TILL
    )
    done = 0
    for refund in waiting.select_related("payment__order")[:limit]:
        try:
            if not send(refund, at=at):
                break  # a silent till is not asked once for each
            done += 1
        except Busy:
            log.warning("refund %s waits for a lock", refund.pk)
    return done


def hand_over(refund: Refund, *, at: datetime, by) -> None:
    """Staff (`by`) gave the money back by hand: cash, or a check. A second time changes
    nothing.
    """
    if refund.payment.method in AT_A_TILL:
        raise ValueError("A till gives its own money back.")
    by_hand = Returned(f"by-hand-{refund.pk}", Refund.State.SUCCEEDED, refund.cents)
    _record(refund, by_hand, at=at, actor=str(by))
    refund.payment.order.tasks.filter(key=f"by-hand:{refund.pk}", done_at=None).update(
        done_at=at, done_by=by
    )


def learn(intent_id: str, *, at: datetime, event: StripeEvent | None = None) -> None:
    """Take over from Stripe every refund of one payment, those made in its dashboard too.

    `event`, unsaved, is written in the same transaction. Raises TillUnavailable, Busy,
    IntegrityError (see settle).
    """
    payment = Payment.objects.filter(intent_id=intent_id).first() if intent_id else None
    told = till_of(payment, at=at).refunds(intent_id) if payment else []
    rest: list[Refund] = []
    with brief():
        if event:
            event.save(force_insert=True)
        if payment:
            order = Order.objects.select_for_update().get(pk=payment.order_id)
            payment = order.payments.select_for_update().get(pk=payment.pk)
            if payment.state == Payment.State.FAILED:
                _undo_mismatch(order, payment, told, at=at)
                return
            rest = _adopt(order, payment, told, at=at)
    for refund in rest:
        send(refund, at=at)


def _undo_mismatch(order: Order, payment: Payment, told: list[Returned], *, at: datetime) -> None:
    """Money that was not what we asked for was given back in Stripe's dashboard, as its task says.
    It never was in the books, so nothing of it leaves them.
    """
    cents = sum(each.cents for each in told if each.state == Refund.State.SUCCEEDED)
    task = order.tasks.filter(key=f"mismatch:{payment.pk}", done_at=None)
    if cents and task.update(done_at=at):
        text = f"{money.dollars(cents)} that was not asked for was given back at Stripe"
        note(order, Entry.ALERT, at=at, actor="Stripe", text=text, payment=payment)


def _adopt(
    order: Order, payment: Payment, told: Sequence[Returned], *, at: datetime
) -> list[Refund]:
    """Every refund of a payment as the till tells it; those that we do not know were made in its
    dashboard. Returns what is to be sent now. Under the order's lock.
    """
    made = []
    for returned in told:
        if refund := _ours(payment, returned):
            _write(refund, returned, at=at)
        elif returned.state != Refund.State.FAILED:
            made.append(returned)
    rest = []
    if made:
        payment.refresh_from_db(fields=["returned_cents"])
        for failed in _asked_to_pay_otherwise(payment):
            rest += _stand_in(failed, made, at=at)
    for returned in made:
        _write(_made_at_stripe(order, payment, returned, at=at), returned, at=at)
        if refundable_cents(payment) == 0:  # nothing is left that could be paid otherwise
            for failed in _asked_to_pay_otherwise(payment):
                _close_failed(failed, at=at)
    return rest


def _ours(payment: Payment, returned: Returned) -> Refund | None:
    refunds = Refund.objects.filter(payment=payment)
    found = refunds.filter(provider_id=returned.id).first()
    if found is None and returned.key:
        found = refunds.filter(idempotency_key=returned.key).first()
    return found


def _asked_to_pay_otherwise(payment: Payment) -> list[Refund]:
    """Refunds of a payment that the till refused, and whose task is still open."""
    failed = payment.refunds.filter(state=Refund.State.FAILED).order_by("pk")
    is_open = payment.order.tasks.filter(done_at=None)
    return [each for each in failed if is_open.filter(key=f"refund-failed:{each.pk}").exists()]


def _stand_in(failed: Refund, made: list[Returned], *, at: datetime) -> list[Refund]:
    """What was given back in the dashboard (taken from `made`) is the money that our refund could
    not give, for the same line. Returns the rest of its sum, which is to be sent.
    """
    left, stood_in = failed.cents, False
    wanted = Wanted(left, failed.line, failed.unit, failed.is_whole)
    for returned in list(made):
        if returned.cents <= left:
            made.remove(returned)
            left -= returned.cents
            part = replace(wanted, cents=returned.cents, unit=None if stood_in else failed.unit)
            stood_in = True
            refund = owe(failed.payment, part, reason=MADE_AT_STRIPE, at=at, actor="Stripe")
            _write(refund, returned, at=at)
    if not stood_in:
        return []
    _close_failed(failed, at=at)
    rest = replace(wanted, cents=min(left, refundable_cents(failed.payment)), unit=None)
    by = failed.requested_by
    how = {"reason": failed.reason, "at": at, "actor": str(by or "the site"), "by": by}
    return [owe(failed.payment, rest, **how)] if rest.cents else []


def _close_failed(refund: Refund, *, at: datetime) -> None:
    tasks = refund.payment.order.tasks.filter(key=f"refund-failed:{refund.pk}", done_at=None)
    tasks.update(done_at=at)


def _made_at_stripe(order: Order, payment: Payment, returned: Returned, *, at: datetime) -> Refund:
    """Somebody gave money back in Stripe's dashboard. What was bought ends only where nothing of
    any payment is left: of two payments, one may go back and the other stand for everything.
    """
    if returned.cents > refundable_cents(payment):
        raise Busy  # one of ours is on its way and will be refused; its answer comes first
    left = refundable_of(order) - returned.cents
    wanted = Wanted(returned.cents, is_whole=left == 0)
    refund = owe(payment, wanted, reason=MADE_AT_STRIPE, at=at, actor="Stripe")
    if wanted.is_whole:
        for line in order.lines.all():
            kind_of(line.kind).refunded(line, at=at)
    elif left < order.total_cents:
        ask(
            f"part-refund:{returned.id}",
            f"Order {order.number}: {money.dollars(returned.cents)} was given back in "
            "Stripe's dashboard. What was sold is still valid: cancel here what it was for.",
            at=at,
            order=order,
        )
    refund_letter.post(order, [refund], [wanted], reason="", cause=Cause.STAFF)
    return refund


def _record(
    refund: Refund, returned: Returned | None, *, at: datetime, actor: str = "the till"
) -> None:
    with brief():
        Order.objects.select_for_update().get(pk=refund.payment.order_id)
        _write(refund, returned, at=at, actor=actor)


def _write(
    refund: Refund, returned: Returned | None, *, at: datetime, actor: str = "the till"
) -> None:
    """Follow what the till said; None is a final no. Under the order's lock; the same word twice
    changes nothing.
    """
    refund = Refund.objects.select_related("payment__order").get(pk=refund.pk)
    was, is_now = refund.state, returned.state if returned else Refund.State.FAILED
    if is_now == was and refund.provider_id:
        return
    FAILED = Refund.State.FAILED
    if is_now == FAILED and was != FAILED:
        count(refund.payment, -refund.cents)
    elif was == FAILED and is_now != FAILED:
        _revive(refund, at=at)
    refund.state = is_now
    refund.provider_id = returned.id if returned else refund.provider_id
    refund.settled_at = refund.settled_at or (at if is_now != Refund.State.REQUESTED else None)
    refund.save(update_fields=["state", "provider_id", "settled_at", "unit"])
    if is_now != was:
        _note_turn(refund, was, at=at, actor=actor)


def _revive(refund: Refund, *, at: datetime) -> None:
    """A refund that we took for failed went through after all."""
    if refund.cents > refundable_cents(refund.payment):
        raise Busy  # another is on its way in its place; its answer comes first
    count(refund.payment, refund.cents)
    if refund.unit and refund.unit in units_back(refund.line):
        refund.unit = None
    _close_failed(refund, at=at)


def _note_turn(refund: Refund, was: str, *, at: datetime, actor: str) -> None:
    order, said = refund.payment.order, {"at": at, "actor": actor, "text": refund.reason}
    if refund.state == Refund.State.SUCCEEDED:
        note(order, Entry.REFUNDED, cents=-refund.cents, refund=refund, **said)
    elif refund.state == Refund.State.FAILED:
        # Stripe may say "succeeded" first and "failed" days later: then the money is here again.
        came_back = refund.cents if was == Refund.State.SUCCEEDED else 0
        note(order, Entry.REFUND_FAILED, cents=came_back, refund=refund, **said)
        ask(
            f"refund-failed:{refund.pk}",
            f"Order {order.number}: {money.dollars(refund.cents)} could not be given back. What "
            "it was for is cancelled all the same, and the buyer was told that the money is on "
            "its way: ask them for another way to pay them.",
            at=at,
            order=order,
        )
