"""Money that went back in Stripe's dashboard, of which we had not heard: nobody pays it twice, and
nobody is asked to.
"""

import pytest

from orders import tidy
from orders.checkout.placing import payment_url
from orders.checkout.settling import settle
from orders.models import LedgerEntry, Refund
from orders.refunds import refunds
from orders.refunds.refunds import MADE_AT_STRIPE, give_back
from tests.factories import NOON
from tests.orders.conftest import at_minute, buy, gift, seat

pytestmark = pytest.mark.django_db


def paid(stripe, *items):
    """Paid at Stripe, with its charge there."""
    order = buy(*items)
    payment_url(order, at=NOON)
    session_id = order.payments.get().session_id
    stripe.pay(session_id)
    return settle(session_id, at=at_minute(2))


@pytest.fixture
def order(stripe):
    return paid(stripe)  # a seat of $95


def intent(order):
    return order.payments.get().intent_id


def rows(order):
    """(cents, state, reason) of each refund, the oldest first."""
    found = Refund.objects.filter(payment__order=order).order_by("pk")
    return [(refund.cents, refund.state, refund.reason) for refund in found]


def open_tasks(order):
    return [task.key for task in order.tasks.filter(done_at=None)]


def books(order):
    """What the ledger has left of the order, in cents."""
    return sum(order.ledger.values_list("cents", flat=True))


def at_stripe(stripe):
    return sum(refund["amount"] for refund in stripe.refunds.values())


def test_staff_are_not_told_to_pay_another_way_what_went_back_already(stripe, order, tess, seats):
    stripe.refund_in_dashboard(intent(order), 9500)

    give_back(order=order, reason="Ill", by=tess, at=at_minute(5))

    assert rows(order) == [(9500, "failed", "Ill"), (9500, "succeeded", MADE_AT_STRIPE)]
    assert open_tasks(order) == []
    assert (books(order), at_stripe(stripe)) == (0, 9500)
    assert seats.verbs().count("refunded") == 1
    assert order.payments.get().returned_cents == 9500


@pytest.mark.parametrize("before, rest", [(1, 9499), (4000, 5500), (9499, 1)])
def test_the_rest_is_sent_to_the_card(stripe, order, tess, before, rest):
    stripe.refund_in_dashboard(intent(order), before)

    give_back(order=order, reason="Ill", by=tess, at=at_minute(5))

    assert rows(order) == [
        (9500, "failed", "Ill"),
        (before, "succeeded", MADE_AT_STRIPE),
        (rest, "succeeded", "Ill"),
    ]
    assert open_tasks(order) == []
    assert (books(order), at_stripe(stripe)) == (0, 9500)


def test_several_in_the_dashboard_are_taken_over_before_the_rest_is_counted(stripe, order, tess):
    stripe.refund_in_dashboard(intent(order), 3000)
    stripe.refund_in_dashboard(intent(order), 2500)

    give_back(order=order, reason="Ill", by=tess, at=at_minute(5))

    assert sorted(cents for cents, state, _ in rows(order) if state == "succeeded") == [
        2500, 3000, 4000,
    ]  # fmt: skip
    assert (books(order), at_stripe(stripe)) == (0, 9500)


def test_the_books_agree_where_one_of_two_seats_was_refused(stripe, tess, seats):
    order = paid(stripe, seat(3))
    [line] = order.lines.all()
    stripe.refund_in_dashboard(intent(order), 2 * 9500)

    give_back(order=order, line=line, units=[1, 2], reason="Ill", by=tess, at=at_minute(5))

    # The first of the two was given; for the second only one seat's worth was left.
    assert at_stripe(stripe) <= 3 * 9500
    assert books(order) == 3 * 9500 - at_stripe(stripe)
    assert open_tasks(order) == []


def test_more_in_the_dashboard_than_we_asked_ends_what_nothing_is_left_for(stripe, tess, seats):
    order = paid(stripe, seat(), gift(500))
    stripe.refund_in_dashboard(intent(order), 10_000)

    give_back(order=order, cents=2000, reason="Cold", by=tess, at=at_minute(5))

    assert rows(order) == [(2000, "failed", "Cold"), (10_000, "succeeded", MADE_AT_STRIPE)]
    assert open_tasks(order) == []
    assert "refunded" in seats.verbs()


def test_a_task_of_yesterday_closes_when_the_word_from_stripe_arrives(stripe, order, tess):
    """Staff did what the task asked for, in the dashboard."""
    dispute = stripe.dispute(intent(order))
    give_back(order=order, reason="Ill", by=tess, at=at_minute(5))
    assert open_tasks(order) == [f"refund-failed:{Refund.objects.get().pk}"]
    stripe.decide(dispute["id"], "won")
    stripe.refund_in_dashboard(intent(order), 9500)

    refunds.learn(intent(order), at=at_minute(60))

    assert open_tasks(order) == []
    assert rows(order)[-1] == (9500, "succeeded", MADE_AT_STRIPE)


def test_the_reconciliation_closes_it_too_and_sends_the_rest(stripe, order, tess, settings):
    dispute = stripe.dispute(intent(order))
    give_back(order=order, reason="Ill", by=tess, at=at_minute(5))
    stripe.decide(dispute["id"], "won")
    stripe.refund_in_dashboard(intent(order), 9000)

    tidy.tick(at_minute(90))

    assert at_stripe(stripe) == 9500
    assert f"refund-failed:{Refund.objects.order_by('pk')[0].pk}" not in open_tasks(order)


def test_while_stripe_does_not_say_why_it_refused_the_refund_waits(stripe, order, tess):
    stripe.refund_in_dashboard(intent(order), 4000)
    stripe.misbehave("", "503", "503")

    give_back(order=order, reason="Ill", by=tess, at=at_minute(5))
    assert rows(order) == [(9500, "requested", "Ill")]
    refunds.send_due(at_minute(6))

    assert [state for _cents, state, _reason in rows(order)] == [
        "failed",
        "succeeded",
        "succeeded",
    ]
    assert open_tasks(order) == []


def test_the_late_webhook_finds_nothing_to_do(stripe, order, tess):
    stripe.refund_in_dashboard(intent(order), 4000)
    give_back(order=order, reason="Ill", by=tess, at=at_minute(5))
    before = rows(order)

    for _ in range(2):
        refunds.learn(intent(order), at=at_minute(9))

    assert rows(order) == before
    assert order.ledger.filter(entry=LedgerEntry.Entry.REFUNDED).count() == 2


def test_what_the_dashboard_undid_is_not_counted(stripe, order, tess):
    undone = stripe.refund_in_dashboard(intent(order), 4000)
    stripe.turn_out(undone["id"], "failed")

    give_back(order=order, reason="Ill", by=tess, at=at_minute(5))

    assert rows(order) == [(9500, "succeeded", "Ill")]
