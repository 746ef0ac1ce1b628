"""The page is the promise: a ticket's own page at the boundary, late, and without its key."""

import pytest

from events import reveal
from tests.events.reveal_kit import DAY, TICK, T
from tests.factories import make_hint

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client, ticket, travel):
    """The holder's page at an instant."""

    def at(instant):
        travel(instant)
        return client.get(ticket.get_absolute_url())

    return at


@pytest.mark.parametrize("at, is_open", [(T - TICK, False), (T, True), (T + TICK, True)])
def test_it_opens_exactly_at_t_with_no_ticker_running(page, at, is_open):
    response = page(at)

    text = response.content.decode()
    assert ("Chart House Lawn" in text) is is_open
    assert ("The location is sealed" in text) is not is_open
    assert response["Cache-Control"] == "private, no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "ETag" not in response


def test_open_it_tells_everything_that_helps_to_get_there(page):
    text = page(T).content.decode()

    for words in (
        "12 Ropewalk",
        "Norfolk, Virginia 23510",
        "The gate is on the river side.",
        "The garage on Boush Street",
        "The boat house next door",
        "757-555-0142",
    ):
        assert words in text


def test_a_map_is_asked_only_on_a_click_and_is_not_told_where_from(page):
    text = page(T).content.decode()

    assert text.count("openstreetmap.org") == 1
    assert 'rel="noreferrer noopener"' in text
    assert 'href="https://www.openstreetmap.org/?mlat=36.846512&amp;mlon=-76.291734' in text


@pytest.mark.parametrize("seconds, is_turning", [(30 * 3600, False), (60, True)])
def test_without_a_script_the_page_asks_again_just_after_t(page, seconds, is_turning):
    response = page(T - DAY * seconds / 86400)

    assert ("Refresh" in response) is is_turning
    if is_turning:
        assert seconds <= int(response["Refresh"]) <= seconds + 20


def test_a_hold_closes_it_within_one_request(page, soiree, keeper):
    opened = page(T + DAY / 8).content.decode()
    reveal.hold(soiree, by=keeper, at=T + DAY / 8)
    held = page(T + DAY / 8).content.decode()

    assert "Chart House Lawn" in opened
    assert "The envelope is late" in held
    assert "Chart" not in held


def test_a_lost_key_is_a_page_that_says_whom_to_call(page, soiree, settings):
    soiree.help_phone = "757-555-0199"
    soiree.save()
    settings.VENUE_KEYS = ["the key that sealed this envelope, and is lost: 6c2f"]
    reveal.reseal_all()
    settings.VENUE_KEYS = []

    response = page(T)

    text = response.content.decode()
    assert response.status_code == 200
    assert "The envelope is late" in text
    assert 'href="tel:757-555-0199"' in text


def test_a_changed_venue_is_said_to_have_changed(page, soiree, keeper):
    reveal.publish_due(at=T)
    reveal.write_venue(
        soiree, reveal.VenueDetails(name="Pagoda Garden"), by=keeper, at=T + DAY / 8
    )

    text = page(T + DAY / 4).content.decode()

    assert "The location has changed" in text
    assert "Pagoda Garden" in text
    assert "<del>Chart House Lawn, 12 Ropewalk, Norfolk, Virginia 23510</del>" in text
    assert text.count("Chart House") == 1


def test_cards_for_holders_are_turned_here(page, soiree):
    make_hint(soiree, opens_at=T - DAY, text="Bring a lantern.", audience="holders")

    before, after = page(T - DAY - TICK), page(T - DAY)

    assert "Bring a lantern." not in before.content.decode()
    assert "Bring a lantern." in after.content.decode()
