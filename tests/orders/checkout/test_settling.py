"""An order goes from held to paid or expired once, whichever is found first."""

from datetime import timedelta

import pytest
from django.db.models import Sum
from post_office.models import Email

from orders.checkout import confirmations, settling
from orders.checkout.placing import HOLD, Buyer, payment_url, record_offline
from orders.checkout.settling import A_LONG_ANSWER
from orders.models import LedgerEntry, Order, Payment, Refund, Task
from orders.payments.stripe import PretendGateway
from orders.refunds.refunds import send_due
from tests.factories import NOON
from tests.orders.conftest import ADA, at_minute, buy, gift, seat
from tests.threads import at_once

pytestmark = pytest.mark.django_db
A_TICK = timedelta(microseconds=1)


def opened(order, at=NOON):
    """The order's payment, with its session open at the gateway."""
    payment_url(order, at=at)
    return order.payments.get(state="open")


def entries(order):
    return list(order.ledger.values_list("entry", "cents"))


def test_a_payment_makes_the_order_paid(stripe, seats):
    order = buy(seat(2), gift())
    payment = opened(order)
    stripe.pay(payment.session_id)

    settling.settle(payment.session_id, at=at_minute(3))

    order.refresh_from_db()
    payment.refresh_from_db()
    assert (order.state, order.paid_at) == ("paid", at_minute(3))
    assert (payment.state, payment.paid_at) == ("paid", at_minute(3))
    assert payment.intent_id == stripe.sessions[payment.session_id]["payment_intent"]
    assert seats.verbs() == ["held", "paid"]
    assert entries(order) == [("placed", 0), ("paid", 24_000)]


def test_the_buyer_is_written_to_once_however_often_it_is_settled(stripe):
    order = buy()
    payment = opened(order)
    stripe.pay(payment.session_id)

    settling.settle(payment.session_id, at=at_minute(3), actor="buyer")
    settling.settle(payment.session_id, at=at_minute(4), actor="Stripe")
    confirmations.write_due(at_minute(4))

    assert [(m.to, m.subject) for m in Email.objects.all()] == [
        (["Ada Ellery <ada@ellery.example>"], f"Your receipt, $95 ({order.number})")
    ]
    assert entries(order) == [("placed", 0), ("paid", 9500)]


@pytest.mark.django_db(transaction=True)
def test_ten_settlements_at_once_have_one_effect(stripe, seats):
    order = buy()
    payment = opened(order)
    stripe.pay(payment.session_id)

    answers = at_once(*[lambda: settling.settle(payment.session_id, at=at_minute(3))] * 10)

    assert [getattr(answer, "state", answer) for answer in answers] == ["paid"] * 10
    assert seats.verbs() == ["held", "paid"]
    assert entries(order) == [("placed", 0), ("paid", 9500)]
    confirmations.write_due(at_minute(3))
    assert Email.objects.count() == 1


def test_a_session_still_open_changes_nothing(stripe):
    order = buy()
    payment = opened(order)

    settling.settle(payment.session_id, at=at_minute(3))

    order.refresh_from_db()
    assert (order.state, order.payments.get().state) == ("held", "open")


@pytest.mark.parametrize(
    "lie",
    [
        {"amount_total": 9499},
        {"currency": "eur"},
        {"livemode": True},
        {"client_reference_id": "N-AAAA-AAAA"},
    ],
    ids=["amount", "currency", "livemode", "reference"],
)
def test_money_that_is_not_what_we_asked_for_is_never_a_ticket(stripe, seats, lie):
    order = buy()
    payment = opened(order)
    stripe.pay(payment.session_id, **lie)

    settling.settle(payment.session_id, at=at_minute(3))
    settling.settle(payment.session_id, at=at_minute(4))

    order.refresh_from_db()
    assert (order.state, order.payments.get().state) == ("held", "failed")
    assert seats.verbs() == ["held"]
    assert entries(order) == [("placed", 0), ("alert", 0)]
    assert order.tasks.filter(done_at=None).count() == 1


