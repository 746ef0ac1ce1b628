"""Pauses: no paid day is lost, and none is given twice."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from membership.models import Household, Tier
from membership.terms.pausing import CannotPause, pause
from tests.factories import make_user

NOON = datetime(2027, 1, 10, 17, tzinfo=UTC)
DAY = timedelta(days=1)
ENDS = date(2027, 6, 30)

pytestmark = pytest.mark.django_db


def make_household(*stretches):
    household = Household.objects.create(name="Ellery")
    tier, _ = Tier.objects.get_or_create(slug="family", defaults={"name": "Family"})
    for starts_on, ends_on in stretches:
        household.terms.create(tier=tier, starts_on=starts_on, ends_on=ends_on, reason="paid")
    return household


def held(household):
    """The days on which the household is a member, once for each valid term."""
    found = []
    for term in household.terms.real():
        last = term.ended_on - DAY if term.ended_on else term.ends_on
        found += [
            term.starts_on + number * DAY for number in range((last - term.starts_on).days + 1)
        ]
    return found


@pytest.fixture
def ellerys():
    return make_household((date(2026, 7, 1), ENDS))


@pytest.fixture
def tess():
    return make_user("tess@nsca.example")


def test_a_pause_ends_the_term_and_grants_the_days_that_were_left(ellerys, tess):
    before = held(ellerys)

    pause(
        ellerys, starts_on=date(2027, 3, 1), until_on=date(2027, 9, 1), reason="At sea", by=tess,
        at=NOON,
    )  # fmt: skip

    after = held(ellerys)
    assert len(after) == len(set(after)) == len(before)
    assert date(2027, 2, 28) in after
    assert date(2027, 3, 1) not in after
    assert date(2027, 8, 31) not in after
    assert date(2027, 9, 1) in after
    assert max(after) == date(2027, 12, 31)
    granted = ellerys.terms.first()
    assert (granted.granted_by, granted.continues) == (tess, ellerys.terms.last())


def test_what_is_paid_ahead_moves_along(tess):
    household = make_household((date(2026, 7, 1), ENDS), (ENDS + DAY, date(2028, 6, 30)))
    before = held(household)

    pause(
        household, starts_on=date(2027, 3, 1), until_on=date(2027, 9, 1), reason="At sea",
        by=tess, at=NOON,
    )  # fmt: skip

    after = held(household)
    assert len(after) == len(set(after)) == len(before)
    assert max(after) == date(2028, 12, 31)


@pytest.mark.parametrize(
    ("starts_on", "until_on"),
    [
        (date(2027, 3, 1), date(2027, 3, 1)),  # no day long
        (date(2027, 7, 1), date(2027, 9, 1)),  # it has run out by then
        (date(2026, 6, 30), date(2026, 9, 1)),  # it has not begun
        (date(2027, 3, 1), date(2030, 3, 1)),  # too long
    ],
)
def test_a_pause_that_makes_no_sense_is_refused(ellerys, tess, starts_on, until_on):
    with pytest.raises(CannotPause):
        pause(ellerys, starts_on=starts_on, until_on=until_on, reason="x", by=tess, at=NOON)
    assert ellerys.terms.count() == 1


class TestAnyPause(TestCase):
    @settings(max_examples=30, deadline=None)
    @given(st.integers(0, 364), st.integers(1, 700), st.integers(0, 3))
    def test_no_day_is_lost_and_none_is_double(self, first, length, ahead):
        starts = date(2026, 7, 1)
        stretches = [(starts, starts + 364 * DAY)]
        for _ in range(ahead):
            begin = stretches[-1][1] + DAY
            stretches.append((begin, begin + 364 * DAY))
        household, tess = make_household(*stretches), make_user("tess@nsca.example")
        days = 365 * (ahead + 1)
        on = starts + first * DAY

        pause(household, starts_on=on, until_on=on + length * DAY, reason="x", by=tess, at=NOON)

        found = held(household)
        assert len(found) == len(set(found)) == days
