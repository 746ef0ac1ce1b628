"""What Stripe made of our payments: fees and payouts, taken over as often as one likes."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command

from orders import tidy
from orders.checkout import settling
from orders.checkout.placing import payment_url
from orders.models import Movement, Payment, Payout
from orders.payments.stripe import GatewayUnavailable
from orders.reconciling import banking
from orders.refunds import refunds
from tests.factories import NOON
from tests.orders.conftest import at_minute, buy, gift

pytestmark = pytest.mark.django_db
THE_SIXTH = date(2027, 4, 6)


@pytest.fixture
def paid(stripe, seats):
    """A seat of $95 and a gift of $50, paid at Stripe."""
    order = buy()
    payment_url(order, at=NOON)
    payment = order.payments.get()
    stripe.pay(payment.session_id)
    settling.settle(payment.session_id, at=NOON)
    payment.refresh_from_db()
    return payment


def test_a_charge_brings_its_fee_and_its_payment(paid):
    banking.bring(NOON)
    movement = Movement.objects.get()
    assert (movement.kind, movement.gross_cents, movement.fee_cents, movement.net_cents) == (
        "charge", 9500, 306, 9194,
    )  # fmt: skip
    assert movement.payment == paid
    assert movement.payout is None


def test_a_refund_brings_its_refund_and_its_payment(paid, tess):
    refunds.give_back(order=paid.order, reason="ill", by=tess, at=at_minute(5))
    banking.bring(at_minute(6))
    back = Movement.objects.get(kind="refund")
    assert (back.gross_cents, back.payment, back.refund) == (-9500, paid, paid.refunds.get())


def test_a_dispute_brings_its_payment_and_what_the_bank_charges(stripe, paid):
    stripe.dispute(paid.intent_id)
    banking.bring(at_minute(6))
    taken = Movement.objects.get(kind="adjustment")
    assert (taken.gross_cents, taken.fee_cents, taken.payment) == (-9500, 1500, paid)


def test_a_payout_is_made_of_movements_and_is_none_itself(stripe, paid):
    stripe.pay_out(THE_SIXTH)
    banking.bring(NOON)
    payout = Payout.objects.get()
    assert (payout.cents, payout.state, payout.arrives_on) == (9194, "paid", THE_SIXTH)
    assert [movement.payment for movement in payout.movements.all()] == [paid]
    assert Movement.objects.count() == 1


def test_any_number_of_imports_have_one_effect(stripe, paid):
    first = banking.bring(NOON)
    stripe.pay_out(THE_SIXTH)
    banking.bring(NOON)
    again = banking.bring(NOON)
    assert (first.new_movements, again.movements, again.new_movements) == (1, 1, 0)
    assert (again.payouts, again.new_payouts) == (1, 0)
    assert Movement.objects.get().payout == Payout.objects.get()


def test_a_payout_that_the_bank_sends_back_is_told_so(stripe, paid):
    found = stripe.pay_out(THE_SIXTH, status="in_transit")
    banking.bring(NOON)
    stripe.payouts[found["id"]]["status"] = "failed"
    banking.bring(NOON)
    assert Payout.objects.get().state == "failed"


def test_a_movement_that_came_before_its_payment_finds_it_later(paid):
    intent_id = paid.intent_id
    Payment.objects.update(intent_id="")  # yesterday's database, today's Stripe
    banking.bring(NOON)
    assert Movement.objects.get().payment is None
    Payment.objects.update(intent_id=intent_id)
    banking.bring(NOON)
    assert Movement.objects.get().payment == paid


def test_money_that_stripe_moved_for_no_order_of_ours_is_kept_apart(stripe, paid):
    stripe.move("stripe_fee", -200, source=None)
    banking.bring(NOON)
    assert Movement.objects.get(kind="stripe_fee").payment is None


def test_72_hours_are_looked_back_and_more_when_asked(stripe, paid):
    later = NOON + timedelta(hours=72)
    assert banking.bring(later + timedelta(seconds=1)).movements == 0
    assert banking.bring(later).movements == 1
    assert banking.bring(NOON + timedelta(days=30), since=NOON).movements == 1


def test_more_than_a_page_of_movements_is_read_to_the_end(stripe, paid):
    for _ in range(120):
        stripe.move("stripe_fee", -1, source=None)
    assert banking.bring(NOON).new_movements == 121


def test_silence_changes_nothing(stripe, paid):
    stripe.misbehave(always="cut")
    with pytest.raises(GatewayUnavailable):
        banking.bring(NOON)
    assert Movement.objects.count() == 0


def test_the_pretend_gateway_has_no_movements(db):
    assert banking.bring(NOON).movements == 0


def test_the_command_says_what_it_read(stripe, paid, capsys):
    stripe.pay_out(THE_SIXTH)
    call_command("import_payouts", "--since", "2027-04-01")
    assert capsys.readouterr().out == (
        "1 movements read, 1 of them new; 1 payouts read, 1 of them new.\n"
    )


def test_the_command_says_that_stripe_is_silent(stripe, paid):
    stripe.misbehave(always="cut")
    with pytest.raises(Exception, match="does not answer"):
        call_command("import_payouts")


def test_gifts_are_money_like_any(stripe, seats):
    order = buy(gift(20_000))
    payment_url(order, at=NOON)
    stripe.pay(order.payments.get().session_id)
    settling.settle(order.payments.get().session_id, at=NOON)
    banking.bring(NOON)
    assert Movement.objects.get().gross_cents == 20_000


def test_the_tick_brings_them_once_an_hour(stripe, paid):
    def asked():
        paths = [path for _method, path, _params in stripe.asked]
        return paths.count("/v1/balance_transactions")

    for minute, times in ((1, 1), (30, 1), (60, 1), (61, 2)):
        tidy.tick(at_minute(minute))
        assert asked() == times, minute
    assert Movement.objects.count() == 1