@pytest.mark.parametrize(
    "after, said",
    [
        (HOLD - A_LONG_ANSWER - A_TICK, ["held", "paid"]),
        (HOLD - A_LONG_ANSWER, ["held", "retake", "paid"]),  # the gateway may have taken so long
        (HOLD - A_TICK, ["held", "retake", "paid"]),
        (HOLD, ["held", "released", "retake", "paid"]),
        (HOLD + A_TICK, ["held", "released", "retake", "paid"]),
    ],
)
def test_late_money_takes_the_seats_again_while_there_are_any(stripe, seats, after, said):
    order = buy(seat(3))
    payment = opened(order)
    stripe.pay(payment.session_id)

    settling.settle(payment.session_id, at=NOON + after)

    order.refresh_from_db()
    assert order.state == "paid"
    assert seats.verbs() == said
    assert not Refund.objects.exists()


def test_late_money_goes_back_by_itself_when_the_seats_are_gone(stripe, seats):
    late = buy(seat(2), gift())
    payment = opened(late)
    buy(seat(2), key="somebody quicker", at=NOON + HOLD)
    stripe.pay(payment.session_id)

    settling.settle(payment.session_id, at=NOON + HOLD)
    settling.settle(payment.session_id, at=NOON + HOLD)

    late.refresh_from_db()
    refund = Refund.objects.get()
    assert late.state == "expired"
    assert (refund.cents, refund.state, refund.payment) == (24_000, "succeeded", payment)
    assert [r["amount"] for r in stripe.refunds.values()] == [24_000]
    assert seats.verbs() == ["held", "held", "released", "turned_away"]
    assert late.ledger.aggregate(left=Sum("cents"))["left"] == 0
    assert [m.subject for m in Email.objects.all()] == [
        f"Your refund of $240 is on its way ({late.number})"
    ]
    assert late.tasks.count() == 1


def test_late_money_of_an_order_that_was_swept_is_treated_the_same(stripe, seats):
    order = buy(seat(3))
    payment = opened(order)
    stripe.pay(payment.session_id)
    Order.objects.filter(pk=order.pk).update(state="expired", expired_at=NOON + HOLD)

    settling.settle(payment.session_id, at=NOON + HOLD + timedelta(hours=1))

    order.refresh_from_db()
    assert order.state == "paid"
    assert [entry for entry, _ in entries(order)] == ["placed", "retaken", "paid"]


def test_the_second_payment_of_an_order_goes_back(stripe):
    order = buy()
    first = opened(order)
    Payment.objects.filter(pk=first.pk).update(
        state="expired"
    )  # what a restored backup may believe
    second = opened(order)
    stripe.pay(first.session_id)
    stripe.pay(second.session_id)

    settling.settle(first.session_id, at=at_minute(3))
    settling.settle(second.session_id, at=at_minute(4))

    order.refresh_from_db()
    assert order.state == "paid"
    assert [(r.payment, r.cents, r.state) for r in Refund.objects.all()] == [
        (second, 9500, "succeeded")
    ]
    assert order.ledger.aggregate(kept=Sum("cents"))["kept"] == 9500


def test_a_refund_that_the_gateway_did_not_answer_is_sent_once_more_and_arrives_once(stripe):
    late = buy(seat(3))
    payment = opened(late)
    buy(seat(3), key="somebody quicker", at=NOON + HOLD)
    stripe.pay(payment.session_id)
    stripe.misbehave("", "lost", "lost")

    settling.settle(payment.session_id, at=NOON + HOLD)
    waiting = Refund.objects.get().state
    stripe.misbehave()
    send_due(NOON + HOLD + timedelta(minutes=5))

    assert waiting == "requested"
    assert Refund.objects.get().state == "succeeded"
    assert len(stripe.refunds) == 1


def test_an_ended_hold_closes_its_session_before_it_frees_the_seats(stripe, seats):
    order = buy()
    payment = opened(order)

    assert settling.sweep(NOON + HOLD - A_TICK) == 0
    assert settling.sweep(NOON + HOLD) == 1
    assert settling.sweep(NOON + HOLD) == 0

    order.refresh_from_db()
    assert (order.state, order.expired_at) == ("expired", NOON + HOLD)
    assert stripe.sessions[payment.session_id]["status"] == "expired"
    assert order.payments.get().state == "expired"
    assert seats.verbs() == ["held", "released"]


def test_a_sweep_that_finds_the_session_paid_settles_it(stripe, seats):
    order = buy(seat(3))
    payment = opened(order)
    stripe.pay(payment.session_id)

    settling.sweep(NOON + HOLD)

    order.refresh_from_db()
    assert order.state == "paid"
    assert seats.verbs() == ["held", "released", "retake", "paid"]


