"""What the ticker does for orders. Time has decided already; this only tidies."""

import logging
from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings

from orders.checkout import confirmations
from orders.checkout import settling as settle
from orders.payments import outage, traffic
from orders.payments.stripe import StripeTill, TillUnavailable
from orders.reconciling import banking, pretended, webhooks
from orders.reconciling.reconciling import reconcile
from orders.recurring import due as standing_round
from orders.refunds import refunds

log = logging.getLogger(__name__)

RECONCILED_EVERY = timedelta(hours=1)
AGAIN_AFTER = timedelta(minutes=10)  # where the till did not answer to everything


def tick(at: datetime) -> int:
    """Ask how Stripe is where something is wrong, let webhooks that were only acknowledged have
    their effect and ended holds lapse, write the letters of paid orders, send refunds that have no
    answer, do what is due for standing orders, and compare with the till once an hour. Returns how
    much was done.
    """
    _probe(at)
    done = webhooks.apply_pending(at)  # before holds end: somebody may have paid
    done += pretended.settle_due(at)
    done += settle.sweep(at) + confirmations.write_due(at)  # before what else there is to tell
    done += refunds.send_due(at) + standing_round.tick(at)
    if traffic.claim_reconciliation(until=at + RECONCILED_EVERY, at=at):
        found = reconcile(at)
        done += found.repaired
        if found.unanswered or not _bring(at):
            traffic.reconcile_again(after=at + AGAIN_AFTER)
        if found.repaired or found.tasks:
            log.info("reconciled: %s repaired, %s tasks", found.repaired, found.tasks)
    return done


def _probe(at: datetime) -> None:
    """So that an outage is known to be over, or to last, though nobody buys."""
    if settings.STRIPE_SECRET_KEY and outage.wants_a_look(at=at):
        with suppress(TillUnavailable):
            StripeTill(at).probe()


def _bring(at: datetime) -> bool:
    """Take over fees and payouts, once it is known whose they are. False where the till was
    silent.
    """
    try:
        banking.bring(at)
    except TillUnavailable:
        return False
    return True
