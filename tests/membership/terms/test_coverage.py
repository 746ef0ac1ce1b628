"""Whom a level covers: said beside each, and none is sold that leaves somebody out unnamed."""

import tomllib
from datetime import date
from pathlib import Path

import pytest
import time_machine

from membership.joining.renewals import make_renewal_link
from membership.models import GiftMembership, Term, Tier
from membership.terms.coverage import TooNarrow, ask_where_too_narrow, way_out
from membership.terms.dues import Joining, dues_item
from membership.terms.gift_memberships import gift_item, take_up
from membership.terms.upgrades import upgrade_item
from orders.checkout.placing import Buyer, place
from orders.models import Order, Task
from tests.factories import make_person
from tests.membership.terms.test_dues import (
    NOON,
    TODAY,
    join,
    make_member,
    make_tier,
    settle_by_pretending,
)

pytestmark = pytest.mark.django_db
KEY = {"submission_key": "k" * 40}
LOSE = (
    "Patron covers one person, and there are 4 of you: Ada Ellery, Ben, Cy, and Dee. Anyone it "
    "doesn’t cover would lose their membership card and the member price."
)
ADA = Joining("Ada Ellery", "ada@example.org")


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def ellerys(client):
    """Four people under one Family membership until April 30, 2028; Ada is signed in."""
    ada = make_member("Ada Ellery", starts_on=TODAY, ends_on=date(2028, 4, 30))
    family = make_tier("Family", 6500, max_people=6)
    make_tier("Patron", 12_500)
    make_tier("Circle", 20_000, max_people=8)
    Term.objects.update(tier=family)
    for name in ("Ben", "Cy", "Dee"):
        make_person(ada.household, name=name)
    client.force_login(ada.user)
    return ada


def test_the_shipped_family_level_covers_a_family_of_four():
    text = Path("nsca/content/association.toml").read_text()
    covered = {tier["slug"]: tier["max_people"] for tier in tomllib.loads(text)["tiers"]}

    assert covered["family"] == 6


@pytest.mark.parametrize(
    ("max_people", "summary", "words"),
    [
        (1, "For one person.", "For one person."),
        (1, "", "Covers one person."),
        (1, "With a seat up front.", "Covers one person. With a seat up front."),
        (4, "For up to 4 people.", "For up to 4 people."),
        (4, "For one household.", "Covers up to 4 people. For one household."),
    ],
)
def test_a_level_s_card_says_whom_it_covers_only_once(max_people, summary, words):
    assert Tier(max_people=max_people, summary=summary).card_words == words


def test_each_level_says_how_many_it_covers_before_anybody_pays(client, ellerys):
    link = make_renewal_link(ellerys.household, at=NOON)
    level_page = client.get("/membership/level/").text
    client.logout()

    for page in (client.get("/join/").text, client.get(f"/renew/{link.token}/").text):
        assert page.count("Covers one person.") == 2  # Individual, Patron
        assert page.count("Covers up to 6 people.") == 1
        assert page.count("Covers up to 8 people.") == 1
    assert "Covers up to 8 people." in level_page


@pytest.mark.parametrize(
    ("count", "widest", "words"),
    [
        (2, 6, "Family covers up to 6 people."),
        (6, 6, "Family covers up to 6 people."),
        (7, 6, "No level covers 7. Family covers up to 6 people; others can join separately."),
        (2, 1, "No level covers more than one person. Each of you can join separately."),
    ],
)
def test_a_family_too_large_for_a_level_reads_the_true_way_out(client, count, widest, words):
    make_tier()
    make_tier("Family", 6500, max_people=widest)
    people = {f"p{number}_name": f"Child {number}" for number in range(2, count + 1)}
    form = {"tier": "individual", "name": "Ada", "email": "ada@example.org", "adult": "on"}

    page = client.post("/join/", {**KEY, **form, **people, "rows_shown": str(count - 1)})

    assert page.status_code == 422
    assert f"Individual covers one person, and there are {count} of you. {words}" in page.text


