"""Each charge is one paid order, whoever says so, however often and in whatever order."""

from datetime import date, timedelta

import pytest
from django.db.models import Sum

from orders.models import LedgerEntry, Order, RecurringCharge, Refund, Task
from orders.reconciling.reconciling import reconcile
from orders.recurring import agreements
from orders.recurring import charges as recurring_charges
from orders.recurring import due as recurring_round
from orders.refunds.refunds import give_back
from tests.orders.recurring_kit import (
    agree,
    charges,
    clock,
    fresh,
    hear,
    live_through,
    subjects,
    subscription,
)

pytestmark = pytest.mark.django_db


def test_a_renewal_is_an_ordinary_paid_order(stripe):
    row = agree(stripe)

    stripe.pass_days(31)
    hear(stripe)

    [charge] = row.charges.all()
    payment = charge.order.payments.get()
    [line] = charge.order.lines.all()
    assert charges(row) == [(5000, "paid", "paid")]
    assert (line.kind, line.label, line.heading) == ("gift", "Gift to Toulon", "Gifts")
    assert payment.session_id == charge.invoice_id
    assert payment.intent_id in stripe.intents
    assert list(charge.order.ledger.values_list("entry", "cents")) == [
        ("placed", 0),
        ("paid", 5000),
    ]
    assert len(subjects("Your receipt")) == 2  # the first payment's, and this one's
    assert fresh(row).next_charge_on == date(2027, 6, 1)


def test_the_first_invoice_of_nothing_is_no_order(stripe):
    row = agree(stripe)
    [nothing] = stripe.invoices.values()

    recurring_charges.learn_invoice(nothing["id"], at=clock(stripe))

    assert (nothing["amount_due"], nothing["status"]) == (0, "paid")
    assert charges(row) == []


def test_a_year_of_months_is_twelve_orders_and_no_more(stripe):
    row = agree(stripe)

    live_through(stripe, 366, step=6)

    assert charges(row) == [(5000, "paid", "paid")] * 12
    assert fresh(row).next_charge_on == date(2028, 5, 1)


@pytest.mark.parametrize("backwards", [False, True])
def test_doubled_and_reordered_events_have_one_effect(stripe, backwards):
    row = agree(stripe)

    stripe.pass_days(62)
    hear(stripe, times=3, backwards=backwards)

    assert charges(row) == [(5000, "paid", "paid")] * 2
    assert fresh(row).next_charge_on == date(2027, 7, 1)
    assert len(subjects("Your receipt")) == 3


def test_the_same_charge_told_by_two_events_is_one_order(stripe):
    row = agree(stripe)
    stripe.pass_days(31)
    hear(stripe)
    [charge] = row.charges.all()

    recurring_charges.learn_invoice(charge.invoice_id, at=clock(stripe))

    assert charges(row) == [(5000, "paid", "paid")]
    assert LedgerEntry.objects.filter(order=charge.order, entry="paid").count() == 1


def test_lost_webhooks_are_caught_up_by_the_reconciliation(stripe):
    row = agree(stripe)
    stripe.pass_days(31)

    found = reconcile(clock(stripe))
    again = reconcile(clock(stripe))

    assert charges(row) == [(5000, "paid", "paid")]
    assert (found.repaired, again.repaired) == (1, 0)


def test_killed_between_the_order_and_its_settlement_it_is_settled_later(stripe, monkeypatch):
    row = agree(stripe)
    stripe.pass_days(31)
    with monkeypatch.context() as patch:
        patch.setattr(recurring_charges.settling, "settle_session", killed)
        with pytest.raises(Killed):
            hear(stripe, forget=False)
    assert charges(row) == [(5000, "held", "open")]

    reconcile(clock(stripe))

    assert charges(row) == [(5000, "paid", "paid")]
    assert RecurringCharge.objects.count() == 1


def test_even_after_its_hold_ended_such_an_order_is_paid_and_not_lost(stripe, monkeypatch):
    row = agree(stripe)
    stripe.pass_days(31)
    with monkeypatch.context() as patch:
        patch.setattr(recurring_charges.settling, "settle_session", killed)
        with pytest.raises(Killed):
            hear(stripe, forget=False)

    stripe.pass_days(4)
    reconcile(clock(stripe))

    assert charges(row) == [(5000, "paid", "paid")]


