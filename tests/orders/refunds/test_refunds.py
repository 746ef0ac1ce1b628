"""Refunds: never more than was paid, never with a valid ticket."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.db.models import Sum
from post_office.models import Email

from orders.checkout.placing import payment_url
from orders.checkout.settling import settle
from orders.models import Payment, Refund
from orders.refunds import refunds
from orders.refunds.refund_amounts import Wanted, owe, refundable_cents
from orders.refunds.refunds import NothingToRefund, TooMuch, give_back, hand_over
from tests.factories import NOON, make_order, make_payment
from tests.markup import flat
from tests.orders.conftest import at_minute, buy
from tests.threads import at_once

pytestmark = pytest.mark.django_db

CHAIRS = {"kind": "ticket", "label": "Chair", "unit_cents": 9500, "quantity": 2}
GIFT = {"kind": "gift", "label": "A gift", "unit_cents": 5000}


@pytest.fixture
def order():
    return make_order(state="paid", lines=[CHAIRS, GIFT])


def given(order):
    return [(r.line_id, r.cents, r.state) for r in Refund.objects.filter(payment__order=order)]


def test_a_line_goes_back_whole_with_what_it_gave(order, tess, seats):
    line = order.lines.get(kind="ticket")

    give_back(order=order, line=line, reason="Ill", by=tess, at=at_minute(5))

    assert given(order) == [(line.pk, 19_000, "succeeded")]
    assert seats.said == [("refunded", line.pk)]
    assert [(e.entry, e.cents, e.text) for e in order.ledger.all()] == [
        ("refund_requested", 0, "$190: Ill"),
        ("refunded", -19_000, "Ill"),
    ]


def test_the_whole_order_goes_back_less_what_went_before(order, tess, seats):
    line = order.lines.get(kind="ticket")
    give_back(order=order, line=line, reason="Ill", by=tess, at=at_minute(5))

    give_back(order=order, reason="The event is off", by=tess, at=at_minute(6))

    assert given(order) == [(line.pk, 19_000, "succeeded"), (None, 5000, "succeeded")]
    assert order.ledger.aggregate(sum=Sum("cents"))["sum"] == -24_000


def test_a_part_of_a_line_leaves_it_valid(order, tess, seats):
    line = order.lines.get(kind="ticket")

    give_back(order=order, line=line, cents=1000, reason="Cold supper", by=tess, at=at_minute(5))

    assert given(order) == [(line.pk, 1000, "succeeded")]
    assert seats.said == []


def test_the_rest_of_a_line_ends_it(order, tess, seats):
    line = order.lines.get(kind="ticket")
    give_back(order=order, line=line, cents=1000, reason="Cold supper", by=tess, at=at_minute(5))

    give_back(order=order, line=line, reason="Ill after all", by=tess, at=at_minute(6))

    assert [cents for _, cents, _ in given(order)] == [1000, 18_000]
    assert seats.verbs() == ["refunded"]


@pytest.mark.parametrize("cents, most", [(19_001, "$190"), (24_001, "$190")])
def test_no_line_gives_back_more_than_it_cost(order, tess, cents, most):
    line = order.lines.get(kind="ticket")

    with pytest.raises(TooMuch, match=f"\\{most} at most"):
        give_back(order=order, line=line, cents=cents, reason="Ill", by=tess, at=at_minute(5))

    assert given(order) == []


def test_no_order_gives_back_more_than_was_paid(order, tess):
    give_back(order=order, cents=20_000, reason="A gesture", by=tess, at=at_minute(5))

    with pytest.raises(TooMuch):
        give_back(order=order, cents=4001, reason="Another", by=tess, at=at_minute(6))
    give_back(order=order, cents=4000, reason="The rest", by=tess, at=at_minute(7))
    with pytest.raises(NothingToRefund):
        give_back(order=order, reason="Once more", by=tess, at=at_minute(8))

    assert sum(cents for _, cents, _ in given(order)) == 24_000


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_at_once_do_not_give_it_back_twice(order, tess):
    answers = at_once(
        *[lambda: give_back(order=order, reason="Ill", by=tess, at=at_minute(5))] * 4
    )

    assert sum(isinstance(answer, NothingToRefund) for answer in answers) == 3
    assert sum(cents for _, cents, _ in given(order)) == 24_000


def test_a_refund_needs_a_reason(order, tess):
    with pytest.raises(ValueError, match="reason"):
        give_back(order=order, reason="  ", by=tess, at=at_minute(5))


def test_money_that_came_by_hand_goes_back_by_hand(tess):
    order = make_order(state="paid", lines=[GIFT], payments=False)
    make_payment(order, method="check")

    give_back(order=order, reason="Changed her mind", by=tess, at=at_minute(5))

    assert given(order) == [(None, 5000, "succeeded")]


def test_a_complimentary_seat_can_be_given_back_too(tess, seats):
    order = make_order(state="paid", lines=[CHAIRS | {"unit_cents": 0}])

    assert give_back(order=order, reason="Not coming", by=tess, at=at_minute(5)) == []

    assert seats.verbs() == ["refunded"]
    assert [(e.entry, e.cents) for e in order.ledger.all()] == [("refunded", 0)]


@pytest.fixture
def at_stripe(stripe):
    """Paid at Stripe, with its charge there."""
    order = buy()
    payment_url(order, at=NOON)
    session_id = order.payments.get().session_id
    stripe.pay(session_id)
    return settle(session_id, at=at_minute(2))


def test_a_refund_the_gateway_refuses_is_a_task_and_is_not_shown_as_refunded(
    stripe, at_stripe, tess, seats
):
    stripe.dispute(at_stripe.payments.get().intent_id)  # the bank has it: Stripe refuses

    [refund] = give_back(order=at_stripe, reason="Ill", by=tess, at=at_minute(5))

    assert refund.state == "failed"
    assert at_stripe.ledger.filter(entry="refunded").count() == 0
    assert [(task.key, task.done_at) for task in at_stripe.tasks.all()] == [
        (f"refund-failed:{refund.pk}", None)
    ]


@pytest.mark.parametrize("trouble", ["lost", "503", "hang"])
def test_a_refund_without_an_answer_is_sent_again_and_arrives_once(
    stripe, at_stripe, tess, trouble
):
    stripe.misbehave(trouble, trouble)
    [refund] = give_back(order=at_stripe, reason="Ill", by=tess, at=at_minute(5))
    waiting = refund.state

    refunds.send_due(at_minute(6))
    refunds.send_due(at_minute(7))

    refund.refresh_from_db()
    assert (waiting, refund.state) == ("requested", "succeeded")
    assert len(stripe.refunds) == 1


def test_a_refund_whose_key_stripe_has_forgotten_is_looked_for_first(stripe, at_stripe, tess):
    stripe.misbehave("lost", "lost")
    [refund] = give_back(order=at_stripe, cents=1000, reason="Cold", by=tess, at=at_minute(5))
    stripe.stored.clear()

    refunds.send_due(at_minute(5) + timedelta(days=2))

    refund.refresh_from_db()
    assert refund.state == "succeeded"
    assert len(stripe.refunds) == 1


def test_a_refund_that_fails_days_later_is_money_that_came_back(stripe, at_stripe, tess):
    [refund] = give_back(order=at_stripe, reason="Ill", by=tess, at=at_minute(5))
    stripe.turn_out(refund.provider_id, "failed")

    refunds.learn(refund.payment.intent_id, at=at_minute(900))

    refund.refresh_from_db()
    assert refund.state == "failed"
    assert at_stripe.ledger.aggregate(sum=Sum("cents"))["sum"] == 9500
    assert at_stripe.tasks.count() == 1


# --- The count on the payment's row ------------------------------------------------------------


def test_a_mistake_in_the_sums_would_be_refused_where_the_row_is_written(order):
    payment = order.payments.get()

    with pytest.raises(TooMuch):
        owe(payment, Wanted(24_001), reason="A slip", at=at_minute(5), actor="a test")


def test_the_payment_counts_what_goes_back_and_what_came_back(stripe, at_stripe, tess):
    [refund] = give_back(order=at_stripe, cents=4000, reason="Cold", by=tess, at=at_minute(5))
    counted = at_stripe.payments.get().returned_cents
    stripe.turn_out(refund.provider_id, "failed")

    refunds.learn(refund.payment.intent_id, at=at_minute(900))

    payment = at_stripe.payments.get()
    assert (counted, payment.returned_cents, refundable_cents(payment)) == (4000, 0, 9500)


def test_the_database_refuses_what_the_lock_would_have_refused(order):
    """Two colleagues, each looking at the payment as it was: without the order's lock both would
    find enough left. The count adds up all the same, and the constraint says no.
    """
    first, second = (Payment.objects.get(order=order) for _ in range(2))
    owe(first, Wanted(20_000), reason="One", at=at_minute(5), actor="a test")

    with pytest.raises(IntegrityError, match="never_more_goes_back_than_was_paid"):
        owe(second, Wanted(20_000), reason="Two", at=at_minute(5), actor="a test")


def test_a_refund_that_went_through_after_all_is_counted_again(stripe, at_stripe, tess):
    [refund] = give_back(order=at_stripe, cents=4000, reason="Cold", by=tess, at=at_minute(5))
    stripe.turn_out(refund.provider_id, "failed")
    refunds.learn(refund.payment.intent_id, at=at_minute(6))
    stripe.turn_out(refund.provider_id, "succeeded")

    refunds.learn(refund.payment.intent_id, at=at_minute(7))

    assert at_stripe.payments.get().returned_cents == 4000
    assert not at_stripe.tasks.filter(done_at=None).exists()
    assert at_stripe.ledger.aggregate(sum=Sum("cents"))["sum"] == 5500


# --- Units: one seat of several ----------------------------------------------------------------


@pytest.fixture
def line(order):
    return order.lines.get(kind="ticket")


def test_one_seat_of_two_goes_back_alone(order, line, tess, seats):
    give_back(order=order, line=line, units=[2], reason="Ill", by=tess, at=at_minute(5))

    refund = Refund.objects.get()
    assert (refund.line, refund.unit, refund.cents, refund.is_whole) == (line, 2, 9500, True)
    assert seats.said == [("refunded", line.pk, [2])]
    assert "no. 2 of 2 × Chair" in order.ledger.get(entry="refund_requested").text


def test_a_seat_goes_back_once(order, line, tess, seats):
    give_back(order=order, line=line, units=[2], reason="Ill", by=tess, at=at_minute(5))

    with pytest.raises(NothingToRefund):
        give_back(order=order, line=line, units=[2], reason="Ill", by=tess, at=at_minute(6))
    with pytest.raises(IntegrityError):
        Refund.objects.create(
            payment=order.payments.get(), line=line, unit=2, cents=1, reason="x", requested_at=NOON
        )


def test_both_seats_and_a_cold_supper_never_cost_more_than_both_seats(order, line, tess):
    give_back(order=order, line=line, cents=1000, reason="Cold", by=tess, at=at_minute(5))

    give_back(order=order, line=line, units=[1, 2], reason="Ill", by=tess, at=at_minute(6))

    assert [cents for _, cents, _ in given(order)] == [1000, 9500, 8500]


@pytest.mark.parametrize("units", [[], [0], [3], [1, 3]])
def test_a_line_has_only_the_seats_it_has(order, line, tess, units):
    with pytest.raises(ValueError, match="Units"):
        give_back(order=order, line=line, units=units, reason="Ill", by=tess, at=at_minute(5))


def test_a_seat_whose_refund_failed_may_be_tried_again(stripe, tess):
    order = buy()
    payment_url(order, at=NOON)
    stripe.pay(order.payments.get().session_id)
    order = settle(order.payments.get().session_id, at=at_minute(2))
    line = order.lines.get()
    [first] = give_back(order=order, line=line, units=[1], reason="Ill", by=tess, at=at_minute(5))
    stripe.turn_out(first.provider_id, "failed")
    refunds.learn(first.payment.intent_id, at=at_minute(6))

    give_back(order=order, line=line, units=[1], reason="Again", by=tess, at=at_minute(7))

    assert [r.state for r in Refund.objects.order_by("pk")] == ["failed", "succeeded"]


# --- A dashboard's refund ----------------------------------------------------------------------


def test_a_duplicate_given_back_in_the_dashboard_leaves_the_seat_that_the_first_pays(
    stripe, at_stripe, seats
):
    """What the buyer suffered: paid twice, one payment returned by the treasurer, both lost."""
    first = at_stripe.payments.get()
    make_payment(at_stripe, method="stripe", intent_id="pi_twice", session_id="cs_twice")
    stripe.refund_in_dashboard(first.intent_id, 9500)

    refunds.learn(first.intent_id, at=at_minute(9))

    assert "refunded" not in seats.verbs()
    assert not at_stripe.tasks.exists()


# --- By hand -----------------------------------------------------------------------------------


def test_money_by_hand_that_no_colleague_gave_is_a_task_until_one_did(tess):
    order = make_order(state="paid", lines=[GIFT], payments=False)
    make_payment(order, method="cash")

    [refund] = give_back(order=order, reason="The event is off", at=at_minute(5))
    refunds.send_due(at_minute(6))
    refund.refresh_from_db()
    waiting = (refund.state, order.tasks.get().done_at)
    hand_over(refund, at=at_minute(9), by=tess)

    refund.refresh_from_db()
    assert waiting == ("requested", None)
    assert (refund.state, order.tasks.get().done_by) == ("succeeded", tess)
    assert order.ledger.last().cents == -5000


# --- The e-mail --------------------------------------------------------------------------------


def test_the_buyer_is_told_once_that_it_is_on_its_way(order, line, tess):
    give_back(order=order, line=line, units=[1], reason="She is ill", by=tess, at=at_minute(5))
    refunds.send_due(at_minute(6))

    email = Email.objects.get()
    assert email.subject == f"Your refund of $95 is on its way ({order.number})"
    for body in (email.message, flat(email.html_message)):
        assert "She is ill" in body
        assert "You keep everything else in this order." in body
        assert f"/orders/{order.token}/receipt/" in body


def test_a_gesture_says_that_what_was_bought_stays(order, tess):
    give_back(order=order, cents=500, reason="Cold supper", by=tess, at=at_minute(5))

    assert "You keep what you bought." in Email.objects.get().message


def test_the_whole_order_says_that_nothing_is_left(order, tess):
    give_back(order=order, reason="Rain", by=tess, at=at_minute(5))

    message = Email.objects.get().message
    assert f"We've canceled order {order.number}" in message
    assert "You keep" not in message


def test_a_failed_refund_is_a_task_that_knows_what_the_buyer_was_told(stripe, at_stripe, tess):
    [refund] = give_back(order=at_stripe, reason="Ill", by=tess, at=at_minute(5))
    stripe.turn_out(refund.provider_id, "failed")

    refunds.learn(refund.payment.intent_id, at=at_minute(900))

    assert "the buyer expects the money" in at_stripe.tasks.get().text
    assert Email.objects.filter(subject__contains="on its way").count() == 1
