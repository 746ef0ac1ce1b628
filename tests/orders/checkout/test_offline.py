"""Money by hand that does not come: an invoice is canceled, a check comes back, by whom."""

import pytest
from django.db.models import Sum

from orders.checkout import offline
from orders.checkout.offline import IsPaid
from orders.checkout.placing import Buyer, record_offline
from orders.checkout.situations import situation_of
from orders.lines.receipts import receipt_for
from orders.models import Order, Payment
from tests.factories import NOON, make_order
from tests.orders.conftest import at_minute, gift, seat

pytestmark = pytest.mark.django_db
SPONSOR = Buyer("Tidewater Bank", "")


def sold(tess, channel, *items):
    return record_offline(
        items=items or [seat(2)], buyer=SPONSOR, channel=channel, by=tess, at=NOON
    )


def told(order):
    return [(e.entry, e.cents, e.actor) for e in order.ledger.all()]


@pytest.fixture
def invoiced(tess):
    return sold(tess, Order.Channel.INVOICE)


@pytest.fixture
def check(tess):
    return sold(tess, Order.Channel.CHECK)


def test_an_invoice_that_nobody_pays_is_canceled_with_its_seats(invoiced, tess, seats):
    offline.cancel_unpaid(invoiced, reason="They withdrew", by=tess, at=at_minute(9))

    assert invoiced.payments.get().state == "expired"
    assert seats.verbs() == ["held", "paid", "refunded"]
    assert told(invoiced)[-1] == ("canceled", 0, "tess@nsca.example")
    [task] = invoiced.tasks.all()
    assert (task.done_at, task.done_by) == (at_minute(9), tess)
    assert receipt_for(invoiced).parts[0].is_returned


def test_the_page_of_a_canceled_invoice_says_so(invoiced, tess):
    offline.cancel_unpaid(invoiced, reason="They withdrew", by=tess, at=at_minute(9))

    found = situation_of(invoiced, receipt_for(invoiced), at=at_minute(10))

    assert (found.title, "before anything was paid" in found.text) == ("Canceled", True)


def test_canceling_twice_is_canceling_once(invoiced, tess, seats):
    first = offline.cancel_unpaid(invoiced, reason="They withdrew", by=tess, at=at_minute(9))
    again = offline.cancel_unpaid(invoiced, reason="They withdrew", by=tess, at=at_minute(9))

    assert (first, again) == (True, False)
    assert seats.verbs().count("refunded") == 1


def test_what_is_paid_is_refunded_and_not_canceled(check, tess):
    assert not offline.is_unpaid(check)
    with pytest.raises(IsPaid):
        offline.cancel_unpaid(check, reason="A slip", by=tess, at=at_minute(9))


def test_a_check_that_comes_back_is_no_money_and_its_seats_rest(check, tess, seats):
    offline.bounce(check.payments.get(), by=tess, at=at_minute(9))

    assert check.payments.get().state == "bounced"
    assert told(check)[-1] == ("bounced", -19_000, "tess@nsca.example")
    assert check.ledger.aggregate(sum=Sum("cents"))["sum"] == 0
    assert seats.verbs()[-1] == "suspended"
    assert "bounced" in check.tasks.get().text
    assert receipt_for(check).paid_cents == 0
    assert "returned your check" in situation_of(check, receipt_for(check), at=NOON).text


@pytest.mark.parametrize("channel", [Order.Channel.CASH, Order.Channel.INVOICE])
def test_only_checks_come_back(tess, channel):
    order = sold(tess, channel)

    assert not offline.bounce(order.payments.get(), by=tess, at=at_minute(9))
    assert not order.ledger.filter(entry="bounced").exists()


def test_it_comes_back_once(check, tess):
    offline.bounce(check.payments.get(), by=tess, at=at_minute(9))

    assert not offline.bounce(check.payments.get(), by=tess, at=at_minute(9))
    assert check.ledger.filter(entry="bounced").count() == 1


def test_the_money_that_comes_after_all_is_a_payment_of_its_own(check, tess, seats):
    offline.bounce(check.payments.get(), by=tess, at=at_minute(9))

    came = offline.make_good(
        check.payments.get(), method=Payment.Method.CASH, by=tess, at=at_minute(99)
    )

    assert (came.method, came.amount_cents, came.recorded_by) == ("cash", 19_000, tess)
    assert [p.state for p in check.payments.all()] == ["bounced", "paid"]
    assert seats.verbs()[-1] == "restored"
    assert check.ledger.aggregate(sum=Sum("cents"))["sum"] == 19_000
    assert check.tasks.get().done_by == tess
    assert receipt_for(check).paid_cents == 19_000


def test_it_comes_after_all_once(check, tess):
    bounced = check.payments.get()
    offline.bounce(bounced, by=tess, at=at_minute(9))

    for _ in range(2):
        offline.make_good(bounced, method=Payment.Method.CASH, by=tess, at=at_minute(99))

    assert check.payments.count() == 2


def test_a_check_that_came_back_for_good_is_canceled(check, tess, seats):
    offline.bounce(check.payments.get(), by=tess, at=at_minute(9))

    offline.cancel_unpaid(check, reason="No answer", by=tess, at=at_minute(99))

    assert seats.verbs()[-2:] == ["suspended", "refunded"]
    assert not check.tasks.filter(done_at=None).exists()


def test_a_gift_can_be_taken_by_hand_too(tess):
    order = sold(tess, Order.Channel.CASH, gift(5000))

    assert (order.state, receipt_for(order).paid_cents) == ("paid", 5000)


def test_canceling_needs_a_reason(tess):
    with pytest.raises(ValueError, match="reason"):
        offline.cancel_unpaid(make_order(), reason=" ", by=tess, at=NOON)