def test_while_the_gateway_is_silent_a_hold_waits_but_occupies_nothing(stripe):
    order = buy(seat(3))
    opened(order)
    stripe.misbehave("503", "503")

    assert settling.sweep(NOON + HOLD) == 0

    order.refresh_from_db()
    assert order.state == "held"
    assert not Order.objects.occupying(NOON + HOLD).exists()


def test_a_silent_gateway_keeps_the_ticker_for_one_order_only(stripe):
    paying = [buy(key=f"on the way to pay {number}") for number in range(3)]
    for order in paying:
        opened(order)
    idle = buy(seat(3), key="never went to the till", at=NOON + HOLD)
    asked = len(stripe.asked)
    stripe.misbehave(*["503"] * 6)

    expired = settling.sweep(NOON + 2 * HOLD)

    idle.refresh_from_db()
    assert (expired, idle.state) == (1, "expired")
    assert len(stripe.asked) == asked
    assert len(stripe.misbehaviour) == 4  # one question and its repetition


def test_a_session_the_gateway_knows_nothing_of_holds_nobody_up(stripe):
    order = buy()
    payment = opened(order)
    del stripe.sessions[payment.session_id]

    settling.sweep(NOON + HOLD)

    order.refresh_from_db()
    assert (order.state, order.payments.get().state) == ("expired", "expired")


def test_a_hold_that_never_reached_the_gateway_lapses_without_it(seats):
    order = buy()

    settling.sweep(NOON + HOLD)

    order.refresh_from_db()
    assert order.state == "expired"


def test_a_session_whose_id_was_never_noted_is_found_by_the_order(stripe):
    order = buy()
    payment = opened(order)
    stripe.pay(payment.session_id)
    Payment.objects.filter(pk=payment.pk).update(session_id=None)

    settling.settle(payment.session_id, at=at_minute(3))

    order.refresh_from_db()
    assert order.state == "paid"


def test_a_session_of_somebody_else_is_no_order_of_ours(stripe):
    order = buy()
    payment = opened(order)
    stripe.sessions["cs_other"] = stripe.sessions[payment.session_id] | {
        "id": "cs_other",
        "client_reference_id": "a hat",
        "payment_status": "paid",
    }

    assert settling.settle("cs_other", at=at_minute(3)) is None
    assert entries(order) == [("placed", 0)]


def test_the_pretend_gateway_settles_like_the_real_one(seats):
    order = buy()
    payment = opened(order)
    PretendGateway().pay(payment, at=at_minute(2))

    settling.settle(payment.session_id, at=at_minute(2))

    order.refresh_from_db()
    assert order.state == "paid"
    assert seats.verbs() == ["held", "paid"]
    assert LedgerEntry.objects.filter(entry="alert").count() == Task.objects.count() - 1 == 0


def test_a_kind_that_fails_leaves_the_order_as_it_was(stripe, seats, monkeypatch):
    order = buy()
    payment = opened(order)
    stripe.pay(payment.session_id)
    monkeypatch.setattr(seats, "paid", lambda line, *, at: 1 / 0, raising=False)

    with pytest.raises(ZeroDivisionError):
        settling.settle(payment.session_id, at=at_minute(3))

    order.refresh_from_db()
    assert (order.state, order.payments.get().state) == ("held", "open")
    assert entries(order) == [("placed", 0)]


def test_an_invoice_is_paid_when_staff_say_so_and_once(tess):
    order = record_offline(items=[seat()], buyer=ADA, channel="invoice", by=tess, at=NOON)

    settling.receive(order.payments.get(), by=tess, at=at_minute(9))
    settling.receive(order.payments.get(), by=tess, at=at_minute(10))

    assert (order.payments.get().state, order.payments.get().paid_at) == ("paid", at_minute(9))
    assert entries(order) == [("placed", 0), ("paid", 0), ("paid", 9500)]
    assert not order.tasks.filter(done_at=None).exists()


def test_a_buyer_with_signs_in_the_name_is_not_left_without_what_they_paid_for(seats):
    order = buy(buyer=Buyer("Ada <3> Ellery", '"a,b"@ellery.example'))
    payment = opened(order)
    PretendGateway().pay(payment, at=at_minute(2))

    settling.settle(payment.session_id, at=at_minute(2))

    order.refresh_from_db()
    assert order.state == "paid"
