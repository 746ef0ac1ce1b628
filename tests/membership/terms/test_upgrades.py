"""Upgrades: what they cost, and what happens to the terms."""

from datetime import date, timedelta

import pytest

from membership.models import Benefit, BenefitUse, Term
from membership.terms.dues import Joining
from membership.terms.upgrades import (
    CannotChange,
    changes_for,
    difference_cents,
    months_left,
    upgrade_item,
)
from orders.checkout.placing import Buyer, place
from orders.models import Task
from orders.refunds import refunds
from tests.membership.terms.test_dues import (
    DAY,
    NOON,
    TODAY,
    join,
    make_member,
    make_tier,
    settle_by_pretending,
)

paying = pytest.mark.django_db(transaction=True)
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("on", "last_day", "months"),
    [
        (date(2027, 5, 1), date(2028, 4, 30), 12),  # the first day
        (date(2027, 5, 2), date(2028, 4, 30), 11),  # the second
        (date(2028, 3, 31), date(2028, 4, 30), 1),
        (date(2028, 4, 1), date(2028, 4, 30), 1),  # a whole month, to the day
        (date(2028, 4, 2), date(2028, 4, 30), 0),
        (date(2028, 4, 30), date(2028, 4, 30), 0),  # the last day
        (date(2028, 5, 1), date(2028, 4, 30), 0),  # over
        (date(2028, 1, 31), date(2028, 2, 27), 0),
        (date(2028, 1, 31), date(2028, 2, 28), 1),  # a month from the 31st is the month's last
        (date(2028, 2, 29), date(2029, 2, 27), 12),  # a year from a leap day ends on the 27th
        (date(2027, 10, 3), date(2028, 12, 31), 14),  # a fixed year's roll-over
    ],
)
def test_only_whole_months_count(on, last_day, months):
    assert months_left(on, last_day) == months


@pytest.mark.parametrize(
    ("old", "new", "months", "cents"),
    [
        (4000, 6500, 12, 2500),
        (4000, 6500, 14, 2500),  # never more than the difference of a year
        (4000, 6500, 1, 208),  # $2.0833 is rounded down
        (4000, 6500, 11, 2291),
        (4000, 6500, 0, 0),
        (4000, 4000, 12, 0),
        (6500, 4000, 12, 0),  # a downgrade refunds nothing
    ],
)
def test_the_difference_is_by_months_and_rounded_down_to_a_cent(old, new, months, cents):
    assert difference_cents(old, new, months) == cents


def a_year_old_member(**fields):
    """Ada, Individual at $40, with twelve months left but a day."""
    return make_member("Ada Ellery", ends_on=date(2028, 4, 30), starts_on=TODAY, **fields)


def change(household, tier, *, at=NOON, key="u"):
    joining = Joining("Ada Ellery", "ada@example.org", household_id=household.pk)
    order = place(
        items=[upgrade_item(household, tier, joining, on=at.date())],
        buyer=Buyer("Ada Ellery", "ada@example.org"),
        submission_key=key * 40,
        at=at,
    )
    settle_by_pretending(order, at)
    return order


@paying
def test_a_change_ends_the_old_term_today_and_goes_on_to_the_same_last_day():
    ada, family = a_year_old_member(), make_tier("Family", 6500)
    later = NOON + 31 * DAY

    order = change(ada.household, family, at=later)

    new, old = Term.objects.order_by("-pk")
    assert order.total_cents == 2291
    assert (old.ended_on, old.ended_because) == (date(2027, 6, 1), "Changed to Family")
    assert (new.starts_on, new.ends_on, new.tier) == (
        date(2027, 6, 1), date(2028, 4, 30), family,
    )  # fmt: skip
    assert Term.objects.current(date(2027, 6, 1)).get() == new
    assert Term.objects.current(date(2027, 5, 31)).get() == old


