"""The whole way with Tab, Enter and Space; one always sees where one is."""

import pytest
from playwright.sync_api import expect

from tests.browser.evening import make_soiree

pytestmark = pytest.mark.django_db(transaction=True)
MOST_STOPS = 80  # Tabs on one page; beyond it something traps the keyboard
# What stands in front of a person at the focused element, or "" where nothing shows it.
SEEN_AT = """() => {
  const at = document.activeElement, style = getComputedStyle(at);
  const box = at.getBoundingClientRect();
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const inside = box.width > 0 && box.bottom > 0 && box.top < innerHeight;
  return outlined && inside ? style.outlineStyle : "";
}"""


def tab_to(page, target):
    """Press Tab until `target` has the focus; every stop on the way must be seen."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        here = page.evaluate("document.activeElement.outerHTML.slice(0, 120)")
        assert page.evaluate(SEEN_AT), f"the focus is not to be seen on {here} of {page.url}"
        if target.evaluate("target => target === document.activeElement"):
            return
    pytest.fail(f"{target} of {page.url} is not reached with {MOST_STOPS} Tabs")


def test_the_skip_link_is_the_first_stop_and_leads_past_the_menu(page, clock):
    page.goto("/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to content")).to_be_in_viewport()
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()


def test_a_ticket_is_bought_with_the_keyboard_alone(page, clock):
    make_soiree()
    page.goto("/events/soiree/")

    tab_to(page, page.get_by_role("link", name="Buy tickets"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/tickets/")
    tab_to(page, page.get_by_label("Seat at the long table"))
    page.keyboard.type("1")
    tab_to(page, page.get_by_label("Supper of guest 1"))
    page.keyboard.type("G")
    expect(page.get_by_label("Supper of guest 1")).not_to_have_value("")
    tab_to(page, page.get_by_label("Your name"))
    page.keyboard.type("Ada Ellery")
    tab_to(page, page.get_by_label("E-mail address"))
    page.keyboard.type("ada@ellery.example")
    tab_to(page, page.get_by_label("I agree to the refund terms"))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_role("button", name="Pay $95"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/pretend/")
    tab_to(page, page.get_by_role("button", name="Pay $95"))
    page.keyboard.press("Space")

    expect(page.get_by_role("heading", level=1)).to_have_text("Paid. See you there.")
