"""Merging two records: what follows, what stays, and that undoing restores both exactly."""

from datetime import date, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from membership.models import (
    Address,
    Consent,
    FavoriteCity,
    Household,
    HouseholdMember,
    Merge,
    NotTheSame,
    Person,
    Stamp,
    Term,
    Tier,
)
from membership.people.merged import household_now
from membership.records import merging
from membership.records.journal import ChangedSince
from membership.records.merging import CannotMerge, merge, part
from membership.terms.joining import household_for
from tests.factories import NOON, make_city, make_order, make_person, make_user

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=1)


@pytest.fixture
def mel():
    return make_user("mel@nsca.example")


@pytest.fixture
def ada():
    return make_person(name="Ada Ellery", email="ada@ellery.example", member_number=100_005)


@pytest.fixture
def twin():
    return make_person(name="Ada B. Ellery", email="a.ellery@work.example", member_number=100_002)


def make_term(person, *, starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31)):
    tier, _ = Tier.objects.get_or_create(slug="individual", defaults={"name": "Individual"})
    return Term.objects.create(
        household=person.household, tier=tier, starts_on=starts_on, ends_on=ends_on, reason="test"
    )


def one(kept, gone, by, **chosen):
    return merge(kept, gone, chosen=chosen, by=by, at=NOON)


class TestWhatFollows:
    def test_the_other_record_is_hidden_but_not_deleted(self, ada, twin, mel):
        one(ada, twin, mel)

        assert list(Person.objects.all()) == [ada]
        assert Person.every.get(pk=twin.pk).merged_into == ada

    def test_both_addresses_reach_the_kept_record(self, ada, twin, mel):
        one(ada, twin, mel)

        assert list(Person.objects.with_address("A.Ellery@work.example")) == [ada]
        assert list(Person.objects.with_address("ada@ellery.example")) == [ada]

    def test_the_older_number_stays_and_the_other_is_retired(self, ada, twin, mel):
        one(ada, twin, mel)

        ada.refresh_from_db(), twin.refresh_from_db()
        assert (ada.member_number, twin.member_number) == (100_002, 100_005)

    def test_a_term_of_the_others_own_household_follows(self, ada, twin, mel):
        term, home = make_term(twin), twin.household

        one(ada, twin, mel)

        term.refresh_from_db()
        assert term.household == ada.household
        assert household_now(home.pk) == ada.household.pk

    def test_late_dues_of_a_merged_household_follow(self, ada, twin, mel):
        home = twin.household
        one(ada, twin, mel)
        order = make_order(lines=({"kind": "dues", "details": {"household_id": home.pk}},))

        found = household_for(order.lines.get(), at=LATER)

        assert found == ada.household

    def test_a_household_with_others_stays_and_they_belong_to_both(self, ada, twin, mel):
        make_person(twin.household, name="Ben Okoro")
        term, home = make_term(twin), twin.household

        one(ada, twin, mel)

        term.refresh_from_db()
        assert term.household == home
        assert {b.household for b in ada.household_members.all()} == {ada.household, home}
        assert ada.household_members.filter(is_home=True).count() == 1

    def test_stamps_consents_and_wards_follow(self, ada, twin, mel):
        city = make_city()
        Stamp.objects.create(
            person=twin, city=city, kind="hosting", on=date(2026, 6, 1), recorded_at=NOON
        )
        Consent.objects.create(
            person=twin, topic="events", is_given=True, at=NOON, words="Yes", how="member"
        )
        child = make_person(name="Cy Ellery", guardian=twin)

        one(ada, twin, mel)

        child.refresh_from_db()
        assert (ada.stamps.count(), ada.consents.count(), child.guardian) == (1, 1, ada)

    def test_what_both_have_is_kept_once(self, ada, twin, mel):
        city = make_city()
        (
            FavoriteCity.objects.create(person=ada, city=city),
            FavoriteCity.objects.create(person=twin, city=city),
        )

        one(ada, twin, mel)

        assert ada.favorite_cities.count() == 1

    def test_a_sign_in_and_its_orders_follow(self, ada, twin, mel):
        twin.user = make_user("a.ellery@work.example")
        twin.save()
        ada.user = make_user("ada@ellery.example")
        ada.save()
        order = make_order(user=twin.user)

        one(ada, twin, mel)

        order.refresh_from_db()
        assert order.user == ada.user
        assert set(EmailAddress.objects.filter(user=ada.user).values_list("email", flat=True)) == {
            "ada@ellery.example",
            "a.ellery@work.example",
        }

    def test_each_field_follows_the_choice_and_the_old_address_is_kept(self, ada, twin, mel):
        one(ada, twin, mel, name="gone", email="gone")

        ada.refresh_from_db()
        assert (ada.name, ada.email) == ("Ada B. Ellery", "a.ellery@work.example")
        assert [a.email for a in ada.addresses.all()] == ["ada@ellery.example"]

    def test_an_empty_field_takes_the_others_value(self, ada, twin, mel):
        twin.phone = "757 555 0100"
        twin.save()

        one(ada, twin, mel)

        ada.refresh_from_db()
        assert ada.phone == "757 555 0100"


