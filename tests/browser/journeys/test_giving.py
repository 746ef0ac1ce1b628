"""Giving in memory on a screen of 360 pixels, with and without scripts, and the live sum."""

import pytest
from playwright.sync_api import expect
from post_office.models import Email

from membership.models import Fund, GiftFigure
from nsca.lib.web.caching import content_changed
from orders.models import Line, RecurringPayment
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


def test_a_gift_in_memory_sends_the_family_a_card_without_the_amount(phone, fund):
    phone.goto("/give/")
    phone.get_by_role("radio", name="$100").check()
    phone.get_by_role("radio", name="Student scholarships").check()
    phone.get_by_role("radio", name="In memory of someone").check()
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
    assert RecurringPayment.objects.count() == 0


def test_card_fields_appear_only_for_a_gift_in_honor_or_memory(phone, fund):
    phone.goto("/give/")

    expect(phone.get_by_label("Their name")).to_be_hidden()
    phone.get_by_role("radio", name="In honor of someone").check()
    expect(phone.get_by_label("Their name")).to_be_visible()


def test_the_live_sum_is_the_amount_then_charged(page, clock):
    set_card_fee()
    page.goto("/give/")
    page.get_by_label("Other amount").fill("1,250.50")
    page.get_by_label("so your whole gift reaches us").check()

    expect(page.locator(".given b")).to_have_text("$1,288.16")
    page.get_by_label("Your name").fill("Ada Ellery")
    page.get_by_label("E-mail address", exact=True).fill("ada@ellery.example")
    page.get_by_role("button", name="Go to payment").click()
    expect(page.get_by_role("button", name="Pay $1,288.16")).to_be_visible()


def test_what_gifts_do_shows_staffs_figures(phone, fund):
    phone.goto("/give/what-gifts-do/")

    expect(phone.locator("main")).to_contain_text("14")
    expect(phone.locator("main")).to_contain_text("students crossed an ocean")
    assert phone.evaluate("document.documentElement.scrollWidth") <= TELEPHONE["width"]
