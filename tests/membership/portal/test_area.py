"""The member area: one's own status, household and card, and nobody else's."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from membership.models import Benefit, Household, HouseholdMember, Person, Term, Tier
from membership.portal import card as member_card
from membership.portal import household as people_of
from membership.portal.context import mine
from membership.portal.words import step_for
from membership.terms import benefits
from tests.factories import NOON, make_member, make_person, make_user

pytestmark = pytest.mark.django_db
ON = date(2027, 4, 1)  # NOON's day
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def ada():
    """A member for life, of a household whose level covers four."""
    person = make_member().people.get()
    Tier.objects.update(max_people=4)
    Person.objects.filter(pk=person.pk).update(name="Ada Ellery", member_number=100_418)
    return Person.objects.get(pk=person.pk)


def asked_by(rf, user, session=None):
    request = rf.get("/")
    request.user, request.now, request.session = user, NOON, session or {}
    return request


def mine_of(rf, person, session=None):
    return mine(asked_by(rf, person.user, session))


def child_of(person, name="Cy Ellery"):
    home = person.household
    return make_person(home, name=name, born_on=date(2018, 5, 1), guardian=person)


# --- how one stands ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "term, title, act",
    [
        ({"starts_on": ON, "ends_on": ON + 61 * DAY}, "Nothing to do", "renew"),
        ({"starts_on": ON, "ends_on": ON + 60 * DAY}, "Time to renew", "renew"),
        ({"starts_on": ON - 9 * DAY, "ends_on": ON}, "Time to renew", "renew"),
        (
            {"starts_on": ON - 9 * DAY, "ends_on": ON - DAY},
            "Renew without a gap",
            "renew",
        ),
        (
            {"starts_on": ON - 99 * DAY, "ends_on": ON - 30 * DAY},
            "Renew without a gap",
            "renew",
        ),
        (
            {"starts_on": ON - 99 * DAY, "ends_on": ON - 31 * DAY},
            "We’d love to have you back",
            "renew",
        ),
        ({"starts_on": ON, "ends_on": None}, "A member for life", ""),
        (
            {"starts_on": ON + DAY, "ends_on": ON + 9 * DAY},
            "Your membership starts on April 2, 2027",
            "",
        ),
        (
            {"starts_on": ON - DAY, "ends_on": ON, "ended_on": ON},
            "Your membership was ended",
            "write",
        ),
    ],
)
def test_the_page_says_first_what_to_do(rf, client, term, title, act):
    person = make_member().people.get()
    Term.objects.update(**term)
    client.force_login(person.user)

    step = step_for(mine_of(rf, person))

    assert (step.title, step.act) == (title, act)
    assert title in client.get("/membership/").text


def test_whoever_has_no_household_sees_tickets_and_the_way_to_join(client):
    client.force_login(make_user("cy@x.example"))

    page = client.get("/membership/")

    assert "There is no membership with this address yet." in page.text
    assert reverse("membership:join") in page.text


def test_of_two_households_the_one_that_is_a_member_counts(rf, ada):
    home = Household.objects.create(name="The lake house")
    HouseholdMember.objects.filter(person=ada).update(is_home=False)
    HouseholdMember.objects.create(person=ada, household=home)

    me = mine_of(rf, ada)

    assert [one.household for one in me.homes] == [home, me.best.household]
    assert me.best.is_member and not me.home.is_member


def test_two_who_share_a_sign_in_choose_who_is_looking(client, ada):
    ben = make_person(name="Ben Okoro", user=ada.user, email=ada.email)
    client.force_login(ada.user)

    first = client.get("/membership/").text
    client.post("/membership/who/", {"person": ben.pk})
    second = client.get("/membership/").text

    assert "<title>Your membership" in first
    assert ">Ada Ellery</h1>" in first and ">Ben Okoro</h1>" in second


def test_nobody_chooses_to_be_somebody_else(client, ada):
    stranger = make_person(name="Eve")
    client.force_login(ada.user)

    assert client.post("/membership/who/", {"person": stranger.pk}).status_code == 404
    assert client.post("/membership/who/", {"person": "9" * 30}).status_code == 404


@pytest.mark.parametrize("people, terms", [(1, 1), (4, 12)])
def test_the_page_costs_the_same_for_many_people_and_years(
    client, ada, people, terms, django_assert_max_num_queries
):
    for number in range(people):
        make_person(ada.household, name=f"Guest {number}")
    for number in range(terms):
        make_term(ada.household, date(2000 + number, 1, 1))
    client.force_login(ada.user)
    client.get("/membership/")

    with django_assert_max_num_queries(20):
        client.get("/membership/")


def make_term(household, starts_on):
    tier = Tier.objects.get()
    Term.objects.create(
        household=household,
        tier=tier,
        starts_on=starts_on,
        ends_on=starts_on + 300 * DAY,
        reason="for a test",
    )


# --- the card ----------------------------------------------------------------------------------


def test_a_reader_of_the_code_learns_initials_and_the_date(client, ada):
    Term.objects.update(ends_on=date(2027, 11, 30))

    page = client.get(f"/membership/card/{member_card.token(ada)}/")

    assert "Valid through" in page.text and "A. E." in page.text
    assert "November 30, 2027" in page.text
    assert "Ada" not in page.text and "100418" not in page.text and "ellery" not in page.text
    assert (page["X-Robots-Tag"], page["Referrer-Policy"]) == ("noindex", "no-referrer")


@pytest.mark.parametrize("ends_on, is_good", [(ON, True), (ON - DAY, False)])
def test_a_card_is_good_through_its_last_day(ada, ends_on, is_good):
    Term.objects.update(ends_on=ends_on)

    assert member_card.read(member_card.token(ada), on=ON).is_good is is_good


def test_a_code_that_is_none_of_ours_says_so(client, ada):
    good = member_card.token(ada)
    other = make_person(name="Ben")

    for text in (good[:-1], good + "1", good[:32] + str(other.pk), "x", good[:32] + "9" * 40):
        assert client.get(f"/membership/card/{text}/").status_code == 404


def test_everybody_of_the_household_has_a_card_and_nobody_else(client, ada):
    cy, eve = child_of(ada), make_person(name="Eve Else")
    client.force_login(ada.user)

    page = client.get("/membership/cards/").text

    assert "Cy Ellery" in page and "Ada Ellery" in page and "Eve Else" not in page
    assert client.get(f"/membership/cards/{cy.pk}.png").content.startswith(b"\x89PNG")
    assert client.get(f"/membership/cards/{cy.pk}.pdf").content.startswith(b"%PDF")
    for kind in ("png", "pdf"):
        assert client.get(f"/membership/cards/{eve.pk}.{kind}").status_code == 404


def test_there_is_no_card_on_paper_once_the_membership_is_over(client, ada):
    Term.objects.update(ends_on=ON - DAY)
    client.force_login(ada.user)

    assert client.get(f"/membership/cards/{ada.pk}.pdf").status_code == 404
    assert "No card today" in client.get("/membership/cards/").text


# --- the household -----------------------------------------------------------------------------


def test_a_parent_adds_a_child_who_needs_no_address(client, ada):
    client.force_login(ada.user)
    address = f"/membership/household/{ada.household.pk}/add/"

    client.post(address, {"name": "Cy Ellery", "email": "cy@x.example", "born_on": "2018-05-01"})

    cy = Person.objects.get(name="Cy Ellery")
    assert (cy.guardian, cy.email, cy.user) == (ada, "", None)
    assert cy.member_number == 100_419


def test_a_grown_person_with_an_address_can_sign_in(client, ada):
    client.force_login(ada.user)

    client.post(
        f"/membership/household/{ada.household.pk}/add/",
        {"name": "Ben Ellery", "email": "Ben@Ellery.example"},
    )

    assert Person.objects.get(name="Ben Ellery").user.email == "ben@ellery.example"


@pytest.mark.parametrize("here, is_added", [(3, True), (4, False)])
def test_a_level_covers_so_many_people_and_no_more(client, ada, here, is_added):
    for number in range(here - 1):
        make_person(ada.household, name=f"Guest {number}")
    client.force_login(ada.user)

    page = client.post(f"/membership/household/{ada.household.pk}/add/", {"name": "Ben"})

    assert Person.objects.filter(name="Ben").exists() is is_added
    assert page.status_code == (302 if is_added else 422)
    assert is_added or "Your level covers 4 people." in page.text


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"name": "Cy", "born_on": "2031-01-01"}, {"name": "Cy", "email": "x"}]
)
def test_what_cannot_be_says_so_and_keeps_what_was_typed(client, ada, wrong):
    client.force_login(ada.user)

    page = client.post(f"/membership/household/{ada.household.pk}/add/", wrong)

    assert page.status_code == 422
    assert Person.objects.count() == 1


def test_children_see_their_household_and_change_nothing(client, ada):
    cy = child_of(ada)
    cy.user = make_user("cy@ellery.example")
    cy.save()
    client.force_login(cy.user)
    home = ada.household.pk

    assert "Ada Ellery" in client.get("/membership/household/").text
    for way in (f"{home}/add/", f"{home}/{ada.pk}/remove/", f"{home}/{ada.pk}/"):
        assert client.get(f"/membership/household/{way}").status_code == 404


def test_pages_of_others_are_not_there(client, ada):
    eve = make_person(name="Eve Else")
    home, other = ada.household.pk, eve.household.pk
    client.force_login(ada.user)

    for way in (
        f"{other}/add/",
        f"{other}/{eve.pk}/",
        f"{other}/{eve.pk}/remove/",
        f"{home}/{eve.pk}/",
    ):
        assert client.get(f"/membership/household/{way}").status_code == 404
    assert client.get(f"/membership/data/erase/{eve.pk}/").status_code == 404
    assert client.post("/membership/data/keep/", {"person": eve.pk}).status_code == 404


def test_whoever_signs_in_alone_keeps_their_own_record(client, ada):
    ben = make_person(ada.household, name="Ben", user=make_user("ben@x.example"))
    client.force_login(ada.user)

    assert client.get(f"/membership/household/{ada.household.pk}/{ben.pk}/").status_code == 404


def test_a_person_who_is_removed_keeps_number_and_record(client, ada):
    ben = make_person(ada.household, name="Ben", member_number=7)
    client.force_login(ada.user)

    client.post(f"/membership/household/{ada.household.pk}/{ben.pk}/remove/")

    ben.refresh_from_db()
    assert (list(ben.households.all()), ben.member_number) == ([], 7)


def test_somebody_grown_stays_in_every_household(rf, ada):
    child_of(ada)
    home = mine_of(rf, ada).home

    with pytest.raises(people_of.Refused):
        people_of.remove(home, ada, by=ada, at=NOON)

    assert ada.household is not None


def test_every_page_of_the_area_is_behind_the_sign_in(client):
    for name in (
        "home",
        "history",
        "cards",
        "household",
        "mails",
        "directory",
        "data",
        "passport",
    ):
        page = client.get(reverse(f"membership:{name}"))
        assert page.status_code == 302 and "/accounts/login/" in page.url


# --- what is left of the benefits --------------------------------------------------------------


def test_a_member_sees_what_of_a_benefit_is_left_and_what_was_had(client, ada):
    dinner = Benefit.objects.create(text="A dinner at the Annual Meeting", count=2)
    Tier.objects.get().benefits.add(dinner)
    client.force_login(ada.user)
    assert "2 of 2 left" in client.get(reverse("membership:history")).content.decode()

    benefits.use(Term.objects.get(), dinner, by=None, at=NOON, note="Ada")

    page = client.get(reverse("membership:history")).content.decode()
    assert "1 of 2 left" in page
    assert "April 1, 2027, Ada" in page


def test_a_level_without_such_benefits_says_nothing_of_them(client, ada):
    client.force_login(ada.user)

    page = client.get(reverse("membership:history")).content.decode()

    assert "Your benefits this year" not in page