class Killed(Exception):
    """The process ended here."""


def killed(*args, **kwargs):
    raise Killed


def test_a_charge_that_is_known_before_the_subscription_was_noted(stripe):
    row = agree(stripe)
    name = row.subscription_id
    type(row).objects.filter(pk=row.pk).update(subscription_id=None)

    stripe.pass_days(31)
    hear(stripe)

    assert charges(row) == [(5000, "paid", "paid")]
    assert fresh(row).subscription_id == name


def test_a_charge_of_another_amount_is_a_persons_business(stripe):
    row = agree(stripe)
    subscription(stripe, row)["items"]["data"][0]["price"]["unit_amount"] = 7500

    stripe.pass_days(31)
    hear(stripe)

    assert charges(row) == [(5000, "held", "failed")]
    assert Task.objects.filter(key__startswith="mismatch:", done_at=None).count() == 1


def test_a_charge_for_an_agreement_that_is_not_here_is_a_persons_business(stripe):
    row = agree(stripe)
    stripe.pass_days(31)
    row.delete()

    hear(stripe)
    reconcile(clock(stripe))

    keys = set(Task.objects.values_list("key", flat=True))
    assert any(key.startswith("unknown-charge:in_") for key in keys)
    assert any(key.startswith("unknown-subscription:sub_") for key in keys) is False  # it is old
    assert Order.objects.filter(state="paid").count() == 1


def test_a_subscription_of_somebody_elses_making_is_left_alone(stripe):
    row = agree(stripe)
    subscription(stripe, row)["metadata"] = {}
    row.delete()

    stripe.pass_days(31)
    hear(stripe)
    reconcile(clock(stripe))

    assert not Task.objects.exclude(key="seats").exists()
    assert Order.objects.filter(state="paid").count() == 1


# --- A card that fails -------------------------------------------------------------------------


def test_a_card_that_fails_is_told_once_and_the_next_try_settles_it(stripe):
    row = agree(stripe)
    stripe.fail_card(row.customer_id)
    live_through(stripe, 31)
    assert (fresh(row).state, charges(row)) == ("failing", [])

    stripe.refusing.clear()
    live_through(stripe, 3)

    assert charges(row) == [(5000, "paid", "paid")]
    assert (fresh(row).state, fresh(row).failing_since) == ("active", None)
    assert subjects("declined") == ["Your card was declined for your gift"]


def test_a_new_card_settles_it_at_once(stripe):
    row = agree(stripe)
    stripe.fail_card(row.customer_id)
    live_through(stripe, 32)

    stripe.new_card(row.customer_id)
    hear(stripe)

    assert charges(row) == [(5000, "paid", "paid")]
    assert fresh(row).state == "active"


def test_after_the_last_try_it_ends_with_an_email_and_is_never_charged_again(stripe):
    row = agree(stripe)
    stripe.fail_card(row.customer_id)

    live_through(stripe, 60, step=2)
    stripe.refusing.clear()
    live_through(stripe, 90, step=10)

    assert (fresh(row).state, fresh(row).ended_because) == ("ended", recurring_charges.LAST_TRY)
    assert charges(row) == []
    assert subjects("declined", "has ended") == [
        "Your card was declined for your gift",
        "Your recurring gift has ended",
    ]
    assert subscription(stripe, row)["status"] == "canceled"
    assert {each["status"] for each in stripe.invoices.values() if each["amount_due"]} == {"void"}


@pytest.mark.parametrize("backwards", [False, True])
def test_events_of_a_card_that_failed_and_recovered_in_any_order(stripe, backwards):
    row = agree(stripe)
    stripe.fail_card(row.customer_id)
    stripe.pass_days(31)
    stripe.refusing.clear()
    stripe.pass_days(4)

    hear(stripe, backwards=backwards, times=2)

    assert charges(row) == [(5000, "paid", "paid")]
    assert fresh(row).state == "active"
    assert subjects("refused") == []  # by the time we hear of it, it is well


def test_a_failing_card_whose_webhooks_are_lost_is_followed_by_the_reconciliation(stripe):
    row = agree(stripe)
    stripe.fail_card(row.customer_id)
    stripe.pass_days(31)
    reconcile(clock(stripe))
    assert fresh(row).state == "failing"

    stripe.refusing.clear()
    stripe.pass_days(5)  # its invoice is older than the list by now
    reconcile(clock(stripe))

    assert charges(row) == [(5000, "paid", "paid")]
    assert fresh(row).state == "active"


