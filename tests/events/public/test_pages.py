"""The public pages of events: every state, for everyone, kept until the instant they change."""

import json
import re
from datetime import timedelta

import pytest

from events import reveal
from events.models import Event
from tests.events.reveal_kit import DAY, LINK, LONG_BEFORE, STARTS, TICK, VENUE, T
from tests.factories import (
    make_city,
    make_event,
    make_hint,
    make_ticket,
    make_ticket_type,
)

pytestmark = pytest.mark.django_db
NOW = T - timedelta(days=30)


def page(client, address="/events/soiree/"):
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def words(html):
    """What a reader sees."""
    body = re.sub(r"<(script|svg)\b.*?</\1>", " ", html[html.index("<main") :])
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def structured(html):
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    return {block["@type"]: block for block in map(json.loads, blocks)}


# --- One event in all its states ---------------------------------------------------------------


def test_sealed_the_page_says_the_exact_instant_and_counts_down_to_it(client, soiree, travel):
    travel(NOW)

    html = page(client)

    assert "The location is sealed" in html
    assert "Wednesday, May 19, 2027 at 6:00 p.m. EDT" in words(html)
    assert "24 hours before the start" in words(html)
    assert '<reveal-countdown until="2027-05-19T18:00:00-04:00">' in html
    assert "Norfolk, ten minutes from downtown" in html


@pytest.mark.parametrize("at, is_open", [(T - TICK, False), (T, True)])
def test_after_t_the_public_page_says_that_it_is_open_to_holders_only(
    client, soiree, travel, at, is_open
):
    travel(at)

    html = page(client)

    assert ("The location is for ticket holders" in html) is is_open
    assert "Chart" not in html


@pytest.mark.parametrize("at, is_open", [(T - TICK, False), (T, True), (STARTS + DAY, True)])
def test_a_venue_for_everyone_is_on_the_public_page_exactly_from_t(
    client, soiree, travel, at, is_open
):
    Event.objects.filter(pk=soiree.pk).update(audience="everyone")
    travel(at)

    html = page(client)

    assert ("Chart House Lawn" in html) is is_open
    if is_open:
        assert structured(html)["Event"]["location"] == {
            "@type": "Place",
            "name": "Chart House Lawn",
            "address": "12 Ropewalk, Norfolk, Virginia 23510",
        }


def test_sold_out_it_is_still_sealed_and_leads_to_the_waitlist(client, soiree, travel):
    Event.objects.filter(pk=soiree.pk).update(capacity=1)
    make_ticket(soiree)
    travel(NOW)

    html = page(client)

    assert "Sold out" in html
    assert 'href="/events/soiree/waitlist/"' in html
    assert "The location is sealed" in html
    assert 'href="/events/soiree/tickets/"' not in html


def test_on_sale_it_says_what_it_costs_and_what_is_left(client, soiree, travel):
    make_ticket_type(soiree, price_cents=9500, member_price_cents=8500, capacity=12)
    travel(NOW)

    html = page(client)

    assert "Buy tickets, $95" in words(html)
    assert "12 seats left." in words(html)
    assert "$95; members $85" in words(html)


def test_a_held_reveal_is_said_to_be_late_from_t_on(client, soiree, travel, keeper):
    reveal.hold(soiree, by=keeper, at=T - DAY)
    travel(T)

    html = page(client)

    assert "The envelope is late" in html
    assert "is for ticket holders" not in html


def test_an_online_class_keeps_its_link_and_says_the_hours_over_there(client, keeper, travel):
    lesson = make_event(
        starts_at=STARTS, lead=DAY, slug="lesson", kind="online", city=make_city(),
        title="Perfume Masterclass", area="Online",
    )  # fmt: skip
    make_ticket(lesson)
    reveal.write_venue(lesson, LINK, by=keeper, at=LONG_BEFORE)
    travel(T + DAY / 4)

    html = page(client, "/events/lesson/")

    assert "In Toulon Friday, 12:00 a.m. – 3:00 a.m." in words(html)  # a Thursday here
    assert structured(html)["Event"]["location"] == {
        "@type": "VirtualLocation",
        "url": "http://testserver/events/lesson/",  # the public page, never the link to join
    }
    assert "meet.example" not in html


def test_a_free_gathering_is_reserved_and_shows_its_place_at_once(client, keeper, travel):
    tea = make_event(slug="tea", title="Tea in the garden")
    make_ticket_type(tea, price_cents=0)
    reveal.write_venue(tea, VENUE, by=keeper, at=LONG_BEFORE)
    travel(tea.starts_at - DAY)

    html = page(client, "/events/tea/")

    assert "Reserve a seat" in words(html)
    assert "Chart House Lawn" in words(html)
    assert structured(html)["Event"]["isAccessibleForFree"] is True
    assert "envelope" not in html


def test_canceled_it_says_so_and_sells_nothing(client, soiree, travel):
    make_ticket_type(soiree)
    Event.objects.filter(pk=soiree.pk).update(
        state="canceled", canceled_note="The storm has other plans."
    )
    travel(T + DAY / 4)

    html = page(client)

    assert "The storm has other plans." in words(html)
    assert structured(html)["Event"]["eventStatus"] == "https://schema.org/EventCancelled"
    assert 'href="/events/soiree/tickets/"' not in html
    assert "envelope" not in html


def test_past_it_is_a_memory_without_a_countdown(client, soiree, travel):
    make_ticket(soiree)
    travel(soiree.ends_at)

    html = page(client)

    assert "This event is over" in words(html)
    assert "reveal-countdown" not in html
    assert 'href="/events/soiree/tickets/"' not in html


