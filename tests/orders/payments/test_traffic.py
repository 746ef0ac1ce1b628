"""Turns while many pay at once, and rest while Stripe does not answer."""

import ast
import time
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import transaction

from orders.checkout import settling
from orders.checkout.placing import payment_url
from orders.lines.locks import brief
from orders.models import Refund, Traffic
from orders.payments import traffic
from orders.payments.gateway import GatewayResting, GatewayUnavailable, NotYourTurn
from orders.reconciling import banking, disputes
from orders.reconciling.reconciling import reconcile
from orders.refunds import refunds
from tests.factories import NOON
from tests.orders.conftest import at_minute, buy, page_of
from tests.threads import at_once

pytestmark = pytest.mark.django_db
LATER = NOON + traffic.REST


def fail(times, *, at=NOON):
    for _ in range(times):
        traffic.failed(at=at)


@pytest.fixture
def silent(stripe, seats):
    """Stripe answers nobody, and five have found out."""
    seats.capacity = 1000
    stripe.misbehave(always="503")
    for number in range(traffic.FAILURES):
        with pytest.raises(GatewayUnavailable):
            payment_url(buy(key=f"buyer number {number:04}", at=NOON), at=NOON)
    return stripe


# --- Rest --------------------------------------------------------------------------------------


@pytest.mark.parametrize("failures, rests", [(4, False), (5, True), (6, True)])
def test_after_five_failures_in_a_row_nobody_asks(failures, rests):
    fail(failures)

    if rests:
        with pytest.raises(GatewayResting):
            traffic.check(at=NOON + timedelta(seconds=1))
    else:
        assert traffic.check(at=NOON + timedelta(seconds=1))


def test_an_answer_between_them_ends_the_row():
    fail(4)
    traffic.answered()
    fail(4)

    assert traffic.check(at=NOON)


@pytest.mark.parametrize("seconds, rests", [(59, True), (60, True), (61, False)])
def test_failures_count_within_a_minute(seconds, rests):
    fail(4)
    fail(1, at=NOON + timedelta(seconds=seconds))

    assert (Traffic.objects.get().rests_until is not None) is rests


@pytest.mark.parametrize(
    "after, rests",
    [(traffic.REST - timedelta(microseconds=1), True), (traffic.REST, False)],
)
def test_after_a_minute_one_is_let_through(after, rests):
    fail(5)

    if rests:
        with pytest.raises(GatewayResting):
            traffic.check(at=NOON + after)
    else:
        assert traffic.check(at=NOON + after)


def test_only_one_is_let_through_and_its_success_ends_the_rest_for_all():
    fail(5)
    assert traffic.check(at=LATER)
    with pytest.raises(GatewayResting):
        traffic.check(at=LATER)

    traffic.answered()

    assert not traffic.check(at=LATER)


def test_its_failure_begins_the_rest_anew():
    fail(5)
    traffic.check(at=LATER)
    fail(1, at=LATER)

    with pytest.raises(GatewayResting) as resting:
        traffic.check(at=LATER + traffic.ONE_ASKS)
    assert resting.value.until == LATER + traffic.REST


def test_one_who_never_came_back_is_followed_by_another():
    fail(5)
    traffic.check(at=LATER)  # and dies

    assert traffic.check(at=LATER + traffic.ONE_ASKS)


def test_while_it_rests_no_buyer_waits_and_the_hold_is_kept(silent):
    order = buy(key="somebody later on", at=NOON)
    silent.misbehave()

    with pytest.raises(GatewayResting, match="is held until 12:35 p.m. EDT") as resting:
        payment_url(order, at=NOON + timedelta(seconds=20))

    order.refresh_from_db()
    assert resting.value.retry_after == 40
    assert order.is_held(NOON)
    assert not order.payments.exists()  # no key is wasted, no turn is taken
    assert silent.asked == []


def test_the_page_says_so_and_when_to_come_again(silent, client):
    order = buy(key="somebody later on", at=NOON)

    with time_machine.travel(NOON + timedelta(seconds=20), tick=False):
        response = client.post(f"/orders/{order.token}/pay/")

    page = response.content.decode()
    assert (response.status_code, response.headers["Retry-After"]) == (503, "40")
    assert "Payments are paused for a moment" in page
    assert "is held until 12:35 p.m. EDT. Please try again in 40 seconds." in page
    assert f'action="/orders/{order.token}/pay/"' in page


def test_the_rest_ends_by_itself(silent):
    order = buy(key="somebody later on", at=NOON)
    silent.misbehave()

    url = payment_url(order, at=LATER)

    assert url == page_of(silent, order.payments.get())
    assert Traffic.objects.get().failures == 0


def test_a_webhook_is_asked_to_come_again_while_it_rests(silent):
    order = buy(key="somebody later on", at=NOON)
    silent.misbehave()
    payment_url(order, at=LATER)
    silent.pay(order.payments.get().session_id)
    fail(5, at=LATER)

    with pytest.raises(GatewayResting):
        settling.settle(order.payments.get().session_id, at=LATER)


@pytest.mark.parametrize(
    "ask",
    [
        lambda at: banking.bring(at),
        lambda at: disputes.learn("dp_1", at=at),
        lambda at: settling.settle("cs_test_nobody_knows", at=at),
    ],
    ids=["banking", "disputes", "settling"],
)
def test_nobody_asks_while_it_rests(silent, ask):
    silent.misbehave()

    with pytest.raises(GatewayResting):
        ask(NOON + timedelta(seconds=20))

    assert silent.asked == []


