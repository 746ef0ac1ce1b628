"""How somebody stands on a date: one sentence for rows at hand, one for the database, and they
agree.
"""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from membership.models import (
    MEMBERS,
    Household,
    HouseholdMember,
    MembershipStatus,
    Person,
    Rules,
    Term,
    Tier,
    membership_status,
)
from tests.factories import make_person

DAY = timedelta(days=1)
GRACE = timedelta(days=30)
BEGIN, END = date(2026, 7, 1), date(2027, 6, 30)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ellerys():
    return Household.objects.create(name="The Ellery family")


def make_term(household, starts_on=BEGIN, ends_on=END, **fields):
    tier, _ = Tier.objects.get_or_create(slug="family", defaults={"name": "Family"})
    return Term.objects.create(
        household=household, tier=tier, starts_on=starts_on, ends_on=ends_on,
        reason="for the test", **fields,
    )  # fmt: skip


def stands(thing, on):
    """By both sentences, which must agree."""
    model = type(thing)
    by_rows = membership_status(
        Term.objects.filter(household=thing)
        if model is Household
        else Term.objects.filter(household__people=thing).distinct(),
        on,
        grace=GRACE,
        died_on=getattr(thing, "died_on", None),
    )
    by_query = model.objects.with_status(on, grace=GRACE).get(pk=thing.pk).status
    assert by_rows == by_query
    is_member = model.objects.members(on).filter(pk=thing.pk).exists()
    assert is_member is (by_rows in MEMBERS)
    return by_rows


@pytest.mark.parametrize(
    ("on", "then"),
    [
        (BEGIN - DAY, "prospect"),
        (BEGIN, "current"),
        (END, "current"),
        (END + DAY, "grace"),
        (END + GRACE, "grace"),
        (END + GRACE + DAY, "expired"),
    ],
)
def test_a_year_of_membership_from_before_its_first_day_to_after_its_grace(ellerys, on, then):
    make_term(ellerys)

    assert stands(ellerys, on) == then


def test_whoever_has_no_term_is_a_prospect(ellerys):
    assert stands(ellerys, END) == "prospect"


def test_a_term_without_an_end_is_for_life(ellerys):
    make_term(ellerys, ends_on=None)

    assert stands(ellerys, date(2099, 1, 1)) == "life"
    assert stands(ellerys, BEGIN - DAY) == "prospect"


def test_a_year_paid_on_top_of_a_life_changes_nothing(ellerys):
    make_term(ellerys, ends_on=None)
    make_term(ellerys)

    assert stands(ellerys, END) == "life"


@pytest.mark.parametrize(
    ("on", "then"),
    [
        (date(2026, 12, 23), "current"),
        (date(2026, 12, 24), "ended"),
        (END + GRACE + DAY, "ended"),
    ],
)
def test_a_term_that_was_ended_does_not_hold_from_that_day_on(ellerys, on, then):
    make_term(ellerys, ended_on=date(2026, 12, 24))

    assert stands(ellerys, on) == then


def test_a_renewal_that_was_refunded_before_it_began_leaves_the_year_before_it_alone(ellerys):
    make_term(ellerys)
    make_term(ellerys, END + DAY, END + 365 * DAY, ended_on=date(2027, 5, 1))

    assert stands(ellerys, END) == "current"
    assert stands(ellerys, END + DAY) == "grace"


def test_who_came_back_after_leaving_is_current(ellerys):
    make_term(ellerys, ended_on=date(2026, 12, 24))
    make_term(ellerys, date(2027, 3, 1), date(2028, 2, 29))

    assert stands(ellerys, date(2027, 2, 28)) == "ended"
    assert stands(ellerys, date(2027, 3, 1)) == "current"


def test_the_dead_are_no_members_and_their_household_is(ellerys):
    make_term(ellerys)
    ada = make_person(ellerys, died_on=date(2027, 1, 10))
    ben = make_person(ellerys, name="Ben Ellery")

    assert stands(ada, date(2027, 1, 9)) == "current"
    assert stands(ada, date(2027, 1, 10)) == "ended"
    assert stands(ben, date(2027, 1, 10)) == "current"
    assert stands(ellerys, date(2027, 1, 10)) == "current"


def test_somebody_of_two_households_has_the_better_of_both_and_counts_once(ellerys):
    okoros = Household.objects.create(name="The Okoro family")
    make_term(ellerys, date(2025, 1, 1), date(2025, 12, 31))
    make_term(okoros)
    make_term(okoros, END + DAY, END + 365 * DAY)
    ada = make_person(ellerys)
    HouseholdMember.objects.create(person=ada, household=okoros, is_home=False)

    assert stands(ada, END) == "current"
    assert stands(ellerys, END) == "expired"
    assert Person.objects.members(END).count() == 1
    assert ada.household == ellerys


def test_nobody_has_two_homes(ellerys):
    ada = make_person(ellerys)
    okoros = Household.objects.create(name="The Okoro family")

    with pytest.raises(Exception, match="UNIQUE|unique|duplicate|one_home"):
        HouseholdMember.objects.create(person=ada, household=okoros, is_home=True)


def test_the_rules_are_one_row_and_defaults_without_it():
    assert Rules.load().grace == GRACE
    Rules(grace_days=45).save()
    Rules(grace_days=60).save()

    assert Rules.objects.count() == 1
    assert Rules.load().grace_days == 60


# Any terms, in any order, ended anyhow.
DATES = st.dates(date(2023, 12, 1), date(2029, 4, 1))
TERMS = st.lists(
    st.tuples(
        DATES,
        st.one_of(st.none(), st.integers(0, 800)),  # days to the last one; None: for life
        st.one_of(st.none(), st.integers(-40, 900)),  # ended so many days after the first
        st.booleans(),  # of the first household or the second
    ),
    max_size=6,
)


class TestAnyLife(TestCase):
    @settings(max_examples=60, deadline=None)
    @given(TERMS, st.lists(DATES, min_size=1, max_size=4), st.one_of(st.none(), DATES))
    def test_row_and_query_say_the_same(self, terms, days, died_on):
        houses = [Household.objects.create(name=name) for name in ("Ellery", "Okoro")]
        ada = make_person(houses[0], died_on=died_on)
        HouseholdMember.objects.create(person=ada, household=houses[1], is_home=False)
        for starts_on, length, ended_after, is_first in terms:
            ends_on = None if length is None else starts_on + length * DAY
            ended_on = None if ended_after is None else starts_on + ended_after * DAY
            if ended_on and ends_on and ended_on > ends_on:
                ended_on = None
            make_term(houses[not is_first], starts_on, ends_on, ended_on=ended_on)

        for on in days:
            for thing in (ada, *houses):
                assert stands(thing, on) in MembershipStatus.values
