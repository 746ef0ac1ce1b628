"""Agreements to be charged again that were made after the backup: adopted from Stripe."""

from datetime import timedelta

import pytest

from orders.checkout import confirmations
from orders.models import RecurringPayment, Task
from orders.reconciling.reconciling import reconcile
from orders.recurring import agreements
from orders.recurring import due as recurring_round
from tests.orders.reconciling.test_recovering import forget
from tests.orders.recurring_kit import (
    WORDS,
    agree,
    ask,
    charges,
    clock,
    hear,
    live_through,
    pay,
    subjects,
)

pytestmark = pytest.mark.django_db


def forget_agreement(row):
    """As if the backup of before it had been restored: neither the order nor the agreement."""
    order = row.order
    row.delete()
    forget(order)
    return order


def again():
    return RecurringPayment.objects.select_related("order").get()


def open_tasks():
    return {task.key.split(":")[0] for task in Task.objects.filter(done_at=None)} - {"seats"}


def alive(stripe):
    return [each["id"] for each in stripe.subscriptions.values() if each["status"] != "canceled"]


def test_an_agreement_that_a_restore_forgot_comes_back_as_it_was_agreed_to(stripe):
    row = agree(stripe)
    [name] = alive(stripe)
    forget_agreement(row)

    reconcile(clock(stripe))

    found = again()
    assert (found.subscription_id, found.state, found.customer_id) == (
        name, "active", row.customer_id,
    )  # fmt: skip
    assert (found.kind, found.interval, found.cents, found.label) == (
        "gift", "month", 5000, "Gift to Toulon",
    )  # fmt: skip
    assert (found.consent_text, found.token) == (WORDS, row.token)
    assert found.next_charge_on == row.next_charge_on
    assert found.order.number == row.order.number
    assert open_tasks() == {"recovered"}
    assert alive(stripe) == [name]


def test_it_goes_on_charging_as_if_nothing_had_happened(stripe):
    row = agree(stripe)
    forget_agreement(row)
    reconcile(clock(stripe))

    live_through(stripe, 62)

    assert charges(again()) == [(5000, "paid", "paid")] * 2


def test_what_was_charged_since_the_backup_comes_back_too(stripe):
    row = agree(stripe)
    stripe.pass_days(31)
    stripe.events.clear()
    forget_agreement(row)

    reconcile(clock(stripe), look_back=timedelta(days=40))

    assert charges(again()) == [(5000, "paid", "paid")]
    assert open_tasks() == {"recovered"}


def test_a_second_look_adopts_it_once(stripe):
    row = agree(stripe)
    forget_agreement(row)

    for _ in range(2):
        reconcile(clock(stripe))
        recurring_round.tick(clock(stripe))

    assert RecurringPayment.objects.count() == 1
    assert len(stripe.subscriptions) == 1


def test_who_canceled_since_the_backup_is_not_charged_again(stripe):
    row = agree(stripe)
    agreements.cancel(row, by="the member", at=clock(stripe))
    recurring_round.tick(clock(stripe))
    assert alive(stripe) == []
    forget_agreement(row)

    reconcile(clock(stripe))
    live_through(stripe, 40)

    assert alive(stripe) == []
    assert len(stripe.subscriptions) == 1
    assert again().state == "ended"
    assert charges(again()) == []


def test_where_only_the_ticker_looks_nobody_who_canceled_is_charged_either(stripe):
    """The list of subscriptions was not answered; the round finds what was ended."""
    row = agree(stripe)
    agreements.cancel(row, by="the member", at=clock(stripe))
    recurring_round.tick(clock(stripe))
    RecurringPayment.objects.filter(pk=row.pk).update(
        state="asked", ended_at=None, subscription_id=None, stopped_at=None, began_at=None,
        checked_at=None,
    )  # fmt: skip

    recurring_round.tick(clock(stripe))

    assert len(stripe.subscriptions) == 1
    assert again().state == "ended"


def test_an_agreement_paid_for_and_not_begun_when_the_backup_was_restored_begins(stripe):
    order = pay(stripe, ask())
    confirmations.write_due(clock(stripe))
    RecurringPayment.objects.all().delete()
    forget(order)

    reconcile(clock(stripe))
    recurring_round.tick(clock(stripe))

    assert again().state == "active"
    assert len(alive(stripe)) == 1
    assert subjects("gift")


def test_an_agreement_whose_order_stripe_cannot_tell_stays_a_persons(stripe):
    row = agree(stripe)
    [session] = stripe.sessions.values()
    forget_agreement(row)
    session["metadata"] = {"order": row.order.number}

    reconcile(clock(stripe))

    assert not RecurringPayment.objects.exists()
    assert open_tasks() == {"unknown-payment", "unknown-subscription"}


def test_a_charge_of_another_amount_is_repaired_never_and_counted_never(stripe):
    row = agree(stripe)
    stripe.subscriptions[row.subscription_id]["items"]["data"][0]["price"]["unit_amount"] = 7500
    stripe.pass_days(31)

    found = [reconcile(clock(stripe)) for _ in range(3)]

    assert [each.repaired for each in found] == [0, 0, 0]
    assert [each.tasks for each in found] == [1, 0, 0]


def test_a_charge_that_the_reconciliation_brought_is_counted_once(stripe):
    agree(stripe)
    stripe.pass_days(31)

    assert [reconcile(clock(stripe)).repaired for _ in range(2)] == [1, 0]
    hear(stripe)
    assert charges(again()) == [(5000, "paid", "paid")]
