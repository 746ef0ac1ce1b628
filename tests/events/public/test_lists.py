"""The lists of events, to come and past."""

import re
from datetime import UTC, datetime

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
    return re.findall(r"<h4><a [^>]*>(.*?)</a></h4>", html)


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
    headings = re.findall(r'<h3 id="m\d">(.*?)</h3>', page(client, "/events/"))

    assert headings == ["April 2027", "May 2027"]


@pytest.mark.parametrize("left, is_warned", [(13, False), (12, True), (1, True), (0, False)])
def test_few_seats_left_are_a_warning(client, travel, left, is_warned):
    supper = make_event(starts_at=STARTS, title="Supper", capacity=20)
    ticket_type = make_ticket_type(supper)
    for _ in range(20 - left):
        make_ticket(supper, ticket_type=ticket_type)
    travel(NOW)

    assert ('class="warn"' in page(client, "/events/")) is is_warned


def test_the_next_soiree_leads_the_list_until_it_is_filtered(client, season):
    make_event(kind="soiree", title="Soirée", slug="first", starts_at=STARTS, state="canceled")
    make_event(kind="soiree", title="Soirée", slug="second", starts_at=STARTS + DAY, lead=DAY)
    make_event(kind="soiree", title="Soirée", slug="third", starts_at=STARTS + DAY * 2, lead=DAY)

    leading = re.findall(r'<h2 id="lead"><a href="(.*?)">', page(client, "/events/"))

    assert leading == ["/events/second/"]
    assert 'id="lead"' not in page(client, "/events/?kind=soiree")


def test_an_unpublished_city_lends_no_event_its_name_or_poster(client, travel):
    make_event(starts_at=STARTS, title="Tea", city=make_city("toulon", is_published=False))
    travel(NOW)

    assert "toulon" not in page(client, "/events/").lower()


def days(html):
    """Each title of a month's calendar with its day."""
    cells = re.findall(r"<b>(\d+)</b></a>(.*?)</td>", html, re.S)
    titles = r'<a class="days__title"[^>]*>(.*?)</a>'
    return [(int(day), title) for day, cell in cells for title in re.findall(titles, cell)]


def test_a_month_shows_each_event_on_its_day_and_below(client, season):
    may = page(client, "/events/months/2027-05/")

    assert days(may) == [(STARTS.day, "Supper"), ((STARTS + DAY * 3).day, "Walk")]
    assert titles(may) == ["Supper", "Walk"]


@pytest.mark.parametrize(
    "starts_at, month",
    [
        ("2027-05-01T03:59:00+00:00", "2027-04"),
        ("2027-05-01T04:00:00+00:00", "2027-05"),
        ("2027-06-01T03:59:00+00:00", "2027-05"),
        ("2027-06-01T04:00:00+00:00", "2027-06"),
    ],
)
def test_a_month_begins_at_midnight_in_norfolk(client, travel, starts_at, month):
    make_event(starts_at=datetime.fromisoformat(starts_at), title="Tea")
    make_event(starts_at=datetime(2027, 3, 10, 12, tzinfo=UTC), title="First")
    make_event(starts_at=datetime(2027, 7, 10, 12, tzinfo=UTC), title="Last")
    travel(NOW)

    holding = [
        month
        for month in ("2027-04", "2027-05", "2027-06")
        if "Tea" in titles(page(client, f"/events/months/{month}/"))
    ]

    assert holding == [month]


def test_months_lead_from_the_first_event_to_the_last(client, season):
    first = page(client, f"/events/months/{STARTS - DAY * 400:%Y-%m}/")
    last = page(client, "/events/months/2027-05/")

    assert 'rel="prev"' not in first and 'rel="next"' in first
    assert 'rel="prev"' in last and 'rel="next"' not in last
    assert "Over" in first


@pytest.mark.parametrize(
    "month, status",
    [
        ("2026-12", 200),  # between the two
        ("2027-06", 404),
        ("2025-01", 404),
        ("2027-13", 404),
        ("2027-00", 404),
        ("0000-01", 404),
        ("9999-12", 404),
        ("2027-5", 404),
    ],
)
def test_only_months_that_have_a_reason_are_there(client, season, month, status):
    assert client.get(f"/events/months/{month}/").status_code == status


def test_without_events_there_is_no_month(client, travel):
    travel(NOW)

    assert client.get("/events/months/2027-05/").status_code == 404


def test_a_month_without_events_says_so(client, season):
    assert "Nothing this month." in page(client, "/events/months/2026-12/")


def test_a_filter_goes_along_from_list_to_month_and_on(client, season):
    by_list = page(client, "/events/?city=toulon")
    by_month = page(client, "/events/months/2027-05/?city=toulon")

    assert 'href="/events/months/2027-04/?city=toulon"' in by_list
    assert titles(by_month) == ["Walk"]
    assert 'href="/events/?city=toulon"' in by_month
    assert 'href="/events/months/2027-04/?city=toulon"' in by_month


def test_a_filter_lasts_through_a_month_that_has_nothing_for_it(client, season):
    april = page(client, "/events/months/2027-04/?city=tema")

    assert titles(april) == []
    assert "No events of this month match." in april
    assert 'href="/events/months/2027-05/?city=tema"' in april


def test_an_empty_month_still_leads_to_the_list_and_can_be_filtered(client, season):
    empty = page(client, "/events/months/2026-12/")

    assert 'aria-label="Views"' in empty and 'aria-label="Filter events"' in empty


def test_an_event_without_ticket_types_is_not_called_free(client, travel):
    make_event(starts_at=STARTS, title="Walk")
    travel(NOW)

    html = page(client, "/events/")

    assert titles(html) == ["Walk"]
    assert "<b>Free</b>" not in html


def test_drafts_and_what_is_not_published_yet_open_no_month(client, travel):
    make_event(starts_at=STARTS, title="Tea")
    make_event(starts_at=STARTS + DAY * 60, state="draft")
    make_event(starts_at=STARTS + DAY * 60, publish_at=NOW + TICK)
    travel(NOW)

    assert client.get("/events/months/2027-07/").status_code == 404


def test_calendar_programs_subscribe_to_the_list(client, season):
    assert re.search(r'href="webcal://[^"/]+/events/calendar\.ics"', page(client, "/events/"))


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


@pytest.mark.parametrize(
    "address", ["/events/", "/events/past/", "/events/soiree/", "/events/months/2027-05/"]
)
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
