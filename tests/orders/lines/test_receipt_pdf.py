"""The receipt on paper says what its page says, word for word."""

import re
from html.parser import HTMLParser

import pytest
import time_machine
from django.test import Client

from orders.checkout.receipt_pdf import draw
from orders.lines.receipts import receipt_for
from orders.refunds import refunds
from tests.factories import make_order
from tests.orders.conftest import at_minute
from tests.pdf_text import text_of

pytestmark = pytest.mark.django_db
LINES = [
    {
        "kind": "ticket",
        "label": "Seat at the long table",
        "unit_cents": 19_500,
        "fair_value_cents": 6000,
        "quantity": 2,
    },
    {"kind": "gift", "label": "A gift, “for the students”", "unit_cents": 5050},
    {"kind": "ticket", "label": "Chair of the mayor", "unit_cents": 0},
]
SILENT = {"visually-hidden", "noprint"}


class Words(HTMLParser):
    """What a sighted reader of the printed page reads between <main> and </main>."""

    def __init__(self):
        super().__init__()
        self.depth, self.hidden_at, self.words = 0, None, []

    def handle_starttag(self, tag, attrs):
        if tag in ("br", "input", "img", "link", "meta"):
            return
        if tag == "main" or self.depth:
            self.depth += 1
            classes = set((dict(attrs).get("class") or "").split())
            if classes & SILENT and self.hidden_at is None:
                self.hidden_at = self.depth

    def handle_endtag(self, tag):
        if self.depth and tag not in ("br", "input", "img"):
            if self.hidden_at == self.depth:
                self.hidden_at = None
            self.depth -= 1

    def handle_data(self, data):
        if self.depth and self.hidden_at is None:
            self.words.append(data)


def page_words(order):
    with time_machine.travel(at_minute(9), tick=False):
        html = Client().get(f"/orders/{order.token}/receipt/").content.decode()
    reader = Words()
    reader.feed(html)
    return packed("".join(reader.words))


def pdf_words(order):
    with time_machine.travel(at_minute(9), tick=False):
        response = Client().get(f"/orders/{order.token}/receipt.pdf")
    assert response["Content-Type"] == "application/pdf"
    return packed(text_of(response.content))


def packed(text):
    """Without any space: where a line of type ends is not a word."""
    return re.sub(r"\s", "", text)


def a_part_back(order, tess):
    seats = order.lines.first()
    refunds.give_back(order=order, line=seats, units=[2], reason="Ill", by=tess, at=at_minute(5))


def a_gesture(order, tess):
    refunds.give_back(order=order, cents=1000, reason="Cold", by=tess, at=at_minute(5))


def all_of_it(order, tess):
    refunds.give_back(order=order, reason="Rain", by=tess, at=at_minute(5))


@pytest.mark.parametrize("ein", ["", "54-0000000"], ids=["no EIN", "EIN"])
@pytest.mark.parametrize("then", [None, a_part_back, a_gesture, all_of_it])
def test_page_and_paper_say_the_same(house, tess, ein, then):
    house(
        ein=ein,
        postal_address="810 Union Street\nNorfolk, Virginia",
        disclosure="A statement is available from the state.",
    )
    order = make_order(state="paid", lines=LINES)
    if then:
        then(order, tess)

    words = page_words(order)

    assert "Total$440.50" in words
    assert pdf_words(order) == words


def test_the_paper_is_of_many_pages_where_much_was_bought(house):
    order = make_order(state="paid", lines=[LINES[0]] * 60)

    assert pdf_words(order) == page_words(order)


@pytest.mark.parametrize("name", ["Zoë Ångström", "王小明", "Łukasz Żółć"])
def test_the_paper_can_write_the_buyers_name(name):
    order = make_order(state="paid", lines=LINES, buyer_name=name)

    assert packed(name) in packed(text_of(draw(receipt_for(order), at=at_minute(9))))


def test_there_is_no_paper_for_what_nobody_paid():
    order = make_order(lines=LINES)

    assert Client().get(f"/orders/{order.token}/receipt.pdf").url == order.get_absolute_url()


def test_the_paper_is_nobody_elses():
    order = make_order(state="paid", lines=LINES)

    response = Client().get(f"/orders/{order.token}/receipt.pdf")

    assert response["Cache-Control"] == "private, no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert Client().get(f"/orders/{'x' * 32}/receipt.pdf").status_code == 404
