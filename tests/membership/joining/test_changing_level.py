"""Upgrading on the member's page and in the admin."""

from datetime import date

import pytest
import time_machine

from membership.models import Term, Tier
from orders.models import Order
from tests.factories import make_user
from tests.membership.terms.test_dues import NOON, TODAY, make_member, make_tier

paying = pytest.mark.django_db(transaction=True)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def ada(client):
    member = make_member("Ada Ellery", starts_on=TODAY, ends_on=date(2028, 4, 30))
    make_tier("Family", 6500, max_people=4)
    make_tier("Student", 1500)
    client.force_login(member.user)
    return member


@paying
def test_a_member_sees_each_wider_level_with_its_difference_and_pays_it(client, ada):
    page = client.get("/membership/level/")
    answer = client.post("/membership/level/", {"submission_key": "k" * 40, "tier": "family"})

    assert "$25" in page.text and "Student" not in page.text
    assert answer.status_code == 302
    assert Order.objects.get().total_cents == 2500


@pytest.mark.parametrize("tier", ["student", "individual", "emperor", ""])
def test_no_other_level_is_sold_in_mid_term(client, ada, tier):
    page = client.post("/membership/level/", {"submission_key": "k" * 40, "tier": tier})

    assert page.status_code == 422
    assert "Choose a level." in page.text
    assert Order.objects.count() == 0


def test_a_member_for_life_reads_that_nothing_is_to_be_paid(client, ada):
    Term.objects.update(ends_on=None)

    assert "for life" in client.get("/membership/level/").text


def treasurer(client):
    user = make_user(
        "till@example.org",
        is_staff=True,
        permissions=["membership.view_household", "orders.add_order", "orders.change_order"],
    )
    client.force_login(user)
    return user


@paying
@pytest.mark.parametrize(
    ("channel", "note", "cents"), [("check", "", 2500), ("complimentary", "Board, May 4", 0)]
)
def test_staff_change_a_level_for_a_check_or_by_a_decision(client, ada, channel, note, cents):
    treasurer(client)
    family = Tier.objects.get(slug="family")

    client.post(
        f"/admin/membership/household/{ada.household.pk}/level/",
        {"tier": family.pk, "channel": channel, "note": note, "key": "k" * 40},
    )

    assert Order.objects.get().total_cents == cents
    assert Term.objects.current(TODAY).get().tier == family


def test_a_change_for_nothing_says_who_decided(client, ada):
    treasurer(client)
    path = f"/admin/membership/household/{ada.household.pk}/level/"

    page = client.post(path, {"channel": "complimentary", "key": "k" * 40})

    assert "Enter who decided" in page.text
    assert Order.objects.count() == 0
