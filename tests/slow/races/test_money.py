"""A payment has one effect, whoever brings the news of it, and however many at once.

The guard is the lock on the order's row (on SQLite the transaction): each race is first run
without it.
"""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from post_office.models import Email

from events.models import Ticket
from events.sales.capacity import occupying
from orders.checkout import confirmations, settling
from orders.models import Order, Payment, Refund
from orders.payments.pretend import PretendGateway
from tests.events.selling import hold
from tests.factories import NOON, make_event, make_payment, make_ticket_type
from tests.slow.races.stage import Act, buying

# A day of its own: the sweep asks for every hold that has ended, whoever wrote it.
OPENING = NOON - timedelta(days=1)
SOON = OPENING + timedelta(minutes=3)
END = OPENING + timedelta(minutes=35)  # of the hold
JUST_BEFORE = END - timedelta(microseconds=1)

JUDGED = "after orders.checkout.settling._is_what_we_asked"
ABOUT_TO_BE_PAID = "before orders.checkout.settling.mark_paid"
TILL_HAS_ANSWERED = "after orders.payments.pretend.PretendGateway.session"
SESSIONS_CLOSED = "after orders.checkout.settling._close_sessions"


@pytest.fixture
def order(stage):
    """The last seat of an event, $95, on hold."""
    event = make_event()
    return hold(event, (make_ticket_type(event, capacity=1), 1), at=OPENING)


@pytest.fixture
def other_buyer(order):
    """Wants the same seat, the second in which the hold ends."""
    seat = order.lines.get().tickets.get().ticket_type
    return buying(seat.event, (seat, 1), email="ben@okoro.example", at=END)


def at_the_gateway(order):
    return make_payment(order, state=Payment.State.OPEN, opened_at=OPENING, expires_at=END)


def paid(payment):
    assert PretendGateway().pay(payment, at=SOON)
    return payment


def settles(payment, *, pause):
    """The webhook, or the buyer's return: the order follows what the gateway says."""
    return Act("settle", {"payment": payment.pk, "at": SOON.isoformat()}, [pause])


def paying(payment, *, pause):
    """The buyer pays in the last moment, and returns."""
    return Act("pay", {"payment": payment.pk, "at": JUST_BEFORE.isoformat()}, [pause])


def sweeping():
    """The ticker comes when the hold has ended, and closes the session first."""
    return Act("sweep", {"at": END.isoformat()}, [SESSIONS_CLOSED])


def state(order):
    return Order.objects.get(pk=order.pk).state


def entries(order):
    return Counter(order.ledger.values_list("entry", flat=True))


def kept(order):
    """Cents that came and did not go back."""
    came = order.payments.filter(state=Payment.State.PAID).values_list("amount_cents", flat=True)
    went = Refund.objects.filter(payment__order=order).values_list("cents", flat=True)
    return sum(came) - sum(went)


def receipts(order):
    """What the ticker writes when all is over."""
    confirmations.write_due(END + timedelta(hours=1))
    return Email.objects.filter(subject__contains=order.number, subject__startswith="Your receipt")


def sold(order):
    """How many have the one seat when the hold is over."""
    tickets = Ticket.objects.filter(event__tickets__line__order=order)
    return tickets.filter(occupying(END)).distinct().count()


# --- One payment, told twice at once -----------------------------------------------------------


@pytest.fixture
def news(order):
    """The webhook and the return page learn of a payment at once."""
    return [settles(paid(at_the_gateway(order)), pause=JUDGED)] * 2


def test_without_the_lock_one_payment_is_booked_twice(stage, order, news):
    stage.interleave(*news, off=["locks"])

    assert entries(order) == {"placed": 1, "paid": 2}


def test_one_payment_is_booked_once(stage, order, news):
    outcomes = stage.interleave(*news)

    assert [outcome.answer for outcome in outcomes] == ["paid", "paid"]
    assert entries(order) == {"placed": 1, "paid": 1}
    assert receipts(order).count() == 1


# --- Two tickers, one e-mail -------------------------------------------------------------------

ABOUT_TO_BE_WRITTEN = "before orders.checkout.confirmations.send"


@pytest.fixture
def two_tickers(stage, order):
    """The order is paid, and two tickers find at once that its e-mails are owed."""
    payment = paid(at_the_gateway(order))
    settling.settle(payment.session_id, at=SOON)
    return [Act("confirm", {"at": SOON.isoformat()}, [ABOUT_TO_BE_WRITTEN])] * 2


def test_without_the_lock_the_emails_of_one_order_are_written_twice(stage, order, two_tickers):
    stage.interleave(*two_tickers, off=["locks"])

    assert receipts(order).count() == 2


def test_the_emails_of_one_order_are_written_once(stage, order, two_tickers):
    outcomes = stage.interleave(*two_tickers)

    assert sum(outcome.answer for outcome in outcomes) == 1
    assert receipts(order).count() == 1


# --- Two payments of one order -----------------------------------------------------------------


@pytest.fixture
def two_payments(order):
    """Two tabs, two sessions, both paid."""
    return [settles(paid(at_the_gateway(order)), pause=ABOUT_TO_BE_PAID) for _tab in range(2)]


def test_without_the_lock_both_payments_are_kept(stage, order, two_payments):
    stage.interleave(*two_payments, off=["locks"])

    assert kept(order) == 19000


def test_the_second_payment_goes_back(stage, order, two_payments):
    stage.interleave(*two_payments)

    assert state(order) == "paid"
    assert kept(order) == 9500
    assert receipts(order).count() == 1


# --- The sweep against a payment ---------------------------------------------------------------


def test_without_the_guards_a_hold_is_swept_and_paid_and_its_seat_sold_again(
    stage, order, other_buyer
):
    pay = paying(at_the_gateway(order), pause=JUDGED)

    stage.interleave(sweeping(), pay, other_buyer, off=["locks", "slots"])

    assert entries(order) == {"placed": 1, "expired": 1, "paid": 1}
    assert sold(order) == 2


@pytest.mark.parametrize("pause", [JUDGED, ABOUT_TO_BE_PAID], ids=["judged", "about to be paid"])
def test_paid_in_the_last_moment_the_seat_is_the_buyer_s_or_the_money_goes_back(
    stage, order, other_buyer, pause
):
    pay = paying(at_the_gateway(order), pause=pause)

    _sweep, pay, other = stage.interleave(sweeping(), pay, other_buyer)

    assert sold(order) == 1
    assert (pay.answer, other.refusal, kept(order)) in [
        ("paid", "SoldOut", 9500),
        ("expired", "", 0),
    ]


def test_a_payment_that_is_slower_than_the_sweep_takes_the_seat_again(stage, order):
    payment = at_the_gateway(order)

    sweep, pay = stage.interleave(sweeping(), paying(payment, pause=TILL_HAS_ANSWERED))

    assert (sweep.answer, pay.answer) == (1, "paid")
    assert entries(order) == {"placed": 1, "expired": 1, "retaken": 1, "paid": 1}
    assert (kept(order), sold(order)) == (9500, 1)


# --- A gateway that is slow to answer ----------------------------------------------------------


def test_a_seat_sold_while_the_gateway_was_asked_is_sold_once(stage, order, other_buyer):
    payment = at_the_gateway(order)
    other_buyer = replace(other_buyer, pauses=[])

    pay, other = stage.interleave(paying(payment, pause=TILL_HAS_ANSWERED), other_buyer)

    assert (pay.answer, other.won) == ("expired", True)
    assert (kept(order), sold(order)) == (0, 1)