def test_where_no_hour_is_known_only_the_day_is_said(client, travel):
    make_event(slug="old", hour_is_known=False, starts_at=STARTS)
    travel(STARTS + DAY * 9)

    html = page(client, "/events/old/")

    assert "Thursday, May 20, 2027" in words(html)
    assert "6:00" not in html
    assert structured(html)["Event"]["startDate"] == "2027-05-20"


def test_the_soiree_is_in_white_and_other_secrets_keep_the_black_band(client, soiree, travel):
    make_event(starts_at=STARTS, lead=DAY, slug="walk", kind="gathering", title="Lantern walk")
    travel(NOW)

    assert '<body class="blanc ">' in page(client)
    other = page(client, "/events/walk/")
    assert '<body class="">' in other
    assert "The location is sealed" in other


def test_a_french_title_is_read_aloud_in_french(client, soiree, travel):
    Event.objects.filter(pk=soiree.pk).update(title_lang="fr")
    travel(NOW)

    assert '<h1 lang="fr">Soirée en Blanc</h1>' in page(client)


@pytest.mark.parametrize("change", [{"state": "draft"}, {"publish_at": NOW + TICK}])
def test_what_is_not_published_is_not_there(client, soiree, travel, change):
    Event.objects.filter(pk=soiree.pk).update(**change)
    travel(NOW)

    for address in ("/events/soiree/", "/events/soiree/event.ics"):
        response = client.get(address)
        assert (response.status_code, response["Cache-Control"]) == (404, "private, no-store")


def test_structured_data_names_the_area_and_the_offers(client, soiree, travel):
    make_ticket_type(soiree, name="Chair", price_cents=9550)
    travel(NOW)

    data = structured(page(client))

    assert data["Event"]["location"] == {
        "@type": "Place",
        "name": "Norfolk, ten minutes from downtown",
        "address": {
            "@type": "PostalAddress",
            "addressCountry": "US",
            "addressLocality": "Norfolk",
            "addressRegion": "VA",
        },
    }
    (offer,) = data["Event"]["offers"]
    assert (offer["name"], offer["price"], offer["priceCurrency"]) == (
        "Chair",
        "95.50",
        "USD",
    )
    assert offer["availability"] == "https://schema.org/InStock"
    assert data["Event"]["startDate"] == "2027-05-20T18:00:00-04:00"
    assert data["BreadcrumbList"]["itemListElement"][-1]["name"] == "Soirée en Blanc"


def test_a_title_cannot_end_the_structured_data(client, travel):
    make_event(slug="sly", starts_at=STARTS, title="</script><b>sly</b>")
    travel(NOW)

    html = page(client, "/events/sly/")

    assert "</script><b>" not in html
    assert structured(html)["Event"]["name"] == "</script><b>sly</b>"


# --- Hints -------------------------------------------------------------------------------------


@pytest.mark.parametrize("at, is_turned", [(NOW - TICK, False), (NOW, True)])
def test_a_card_is_turned_exactly_at_its_instant(client, soiree, travel, at, is_turned):
    make_hint(soiree, opens_at=NOW, text="You will hear water.")
    travel(at)

    html = page(client)

    assert ("You will hear water." in html) is is_turned
    assert ("Revealed April 19" in words(html)) is not is_turned


def test_a_holders_card_and_an_undecided_one_are_not_on_the_public_page(client, soiree, travel):
    make_hint(soiree, opens_at=NOW - DAY, audience="holders", text="For holders")
    make_hint(soiree, opens_at=None, text="Undecided")
    travel(NOW)

    html = page(client)

    assert "For holders" not in html
    assert "Undecided" not in html
    assert 'id="cards"' not in html


# --- Kept until the instant it changes ---------------------------------------------------------


@pytest.mark.parametrize(
    "seconds_before, lives", [(7200, 600), (600, 600), (599, 599), (1, 1), (0.5, 0)]
)
def test_no_kept_page_is_fresh_at_t(client, soiree, travel, seconds_before, lives):
    travel(T - timedelta(seconds=seconds_before))

    answers = [client.get(a) for a in ("/events/soiree/", "/events/")]

    assert [a["Cache-Control"] for a in answers] == [f"public, max-age={lives}"] * 2


def test_no_kept_page_is_fresh_at_t_even_where_sales_go_on(client, soiree, travel):
    Event.objects.filter(pk=soiree.pk).update(sales_close_at=STARTS)
    travel(T - timedelta(seconds=30))

    answers = [client.get(a) for a in ("/events/soiree/", "/events/")]

    assert [a["Cache-Control"] for a in answers] == ["public, max-age=30"] * 2


def test_no_kept_page_is_fresh_when_a_card_is_turned(client, soiree, travel):
    make_hint(soiree, opens_at=NOW)
    travel(NOW - timedelta(seconds=90))

    assert client.get("/events/soiree/")["Cache-Control"] == "public, max-age=90"


def test_no_kept_list_is_fresh_when_an_event_appears(client, travel):
    make_event(slug="coming", publish_at=NOW)
    travel(NOW - timedelta(seconds=42))
    before = client.get("/events/")
    travel(NOW)

    assert before["Cache-Control"] == "public, max-age=42"
    assert "Tea in the garden" not in before.content.decode()
    assert "Tea in the garden" in client.get("/events/").content.decode()


def test_public_pages_set_no_cookie_even_for_the_signed_in(client, soiree, keeper, travel):
    travel(NOW)
    client.force_login(keeper)

    for address in ("/events/", "/events/past/", "/events/soiree/"):
        response = client.get(address)
        assert not response.cookies
        assert response["Cache-Control"].startswith("public")
