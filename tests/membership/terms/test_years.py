"""How long a payment of dues lasts."""

from datetime import date, timedelta

import pytest

from membership.models import Household, Rules, Term, Tier
from membership.terms.years import last_day, next_stretch, year_from

DAY = timedelta(days=1)
ANNIVERSARY = Rules()
CALENDAR = Rules(year="fixed", begins_month=1, begins_day=1, rolls_over_days=90)
SCHOOL_YEAR = Rules(year="fixed", begins_month=9, begins_day=1, rolls_over_days=0)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2027, 5, 1), date(2028, 4, 30)),
        (date(2027, 1, 1), date(2027, 12, 31)),
        (date(2027, 2, 28), date(2028, 2, 27)),
        (date(2027, 3, 1), date(2028, 2, 29)),
        (date(2028, 2, 28), date(2029, 2, 27)),
        (date(2028, 2, 29), date(2029, 2, 27)),
        (date(2028, 3, 1), date(2029, 2, 28)),
        (date(2027, 3, 14), date(2028, 3, 13)),  # the clocks go forward
        (date(2027, 11, 7), date(2028, 11, 6)),  # and back
    ],
)
def test_a_year_from_any_day(start, end):
    assert year_from(start) == end
    assert last_day(start, rules=ANNIVERSARY) == end


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2027, 1, 1), date(2027, 12, 31)),
        (date(2027, 10, 2), date(2027, 12, 31)),  # 91 days before the next year
        (date(2027, 10, 3), date(2028, 12, 31)),  # 90
        (date(2027, 12, 31), date(2028, 12, 31)),
        (date(2028, 1, 1), date(2028, 12, 31)),
    ],
)
def test_a_calendar_year_that_rolls_over_in_its_last_ninety_days(start, end):
    assert last_day(start, rules=CALENDAR) == end


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2027, 8, 31), date(2027, 8, 31)),
        (date(2027, 9, 1), date(2028, 8, 31)),
    ],
)
def test_a_fixed_year_without_rolling_over(start, end):
    assert last_day(start, rules=SCHOOL_YEAR) == end


@pytest.fixture
def ellerys(db):
    household = Household.objects.create(name="Ellery")
    tier = Tier.objects.create(name="Individual", slug="individual")
    Term.objects.create(
        household=household, tier=tier, starts_on=date(2026, 7, 1), ends_on=date(2027, 6, 30),
        reason="for the test",
    )  # fmt: skip
    return household


@pytest.mark.parametrize(
    ("paid_on", "starts_on"),
    [
        (date(2027, 4, 1), date(2027, 7, 1)),  # early: on from the old end
        (date(2027, 6, 30), date(2027, 7, 1)),
        (date(2027, 7, 1), date(2027, 7, 1)),
        (date(2027, 7, 30), date(2027, 7, 1)),  # the thirtieth day of grace
        (date(2027, 7, 31), date(2027, 7, 31)),  # later: from the day of payment
    ],
)
def test_a_renewal_runs_on_when_early_or_within_grace(ellerys, paid_on, starts_on):
    assert next_stretch(ellerys, paid_on, rules=ANNIVERSARY)[0] == starts_on


def test_a_second_payment_for_one_year_is_the_year_after(ellerys):
    first = next_stretch(ellerys, date(2027, 6, 1), rules=ANNIVERSARY)
    ellerys.terms.create(
        tier=Tier.objects.get(), starts_on=first[0], ends_on=first[1], reason="paid"
    )

    assert next_stretch(ellerys, date(2027, 6, 1), rules=ANNIVERSARY) == (
        date(2028, 7, 1),
        date(2029, 6, 30),
    )


def test_a_year_that_was_ended_from_a_later_day_is_not_paid_twice(ellerys):
    ellerys.terms.update(ended_on=date(2027, 5, 1))

    assert next_stretch(ellerys, date(2027, 4, 1), rules=ANNIVERSARY)[0] == date(2027, 5, 1)
    assert next_stretch(ellerys, date(2027, 5, 2), rules=ANNIVERSARY)[0] == date(2027, 5, 2)


def test_changing_the_rules_changes_no_year_that_was_paid(ellerys):
    before = list(ellerys.terms.values())
    CALENDAR.save()

    assert list(ellerys.terms.values()) == before
    assert next_stretch(ellerys, date(2027, 6, 1), rules=Rules.load()) == (
        date(2027, 7, 1),
        date(2027, 12, 31),
    )
