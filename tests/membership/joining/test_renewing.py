"""Renewing by the link in a reminder, whatever happened since it was sent."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from membership.joining.renewals import make_renewal_link
from membership.models import Person, RenewalLink, Term, Tier
from membership.terms.dues import Joining
from orders.models import Line, Order, RecurringPayment
from tests.factories import make_person
from tests.membership.terms.test_dues import NOON, TODAY, join, make_member, make_tier

paying = pytest.mark.django_db(transaction=True)
pytestmark = pytest.mark.django_db

POST = {"submission_key": "k" * 40, "tier": "individual"}


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def page_of(link):
    return reverse("membership:renew", args=[link.token])


def test_the_page_says_level_price_and_from_when_until_when(client):
    ada = make_member("Ada Ellery", ends_on=date(2027, 6, 30))
    link = make_renewal_link(ada.household, at=NOON)

    page = client.get(page_of(link))

    assert "From July 1, 2027 through June 30, 2028." in page.text
    assert 'value="individual" checked' in page.text
    assert "Ellery" not in page.text


def test_a_look_changes_nothing_whoever_looks(client):
    ada = make_member(ends_on=date(2027, 6, 30))
    link = make_renewal_link(ada.household, at=NOON)

    for method in (client.get, client.head, client.get):
        method(page_of(link))

    assert RenewalLink.objects.get().used_at is None
    assert (Order.objects.count(), Term.objects.count()) == (0, 1)


@paying
def test_who_renewed_already_is_told_until_when_and_may_pay_the_year_after(client):
    ada = make_member("Ada Ellery", ends_on=date(2027, 6, 30))
    link = make_renewal_link(ada.household, at=NOON - timedelta(days=1))
    joining = Joining("Ben", "ben@example.org", household_id=ada.household.pk)
    join(Tier.objects.get(), joining)

    page = client.get(page_of(link)).text
    answer = client.post(page_of(link), POST)

    assert "paid through June 30, 2028" in page
    assert "From July 1, 2028 through June 30, 2029." in page
    assert answer.status_code == 302


def test_a_level_that_is_not_offered_any_more_is_said_and_none_is_chosen(client):
    ada = make_member(ends_on=date(2027, 6, 30))
    make_tier("Patron", 15_000)
    Tier.objects.filter(slug="individual").update(is_offered=False)
    link = make_renewal_link(ada.household, at=NOON)

    page = client.get(page_of(link)).text
    answer = client.post(page_of(link), POST)

    assert "We no longer offer Individual" in page
    assert " checked" not in page
    assert answer.status_code == 422


def test_dues_that_changed_after_the_email_are_said(client):
    ada = make_member(ends_on=date(2027, 6, 30))
    link = make_renewal_link(ada.household, at=NOON)
    tier = Tier.objects.get()
    with time_machine.travel(NOON + timedelta(days=1)):
        tier.dues_cents = 4500
        tier.save()

    with time_machine.travel(NOON + timedelta(days=2)):
        page = " ".join(client.get(page_of(link)).text.split())

    assert "Individual was $40 and is now $45." in page


def test_a_membership_for_life_is_told_so_before_anybody_pays(client):
    ada = make_member("Ada Ellery")
    link = make_renewal_link(ada.household, at=NOON)

    pages = [client.get(page_of(link)), client.post(page_of(link), POST)]

    assert all("never owe dues" in page.text for page in pages)
    assert Order.objects.count() == 0


@pytest.mark.parametrize("left", ["nobody", "a child"])
def test_where_nobody_grown_is_left_the_office_is_named_and_no_name(client, left):
    ada = make_member("Ada Ellery", ends_on=date(2027, 6, 30))
    if left == "a child":
        make_person(ada.household, name="Cleo Ellery", born_on=date(2016, 5, 14))
    Person.objects.filter(pk=ada.pk).update(died_on=TODAY)
    link = make_renewal_link(ada.household, at=NOON)

    page = client.get(page_of(link))

    assert page.status_code == 404
    assert "write or call us" in page.text and "Ellery" not in page.text


def test_who_outlived_the_other_renews_for_the_household(client):
    ada = make_member("Ada Ellery", ends_on=date(2027, 6, 30))
    make_person(ada.household, name="Ben Okoro", email="ben@example.org")
    Person.objects.filter(pk=ada.pk).update(died_on=TODAY)
    link = make_renewal_link(ada.household, at=NOON)

    assert "B. O." in client.get(page_of(link)).text


@paying
@pytest.mark.parametrize("ticked", [True, False])
def test_dues_renew_by_themselves_only_for_who_ticks_the_box(client, ticked):
    ada = make_member(ends_on=date(2027, 6, 30))
    link = make_renewal_link(ada.household, at=NOON)

    client.post(page_of(link), POST | ({"renews": "on"} if ticked else {}))

    kept = list(RecurringPayment.objects.values_list("household", "consented_at"))
    assert kept == ([(ada.household.pk, NOON)] if ticked else [])


@paying
def test_who_has_no_address_renews_on_paper_s_link_and_may_have_the_receipt(client):
    ada = make_member("Ada Ellery", "", ends_on=date(2027, 6, 30))
    link = make_renewal_link(ada.household, at=NOON)

    client.post(page_of(link), POST | {"email": "Niece@Example.org"})

    assert Order.objects.get().buyer_email == "niece@example.org"
    assert Line.objects.get().details["household_id"] == ada.household.pk


@pytest.mark.parametrize("by_link", [True, False])
def test_the_gateway_is_not_told_the_address_of_who_was_mailed_the_link(by_link):
    ada = make_member(ends_on=date(2027, 6, 30))
    link = make_renewal_link(ada.household, at=NOON) if by_link else None
    tier = Tier.objects.get(slug="individual")
    joining = Joining(
        "Ada", "ada@example.org", household_id=ada.household.pk,
        renewal_link_id=link and link.pk,
    )  # fmt: skip

    assert [line.hides_the_buyer for line in join(tier, joining).lines.all()] == [by_link]