def test_reconciling_leaves_it_in_peace_and_says_that_it_had_no_answer(silent):
    silent.misbehave()

    found = reconcile(NOON + timedelta(seconds=20))

    assert (found.unanswered, silent.asked) == (1, [])


def test_a_refund_waits_while_it_rests(stripe, seats, tess):
    order = buy()
    payment_url(order, at=NOON)
    payment = order.payments.get()
    stripe.pay(payment.session_id)
    settling.settle(payment.session_id, at=NOON)
    fail(5)
    asked = len(stripe.asked)

    refunds.give_back(order=order, reason="Ill", by=tess, at=NOON + timedelta(seconds=20))

    assert Refund.objects.get().state == Refund.State.REQUESTED
    assert len(stripe.asked) == asked
    assert refunds.send_due(LATER) == 1


def test_whoever_asks_the_gateway_says_when():
    """So that the rest is honored everywhere; what it is (method, livemode), and what is known
    without it (foretell), costs no question.
    """
    without = []
    for path in sorted(Path(traffic.__file__).parents[1].rglob("*.py")):
        tree = ast.parse(path.read_text())
        named = {
            id(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr in ("method", "livemode", "foretell")
        }
        without += [
            f"{path}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and getattr(node.func, "id", "") in ("gateway", "gateway_of")
            and not any(keyword.arg == "at" for keyword in node.keywords)
            and id(node) not in named
        ]

    assert without == []


@pytest.mark.parametrize(
    "word, seconds", [("429:7", 7), ("429", 5), ("429:9999", 300), ("429:soon", 5)]
)
def test_too_many_requests_are_heeded(stripe, word, seconds):
    order = buy()
    stripe.misbehave(word)

    with pytest.raises(GatewayResting) as resting:
        payment_url(order, at=NOON)
    with pytest.raises(GatewayResting):
        payment_url(order, at=NOON + timedelta(seconds=seconds - 1))

    assert resting.value.retry_after == seconds
    assert payment_url(order, at=NOON + timedelta(seconds=seconds))
    assert len(stripe.opened()) == 1


def test_the_pretend_gateway_never_rests():
    fail(5)

    assert payment_url(buy(), at=NOON).endswith("/pretend/")


# --- Turns -------------------------------------------------------------------------------------


def turns(count, *, at=NOON):
    with transaction.atomic():
        return [traffic.take_turn(at=at) for _ in range(count)]


def test_turns_are_a_fifteenth_of_a_second_apart():
    given = turns(16)

    assert given[0] == NOON
    assert given[15] - given[0] >= timedelta(seconds=0.999)
    assert len(set(given)) == 16


def test_when_nobody_waits_the_next_turn_is_now():
    turns(3)

    assert turns(1, at=at_minute(1)) == [at_minute(1)]


def test_who_must_wait_longer_than_a_moment_is_told_and_keeps_the_turn(stripe):
    order = buy()
    turns(29)

    with pytest.raises(NotYourTurn, match="try again in 2 seconds") as told:
        payment_url(order, at=NOON)
    with pytest.raises(NotYourTurn, match="try again in a second"):
        payment_url(order, at=NOON + timedelta(seconds=1))
    turns(30)

    assert told.value.retry_after == 2
    assert payment_url(order, at=NOON + timedelta(seconds=2))
    assert len(stripe.opened()) == 1


def test_the_session_lives_from_its_turn_on(stripe):
    order = buy()
    turns(45)
    with pytest.raises(NotYourTurn):
        payment_url(order, at=NOON)

    payment = order.payments.get()
    assert payment.expires_at - payment.turn_at == timedelta(minutes=31)
    assert payment.expires_at < order.held_until


def test_a_turn_that_comes_in_a_moment_is_waited_for(stripe):
    order = buy()
    turns(3)

    assert payment_url(order, at=NOON) == page_of(stripe, order.payments.get())


def test_asking_again_after_silence_takes_a_turn_of_its_own(stripe):
    order = buy()
    stripe.misbehave("503", "503")
    with pytest.raises(GatewayUnavailable):
        payment_url(order, at=NOON)
    turns(30, at=at_minute(1))

    with pytest.raises(NotYourTurn):
        payment_url(order, at=at_minute(1))


def test_the_pretend_gateway_takes_everybody_at_once():
    turns(60)

    assert payment_url(buy(), at=NOON).endswith("/pretend/")


def test_a_turn_costs_one_query_more_than_the_row_it_reads(django_assert_num_queries):
    turns(1)

    with django_assert_num_queries(2):
        traffic.take_turn(at=NOON)


@pytest.mark.django_db(transaction=True)
def test_no_two_buyers_get_the_same_turn():
    turns(1)

    def take():
        with brief():
            return traffic.take_turn(at=NOON)

    given = at_once(*[take] * 8)

    assert len(set(given)) == 8, given


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_two_buyers_would(monkeypatch):
    turns(1)

    def unlocked():
        row = Traffic.objects.get()
        time.sleep(0.1)
        return row

    monkeypatch.setattr(traffic, "_locked", unlocked)

    given = at_once(*[lambda: traffic.take_turn(at=NOON)] * 8)

    assert len(set(given)) < 8
