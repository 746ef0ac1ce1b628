"""Reconcile recurring payments with Stripe, as part of orders/reconciling/reconciling.py.

Every charge and subscription of the last 72 hours is read in two lists, and failing ones are asked
for one by one; only what differs is changed.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from orders.books.ledger import ask
from orders.models import Order, Payment, RecurringCharge, RecurringPayment
from orders.payments.billing_words import Invoiced, Subscribed
from orders.payments.stripe import GatewayRefused
from orders.recurring import agreements
from orders.recurring import due as recurring_round
from orders.recurring.billing import StripeBilling
from orders.recurring.charges import apply, follow, learn_subscription


def follow_lists(
    invoices: list[Invoiced],
    subscriptions: list[Subscribed],
    *,
    at: datetime,
    attempt: Callable[[str, Callable], object],
) -> int:
    """Apply charges not applied yet, and undo subscriptions that should not exist.

    Returns how many charges were repaired. `attempt` asks as orders/reconciling/reconciling.py
    does, and goes on if the gateway does not answer.
    """
    for reported in subscriptions:
        attempt("subscription", lambda one=reported: _adopt(one, at=at))
    repaired = sum(_became_paid(attempt, each, at=at) for each in _unknown(invoices))
    for reported in subscriptions:
        attempt("subscription", lambda one=reported: _follow(one, at=at))
    failing = RecurringPayment.objects.filter(
        state=RecurringPayment.State.FAILING, method=Payment.Method.STRIPE
    )
    for row in failing:
        for reported in attempt("charges", lambda one=row: _charges_of(one, at=at)) or []:
            repaired += _became_paid(attempt, reported, at=at)
        name = row.subscription_id
        attempt("subscription", lambda one=name: learn_subscription(one, at=at))
    return repaired


def lists(at: datetime, look_back: timedelta) -> tuple[list[Invoiced], list[Subscribed]]:
    """Both lists as Stripe has them. Raises GatewayUnavailable."""
    asked = StripeBilling(at)
    return asked.invoices_since(at - look_back), asked.subscriptions_since(at - look_back)


def _became_paid(attempt: Callable[[str, Callable], object], reported: Invoiced, *, at) -> bool:
    """Apply a charge not applied yet. One that was not agreed to stays a task."""
    order = attempt("charge", lambda: follow(reported, at=at, actor="reconciliation"))
    return order is not None and order.state == Order.State.PAID


def _adopt(reported: Subscribed, *, at: datetime) -> None:
    """Attach the subscription of a recovered agreement (orders/reconciling/recovery.py)."""
    number = reported.said.get("order")
    asked = RecurringPayment.objects.filter(
        order__number=number, state=RecurringPayment.State.ASKED, order__state=Order.State.PAID
    )
    row = asked.first() if number else None
    if row is None:
        return
    if reported.is_over:
        agreements.end(row, because="it was ended in Stripe", by="Stripe", at=at)
    elif agreements.begin(row, at=at):
        recurring_round.make(RecurringPayment.objects.get(pk=row.pk), at=at)


def _unknown(invoices: list[Invoiced]) -> list[Invoiced]:
    """Invoices paid or declined and not applied yet."""
    paid = set(
        RecurringCharge.objects.filter(
            invoice_id__in=[each.id for each in invoices], order__state=Order.State.PAID
        ).values_list("invoice_id", flat=True)
    )
    ours = [each for each in invoices if each.id not in paid and "order" in each.said]
    return [each for each in ours if each.is_paid or each.is_failing]


def _charges_of(row: RecurringPayment, *, at: datetime) -> list[Invoiced]:
    return _unknown(StripeBilling(at).invoices_of(row.subscription_id))


def _follow(reported: Subscribed, *, at: datetime) -> None:
    """One subscription of Stripe's list."""
    number = reported.said.get("order")
    if not number:
        return  # not made by this site
    row = RecurringPayment.objects.filter(order__number=number).first()
    if row is None:
        if not reported.is_over:
            text = (
                f"Stripe has a recurring payment that began with order {number} and is missing "
                f"here. Look up {reported.id} in Stripe, and cancel it there if nobody knows it."
            )
            ask(f"unknown-subscription:{reported.id}", text, at=at)
    elif row.subscription_id == reported.id:
        apply(row, reported, at=at)
    elif not reported.is_over and (row.subscription_id or not row.is_living):
        _stop(reported, at=at)  # a second one, or one that missed its end


def _stop(reported: Subscribed, *, at: datetime) -> None:
    try:
        StripeBilling(at).stop(reported.id)
    except GatewayRefused:
        return  # it is gone
