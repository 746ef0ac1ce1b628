"""The moment itself: what a holder's page shows once the envelope is open, and asks of whom."""

import io
import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from events import reveal
from events.models import Event, Ticket
from events.venue.details import VenueDetails
from nsca.lib.secrets.sealing import KeyLost
from tests.events.reveal_kit import DAY, LINK, LONG_BEFORE, STARTS, TICK, VENUE, T
from tests.factories import make_order, make_ticket

pytestmark = pytest.mark.django_db
DOORS = STARTS - timedelta(minutes=30)


@pytest.fixture
def soiree(soiree):
    Event.objects.filter(pk=soiree.pk).update(
        doors_at=DOORS,
        bring="<p>A candle.</p>",
        access="Step-free from gate to table.",
        help_phone="757-555-0199",
    )
    soiree.refresh_from_db()
    return soiree


@pytest.fixture
def page(client, ticket, travel):
    def at(instant):
        travel(instant)
        return " ".join(client.get(ticket.get_absolute_url()).content.decode().split())

    return at


class Tree(HTMLParser):
    """Headings in their order, and every address that a browser would ask by itself."""

    ASKED = {"img": "src", "script": "src", "iframe": "src", "source": "srcset", "link": "href"}

    def __init__(self, html):
        super().__init__()
        self.levels, self.asked, self.links = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if self.ASKED.get(tag) in attrs:
            self.asked.append((attrs.get("rel", tag), attrs[self.ASKED[tag]]))
        if tag == "a":
            self.links.append((attrs.get("href", ""), attrs.get("rel", "")))


# --- What it shows -----------------------------------------------------------------------------


def test_it_shows_all_that_helps_to_get_there(page):
    html = page(T)

    for words in (
        "Chart House Lawn",
        "12 Ropewalk",
        "The garage on Boush Street",  # parking
        "The gate is on the river side.",  # the way
        "Step-free from gate to table.",  # access
        "The boat house next door",  # plan B
        "A candle.",  # what to bring
        'href="tel:757-555-0142"',  # on the spot
        'href="tel:757-555-0199"',  # whom to call
        "Doors open at 5:30 p.m.",
    ):
        assert words in html


@pytest.mark.parametrize(
    "at, is_first",
    [(T, True), (DOORS - TICK, True), (DOORS, False), (STARTS + DAY / 24, False)],
)
def test_the_envelope_comes_first_until_the_doors_open_and_then_the_ticket_does(
    page, at, is_first
):
    html = page(at)

    assert (html.index("The location is revealed") < html.index('class="ticket__in"')) is is_first
    assert html.count("The location is revealed") == 1


def test_before_t_the_ticket_comes_first(page):
    html = page(T - TICK)

    assert html.index('class="ticket__in"') < html.index("The location is sealed")


@pytest.mark.parametrize("at", [T - TICK, T, DOORS, STARTS + DAY])
def test_no_heading_skips_a_level(page, at):
    levels = Tree(page(at)).levels

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert [(a, b) for a, b in zip(levels, levels[1:], strict=False) if b > a + 1] == []


def test_the_window_s_name_says_that_it_is_open(page):
    assert "<title>The envelope is open: ticket" in page(T)
    assert "<title>Ticket" in page(T - TICK)


def test_a_class_online_shows_its_link_and_no_map(lesson, client, travel):
    ticket = make_ticket(lesson)
    travel(T)

    html = client.get(ticket.get_absolute_url()).content.decode()

    assert html.count(LINK.join_url) >= 1
    assert "Your link" in html
    assert "On a map" not in html
    assert 'class="sketch"' not in html


# --- Maps --------------------------------------------------------------------------------------


def test_no_stranger_is_asked_before_somebody_clicks(page):
    tree = Tree(page(T))

    assert [
        asked for asked in tree.asked if "//" in asked[1].replace("http://testserver", "")
    ] == []
    assert [
        rel for rel, _ in tree.asked if rel in ("preconnect", "dns-prefetch", "prefetch")
    ] == []
    strangers = [(url, rel) for url, rel in tree.links if url.startswith("https://")]
    maps = [url for url, _ in strangers if "map" in url]
    assert len(maps) == 3
    assert {rel for _, rel in strangers if rel} == {"noreferrer noopener"}
    assert all(rel for url, rel in strangers if url in maps)


@pytest.mark.parametrize(
    "venue, query",
    [
        (VENUE, "36.846512%2C-76.291734"),
        (
            VenueDetails(name="A", lines=("1 Main St & 2nd",), postcode="23510"),
            "1+Main+St+%26+2nd+23510",
        ),
    ],
)
def test_the_maps_are_asked_for_the_point_or_else_for_the_address(venue, query):
    links = dict(venue.maps)

    assert links["Google Maps"] == f"https://www.google.com/maps/search/?api=1&query={query}"
    assert links["Apple Maps"] == f"https://maps.apple.com/?q={query}"
    assert links["OpenStreetMap"].startswith("https://www.openstreetmap.org/")


@pytest.mark.parametrize("venue", [LINK, VenueDetails(name="A pier")])
def test_what_has_neither_point_nor_address_is_on_no_map(venue):
    assert venue.maps == ()


