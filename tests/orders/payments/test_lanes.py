"""While Stripe is slow, at most half of a process's threads wait; the rest serve everybody."""

import threading
import time
from contextlib import ExitStack, contextmanager
from datetime import timedelta

import pytest
import time_machine

from nsca import settings as production
from orders.checkout import settling
from orders.checkout.placing import payment_url
from orders.models import Order, Traffic
from orders.payments import asking, lanes, traffic
from orders.payments.gateway import GatewayResting, PaymentsBusy
from orders.payments.stripe import StripeGateway, _sessions
from tests.factories import NOON
from tests.orders.conftest import at_minute, buy, page_of, seat

pytestmark = pytest.mark.django_db


@contextmanager
def somebody_waits_for_stripe():
    """Another thread of this process has a lane."""
    entered, leave = threading.Event(), threading.Event()

    def wait():
        with lanes.lane():
            entered.set()
            leave.wait(10)

    thread = threading.Thread(target=wait)
    thread.start()
    assert entered.wait(10)
    try:
        yield
    finally:
        leave.set()
        thread.join()


@pytest.fixture
def taken(settings):
    """A function: so many others wait for Stripe, of two who may."""
    settings.PAYMENT_THREADS = 2
    with ExitStack() as others:
        yield lambda count: [
            others.enter_context(somebody_waits_for_stripe()) for _ in range(count)
        ]


# --- Lanes -------------------------------------------------------------------------------------


def test_two_of_gunicorns_four_threads_may_wait():
    assert production.PAYMENT_THREADS == 2


@pytest.mark.parametrize("others, is_free", [(0, True), (1, True), (2, False)])
def test_half_of_the_threads_are_kept_for_everybody_else(taken, others, is_free):
    taken(others)
    began = time.monotonic()

    if is_free:
        with lanes.lane():
            pass
    else:
        with pytest.raises(PaymentsBusy), lanes.lane():
            pass

    assert time.monotonic() - began < 0.5  # nobody waits for a lane


def test_whoever_has_a_lane_may_ask_as_often_as_they_need(taken):
    taken(1)

    with lanes.lane(), lanes.lane(), pytest.raises(RuntimeError), lanes.lane():
        raise RuntimeError
    with lanes.lane():
        pass


def test_a_failure_gives_the_lane_back(taken):
    taken(1)
    for _ in range(3):
        with pytest.raises(RuntimeError), lanes.lane():
            raise RuntimeError


def test_those_who_are_turned_away_are_not_all_told_the_same_second(taken, monkeypatch):
    monkeypatch.setattr(lanes, "_visit", 7.0)
    monkeypatch.setattr(lanes, "_promised", 0.0)
    taken(2)

    told = [refused().retry_after for _ in range(14)]

    assert told[:3] == [8, 11, 14] or told[:3] == [7, 11, 14]
    assert told == sorted(told)
    assert max(told) <= lanes.LONGEST_PROMISE


def refused():
    with pytest.raises(PaymentsBusy) as error, lanes.lane():
        pass
    return error.value


# --- Buyers ------------------------------------------------------------------------------------


def test_a_buyer_without_a_lane_reads_when_it_is_their_turn_and_keeps_the_hold(
    stripe, taken, client
):
    order = buy(at=NOON)
    taken(2)

    with time_machine.travel(NOON, tick=False):
        response = client.post(f"/orders/{order.token}/pay/")

    page = response.content.decode()
    order.refresh_from_db()
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) >= 1
    assert "Our payment service is slow right now, and others are ahead of you." in page
    assert "What you chose is held until 12:35 p.m. EDT." in page
    assert f'action="/orders/{order.token}/pay/"' in page
    assert order.is_held(NOON)
    assert stripe.asked == []


def test_when_a_lane_is_free_again_the_buyer_goes_on_to_pay(stripe, taken):
    order = buy(at=NOON)
    with somebody_waits_for_stripe(), somebody_waits_for_stripe(), pytest.raises(PaymentsBusy):
        payment_url(order, at=NOON)

    assert payment_url(order, at=at_minute(1)) == page_of(stripe, order.payments.get())


