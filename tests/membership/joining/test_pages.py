"""Joining, renewing, giving and the member's own page, as a browser asks for them."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from membership.joining.renewals import make_renewal_link
from membership.models import Benefit, Person
from nsca.lib.timing import day_of
from orders.models import Order
from pages.models import SiteSettings
from tests.fakes.stripe import fake_stripe
from tests.membership.terms.test_dues import make_member, make_tier

pytestmark = pytest.mark.django_db


def join_form(**changed):
    return {
        "submission_key": "k" * 40,
        "tier": "individual",
        "name": "Ada Ellery",
        "email": "ada@example.org",
        "adult": "on",
        **changed,
    }


def test_the_join_page_names_each_level_with_its_dues_and_sets_no_cookie(client):
    make_tier("Individual", 4000)
    make_tier("Benefactor", None)

    page = client.get("/join/")

    assert page.status_code == 200
    assert "$40" in page.text and "ask us" in page.text
    assert page.cookies == {}


def test_before_the_board_has_set_dues_the_page_says_what_to_do_instead(client):
    make_tier("Individual", None)

    page = client.get("/join/")

    assert "once the board has set the dues" in page.text
    assert "Go to payment" not in page.text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ein, is_said", [("54-0000000", True), ("", False)])
@pytest.mark.parametrize("path", ["/join/", "/renew/"])
def test_what_is_deductible_is_said_before_the_dues_are_paid(client, path, ein, is_said):
    SiteSettings.objects.update_or_create(pk=1, defaults={"ein": ein})
    tier = make_tier("Patron", 12_500)
    tier.benefits.add(Benefit.objects.create(text="Gear", fair_value_cents=2000))
    if path == "/renew/":
        ada = make_member(email="ada@example.org", ends_on=date(2099, 1, 1))
        path += make_renewal_link(ada.household, at=timezone.now()).token + "/"

    page = client.get(path).text

    assert ("Deductible: $105. Your benefits are worth $20." in page) is is_said
    assert ("your deduction is limited to the amount" in page) is is_said


def test_a_joiner_is_sent_to_pay_and_a_second_click_is_the_same_order(client):
    make_tier()

    first = client.post("/join/", join_form(gift="25"))
    second = client.post("/join/", join_form(gift="25"))

    assert first.status_code == second.status_code == 302
    order = Order.objects.get()
    assert order.total_cents == 6500
    assert order.token in first.url
    assert Person.objects.count() == 0


@pytest.fixture
def stripe(settings):
    with fake_stripe() as (fake, address):
        settings.STRIPE_SECRET_KEY = "sk_test_fake"
        settings.STRIPE_API_BASE = address
        yield fake


def test_a_joiner_is_told_that_card_payments_are_down_and_keeps_the_order(client, stripe):
    make_tier()
    stripe.misbehave(always="401")

    page = client.post("/join/", join_form(), follow=True)

    assert "Card payments are down on our end, and trying again won&#x27;t help" in page.text
    assert "What you chose is held until" in page.text
    assert "Pay $40 now" in page.text
    assert Order.objects.get().state == "held"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"tier": "emperor"}, "Choose a membership level."),
        ({"tier": ""}, "Choose a membership level."),
        ({"name": ""}, "Enter your name"),
        ({"email": "ada.example.org"}, "Enter a complete e-mail address"),
        ({"p2_name": "Ben"}, "covers one person"),
        ({"p2_email": "ben@example.org"}, "Enter this person’s name, too."),
        ({"adult": ""}, "ask a parent to join"),
        ({"gift": "lots"}, "Enter an amount in dollars"),
        ({"gift": "-5"}, "Enter an amount in dollars"),
        ({"gift": "1e3"}, "Enter an amount in dollars"),
        ({"gift": "１００"}, "Enter an amount in dollars"),
        ({"gift": "0.50"}, "The minimum is $1"),
        ({"gift": "99999999"}, "For more, please call us"),
    ],
)
def test_what_cannot_be_says_so_and_keeps_what_was_typed(client, changed, words):
    make_tier()

    page = client.post("/join/", join_form(phone="757 555 0123", **changed))

    assert page.status_code == 422
    assert words in page.text
    assert "757 555 0123" in page.text
    assert Order.objects.count() == 0


def test_a_form_from_another_site_is_refused(client):
    make_tier()

    page = client.post("/join/", join_form(), headers={"Sec-Fetch-Site": "cross-site"})

    assert page.status_code == 403
    assert Order.objects.count() == 0


def test_the_renewal_page_shows_initials_and_nothing_else_of_a_person(client):
    ada = make_member("Ada Ellery", "ada@example.org", ends_on=date(2099, 1, 1))
    link = make_renewal_link(ada.household, at=timezone.now())

    page = client.get(reverse("membership:renew", args=[link.token]))

    assert "A. E." in page.text
    assert "Ellery" not in page.text and "ada@" not in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_a_dead_renewal_link_says_what_to_do(client):
    page = client.get(reverse("membership:renew", args=["x" * 30]))

    assert page.status_code == 404
    assert "sign in" in page.text


@pytest.mark.django_db(transaction=True)
def test_a_gift_goes_to_the_gateway(client):
    form = {"submission_key": "g" * 40, "amount": "50", "name": "Ada", "email": "a@example.org"}

    answer = client.post("/give/", form)

    assert answer.status_code == 302
    assert Order.objects.get().lines.get().unit_cents == 5000


def test_the_members_page_asks_strangers_to_sign_in(client):
    answer = client.get("/membership/")

    assert answer.status_code == 302
    assert answer.url == "/accounts/login/?next=/membership/"


def test_a_member_sees_the_card_with_the_number_and_its_last_day(client):
    ada = make_member("Ada Ellery", ends_on=date(2099, 1, 31))
    Person.objects.filter(pk=ada.pk).update(member_number=100_418)
    client.force_login(ada.user)

    page = client.get("/membership/")

    assert "100418" in page.text
    assert "Jan 31, 2099" in page.text


def test_a_member_who_expired_is_told_so_and_offered_to_renew(client):
    yesterday = day_of(timezone.now()) - timedelta(days=1)
    ada = make_member("Ada Ellery", ends_on=yesterday)
    client.force_login(ada.user)

    page = client.get("/membership/")
    renewal = client.post(reverse("membership:start_renewal"))

    assert "Your membership ended on" in page.text
    assert client.get(renewal.url).status_code == 200


def test_a_member_changes_their_own_particulars_and_nobody_elses(client):
    ada = make_member("Ada Ellery", "ada@example.org", ends_on=date(2099, 1, 1))
    ben = make_member("Ben", "ben@example.org", ends_on=date(2099, 1, 1))
    client.force_login(ada.user)

    client.post(reverse("membership:particulars"), {"name": "Ada E.", "phone": "757-555-0123"})

    ada.refresh_from_db()
    ben.refresh_from_db()
    assert (ada.name, ada.phone, ben.name) == ("Ada E.", "757-555-0123", "Ben")
