"""The buyer's bank wants the money back: what was bought rests, and no cent goes back twice."""

import pytest
from django.db.models import Sum

from orders.checkout.placing import payment_url
from orders.checkout.settling import settle
from orders.checkout.situations import situation_of
from orders.lines.receipts import receipt_for
from orders.models import Dispute, Order
from orders.reconciling import disputes
from orders.refunds import refunds
from orders.refunds.refund_amounts import refundable_cents
from orders.refunds.refunds import NothingToRefund, TooMuch, give_back
from tests.factories import NOON, make_payment
from tests.orders.conftest import at_minute, buy, seat

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(stripe):
    """Two seats, $190, paid at Stripe."""
    order = buy(seat(2))
    payment_url(order, at=NOON)
    session_id = order.payments.get().session_id
    stripe.pay(session_id)
    settle(session_id, at=at_minute(2))
    return Order.objects.get(pk=order.pk)


def learn(dispute, minute=10):
    disputes.learn(dispute["id"], at=at_minute(minute))


def ledger_sum(order):
    return order.ledger.aggregate(sum=Sum("cents"))["sum"]


def test_a_chargeback_takes_the_money_and_lets_the_seats_rest(stripe, order, seats, tess):
    learn(stripe.dispute(order.payments.get().intent_id))

    dispute, payment = Dispute.objects.get(), order.payments.get()
    assert (dispute.status, dispute.cents, dispute.closed_at) == ("needs_response", 19_000, None)
    assert dispute.answer_by is not None
    assert (payment.returned_cents, ledger_sum(order)) == (19_000, 0)
    assert seats.verbs()[-2:] == ["paid", "suspended"]
    assert [task.key for task in order.tasks.all()] == [f"dispute:{dispute.provider_id}"]
    with pytest.raises(NothingToRefund):
        give_back(order=order, reason="Ill", by=tess, at=at_minute(11))


def test_one_row_a_dispute_however_often_it_is_told(stripe, order, seats):
    dispute = stripe.dispute(order.payments.get().intent_id)

    for minute in (10, 11, 12):
        learn(dispute, minute)

    assert Dispute.objects.count() == 1
    assert order.payments.get().returned_cents == 19_000
    assert seats.verbs().count("suspended") == 1


def test_a_chargeback_takes_what_a_refused_refund_had_kept(stripe, order, tess):
    """The refund was on its way when the bank took everything; Stripe refuses it afterwards."""
    stripe.misbehave(always="503")
    give_back(order=order, reason="Ill", by=tess, at=at_minute(5))
    stripe.misbehave()
    dispute = stripe.dispute(order.payments.get().intent_id)
    learn(dispute)
    kept = Dispute.objects.get().cents

    refunds.send_due(at_minute(70))
    learn(dispute, 80)
    learn(dispute, 90)

    payment = order.payments.get()
    assert kept == 0
    assert [refund.state for refund in payment.refunds.all()] == ["failed"]
    assert Dispute.objects.get().cents == payment.returned_cents == 19_000
    assert ledger_sum(order) == 0


def test_won_brings_back_money_and_seats_and_closes_the_task(stripe, order, seats):
    dispute = stripe.dispute(order.payments.get().intent_id)
    learn(dispute)

    stripe.decide(dispute["id"], "won")
    learn(dispute, 99)

    payment = order.payments.get()
    assert (refundable_cents(payment), ledger_sum(order)) == (19_000, 19_000)
    assert Dispute.objects.get().closed_at == at_minute(99)
    assert seats.verbs()[-2:] == ["suspended", "restored"]
    assert not order.tasks.filter(done_at=None).exists()


def test_lost_frees_the_seats_and_the_receipt_is_of_nothing(stripe, order, seats, house):
    house(ein="54-0000000")
    dispute = stripe.dispute(order.payments.get().intent_id)
    learn(dispute)

    stripe.decide(dispute["id"], "lost")
    learn(dispute, 99)

    receipt = receipt_for(order)
    assert (receipt.taken_cents, receipt.returned_cents, receipt.kept_cents) == (19_000, 0, 0)
    assert (receipt.value_cents, receipt.deductible_cents) == (0, 0)
    assert seats.verbs()[-2:] == ["suspended", "refunded"]
    assert ledger_sum(order) == 0
    [task] = order.tasks.filter(done_at=None)
    assert "you lost the dispute" in task.text
    assert "returned the payment" in situation_of(order, receipt, at=at_minute(99)).text


def test_a_lost_part_is_never_given_back_again(stripe, order, seats, tess):
    dispute = stripe.dispute(order.payments.get().intent_id, cents=9500)
    learn(dispute)
    stripe.decide(dispute["id"], "lost")
    learn(dispute, 99)

    with pytest.raises(TooMuch, match=r"\$95 at most"):
        give_back(order=order, cents=9501, reason="Ill", by=tess, at=at_minute(100))

    assert "refunded" not in seats.verbs()
    assert "agree with the buyer" in order.tasks.get(done_at=None).text


@pytest.mark.parametrize("status", ["warning_needs_response", "warning_under_review"])
def test_an_inquiry_takes_no_money_and_suspends_nobody(stripe, order, seats, status):
    learn(stripe.dispute(order.payments.get().intent_id, status=status))

    assert order.payments.get().returned_cents == 0
    assert seats.verbs() == ["held", "paid"]
    assert "No money was taken yet" in order.tasks.get().text


def test_an_inquiry_that_becomes_a_chargeback_takes_the_money(stripe, order, seats):
    intent = order.payments.get().intent_id
    dispute = stripe.dispute(intent, status="warning_needs_response")
    learn(dispute)

    stripe.decide(dispute["id"], "needs_response")
    learn(dispute, 11)

    assert Dispute.objects.count() == 1
    assert order.payments.get().returned_cents == 19_000
    assert seats.verbs()[-1] == "suspended"


def test_an_inquiry_that_comes_to_nothing_closes_its_task(stripe, order, seats):
    dispute = stripe.dispute(order.payments.get().intent_id, status="warning_needs_response")
    learn(dispute)

    stripe.decide(dispute["id"], "warning_closed")
    learn(dispute, 11)

    assert not order.tasks.filter(done_at=None).exists()
    assert seats.verbs() == ["held", "paid"]


def test_a_dispute_of_a_second_payment_leaves_what_the_first_one_paid(stripe, order, seats):
    make_payment(order, method="stripe", intent_id="pi_other", session_id="cs_other")

    learn(stripe.dispute(order.payments.first().intent_id))

    assert "suspended" not in seats.verbs()
    assert order.tasks.count() == 1


def test_two_disputes_of_one_order_rest_until_both_are_won(stripe, order, seats):
    intent = order.payments.get().intent_id
    first, second = stripe.dispute(intent, cents=9500), stripe.dispute(intent, cents=9500)
    for each in (first, second):
        learn(each)

    stripe.decide(first["id"], "won")
    learn(first, 20)
    resting = seats.verbs()[-1]
    stripe.decide(second["id"], "won")
    learn(second, 21)

    assert (resting, seats.verbs()[-1]) == ("suspended", "restored")


def test_the_order_page_says_that_the_bank_is_asking(stripe, order):
    learn(stripe.dispute(order.payments.get().intent_id))

    found = situation_of(order, receipt_for(order), at=at_minute(11))

    assert found.title == "Payment disputed"


def test_a_dispute_of_another_account_is_nobodys(stripe, order, seats):
    disputes.learn("du_elsewhere", at=at_minute(5))

    assert not Dispute.objects.exists()
