"""Outages of payments, and how staff, /readyz and buyers hear of them.

Down differs from slow (orders/payments/traffic.py). Either Stripe refuses us: the key was revoked
(401), may not do this (403), or what we send is rejected. Asking again changes nothing, so we say
so at once. Or Stripe has been silent for more than ten minutes. Each outage is one task, which the
first good answer closes; the ticker asks for one each minute while something is wrong.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from nsca.lib.timing import exactly
from orders.books.ledger import ask
from orders.models import Order, Task, Traffic
from orders.payments.gateway import (
    GatewayRefused,
    GatewayResting,
    GatewayUnavailable,
    NotYourTurn,
    PaymentsBusy,
    PaymentsDown,
)

log = logging.getLogger(__name__)

LONG = timedelta(minutes=10)  # of silence; after shorter ones buyers just try again
PROBED_EVERY = timedelta(minutes=1)
# What every buyer needs: without it nothing can be sold.
PAYING = ("open", "session", "sessions", "expire")
# Parameters that come from one order. A rejection of any other concerns all orders.
OF_ONE_ORDER = ("customer_email", "line_items", "metadata", "client_reference_id")
STORED_FAILURE = "stored_failure"  # our own code besides Stripe's (orders/payments/stripe.py)
_SILENT, _REFUSED, _REJECTED = "payments-silent:", "payments-refused:", "payments-rejected:"


@dataclass(frozen=True)
class Outage:
    """Since when payments are down, and why, for staff."""

    since: datetime
    words: str
    stops_paying: bool = True  # else buyers can pay, but something behind the scenes fails


def current(*, at: datetime) -> Outage | None:
    """The outage under way at an instant, if any."""
    row = Traffic.objects.filter(gateway="stripe").first()
    if row is None:
        return None
    refused = row.refused_since and _refused(row)
    if refused and refused.stops_paying:
        return refused
    if row.silent_since and at - row.silent_since > LONG:
        return Outage(row.silent_since, "Stripe does not answer")
    return refused


def _refused(row: Traffic) -> Outage:
    is_down = row.refused_what in ("", *PAYING)
    away = "refuses this site" if is_down else f"refuses requests for {row.refused_what}"
    words = f"Stripe {away} ({row.refused_because})"
    return Outage(row.refused_since, words, stops_paying=is_down)


def silence(*, at: datetime) -> None:
    """The gateway was silent or faulty; staff get a task after ten minutes."""
    Traffic.objects.get_or_create(gateway="stripe")
    Traffic.objects.filter(gateway="stripe", silent_since=None).update(silent_since=at)
    since = Traffic.objects.get(gateway="stripe").silent_since
    if at - since > LONG:
        _tell(
            f"{_SILENT}{since:%Y%m%dT%H%M%S}",
            f"Card payments are down: Stripe has not answered since {exactly(since)}. Buyers see "
            "this and are asked to call. Check status.stripe.com. If Stripe is up, call your "
            "technical contact. This task closes when Stripe answers.",
            at=at,
        )


def refusal(what: str, because: str, *, at: datetime) -> None:
    """The gateway refuses us: `because` in its words ("401 api_key_expired"), `what` we wanted."""
    forbidden = "" if because.startswith("401") else what  # a useless key, or
    is_down = forbidden in ("", *PAYING)  # one without this right
    Traffic.objects.get_or_create(gateway="stripe")
    found = {"refused_what": forbidden, "refused_because": because[:60]}
    rows = Traffic.objects.filter(gateway="stripe")
    rows.filter(refused_since=None).update(refused_since=at, **found)
    if is_down:  # it outweighs what was refused before
        rows.exclude(refused_what__in=("", *PAYING)).update(**found)
    since = rows.get().refused_since
    if is_down:
        text = (
            f"Card payments are down: Stripe refuses this site ({because}). The secret key was "
            "revoked, has expired, or may not take payments. Look under Developers, API keys in "
            "Stripe's dashboard, and have STRIPE_SECRET_KEY updated on the server."
        )
    else:
        text = (
            f"Stripe refuses this site's requests for {what} ({because}): the secret key lacks "
            "that permission. Buyers can pay, but the site can't follow up. Give the key that "
            "permission in Stripe's dashboard, under Developers, API keys."
        )
    text += " This task closes when Stripe answers."
    _tell(f"{_REFUSED}{since:%Y%m%dT%H%M%S}:{'' if is_down else what}", text, at=at)


def rejection(order: Order, refused: GatewayRefused, *, at: datetime) -> None:
    """Stripe finally refused a payment page for an order: part of what we send is rejected.

    The task is for this order if that part is; otherwise there is one task for all.
    """
    part, why = refused.param or "what we sent", refused.code or "no reason given"
    is_alone = part.startswith(OF_ONE_ORDER)
    text = (
        f"Stripe opens no payment page: it rejects {part} ({why}), first for order "
        f"{order.number}. The buyer was asked to call. Tell your technical contact "
        "(SITE_URL must be an address Stripe can send buyers back to)."
    )
    key = f"{_REJECTED}{order.number}" if is_alone else f"{_REJECTED}{part}:{at:%Y%m%d}"
    _tell(key, text + " This task closes when a page opens.", at=at, order=order)


def opened(order: Order, *, at: datetime) -> None:
    """A payment page opened: close the tasks of earlier rejections."""
    rejected = Task.objects.filter(key__startswith=_REJECTED, done_at=None)
    if rejected.exists():
        of_others = rejected.exclude(key=f"{_REJECTED}{order.number}")
        alone = [
            task.pk for task in of_others if task.order and task.key.endswith(task.order.number)
        ]
        rejected.exclude(pk__in=alone).update(done_at=at)


def answered(what: str, *, at: datetime) -> None:
    """The gateway answers: end the outage and close its tasks, but keep other refusals."""
    Traffic.objects.filter(gateway="stripe", silent_since__isnull=False).update(silent_since=None)
    Task.objects.filter(key__startswith=_SILENT, done_at=None).update(done_at=at)
    over = Traffic.objects.filter(
        gateway="stripe", refused_since__isnull=False, refused_what__in=("", what)
    )
    if over.update(refused_since=None, refused_what="", refused_because=""):
        Task.objects.filter(key__startswith=_REFUSED, done_at=None).update(done_at=at)


def wants_a_look(*, at: datetime) -> bool:
    """Whether something is wrong and nobody has asked for a minute; one ticker of many asks."""
    row = Traffic.objects.filter(gateway="stripe").first()
    if row is None or not (row.failures or row.silent_since or row.refused_since):
        return False
    is_due = row.probed_at is None or row.probed_at <= at - PROBED_EVERY
    same = Traffic.objects.filter(pk=row.pk, probed_at=row.probed_at)
    return is_due and same.update(probed_at=at) == 1


def for_buyer(error: GatewayUnavailable, order: Order, *, at: datetime) -> GatewayUnavailable:
    """The error the buyer should read: what happened, and what to do."""
    until = order.held_until
    if isinstance(error, PaymentsBusy):
        return PaymentsBusy(error.retry_after, held_until=until)
    if isinstance(error, NotYourTurn) or is_passing(error):
        return error
    down = current(at=at)
    if isinstance(error, PaymentsDown | GatewayRefused) or (down and down.stops_paying):
        return PaymentsDown(held_until=until)
    if isinstance(error, GatewayResting):
        return GatewayResting(error.until, at=at, held_until=until)
    return error


def is_passing(error: GatewayUnavailable) -> bool:
    """Whether Stripe stored the failure under one key, so that the next attempt can succeed."""
    return isinstance(error, GatewayRefused) and error.code == STORED_FAILURE


def _tell(key: str, text: str, *, at: datetime, order: Order | None = None) -> None:
    if ask(key, text, at=at, order=order):
        log.error("payments are down: %s", key.partition(":")[0])
