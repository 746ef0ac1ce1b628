"""What a receipt says, over the whole order: IRC §6115 above $75, §170(f)(8) from $250."""

import pytest
from post_office.models import Email

from orders.checkout import confirmations, settling
from orders.checkout.placing import payment_url
from orders.lines.receipts import deductible_cents, receipt_for, tax_words
from orders.refunds import refunds
from orders.refunds.refund_amounts import Wanted, owe
from tests.factories import NOON, make_order
from tests.orders.conftest import at_minute, buy, gift, seat

pytestmark = pytest.mark.django_db
EIN = "54-0000000"


def line(cents, value, quantity=1, kind="ticket"):
    return {
        "kind": kind,
        "label": "Chair" if kind == "ticket" else "A gift",
        "unit_cents": cents,
        "fair_value_cents": value,
        "quantity": quantity,
    }


@pytest.mark.parametrize(
    "paid, value, deductible",
    [
        (0, 0, 0),
        (5000, 0, 5000),
        (9500, 6000, 3500),
        (9500, 9500, 0),
        (9500, 9501, 0),
        (10_000, 4000, 6000),  # the example of IRS Publication 557
    ],
)
def test_the_deductible_part_is_what_exceeds_the_value_and_never_below_zero(
    paid, value, deductible
):
    assert deductible_cents(paid, value) == deductible


@pytest.mark.parametrize(
    "lines, paid, value, deductible",
    [
        ([line(9500, 6000, 2)], 19_000, 12_000, 7000),
        ([line(9500, 6000, 2), line(5000, 0, kind="gift")], 24_000, 12_000, 12_000),
        # A seat below its value eats into the gift beside it: the law looks at the whole payment.
        ([line(4000, 6000), line(5000, 0, kind="gift")], 9000, 6000, 3000),
        ([line(4000, 6000)], 4000, 6000, 0),
        ([line(0, 0)], 0, 0, 0),
    ],
)
def test_the_receipt_is_computed_over_the_whole_order(lines, paid, value, deductible):
    receipt = receipt_for(make_order(state="paid", lines=lines))

    assert (receipt.paid_cents, receipt.value_cents, receipt.deductible_cents) == (
        paid,
        value,
        deductible,
    )


DISCLOSED = "your deduction is limited to the amount by which your payment exceeds the value"
ACKNOWLEDGED = "Norfolk Sister City Association acknowledges this payment of"


@pytest.mark.parametrize(
    "paid, value, disclosed, acknowledged",
    [
        (7499, 4000, False, False),
        (7500, 4000, False, False),
        (7501, 4000, True, False),
        (24_999, 4000, True, False),
        (25_000, 4000, True, True),
        (25_001, 4000, True, True),
        (7501, 0, False, False),  # all gift: nothing was given in return
        (25_000, 0, False, True),
        (30_000, 30_000, False, False),  # no gift in it
    ],
)
def test_the_thresholds_of_the_law_are_per_payment(house, paid, value, disclosed, acknowledged):
    house(ein=EIN)

    words = " ".join(tax_words(paid, value, is_paid=True))

    assert (DISCLOSED in words) is disclosed
    assert (ACKNOWLEDGED in words) is acknowledged


@pytest.mark.parametrize(
    "paid, value, sentence",
    [
        (9500, 6000, "$35 of this payment is tax-deductible"),
        (9500, 6000, "We estimate that value, in good faith, at $60."),
        (5000, 0, "$50 of this payment is tax-deductible"),
        (5000, 0, "No goods or services were provided in return."),
        (6000, 6000, "No part of this payment is tax-deductible"),
        (25_000, 0, "It provided no goods or services in return."),
        (25_000, 6000, "goods and services with an estimated value of $60."),
    ],
)
def test_the_sentences_name_the_sums(house, paid, value, sentence):
    house(ein=EIN)

    assert sentence in " ".join(tax_words(paid, value, is_paid=True))


@pytest.mark.parametrize("paid, value", [(9500, 6000), (50_000, 0), (6000, 6000)])
def test_without_an_ein_nothing_is_said_about_deductibility(paid, value):
    assert tax_words(paid, value) == ()


