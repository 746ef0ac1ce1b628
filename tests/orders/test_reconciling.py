"""A lost webhook, a crash, a restored backup: the same, small problem."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from orders import tidy
from orders.checkout import HOLD, payment_url
from orders.models import Order
from orders.reconcile import reconcile
from orders.refunds import give_back
from tests.factories import NOON
from tests.orders.conftest import at_minute, buy, chair

pytestmark = pytest.mark.django_db


@pytest.fixture
def unheard(stripe):
    """Paid at Stripe; neither the webhook nor the buyer came back."""
    order = buy()
    payment_url(order, at=NOON)
    stripe.pay(order.payments.get().session_id)
    return order


def test_a_payment_nobody_told_us_of_is_found(unheard, chairs):
    findings = reconcile(at_minute(20))

    unheard.refresh_from_db()
    assert unheard.state == "paid"
    assert (findings.read, findings.repaired, findings.unanswered) == (1, 1, 0)
    assert chairs.verbs() == ["held", "paid"]


def test_a_second_look_finds_nothing_to_do(unheard):
    reconcile(at_minute(20))

    findings = reconcile(at_minute(21))

    assert (findings.read, findings.repaired) == (0, 0)


@pytest.mark.parametrize("hours, is_found", [(71, True), (72, True), (73, False)])
def test_it_looks_back_for_72_hours(stripe, unheard, hours, is_found):
    Order.objects.filter(pk=unheard.pk).update(state="lapsed", lapsed_at=NOON + HOLD)

    reconcile(NOON + timedelta(hours=hours))

    unheard.refresh_from_db()
    assert (unheard.state == "paid") is is_found


def test_a_silent_till_is_counted_and_asked_again_next_time(stripe, unheard):
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
    late = buy(chair(3))
    payment_url(late, at=NOON)
    stripe.pay(late.payments.get().session_id)
    buy(chair(3), key="somebody quicker", at=NOON + HOLD)
    stripe.misbehave("", "", *["503"] * 4)

    done = [tidy.tick(NOON + HOLD), tidy.tick(NOON + HOLD + timedelta(minutes=3))]

    late.refresh_from_db()
    assert late.state == "lapsed"
    assert late.payments.get().refunds.get().state == "succeeded"
    assert done[1] == 1
