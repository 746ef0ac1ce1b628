"""Refunds: decided under the order's lock, sent outside it, recorded as they turn out.

A refund's row, with its idempotency key, is saved before the gateway is asked; the tick sends one
again with the same key if it was not sent or its fate is unknown. refund_amounts.py says how much
may be refunded.
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
from orders.payments.stripe import GatewayRefused, GatewayUnavailable, Returned, gateway_of
from orders.refunds import mail as refund_mail
from orders.refunds.mail import Cause
from orders.refunds.refund_amounts import (
    AT_A_GATEWAY,
    NothingToRefund,
    TooMuch,
    Wanted,
    amounts,
    amounts_of_units,
    count,
    decide,
    owe,
    refundable_cents,
    refundable_of,
    returned_whole,
    units_back,
)

__all__ = ["NothingToRefund", "TooMuch", "give_back", "hand_over", "learn", "send", "send_due"]

log = logging.getLogger(__name__)

Entry = LedgerEntry.Entry
# After this, look before repeating: Stripe forgets keys after a day, and repeats a stored failure
# until then.
LOOK_FIRST = timedelta(minutes=2)
MADE_AT_STRIPE = "Refunded in Stripe"


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
    """Refund `units` of a line (or of several: `picked`), one line or the order, or `cents` of it.

    What is refunded whole is canceled at once (kind.refunded); staff may choose that something
    else `becomes` of it (one of kinds.after_refund). The gateway is asked after the commit: call
    this outside any transaction. Cash and checks go back by hand: recorded as done if staff (`by`,
    a User) decided, else a task (`actor` is then the ledger's name for it). Raises
    NothingToRefund, TooMuch and Busy; ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("Give a reason for the refund.")
    with brief():
        order = Order.objects.select_for_update().get(pk=order.pk)
        if picked:
            wanted = amounts_of_units(order, picked)
        else:
            wanted = amounts(order, line=line, units=units, cents=cents)
        how = {"reason": reason, "by": by, "at": at, "cause": cause, "becomes": becomes}
        owed = decide(order, wanted, actor=str(by) if by else actor, **how)
        for line in returned_whole(order, wanted) if becomes else ():
            kind_of(line.kind).refund_answered(line, becomes, by=by, at=at)
    return send_all(owed, at=at)


def send_all(owed: Sequence[Refund], *, at: datetime) -> list[Refund]:
    """Send what was decided, and record what staff refunded by hand."""
    for refund in owed:
        if refund.payment.method in AT_A_GATEWAY:
            send(refund, at=at)
        elif refund.requested_by:
            hand_over(refund, at=at, by=refund.requested_by)
        refund.refresh_from_db()
    return list(owed)


def send(refund: Refund, *, at: datetime) -> bool:
    """Ask the gateway for the refund; if it is silent, the tick asks again with the same key.

    Cash and checks go through `hand_over` instead.
    """
    try:
        gateway = gateway_of(refund.payment, at=at)
        known = None
        if at - refund.requested_at > LOOK_FIRST:
            sent = gateway.refunds(refund.payment.intent_id)
            known = next((each for each in sent if each.key == refund.idempotency_key), None)
        answer = known or gateway.refund(refund)
    except GatewayRefused:
        return _refused(refund, at=at)
    except GatewayUnavailable:
        log.warning("refund %s waits for the gateway", refund.pk)
        return False
    _record(refund, answer, at=at)
    return True


def _refused(refund: Refund, *, at: datetime) -> bool:
    """Handle a final no: adopt refunds made in the gateway's dashboard, and send the rest."""
    try:
        reported = gateway_of(refund.payment, at=at).refunds(refund.payment.intent_id)
    except GatewayRefused:
        reported = []  # it knows nothing of this payment
    except GatewayUnavailable:
        log.warning("refund %s was refused, and waits for the reason", refund.pk)
        return False
    with brief():
        order = Order.objects.select_for_update().get(pk=refund.payment.order_id)
        _write(refund, None, at=at)
        payment = order.payments.select_for_update().get(pk=refund.payment_id)
        rest = _adopt(order, payment, reported, at=at)
    for each in rest:
        send(each, at=at)
    return True


def send_due(at: datetime, *, limit: int = 50) -> int:
    """Send refunds that have no answer yet. Returns how many were sent."""
    waiting = Refund.objects.filter(
        state=Refund.State.REQUESTED, provider_id=None, payment__method__in=AT_A_GATEWAY
    )
    done = 0
    for refund in waiting.select_related("payment__order")[:limit]:
        try:
            if not send(refund, at=at):
                break  # don't ask a silent gateway once for each
            done += 1
        except Busy:
            log.warning("refund %s waits for a lock", refund.pk)
    return done


def hand_over(refund: Refund, *, at: datetime, by) -> None:
    """Record that staff (`by`) refunded cash or a check by hand. A second call changes nothing."""
    if refund.payment.method in AT_A_GATEWAY:
        raise ValueError("Refund card payments through the gateway.")
    by_hand = Returned(f"by-hand-{refund.pk}", Refund.State.SUCCEEDED, refund.cents)
    _record(refund, by_hand, at=at, actor=str(by))
    refund.payment.order.tasks.filter(key=f"by-hand:{refund.pk}", done_at=None).update(
        done_at=at, done_by=by
    )


def learn(intent_id: str, *, at: datetime, event: StripeEvent | None = None) -> None:
    """Read every refund of a payment from Stripe, including those made in its dashboard.

    `event`, unsaved, is saved in the same transaction. Raises GatewayUnavailable, Busy,
    IntegrityError (see settle).
    """
    payment = Payment.objects.filter(intent_id=intent_id).first() if intent_id else None
    reported = gateway_of(payment, at=at).refunds(intent_id) if payment else []
    rest: list[Refund] = []
    with brief():
        if event:
            event.save(force_insert=True)
        if payment:
            order = Order.objects.select_for_update().get(pk=payment.order_id)
            payment = order.payments.select_for_update().get(pk=payment.pk)
            if payment.state == Payment.State.FAILED:
                _undo_mismatch(order, payment, reported, at=at)
                return
            rest = _adopt(order, payment, reported, at=at)
    for refund in rest:
        send(refund, at=at)


def _undo_mismatch(
    order: Order, payment: Payment, reported: list[Returned], *, at: datetime
) -> None:
    """Close the task of a mismatched payment that was refunded in Stripe's dashboard.

    It never was in the books, so nothing leaves them.
    """
    cents = sum(each.cents for each in reported if each.state == Refund.State.SUCCEEDED)
    task = order.tasks.filter(key=f"mismatch:{payment.pk}", done_at=None)
    if cents and task.update(done_at=at):
        text = f"{money.dollars(cents)} we did not ask for was refunded in Stripe"
        note(order, Entry.ALERT, at=at, actor="Stripe", text=text, payment=payment)


def _adopt(
    order: Order, payment: Payment, reported: Sequence[Returned], *, at: datetime
) -> list[Refund]:
    """Record every refund the gateway knows; unknown ones were made in its dashboard.

    Returns what to send now. Under the order's lock.
    """
    made = []
    for returned in reported:
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
        if refundable_cents(payment) == 0:  # nothing is left to pay back another way
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
    """Refunds of a payment that the gateway refused and whose task is still open."""
    failed = payment.refunds.filter(state=Refund.State.FAILED).order_by("pk")
    is_open = payment.order.tasks.filter(done_at=None)
    return [each for each in failed if is_open.filter(key=f"refund-failed:{each.pk}").exists()]


def _stand_in(failed: Refund, made: list[Returned], *, at: datetime) -> list[Refund]:
    """Let refunds made in the dashboard (taken from `made`) replace our failed one.

    Returns the rest of its sum, to be sent.
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
    """Record a refund made in Stripe's dashboard.

    What was bought is canceled only if nothing of any payment is left: of two payments, one may be
    refunded while the other still pays for everything.
    """
    if returned.cents > refundable_cents(payment):
        raise Busy  # one of ours is under way and will be refused; wait for that
    left = refundable_of(order) - returned.cents
    wanted = Wanted(returned.cents, is_whole=left == 0)
    refund = owe(payment, wanted, reason=MADE_AT_STRIPE, at=at, actor="Stripe")
    if wanted.is_whole:
        for line in order.lines.all():
            kind_of(line.kind).refunded(line, at=at)
    elif left < order.total_cents:
        ask(
            f"part-refund:{returned.id}",
            f"Order {order.number}: {money.dollars(returned.cents)} was refunded in Stripe's "
            "dashboard. What was sold is still valid. Cancel here what the refund was for.",
            at=at,
            order=order,
        )
    refund_mail.post(order, [refund], [wanted], reason="", cause=Cause.STAFF)
    return refund


def _record(
    refund: Refund, returned: Returned | None, *, at: datetime, actor: str = "the gateway"
) -> None:
    with brief():
        Order.objects.select_for_update().get(pk=refund.payment.order_id)
        _write(refund, returned, at=at, actor=actor)


def _write(
    refund: Refund, returned: Returned | None, *, at: datetime, actor: str = "the gateway"
) -> None:
    """Record the gateway's answer; None is a final no. Under the order's lock, and idempotent."""
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
    """Restore a refund we took for failed and that went through after all."""
    if refund.cents > refundable_cents(refund.payment):
        raise Busy  # another is under way in its place; wait for its answer
    count(refund.payment, refund.cents)
    if refund.unit and refund.unit in units_back(refund.line):
        refund.unit = None
    _close_failed(refund, at=at)


def _note_turn(refund: Refund, was: str, *, at: datetime, actor: str) -> None:
    order, said = refund.payment.order, {"at": at, "actor": actor, "text": refund.reason}
    if refund.state == Refund.State.SUCCEEDED:
        note(order, Entry.REFUNDED, cents=-refund.cents, refund=refund, **said)
    elif refund.state == Refund.State.FAILED:
        # Stripe may say "succeeded" and days later "failed": then the money is back here.
        came_back = refund.cents if was == Refund.State.SUCCEEDED else 0
        note(order, Entry.REFUND_FAILED, cents=came_back, refund=refund, **said)
        ask(
            f"refund-failed:{refund.pk}",
            f"Order {order.number}: the refund of {money.dollars(refund.cents)} failed. What it "
            "was for is canceled, and the buyer expects the money. Ask them for another way to "
            "pay them back.",
            at=at,
            order=order,
        )