def test_a_buyer_who_waited_long_in_line_gets_a_page_that_lives_long_enough(stripe, taken):
    order = buy(at=NOON, pays_now=True)
    with somebody_waits_for_stripe(), somebody_waits_for_stripe(), pytest.raises(PaymentsBusy):
        payment_url(order, at=NOON)
    stripe.now += 3 * 60

    url = payment_url(Order.objects.get(), at=at_minute(3))

    payment = order.payments.get()
    assert (url, payment.state) == (page_of(stripe, payment), "open")
    assert payment.expires_at == at_minute(3) + timedelta(minutes=31)
    assert len(stripe.opened()) == 1


def test_who_returns_from_stripe_without_a_lane_reads_that_we_wait_for_the_word(
    stripe, taken, client
):
    order = buy(at=NOON)
    payment_url(order, at=NOON)
    stripe.pay(order.payments.get().session_id)
    taken(2)

    with time_machine.travel(NOON, tick=False):
        response = client.get(f"/orders/{order.token}/return/")

    assert response.url == f"/orders/{order.token}/?waiting"


def test_what_costs_nothing_needs_no_lane(stripe, taken, seats):
    order = buy(seat(cents=0, value=0), at=NOON)
    taken(2)

    assert payment_url(order, at=NOON) == order.get_absolute_url()


def test_the_pretend_gateway_needs_no_lane(taken):
    taken(2)

    assert payment_url(buy(at=NOON), at=NOON).endswith("/pretend/")


# --- Slow answers ------------------------------------------------------------------------------


class Watch:
    """The stopwatch of a question: each look at it is `pace` seconds after the last."""

    def __init__(self):
        self.now, self.pace = 0.0, 0.1

    def monotonic(self):
        self.now += self.pace
        return self.now


@pytest.fixture
def watch(stripe, seats, monkeypatch):
    seats.capacity = 1000
    watch = Watch()
    monkeypatch.setattr(asking, "time", watch)
    return watch


@pytest.fixture
def slow(stripe, watch):
    """Stripe answers, and too late."""
    watch.pace = 7
    return stripe


def pay_one(number):
    return payment_url(buy(key=f"buyer number {number:04}", at=NOON), at=NOON)


@pytest.mark.parametrize("answers, rests", [(4, False), (5, True)])
def test_five_slow_answers_in_a_row_are_as_bad_as_five_failures(slow, answers, rests):
    urls = [pay_one(number) for number in range(answers)]

    assert all("/c/pay/" in url for url in urls)  # late, and used all the same
    if rests:
        with pytest.raises(GatewayResting):
            pay_one(99)
    else:
        assert pay_one(99)


def test_a_quick_answer_ends_the_row_of_slow_ones(slow, watch):
    for number in range(4):
        pay_one(number)
    watch.pace = 0.1
    pay_one(50)
    watch.pace = 7
    pay_one(51)

    assert Traffic.objects.get().failures == 1


@pytest.mark.parametrize("seconds, is_slow", [(3.9, False), (4, False), (4.1, True)])
def test_an_answer_is_slow_after_four_seconds(watch, seconds, is_slow):
    watch.pace = seconds

    pay_one(1)

    assert Traffic.objects.get().failures == int(is_slow)


def test_slow_is_not_silent(slow):
    pay_one(1)

    assert Traffic.objects.get().silent_since is None


def test_a_long_list_is_not_slow_because_it_has_many_pages(stripe, watch):
    """Each page is a question of its own."""
    for number in range(3):
        stripe.sessions[f"cs_{number}"] = {
            "id": f"cs_{number}", "created": stripe.now, "status": "expired", "livemode": False,
            "payment_status": "unpaid",
        }  # fmt: skip
    watch.pace = 2

    found = StripeGateway(NOON)._all("sessions", _sessions().list, {"limit": 1})

    assert len(found) == 3
    assert not Traffic.objects.filter(failures__gt=0).exists()


def test_settling_counts_its_slow_answers_too(slow):
    url = pay_one(1)
    slow.pay(url.rpartition("/")[2])
    before = Traffic.objects.get().failures

    settling.settle(url.rpartition("/")[2], at=NOON)

    assert Traffic.objects.get().failures == before + 1
    assert before + 1 < traffic.FAILURES
