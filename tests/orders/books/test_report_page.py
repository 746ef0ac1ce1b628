"""The report as the treasurer sees it: its page, its files, and who may open it."""

import csv
import io
from datetime import UTC, date, datetime

import pytest

from membership.models import User
from orders.books.report import Period, report
from orders.models import Payout
from tests.factories import make_user
from tests.orders.books.test_report import (
    APRIL,
    GIFT,
    SOIREE,
    a_busy_spring,
    days,
    gave_back,
    sold,
)

pytestmark = pytest.mark.django_db
REPORT = "/admin/orders/ledgerentry/report/"


@pytest.fixture
def treasurer(client):
    user = make_user(
        "tess@nsca.example",
        is_staff=True,
        permissions=["orders.view_ledgerentry", "orders.view_payment", "orders.view_order"],
    )
    client.force_login(user)
    return client


def test_every_number_leads_to_its_orders(treasurer):
    soiree, gifts = sold(SOIREE, buyer_name="Ada Ellery"), sold(GIFT, buyer_name="Ben Okoro")
    gave_back(soiree, 9500, line=soiree.lines.get())
    page = treasurer.get(REPORT, days())
    cells = {
        (row.key, cell["words"]): cell
        for shown in page.context["tables"]
        if shown["by"] == "heading"
        for row, row_cells in shown["rows"]
        for cell in row_cells
    }
    for key, words, numbers in [
        ("Soirée en Blanc, May 2027", "Sold", {soiree.number}),
        ("Soirée en Blanc, May 2027", "Refunded", {soiree.number}),
        ("Gifts", "Sold", {gifts.number}),
        ("Gifts", "Refunded", set()),
    ]:
        orders = treasurer.get(cells[key, words]["url"])
        assert {order.number for order in orders.context["cl"].result_list} == numbers


def test_the_list_says_that_it_is_a_part_and_offers_the_whole(treasurer):
    sold(GIFT)
    cell = treasurer.get(REPORT, days()).context["tables"][0]["total"][0]
    orders = treasurer.get(cell["url"])
    assert "Sold: together" in orders.content.decode()
    assert "All orders" in orders.content.decode()


def test_a_question_that_makes_no_sense_finds_nothing(treasurer):
    sold(GIFT)
    for query in ("report_from=soon", "report_by=nothing", "report_by=heading&report_row=x"):
        page = treasurer.get(f"/admin/orders/order/?{query}")
        assert len(page.context["cl"].result_list) == 0


def test_a_table_for_a_spreadsheet_cannot_calculate_on_its_own(treasurer):
    sold({**GIFT, "heading": "=HYPERLINK(1)"})
    answer = treasurer.get(REPORT, days(csv="heading"))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == [
        "what", "sold", "refunded", "disputed", "net", "stripe fees", "to the bank",
    ]  # fmt: skip
    assert rows[1] == ["'=HYPERLINK(1)", "50.0", "0.0", "0.0", "50.0", "0.0", "50.0"]
    assert rows[2][0] == "Total"
    assert "report-by-heading-2027-04-01-to-2027-04-30.csv" in answer["Content-Disposition"]


def test_payouts_for_a_spreadsheet(treasurer):
    Payout.objects.create(provider_id="po", cents=9194, state="paid", arrives_on=APRIL.first)
    answer = treasurer.get(REPORT, days(csv="payouts"))
    assert "2027-04-01,paid,0.0,0.0,0.0,91.94" in answer.content.decode()


def test_there_is_no_table_by_anything_else(treasurer):
    assert treasurer.get(REPORT, days(csv="buyer")).status_code == 404


def test_an_empty_period_says_so(treasurer):
    assert "No money came in or went out" in treasurer.get(REPORT, days()).content.decode()


def test_without_a_question_it_is_this_month_in_norfolk(treasurer, time_machine):
    time_machine.move_to(datetime(2027, 5, 1, 3, 30, tzinfo=UTC), tick=False)  # still April there
    treasurer.force_login(User.objects.get())
    assert treasurer.get(REPORT).context["report"].period == APRIL


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (days(Period(date(2027, 4, 2), date(2027, 4, 1))), "The period ends before it starts."),
        ({"start": "0027-04-01"}, "Write the year with four digits"),
        ({"start": "soon"}, "Enter a valid date"),
    ],
)
def test_a_period_that_cannot_be_is_refused_kindly(treasurer, wrong, words):
    page = treasurer.get(REPORT, wrong)
    assert page.status_code == 422
    assert words in page.content.decode()


def test_who_may_not_read_the_ledger_may_not_read_the_report(client):
    client.force_login(
        make_user("evan@nsca.example", is_staff=True, permissions=["orders.view_order"])
    )
    assert client.get(REPORT).status_code == 403
    sold(GIFT)
    asked = client.get("/admin/orders/order/?report_by=heading&report_row=Gifts")
    assert len(asked.context["cl"].result_list) == 0


def test_the_report_costs_a_handful_of_queries(django_assert_max_num_queries):
    a_busy_spring()
    with django_assert_max_num_queries(8):
        report(Period.year_of(date(2027, 1, 1)))
