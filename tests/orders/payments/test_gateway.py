"""The way to Stripe: what it is told, and what happens when it is slow or silent."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from orders.checkout import settling
from orders.checkout.placing import HOLD, payment_url
from orders.payments.stripe import (
    GatewayRefused,
    GatewayUnavailable,
    PretendGateway,
    gateway,
    gateway_of,
)
from tests.factories import NOON, make_order
from tests.orders.conftest import at_minute, buy, gift, page_of, seat
from tests.threads import at_once

pytestmark = pytest.mark.django_db
LINES = (  # enough to write the order again (orders/lines/particulars.py)
    r'[{"k":"ticket","l":"Seat\u0020at\u0020the\u0020long\u0020table","q":2,"c":9500,"v":6000},'
    r'{"k":"ticket","l":"Seat\u0020at\u0020the\u0020long\u0020table","q":1,"p":1},'
    r'{"k":"gift","l":"A\u0020gift","q":1,"c":5000,"p":2}]'
)


def test_stripe_is_told_the_lines_and_nothing_else(stripe):
    order = buy(seat(2), seat(1, cents=0, value=0), gift(5000))

    payment_url(order, at=NOON)

    payment = order.payments.get()
    [told] = stripe.opened()
    assert told == {
        "mode": "payment",
        "allowed_payment_method_types[0]": "card",
        "adaptive_pricing[enabled]": "false",
        "client_reference_id": order.number,
        "customer_email": "ada@ellery.example",
        "metadata[order]": order.number,
        "metadata[payment]": str(payment.pk),
        "metadata[lines_1]": LINES,
        "payment_intent_data[metadata][order]": order.number,
        "payment_intent_data[metadata][payment]": str(payment.pk),
        "payment_intent_data[description]": f"Order {order.number}",
        "line_items[0][quantity]": "2",
        "line_items[0][price_data][currency]": "usd",
        "line_items[0][price_data][unit_amount]": "9500",
        "line_items[0][price_data][product_data][name]": "Seat at the long table",
        "line_items[1][quantity]": "1",
        "line_items[1][price_data][currency]": "usd",
        "line_items[1][price_data][unit_amount]": "5000",
        "line_items[1][price_data][product_data][name]": "A gift",
        "expires_at": str(int((NOON + timedelta(minutes=31)).timestamp())),
        "success_url": f"http://testserver/orders/{order.token}/return/",
        "cancel_url": f"http://testserver/orders/{order.token}/",
    }


def test_stripe_is_not_told_who_was_mailed_the_link_that_somebody_came_with(stripe):
    order = buy(replace(gift(5000), details={"hides_the_buyer": True}))

    payment_url(order, at=NOON)

    [told] = stripe.opened()
    assert "customer_email" not in told


def test_the_session_ends_before_the_hold(stripe):
    order = buy()

    payment_url(order, at=NOON)

    assert order.payments.get().expires_at < order.held_until


def test_a_second_click_on_pay_leads_to_the_same_session(stripe):
    order = buy()

    first = payment_url(order, at=at_minute(1))
    second = payment_url(order, at=at_minute(9))

    assert first == second == page_of(stripe, order.payments.get())
    assert len(stripe.opened()) == 1


@pytest.mark.django_db(transaction=True)
def test_clicks_on_pay_at_once_lead_to_one_session(stripe):
    order = buy()

    answers = at_once(*[lambda: payment_url(order, at=NOON)] * 5)

    assert len(set(map(str, answers))) == 1
    assert len(stripe.sessions) == order.payments.count() == 1


def test_paying_again_after_the_money_arrived_leads_to_the_order(stripe):
    order = buy()
    payment_url(order, at=NOON)
    stripe.pay(order.payments.get().session_id)

    url = payment_url(order, at=at_minute(3))

    order.refresh_from_db()
    assert (url, order.state) == (order.get_absolute_url(), "paid")


def test_a_session_that_was_closed_is_replaced(stripe):
    order = buy()
    payment_url(order, at=NOON)
    stripe.sessions[order.payments.get().session_id]["status"] = "expired"

    url = payment_url(order, at=at_minute(1))

    assert [p.state for p in order.payments.all()] == ["expired", "open"]
    assert url == page_of(stripe, order.payments.last())


@pytest.mark.parametrize("trouble", ["503", "cut", "hang", "lost"])
def test_a_gateway_that_is_silent_once_is_asked_again_under_the_same_key(stripe, trouble):
    order = buy()
    stripe.misbehave(trouble)

    url = payment_url(order, at=NOON)

    assert url == page_of(stripe, order.payments.get())
    assert len(stripe.sessions) == 1


@pytest.mark.parametrize("trouble", ["503", "cut", "hang", "lost"])
def test_a_gateway_that_stays_silent_is_said_kindly_and_the_hold_is_kept(stripe, trouble):
    order = buy()
    stripe.misbehave(trouble, trouble)

    with pytest.raises(GatewayUnavailable, match="your order is saved"):
        payment_url(order, at=NOON)

    order.refresh_from_db()
    assert order.is_held(NOON)
    assert [p.state for p in order.payments.all()] == ["open"]


def test_what_the_silent_gateway_did_all_the_same_is_found_by_the_next_click(stripe):
    order = buy()
    stripe.misbehave("lost", "cut")
    with pytest.raises(GatewayUnavailable):
        payment_url(order, at=NOON)

    url = payment_url(order, at=at_minute(4))

    [session] = stripe.sessions.values()
    assert url == session["url"] == page_of(stripe, order.payments.get())


def test_a_failure_after_which_the_session_was_there_all_the_same_leads_to_it(stripe):
    order = buy()
    stripe.misbehave("500-done")

    url = payment_url(order, at=NOON)

    [session] = stripe.sessions.values()
    assert url == session["url"] == page_of(stripe, order.payments.get())


def test_other_words_under_the_same_key_lead_to_what_was_opened_before(stripe):
    order = buy()
    stripe.misbehave("lost", "lost")
    with pytest.raises(GatewayUnavailable):
        payment_url(order, at=NOON)
    order.buyer_email = "corrected@ellery.example"
    order.save()

    url = payment_url(order, at=at_minute(1))

    [session] = stripe.sessions.values()
    assert url == session["url"]


def test_while_the_look_is_not_answered_no_second_key_is_made(stripe):
    order = buy()
    stripe.misbehave("500", "", "503", "503")

    with pytest.raises(GatewayUnavailable):
        payment_url(order, at=NOON)

    assert [p.state for p in order.payments.all()] == ["open"]


def test_a_session_that_nobody_heard_of_is_closed_with_its_hold(stripe):
    order = buy()
    stripe.misbehave("lost", "lost")
    with pytest.raises(GatewayUnavailable):
        payment_url(order, at=NOON)

    settling.lapse(order, at=NOON + HOLD)

    order.refresh_from_db()
    [session] = stripe.sessions.values()
    assert (session["status"], order.state) == ("expired", "expired")
    assert order.payments.get().session_id == session["id"]


def test_a_hold_is_not_given_up_while_nobody_can_say_whether_it_can_be_paid(stripe):
    order = buy()
    stripe.misbehave("lost", "lost", "503", "503")
    with pytest.raises(GatewayUnavailable):
        payment_url(order, at=NOON)

    with pytest.raises(GatewayUnavailable):
        settling.lapse(order, at=NOON + HOLD)

    order.refresh_from_db()
    assert (order.state, order.payments.get().state) == ("held", "open")


def test_a_stored_failure_is_final_and_the_next_click_begins_anew(stripe):
    order = buy()
    stripe.misbehave("500")
    with pytest.raises(GatewayRefused):
        payment_url(order, at=NOON)

    url = payment_url(order, at=at_minute(1))

    assert [p.state for p in order.payments.all()] == ["failed", "open"]
    assert url == page_of(stripe, order.payments.last())


def test_a_session_that_could_only_end_too_soon_is_opened_anew(stripe):
    order = buy()
    stripe.misbehave("503", "503")
    with pytest.raises(GatewayUnavailable):
        payment_url(order, at=NOON)
    stripe.now += 5 * 60

    url = payment_url(order, at=at_minute(5))

    assert [p.state for p in order.payments.all()] == ["failed", "open"]
    assert url == page_of(stripe, order.payments.last())


def test_a_session_opened_while_the_hold_was_swept_is_not_left_open(stripe, monkeypatch):
    order = buy()
    first_open = type(gateway()).open

    def slow_open(self, payment):
        session = first_open(self, payment)
        order.payments.update(state="expired")  # the sweep, in between
        return session

    monkeypatch.setattr(type(gateway()), "open", slow_open)

    with pytest.raises(Exception, match="time to pay ran out"):
        payment_url(order, at=NOON)

    assert [session["status"] for session in stripe.sessions.values()] == ["expired"]


def test_test_keys_and_live_keys_are_told_apart(settings):
    settings.STRIPE_SECRET_KEY = "rk_live_x"
    live = gateway().livemode
    settings.STRIPE_SECRET_KEY = "sk_test_x"

    assert (live, gateway().livemode) == (True, False)


@pytest.mark.parametrize(
    "debug, demo, key, kind",
    [
        (True, False, "", "PretendGateway"),
        (False, True, "", "PretendGateway"),
        (False, True, "sk_test_x", "StripeGateway"),
        (False, False, "sk_live_x", "StripeGateway"),
    ],
)
def test_the_pretend_gateway_is_for_demonstrations_without_keys(settings, debug, demo, key, kind):
    settings.DEBUG, settings.DEMO, settings.STRIPE_SECRET_KEY = debug, demo, key

    assert type(gateway()).__name__ == kind


def test_there_is_no_gateway_in_earnest_without_a_key(settings):
    settings.DEBUG = settings.DEMO = False

    with pytest.raises(ImproperlyConfigured):
        gateway()


def test_a_payment_stays_with_the_gateway_it_was_opened_at(stripe):
    pretended = make_order(state="paid").payments.get()

    assert isinstance(gateway_of(pretended), PretendGateway)


def test_the_pretend_bank_pays_once_and_in_time():
    order = buy()
    payment_url(order, at=NOON)
    payment = order.payments.get()

    paid = [
        PretendGateway().pay(payment, at=NOON + timedelta(minutes=31)),
        PretendGateway().pay(payment, at=NOON + timedelta(minutes=30)),
        PretendGateway().pay(payment, at=NOON + timedelta(minutes=30)),
    ]

    assert paid == [False, True, False]
    assert payment.expires_at < NOON + HOLD
