"""Our open payments against the till's word: a lost webhook, a restored backup and a kill -9 are
the same, small problem.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from orders import refunds, settle
from orders.locks import Busy
from orders.models import Order, Payment, Refund, Task
from orders.till import TillRefused, TillUnavailable

log = logging.getLogger(__name__)

LOOK_BACK = timedelta(hours=72)  # Stripe itself repeats a webhook for three days


@dataclass(frozen=True)
class Findings:
    """How many payments were read back, how many orders that brought further, what the till did
    not answer.
    """

    read: int
    repaired: int
    unanswered: int
    tasks: int


def reconcile(at: datetime, *, look_back: timedelta = LOOK_BACK) -> Findings:
    """Read back every payment of the last 72 hours that is not paid here, and let its order
    follow.
    """
    tasks_before = Task.objects.count()
    doubtful = (
        Payment.objects.filter(
            opened_at__gte=at - look_back, opened_at__lte=at, session_id__isnull=False
        )
        .exclude(state=Payment.State.PAID)
        .select_related("order")
        .order_by("pk")
    )
    read = repaired = unanswered = 0
    for payment in doubtful:
        try:
            order = settle.settle(payment.session_id, at=at, actor="reconciliation")
        except TillRefused:
            log.warning("reconcile: the till does not know payment %s", payment.pk)
            continue
        except (TillUnavailable, Busy) as error:
            unanswered += 1
            log.warning("reconcile: payment %s: %s", payment.pk, type(error).__name__)
            continue
        read += 1
        was = payment.order.state
        repaired += order is not None and order.state == Order.State.PAID and was != order.state
    repaired += settle.sweep(at)
    refunds.send_due(at)
    unanswered += _follow_pending_refunds(at)
    return Findings(read, repaired, unanswered, Task.objects.count() - tasks_before)


def _follow_pending_refunds(at: datetime) -> int:
    """Ask after refunds that the till has but has not finished. Returns how many had no answer."""
    pending = Refund.objects.filter(state=Refund.State.REQUESTED, provider_id__isnull=False)
    unanswered = 0
    for intent_id in pending.values_list("payment__intent_id", flat=True).distinct():
        try:
            refunds.learn(intent_id, at=at)
        except (TillUnavailable, Busy):
            unanswered += 1
    return unanswered
