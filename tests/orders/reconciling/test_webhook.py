"""What arrives at /stripe/webhook/: believed only when signed, effective only once."""

import hashlib
import hmac
import time

import pytest
from django.test import Client

from orders.checkout.placing import payment_url
from orders.models import Order, Refund, StripeEvent, Task
from tests.factories import NOON
from tests.fakes.stripe import SECRET
from tests.orders.conftest import buy, seat
from tests.threads import at_once

pytestmark = pytest.mark.django_db
URL = "/stripe/webhook/"


def send(body, signature, **extra):
    return Client().post(
        URL,
        body,
        content_type="application/json",
        headers={"Stripe-Signature": signature},
        **extra,
    )


@pytest.fixture
def order(stripe, settings):
    """Paid at Stripe; we do not know it yet. The webhook's own clock reads the present."""
    order = buy(at=NOON)
    Order.objects.filter(pk=order.pk).update(held_until=NOON.replace(year=2099))
    payment_url(order, at=NOON)
    stripe.pay(order.payments.get().session_id)
    return order


def completed(stripe, order, **options):
    session = stripe.sessions[order.payments.get().session_id]
    return stripe.event("checkout.session.completed", session, **options)


def test_a_signed_event_settles_its_order(stripe, order):
    response = send(*completed(stripe, order, event_id="evt_first"))

    order.refresh_from_db()
    assert (response.status_code, order.state) == (200, "paid")
    assert [event.event_id for event in StripeEvent.objects.all()] == ["evt_first"]


def test_the_same_event_twice_has_one_effect(stripe, order, seats):
    event = completed(stripe, order, event_id="evt_first")

    answers = [send(*event).status_code for _ in range(3)]

    assert answers == [200, 200, 200]
    assert seats.verbs() == ["held", "paid"]
    assert StripeEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_event_at_once_has_one_effect(stripe, order, seats):
    event = completed(stripe, order, event_id="evt_first")

    answers = at_once(*[lambda: send(*event).status_code] * 6)

    assert answers == [200] * 6
    assert seats.verbs() == ["held", "paid"]
    assert StripeEvent.objects.count() == 1


@pytest.mark.parametrize(
    "options",
    [
        {"secret": "whsec_somebody_else"},
        {"signed_at": time.time() - 3600},
        {"signed_at": time.time() + 3600},
    ],
    ids=["forged", "an hour old", "dated an hour ahead"],
)
def test_an_event_that_stripe_did_not_sign_just_now_is_refused(stripe, order, options):
    response = send(*completed(stripe, order, **options))

    order.refresh_from_db()
    assert (response.status_code, order.state) == (400, "held")
    assert not StripeEvent.objects.exists()


@pytest.mark.parametrize("signature", ["", "t=,v1=", "v1=abc", "t=1,v0=abc"])
def test_a_signature_that_is_none_is_refused(stripe, signature):
    assert send('{"id": "evt_1"}', signature).status_code == 400


def test_a_changed_body_is_refused(stripe, order):
    body, signature = completed(stripe, order)

    assert (
        send(body.replace('"livemode": false', '"livemode": true'), signature).status_code == 400
    )


EVENT = (
    '{"id": "evt_%s", "type": "checkout.session.completed", "livemode": false,'
    ' "data": {"object": {"id": "cs_%s"}}}'
)


@pytest.mark.parametrize(
    "body",
    [
        *("", "[]", "null", "{}", '{"id": 1}', "not json"),
        *(EVENT % (r"\u0000", ""), EVENT % ("", r"\u0000"), EVENT % (r"\ud800", "")),
        *("[" * 50_000, '{"a":' * 50_000),
        EVENT.replace('{"id": "cs_%s"}', '"cs"') % "",
    ],
    ids=lambda body: body[:20],
)
def test_a_signed_body_that_is_no_event_is_refused(stripe, body):
    stamp = int(time.time())
    mac = hmac.new(SECRET.encode(), f"{stamp}.{body}".encode(), hashlib.sha256).hexdigest()

    assert send(body, f"t={stamp},v1={mac}").status_code == 400


def test_a_body_that_is_no_text_is_refused(stripe):
    assert send(b"\xff\xfe\x00", "t=1,v1=abc").status_code == 400


def test_a_flood_of_a_body_is_refused(stripe):
    assert send("x" * 300_000, "t=1,v1=abc").status_code == 400


def test_a_form_is_refused(stripe):
    response = Client().post(URL, {"id": "evt_1"})

    assert response.status_code == 400


def test_a_look_is_not_a_webhook():
    assert Client().get(URL).status_code == 405