class TestWhatIsRefused:
    def test_one_record_with_itself(self, ada, mel):
        with pytest.raises(CannotMerge):
            one(ada, ada, mel)

    def test_one_that_was_merged_already(self, ada, twin, mel):
        one(ada, twin, mel)

        with pytest.raises(CannotMerge):
            one(twin, ada, mel)

    def test_a_parent_and_their_child(self, ada, mel):
        child = make_person(name="Ada Ellery", guardian=ada)

        with pytest.raises(CannotMerge):
            one(ada, child, mel)

    def test_two_birthdays(self, ada, twin, mel):
        Person.objects.filter(pk=ada.pk).update(born_on=date(2015, 1, 1))
        Person.objects.filter(pk=twin.pk).update(born_on=date(2015, 1, 2))

        with pytest.raises(CannotMerge):
            one(ada, twin, mel)

    def test_a_refusal_leaves_everything_as_it_was(self, ada, twin, mel):
        Person.objects.filter(pk=twin.pk).update(erased_at=NOON)
        before = snapshot()

        with pytest.raises(CannotMerge):
            one(ada, twin, mel)

        assert snapshot() == before


class TestParting:
    def test_undoing_notes_who_and_when_and_happens_once(self, ada, twin, mel):
        row = one(ada, twin, mel)

        assert part(row, by=mel, at=LATER)
        assert not part(row, by=mel, at=LATER)
        row.refresh_from_db()
        assert (row.undone_by, row.undone_at) == (mel, LATER)

    def test_what_was_changed_since_is_not_lost(self, ada, twin, mel):
        row = one(ada, twin, mel, name="gone")
        ada.refresh_from_db()
        ada.name = "Ada Ellery-Okoro"
        ada.save()

        with pytest.raises(ChangedSince, match="name"):
            part(row, by=mel, at=LATER)
        twin.refresh_from_db()
        assert twin.merged_into == ada

    def test_what_is_new_stays_with_the_kept_record(self, ada, twin, mel):
        row = one(ada, twin, mel)
        make_term(ada)

        part(row, by=mel, at=LATER)

        assert ada.household.terms.count() == 1

    def test_of_two_merges_in_a_row_the_later_is_undone_first(self, ada, twin, mel):
        third = make_person(name="A. Ellery")
        first = one(ada, twin, mel)
        second = one(third, ada, mel)

        with pytest.raises(ChangedSince):
            part(first, by=mel, at=LATER)
        assert part(second, by=mel, at=LATER)
        assert part(first, by=mel, at=LATER)


def test_two_people_are_marked_once_in_either_order(ada, twin, mel):
    merging.tell_apart(ada, twin, by=mel, at=NOON)
    merging.tell_apart(twin, ada, by=mel, at=NOON)

    assert NotTheSame.objects.count() == 1


# --- Whatever they have ------------------------------------------------------------------------

KEPT_APART = {"Merge", "LogEntry", "SecurityEvent"}  # rows about the act itself


def snapshot():
    """Every row of every table of people, orders and sign-ins; histories aside."""
    rows = {}
    for label in ("membership", "orders", "account"):
        for model in apps.get_app_config(label).get_models():
            if model.__name__ in KEPT_APART or hasattr(model, "instance_type"):
                continue
            rows[model._meta.label] = sorted(
                (tuple(sorted(row.items(), key=str)) for row in model._base_manager.values()),
                key=str,
            )
    return rows


records = st.fixed_dictionaries(
    {
        "email": st.sampled_from(["", "ada@x.example", "eve@x.example"]),
        "phone": st.sampled_from(["", "757 555 0100"]),
        "number": st.booleans(),
        "user": st.sampled_from(["", "ada@x.example", "own"]),
        "further": st.lists(st.sampled_from(["b@x.example", "c@x.example"]), unique=True),
        "favorite_cities": st.lists(st.sampled_from([0, 1]), unique=True),
        "terms": st.integers(0, 2),
        "company": st.booleans(),
        "second_home": st.booleans(),
        "consents": st.integers(0, 2),
        "order": st.booleans(),
        "ward": st.booleans(),
    }
)


class TestWhateverTheyHave(TestCase):
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        first=records,
        second=records,
        shares=st.booleans(),
        chosen=st.dictionaries(st.sampled_from(merging.CHOSEN), st.sampled_from(["kept", "gone"])),
    )
    def test_both_come_back_exactly(self, first, second, shares, chosen):
        by = make_user("mel@nsca.example")
        cities = [make_city("toulon"), make_city("tema")]
        kept = self.made("Ada Ellery", first, 100_010, cities)
        gone = self.made("Ada Elery", second, 100_003, cities)
        if shares:
            HouseholdMember.objects.create(person=gone, household=kept.household, is_home=False)
        before = snapshot()

        row = merge(kept, gone, chosen=chosen, by=by, at=NOON)
        merged = snapshot()
        part(row, by=by, at=LATER)

        assert merged != before
        assert snapshot() == before
        assert Merge.objects.count() == 1

    def made(self, name, has, number, cities):
        person = make_person(name=name, email=has["email"], phone=has["phone"])
        if has["number"]:
            person.member_number = number
        if has["user"]:
            email = f"{number}@x.example" if has["user"] == "own" else has["user"]
            from membership.models import User

            person.user = User.objects.filter(email=email).first() or make_user(email)
        person.save()
        for email in has["further"]:
            Address.objects.create(person=person, email=email)
        for place in has["favorite_cities"]:
            FavoriteCity.objects.create(person=person, city=cities[place])
        for year in range(has["terms"]):
            make_term(person, starts_on=date(2026 + year, 1, 1), ends_on=date(2026 + year, 12, 31))
        if has["company"]:
            make_person(person.household, name="Ben Okoro")
        if has["second_home"]:
            other = Household.objects.create(name="Beach house")
            HouseholdMember.objects.create(person=person, household=other, is_home=False)
        for given_ in range(has["consents"]):
            Consent.objects.create(
                person=person,
                topic="events",
                is_given=bool(given_),
                at=NOON,
                words="Yes",
                how="member",
            )
        if has["order"] and person.user:
            make_order(user=person.user)
        if has["ward"]:
            make_person(name="Cy", guardian=person)
        return person
