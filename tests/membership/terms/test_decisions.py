"""What staff decide: lowered dues, benefits that run out, a death."""

from datetime import UTC, date, datetime, timedelta

import pytest

from membership.models import Benefit, BenefitUse, FavoriteCity, Household, Person, Tier
from membership.people import bereavement
from membership.people.bereavement import CannotBe
from membership.terms import benefits, hardship
from membership.terms.benefits import NothingLeft
from tests.factories import make_city, make_person, make_user

NOON = datetime(2027, 3, 1, 17, tzinfo=UTC)
TODAY = date(2027, 3, 1)
DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def tess():
    return make_user("tess@nsca.example")


@pytest.fixture
def family():
    return Tier.objects.create(name="Family", slug="family", dues_cents=6500, max_people=4)


@pytest.fixture
def ellerys(family):
    household = Household.objects.create(name="The Ellery family")
    household.terms.create(
        tier=family, starts_on=date(2026, 7, 1), ends_on=date(2027, 6, 30), reason="paid"
    )
    return household


# --- Hardship ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "cents"),
    [(date(2027, 12, 31), 2000), (date(2028, 1, 1), 6500)],
    ids=["its last day", "the day after"],
)
def test_lowered_dues_hold_through_their_last_day(ellerys, family, tess, on, cents):
    hardship.grant(
        ellerys, tier=family, dues_cents=2000, valid_until=date(2027, 12, 31), reason="ill",
        by=tess, at=NOON,
    )  # fmt: skip

    assert hardship.dues_of(family, ellerys, on=on) == cents


def test_lowered_dues_are_nobody_elses_and_of_that_level_only(ellerys, family, tess):
    patron = Tier.objects.create(name="Patron", slug="patron", dues_cents=15000)
    others = Household.objects.create(name="The Okoro family")
    hardship.grant(
        ellerys, tier=family, dues_cents=0, valid_until=date(2027, 12, 31), reason="ill",
        by=tess, at=NOON,
    )  # fmt: skip

    assert hardship.dues_of(family, ellerys, on=TODAY) == 0
    assert hardship.dues_of(patron, ellerys, on=TODAY) == 15000
    assert hardship.dues_of(family, others, on=TODAY) == 6500
    assert hardship.dues_of(family, None, on=TODAY) == 6500


def test_the_last_decision_counts_and_may_be_taken_back(ellerys, family, tess):
    for cents in (2000, 3000):
        hardship.grant(
            ellerys, tier=family, dues_cents=cents, valid_until=date(2027, 12, 31), reason="ill",
            by=tess, at=NOON,
        )  # fmt: skip
    assert hardship.dues_of(family, ellerys, on=TODAY) == 3000

    hardship.end_prices(ellerys, tier=family, by=tess, at=NOON)

    assert hardship.dues_of(family, ellerys, on=TODAY) == 6500


def test_lowered_dues_never_cost_more_than_everybody_pays(ellerys, family, tess):
    hardship.grant(
        ellerys, tier=family, dues_cents=6000, valid_until=date(2027, 12, 31), reason="ill",
        by=tess, at=NOON,
    )  # fmt: skip
    family.dues_cents = 5000

    assert hardship.dues_of(family, ellerys, on=TODAY) == 5000


# --- Benefits that run out ---------------------------------------------------------------------


@pytest.fixture
def dinner(family):
    dinner = Benefit.objects.create(text="A dinner at the Annual Meeting", count=2)
    family.benefits.add(dinner, Benefit.objects.create(text="The quarterly newsletter"))
    return dinner


def test_a_benefit_is_handed_over_as_often_as_the_level_gives_it(ellerys, dinner, tess):
    term = ellerys.terms.get()
    assert [(left.benefit, left.count) for left in benefits.left(ellerys, on=TODAY)] == [
        (dinner, 2)
    ]

    benefits.use(term, dinner, by=tess, at=NOON, note="Ada")
    benefits.use(term, dinner, by=tess, at=NOON, note="Ben")

    assert [left.count for left in benefits.left(ellerys, on=TODAY)] == [0]
    with pytest.raises(NothingLeft):
        benefits.use(term, dinner, by=tess, at=NOON)


