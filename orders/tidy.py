"""What the ticker does for orders. Time has decided already; this only tidies."""

import logging
from datetime import datetime, timedelta

from orders import banking, confirmations, refunds, settle, standing_round, traffic
from orders.reconcile import reconcile
from orders.till import TillUnavailable

log = logging.getLogger(__name__)

RECONCILED_EVERY = timedelta(hours=1)
AGAIN_AFTER = timedelta(minutes=10)  # where the till did not answer to everything


def tick(at: datetime) -> int:
    """Let ended holds lapse, write the letters of paid orders, send refunds that have no answer,
    do what is due for standing orders, and compare with the till once an hour. Returns how much
    was done.
    """
    done = settle.sweep(at) + confirmations.write_due(at)  # before what else there is to tell
    done += refunds.send_due(at) + standing_round.tick(at)
    if traffic.claim_reconciliation(until=at + RECONCILED_EVERY, at=at):
        found = reconcile(at)
        done += found.repaired
        if found.unanswered or not _bring(at):
            traffic.reconcile_again(after=at + AGAIN_AFTER)
        if found.repaired or found.tasks:
            log.info("reconciled: %s repaired, %s tasks", found.repaired, found.tasks)
    return done


def _bring(at: datetime) -> bool:
    """Take over fees and payouts, once it is known whose they are. False where the till was
    silent.
    """
    try:
        banking.bring(at)
    except TillUnavailable:
        return False
    return True
