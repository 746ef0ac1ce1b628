"""Settle pretend payments whose buyer did not return; they have no webhooks."""

import logging
from datetime import datetime

from orders.checkout import settling
from orders.lines.locks import Busy
from orders.models import Payment

log = logging.getLogger(__name__)


def settle_due(at: datetime, *, limit: int = 50) -> int:
    """Settle approved pretend payments whose return page found SQLite busy. Returns how many."""
    paid = Payment.objects.filter(method=Payment.Method.PRETEND, state=Payment.State.OPEN)
    done = 0
    for payment in paid.exclude(intent_id="").select_related("order")[:limit]:
        try:
            settling.settle(payment.session_id, at=at, actor="ticker", payment=payment)
            done += 1
        except Busy:
            log.warning("pretend: payment %s waits for a lock", payment.pk)
    return done
