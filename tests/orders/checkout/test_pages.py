"""The buyer's own pages: private, plain about where things stand, never waiting for Stripe."""

import pytest
import time_machine
from django.test import Client

from orders.models import Payment
from orders.refunds import refunds
from tests.factories import NOON, make_order, make_payment
from tests.orders.conftest import at_minute

pytestmark = pytest.mark.django_db
CHAIRS = {
    "kind": "ticket",
    "label": "Seat at the long table",
    "unit_cents": 9500,
    "quantity": 2,
    "fair_value_cents": 6000,
}


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(at_minute(5), tick=False) as clock:
        yield clock


def page_of(order, part="", status=200):
    response = Client().get(f"{order.get_absolute_url()}{part}")
    assert response.status_code == status
    return response.content.decode()


STATES = {
    "held": lambda: make_order(lines=[CHAIRS]),
    "expired": lambda: make_order(lines=[CHAIRS], state="expired"),
    "paid": lambda: make_order(lines=[CHAIRS], state="paid"),
}


@pytest.mark.parametrize(
    "state, words, absent",
    [
        (
            "held",
            "holding your seats until Thursday, April 1, 2027 at 12:35 p.m. EDT.",
            "/tickets/",
        ),
        ("expired", "we released your seats", "Pay $190 now"),
        ("paid", "Paid. See you there.", "Pay $190 now"),
    ],
)
def test_the_page_says_where_the_order_stands(state, words, absent):
    html = page_of(STATES[state]())

    assert words in html
    assert absent not in html


def test_a_held_order_can_be_paid_from_its_page():
    order = STATES["held"]()

    html = page_of(order)

    assert f'action="/orders/{order.token}/pay/"' in html
    assert "Pay $190 now" in html


def test_a_hold_that_nobody_swept_is_expired_on_the_page_the_second_it_ends(noon):
    order = STATES["held"]()
    noon.move_to(order.held_until)

    html = page_of(order)

    assert "we released your seats" in html
    assert "Pay $190 now" not in html


def test_a_expired_order_leads_to_what_is_left():
    assert 'href="/events/soiree/tickets/"' in page_of(STATES["expired"]())


def test_a_paid_order_leads_to_its_tickets_and_its_receipt():
    order = STATES["paid"]()

    html = page_of(order)

    assert 'href="/tickets/somewhere/"' in html
    assert f'href="/orders/{order.token}/receipt/"' in html


def test_a_refunded_order_says_so(tess):
    order = STATES["paid"]()
    refunds.give_back(order=order, reason="Rain", by=tess, at=NOON)

    html = page_of(order)

    assert "Canceled and refunded" in html
    assert "Refunded" in html


@pytest.mark.parametrize("part", ["", "receipt/"])
def test_the_buyers_pages_are_nobody_elses(part):
    response = Client().get(f"{STATES['paid']().get_absolute_url()}{part}")

    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "ETag" not in response.headers
    assert not response.cookies


@pytest.mark.parametrize("part", ["", "receipt/", "return/", "pretend/"])
def test_an_unknown_link_opens_nothing(part):
    assert Client().get(f"/orders/{'x' * 32}/{part}").status_code == 404


def test_the_forms_need_no_cookie():
    order = STATES["held"]()

    response = Client(enforce_csrf_checks=True).post(f"{order.get_absolute_url()}pay/")

    assert response.url == f"/orders/{order.token}/pretend/"


