"""Time differences, computed at literal instants and never stored."""

from datetime import UTC, datetime, timedelta

import pytest

from cities.sightings import (
    company,
    gap_words,
    hours_ahead,
    next_shift,
    sighting,
    sightings,
)

from .factories import EIGHT, make_record

ZONES = {slug: zone for slug, _, _, _, _, _, zone, _ in EIGHT}
JANUARY = datetime(2027, 1, 15, 12, tzinfo=UTC)
JULY = datetime(2027, 7, 15, 12, tzinfo=UTC)
AMERICA_ALONE = datetime(
    2027, 3, 20, 12, tzinfo=UTC
)  # US clocks changed on the 14th, Europe's on the 28th
EUROPE_ALONE = datetime(
    2027, 11, 3, 12, tzinfo=UTC
)  # Europe went back on October 31, the US on November 7


class Partner:
    def __init__(self, zone="Europe/Paris", bond="sister", **changes):
        self.__dict__.update(make_record(**changes).__dict__, time_zone=zone, bond=bond)


@pytest.mark.parametrize(
    "slug, january, july",
    [
        ("halifax", 1, 1),
        ("norfolk-county", 5, 5),
        ("wilhelmshaven", 6, 6),
        ("toulon", 6, 6),
        ("tema", 5, 4),
        ("kitakyushu", 14, 13),
        ("ningbo-beilun", 13, 12),
        ("cagayan-de-oro", 13, 12),
    ],
)
def test_hours_ahead_are_those_of_the_table(slug, january, july):
    assert hours_ahead(ZONES[slug], JANUARY) == january
    assert hours_ahead(ZONES[slug], JULY) == july


@pytest.mark.parametrize(
    "slug, at, ahead",
    [
        ("toulon", AMERICA_ALONE, 5),
        ("norfolk-county", AMERICA_ALONE, 4),
        ("kitakyushu", AMERICA_ALONE, 13),
        ("toulon", EUROPE_ALONE, 5),
        ("halifax", AMERICA_ALONE, 1),
    ],
)
def test_in_the_weeks_between_two_changes_of_clocks_the_gap_is_an_hour_less(slug, at, ahead):
    assert hours_ahead(ZONES[slug], at) == ahead


EDT = datetime(2027, 3, 14, 7, 0, tzinfo=UTC)  # the first of it: 3:00 a.m. in Norfolk
CEST = datetime(2027, 3, 28, 1, 0, tzinfo=UTC)  # the first of it: 3:00 a.m. in Toulon
MINUTE, TICK = timedelta(minutes=1), timedelta(microseconds=1)


@pytest.mark.parametrize(
    "at, shift",
    [(EDT - TICK, "+6 h"), (EDT, "+5 h"), (EDT + TICK, "+5 h"), (CEST - TICK, "+5 h"),
     (CEST, "+6 h")],
)  # fmt: skip
def test_the_shift_to_toulon_at_the_changes_of_clocks(at, shift):
    assert sighting(Partner("Europe/Paris"), at=at).shift == shift


@pytest.mark.parametrize(
    "zone, shift",
    [
        ("America/New_York", "\u00b10 h"),
        ("America/Chicago", "\u22121 h"),
        ("Asia/Kolkata", "+10½ h"),
        ("Asia/Tokyo", "+14 h"),
    ],
)
def test_the_time_difference_as_in_a_timetable(zone, shift):
    assert sighting(Partner(zone), at=JANUARY).shift == shift


@pytest.mark.parametrize(
    "at, found",
    [
        (EDT - 10 * MINUTE - TICK, None),
        (EDT - 10 * MINUTE, EDT),
        (EDT - TICK, EDT),
        (EDT, None),
        (CEST - MINUTE, CEST),
        (JULY, None),
    ],
)
def test_a_page_is_cached_only_until_the_next_clock_change(at, found):
    zones = {"Europe/Paris", "Asia/Tokyo"}

    assert next_shift(zones, at=at, within=10 * MINUTE) == found


def test_if_both_clocks_change_at_once_the_difference_stays():
    assert next_shift({"America/Toronto"}, at=EDT - MINUTE, within=10 * MINUTE) is None


@pytest.mark.parametrize(
    "zone, at, words",
    [
        ("Asia/Tokyo", JANUARY, "14 hours ahead of Norfolk today; 13 in summer."),
        ("Asia/Tokyo", JULY, "13 hours ahead of Norfolk today; 14 in winter."),
        ("Europe/Paris", JANUARY, "6 hours ahead of Norfolk."),
        (
            "Europe/Paris",
            AMERICA_ALONE,
            "5 hours ahead of Norfolk today; 6 in winter and 6 in summer.",
        ),
        ("America/Halifax", JULY, "1 hour ahead of Norfolk."),
        ("America/New_York", JULY, "Same time as Norfolk."),
        ("America/Chicago", JULY, "1 hour behind Norfolk."),
        ("Asia/Kolkata", JANUARY, "10½ hours ahead of Norfolk today; 9½ in summer."),
    ],
)
def test_the_time_difference_in_words(zone, at, words):
    assert gap_words(zone, at) == words


def test_cities_are_numbered_clockwise_from_the_northwest():
    toulon = Partner(name="Toulon", latitude=43.1, longitude=5.9)
    moji = Partner("Asia/Tokyo", name="Kitakyushu", latitude=33.9, longitude=130.9)

    seen = sightings([toulon, moji], at=JULY)

    assert [(s.number, s.city.name, s.bearing) for s in seen] == [
        (1, "Kitakyushu", "337°"),
        (2, "Toulon", "056°"),
    ]


@pytest.mark.parametrize(
    "bonds, words",
    [
        (["sister"] * 7 + ["friendship"], "Seven sisters and a friend"),
        (["sister"] * 8 + ["friendship"], "Eight sisters and a friend"),
        (["sister"], "A sister"),
        (["friendship"] * 2, "Two friends"),
        (["sister"] * 13, "13 sisters"),
        (["sister", "suspended", "former"], "A sister"),
        ([], "Norfolk, and the world"),
    ],
)
def test_the_headline_counts_active_relationships(bonds, words):
    assert company([Partner(bond=bond) for bond in bonds]) == words
