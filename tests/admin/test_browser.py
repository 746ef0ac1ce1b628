"""The admin in a real browser under the site's own Content-Security-Policy.

The `page` fixture fails a test whose pages complain in the console, so a breach of the policy is a
failure.
"""

from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from events.models import Event
from pages.models import Page
from tests.admin.conftest import CANARY
from tests.browser.looks import RULES_OF_COLOR
from tests.factories import make_person


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
        reverse("admin:events_event_venue", args=[event.pk]),
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


def test_a_director_seals_the_venue_and_looks_at_it(page, enter, soiree):
    """A form's “Origin” follows the page's Referrer-Policy: only a browser tells."""
    enter(page).goto(reverse("admin:events_event_venue", args=[soiree.pk]))

    page.get_by_label("Name").fill(CANARY)
    page.get_by_role("button", name="Seal the venue").click()
    page.get_by_role("button", name="View the venue").click()

    assert page.get_by_label("Name").input_value() == CANARY
    assert [look.act for look in soiree.venue_accesses.all()] == ["looked", "changed"]


def test_last_year_s_soiree_becomes_this_year_s_and_is_published(page, enter, soiree):
    enter(page, "events").goto(reverse("admin:events_event_change", args=[soiree.pk]))

    page.get_by_role("link", name="Duplicate").click()
    page.get_by_label("New event starts").fill("2027-05-20")
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
        reverse("admin:events_event_venue", args=[event.pk]),
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


# --- A refused form, and work that is not saved ------------------------------------------------


def test_a_long_form_that_was_refused_says_each_thing_once_on_top_and_leads_to_it(page, enter):
    enter(page, "editor").goto(reverse("admin:pages_page_add"))
    page.get_by_label("Menu title:").fill("Hosting")
    page.get_by_role("button", name="Save", exact=True).click()

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    assert page.locator(".errornote:visible, .errorlist.nonfield:visible").count() == 0
    links = summary.get_by_role("link").all_inner_texts()
    assert links == ["Title", "Body"]
    summary.get_by_role("link", name="Title").click()
    expect(page.get_by_label("Title:", exact=True)).to_be_focused()
    assert page.locator(".field-title .errorlist li").count() == 1
    assert page.get_by_label("Menu title:").input_value() == "Hosting"


@pytest.fixture
def asked(page):
    """What the browser asks before it leaves; it stays where it is."""
    questions = []

    def stay(dialog):
        questions.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    return questions


def test_typed_work_is_not_lost_by_a_link(page, enter, asked):
    add = reverse("admin:pages_page_add")
    enter(page, "editor").goto(add)
    page.get_by_label("Menu title:").press_sequentially("Hosting")
    page.get_by_role("link", name="The site").click()
    page.wait_for_timeout(200)

    assert asked == ["beforeunload"]
    assert page.url.endswith(add)
    assert page.get_by_label("Menu title:").input_value() == "Hosting"


def test_saving_asks_nothing_and_neither_does_leaving_a_form_as_it_was(
    page, enter, one_of_each, asked
):
    event = Event.objects.get()
    enter(page).goto(reverse("admin:events_event_change", args=[event.pk]))
    page.get_by_role("link", name="History").first.click()
    page.wait_for_url("**/history/")
    page.go_back()
    page.get_by_label("Summary:").press_sequentially(" Bring a hat.")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_load_state()

    assert asked == []


def test_a_form_that_came_back_refused_is_unsaved_work_too(page, enter, asked):
    enter(page, "editor").goto(reverse("admin:pages_page_add"))
    page.get_by_label("Menu title:").fill("Hosting")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("alert").wait_for()
    page.get_by_role("link", name="Title").click()  # the browser asks nobody who has done nothing
    page.get_by_role("link", name="The site").click()
    page.wait_for_timeout(200)

    assert asked == ["beforeunload"]


def test_typed_work_is_not_lost_by_a_tool_of_the_toolbox(page, enter, soiree, asked):
    change = reverse("admin:events_event_change", args=[soiree.pk])
    enter(page, "events").goto(change)
    page.get_by_label("Summary:").press_sequentially(" Bring a hat.")
    page.get_by_role("link", name="Duplicate").click()
    page.wait_for_timeout(200)

    assert asked == ["beforeunload"]
    assert page.url.endswith(change)
    assert " Bring a hat." in page.get_by_label("Summary:").input_value()


def test_typed_work_is_not_lost_by_leaving_an_act_s_page(page, enter, soiree, asked):
    act = reverse("admin:events_event_duplicate", args=[soiree.pk])
    enter(page, "events").goto(act)
    page.get_by_label("New event starts").fill("2027-05-20")
    page.get_by_role("link", name="Go back").click()
    page.wait_for_timeout(200)

    assert asked == ["beforeunload"]
    assert page.url.endswith(act)
    assert page.get_by_label("New event starts").input_value() == "2027-05-20"


def test_two_records_that_cannot_be_one_say_why_on_top_and_keep_what_was_chosen(page, enter):
    kept = make_person(name="Ada Ellery", email="ada@ellery.example", born_on=date(1950, 1, 2))
    gone = make_person(name="Ada B. Ellery", email="a@work.example", born_on=date(1950, 2, 1))
    url = f"{reverse('admin:membership_person_merge')}?kept={kept.pk}&gone={gone.pk}"
    enter(page).goto(url)
    page.get_by_label("Ada B. Ellery", exact=True).check()
    page.get_by_role("button", name="Merge the records").click()

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    assert summary.get_by_role("listitem").all_inner_texts() == [
        "Their birthdays differ. Correct that first."
    ]
    assert page.locator(".errornote:visible, .errorlist.nonfield:visible").count() == 0
    assert page.get_by_label("Ada B. Ellery", exact=True).is_checked()


def test_a_choice_that_was_missed_is_led_to_by_the_summary(page, enter):
    kept = make_person(name="Ada Ellery", email="ada@ellery.example")
    gone = make_person(name="Ada B. Ellery", email="a@work.example")
    url = f"{reverse('admin:membership_person_merge')}?kept={kept.pk}&gone={gone.pk}"
    enter(page).goto(url)
    page.locator("[name=name]").evaluate_all("all => all.forEach(at => at.checked = false)")
    page.get_by_role("button", name="Merge the records").click()
    page.get_by_role("alert").get_by_role("link", name="Name").click()

    expect(page.locator("[name=name]").first).to_be_focused()