def test_what_is_taken_back_is_there_again(ellerys, dinner, tess):
    row = benefits.use(ellerys.terms.get(), dinner, by=tess, at=NOON)

    benefits.take_back(row, at=NOON)
    benefits.take_back(row, at=NOON + DAY)

    assert [left.count for left in benefits.left(ellerys, on=TODAY)] == [2]
    assert BenefitUse.objects.get().undone_at == NOON


def test_what_the_level_does_not_give_by_the_piece_is_not_handed_over(ellerys, dinner, tess):
    other = Benefit.objects.create(text="A shirt", count=1)
    newsletter = Benefit.objects.get(count=None)

    for benefit in (other, newsletter):
        with pytest.raises(NothingLeft):
            benefits.use(ellerys.terms.get(), benefit, by=tess, at=NOON)


def test_a_new_year_brings_it_anew(ellerys, dinner, family, tess):
    benefits.use(ellerys.terms.get(), dinner, by=tess, at=NOON)
    ellerys.terms.create(
        tier=family, starts_on=date(2027, 7, 1), ends_on=date(2028, 6, 30), reason="paid"
    )

    assert [left.count for left in benefits.left(ellerys, on=date(2027, 6, 30))] == [1]
    assert [left.count for left in benefits.left(ellerys, on=date(2027, 7, 1))] == [2]
    assert benefits.left(ellerys, on=date(2028, 7, 1)) == []


def test_two_desks_cannot_hand_over_the_same_piece(ellerys, dinner, tess):
    term = ellerys.terms.get()
    benefits.use(term, dinner, by=tess, at=NOON)

    with pytest.raises(Exception, match="UNIQUE|unique|no_benefit_is_handed_over_twice"):
        BenefitUse.objects.create(term=term, benefit=dinner, number=1, used_at=NOON)


# --- Bereavement -------------------------------------------------------------------------------


@pytest.fixture
def ada(ellerys):
    user = make_user("ada@ellery.example")
    ada = make_person(ellerys, email="ada@ellery.example", user=user)
    FavoriteCity.objects.create(person=ada, city=make_city(), may_be_seen=True)
    return ada


def test_one_act_stops_what_is_written_to_the_name_and_keeps_the_history(ada, tess):
    row = bereavement.record(ada, died_on=date(2027, 2, 20), by=tess, at=NOON)

    ada.refresh_from_db()
    assert ada.died_on == date(2027, 2, 20)
    assert not ada.favorite_cities.get().may_be_seen
    assert not ada.user.is_active
    assert (ada.name, ada.households.count(), ada.household.terms.count()) == ("Ada Ellery", 1, 1)
    assert ada not in Person.objects.living()
    assert row.by == tess


def test_it_is_taken_back_whole(ada, tess):
    row = bereavement.record(ada, died_on=date(2027, 2, 20), by=tess, at=NOON)

    bereavement.undo(row, by=tess, at=NOON)
    bereavement.undo(row, by=tess, at=NOON + DAY)

    ada.refresh_from_db()
    row.refresh_from_db()
    assert ada.died_on is None
    assert ada.favorite_cities.get().may_be_seen
    assert ada.user.is_active
    assert row.undone_at == NOON


def test_nobody_dies_twice_nor_tomorrow(ada, tess):
    with pytest.raises(CannotBe):
        bereavement.record(ada, died_on=date(2027, 3, 2), by=tess, at=NOON)
    bereavement.record(ada, died_on=TODAY, by=tess, at=NOON)

    with pytest.raises(CannotBe):
        bereavement.record(ada, died_on=TODAY, by=tess, at=NOON)


def test_whoever_shares_the_sign_in_keeps_it(ada, ellerys, tess):
    make_person(ellerys, name="Ben Ellery", email="ada@ellery.example", user=ada.user)

    bereavement.record(ada, died_on=TODAY, by=tess, at=NOON)

    ada.user.refresh_from_db()
    assert ada.user.is_active
    assert not bereavement.address_alone(ada)
