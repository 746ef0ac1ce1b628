"""Reconciling after a lost webhook, a crash, a restored backup."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from orders import tidy
from orders.checkout.placing import HOLD, payment_url
from orders.models import Dispute, Order, Refund
from orders.reconciling.reconciling import reconcile
from orders.refunds.refunds import give_back
from tests.factories import NOON
from tests.orders.conftest import at_minute, buy, seat

pytestmark = pytest.mark.django_db


@pytest.fixture
def unheard(stripe):
    """Paid at Stripe; neither the webhook nor the buyer came back."""
    order = buy()
    payment_url(order, at=NOON)
    stripe.pay(order.payments.get().session_id)
    return order


def test_a_payment_nobody_told_us_of_is_found(unheard, seats):
    findings = reconcile(at_minute(20))

    unheard.refresh_from_db()
    assert unheard.state == "paid"
    assert (findings.read, findings.repaired, findings.unanswered) == (1, 1, 0)
    assert seats.verbs() == ["held", "paid"]


def test_a_second_look_finds_nothing_to_do(unheard):
    reconcile(at_minute(20))

    findings = reconcile(at_minute(21))

    assert (findings.read, findings.repaired) == (0, 0)


@pytest.mark.parametrize("hours, is_found", [(71, True), (72, True), (73, False)])
def test_it_looks_back_for_72_hours(stripe, unheard, hours, is_found):
    Order.objects.filter(pk=unheard.pk).update(state="expired", expired_at=NOON + HOLD)

    reconcile(NOON + timedelta(hours=hours))

    unheard.refresh_from_db()
    assert (unheard.state == "paid") is is_found


def test_a_silent_gateway_is_counted_and_asked_again_next_time(stripe, unheard):
    stripe.misbehave("503", "503")

    first = reconcile(at_minute(20))
    second = reconcile(at_minute(21))

    assert (first.unanswered, second.unanswered, second.repaired) == (1, 0, 1)


def test_a_refund_that_stripe_took_its_time_over_is_followed(stripe, unheard, tess):
    reconcile(at_minute(20))
    unheard.refresh_from_db()
    [refund] = give_back(order=unheard, reason="Ill", by=tess, at=at_minute(30))
    refund.__class__.objects.update(state="requested")

    reconcile(at_minute(40))

    refund.refresh_from_db()
    assert refund.state == "succeeded"


def test_the_command_says_what_it_found(unheard, capsys):
    unheard.payments.update(opened_at=NOON)

    call_command("reconcile")

    assert "payments read back" in capsys.readouterr().out


def test_the_tick_frees_ended_holds_and_sends_what_waits(stripe):
    late = buy(seat(3))
    payment_url(late, at=NOON)
    stripe.pay(late.payments.get().session_id)
    buy(seat(3), key="somebody quicker", at=NOON + HOLD)
    stripe.misbehave("", "", always="503")

    tidy.tick(NOON + HOLD)
    stripe.misbehave()
    tidy.tick(NOON + HOLD + timedelta(minutes=3))

    late.refresh_from_db()
    assert late.state == "expired"
    assert late.payments.get().refunds.get().state == "succeeded"


# --- Refunds and disputes of Stripe's dashboard ------------------------------------------------


@pytest.fixture
def paid(stripe, unheard):
    reconcile(at_minute(20))
    unheard.refresh_from_db()
    return unheard


def intent_of(order):
    return order.payments.get().intent_id


def test_a_refund_that_nobody_told_us_of_is_found(stripe, paid, seats):
    stripe.refund_in_dashboard(intent_of(paid), 9500)

    reconcile(at_minute(40))

    assert [(r.cents, r.state) for r in Refund.objects.all()] == [(9500, "succeeded")]
    assert seats.verbs()[-1] == "refunded"


def test_a_refund_that_failed_days_later_is_found(stripe, paid, tess):
    [refund] = give_back(order=paid, reason="Ill", by=tess, at=at_minute(30))
    [returned] = stripe.refunds.values()
    stripe.now += 9 * 24 * 3600
    stripe.turn_out(returned["id"], "failed")

    reconcile(at_minute(30) + timedelta(days=9))

    refund.refresh_from_db()
    assert refund.state == "failed"


def test_a_dispute_that_nobody_told_us_of_is_found_and_followed(stripe, paid, seats):
    dispute = stripe.dispute(intent_of(paid))
    reconcile(at_minute(40))
    stripe.decide(dispute["id"], "won")

    reconcile(at_minute(60))

    assert seats.verbs()[-2:] == ["suspended", "restored"]
    assert Dispute.objects.get().status == "won"


def test_a_dispute_older_than_the_list_is_followed_to_its_end(stripe, paid, seats):
    dispute = stripe.dispute(intent_of(paid))
    reconcile(at_minute(40))
    stripe.decide(dispute["id"], "won")

    reconcile(NOON + timedelta(days=40))

    assert Dispute.objects.get().status == "won"


def test_what_has_not_changed_is_not_asked_for_again(stripe, paid, tess):
    give_back(order=paid, reason="Ill", by=tess, at=at_minute(30))
    stripe.asked.clear()

    reconcile(at_minute(50))

    assert sorted(path for _method, path, _params in stripe.asked) == [
        "/v1/checkout/sessions",
        "/v1/disputes",
        "/v1/invoices",
        "/v1/refunds",
        "/v1/subscriptions",
    ]


def test_lists_are_read_to_their_end(stripe, paid, seats):
    seats.capacity = 1000
    session = next(iter(stripe.sessions.values()))
    for number in range(250):  # two pages more, all newer than what was paid
        name = f"cs_other_{number}"
        stripe.sessions[name] = session | {"id": name, "client_reference_id": "a hat"}
    order = buy(key="one who paid and never came back")
    payment_url(order, at=NOON)
    payment = order.payments.get()
    stripe.pay(payment.session_id)
    stripe.sessions = {payment.session_id: stripe.sessions.pop(payment.session_id)} | (
        stripe.sessions
    )

    reconcile(at_minute(30))

    order.refresh_from_db()
    assert order.state == "paid"


@pytest.mark.parametrize("minutes, is_due", [(59, False), (60, True)])
def test_the_tick_looks_once_an_hour(stripe, minutes, is_due):
    tidy.tick(NOON)
    stripe.asked.clear()

    tidy.tick(at_minute(minutes))

    assert bool(stripe.asked) is is_due


def test_after_silence_the_tick_looks_again_sooner(stripe):
    stripe.misbehave("503", "503")
    tidy.tick(NOON)
    stripe.asked.clear()

    tidy.tick(at_minute(10))

    assert stripe.asked


# --- Money that was not what we asked for ------------------------------------------------------


def test_its_refund_in_the_dashboard_finds_it_and_its_task_is_done(stripe):
    order = buy()
    payment_url(order, at=NOON)
    session = stripe.pay(order.payments.get().session_id, amount_total=100)
    reconcile(at_minute(10))
    task = order.tasks.get()
    assert task.done_at is None
    stripe.refund_in_dashboard(session["payment_intent"], 100)

    reconcile(at_minute(30))

    task.refresh_from_db()
    assert task.done_at == at_minute(30)
    assert sum(entry.cents for entry in order.ledger.all()) == 0
    assert not Refund.objects.exists()
