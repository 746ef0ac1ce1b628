"""Joining at /join/, and the member's own page after it."""

from datetime import date

import pytest
from playwright.sync_api import expect

from membership.models import Term, Tier

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tier(clock):
    return Tier.objects.create(name="Individual", slug="individual", dues_cents=4000)


def join(page):
    page.goto("/join/")
    page.get_by_role("radio", name="Individual").check()
    page.get_by_label("Your name").fill("Ada Ellery")
    page.get_by_label("E-mail address").fill("ada@ellery.example")
    page.get_by_label("I am 18 or older").check()
    page.get_by_role("button", name="Go to payment").click()


def test_who_joins_and_pays_is_a_member_for_a_year_from_today(page, tier):
    join(page)
    page.get_by_role("button", name="Pay $40").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Paid. Thank you.")
    term = Term.objects.get()
    assert (term.starts_on, term.ends_on) == (date(2027, 4, 1), date(2028, 3, 31))


def test_who_joins_but_does_not_pay_is_no_member(page, tier):
    join(page)
    page.get_by_role("button", name="Leave").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Not paid yet")
    assert Term.objects.count() == 0


def test_a_new_member_signs_in_by_code_and_finds_the_card(page, tier, sign_in):
    join(page)
    page.get_by_role("button", name="Pay $40").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Paid. Thank you.")

    sign_in(page, "ada@ellery.example")

    page.wait_for_url("**/membership/")
    expect(page.locator("main")).to_contain_text("Ada Ellery")
    expect(page.locator("main")).to_contain_text("Individual")
