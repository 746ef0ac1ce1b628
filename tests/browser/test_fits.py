"""No two texts are set over each other at any size, and text may be twice as large: on a phone
nothing scrolls sideways and no word is broken (WCAG 1.4.4, 1.4.10).
"""

import pytest

from tests.browser.conftest import signed_in
from tests.browser.fits import CRAMPED, LARGE, OVERLAPS, PHONE, faults_of
from tests.browser.season import Season

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def season(clock):
    return Season()


@pytest.fixture
def page(open_page):
    return open_page(reduced_motion="reduce")


@pytest.mark.parametrize(
    "kinds", [("words", "events"), ("box office", "orders", "tickets", "strangers", "tables")]
)
def test_every_word_of_a_public_page_has_room_at_every_size(kinds, season, page):
    addresses = [address for kind in kinds for address in season.addresses[kind]]

    assert [fault for address in addresses for fault in faults_of(page, address)] == []


def test_every_word_of_a_members_page_has_room_at_every_size(season, page):
    signed_in(page, season.users["member"])

    assert [f for address in season.addresses["member"] for f in faults_of(page, address)] == []


def test_a_refused_form_has_room_for_what_it_says(season, page):
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.goto("/events/soiree/tickets/")
    page.get_by_role("button", name="Pay").click()
    page.get_by_role("alert").wait_for()
    page.evaluate(LARGE, "200%")

    assert page.evaluate(CRAMPED) == []
    assert page.evaluate(OVERLAPS) == []


@pytest.mark.parametrize("size", [(1366, 650), (1536, 730), (1600, 770), (1680, 800)])
def test_homes_headline_stands_on_the_map_and_above_its_lead(size, season, page):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto("/")
    title, lead, map_ = (
        page.locator(where).bounding_box() for where in ("h1", ".hero__lead p", ".hero__map svg")
    )

    assert title["y"] < size[1] / 2
    assert map_["y"] < title["y"] + title["height"] <= lead["y"]
    assert lead["y"] + lead["height"] <= map_["y"] + map_["height"]


def test_two_texts_over_each_other_are_seen(season, page):
    page.goto("/about/")
    page.evaluate("document.querySelectorAll('.prose p')[1].style.marginBlockStart = '-8rem'")

    assert len(page.evaluate(OVERLAPS)) > 0


def test_a_word_without_room_is_seen(season, page):
    page.set_viewport_size({"width": 320, "height": 480})
    page.goto("/about/")
    page.evaluate("document.querySelector('h1').style.fontSize = '120px'")

    assert any("broken" in fault for fault in page.evaluate(CRAMPED))
