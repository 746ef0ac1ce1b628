"""How an order comes to be, and how long it is held."""

from datetime import timedelta

import pytest
from django.db import transaction

from orders.checkout.placing import (
    HOLD,
    HoldEnded,
    NothingChosen,
    StaleForm,
    payment_url,
    place,
    record_offline,
)
from orders.lines import locks
from orders.lines.locks import Busy, NetworkInTransaction
from orders.models import LedgerEntry, Line, Order, Payment, Task
from tests.factories import NOON, make_order
from tests.orders.conftest import ADA, KEY, SoldOut, buy, gift, seat
from tests.threads import at_once

pytestmark = pytest.mark.django_db
A_TICK = timedelta(microseconds=1)


def test_an_order_freezes_what_was_bought_and_from_whom():
    order = buy(seat(2), gift(5000), terms_text="No refunds after the reveal.")

    assert (order.state, order.held_until, order.total_cents) == ("held", NOON + HOLD, 24_000)
    assert (order.buyer_name, order.buyer_email, order.buyer_phone) == (
        ADA.name,
        ADA.email,
        ADA.phone,
    )
    assert order.terms_text == "No refunds after the reveal."
    assert list(order.lines.values_list("quantity", "unit_cents", "fair_value_cents")) == [
        (2, 9500, 6000),
        (1, 5000, 0),
    ]
    assert [(entry.entry, entry.cents) for entry in order.ledger.all()] == [("placed", 0)]


@pytest.mark.parametrize(
    "after, is_held",
    [(HOLD - A_TICK, True), (HOLD, False), (HOLD + A_TICK, False)],
)
def test_the_hold_ends_after_35_minutes_to_the_microsecond(after, is_held):
    order = buy()

    assert order.is_held(NOON + after) is is_held
    assert order.is_occupying(NOON + after) is is_held
    assert Order.objects.occupying(NOON + after).exists() is is_held


@pytest.mark.parametrize("state, occupies", [("paid", True), ("expired", False)])
def test_the_sentence_about_occupying_is_the_same_for_one_and_for_many(state, occupies):
    order = make_order(state=state)

    assert order.is_occupying(NOON + timedelta(days=400)) is occupies
    assert Order.objects.occupying(NOON + timedelta(days=400)).exists() is occupies


def test_seats_of_a_expired_hold_can_be_bought_the_instant_it_lapses():
    buy(seat(3))

    with pytest.raises(SoldOut):
        buy(key="another form, opened", at=NOON + HOLD - A_TICK)
    second = buy(key="another form, opened", at=NOON + HOLD)

    assert second.is_held(NOON + HOLD)


def test_what_cannot_be_sold_leaves_nothing_behind():
    with pytest.raises(SoldOut):
        buy(gift(), seat(4))

    assert not Order.objects.exists()
    assert not Line.objects.exists()


def test_a_second_click_finds_the_first_order(seats):
    first = buy(seat(3))

    assert buy(seat(3)) == first
    assert seats.verbs() == ["held"]


def test_an_order_of_nothing_is_refused():
    with pytest.raises(NothingChosen):
        place(items=[], buyer=ADA, submission_key=KEY, at=NOON)


@pytest.mark.parametrize("key", ["", "short", "x" * 65])
def test_a_form_without_its_key_is_refused(key):
    with pytest.raises(StaleForm):
        buy(key=key)


@pytest.mark.django_db(transaction=True)
def test_clicks_at_once_are_one_order_even_for_the_last_seats(seats):
    answers = at_once(*[lambda: buy(seat(3))] * 6)

    assert [getattr(answer, "pk", answer) for answer in answers] == [answers[0].pk] * 6
    assert Order.objects.count() == 1
    assert seats.verbs() == ["held"]


@pytest.mark.django_db(transaction=True)
def test_buyers_at_once_of_the_last_seats_get_them_once(seats):
    seats.hesitates = 0.05

    answers = at_once(
        *[lambda form=form: buy(seat(2), key=f"the form of buyer {form}") for form in range(4)]
    )

    assert sorted(type(answer).__name__ for answer in answers) == ["Order"] + ["SoldOut"] * 3
    assert Line.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_lock_held_for_too_long_is_a_kind_word(monkeypatch):
    monkeypatch.setattr(locks, "LOCK_WAIT", 100)
    with transaction.atomic():
        Task.objects.select_for_update().get(key="seats")
        [answer] = at_once(buy)

    assert isinstance(answer, Busy)
    assert str(answer) == "Many people are buying right now. Please try again."


@pytest.mark.django_db(transaction=True)
def test_the_gateway_is_never_asked_inside_a_transaction():
    order = buy()

    with pytest.raises(NetworkInTransaction), transaction.atomic():
        payment_url(order, at=NOON)

    assert not Payment.objects.exists()


def test_a_hold_that_ended_leads_to_no_gateway():
    order = buy()

    with pytest.raises(HoldEnded):
        payment_url(order, at=NOON + HOLD)


def test_an_order_of_free_things_is_paid_without_a_gateway(seats):
    order = buy(seat(2, cents=0, value=0))

    url = payment_url(order, at=NOON)

    order.refresh_from_db()
    assert url == order.get_absolute_url()
    assert (order.state, order.paid_at) == ("paid", NOON)
    assert [(p.method, p.state, p.amount_cents) for p in order.payments.all()] == [
        ("free", "paid", 0)
    ]
    assert seats.verbs() == ["held", "paid"]


def test_a_paid_order_leads_back_to_its_page():
    order = make_order(state="paid")

    assert payment_url(order, at=NOON) == order.get_absolute_url()


@pytest.mark.parametrize(
    "channel, cents, method, payment_state, in_ledger",
    [
        ("cash", 9500, "cash", "paid", 9500),
        ("check", 9500, "check", "paid", 9500),
        ("complimentary", 0, "free", "paid", 0),
        ("invoice", 9500, "invoice", "open", 0),
    ],
)
def test_staff_record_what_was_bought_elsewhere(
    seats, tess, channel, cents, method, payment_state, in_ledger
):
    order = record_offline(
        items=[seat(cents=cents)],
        buyer=ADA,
        channel=channel,
        by=tess,
        at=NOON,
        note="At the fair",
    )

    payment = order.payments.get()
    assert (order.state, order.channel, order.note) == ("paid", channel, "At the fair")
    assert (payment.method, payment.state, payment.recorded_by) == (method, payment_state, tess)
    assert seats.verbs() == ["held", "paid"]
    assert [(e.entry, e.cents, e.actor) for e in order.ledger.all()] == [
        ("placed", 0, "tess@nsca.example"),
        ("paid", in_ledger, "tess@nsca.example"),
    ]
    assert order.tasks.filter(done_at=None).count() == (channel == "invoice")


def test_the_online_channel_is_not_recorded_by_hand():
    with pytest.raises(ValueError, match="offline"):
        record_offline(items=[seat()], buyer=ADA, channel="online", by=None, at=NOON)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_ledger_cannot_be_rewritten(act):
    order = buy()
    rows = LedgerEntry.objects.filter(order=order)

    with pytest.raises(Exception, match="append-only"):
        rows.update(cents=1) if act == "update" else rows._raw_delete(rows.db)

    assert [entry.cents for entry in order.ledger.all()] == [0]
