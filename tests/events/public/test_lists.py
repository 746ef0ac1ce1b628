"""The lists of events, to come and past."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.events.public.test_pages import NOW, page
from tests.events.reveal_kit import DAY, STARTS, TICK
from tests.factories import (
    make_city,
    make_event,
    make_hint,
    make_order,
    make_ticket,
    make_ticket_type,
)

pytestmark = pytest.mark.django_db


def titles(html):
    return re.findall(r"<h3><a [^>]*>(.*?)</a></h3>", html)


@pytest.fixture
def season(travel):
    toulon, tema = make_city("toulon"), make_city("tema")
    tea = make_event(starts_at=STARTS - DAY * 20, title="Tea", city=toulon)
    make_ticket_type(tea, price_cents=0)
    supper = make_event(starts_at=STARTS, title="Supper", kind="dinner", city=tema)
    make_ticket_type(supper, price_cents=6500)
    make_event(starts_at=STARTS + DAY * 3, title="Walk", city=toulon)
    make_event(starts_at=STARTS - DAY * 400, title="Long past")
    travel(NOW)


@pytest.mark.parametrize(
    "query, shown",
    [
        ("", ["Tea", "Supper", "Walk"]),
        ("?kind=dinner", ["Supper"]),
        ("?city=toulon", ["Tea", "Walk"]),
        ("?free=1", ["Tea"]),
        ("?city=toulon&free=1", ["Tea"]),
        ("?city=tema&free=1", []),
        ("?kind=&city=", ["Tea", "Supper", "Walk"]),
        ("?kind=opera&city=atlantis", ["Tea", "Supper", "Walk"]),
        ("?page=2", ["Tea", "Supper", "Walk"]),
    ],
)
def test_the_list_is_narrowed_by_kind_city_and_price(client, season, query, shown):
    assert titles(page(client, f"/events/{query}")) == shown


def test_the_list_goes_month_by_month(client, season):
    headings = re.findall(r'<h2 id="m\d">(.*?)</h2>', page(client, "/events/"))

    assert headings == ["April 2027", "May 2027"]


def test_empty_lists_say_so_and_lead_on(client, travel):
    travel(NOW)

    assert "The calendar is empty for the moment." in page(client, "/events/")
    assert "No past events yet." in page(client, "/events/past/")


def test_nothing_of_that_kind_offers_the_whole_list(client, season):
    assert "Show all events" in page(client, "/events/?city=tema&free=1")


def test_the_archive_is_paged_newest_first(client, travel):
    for number in range(35):
        make_event(starts_at=STARTS - DAY * (number + 100), title=f"Supper {number}")
    travel(NOW)

    first, second = page(client, "/events/past/"), page(client, "/events/past/?page=2")

    assert re.findall(r">Supper (\d+)</a>", first)[:2] == ["0", "1"]
    assert re.findall(r">Supper (\d+)</a>", second) == ["30", "31", "32", "33", "34"]
    assert page(client, "/events/past/?page=nine") != second


def queries(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        client.get(address + "?uncached=1")
    return len(captured)


@pytest.mark.parametrize("address", ["/events/", "/events/past/", "/events/soiree/"])
def test_a_page_costs_the_same_few_queries_with_any_number_of_events(
    client, soiree, travel, address
):
    travel(NOW)
    make_hint(soiree, opens_at=NOW)
    make_ticket(soiree)
    make_ticket_type(soiree)
    make_event(starts_at=STARTS - DAY * 99)
    few = queries(client, address)
    toulon = make_city()
    for number in range(40):
        event = make_event(starts_at=STARTS + DAY * number, city=toulon, lead=DAY)
        make_ticket_type(event, is_posted=True)
        make_ticket(event, order=make_order(state="paid", lines=(), payments=False))
        make_event(starts_at=STARTS - DAY * (100 + number), city=toulon)

    many = queries(client, address)

    assert many == few
    assert many <= 8


def test_the_feed_tells_the_newest_with_areas(client, soiree, travel):
    make_event(title="Unborn", publish_at=NOW + TICK)
    travel(NOW)

    response = client.get("/events/feed.xml")

    text = response.content.decode()
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert "<title>Soirée en Blanc</title>" in text
    assert "Norfolk, ten minutes from downtown" in text
    assert "Unborn" not in text
    assert "Chart" not in text
