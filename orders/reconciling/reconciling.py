"""Reconcile with the gateway after a lost webhook, a restored backup or a killed process.

Reads Stripe's lists of sessions, refunds, disputes and recurring charges, and changes only what
differs.
"""

import logging
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from orders.checkout import settling
from orders.lines.locks import Busy
from orders.models import Dispute, Order, Payment, Refund, Task
from orders.payments.gateway import Disputed, Returned, Session, SessionState
from orders.payments.stripe import GatewayRefused, GatewayUnavailable, gateway
from orders.reconciling import disputes, recovery
from orders.recurring import reconciling as recurring_reconcile
from orders.refunds import refunds

log = logging.getLogger(__name__)

LOOK_BACK = timedelta(hours=72)  # Stripe itself repeats a webhook for three days
REFUNDS_LOOK_BACK = timedelta(days=30)  # a refund may fail weeks after it was made


@dataclass
class Findings:
    """How many payments were read, orders repaired, requests unanswered, and new tasks."""

    read: int = 0
    repaired: int = 0
    unanswered: int = 0
    tasks: int = 0


def reconcile(at: datetime, *, look_back: timedelta = LOOK_BACK) -> Findings:
    """Compare the last 72 hours with the gateway; repair what differs, or create a task.

    Idempotent, and safe to run in parallel.
    """
    found = Findings()
    tasks_before = Task.objects.count()
    lists = _ask(found, "lists", lambda: _lists(at, look_back))
    if lists is not None:
        sessions, returned, disputed = lists
        _settle_ours(found, sessions, at=at, look_back=look_back)
        _bring_back(found, sessions, returned, at=at)
    found.repaired += settling.sweep(at)
    refunds.send_due(at)
    if lists is not None:
        _follow_refunds(found, returned, at=at)
        _follow_disputes(found, disputed, at=at)
        _follow_recurring(found, at=at, look_back=look_back)
    found.tasks = Task.objects.count() - tasks_before
    return found


def _lists(
    at: datetime, look_back: timedelta
) -> tuple[list[Session], list[Returned], list[Disputed]]:
    asked = gateway(at=at)
    return (
        asked.sessions(at - look_back),
        asked.refunds_since(at - REFUNDS_LOOK_BACK),
        asked.disputes_since(at - look_back),
    )


def _ask(found: Findings, what: str, act):
    """The answer, or None if there was none (counted)."""
    try:
        return act()
    except GatewayRefused:
        log.warning("reconcile: the gateway does not know these %s", what)
    except (GatewayUnavailable, Busy) as error:
        found.unanswered += 1
        log.warning("reconcile: %s: %s", what, type(error).__name__)
    return None


def _settle_ours(
    found: Findings, listed: list[Session], *, at: datetime, look_back: timedelta
) -> None:
    """Update every order whose payment is unpaid here."""
    by_id = {session.id: session for session in listed}
    doubtful = (
        Payment.objects.filter(
            opened_at__gte=at - look_back, opened_at__lte=at, session_id__isnull=False
        )
        .exclude(state=Payment.State.PAID)
        .select_related("order")
        .order_by("pk")
    )
    for payment in doubtful:
        session = by_id.get(payment.session_id)
        if session and _says_nothing_new(payment, session):
            found.read += 1
            continue
        was = payment.order.state
        order = _ask(found, "session", lambda p=payment, s=session: _settle(p, s, at))
        if order is not None:
            found.read += 1
            found.repaired += order.state == Order.State.PAID != was


def _settle(payment: Payment, session: Session | None, at: datetime) -> Order | None:
    if session is None:  # a pretend payment, or older than the list
        return settling.settle(payment.session_id, at=at, actor="reconciliation")
    return settling.settle_session(payment, session, at=at, actor="reconciliation")


def _says_nothing_new(payment: Payment, session: Session) -> bool:
    closed = (Payment.State.EXPIRED, Payment.State.FAILED)
    ended = session.state == SessionState.EXPIRED and payment.state in closed
    reported = payment.state == Payment.State.FAILED and payment.intent_id == session.intent_id
    return ended or session.state == SessionState.OPEN or (reported and bool(session.intent_id))


def _bring_back(
    found: Findings, listed: list[Session], returned: list[Returned], *, at: datetime
) -> None:
    """Adopt paid sessions without a payment here, whether or not their order is here."""
    back: dict[str, int] = defaultdict(int)
    for refund in returned:
        back[refund.intent_id] += refund.cents if refund.state != Refund.State.FAILED else 0
    paid = [session for session in listed if session.state == SessionState.PAID]
    known = set(
        Payment.objects.filter(session_id__in=[session.id for session in paid]).values_list(
            "session_id", flat=True
        )
    )
    for session in paid:
        if session.id in known:
            continue
        payment = settling.adopt(session, at=at)
        was = payment.order.state if payment else None
        if payment:
            order = _ask(found, "session", lambda p=payment, s=session: _settle(p, s, at))
        else:
            order = _ask(
                found,
                "session",
                lambda s=session: recovery.recover(s, returned_cents=back[s.intent_id], at=at),
            )
        found.read += 1
        found.repaired += order is not None and order.state == Order.State.PAID != was


def _follow_refunds(found: Findings, returned: list[Returned], *, at: datetime) -> None:
    """Update refunds that differ, are unknown here, or are not finished at Stripe."""
    ours = dict(
        Refund.objects.filter(provider_id__in=[each.id for each in returned]).values_list(
            "provider_id", "state"
        )
    )
    pending = Refund.objects.filter(state=Refund.State.REQUESTED, provider_id__isnull=False)
    differing = {
        each.intent_id
        for each in returned
        if ours.get(each.id) != each.state
        and not (each.id not in ours and each.state == Refund.State.FAILED)
    }
    for intent_id in differing | set(pending.values_list("payment__intent_id", flat=True)):
        _ask(found, "refunds", lambda one=intent_id: refunds.learn(one, at=at))


def _follow_disputes(found: Findings, disputed: list[Disputed], *, at: datetime) -> None:
    """Update disputes that differ, are unknown here, or are older than the list."""
    ours = dict(
        Dispute.objects.filter(provider_id__in=[each.id for each in disputed]).values_list(
            "provider_id", "status"
        )
    )
    for reported in disputed:
        if ours.get(reported.id) != reported.status:
            _ask(found, "dispute", lambda one=reported: disputes.follow(one, at=at))
    unfinished = Dispute.objects.filter(closed_at=None)
    unfinished = unfinished.exclude(provider_id__in=[each.id for each in disputed])
    for dispute_id in unfinished.values_list("provider_id", flat=True):
        _ask(found, "dispute", lambda one=dispute_id: disputes.learn(one, at=at))


def _follow_recurring(found: Findings, *, at: datetime, look_back: timedelta) -> None:
    """Update recurring payments; pretend payments have no lists."""
    if gateway().method != Payment.Method.STRIPE:
        return
    reported = _ask(found, "recurring lists", lambda: recurring_reconcile.lists(at, look_back))
    if reported is not None:
        found.repaired += recurring_reconcile.follow_lists(
            *reported, at=at, attempt=lambda what, act: _ask(found, what, act)
        )
