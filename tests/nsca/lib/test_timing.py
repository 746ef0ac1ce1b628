"""One voice for time, and no mistake on the two nights when the clocks change."""

from datetime import UTC, datetime, timedelta

import pytest

from nsca.lib import timing
from nsca.lib.text.money import dollars


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        (datetime(2027, 5, 20, 18, 0), datetime(2027, 5, 20, 22, 0, tzinfo=UTC)),
        (datetime(2027, 1, 20, 18, 0), datetime(2027, 1, 20, 23, 0, tzinfo=UTC)),
        (datetime(2027, 3, 14, 1, 59), datetime(2027, 3, 14, 6, 59, tzinfo=UTC)),
        (datetime(2027, 3, 14, 3, 0), datetime(2027, 3, 14, 7, 0, tzinfo=UTC)),
    ],
)
def test_a_local_time_is_one_instant(local, utc):
    assert timing.to_instant(local) == utc


def test_a_time_that_the_clocks_jump_over_is_refused():
    with pytest.raises(timing.ClockGap):
        timing.to_instant(datetime(2027, 3, 14, 2, 30))


def test_a_time_that_happens_twice_asks_which():
    twice = datetime(2027, 11, 7, 1, 30)

    with pytest.raises(timing.ClockFold):
        timing.to_instant(twice)
    assert timing.to_instant(twice, fold=0) == datetime(2027, 11, 7, 5, 30, tzinfo=UTC)
    assert timing.to_instant(twice, fold=1) == datetime(2027, 11, 7, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2027, 5, 19, 22, 0, tzinfo=UTC), "Wednesday, May 19, 2027 at 6:00 p.m. EDT"),
        (datetime(2027, 1, 1, 5, 0, tzinfo=UTC), "Friday, January 1, 2027 at 12:00 a.m. EST"),
    ],
)
def test_an_instant_is_said_in_full_with_its_zone(at, words):
    assert timing.exactly(at) == words


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(hours=24), "24 hours"),
        (timedelta(hours=48), "2 days"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=2881), "2 days"),
        (timedelta(minutes=769793), "534 days and 13 hours"),
    ],
)
def test_a_length_of_time_is_said_as_people_say_it(span, words):
    assert timing.in_words(span) == words


@pytest.mark.parametrize(
    ("cents", "words"),
    [
        (0, "$0"),
        (9500, "$95"),
        (9550, "$95.50"),
        (5, "$0.05"),
        (123456700, "$1,234,567"),
        (-500, "−$5"),
    ],
)
def test_money_is_whole_cents_until_somebody_reads_it(cents, words):
    assert dollars(cents) == words
