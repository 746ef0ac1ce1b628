"""Local times: on the 12-hour clock in English, on the 24-hour clock in a city's own language."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from nsca.lib.web.caching import content_changed
from tests.factories import make_city

pytestmark = pytest.mark.django_db(transaction=True)
EVENING = datetime(2027, 1, 10, 16, 34, tzinfo=UTC)  # 17:34 in Toulon, 11:34 in Norfolk


@pytest.fixture
def toulon(clock):
    city = make_city("toulon", country="France", country_code="fr", time_zone="Europe/Paris")
    city.welcomes.create(
        lang="fr", language_name="Français", title="Bienvenue", body="<p>Bonjour.</p>"
    )
    content_changed()
    return city


@pytest.fixture
def page(open_page):
    page = open_page()
    page.clock.set_fixed_time(EVENING)
    return page


@pytest.mark.parametrize("address", ["/", "/cities/", "/cities/toulon/"])
def test_english_pages_show_local_time_on_the_12_hour_clock(address, page, toulon):
    page.goto(address)

    expect(page.locator("world-clock:not([show])").first).to_have_text("5:34\u00a0p.m.")


def test_a_page_in_a_citys_language_shows_times_on_the_24_hour_clock(page, toulon):
    page.goto("/cities/toulon/fr/")

    expect(page.locator("world-clock")).to_have_text(["17:34", "11:34"])