@pytest.mark.parametrize(
    "audience, at, is_drawn",
    [
        ("everyone", T - TICK, False),
        ("everyone", T, True),
        ("holders", T, False),
        ("after", T, False),
        ("everyone", STARTS + DAY, False),  # nobody has to find it any more
    ],
)
def test_where_everybody_may_know_the_public_page_draws_it_too(
    soiree, client, travel, audience, at, is_drawn
):
    Event.objects.filter(pk=soiree.pk).update(audience=audience)
    travel(at)

    html = client.get("/events/soiree/").content.decode()

    assert ('class="sketch"' in html) is is_drawn
    assert ("Google Maps" in html) is is_drawn


# --- Its picture -------------------------------------------------------------------------------


@pytest.fixture
def pictured(soiree, keeper):
    file = io.BytesIO()
    Image.effect_noise((300, 200), 40).save(file, "JPEG")
    file.seek(0)
    reveal.write_picture(soiree, file, "The gate on the river", by=keeper, at=LONG_BEFORE)
    return soiree


def ask(client, ticket):
    return client.get(f"/tickets/{ticket.token}/place.jpg")


@pytest.mark.parametrize("at, status", [(T - TICK, 404), (T, 200)])
def test_the_picture_of_the_venue_is_there_from_t_on(pictured, ticket, client, travel, at, status):
    travel(at)

    response = ask(client, ticket)
    html = client.get(ticket.get_absolute_url()).content.decode()

    assert response.status_code == status
    assert ('alt="The gate on the river"' in html) is (status == 200)
    if status == 200:
        assert Image.open(io.BytesIO(response.content)).size == (300, 200)
        assert 'width="300" height="200"' in html
        assert response["Cache-Control"] == "private, no-store"
        assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize("has_picture", [True, False])
def test_before_t_it_is_the_same_whether_or_not_there_is_a_picture(
    pictured, keeper, ticket, client, travel, has_picture
):
    if not has_picture:
        reveal.remove_picture(pictured, by=keeper, at=LONG_BEFORE)
    travel(T - TICK)

    with CaptureQueriesContext(connection) as asked:
        response = ask(client, ticket)

    assert response.status_code == 404
    assert not [q for q in asked if "venuepicture" in q["sql"] or "events_venue" in q["sql"]]


def test_the_picture_is_for_the_ticket_s_own_holder(pictured, client, travel):
    travel(T)
    unpaid = make_ticket(pictured, state="held")
    refunded = make_ticket(pictured, canceled_at=T - DAY)
    elsewhere = make_ticket(Event.objects.create(**_other(pictured)))

    assert [ask(client, t).status_code for t in (unpaid, refunded, elsewhere)] == [404] * 3


def _other(event):
    names = ("title", "summary", "area", "starts_at", "ends_at", "publish_at", "lead", "state")
    return {name: getattr(event, name) for name in names} | {"slug": "elsewhere"}


def test_a_hold_takes_the_picture_away_within_one_request(
    pictured, keeper, ticket, client, travel
):
    travel(T)
    opened = ask(client, ticket).status_code
    reveal.hold(pictured, by=keeper, at=T)

    assert (opened, ask(client, ticket).status_code) == (200, 404)


def test_nobody_makes_the_site_open_the_picture_a_thousand_times(
    pictured, ticket, client, travel, monkeypatch
):
    monkeypatch.setattr("events.public.views_envelope.PICTURES_A_TICKET", 3)
    travel(T)

    answers = [ask(client, ticket).status_code for _ in range(4)]

    assert answers == [200, 200, 200, 429]


def test_a_picture_whose_key_is_lost_leaves_the_page_whole(
    pictured, ticket, client, travel, monkeypatch
):
    def lost(*args, **kwargs):
        raise KeyLost("The key is not here.")

    monkeypatch.setattr("events.venue.pictures.unseal_bytes", lost)
    travel(T)

    assert ask(client, ticket).status_code == 404
    assert "Chart House Lawn" in client.get(ticket.get_absolute_url()).content.decode()


# --- It stays cheap ----------------------------------------------------------------------------


def test_an_open_envelope_costs_few_queries_whatever_lies_beside_it(
    pictured, keeper, ticket, client, travel
):
    reveal.publish_seal(pictured, by=keeper, at=LONG_BEFORE)
    for number in range(3):
        make_ticket(
            pictured,
            order=make_order(
                state="paid", lines=(), buyer_email=ticket.holder_email, buyer_name=f"G{number}"
            ),
        )
    travel(T)
    client.post(f"{ticket.get_absolute_url()}seen/", {"version": 1})  # the first look is noted

    with CaptureQueriesContext(connection) as asked:
        client.get(ticket.get_absolute_url())

    tables = [q["sql"] for q in asked]
    assert len([sql for sql in tables if "events_commitment" in sql]) == 1
    assert len([sql for sql in tables if "events_venue" in sql]) == 1
    assert len([sql for sql in tables if "venuepicture" in sql]) == 1
    assert Ticket.objects.get(pk=ticket.pk).seen_open_at == T
