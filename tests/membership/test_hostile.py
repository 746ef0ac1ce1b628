"""What somebody might try against another member, and what comes of it: nothing."""


import pytest
import time_machine

from membership.models import Tier
from tests.factories import NOON, make_member, make_order, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def ada():
    """A member of a household with room for four."""
    person = make_member().people.get()
    Tier.objects.update(max_people=4)
    return person


# --- another's address ---


def test_whoever_types_another_address_for_somebody_of_their_sign_in_reads_nothing_of_it(
    client, ada
):
    """Bea shares Ada's sign-in; Ada writes the address of a stranger for her, and looks as Bea."""
    make_order(buyer_email="eve@else.example", buyer_name="Eve Else")
    bea = make_person(ada.household, name="Bea Ellery", email=ada.email, user=ada.user)
    client.force_login(ada.user)
    there = f"/membership/household/{ada.household.pk}/{bea.pk}/"

    client.post(there, {"name": "Eve Else", "email": "eve@else.example", "born_on": ""})

    bea.refresh_from_db()
    assert bea.email == "eve@else.example"
    assert bea.user.email == "eve@else.example"  # only who reads that mailbox is let in
    assert client.post("/membership/who/", {"person": bea.pk}).status_code == 404


def test_a_sign_in_of_two_stays_one_where_the_address_is_one_that_it_proved(client, ada):
    bea = make_person(ada.household, name="Bea", email="", user=ada.user)
    client.force_login(ada.user)

    for email in (ada.user.email, ""):
        data = {"name": "Bea Ellery", "email": email, "born_on": ""}
        client.post(f"/membership/household/{ada.household.pk}/{bea.pk}/", data)
        bea.refresh_from_db()
        assert (bea.name, bea.email, bea.user) == ("Bea Ellery", email, ada.user)
