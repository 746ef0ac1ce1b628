"""Everything works where no script runs."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from nsca.lib.web.caching import content_changed
from tests.browser.conftest import WIDE
from tests.browser.evening import make_soiree
from tests.factories import NOON, make_city, make_ticket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(open_page, clock):
    return open_page(java_script_enabled=False, viewport=WIDE)


def test_seats_are_bought_with_the_update_button(page):
    make_soiree()
    page.goto("/events/soiree/tickets/")
    page.get_by_label("Seat at the long table").fill("3")

    page.get_by_role("button", name="Show guests").click()
    expect(page.locator(".total [data-sum=total]")).to_have_text("$285")
    page.get_by_label("Name of guest 3").fill("Cy Nakamura")
    page.get_by_label("Your name").fill("Ada Ellery")
    page.get_by_label("E-mail address").fill("ada@ellery.example")
    page.get_by_label("I agree to the refund terms").check()
    page.get_by_role("button", name="Pay $285").click()
    page.get_by_role("button", name="Pay $285").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Paid. See you there.")
    page.get_by_role("link", name="Cy Nakamura", exact=True).click()
    expect(page.get_by_role("img", name="Code of ticket")).to_be_visible()


def test_a_guest_changes_supper_on_the_ticket_s_own_page(page):
    soiree = make_soiree()
    ticket = make_ticket(soiree)
    page.goto(ticket.get_absolute_url())

    page.get_by_label("Supper").select_option("Garden box")
    page.get_by_role("button", name="Save").click()

    expect(page.locator("article.ticket")).to_contain_text("Garden box")


def test_a_city_is_found_by_the_search_form(page):
    make_city("toulon")
    content_changed()
    page.goto("/search/")

    page.get_by_role("searchbox").fill("toulon")
    page.get_by_role("searchbox").press("Enter")

    expect(page.get_by_role("link", name="Toulon").first).to_be_visible()


def test_a_message_reaches_the_office(page, clock):
    page.goto("/contact/")
    page.get_by_label("Your name").fill("Ada Ellery")
    page.get_by_label("Your e-mail").fill("ada@ellery.example")
    page.get_by_label("Your message").fill("We have a spare room.")

    clock.move_to(NOON + timedelta(minutes=1))
    page.get_by_role("button", name="Send the message").click()

    page.wait_for_url("**/contact/thanks/")
