"""Why somebody is not a member today: every reason as a sentence, with what to do."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import Group

from membership.insight.explaining import explain
from membership.models import (
    Household,
    HouseholdMember,
    MembershipStatus,
    Pause,
    Person,
    Rules,
    Term,
    Tier,
)
from nsca.desk.groups import ensure_groups
from orders.models import Order, Refund
from tests.factories import make_line, make_order, make_person, make_user

NOON = datetime(2027, 4, 1, 16, 0, tzinfo=UTC)  # noon in Norfolk
TODAY = date(2027, 4, 1)
DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return make_person(email="ada@ellery.example")


def make_term(person, *, starts_on, ends_on, **fields):
    tier, _ = Tier.objects.get_or_create(slug="family", defaults={"name": "Family"})
    fields.setdefault("reason", "" if "line" in fields else "Honorary, board of May 4")
    return Term.objects.create(
        household=person.household, tier=tier, starts_on=starts_on, ends_on=ends_on, **fields
    )


def words(person, at=NOON) -> str:
    explained = explain(Person.objects.get(pk=person.pk), at=at)
    return " ".join([explained.answer, *(sentence.text for sentence in explained.sentences)])


def test_a_member_is_paid_through_a_date(ada):
    make_term(ada, starts_on=TODAY, ends_on=date(2028, 3, 31))

    said = words(ada)

    assert said.startswith("Yes: Ada Ellery is a member today.")
    assert "paid through March 31, 2028; granted: “Honorary, board of May 4”." in said


def test_a_member_for_life(ada):
    make_term(ada, starts_on=TODAY, ends_on=None)

    assert words(ada).startswith("Yes: Ada Ellery is a member for life.")


def test_nobody_ever_paid(ada):
    assert "No dues were ever paid" in words(ada)


def test_a_person_without_a_household_has_no_membership():
    person = Person.objects.create(name="Cy Young")

    assert "Cy Young has no household" in words(person)


@pytest.mark.parametrize(
    ("ended_days_ago", "status", "sentence"),
    [
        (
            1,
            MembershipStatus.GRACE,
            "Through April 30, 2027 (30 days of grace), a renewal continues",
        ),
        (
            30,
            MembershipStatus.GRACE,
            "Through April 1, 2027 (30 days of grace), a renewal continues",
        ),
        (31, MembershipStatus.EXPIRED, "The 30 days of grace ended on March 31, 2027"),
    ],
)
def test_an_expired_term_says_when_and_what_a_renewal_does(ada, ended_days_ago, status, sentence):
    ends_on = TODAY - ended_days_ago * DAY
    make_term(ada, starts_on=ends_on - 364 * DAY, ends_on=ends_on)

    explained = explain(ada, at=NOON)

    assert explained.status == status
    assert sentence in words(ada)


def test_the_board_sets_the_grace_period(ada):
    Rules(grace_days=60).save()
    make_term(ada, starts_on=date(2026, 2, 20), ends_on=date(2027, 2, 19))

    assert "(60 days of grace)" in words(ada)


def test_a_refund_is_named_with_its_order_and_reason(ada):
    order = make_order(state="paid", at=NOON - 30 * DAY, lines=())
    line = make_line(order, kind="dues", label="Family membership, one year", unit_cents=4000)
    make_term(
        ada, starts_on=date(2027, 3, 2), ends_on=date(2028, 3, 1), line=line,
        ended_on=TODAY, ended_because="refunded",
    )  # fmt: skip
    Refund.objects.create(
        payment=order.payments.get(), line=line, is_whole=True, cents=4000, reason="They moved",
        state="succeeded", requested_at=NOON,
    )  # fmt: skip

    said = words(ada)

    assert (
        "was ended on April 1, 2027, the first day it was no longer valid, because “refunded”."
        in said
    )
    assert f"The payment of order {order.number} was refunded: $40" in said
    assert "because “They moved”" in said


def test_a_term_ended_before_it_started_is_explained(ada):
    make_term(
        ada, starts_on=TODAY, ends_on=date(2028, 3, 31), ended_on=TODAY, ended_because="a mistake"
    )

    assert "was ended before it started, because “a mistake”." in words(ada)


def test_a_term_that_starts_later(ada):
    make_term(ada, starts_on=TODAY + DAY, ends_on=date(2028, 4, 1))

    assert "starts on April 2, 2027." in words(ada)


def test_a_deceased_person_is_not_asked_to_renew(ada):
    make_term(ada, starts_on=date(2026, 3, 1), ends_on=date(2027, 2, 28))
    Person.objects.filter(pk=ada.pk).update(died_on=TODAY)

    said = words(ada)

    assert "died on April 1, 2027" in said
    assert "renew" not in said


def test_a_pause_says_when_it_ends(ada):
    Pause.objects.create(
        household=ada.household, starts_on=TODAY, until_on=date(2027, 9, 1), reason="Abroad",
        by=make_user("m@staff.example"), at=NOON,
    )  # fmt: skip

    assert "resumes automatically on September 1, 2027: “Abroad”." in words(ada)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"channel": "check", "at": NOON - DAY}, "waiting for dues by check"),
        ({"at": NOON - timedelta(minutes=5)}, "They are paying their dues right now"),
        ({"state": "expired", "at": NOON - DAY}, "expired without payment."),
    ],
)
def test_unpaid_dues_are_found_by_the_address(ada, fields, sentence):
    order = make_order(lines=(), buyer_email="Ada@ellery.example".lower(), **fields)
    make_line(order, kind="dues", label="Dues", unit_cents=4000)

    assert sentence in words(ada)


def test_an_unpaid_gift_explains_nothing(ada):
    make_order(state=Order.State.EXPIRED, at=NOON - DAY)

    assert "without payment" not in words(ada)


@pytest.mark.parametrize(
    "twin", [{"name": "ada ellery"}, {"name": "A. Ellery", "email": "ADA@ellery.example"}]
)
def test_a_possible_duplicate_that_is_a_member_is_named(ada, twin):
    other = make_person(Household.objects.create(name="The Ellerys"), member_number=7, **twin)
    make_term(other, starts_on=TODAY, ends_on=None)

    assert "is a member today: " + twin["name"] + " (member number 7)." in words(ada)


def test_one_of_two_households_is_enough(ada):
    other = Household.objects.create(name="The Youngs")
    HouseholdMember.objects.create(person=ada, household=other, is_home=False)
    make_term(make_person(other, name="Cy Young"), starts_on=TODAY, ends_on=None)

    said = words(ada)

    assert said.startswith("Yes: Ada Ellery is a member for life.")
    assert "A membership of either is enough." in said


@pytest.mark.parametrize("group", ["members", "treasurer", "director"])
def test_staff_open_the_explanation_from_the_persons_page(group, ada, client):
    ensure_groups()
    user = make_user(f"{group}@staff.example", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)
    address = f"/admin/membership/person/{ada.pk}/explain/"

    assert address in client.get(f"/admin/membership/person/{ada.pk}/change/").content.decode()
    assert "No dues were ever paid" in client.get(address).content.decode()
