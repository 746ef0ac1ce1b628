"""What the ticker does for orders."""

import logging
from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings

from orders.checkout import confirmations, settling
from orders.payments import outage, traffic
from orders.payments.stripe import GatewayUnavailable, StripeGateway
from orders.reconciling import banking, pretended, webhooks
from orders.reconciling.reconciling import reconcile
from orders.recurring import due as recurring_round
from orders.refunds import refunds

log = logging.getLogger(__name__)

RECONCILED_EVERY = timedelta(hours=1)
AGAIN_AFTER = timedelta(minutes=10)  # if the gateway did not answer everything


def tick(at: datetime) -> int:
    """Do everything due, and return how much was done.

    Check on Stripe during an outage, apply acknowledged webhooks, expire holds, write the e-mails
    of paid orders, send refunds without an answer, do what is due for recurring payments, and
    compare with the gateway once an hour.
    """
    _probe(at)
    done = webhooks.apply_pending(at)  # before holds expire: somebody may have paid
    done += pretended.settle_due(at)
    done += settling.sweep(at) + confirmations.write_due(at)  # before other e-mails
    done += refunds.send_due(at) + recurring_round.tick(at)
    if traffic.claim_reconciliation(until=at + RECONCILED_EVERY, at=at):
        found = reconcile(at)
        done += found.repaired
        if found.unanswered or not _bring(at):
            traffic.reconcile_again(after=at + AGAIN_AFTER)
        if found.repaired or found.tasks:
            log.info("reconciled: %s repaired, %s tasks", found.repaired, found.tasks)
    return done


def _probe(at: datetime) -> None:
    """Notice that an outage is over, or goes on, even if nobody buys."""
    if settings.STRIPE_SECRET_KEY and outage.wants_a_look(at=at):
        with suppress(GatewayUnavailable):
            StripeGateway(at).probe()


def _bring(at: datetime) -> bool:
    """Import fees and payouts, after reconciling. False if the gateway was silent."""
    try:
        banking.bring(at)
    except GatewayUnavailable:
        return False
    return True
