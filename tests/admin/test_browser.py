"""The admin in a real browser under the site's own Content-Security-Policy.

The `page` fixture fails a test whose pages complain in the console, so a breach of the policy is a
failure.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from events.models import Event
from pages.models import Page
from tests.admin.conftest import CANARY
from tests.browser.looks import RULES_OF_COLOR


def test_an_editor_writes_with_the_rich_text_editor(page, enter, live_server):
    enter(page, "editor").goto(reverse("admin:pages_page_add"))

    page.get_by_label("Title:", exact=True).fill("Hosting")
    page.get_by_label("Path:").fill("hosting")
    page.locator(".prose-editor > .ProseMirror").first.click()
    page.keyboard.type("Open your home. ")
    page.locator("[data-name=bold]").first.click()
    page.keyboard.type("It is kind.")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(f"**{reverse('admin:pages_page_changelist')}")

    assert Page.objects.get().body == "<p>Open your home. <strong>It is kind.</strong></p>"


def test_the_editor_s_style_is_let_in_by_its_hash_and_works(page, enter, live_server):
    response = enter(page, "editor").goto(reverse("admin:pages_page_add"))
    page.locator(".prose-editor > .ProseMirror").first.wait_for()

    policy = response.headers["content-security-policy"]
    assert "unsafe-inline" not in policy
    assert "'nonce-" in policy
    assert page.evaluate(
        "getComputedStyle(document.querySelector('.prose-editor > .ProseMirror')).whiteSpace"
    ).startswith(("pre-wrap", "break-spaces"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_of_the_day_s_work_is_wider_than_the_screen(
    scheme, width, open_page, enter, one_of_each
):
    page = enter(open_page(color_scheme=scheme, viewport={"width": width, "height": 800}))
    event = Event.objects.get()
    urls = [
        reverse("admin:index"),
        reverse("admin:events_event_changelist"),
        reverse("admin:events_event_change", args=[event.pk]),
        reverse("admin:events_event_place", args=[event.pk]),
        reverse("admin:events_event_reveal", args=[event.pk]),
        reverse("admin:events_event_history", args=[event.pk]),
        reverse("admin:cities_city_changelist"),
        reverse("admin:cities_city_add"),
        reverse("admin:membership_user_add"),
    ]

    widths = {}
    for url in urls:
        page.goto(url)
        widths[url] = page.evaluate("document.documentElement.scrollWidth")

    assert {url: w for url, w in widths.items() if w > width} == {}


def test_a_director_seals_the_place_and_looks_at_it(page, enter, soiree):
    """A form's “Origin” follows the page's Referrer-Policy: only a browser tells."""
    enter(page).goto(reverse("admin:events_event_place", args=[soiree.pk]))

    page.get_by_label("Name").fill(CANARY)
    page.get_by_role("button", name="Seal the envelope").click()
    page.get_by_role("button", name="Look at the place").click()

    assert page.get_by_label("Name").input_value() == CANARY
    assert [look.act for look in soiree.venue_looks.all()] == ["looked", "changed"]


def test_last_year_s_soiree_becomes_this_year_s_and_is_published(page, enter, soiree):
    enter(page, "events").goto(reverse("admin:events_event_change", args=[soiree.pk]))

    page.get_by_role("link", name="Duplicate").click()
    page.get_by_label("The new one starts").fill("2027-05-20")
    page.get_by_label("Time").fill("18:00")
    page.get_by_role("button", name="Duplicate").click()
    page.get_by_label("State:").select_option("published")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(f"**{reverse('admin:events_event_changelist')}")

    copy = Event.objects.get(slug="2027-soiree-en-blanc")
    assert copy.state == "published"
    assert [kind.name for kind in copy.ticket_types.all()] == ["Chair"]


def test_the_admin_works_without_javascript(open_page, enter, soiree):
    page = enter(open_page(java_script_enabled=False), "events")

    page.goto(reverse("admin:events_event_change", args=[soiree.pk]))
    page.get_by_label("Summary:").fill("A supper, all in white.")
    page.get_by_role("button", name="Save", exact=True).click()

    assert Event.objects.get().summary == "A supper, all in white."


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_day_s_work_has_no_serious_fault_for_those_who_cannot_see_it(
    scheme, open_page, enter, one_of_each
):
    # Colors are all that differs between the schemes: the rest need not be judged twice.
    judged = {"resultTypes": ["violations"]}
    judged |= {"runOnly": {"type": "rule", "values": RULES_OF_COLOR}} if scheme == "dark" else {}
    # axe is put into the page from outside, which the site's policy rightly refuses.
    page = enter(open_page(color_scheme=scheme, bypass_csp=True))
    event = Event.objects.get()
    urls = [
        reverse("admin:index"),
        reverse("admin:events_event_changelist"),
        reverse("admin:events_event_change", args=[event.pk]),
        reverse("admin:events_event_place", args=[event.pk]),
        reverse("admin:events_event_duplicate", args=[event.pk]),
        reverse("admin:pages_page_add"),
    ]

    faults = {}
    for url in urls:
        page.goto(url)
        page.wait_for_load_state()
        found = Axe().run(page, options=judged).response["violations"]
        faults[url] = [
            (fault["id"], [node["target"] for node in fault["nodes"]][:3])
            for fault in found
            if fault["impact"] in ("serious", "critical")
        ]

    assert faults == {url: [] for url in urls}