def test_what_went_back_is_no_payment_and_no_value_any_more(house, tess):
    house(ein=EIN)
    order = make_order(state="paid", lines=[line(9500, 6000, 2), line(5000, 0, kind="gift")])
    seats = order.lines.get(kind="ticket")

    refunds.give_back(order=order, line=seats, reason="Ill", by=tess, at=at_minute(5))

    receipt = receipt_for(order)
    assert (receipt.paid_cents, receipt.returned_cents, receipt.kept_cents) == (
        24_000,
        19_000,
        5000,
    )
    assert (receipt.value_cents, receipt.deductible_cents) == (0, 5000)
    assert [part.is_returned for part in receipt.parts] == [True, False]


def test_a_part_of_the_money_back_leaves_the_value_as_it_was(house, tess):
    house(ein=EIN)
    order = make_order(state="paid", lines=[line(9500, 6000)])

    refunds.give_back(order=order, cents=4000, reason="Cold", by=tess, at=at_minute(5))

    receipt = receipt_for(order)
    assert (receipt.kept_cents, receipt.value_cents, receipt.deductible_cents) == (5500, 6000, 0)


@pytest.mark.parametrize(
    "units, cents, kept, value, deductible, words",
    [
        ([2], None, 14_500, 6000, 8500, ["1 of 2 returned", ""]),
        ([1, 2], None, 5000, 0, 5000, ["returned", ""]),
        (None, 1000, 23_000, 12_000, 11_000, ["", ""]),
        (None, None, 5000, 0, 5000, ["returned", ""]),
    ],
    ids=["one chair", "both chairs", "a gesture", "the line"],
)
def test_the_receipt_is_right_after_each_kind_of_refund(
    house, tess, units, cents, kept, value, deductible, words
):
    house(ein=EIN)
    order = make_order(state="paid", lines=[line(9500, 6000, 2), line(5000, 0, kind="gift")])
    seats = order.lines.get(kind="ticket")

    refunds.give_back(
        order=order, line=seats, units=units, cents=cents, reason="Ill", by=tess, at=at_minute(5)
    )

    receipt = receipt_for(order)
    assert (receipt.kept_cents, receipt.value_cents, receipt.deductible_cents) == (
        kept,
        value,
        deductible,
    )
    assert [part.returned_words for part in receipt.parts] == words


def test_a_gesture_before_the_whole_order_does_not_hide_that_all_of_it_went_back(house, tess):
    house(ein=EIN)
    order = make_order(state="paid", lines=[line(9500, 6000, 2), line(5000, 0, kind="gift")])
    refunds.give_back(order=order, cents=2000, reason="Cold", by=tess, at=at_minute(5))
    seats = order.lines.get(kind="ticket")

    refunds.give_back(order=order, line=seats, reason="Ill", by=tess, at=at_minute(6))

    receipt = receipt_for(order)
    assert (receipt.kept_cents, receipt.value_cents, receipt.deductible_cents) == (3000, 0, 3000)


def test_a_failed_refund_is_not_shown_as_refunded():
    order = make_order(state="paid", lines=[line(9500, 6000)])
    order.payments.get().refunds.create(
        cents=9500, reason="Ill", state="failed", requested_at=NOON
    )

    receipt = receipt_for(order)

    assert (receipt.returned_cents, receipt.returning_cents, receipt.kept_cents) == (0, 0, 9500)


def test_a_refund_on_its_way_is_said_to_be_on_its_way():
    order = make_order(state="paid", lines=[line(9500, 6000)])
    payment = order.payments.get()
    owe(payment, Wanted(9500), reason="Ill", at=NOON, actor="Tess")

    receipt = receipt_for(order)

    assert (receipt.returned_cents, receipt.returning_cents, receipt.kept_cents) == (0, 9500, 0)


def test_before_paying_the_law_is_said_but_nothing_is_acknowledged(house):
    house(ein=EIN)
    order = make_order(lines=[line(30_000, 6000)])

    words = receipt_for(order).words

    assert words == tax_words(30_000, 6000)
    assert DISCLOSED in words[1]
    assert ACKNOWLEDGED not in " ".join(words)


@pytest.mark.parametrize("ein, is_said", [("", False), (EIN, True)])
def test_the_mail_says_what_the_receipt_says(house, ein, is_said):
    house(ein=ein)
    order = buy(seat(2), gift())
    payment_url(order, at=NOON)
    payment = order.payments.get()
    payment.intent_id = "pretend_yes"
    payment.save()

    settling.settle(payment.session_id, at=at_minute(1))
    confirmations.write_due(at_minute(1))

    mail = Email.objects.get()
    for body in (mail.message, mail.html_message):
        assert ("deductible" in body) is is_said
        assert "$240" in body
        assert f"http://testserver{order.get_absolute_url()}" in body
