"""What is read of an event that moved: the new day, and the old one struck out."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import Event
from tests.events.moving_kit import FRIDAY, again, move, mover
from tests.events.reveal_kit import DAY, STARTS, TICK, T
from tests.factories import make_city, make_event, make_ticket, make_user

pytestmark = pytest.mark.django_db
OLD = (
    '<del><time datetime="2027-05-20T18:00:00-04:00">Thursday, May 20, 2027 at 6:00 p.m. EDT'
    "</time></del>"
)


def text_of(response):
    return response.content.decode()


def data_of(page):
    scripts = re.findall(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', page, re.S)
    return next(data for data in map(json.loads, scripts) if data["@type"] == "Event")


@pytest.fixture
def moved(soiree, ticket, travel):
    move(soiree, at=T - DAY)
    travel(T - DAY + TICK)
    return again(soiree)


def test_the_events_page_says_moved_and_strikes_the_old_day(client, moved):
    page = text_of(client.get("/events/soiree/"))

    assert "<h2>Moved to another day</h2>" in page
    assert f"instead of {OLD}" in page
    assert "Friday, May 21, 2027, 6:00 – 9:00 p.m." in page


def test_a_holders_page_says_so_too_and_that_nothing_need_be_done(client, moved, ticket):
    page = text_of(client.get(f"/tickets/{ticket.token}/"))

    assert OLD in page
    assert "Your ticket stays valid; you don’t need to do anything." in page


def test_another_hour_is_not_called_another_day(client, soiree, travel):
    move(soiree, STARTS + timedelta(hours=1), at=T - DAY)
    travel(T - DAY)

    page = text_of(client.get("/events/soiree/"))

    assert "<h2>New time</h2>" in page
    assert "another day" not in page


def test_lists_say_moved(client, moved, travel):
    toulon = make_city("toulon")
    Event.objects.update(city=toulon)

    assert "<b>Moved</b>" in text_of(client.get("/events/"))
    assert "<b>Moved</b>" in text_of(client.get("/cities/toulon/"))


def test_search_engines_learn_the_new_day_and_the_old(client, moved):
    data = data_of(text_of(client.get("/events/soiree/")))

    assert data["eventStatus"] == "https://schema.org/EventRescheduled"
    assert data["startDate"] == "2027-05-21T18:00:00-04:00"
    assert data["previousStartDate"] == "2027-05-20T18:00:00-04:00"


def test_the_feed_says_from_where_it_moved(client, moved):
    assert "Moved from Thursday, May 20, 2027 at 6:00 p.m. EDT." in text_of(
        client.get("/events/feed.xml")
    )


def test_an_event_that_never_moved_says_nothing_of_it(client, soiree, travel):
    travel(T - DAY)

    urls = ("/events/soiree/", "/events/", "/events/feed.xml")
    pages = [text_of(client.get(url)) for url in urls]

    assert [page for page in pages if "Moved" in page or "previousStartDate" in page] == []


@pytest.mark.parametrize(
    "at, says", [(FRIDAY - TICK, True), (FRIDAY, False), (FRIDAY + 3 * DAY, False)]
)
def test_once_it_begins_nobody_need_be_told_that_it_moved(client, moved, travel, at, says):
    travel(at)

    assert ("Moved to another day" in text_of(client.get("/events/soiree/"))) is says


def test_back_on_its_first_day_it_did_not_move(client, moved, travel):
    move(moved, STARTS, at=T - DAY + TICK, by=make_user("b@x.example"))
    travel(T - DAY + TICK)

    assert "Moved" not in text_of(client.get("/events/soiree/"))


def test_a_page_of_moved_events_costs_no_query_more(client, travel):
    events = [make_event(starts_at=STARTS, lead=DAY) for _ in range(3)]
    travel(T - DAY)
    client.get("/events/")
    with_none = count_queries(client, travel)
    by = mover()
    for event in events:
        make_ticket(event)
        move(event, at=T - DAY, by=by)

    assert count_queries(client, travel) == with_none


def count_queries(client, travel):
    travel(T - DAY)
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/events/").status_code == 200
    return len(queries)