def test_a_level_without_dues_is_no_way_out():
    assert "No level covers 2." not in way_out([make_tier("A", 100, max_people=2)], 2)
    assert "Each of you can join separately" in way_out([make_tier("B", None, max_people=2)], 2)


def test_a_family_is_not_sold_patron_as_wider(client, ellerys):
    page = client.get("/membership/level/").text
    answer = client.post("/membership/level/", {**KEY, "tier": "patron"})

    assert 'value="circle"' in page and 'value="patron"' not in page
    assert LOSE in page
    assert answer.status_code == 422 and not Order.objects.exists()
    patron = Term.objects.get().tier.__class__.objects.get(slug="patron")
    with pytest.raises(TooNarrow):
        upgrade_item(ellerys.household, patron, ADA, on=TODAY)


@pytest.mark.parametrize(("leaves", "is_sold"), [(2, False), (3, True)])
def test_patron_is_sold_once_it_covers_everybody_who_is_left(client, ellerys, leaves, is_sold):
    ellerys.household.household_members.filter(
        pk__in=list(ellerys.household.household_members.values_list("pk", flat=True))[4 - leaves :]
    ).delete()

    page = client.get("/membership/level/").text

    assert ('value="patron"' in page) is is_sold


def test_a_renewal_by_link_names_nobody_but_says_who_would_lose_what(client, ellerys):
    link = make_renewal_link(ellerys.household, at=NOON)
    client.logout()

    page = client.get(f"/renew/{link.token}/").text
    answer = client.post(f"/renew/{link.token}/", {**KEY, "tier": "patron"})

    assert "there are 4 of you: A. E., B., C., and D." in page
    assert "Ada" not in page and "Ben" not in page
    assert answer.status_code == 422 and not Order.objects.exists()


def test_a_household_may_always_renew_the_level_it_has(ellerys):
    Term.objects.update(tier=Term.objects.get().tier.__class__.objects.get(slug="patron"))
    patron = Term.objects.get().tier
    known = Joining("Ada", "ada@example.org", household_id=ellerys.household.pk)

    assert dues_item(patron, known, on=TODAY).unit_cents == 12_500


def test_no_admin_sells_a_known_household_a_level_that_leaves_somebody_out(ellerys):
    patron = Term.objects.get().tier.__class__.objects.get(slug="patron")
    known = Joining("Ada", "ada@example.org", household_id=ellerys.household.pk)

    with pytest.raises(TooNarrow):
        dues_item(patron, known, on=TODAY)


def test_a_gift_of_a_narrower_level_stays_open_and_says_why(ellerys):
    patron = Term.objects.get().tier.__class__.objects.get(slug="patron")
    item = gift_item(
        patron,
        Joining("Bo", "bo@example.org"),
        recipient_name="Ada",
        recipient_email="ada@example.org",
        message="",
        begins_on=TODAY,
    )
    order = place(
        items=[item], buyer=Buyer("Bo", "bo@example.org"), submission_key="g" * 40, at=NOON
    )
    settle_by_pretending(order, NOON)
    gift = GiftMembership.objects.get()

    with pytest.raises(TooNarrow):
        take_up(gift, ADA, at=NOON)

    gift.refresh_from_db()
    assert gift.is_waiting


def test_dues_for_a_narrower_level_that_came_by_an_address_are_asked_about(ellerys):
    patron = Term.objects.get().tier.__class__.objects.get(slug="patron")

    order = join(patron, ADA)

    task = Task.objects.get()
    assert "Ada Ellery has 4 people: Ada Ellery, Ben, Cy, and Dee." in task.text
    ask_where_too_narrow(Term.objects.get(line__order=order), order.lines.get(), at=NOON)
    assert Task.objects.count() == 1


def test_the_household_s_page_says_what_one_more_person_can_do(client, ellerys):
    for number in range(2):
        make_person(ellerys.household, name=f"Gus {number}")

    page = client.get("/membership/household/").text

    assert "Your level covers no more people. Circle covers up to 8 people." in page