@pytest.mark.parametrize("act", ["pay", "pretend"])
def test_a_form_on_another_site_cannot_act_here(act):
    order = STATES["held"]()

    response = Client().post(
        f"{order.get_absolute_url()}{act}/",
        {"act": "pay"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert response.status_code == 403
    assert not order.payments.exists()


def test_the_whole_way_through_the_pretend_gateway():
    order, buyer = STATES["held"](), Client()

    to_till = buyer.post(f"{order.get_absolute_url()}pay/")
    till_page = buyer.get(to_till.url).content.decode()
    declined = buyer.post(to_till.url, {"act": "decline"}).content.decode()
    left = buyer.post(to_till.url, {"act": "leave"})
    paid = buyer.post(to_till.url, {"act": "pay"})
    back = buyer.get(paid.url)

    order.refresh_from_db()
    assert to_till.url == f"/orders/{order.token}/pretend/"
    assert "This is a demonstration" in till_page
    assert "The pretend bank declined" in declined
    assert left.url == order.get_absolute_url()
    assert order.state == "paid"
    assert "Paid. See you there." in back.content.decode()


@pytest.mark.parametrize(
    "debug, demo, key, status",
    [(False, False, "", 404), (False, True, "sk_test_x", 404), (False, True, "", 200)],
)
def test_the_pretend_gateway_exists_only_where_money_is_pretend(
    settings, debug, demo, key, status
):
    order = STATES["held"]()
    make_payment(order, state="open")
    settings.DEBUG, settings.DEMO, settings.STRIPE_SECRET_KEY = debug, demo, key

    assert Client().get(f"{order.get_absolute_url()}pretend/").status_code == status


def test_a_second_click_on_pay_is_the_same_payment():
    order, buyer = STATES["held"](), Client()

    urls = {buyer.post(f"{order.get_absolute_url()}pay/").url for _ in range(3)}

    assert len(urls) == 1
    assert Payment.objects.filter(order=order).count() == 1


def test_paying_too_late_leads_back_to_the_page_that_says_so(noon):
    order = STATES["held"]()
    noon.move_to(order.held_until)

    response = Client().post(f"{order.get_absolute_url()}pay/")

    assert response.url == order.get_absolute_url()
    assert not order.payments.exists()


def test_a_silent_gateway_is_said_on_the_page_with_the_button_still_there(stripe):
    order = STATES["held"]()
    stripe.misbehave("503", "503")

    response = Client().post(f"{order.get_absolute_url()}pay/")

    html = response.content.decode()
    assert response.status_code == 503
    assert "You weren&#x27;t charged, and your order is saved" in html
    assert "Pay $190 now" in html


def test_the_return_page_settles_before_the_webhook_does(stripe):
    order, buyer = STATES["held"](), Client()
    buyer.post(f"{order.get_absolute_url()}pay/")
    stripe.pay(order.payments.get().session_id)

    response = buyer.get(f"{order.get_absolute_url()}return/")

    order.refresh_from_db()
    assert (response.status_code, order.state) == (200, "paid")
    assert "Paid. See you there." in response.content.decode()


@pytest.mark.parametrize("trouble", [(), ("503", "503")], ids=["not yet paid", "silent"])
def test_the_return_page_waits_with_the_buyer_where_the_word_is_still_missing(stripe, trouble):
    order, buyer = STATES["held"](), Client()
    buyer.post(f"{order.get_absolute_url()}pay/")
    stripe.misbehave(*trouble)

    response = buyer.get(f"{order.get_absolute_url()}return/")
    html = buyer.get(response.url).content.decode()

    assert response.url == f"{order.get_absolute_url()}?waiting"
    assert '<a href="?waiting">Check again</a>' in html
    assert "waiting for your bank" in html


def test_the_pages_never_ask_stripe(stripe):
    order, buyer = STATES["held"](), Client()
    buyer.post(f"{order.get_absolute_url()}pay/")
    asked = len(stripe.asked)

    buyer.get(order.get_absolute_url())

    assert len(stripe.asked) == asked


@pytest.mark.parametrize("lines", [1, 12])
def test_the_page_costs_the_same_however_much_was_bought(django_assert_num_queries, lines):
    order = make_order(lines=[CHAIRS] * lines, state="paid")
    Client().get(order.get_absolute_url())  # the foot's particulars are read once

    with django_assert_num_queries(3):
        Client().get(order.get_absolute_url())


def test_more_clicks_than_a_person_makes_are_asked_to_wait():
    order, buyer = STATES["held"](), Client()

    answers = [buyer.post(f"{order.get_absolute_url()}pay/").status_code for _ in range(21)]

    assert answers == [302] * 20 + [429]


def test_the_page_says_where_the_receipt_went(house):
    house(ein="54-0000000")

    html = page_of(STATES["paid"]())

    said = "A receipt for $190, of which $70 is tax-deductible, went to ada@ellery.example."
    assert said in html


def test_the_receipt_names_the_sums_and_the_law(house):
    house(ein="54-0000000", disclosure="A statement is available from the state.")
    html = page_of(STATES["paid"](), "receipt/")

    assert "EIN 54-0000000" in html
    assert "$70 of this payment is tax-deductible" in html
    assert "A statement is available from the state." in html


def test_the_receipt_is_silent_about_the_law_without_an_ein():
    html = page_of(STATES["paid"](), "receipt/")

    assert "$190" in html
    assert "deductible" not in html
    assert "tax" not in html.lower()


def test_there_is_no_receipt_for_what_nobody_paid():
    order = STATES["held"]()

    response = Client().get(f"{order.get_absolute_url()}receipt/")

    assert response.url == order.get_absolute_url()


def test_nothing_inline_that_the_policy_forbids():
    for state in STATES.values():
        html = page_of(state())
        assert "style=" not in html
        assert "<script>" not in html


def test_an_order_for_gifts_speaks_of_no_seats():
    order = make_order(state="expired")

    html = page_of(order)

    assert "This order expired" in html
    assert "seats" not in html.split("<main")[1].split("</main>")[0]
