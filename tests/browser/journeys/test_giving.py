"""A gift in memory of somebody, on a screen of 360 pixels, with and without scripts; and the sum
beside the form, where there are scripts.
"""

import pytest
from playwright.sync_api import expect
from post_office.models import Email

from membership.models import Fund, GiftFigure
from nsca.lib.web.caching import content_changed
from orders.models import Line, StandingOrder
from tests.membership.gifts import set_card_fee

pytestmark = pytest.mark.django_db(transaction=True)

TELEPHONE = {"width": 360, "height": 740}


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def phone(request, open_page, clock):
    return open_page(java_script_enabled=request.param, viewport=TELEPHONE)


@pytest.fixture
def fund(clock):
    GiftFigure.objects.create(words="students crossed an ocean", number=14, year=2026)
    fund = Fund.objects.create(name="Student scholarships", slug="scholars", words="A seat.")
    content_changed()
    return fund


def test_somebody_gives_in_memory_and_the_family_is_told_no_amount(phone, fund):
    phone.goto("/give/")
    phone.get_by_role("radio", name="$100").check()
    phone.get_by_role("radio", name="Student scholarships").check()
    phone.get_by_role("radio", name="In memory of somebody").check()
    phone.get_by_label("Their name").fill("Ruth Okoro")
    phone.get_by_label("Send a card to").fill("The Okoro family")
    phone.get_by_label("Their e-mail address").fill("ben@okoro.example")
    phone.get_by_label("Your name").fill("Ada Ellery")
    phone.get_by_label("E-mail address", exact=True).fill("ada@ellery.example")
    is_wide = phone.evaluate("document.documentElement.scrollWidth") > TELEPHONE["width"]
    phone.get_by_role("button", name="Go to payment").click()
    phone.get_by_role("button", name="Pay $100").click()

    expect(phone.locator("main")).to_contain_text(
        "$100 for Student scholarships, in memory of Ruth Okoro."
    )
    card = Email.objects.get(subject="A gift in memory of Ruth Okoro")
    assert "100" not in card.message
    assert (is_wide, Line.objects.get().unit_cents) == (False, 10_000)
    assert StandingOrder.objects.count() == 0


def test_the_fields_of_a_card_are_there_only_for_who_honors_somebody(phone, fund):
    phone.goto("/give/")

    expect(phone.get_by_label("Their name")).to_be_hidden()
    phone.get_by_role("radio", name="In honor of somebody").check()
    expect(phone.get_by_label("Their name")).to_be_visible()


def test_the_sum_beside_the_form_is_what_is_then_paid(page, clock):
    set_card_fee()
    page.goto("/give/")
    page.get_by_label("Another amount").fill("1,250.50")
    page.get_by_label("so that all of it arrives").check()

    expect(page.locator(".given b")).to_have_text("$1,288.16")
    page.get_by_label("Your name").fill("Ada Ellery")
    page.get_by_label("E-mail address", exact=True).fill("ada@ellery.example")
    page.get_by_role("button", name="Go to payment").click()
    expect(page.get_by_role("button", name="Pay $1,288.16")).to_be_visible()


def test_the_page_of_what_gifts_do_has_the_figures_that_staff_gave(phone, fund):
    phone.goto("/give/what-gifts-do/")

    expect(phone.locator("main")).to_contain_text("14")
    expect(phone.locator("main")).to_contain_text("students crossed an ocean")
    assert phone.evaluate("document.documentElement.scrollWidth") <= TELEPHONE["width"]
