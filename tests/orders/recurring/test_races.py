"""Many at once: one subscription, one order a charge, one e-mail."""

from datetime import timedelta

import pytest

from orders.checkout import confirmations
from orders.models import ChargeMail, Order, RecurringPayment
from orders.recurring import agreements
from orders.recurring import charges as recurring_charges
from orders.recurring import due as recurring_round
from orders.recurring.agreements import YEAR
from tests.factories import NOON
from tests.orders.recurring_kit import (
    agree,
    ask,
    charges,
    clock,
    fresh,
    gift_item,
    pay,
    subjects,
)
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_five_tickers_begin_one(stripe):
    order = pay(stripe, ask())

    at_once(*[lambda: recurring_round.tick(NOON)] * 5)
    recurring_round.tick(NOON + timedelta(hours=7))

    row = RecurringPayment.objects.get(order=order)
    alive = [each for each in stripe.subscriptions.values() if each["status"] != "canceled"]
    assert [each["id"] for each in alive] == [row.subscription_id]
    assert row.state == "active"
    assert len(subjects("repeat")) == 1


def test_five_webhooks_of_one_charge_are_one_order(stripe):
    row = agree(stripe)
    stripe.pass_days(31)
    [invoice] = [each for each in stripe.invoices.values() if each["amount_due"]]

    at_once(*[lambda: recurring_charges.learn_invoice(invoice["id"], at=clock(stripe))] * 5)

    assert charges(row) == [(5000, "paid", "paid")]
    assert Order.objects.filter(state="paid").count() == 2
    confirmations.write_due(clock(stripe))
    assert len(subjects("Your receipt")) == 2


def test_five_tickers_send_one_notice(stripe):
    row = agree(stripe, item=gift_item(4000), interval=YEAR)
    stripe.pass_days(366 - 40)

    at_once(*[lambda: recurring_round.tick(clock(stripe))] * 5)

    assert ChargeMail.objects.count() == 1
    assert len(subjects("We'll charge")) == 1
    assert fresh(row).state == "active"


def test_five_presses_cancel_once(stripe):
    row = agree(stripe)

    answers = at_once(*[lambda: agreements.cancel(row, by="the member", at=NOON)] * 5)

    assert sorted(answers) == [False] * 4 + [True]
    assert len(subjects("is canceled")) == 1
