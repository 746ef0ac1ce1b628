"""Payments are down: the buyer reads the truth, staff hear at once, and it is over when it is."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from nsca.ops import health
from orders import tidy
from orders.checkout import settling
from orders.checkout.placing import payment_url
from orders.models import Line, Order, Payment, Refund, Task, Traffic
from orders.payments import outage, traffic
from orders.payments.gateway import GatewayResting, GatewayUnavailable, PaymentsDown
from orders.payments.stripe import StripeGateway
from orders.refunds import refunds
from tests.factories import NOON
from tests.orders.conftest import at_minute, buy, seat

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def buyer(number, at=NOON):
    return buy(key=f"buyer number {number:04}", at=at)


def try_to_pay(number, *, at=NOON):
    with pytest.raises(GatewayUnavailable) as error:
        payment_url(buyer(number, at), at=at)
    return error.value


def open_tasks():
    return [
        task.key.partition(":")[0] for task in Task.objects.filter(done_at=None) if ":" in task.key
    ]


@pytest.fixture(autouse=True)
def room(seats):
    seats.capacity = 1000


@pytest.fixture
def lines_of_requests():
    """What Django's log says of requests: each line's level and status."""
    lines = []

    class Listening(logging.Handler):
        def emit(self, record):
            lines.append((record.levelname, record.status_code))

    log, handler = logging.getLogger("django.request"), Listening()
    log.addHandler(handler)
    yield lines
    log.removeHandler(handler)


# --- Turned away -------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["401", "403"])
def test_a_buyer_is_not_told_to_try_again_in_a_minute_when_the_key_was_revoked(
    stripe, client, lines_of_requests, word
):
    order = buyer(1)
    stripe.misbehave(always=word)

    with time_machine.travel(NOON, tick=False):
        response = client.post(f"/orders/{order.token}/pay/")

    page = response.content.decode()
    order.refresh_from_db()
    assert response.status_code == 503
    assert "Retry-After" not in response.headers
    assert "Card payments are down" in page
    assert "charged. What you chose is held until 12:35 p.m. EDT." in page
    assert "Please call 757 555 0199 or write to office@nsca.example" in page
    assert "try again in" not in page
    assert order.is_held(NOON)
    assert lines_of_requests == [("WARNING", 503)]


def test_what_the_house_does_not_know_it_does_not_say(stripe, house):
    house(phone="", email="")
    stripe.misbehave(always="401")

    said = str(try_to_pay(1))

    assert said.endswith("What you chose is held until 12:35 p.m. EDT.")


@pytest.mark.parametrize("word", ["401", "403"])
def test_staff_hear_of_a_revoked_key_at_once_and_once(stripe, word):
    stripe.misbehave(always=word)

    for number in range(3):
        try_to_pay(number)

    [task] = Task.objects.filter(key__startswith="payments-")
    assert task.created_at == NOON
    assert "Card payments are down: Stripe refuses this site" in task.text
    assert word in task.text
    assert outage.current(at=NOON).words.startswith("Stripe refuses this site")


def test_readyz_says_that_payments_are_down_and_stays_ready(stripe, client, monkeypatch):
    stripe.misbehave(always="401")
    monkeypatch.setattr(health, "kept_a_moment", lambda *args, **kwargs: None)
    with time_machine.travel(NOON, tick=False):
        before = client.get("/readyz").json()["payments"]
        try_to_pay(1)

        answer = client.get("/readyz")

    assert before == "ok"
    assert answer.status_code == 200
    assert answer.json()["payments"] == (
        "Stripe refuses this site (401 api_key_expired), since "
        "Thursday, April 1, 2027 at 12:00 p.m. EDT"
    )


def test_nobody_has_to_buy_for_the_task_to_close_when_payments_work_again(stripe):
    stripe.misbehave(always="401")
    try_to_pay(1)
    tidy.tick(at_minute(1))
    assert open_tasks() == ["payments-refused"]
    stripe.misbehave()

    tidy.tick(at_minute(2))

    assert open_tasks() == []
    assert Task.objects.get(key__startswith="payments-refused").done_at == at_minute(2)
    assert outage.current(at=at_minute(2)) is None


def test_the_next_outage_is_a_task_of_its_own(stripe):
    for minute in (0, 10):
        stripe.misbehave(always="401")
        try_to_pay(minute, at=at_minute(minute))
        stripe.misbehave()
        payment_url(buyer(minute + 1, at_minute(minute)), at=at_minute(minute))

    assert Task.objects.filter(key__startswith="payments-refused").count() == 2
    assert open_tasks() == []


def test_a_key_that_may_not_see_payouts_still_sells(stripe):
    stripe.misbehave("403")
    with pytest.raises(PaymentsDown):
        StripeGateway(NOON).payouts(NOON.date())

    url = payment_url(buyer(1), at=NOON)

    assert "/c/pay/" in url
    [task] = Task.objects.filter(key__startswith="payments-")
    assert task.done_at is None  # a buyer's answer says nothing of payouts
    assert "Stripe refuses this site's requests for payouts" in task.text
    assert "Buyers can pay" in task.text
    StripeGateway(NOON).payouts(NOON.date())
    assert open_tasks() == []


def test_a_moment_of_silence_is_no_outage_because_payouts_are_forbidden(stripe):
    stripe.misbehave("403")
    with pytest.raises(PaymentsDown):
        StripeGateway(NOON).payouts(NOON.date())
    stripe.misbehave(always="503")

    assert "try again in a minute" in str(try_to_pay(1))
    assert "refuses requests for payouts" in outage.current(at=NOON).words


def test_a_key_that_was_revoked_weighs_more_than_payouts_that_are_forbidden(stripe):
    stripe.misbehave("403")
    with pytest.raises(PaymentsDown):
        StripeGateway(NOON).payouts(NOON.date())
    stripe.misbehave("401")
    try_to_pay(1)
    assert outage.current(at=NOON).words == "Stripe refuses this site (401 api_key_expired)"

    payment_url(buyer(2), at=NOON)

    assert outage.current(at=NOON) is None
    assert open_tasks() == []


def test_a_key_that_may_look_and_not_sell_is_still_down_after_a_look(stripe):
    stripe.misbehave("403")
    try_to_pay(1)

    tidy.tick(at_minute(2))
    assert open_tasks() == ["payments-refused"]
    payment_url(buyer(2, at_minute(3)), at=at_minute(3))

    assert open_tasks() == []


def test_a_refund_waits_for_a_new_key_and_staff_are_not_told_to_pay_another_way(stripe, tess):
    order = buyer(1)
    payment_url(order, at=NOON)
    payment = order.payments.get()
    stripe.pay(payment.session_id)
    settling.settle(payment.session_id, at=NOON)
    stripe.misbehave(always="401")

    refunds.give_back(order=order, reason="Ill", by=tess, at=NOON)

    assert Refund.objects.get().state == Refund.State.REQUESTED
    assert open_tasks() == ["payments-refused"]
    stripe.misbehave()
    assert refunds.send_due(at_minute(1)) == 1
    assert Refund.objects.get().state == Refund.State.SUCCEEDED


def test_a_hold_is_not_swept_away_while_nobody_can_say_whether_it_was_paid(stripe):
    order = buyer(1)
    payment_url(order, at=NOON)
    stripe.misbehave(always="401")

    settling.sweep(at_minute(36))

    order.refresh_from_db()
    assert (order.state, order.payments.get().state) == ("held", Payment.State.OPEN)


# --- Rejected ----------------------------------------------------------------------------------


def test_an_address_of_ours_that_stripe_rejects_is_told_at_once_and_once(stripe, settings):
    settings.SITE_URL = "norfolksistercities.org"  # no scheme

    said = [try_to_pay(number) for number in range(3)]

    assert all(isinstance(error, PaymentsDown) for error in said)
    [task] = Task.objects.filter(key__startswith="payments-rejected")
    assert "it rejects success_url (url_invalid)" in task.text
    settings.SITE_URL = "http://testserver"
    payment_url(buyer(9), at=NOON)
    assert open_tasks() == []


def test_a_buyer_whose_address_stripe_does_not_take_types_it_there(stripe):
    order = buyer(1)
    Order.objects.filter(pk=order.pk).update(buyer_email="ada@localhost")

    url = payment_url(Order.objects.get(pk=order.pk), at=NOON)
    again = payment_url(Order.objects.get(pk=order.pk), at=NOON)

    [session] = stripe.sessions.values()
    assert url == again == session["url"]
    assert session["customer_email"] is None
    assert open_tasks() == []


def test_what_is_rejected_of_one_order_stays_a_task_when_another_is_paid(stripe):
    nameless = buy(replace(seat(), label=""), key="an order without a name", at=NOON)
    with pytest.raises(PaymentsDown):
        payment_url(nameless, at=NOON)

    payment_url(buyer(1), at=NOON)
    assert open_tasks() == ["payments-rejected"]
    Line.objects.filter(order=nameless).update(label="A chair")
    payment_url(Order.objects.get(pk=nameless.pk), at=at_minute(1))

    assert open_tasks() == []
    [task] = nameless.tasks.all()
    assert "it rejects line_items[0][price_data][product_data][name]" in task.text


# --- Silent ------------------------------------------------------------------------------------


@pytest.fixture
def silent(stripe):
    """Stripe fell silent at noon."""
    stripe.misbehave(always="503")
    try_to_pay(0)
    return stripe


@pytest.mark.parametrize(
    "after, is_down",
    [(outage.LONG - SECOND, False), (outage.LONG, False), (outage.LONG + SECOND, True)],
)
def test_ten_minutes_of_silence_are_told_to_staff_and_buyers(silent, after, is_down):
    at = NOON + after

    error = try_to_pay(1, at=at)

    assert isinstance(error, PaymentsDown) is is_down
    assert open_tasks() == (["payments-silent"] if is_down else [])
    assert (outage.current(at=at) is not None) is is_down


def test_silence_is_noticed_though_nobody_buys_and_its_end_too(silent):
    for minute in range(1, 12):
        tidy.tick(at_minute(minute))
    assert open_tasks() == ["payments-silent"]
    assert "Stripe has not answered since" in Task.objects.get(key__startswith="payments-").text
    silent.misbehave()

    for minute in (12, 13):
        tidy.tick(at_minute(minute))

    assert open_tasks() == []
    assert outage.current(at=at_minute(13)) is None


def test_a_buyer_during_the_rest_reads_that_it_is_down_once_it_lasts(silent):
    for number in range(1, traffic.FAILURES):
        try_to_pay(number)
    assert isinstance(try_to_pay(98, at=NOON + 20 * SECOND), GatewayResting)
    Traffic.objects.update(silent_since=NOON - timedelta(minutes=11))

    assert isinstance(try_to_pay(99, at=NOON + 20 * SECOND), PaymentsDown)


def test_a_no_to_one_question_is_no_silence(silent):
    with pytest.raises(GatewayUnavailable):
        silent.misbehave()
        StripeGateway(NOON).session("cs_nobody_knows")

    assert Traffic.objects.get().silent_since is None


def test_the_ticker_asks_at_most_once_a_minute_and_only_while_something_is_wrong(stripe):
    assert not outage.wants_a_look(at=NOON)
    stripe.misbehave("401")
    try_to_pay(1)

    asked = [outage.wants_a_look(at=NOON + 20 * number * SECOND) for number in range(4)]

    assert asked == [True, False, False, True]
