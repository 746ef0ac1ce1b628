"""A webhook is acknowledged though Stripe is slow or others ask, and has its effect once."""

import time
from datetime import timedelta

import pytest

from orders import tidy
from orders.checkout import settling
from orders.checkout.placing import payment_url
from orders.lines.locks import Busy
from orders.models import Order, PendingEvent, StripeEvent, Task
from orders.payments import stripe as gateway
from orders.reconciling import webhooks
from tests.factories import NOON
from tests.orders.conftest import buy
from tests.orders.payments.test_lanes import somebody_waits_for_stripe
from tests.orders.reconciling.test_webhook import completed, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(stripe):
    """Paid at Stripe; we do not know it yet. The webhook's own clock reads the present."""
    order = buy(at=NOON)
    Order.objects.filter(pk=order.pk).update(held_until=NOON.replace(year=2099))
    payment_url(order, at=NOON)
    stripe.pay(order.payments.get().session_id)
    return order


def state_of(order):
    return Order.objects.get(pk=order.pk).state


def test_a_webhook_waits_behind_no_buyer_and_the_ticker_lets_it_have_its_effect(
    stripe, order, settings, seats
):
    settings.PAYMENT_THREADS = 1
    asked = len(stripe.asked)
    with somebody_waits_for_stripe():
        began = time.monotonic()
        answer = send(*completed(stripe, order, event_id="evt_first"))
        took = time.monotonic() - began
    assert (answer.status_code, state_of(order)) == (200, "held")
    assert len(stripe.asked) == asked
    assert took < 2
    assert not StripeEvent.objects.exists()

    webhooks.apply_pending(NOON)

    assert state_of(order) == "paid"
    assert [event.event_id for event in StripeEvent.objects.all()] == ["evt_first"]
    assert not PendingEvent.objects.exists()


def test_a_webhook_is_acknowledged_before_a_slow_stripe_answers(stripe, order, monkeypatch):
    monkeypatch.setattr(gateway, "HURRY", (1, 0.2))
    monkeypatch.setattr(gateway, "TIMEOUTS", (1, 5))
    stripe.misbehave("slow:2")
    began = time.monotonic()

    answer = send(*completed(stripe, order))

    assert answer.status_code == 200
    assert time.monotonic() - began < 1.5
    assert PendingEvent.objects.count() == 1


@pytest.mark.parametrize("word", ["503", "401", "429"])
def test_while_stripe_cannot_be_asked_the_event_is_kept_once_and_not_lost(
    stripe, order, seats, word
):
    event = completed(stripe, order, event_id="evt_first")
    stripe.misbehave(always=word)
    answers = [send(*event).status_code for _ in range(2)]
    stripe.misbehave()

    done = webhooks.apply_pending(NOON + timedelta(hours=1))

    assert (answers, done, state_of(order)) == ([200, 200], 1, "paid")
    assert seats.verbs() == ["held", "paid"]
    assert StripeEvent.objects.count() == 1


def test_a_tick_applies_what_waits_before_it_lets_holds_end(stripe, order, settings):
    settings.PAYMENT_THREADS = 1
    with somebody_waits_for_stripe():
        send(*completed(stripe, order))
    Order.objects.filter(pk=order.pk).update(held_until=NOON + timedelta(minutes=35))

    tidy.tick(NOON + timedelta(minutes=34, seconds=59))

    assert state_of(order) == "paid"


def test_what_the_return_page_settled_meanwhile_is_not_settled_twice(stripe, order, seats):
    stripe.misbehave("503")
    send(*completed(stripe, order))
    settling.settle(order.payments.get().session_id, at=NOON, actor="buyer")

    webhooks.apply_pending(NOON)

    assert seats.verbs() == ["held", "paid"]
    assert not PendingEvent.objects.exists()


def test_a_silent_stripe_is_not_asked_once_for_each_event(stripe, order):
    stripe.misbehave(always="503")
    for number in range(3):
        send(*completed(stripe, order, event_id=f"evt_{number}"))
    stripe.misbehave(always="503")
    asked = []
    stripe.next_word, tell = lambda: asked.append(1) or tell(), stripe.next_word

    done = webhooks.apply_pending(NOON)

    assert done == 0
    assert len(asked) <= 2  # one question, and the library's one retry
    assert PendingEvent.objects.count() == 3


def test_where_not_even_that_can_be_written_stripe_is_asked_to_come_again(
    stripe, order, monkeypatch
):
    def busy():
        raise Busy

    monkeypatch.setattr(webhooks, "brief", busy)  # the database's lock is somebody else's
    stripe.misbehave("503")

    answer = send(*completed(stripe, order))

    assert answer.status_code == 503
    assert not PendingEvent.objects.exists()


@pytest.mark.parametrize(
    "since, is_given_up",
    [
        (timedelta(days=3) - timedelta(seconds=1), False),
        (timedelta(days=3), True),
        (timedelta(days=4), True),
    ],
)
def test_an_event_that_breaks_us_for_three_days_is_a_persons(
    stripe, order, seats, monkeypatch, since, is_given_up
):
    stripe.misbehave("503")
    send(*completed(stripe, order))
    received_at = PendingEvent.objects.get().received_at
    monkeypatch.setattr(seats, "paid", lambda line, *, at: 1 / 0, raising=False)

    webhooks.apply_pending(received_at + since)

    assert PendingEvent.objects.exists() is not is_given_up
    assert Task.objects.filter(key__startswith="event-given-up:").exists() is is_given_up


def test_an_event_that_breaks_us_keeps_no_other_waiting(stripe, order, seats, monkeypatch):
    stripe.misbehave(always="503")
    send(*completed(stripe, order, event_id="evt_1"))
    send(*stripe.event("charge.refunded", {"id": "ch_1", "payment_intent": "pi_of_nobody"}))
    stripe.misbehave()
    monkeypatch.setattr(seats, "paid", lambda line, *, at: 1 / 0, raising=False)

    webhooks.apply_pending(PendingEvent.objects.first().received_at)

    assert [row.event_id for row in PendingEvent.objects.all()] == ["evt_1"]
