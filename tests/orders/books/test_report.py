"""The treasurer's report: every cent of the ledger on what was sold, and all tables alike."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.models import Sum
from hypothesis import given
from hypothesis import strategies as st

from nsca.lib.text.money import spread
from orders.books.ledger import note
from orders.books.report import NO_COMMITTEE, ON_ITS_WAY, Period, report
from orders.models import LedgerEntry, Line, Movement, Payment, Payout, Refund
from tests.factories import make_order, make_payment

pytestmark = pytest.mark.django_db
Entry = LedgerEntry.Entry
APRIL = Period(date(2027, 4, 1), date(2027, 4, 30))
APRIL_1, APRIL_20, MAY_2 = (
    datetime(2027, month, day, 16, tzinfo=UTC) for month, day in ((4, 1), (4, 20), (5, 2))
)
SOIREE = {
    "kind": Line.Kind.TICKET,
    "label": "Soirée: chair",
    "unit_cents": 9500,
    "heading": "Soirée en Blanc, May 2027",
    "committee": "Toulon",
}
DUES = {"kind": Line.Kind.DUES, "label": "Membership", "unit_cents": 4000, "heading": "Dues"}
GIFT = {"unit_cents": 5000, "heading": "Gifts"}


def sold(*lines, at=APRIL_1, method=Payment.Method.STRIPE, **fields):
    """A paid order, with its line in the ledger."""
    order = make_order(state="paid", at=at, lines=lines, payments=False, **fields)
    payment = make_payment(order, method=method, intent_id=f"pi_{order.pk}")
    cents = payment.amount_cents
    note(order, Entry.PAID, at=at, actor="Stripe", cents=cents, payment=payment)
    return order


def gave_back(order, cents, *, line=None, at=APRIL_20):
    """A refund that arrived."""
    refund = Refund.objects.create(
        payment=order.payments.first(),
        line=line,
        cents=cents,
        reason="ill",
        state=Refund.State.SUCCEEDED,
        requested_at=at,
        settled_at=at,
        provider_id=f"re_{Refund.objects.count()}",
    )
    note(order, Entry.REFUNDED, at=at, actor="the till", cents=-cents, refund=refund)
    return refund


def moved(payment, gross, fee=0, *, kind="charge", refund=None, payout=None, at=APRIL_1):
    return Movement.objects.create(
        provider_id=f"txn_{Movement.objects.count()}",
        kind=kind,
        gross_cents=gross,
        fee_cents=fee,
        net_cents=gross - fee,
        at=at,
        payment=payment,
        refund=refund,
        payout=payout,
    )


def table(by, period=APRIL):
    """Its rows as {key: (sold, given back, taken back, fees)}."""
    return {
        row.key: tuple(row.cents[c] for c in ("sold", "given_back", "taken_back", "fees"))
        for row in report(period).table(by).rows
    }


# --- what falls on which heading ---------------------------------------------------------------


def test_each_line_is_booked_under_its_own_heading():
    sold({**SOIREE, "quantity": 2}, DUES, GIFT)
    assert table("heading") == {
        "Soirée en Blanc, May 2027": (19000, 0, 0, 0),
        "Gifts": (5000, 0, 0, 0),
        "Dues": (4000, 0, 0, 0),
    }


def test_committees_are_booked_apart_and_the_rest_together():
    sold(SOIREE, DUES, GIFT)
    assert table("committee") == {"Toulon": (9500, 0, 0, 0), NO_COMMITTEE: (9000, 0, 0, 0)}


def test_a_refund_that_names_a_line_belongs_to_it():
    order = sold(SOIREE, GIFT)
    gave_back(order, 9500, line=order.lines.first())
    assert table("heading") == {
        "Soirée en Blanc, May 2027": (9500, -9500, 0, 0),
        "Gifts": (5000, 0, 0, 0),
    }


def test_a_refund_of_a_whole_order_falls_on_what_is_left_of_each_line():
    order = sold(SOIREE, GIFT)
    gave_back(order, 9500, line=order.lines.first())
    gave_back(order, 5000)
    assert table("heading")["Gifts"] == (5000, -5000, 0, 0)


def test_cents_that_do_not_divide_are_not_lost():
    order = sold(*({**GIFT, "heading": name, "unit_cents": 100} for name in "ABC"))
    gave_back(order, 100)
    assert sorted(cents[1] for cents in table("heading").values()) == [-34, -33, -33]


def test_a_refund_that_fails_later_comes_home_to_where_it_left():
    order = sold(SOIREE, GIFT)
    refund = gave_back(order, 9500, line=order.lines.first())
    note(order, Entry.REFUND_FAILED, at=MAY_2, actor="the till", cents=9500, refund=refund)
    may = Period.month_of(MAY_2.date())
    assert table("heading")["Soirée en Blanc, May 2027"] == (9500, -9500, 0, 0)
    assert table("heading", may) == {"Soirée en Blanc, May 2027": (0, 9500, 0, 0)}


def test_what_a_bank_took_is_a_column_of_its_own():
    order = sold(SOIREE)
    payment = order.payments.get()
    note(order, Entry.DISPUTED, at=APRIL_20, actor="Stripe", cents=-9500, payment=payment)
    assert table("heading") == {"Soirée en Blanc, May 2027": (9500, 0, -9500, 0)}


def test_fees_are_booked_on_the_lines_that_they_were_paid_for():
    order = sold(SOIREE, DUES)  # 95 and 40 dollars
    moved(order.payments.get(), 13500, 422)
    assert table("heading") == {
        "Soirée en Blanc, May 2027": (9500, 0, 0, -297),
        "Dues": (4000, 0, 0, -125),
    }


# --- what falls on which day -------------------------------------------------------------------


def test_money_stands_at_the_day_on_which_it_reached_the_bank():
    payout = Payout.objects.create(
        provider_id="po_1", cents=9194, state="paid", arrives_on=date(2027, 4, 6)
    )
    there, coming = sold(SOIREE), sold(DUES)
    moved(there.payments.get(), 9500, 306, payout=payout)
    moved(coming.payments.get(), 4000, 146)
    sold(GIFT, method=Payment.Method.CASH)
    sold(GIFT, method=Payment.Method.CHECK)
    assert list(table("payout").items()) == [
        ("2027-04-06", (9500, 0, 0, -306)),
        ("cash", (5000, 0, 0, 0)),
        ("check", (5000, 0, 0, 0)),
        (ON_ITS_WAY, (4000, 0, 0, -146)),
    ]


def test_a_refund_reaches_the_bank_with_its_own_payout():
    days = [date(2027, 4, 6), date(2027, 4, 23)]
    payouts = [
        Payout.objects.create(provider_id=f"po_{day}", cents=1, state="paid", arrives_on=day)
        for day in days
    ]
    order = sold(SOIREE)
    refund = gave_back(order, 9500)
    moved(order.payments.get(), 9500, 306, payout=payouts[0])
    moved(order.payments.get(), -9500, kind="refund", refund=refund, payout=payouts[1])
    assert table("payout") == {"2027-04-06": (9500, 0, 0, -306), "2027-04-23": (0, -9500, 0, 0)}


def test_an_invoice_counts_when_it_is_paid():
    order = make_order(state="paid", at=APRIL_1, lines=[GIFT], payments=False, channel="invoice")
    note(order, Entry.PAID, at=APRIL_1, actor="tess", text="invoice")
    assert report(APRIL).is_empty
    payment = make_payment(order, method=Payment.Method.INVOICE, paid_at=MAY_2)
    note(order, Entry.PAID, at=MAY_2, actor="tess", cents=5000, payment=payment)
    assert table("method", Period.month_of(MAY_2.date())) == {"invoice": (5000, 0, 0, 0)}


@pytest.mark.parametrize(
    ("at", "is_in"),
    [
        (datetime(2027, 4, 1, 3, 59, 59, 999_999, UTC), False),  # still March in Norfolk
        (datetime(2027, 4, 1, 4, 0, tzinfo=UTC), True),
        (datetime(2027, 5, 1, 3, 59, 59, 999_999, UTC), True),
        (datetime(2027, 5, 1, 4, 0, tzinfo=UTC), False),
    ],
)
def test_a_period_is_made_of_norfolks_days(at, is_in):
    sold(GIFT, at=at)
    assert report(APRIL).is_empty is not is_in


def test_a_payout_is_shown_whole_whenever_its_orders_were_paid():
    payout = Payout.objects.create(
        provider_id="po_1", cents=8994, state="paid", arrives_on=date(2027, 5, 3)
    )
    moved(sold(SOIREE).payments.get(), 9500, 306, payout=payout)
    moved(None, -200, kind="stripe_fee", payout=payout)
    (shown,) = report(Period.month_of(MAY_2.date())).payouts
    assert (shown.gross_cents, shown.fee_cents, shown.other_cents) == (9500, -306, -200)
    assert shown.unexplained_cents == 0


# --- all tables alike --------------------------------------------------------------------------


def a_busy_spring():
    """Orders of many kinds, with refunds whole and in part, disputes, fees and payouts."""
    payouts = [
        Payout.objects.create(provider_id=f"po_{n}", cents=0, state="paid", arrives_on=day)
        for n, day in enumerate([date(2027, 4, 6), date(2027, 4, 22), date(2027, 5, 4)])
    ]
    for number in range(24):
        at = APRIL_1 + timedelta(days=2 * number)
        lines = [{**SOIREE, "unit_cents": 9500 + number}, DUES, {**GIFT, "unit_cents": 101}]
        method = list(Payment.Method)[number % len(Payment.Method)]
        order = sold(*lines[: number % 3 + 1], at=at, method=method)
        payment = order.payments.get()
        if method == Payment.Method.STRIPE or number % 4 == 0:
            payout = payouts[number % 3] if number % 5 else None
            fee = 30 + number
            moved(payment, payment.amount_cents, fee, payout=payout, at=at)
        if number % 4 == 1:
            gave_back(order, 33 + number, at=at + timedelta(days=1))
            gave_back(order, 101, line=order.lines.last(), at=at + timedelta(days=2))
        if number % 6 == 2:
            cents = -payment.amount_cents
            note(order, Entry.DISPUTED, at=at, actor="Stripe", cents=cents, payment=payment)


@pytest.mark.parametrize(
    "period",
    [APRIL, Period(date(2027, 4, 9), date(2027, 4, 15)), Period.year_of(date(2027, 1, 1))],
    ids=["a month", "a week", "a year"],
)
def test_headings_and_days_and_committees_add_up_to_the_ledger(period):
    a_busy_spring()
    within = {"at__gte": period.begins_at, "at__lt": period.ends_at}
    ledger = LedgerEntry.objects.filter(**within).aggregate(cents=Sum("cents"))["cents"]
    fees = Movement.objects.filter(**within).aggregate(cents=Sum("fee_cents"))["cents"]
    found = report(period)
    sums = []
    for each in found.tables:
        columns = Counter()
        for row in each.rows:
            columns.update(row.cents)
        assert columns == Counter(each.total.cents), each.by
        assert sum(row.net for row in each.rows) == each.total.net == ledger
        assert sum(row.left for row in each.rows) == ledger - fees
        sums.append(columns)
    assert sums.count(sums[0]) == len(found.tables) == 4


def test_parts_of_a_year_add_up_to_the_year():
    a_busy_spring()
    months = [report(Period.month_of(date(2027, n, 1))).total.cents for n in range(1, 13)]
    year = Counter(report(Period.year_of(date(2027, 1, 1))).total.cents)
    together = Counter()
    for month in months:
        together.update(month)
    assert together == year


@given(st.integers(-(10**7), 10**7), st.lists(st.integers(0, 10**6), min_size=1, max_size=9))
def test_spreading_loses_no_cent_and_favors_nobody(cents, weights):
    parts = spread(cents, weights)
    whole = sum(weights)
    assert sum(parts) == cents
    if whole:
        for part, weight in zip(parts, weights, strict=True):
            assert abs(part - cents * weight / whole) < 1


# --- as the treasurer sees it ------------------------------------------------------------------


def days(period=APRIL, **more):
    return {"start": str(period.first), "end": str(period.last), **more}
