"""One person of a household is its main contact: who paid cannot be taken out by the other."""

import pytest
import time_machine
from django.urls import reverse
from post_office.models import Email

from membership.insight.explaining import explain
from membership.insight.story import page_of
from membership.joining.renewals import who_renews
from membership.models import Household, HouseholdChange, Person, Tier
from membership.people.main_contact import NotTheirs, hand_over, main_contact
from membership.portal import household as people_of
from membership.portal.context import mine
from membership.terms.dues import Joining
from orders.models import RecurringPayment
from tests.factories import make_member, make_order, make_person, make_user
from tests.membership.terms.test_dues import NOON, TODAY, join, make_tier

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def ada():
    """Who joined first, and paid."""
    person = make_member().people.get()
    Tier.objects.update(max_people=4)
    Person.objects.filter(pk=person.pk).update(name="Ada Ellery", member_number=100_418)
    Household.objects.update(main_contact=person)
    return Person.objects.get(pk=person.pk)


@pytest.fixture
def ben(ada):
    """The second adult, with a sign-in of his own."""
    user = make_user("ben@ellery.example")
    return make_person(ada.household, name="Ben Ellery", email=user.email, user=user)


def home_of(rf, person):
    request = rf.get("/")
    request.user, request.now, request.session = person.user, NOON, {}
    return mine(request).home


def renewing(household, person, cents=6500):
    """A recurring payment that is charged to a person's card."""
    order = make_order(state="paid", at=NOON, buyer_email=person.email, user=person.user)
    return RecurringPayment.objects.create(
        kind="dues", interval="year", state="active", order=order, household=household,
        user=person.user, buyer_name=person.name, buyer_email=person.email, label="Dues",
        cents=cents, consent_text="yes", consented_at=NOON, began_at=NOON,
        next_charge_on=TODAY.replace(year=2028), method="pretend",
    )  # fmt: skip


def emails():
    return {
        (email.to[0].split("<")[-1].strip(">"), email.subject) for email in Email.objects.all()
    }


def path(name, person):
    return reverse(f"membership:{name}", args=[person.household.pk, person.pk])


def test_the_second_adult_cannot_remove_the_one_who_paid(client, ada, ben):
    client.force_login(ben.user)

    page = client.get("/membership/household/").text
    answer = client.post(path("remove_from_household", ada))

    assert path("remove_from_household", ada) not in page
    assert answer.status_code == 422
    assert "Only Ada Ellery, the main contact of the household, can do that." in answer.text
    assert ada.household.people.count() == 2
    assert not Email.objects.exists() and not HouseholdChange.objects.exists()


def test_the_main_contact_takes_somebody_out_and_both_read_of_it(client, ada, ben):
    client.force_login(ada.user)

    client.post(path("remove_from_household", ben))

    assert list(ada.household.people.all()) == [ada]
    assert emails() == {
        ("ben@ellery.example", f"You no longer belong to {ada.household}"),
        ("ada@ellery.example", "Ben Ellery no longer belongs to your household"),
    }


def test_everybody_may_leave_and_both_read_of_it(client, ada, ben):
    client.force_login(ben.user)

    client.post(path("remove_from_household", ben))

    assert list(ada.household.people.all()) == [ada]
    texts = {email.to[0]: email.message for email in Email.objects.all()}
    assert any("You left the household" in text for text in texts.values())
    assert any("Ben Ellery left the household" in text for text in texts.values())


def test_where_the_main_contact_leaves_the_next_one_is_named_and_told(client, ada, ben):
    client.force_login(ada.user)
    home = ada.household

    client.post(path("remove_from_household", ada))

    home.refresh_from_db()
    assert home.main_contact == ben
    assert list(home.changes.order_by("pk").values_list("kind", "person")) == [
        ("left", ada.pk), ("contact", ben.pk),
    ]  # fmt: skip
    mail = Email.objects.get(subject="Ada Ellery no longer belongs to your household")
    assert "You’re now the main contact of the household" in mail.message


