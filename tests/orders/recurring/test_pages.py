"""The page of a standing order: by its link alone, without a name on it; a GET changes nothing."""

from datetime import date, timedelta

import pytest
from django.test import Client
from post_office.models import Email

from orders.checkout.placing import payment_url
from orders.checkout.settling import settle
from orders.models import RecurringPayment
from orders.payments.stripe import PretendGateway
from orders.recurring import due as recurring_round
from tests.factories import NOON
from tests.orders.conftest import at_minute
from tests.orders.recurring_kit import WORDS, agree, ask, fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(stripe):
    return agree(stripe)


def url(row, more=""):
    return f"/auto-renewal/{row.token}/{more}"


def test_it_says_what_it_is_what_comes_next_and_what_was_agreed_to(client, row):
    page = client.get(url(row))

    assert page.status_code == 200
    for words in ("Gift to Toulon", "$50", "May 1, 2027", WORDS, "Cancel gift"):
        assert words in page.text
    assert "Ada" not in page.text and "ada@" not in page.text


def test_nobody_keeps_it_finds_it_or_learns_its_address(client, row):
    page = client.get(url(row))

    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert page.cookies == {}


def test_another_link_is_not_there(client, row):
    assert client.get("/auto-renewal/nothing/").status_code == 404
    assert client.post("/auto-renewal/nothing/").status_code == 404
    assert client.post("/auto-renewal/nothing/card/").status_code == 404


def test_opening_the_link_cancels_nothing(client, row):
    client.get(url(row))
    client.head(url(row))

    assert fresh(row).state == "active"


def test_one_press_cancels_without_a_sign_in_and_page_and_email_say_so(client, row):
    answer = client.post(url(row), {"act": "cancel"})

    assert (answer.status_code, answer.headers["Location"]) == (302, url(row))
    assert (fresh(row).state, fresh(row).ended_by) == ("canceled", "the member")
    page = client.get(url(row))
    assert "Canceled: nothing more will be charged" in page.text
    assert "End the gift" not in page.text
    assert Email.objects.filter(subject="Your recurring gift is canceled").count() == 1


def test_a_form_on_another_site_cancels_nothing(row):
    answer = Client().post(url(row), headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert fresh(row).state == "active"


def test_canceling_works_while_stripe_is_silent(client, stripe, row):
    stripe.misbehave(always="503")

    assert client.post(url(row)).status_code == 302
    assert fresh(row).state == "canceled"


def test_presses_without_end_are_throttled(client, row):
    answers = [client.post(url(row)).status_code for _ in range(21)]

    assert answers[:20] == [302] * 20
    assert answers[20] == 429


def test_before_the_first_payment_it_says_so_and_can_be_given_up(client, stripe):
    order = ask()
    row = RecurringPayment.objects.get(order=order)

    page = client.get(url(row))
    client.post(url(row))

    assert "Starts with your first payment" in page.text
    assert fresh(row).state == "canceled"


# --- Another card ------------------------------------------------------------------------------


def test_another_card_is_asked_for_on_stripes_own_page_and_nothing_else_is(client, stripe, row):
    answer = client.post(url(row, "card/"))

    [portal] = stripe.portals.values()
    assert (answer.status_code, answer.headers["Location"]) == (302, portal["url"])
    assert portal["flow"]["type"] == "payment_method_update"
    assert portal["customer"] == row.customer_id
    assert portal["return_url"].endswith(url(row))


def test_a_look_opens_no_page_at_stripe(client, stripe, row):
    assert client.get(url(row, "card/")).status_code == 405
    assert not stripe.portals


def test_while_stripe_is_silent_the_page_says_so(client, stripe, row):
    stripe.misbehave(always="503")

    answer = client.post(url(row, "card/"))

    assert answer.status_code == 503
    assert "payment service isn&#x27;t responding" in answer.text


def test_what_has_ended_needs_no_card(client, stripe, row):
    client.post(url(row))

    answer = client.post(url(row, "card/"))

    assert answer.headers["Location"] == url(row)
    assert not stripe.portals


# --- A demonstration ---------------------------------------------------------------------------


@pytest.fixture
def pretend(settings):
    """A standing order of the pretend gateway."""
    settings.DEMO = True
    order = ask()
    payment_url(order, at=NOON)
    payment = order.payments.get()
    PretendGateway().pay(payment, at=NOON)
    settle(payment.session_id, at=NOON)
    recurring_round.tick(NOON)
    return RecurringPayment.objects.get(order=order)


def test_a_demonstration_renews_through_the_tick(pretend):
    assert (pretend.state, pretend.next_charge_on) == ("active", date(2027, 5, 1))

    for day in range(1, 64):
        recurring_round.tick(NOON + timedelta(days=day))

    assert pretend.charges.count() == 2
    assert {charge.order.state for charge in pretend.charges.all()} == {"paid"}
    assert fresh(pretend).next_charge_on == date(2027, 7, 1)


def test_a_demonstrations_card_page_says_that_it_is_none(client, pretend):
    answer = client.post(url(pretend, "card/"))
    page = client.get(answer.headers["Location"])

    assert "This is a demonstration: there is no card" in page.text


def test_a_demonstrations_canceling_is_done_at_once(client, pretend):
    client.post(url(pretend))
    recurring_round.tick(at_minute(5))

    assert fresh(pretend).stopped_at == at_minute(5)


def test_in_earnest_there_is_no_pretend_card_page(client, row):
    assert client.get(url(row, "pretend-card/")).status_code == 404