@paying
def test_a_renewal_after_a_change_runs_on_from_its_end():
    ada, family = a_year_old_member(), make_tier("Family", 6500)
    change(ada.household, family)

    join(family, Joining("Ada Ellery", "ada@example.org"))

    assert Term.objects.first().starts_on == date(2028, 5, 1)


@paying
def test_what_was_had_of_the_old_level_counts_for_the_new():
    ada, family = a_year_old_member(), make_tier("Family", 6500)
    dinner = Benefit.objects.create(text="Dinner", count=1)
    had = BenefitUse.objects.create(
        term=Term.objects.get(), benefit=dinner, number=1, used_at=NOON
    )

    change(ada.household, family)

    had.refresh_from_db()
    assert had.term.tier == family


@paying
def test_a_second_payment_for_the_same_change_is_asked_about_and_changes_nothing():
    ada, family = a_year_old_member(), make_tier("Family", 6500)
    joining = Joining("Ada", "ada@example.org", household_id=ada.household.pk)
    item = upgrade_item(ada.household, family, joining, on=TODAY)
    orders = [
        place(items=[item], buyer=Buyer("Ada", "a@example.org"), submission_key=k * 40, at=NOON)
        for k in "ab"
    ]

    for order in orders:
        settle_by_pretending(order, NOON)

    assert Term.objects.count() == 2
    assert Task.objects.get().order == orders[1]


@paying
def test_a_refund_of_the_change_gives_the_old_level_back_to_the_same_day():
    ada, family = a_year_old_member(), make_tier("Family", 6500)
    order = change(ada.household, family)
    later = NOON + 30 * DAY

    refunds.give_back(order=order, line=order.lines.get(), reason="asked", at=later)

    back = Term.objects.current(date(2027, 5, 31)).get()
    assert (back.tier.name, back.ends_on) == ("Individual", date(2028, 4, 30))
    assert "was refunded" in back.reason and back.line is None


@paying
@pytest.mark.parametrize("change_first", [True, False])
def test_when_change_and_year_are_both_refunded_nothing_is_left(change_first):
    tier, family = make_tier(), make_tier("Family", 6500)
    year = join(tier, Joining("Ada Ellery", "ada@example.org"))
    changed = change(Term.objects.get().household, family)
    first, second = (changed, year) if change_first else (year, changed)

    for order in (first, second):
        refunds.give_back(order=order, line=order.lines.get(), reason="asked", at=NOON + DAY)

    assert not Term.objects.current(TODAY + 2 * DAY).exists()
    assert Task.objects.filter(key__startswith="upgrade-left").exists() is not change_first


@pytest.mark.parametrize(
    ("days_left", "refused"),
    [(31, False), (30, False), (29, True), (0, True)],
    ids=["a month and a day", "a month", "a day less", "the last day"],
)
def test_with_less_than_a_month_left_the_level_is_chosen_at_renewal(days_left, refused):
    # From May 1: a whole month ends on May 31, thirty days on.
    ada = make_member(ends_on=TODAY + timedelta(days=days_left))
    family = make_tier("Family", 6500)
    joining = Joining("Ada", "ada@example.org", household_id=ada.household.pk)

    if refused:
        with pytest.raises(CannotChange, match="Choose Family when you renew"):
            upgrade_item(ada.household, family, joining, on=TODAY)
    else:
        assert upgrade_item(ada.household, family, joining, on=TODAY).unit_cents == 208


def test_a_narrower_level_is_no_change_and_one_for_life_needs_none():
    ada = a_year_old_member()
    joining = Joining("Ada", "ada@example.org", household_id=ada.household.pk)
    student = make_tier("Student", 1500)

    assert changes_for(ada.household, [student], on=TODAY) == []
    with pytest.raises(CannotChange):
        upgrade_item(ada.household, student, joining, on=TODAY)
    Term.objects.update(ends_on=None)
    assert changes_for(ada.household, [make_tier("Family", 6500)], on=TODAY) == []
