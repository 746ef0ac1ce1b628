"""The venue cards: who reads which, from which instant on."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.hints import hints
from events.models import Hint
from tests.events.reveal_kit import DAY, TICK, T
from tests.factories import make_event, make_hint

pytestmark = pytest.mark.django_db
FIRST, SECOND, THIRD = (T - timedelta(days=days) for days in (30, 20, 10))


@pytest.fixture
def cards(soiree):
    """One for everybody, one for holders, one for everybody, one whose day is not decided."""
    make_hint(soiree, opens_at=FIRST, text="Water.")
    make_hint(soiree, opens_at=SECOND, text="Grass.", audience="holders")
    make_hint(soiree, opens_at=THIRD, text="Gold.")
    make_hint(soiree, opens_at=None, text="Someday.")
    return soiree


def turned(event, at, **who):
    return [card.text for card in hints.cards(event, at=at, **who) if card.is_turned]


@pytest.mark.parametrize(
    "at, everyone, holders",
    [
        (FIRST - TICK, [], []),
        (FIRST, ["Water."], ["Water."]),
        (SECOND, ["Water."], ["Water.", "Grass."]),
        (THIRD, ["Water.", "Gold."], ["Water.", "Grass.", "Gold."]),
        (T, ["Water.", "Gold."], ["Water.", "Grass.", "Gold."]),
    ],
)
def test_each_reads_what_was_turned_for_them_and_not_a_moment_before(cards, at, everyone, holders):
    assert turned(cards, at) == everyone
    assert turned(cards, at, for_holders=True) == holders


def test_the_text_of_a_card_that_is_not_turned_does_not_leave_the_database(cards):
    shown = hints.cards(cards, at=FIRST - TICK, for_holders=True)

    assert [(card.title, card.text) for card in shown] == [
        ("First hint", ""),
        ("Second hint", ""),
        ("Third hint", ""),
    ]


def test_visitors_are_not_told_how_many_cards_are_for_holders(cards, client, travel):
    travel(FIRST)

    html = client.get("/events/soiree/").content.decode()

    assert "2 hints about the location" in html
    assert "Third hint" not in html


@pytest.mark.parametrize("at, is_turned", [(FIRST - TICK, False), (FIRST, True)])
def test_the_card_on_the_public_page_is_turned_at_its_instant(
    cards, client, travel, at, is_turned
):
    travel(at)

    html = client.get("/events/soiree/").content.decode()

    assert ("Water." in html) is is_turned
    assert ("First hint, April 19" in html) is is_turned


def test_a_kept_page_ends_when_a_card_is_turned(cards, client, travel):
    travel(SECOND - timedelta(seconds=20))
    holders_only = client.get("/events/soiree/")
    travel(THIRD - timedelta(seconds=20))
    public = client.get("/events/soiree/")

    assert holders_only["Cache-Control"] == "public, max-age=600"
    assert public["Cache-Control"] == "public, max-age=20"
    assert public.cookies == {}


def test_nothing_public_depends_on_a_card_that_only_holders_will_read(cards, client, travel):
    travel(SECOND)
    with_it = client.get("/events/soiree/").content
    Hint.objects.filter(audience="holders").delete()
    travel(SECOND)

    assert client.get("/events/soiree/").content == with_it


def test_an_event_without_cards_shows_no_empty_frame(soiree, ticket, client, travel):
    travel(FIRST)

    for address in ("/events/soiree/", ticket.get_absolute_url()):
        assert 'id="cards"' not in client.get(address).content.decode()


def test_the_cards_are_one_query(cards):
    with CaptureQueriesContext(connection) as asked:
        hints.cards(cards, at=THIRD, for_holders=True)

    assert len(asked) == 1


# --- What staff see beforehand -----------------------------------------------------------------


def test_the_steps_say_who_has_read_how_many_after_each(cards):
    steps = hints.steps(cards)

    assert [(s.title, s.hint.text, s.everyone, s.holders) for s in steps] == [
        ("First hint", "Water.", 1, 1),
        ("Second hint", "Grass.", 1, 2),
        ("Third hint", "Gold.", 2, 3),
        ("", "Someday.", 0, 0),
    ]
    assert [step.is_for_holders for step in steps] == [False, True, False, False]


def test_what_the_steps_say_is_what_the_pages_show(cards):
    for step in hints.steps(cards)[:3]:
        at = step.hint.opens_at
        assert step.everyone == len(turned(cards, at))
        assert step.holders == len(turned(cards, at, for_holders=True))


def test_two_cards_turned_at_once_are_read_together(soiree):
    make_hint(soiree, opens_at=FIRST, text="Water.")
    make_hint(soiree, opens_at=FIRST, text="Grass.")

    assert [(step.everyone, step.holders) for step in hints.steps(soiree)] == [(2, 2), (2, 2)]


@pytest.mark.parametrize("opens_at, is_late", [(T - TICK, False), (T, True), (T + DAY, True)])
def test_a_card_that_would_be_turned_after_the_venue_is_told_is_marked(soiree, opens_at, is_late):
    make_hint(soiree, opens_at=opens_at)

    assert [step.is_too_late for step in hints.steps(soiree)] == [is_late]


def test_an_event_without_a_secret_is_never_too_late(db):
    event = make_event(starts_at=T + DAY)
    make_hint(event, opens_at=T)

    assert not hints.steps(event)[0].is_too_late