def test_the_story_shows_who_took_whom_out(rf, ada, ben):
    people_of.remove(home_of(rf, ada), ben, by=ada, at=NOON)
    reader = make_user("boss@example.org", is_superuser=True)

    for person in (ada, ben):
        texts = [entry.text for entry in page_of(person, reader=reader, what="household").entries]
        assert texts == [f"Ben Ellery was removed from {ada.household} (by Ada Ellery)."]


def test_the_payer_who_is_out_of_the_household_reads_that_the_card_is_charged(client, ada, ben):
    home, agreement = ada.household, renewing(ada.household, ada)
    client.force_login(ada.user)
    client.post(path("remove_from_household", ada))

    addresses = "/membership/", "/membership/auto-renewal/"
    pages = [" ".join(client.get(address).text.split()) for address in addresses]
    explained = [each.text for each in explain(Person.objects.get(pk=ada.pk), at=NOON).sentences]
    mail = Email.objects.get(subject=f"You no longer belong to {home}")

    assert "Auto-renewal is off." not in pages[1]
    assert "your card still pays for it" in pages[1]
    assert "Auto-renewal is on: $65 on May 1, 2028, for the household" in pages[0]
    assert any(
        "Ada Ellery pays it but does not belong to that household." in text for text in explained
    )
    assert agreement.get_absolute_url() in mail.message and "$65 on May 1, 2028" in mail.message


def test_who_stays_reads_of_the_payment_that_goes_on(client, ada, ben):
    renewing(ada.household, ada)
    home = ada.household
    client.force_login(ada.user)
    client.post(path("remove_from_household", ada))
    client.force_login(ben.user)

    page = " ".join(client.get("/membership/auto-renewal/").text.split())
    assert "charged to the card of Ada Ellery" in page
    explained = [each.text for each in explain(Person.objects.get(pk=ben.pk), at=NOON).sentences]
    assert f"The dues of {home} renew automatically: $65 on May 1, 2028, paid by Ada Ellery." in (
        explained
    )


def test_the_main_contact_hands_it_over_and_both_are_told(client, ada, ben):
    client.force_login(ada.user)

    question = client.get(path("make_main_contact", ben))
    client.post(path("make_main_contact", ben))

    assert "Make Ben Ellery the main contact" in question.text
    assert main_contact(Household.objects.get(), on=TODAY) == ben
    assert who_renews(Household.objects.get(), on=TODAY) == ben
    assert emails() == {
        ("ben@ellery.example", f"You’re the main contact of {ada.household}"),
        ("ada@ellery.example", f"Ben Ellery is the main contact of {ada.household}"),
    }
    refused = client.post(path("remove_from_household", ben))
    assert refused.status_code == 422


def test_nobody_makes_themselves_the_main_contact(client, ada, ben):
    client.force_login(ben.user)

    answer = client.post(path("make_main_contact", ben))

    assert answer.status_code == 422
    assert main_contact(ada.household, on=TODAY) == ada


def test_a_child_or_a_stranger_is_no_main_contact(ada):
    child = make_person(ada.household, name="Cy", born_on=TODAY.replace(year=2018))
    stranger = make_person(name="Eve")

    for person in (child, stranger):
        with pytest.raises(NotTheirs):
            hand_over(ada.household, person, at=NOON)


@pytest.mark.parametrize("lost", [{"died_on": TODAY}, {"erased_at": NOON}])
def test_a_main_contact_who_is_lost_is_followed_by_the_next(ada, ben, lost):
    Person.objects.filter(pk=ada.pk).update(**lost)

    assert main_contact(ada.household, on=TODAY) == ben


def test_who_joins_is_the_main_contact_and_a_later_payer_does_not_take_it(ada, ben):
    known = Joining("Ben Ellery", "ben@ellery.example", household_id=ada.household.pk)
    ada.household.terms.update(ends_on=TODAY)

    join(make_tier("Family", 6500, max_people=4), known)
    join(Tier.objects.get(slug="family"), Joining("Eve", "eve@example.org"))

    assert Household.objects.get(people=ben).main_contact == ada
    assert Household.objects.get(people__name="Eve").main_contact.name == "Eve"


