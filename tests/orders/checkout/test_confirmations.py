"""A paid order's e-mails: owed from the payment on, written once, whatever fails."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, transaction
from post_office.models import Email

from orders.checkout import confirmations, settling
from orders.checkout.placing import payment_url, record_offline
from orders.models import Order, Task
from tests.factories import NOON
from tests.orders.conftest import ADA, at_minute, buy, seat

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


class NoInk(Exception):
    """An e-mail that cannot be made, by a mistake of ours."""


@pytest.fixture
def pay(stripe):
    """A function: an order, paid three minutes after noon."""

    def paid(**fields):
        order = buy(**fields)
        payment_url(order, at=NOON)
        session = order.payments.get().session_id
        stripe.pay(session)
        return settling.settle(session, at=at_minute(3))

    return paid


def due():
    return list(Order.objects.exclude(confirmation_due_at=None).values_list("number", flat=True))


def subjects():
    return list(Email.objects.order_by("pk").values_list("subject", flat=True))


def test_a_payment_owes_emails_and_writes_none(pay):
    order = pay()

    assert order.confirmation_due_at == at_minute(3)
    assert subjects() == []


@pytest.mark.parametrize(
    "later, count", [(-SECOND, 0), (timedelta(0), 1), (SECOND, 1)], ids=["before", "at", "after"]
)
def test_they_are_written_from_the_payment_on(pay, later, count):
    pay()
    assert confirmations.write_due(at_minute(3) + later) == count
    assert Email.objects.count() == count


def test_they_are_written_once(pay):
    order = pay()

    assert confirmations.write_due(at_minute(4)) == 1
    assert confirmations.write_due(at_minute(5)) == 0
    assert subjects() == [f"Your receipt, $95 ({order.number})"]
    assert due() == []


def test_the_ticker_writes_them(pay):
    pay()
    with time_machine.travel(at_minute(4), tick=False):
        call_command("tick")
    assert due() == []
    assert len(subjects()) == 1


def test_the_longest_owed_are_the_first_and_the_rest_follow(pay):
    first = pay(key="the first form of two")
    second = pay(key="the second form of two")
    Order.objects.filter(pk=first.pk).update(confirmation_due_at=at_minute(4))

    confirmations.write_due(at_minute(5), limit=1)
    assert due() == [first.number]
    confirmations.write_due(at_minute(5), limit=1)
    assert due() == []
    assert second.number in subjects()[0]


def test_kinds_write_theirs_as_of_the_payment(pay, seats):
    told = []
    seats.confirmed = lambda order, *, at: told.append((order.number, at))
    order = pay()

    confirmations.write_due(at_minute(90))
    assert told == [(order.number, at_minute(3))]


def test_an_order_taken_at_the_office_is_confirmed_too(tess):
    order = record_offline(items=[seat()], buyer=ADA, channel=Order.Channel.CASH, by=tess, at=NOON)
    confirmations.write_due(NOON)
    assert subjects() == [f"Your receipt, $95 ({order.number})"]


# --- What fails --------------------------------------------------------------------------------


@pytest.fixture
def no_ink(seats):
    """The kind's own e-mail cannot be made, until a function is called."""

    def fail(order, *, at):
        raise NoInk

    seats.confirmed = fail
    return lambda: setattr(seats, "confirmed", lambda order, *, at: None)


def test_an_email_that_cannot_be_made_undoes_no_payment_and_is_a_task(pay, no_ink):
    order = pay()

    assert confirmations.write_due(at_minute(4)) == 0
    order.refresh_from_db()
    assert order.state == "paid"
    assert Task.objects.get(order=order).text.startswith(f"The e-mails of order {order.number}")
    assert subjects() == []  # half of them would be written again


def test_it_keeps_nobody_else_waiting(pay, seats):
    def fail_for(order, *, at):
        if order.pk == bad.pk:
            raise NoInk

    bad = pay(key="the form that goes wrong")
    good = pay(key="the form that goes well")
    seats.confirmed = fail_for

    assert confirmations.write_due(at_minute(4)) == 1
    assert due() == [bad.number]
    assert good.number in subjects()[0]


@pytest.mark.parametrize(
    "later, count",
    [(-SECOND, 0), (timedelta(0), 1), (SECOND, 1)],
    ids=["before", "at", "after"],
)
def test_it_is_tried_again_after_ten_minutes(pay, no_ink, later, count):
    pay()
    confirmations.write_due(at_minute(4))
    no_ink()

    again = at_minute(4) + confirmations.AGAIN_AFTER
    assert confirmations.write_due(again + later) == count


def test_the_task_closes_by_itself_when_they_are_written_after_all(pay, no_ink):
    pay()
    confirmations.write_due(at_minute(4))
    no_ink()
    confirmations.write_due(at_minute(14))
    assert Task.objects.get(key__startswith="confirmation:").done_at == at_minute(14)


def test_however_often_it_fails_it_is_one_task(pay, no_ink):
    pay()
    for minute in (4, 14, 24):
        confirmations.write_due(at_minute(minute))
    assert Task.objects.filter(key__startswith="confirmation:").count() == 1


def test_the_database_knows_that_only_paid_orders_are_confirmed():
    order = buy()
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(confirmation_due_at=NOON)