# --- Money that goes back ----------------------------------------------------------------------


def test_a_renewal_is_given_back_as_any_payment_is(stripe):
    row = agree(stripe)
    stripe.pass_days(31)
    hear(stripe)
    order = row.charges.get().order

    give_back(order=order, reason="A agreement", at=clock(stripe))

    refund = Refund.objects.get()
    assert (refund.cents, refund.state) == (5000, "succeeded")
    assert order.ledger.aggregate(left=Sum("cents"))["left"] == 0


def test_a_dispute_of_a_renewal_ends_it(stripe):
    row = agree(stripe)
    stripe.pass_days(31)
    hear(stripe)
    intent = row.charges.get().order.payments.get().intent_id

    stripe.dispute(intent)
    hear(stripe)
    live_through(stripe, 60, step=10)

    assert fresh(row).state == "ended"
    assert len(charges(row)) == 1  # nobody is charged who complained of a charge
    assert row.charges.get().order.payments.get().disputes.count() == 1


def test_an_inquiry_ends_nothing(stripe):
    row = agree(stripe)
    stripe.pass_days(31)
    hear(stripe)

    stripe.dispute(
        row.charges.get().order.payments.get().intent_id, status="warning_needs_response"
    )
    hear(stripe)
    recurring_round.tick(clock(stripe))

    assert fresh(row).state == "active"


def test_money_charged_after_the_end_goes_back_by_itself(stripe):
    row = agree(stripe)
    agreements.cancel(row, by="the member", at=clock(stripe) + timedelta(days=1))
    stripe.pass_days(31)  # and no tick has told Stripe

    hear(stripe)

    [refund] = Refund.objects.all()
    assert (refund.cents, refund.reason) == (5000, recurring_charges.AFTER_THE_END)
    assert charges(row) == [(5000, "paid", "paid")]


def test_killed_before_it_went_back_the_tick_gives_it_back_and_once(stripe, monkeypatch):
    row = agree(stripe)
    agreements.cancel(row, by="the member", at=clock(stripe) + timedelta(days=1))
    stripe.pass_days(31)
    with monkeypatch.context() as patch:
        patch.setattr(recurring_charges, "give_back", killed)
        with pytest.raises(Killed):
            hear(stripe)
    assert not Refund.objects.exists()

    recurring_round.tick(clock(stripe))
    recurring_round.tick(clock(stripe))

    assert [refund.cents for refund in Refund.objects.all()] == [5000]


def test_money_charged_before_the_end_and_told_after_it_stays(stripe):
    row = agree(stripe)
    stripe.pass_days(31)

    agreements.cancel(row, by="the member", at=clock(stripe))
    hear(stripe)

    assert charges(row) == [(5000, "paid", "paid")]
    assert not Refund.objects.exists()
    assert fresh(row).state == "canceled"


def test_a_second_subscription_of_one_agreement_is_undone_and_its_charge_goes_back(stripe):
    row = agree(stripe)
    agreement = {
        "customer": row.customer_id, "trial_end": stripe.now + 86400, "description": "",
        "metadata": {"order": row.order.number},
        "price": {"product": "nsca-gift", "unit_amount": 5000, "interval": "month"},
    }  # fmt: skip
    stray = stripe.subscribe(agreement)
    stripe.pass_days(2)

    hear(stripe)

    assert stray["status"] == "canceled"
    assert [refund.cents for refund in Refund.objects.all()] == [5000]
    assert fresh(row).state == "active"


def test_a_second_subscription_is_undone_by_the_reconciliation_before_it_charges(stripe):
    row = agree(stripe)
    agreement = {
        "customer": row.customer_id, "trial_end": stripe.now + 9 * 86400, "description": "",
        "metadata": {"order": row.order.number},
        "price": {"product": "nsca-gift", "unit_amount": 5000, "interval": "month"},
    }  # fmt: skip
    stray = stripe.subscribe(agreement)

    reconcile(clock(stripe))

    assert stray["status"] == "canceled"
    assert subscription(stripe, row)["status"] == "trialing"