def test_staff_name_another_main_contact_and_both_are_told(client, ada, ben):
    client.force_login(make_user("boss@example.org", is_staff=True, is_superuser=True))
    at_the_desk = reverse("admin:membership_household_change", args=[ada.household.pk])
    none = {
        f"{prefix}-{part}": "0"
        for prefix in ("household_members", "terms")
        for part in ("TOTAL_FORMS", "INITIAL_FORMS")
    }

    client.post(at_the_desk, {"name": "The Ellerys", "main_contact": ben.pk, **none})

    assert Household.objects.get().main_contact == ben
    assert HouseholdChange.objects.get().staff.email == "boss@example.org"
    assert Email.objects.count() == 2


def at_the_desk(what, obj, lists, **fields):
    """A form of the admin with lists beside it, `{prefix: [rows as they are posted]}`."""
    data = {}
    for prefix, rows in lists.items():
        data |= {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": len(rows)}
        for number, row in enumerate(rows):
            data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return reverse(f"admin:membership_{what}_change", args=[obj.pk]), data | fields


def deleted(household_member, **other):
    return {"id": household_member.pk, "DELETE": "on"} | other


def the_two_emails_about_ben(home):
    return {
        ("ben@ellery.example", f"You no longer belong to {home}"),
        ("ada@ellery.example", "Ben Ellery no longer belongs to your household"),
    }


@pytest.fixture
def boss(client):
    user = make_user("boss@example.org", is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


def test_whom_staff_take_out_of_a_household_and_the_main_contact_read_of_it(
    client, ada, ben, boss
):
    home = ada.household
    rows = [deleted(ben.household_members.get(), person=ben.pk, household=home.pk)]

    client.post(*at_the_desk(
        "household",
        home,
        {"household_members": rows, "terms": []},
        name=home.name,
        main_contact=ada.pk,
    ))  # fmt: skip

    assert list(home.people.all()) == [ada]
    assert emails() == the_two_emails_about_ben(home)
    texts = [email.message for email in Email.objects.order_by("pk")]
    assert f"Our staff removed you from the household “{home}” today." in texts[0]
    assert f"Our staff removed Ben Ellery from the household “{home}” today." in texts[1]
    change = HouseholdChange.objects.get()
    assert (change.person, change.kind, change.staff) == (ben, "removed", boss)


def test_it_is_the_same_from_the_page_of_a_person(client, ada, ben, boss):
    home = ada.household
    rows = [deleted(ben.household_members.get(), person=ben.pk, household=home.pk)]
    lists = {"household_members": rows, "addresses": [], "favorite_cities": []}

    client.post(*at_the_desk("person", ben, lists, name=ben.name, email=ben.email))

    assert list(home.people.all()) == [ada]
    assert emails() == the_two_emails_about_ben(home)


def test_when_staff_take_out_the_main_contact_the_next_one_is_named_and_told(
    client, ada, ben, boss
):
    home = ada.household
    rows = [deleted(ada.household_members.get(), person=ada.pk, household=home.pk)]

    client.post(*at_the_desk(
        "household",
        home,
        {"household_members": rows, "terms": []},
        name=home.name,
        main_contact=ada.pk,
    ))  # fmt: skip

    assert Household.objects.get().main_contact == ben
    text = Email.objects.get(to__contains="ben@ellery.example").message
    assert "now the main contact of the household" in text


def test_nobody_is_written_to_about_somebody_who_died(client, ada, ben, boss):
    Person.objects.filter(pk=ben.pk).update(died_on=TODAY)
    home = ada.household
    rows = [deleted(ben.household_members.get(), person=ben.pk, household=home.pk)]

    client.post(*at_the_desk(
        "household",
        home,
        {"household_members": rows, "terms": []},
        name=home.name,
        main_contact=ada.pk,
    ))  # fmt: skip

    assert not home.people.filter(pk=ben.pk).exists()
    assert not Email.objects.exists()
    assert HouseholdChange.objects.exists()
