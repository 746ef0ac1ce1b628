"""Which records are possible duplicates, and which are not."""

import pytest

from membership.models import Address, Household
from membership.records import duplicates, merging
from membership.records.duplicates import HOUSEHOLD, NAME, folded
from tests.factories import NOON, make_person, make_user


def pairs():
    return {(p.first, p.second): p.reasons for p in duplicates.pairs()}


@pytest.mark.parametrize(
    "name", ["Éllery, Ada", "ADA ELLERY", "ada b. ellery", "Ada  Ellery", "Ada Ellery-B"]
)
def test_a_name_matches_however_it_is_written(name):
    assert folded(name) == "ada ellery"


@pytest.mark.django_db
class TestPairs:
    @pytest.fixture
    def ada(self):
        return make_person(name="Ada Ellery", email="ada@x.example", phone="757 555 0100")

    @pytest.mark.parametrize(
        ("fields", "is_like"),
        [
            ({"name": "Ada Elery"}, True),  # an e-mail is missing
            ({"name": "Ada Ellrey"}, True),  # two changed places
            ({"name": "Ada Ellerz"}, True),  # one is another
            ({"name": "Ada Okoro"}, False),
            ({"name": "Eve Tran", "email": "ADA@x.example"}, True),
            ({"name": "Eve Tran", "phone": "(757) 555-0100"}, True),
            ({"name": "Eve Tran", "phone": "+1 757-555-0100"}, True),
            ({"name": "Eve Tran", "phone": "100"}, False),
        ],
    )
    def test_an_address_a_phone_or_a_name_makes_a_match(self, ada, fields, is_like):
        other = make_person(**fields)

        assert ((ada.pk, other.pk) in pairs()) == is_like

    def test_short_names_allow_no_typo(self, db):
        make_person(name="Li Wu"), make_person(name="Li Wi")

        assert pairs() == {}

    def test_a_household_may_share_an_address(self, ada):
        make_person(ada.household, name="Eve Ellery", email="ada@x.example")

        assert pairs() == {}

    def test_the_same_name_twice_in_a_household_is_listed(self, ada):
        make_person(ada.household, name="Ada Ellery")

        assert list(pairs().values()) == [(NAME,)]

    def test_a_further_address_counts(self, ada):
        other = make_person(name="Eve Tran")
        Address.objects.create(person=other, email="Ada@x.example")

        assert (ada.pk, other.pk) in pairs()

    def test_households_with_the_same_name_are_listed(self, db):
        one, two = (Household.objects.create(name="The Ellery family") for _ in range(2))
        make_person(one, name="Ada Ellery"), make_person(two, name="Ben Okoro")

        assert list(pairs().values()) == [(HOUSEHOLD,)]

    def test_an_office_phone_is_no_match(self, db):
        for number in range(13):
            make_person(
                name=f"{chr(65 + number) * 4} {chr(75 + number) * 5}", phone="757 555 0111"
            )

        assert pairs() == {}

    def test_two_people_are_not_listed_again(self, ada):
        other = make_person(name="Ada Ellery")
        by = make_user("mel@nsca.example")
        merging.tell_apart(other, ada, by=by, at=NOON)

        assert pairs() == {}

    def test_the_likeliest_pair_is_first(self, ada):
        make_person(name="Eve Tran", phone="757 555 0100")
        other = make_person(name="Ada Elery", email="ada@x.example")

        assert duplicates.pairs()[0].second == other.pk


@pytest.mark.django_db
def test_from_the_list_to_a_merge_and_back(client):
    client.force_login(make_user("dee@nsca.example", name="Dee", is_staff=True, is_superuser=True))
    ada = make_person(name="Ada Ellery", member_number=100_002, phone="1234567")
    twin = make_person(name="Ada Ellery", member_number=100_001, phone="7654321")
    listed = client.get("/admin/membership/person/duplicates/").content.decode()
    address = f"/admin/membership/person/merge/?kept={twin.pk}&gone={ada.pk}"
    assert address.replace("&", "&amp;") in listed

    assert client.get(address).status_code == 200
    page = client.post(address, {"act": "merge", "phone": "gone"}).url
    shown = client.get(page).content.decode()
    assert "Undo the merge with Ada Ellery" in shown
    twin.refresh_from_db()
    assert twin.phone == "1234567"
    row = twin.merges.get()
    part = f"/admin/membership/person/merged/{row.pk}/"
    assert client.get(part).status_code == 200
    client.post(part)

    assert type(ada).objects.count() == 2
    client.post(address, {"act": "apart"})
    assert (
        "No possible duplicates"
        in client.get("/admin/membership/person/duplicates/").content.decode()
    )
    for odd in ("?kept=x&gone=1", f"?kept={ada.pk}&gone={ada.pk}", ""):
        assert client.get("/admin/membership/person/merge/" + odd).status_code in (302, 404)