def test_types_we_know_nothing_of_are_thanked_for(stripe):
    response = send(*stripe.event("customer.created", {"id": "cus_1"}))

    assert response.status_code == 200
    assert not StripeEvent.objects.exists()


def test_a_session_of_another_shop_is_thanked_for(stripe, order):
    session = stripe.sessions[order.payments.get().session_id]
    stripe.sessions["cs_other"] = session | {"id": "cs_other", "client_reference_id": "a hat"}

    response = send(*stripe.event("checkout.session.completed", stripe.sessions["cs_other"]))

    order.refresh_from_db()
    assert (response.status_code, order.state) == (200, "held")


@pytest.mark.parametrize(
    "options, task",
    [
        ({"account": "acct_other"}, "foreign-events:acct_other"),
        ({"livemode": True}, "foreign-events:mode"),
    ],
    ids=["another account", "live events, test keys"],
)
def test_an_event_of_elsewhere_has_no_effect_and_a_person_hears_of_it_once(
    stripe, order, options, task
):
    answers = [send(*completed(stripe, order, **options)).status_code for _ in range(2)]

    order.refresh_from_db()
    assert (answers, order.state) == ([200, 200], "held")
    assert Task.objects.filter(key__startswith="foreign").values_list("key").get() == (task,)
    assert not StripeEvent.objects.exists()


def test_a_fault_of_ours_brings_the_event_again(stripe, order, seats, monkeypatch):
    event = completed(stripe, order)
    monkeypatch.setattr(seats, "paid", lambda line, *, at: 1 / 0, raising=False)

    response = Client(raise_request_exception=False).post(
        URL, event[0], content_type="application/json", headers={"Stripe-Signature": event[1]}
    )

    assert response.status_code == 500
    assert not StripeEvent.objects.exists()


def test_a_word_in_the_event_is_not_believed_without_asking(stripe, order):
    unpaid = buy(seat(), key="somebody who did not pay", at=NOON)
    payment_url(unpaid, at=NOON)
    session = stripe.sessions[unpaid.payments.get().session_id]

    send(*stripe.event("checkout.session.completed", session | {"payment_status": "paid"}))

    unpaid.refresh_from_db()
    assert unpaid.state == "held"


@pytest.fixture
def paid(stripe, order):
    send(*completed(stripe, order))
    return order


def test_a_refund_made_in_stripes_dashboard_arrives(stripe, paid, seats):
    intent = paid.payments.get().intent_id
    stripe.refund_in_dashboard(intent, 9500)

    send(*stripe.event("charge.refunded", {"id": "ch_1", "payment_intent": intent}))
    send(*stripe.event("refund.updated", {"id": "re_1", "payment_intent": intent}))

    assert [(r.cents, r.state, r.reason) for r in Refund.objects.all()] == [
        (9500, "succeeded", "Refunded in Stripe")
    ]
    assert seats.verbs() == ["held", "paid", "refunded"]
    assert not paid.tasks.exists()


def test_a_part_refunded_in_the_dashboard_asks_what_it_was_for(stripe, paid, seats):
    intent = paid.payments.get().intent_id
    stripe.refund_in_dashboard(intent, 1000)

    send(*stripe.event("charge.refunded", {"id": "ch_1", "payment_intent": intent}))

    assert Refund.objects.get().cents == 1000
    assert seats.verbs() == ["held", "paid"]
    assert paid.tasks.count() == 1


def test_a_dispute_suspends_until_it_is_won(stripe, paid, seats):
    dispute = stripe.dispute(paid.payments.get().intent_id)

    send(*stripe.event("charge.dispute.created", dict(dispute)))
    stripe.decide(dispute["id"], "won")
    send(*stripe.event("charge.dispute.closed", dict(dispute)))
    send(*stripe.event("charge.dispute.updated", dispute | {"status": "needs_response"}))  # late

    assert seats.verbs() == ["held", "paid", "suspended", "restored"]
    assert [task.done_at is None for task in paid.tasks.all()] == [False]


def test_a_word_about_a_dispute_is_not_believed_without_asking(stripe, paid, seats):
    dispute = stripe.dispute(paid.payments.get().intent_id)

    send(*stripe.event("charge.dispute.closed", dispute | {"status": "won"}))

    assert seats.verbs() == ["held", "paid", "suspended"]


def test_a_site_without_a_secret_believes_nobody(stripe, order, settings):
    settings.STRIPE_WEBHOOK_SECRET = ""

    assert send(*completed(stripe, order, secret="")).status_code == 400
    assert not StripeEvent.objects.exists()
