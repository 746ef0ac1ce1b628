"""Money on its way back: never more than came, never a ticket with it."""

from datetime import timedelta

import pytest
from django.db.models import Sum

from orders import refunds
from orders.checkout import payment_url
from orders.models import Refund
from orders.refunds import NothingToRefund, TooMuch, give_back
from orders.settle import settle
from tests.factories import NOON, make_order, make_payment
from tests.orders.conftest import at_minute, buy

pytestmark = pytest.mark.django_db

CHAIRS = {"kind": "ticket", "label": "Chair", "unit_cents": 9500, "quantity": 2}
GIFT = {"kind": "gift", "label": "A gift", "unit_cents": 5000}


@pytest.fixture
def order():
    return make_order(state="paid", lines=[CHAIRS, GIFT])


def given(order):
    return [(r.line_id, r.cents, r.state) for r in Refund.objects.filter(payment__order=order)]


def test_a_line_goes_back_whole_with_what_it_gave(order, tess, chairs):
    line = order.lines.get(kind="ticket")

    give_back(order=order, line=line, reason="Ill", by=tess, at=at_minute(5))

    assert given(order) == [(line.pk, 19_000, "succeeded")]
    assert chairs.said == [("refunded", line.pk)]
    assert [(e.entry, e.cents, e.text) for e in order.ledger.all()] == [
        ("refund_requested", 0, "$190: Ill"),
        ("refunded", -19_000, "Ill"),
    ]


def test_the_whole_order_goes_back_less_what_went_before(order, tess, chairs):
    line = order.lines.get(kind="ticket")
    give_back(order=order, line=line, reason="Ill", by=tess, at=at_minute(5))

    give_back(order=order, reason="The event is off", by=tess, at=at_minute(6))

    assert given(order) == [(line.pk, 19_000, "succeeded"), (None, 5000, "succeeded")]
    assert order.ledger.aggregate(sum=Sum("cents"))["sum"] == -24_000


def test_a_part_of_a_line_leaves_it_valid(order, tess, chairs):
    line = order.lines.get(kind="ticket")

    give_back(order=order, line=line, cents=1000, reason="Cold supper", by=tess, at=at_minute(5))

    assert given(order) == [(line.pk, 1000, "succeeded")]
    assert chairs.said == []


def test_the_rest_of_a_line_ends_it(order, tess, chairs):
    line = order.lines.get(kind="ticket")
    give_back(order=order, line=line, cents=1000, reason="Cold supper", by=tess, at=at_minute(5))

    give_back(order=order, line=line, reason="Ill after all", by=tess, at=at_minute(6))

    assert [cents for _, cents, _ in given(order)] == [1000, 18_000]
    assert chairs.verbs() == ["refunded"]


@pytest.mark.parametrize("cents, most", [(19_001, "$190"), (24_001, "$190")])
def test_no_line_gives_back_more_than_it_cost(order, tess, cents, most):
    line = order.lines.get(kind="ticket")

    with pytest.raises(TooMuch, match=f"No more than \\{most} can"):
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
def test_two_colleagues_at_once_do_not_give_it_back_twice(order, tess, at_once):
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
    make_payment(order, method="cheque")

    give_back(order=order, reason="Changed her mind", by=tess, at=at_minute(5))

    assert given(order) == [(None, 5000, "succeeded")]


def test_a_complimentary_chair_can_be_given_back_too(tess, chairs):
    order = make_order(state="paid", lines=[CHAIRS | {"unit_cents": 0}])

    assert give_back(order=order, reason="Not coming", by=tess, at=at_minute(5)) == []

    assert chairs.verbs() == ["refunded"]
    assert [(e.entry, e.cents) for e in order.ledger.all()] == [("refunded", 0)]


@pytest.fixture
def at_stripe(stripe):
    """Paid at Stripe, with its charge there."""
    order = buy()
    payment_url(order, at=NOON)
    session_id = order.payments.get().session_id
    stripe.pay(session_id)
    return settle(session_id, at=at_minute(2))


def test_a_refund_the_till_refuses_is_a_task_and_is_not_shown_as_refunded(
    stripe, at_stripe, tess, chairs
):
    stripe.refund_in_dashboard(at_stripe.payments.get().intent_id, 5000)

    [refund] = give_back(order=at_stripe, reason="Ill", by=tess, at=at_minute(5))

    assert refund.state == "failed"
    assert at_stripe.ledger.filter(entry="refunded").count() == 0
    assert [task.key for task in at_stripe.tasks.all()] == [f"refund-failed:{refund.pk}"]


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
    next(iter(stripe.refunds.values()))["status"] = "failed"

    refunds.learn(refund.payment.intent_id, at=at_minute(900))

    refund.refresh_from_db()
    assert refund.state == "failed"
    assert at_stripe.ledger.aggregate(sum=Sum("cents"))["sum"] == 9500
    assert at_stripe.tasks.count() == 1


def test_a_mistake_in_the_sums_would_be_refused_where_the_row_is_written(order):
    payment = order.payments.get()

    with pytest.raises(TooMuch):
        refunds.owe(payment, 24_001, reason="A slip", at=at_minute(5), actor="a test")
