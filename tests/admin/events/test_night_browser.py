"""The night at the admin, in a real browser: mission control, typed words."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from events import reveal
from events.models import Hint
from nsca.lib import clock
from tests.admin.conftest import CANARY

PHONE = {"width": 360, "height": 780}
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def control(sealed_soiree):
    return reverse("admin:events_event_reveal", args=[sealed_soiree.pk])


def test_the_slider_picks_an_instant_on_a_phone(open_page, enter, control, soiree):
    page = enter(open_page(viewport=PHONE))
    page.goto(control)
    slide = page.get_by_label("Or slide")

    slide.focus()
    page.keyboard.press("End")  # a day after the end
    page.wait_for_url("**at_0=**")

    assert page.get_by_role("heading", name="Who knows what, on").is_visible()
    revealed = page.locator(".desk-knows [data-level='3']").first.inner_text()
    assert "Ticket holders" in revealed
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_an_instant_is_typed_without_javascript(open_page, enter, control, soiree):
    page = enter(open_page(viewport=PHONE, java_script_enabled=False))
    page.goto(control)

    page.get_by_role("link", name="The reveal", exact=True).click()
    revealed = page.locator(".desk-knows [data-level='3']").first.inner_text()
    page.get_by_role("link", name="A second before the reveal").click()
    before = page.locator(".desk-knows [data-level='3']").first.inner_text()

    assert "Ticket holders" in revealed
    assert "Ticket holders" not in before
    assert not page.get_by_label("Or slide").is_visible()


def test_mission_control_keeps_up_by_itself(page, enter, control, soiree, staff):
    page.clock.install()
    enter(page).goto(control)
    page.evaluate("window.isTheSamePage = true")
    assert page.get_by_role("link", name="Hold the reveal").is_visible()

    reveal.hold(soiree, by=staff("director"), at=clock.now())
    page.clock.run_for(61_000)

    page.get_by_role("link", name="Release the hold").wait_for()
    assert "On hold" in page.locator(".desk-big").inner_text()
    assert page.evaluate("window.isTheSamePage") is True


def test_the_reveal_is_held_and_told_from_a_phone(open_page, enter, control, soiree):
    page = enter(open_page(viewport=PHONE))
    page.goto(control)

    page.get_by_role("link", name="Hold the reveal").click()
    page.locator("#content-main form button").first.click()
    page.goto(control)
    held = page.locator(".desk-big").inner_text()
    page.get_by_role("link", name="Release the hold").click()
    page.locator("#content-main form button").first.click()
    page.goto(control)
    page.get_by_role("link", name="Reveal now").click()
    page.locator("#content-main form button").first.click()
    reveal.publish_due(at=clock.now())
    page.goto(control)

    assert held == "On hold"
    assert page.locator(".desk-big").inner_text() == "Revealed"
    assert CANARY not in page.content()
    soiree.refresh_from_db()
    assert soiree.reveal_version == 1


def test_typed_words_are_found_and_the_finding_leads_to_the_field(page, enter, control, soiree):
    Hint.objects.update(text=f"It rhymes with {CANARY}.", opens_at=soiree.publish_at)
    enter(page).goto(control)

    page.get_by_role("link", name="Word check").click()
    page.get_by_role("button", name="Check now").click()

    found = page.locator(".desk-found")
    assert "has the venue’s full name in its field “text”" in found.inner_text()
    assert CANARY.lower() not in page.content().lower()
    found.get_by_role("link", name="Change it").first.click()
    page.wait_for_url(f"**{reverse('admin:events_event_change', args=[soiree.pk])}**")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_who_cannot_see_it_and_who_holds_a_phone_can_work_with_it(
    open_page,
    enter,
    control,
    soiree,
    scheme,
):
    # axe is put into the page from outside, which the site's policy rightly refuses.
    page = enter(open_page(viewport=PHONE, color_scheme=scheme, bypass_csp=True))
    pages = [
        control,
        reverse("admin:events_event_word_check", args=[soiree.pk]),
        reverse("admin:events_event_dry_run", args=[soiree.pk]),
    ]

    found = {}
    for address in pages:
        page.goto(address)
        faults = Axe().run(page).response["violations"]
        wide = page.evaluate("document.documentElement.scrollWidth")
        found[address] = ([f["id"] for f in faults if f["impact"] in GRAVE], wide)

    assert found == dict.fromkeys(pages, ([], 360))


GRAVE = ("serious", "critical")
