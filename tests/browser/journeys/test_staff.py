"""A day at the admin: last year's evening becomes this year's, in the browser."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from events.models import Event
from nsca.desk.groups import ensure_groups
from tests.browser.conftest import signed_in
from tests.browser.evening import make_soiree, seal
from tests.factories import NOON, make_hint, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def soiree(clock):
    event = make_soiree()
    seal(event)
    make_hint(event, opens_at=NOON + timedelta(days=1))
    return event


@pytest.fixture
def desk(page, clock):
    """The page of a director who has signed in."""
    ensure_groups()
    return signed_in(page, make_user("dee@nsca.example", is_staff=True, is_superuser=True))


def test_staff_duplicate_last_year_s_evening_and_publish_it(desk, soiree):
    desk.goto("/admin/events/event/")
    desk.locator("#result_list").get_by_role("link", name="Soirée en Blanc").click()
    desk.get_by_role("link", name="Duplicate").click()
    desk.locator("[name=starts_at_0]").fill("2028-05-18")
    desk.locator("[name=starts_at_1]").fill("18:00")
    desk.get_by_role("button", name="Duplicate").click()
    expect(desk.get_by_role("list").filter(has_text="draft")).to_be_visible()
    copy = Event.objects.exclude(pk=soiree.pk).get()
    assert desk.goto(copy.get_absolute_url()).status == 404

    desk.goto(f"/admin/events/event/{copy.pk}/change/")
    desk.get_by_label("State").select_option("published")
    desk.get_by_role("button", name="Save", exact=True).click()
    desk.goto(copy.get_absolute_url())

    expect(desk.get_by_role("heading", level=1)).to_have_text("Soirée en Blanc")
    expect(desk.locator("reveal-countdown")).to_contain_text("Wednesday, May 17, 2028")


def test_the_editor_of_rich_text_loads_and_writes_under_the_policy_of_the_site(desk, soiree):
    """What the policy refuses would be in the console, and open_page fails on it."""
    desk.goto("/admin/pages/page/add/")
    desk.locator("[name=title]").fill("Hosting")
    desk.locator("[name=path]").fill("hosting")

    desk.locator(".prose-editor [contenteditable=true]").click()
    desk.keyboard.type("A spare room is enough.")
    desk.get_by_role("button", name="Save and continue editing").click()

    expect(desk.locator(".prose-editor [contenteditable=true]")).to_have_text(
        "A spare room is enough."
    )
