"""Attacks on another member that must not succeed."""

from datetime import date

import pytest
import time_machine
from django.forms import ValidationError
from django.urls import reverse

from membership.accounts import sign_in
from membership.joining.renewals import make_renewal_link
from membership.models import Term, Tier
from membership.privacy.personal_data import subject_of
from membership.privacy.personal_mails import MailPersonalData
from membership.records.importing_rows import Reader
from membership.records.merging import merge
from membership.terms.years import refuse_slips
from nsca.desk import monday
from nsca.lib.mail import mail
from orders.models import Order
from tests.factories import NOON, make_member, make_order, make_person, make_user

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


# --- another's address -------------------------------------------------------------------------


def test_changing_the_address_of_a_shared_sign_in_reveals_nothing_of_its_owner(client, ada):
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


def test_e_mails_to_a_longer_address_are_not_shown_to_a_shorter_one(ada):
    for to in ("cada@ellery.example", "ada@ellery.example", "ADA@ellery.example.org"):
        mail.post("sign_in_stranger", to=to, to_name="Somebody", context={})
    mail.post("sign_in_stranger", to="Ada@Ellery.example", context={})

    told = MailPersonalData().export(subject_of(ada), at=NOON)

    assert [row["to"] for row in told] == [
        "Somebody <ada@ellery.example>",
        "ada@ellery.example",
    ]


# --- a colleague's sign-in ---------------------------------------------------------------------


@pytest.mark.parametrize("is_staff, opens", [(True, False), (False, True)])
def test_an_address_that_staff_entered_opens_no_staff_sign_in(is_staff, opens):
    user = make_user("dora@nsca.example", is_staff=is_staff)
    make_person(name="Dora", user=user, email="dora@nsca.example").addresses.create(
        email="mel@else.example"
    )

    assert bool(sign_in.stored_address("mel@else.example", NOON)) is opens
    assert sign_in.stored_address("dora@nsca.example", NOON)


@pytest.mark.parametrize("is_staff, opens", [(True, False), (False, True)])
def test_merging_into_a_staff_record_gives_nobody_its_sign_in(is_staff, opens):
    boss = make_user("dora@nsca.example", is_staff=is_staff)
    dora = make_person(name="Dora", user=boss, email="dora@nsca.example")
    own = make_user("mel@else.example")
    mel = make_person(name="Dora M.", user=own, email="mel@else.example")

    merge(dora, mel, chosen={}, by=make_user("desk@nsca.example"), at=NOON)

    assert (sign_in._user_of("mel@else.example") == boss) is opens


# --- a link that leaked ------------------------------------------------------------------------


def test_an_order_from_a_renewal_link_shows_no_name_before_it_is_paid(client, ada):
    link = make_renewal_link(ada.household, at=NOON)
    Tier.objects.update(dues_cents=5000, is_offered=True)
    ada.household.terms.update(ends_on=NOON.date())

    client.post(f"/renew/{link.token}/", {"tier": Tier.objects.get().slug, "submission_key": "k"})
    order = Order.objects.get()

    assert order.buyer_name == ada.name
    assert ada.name not in client.get(order.get_absolute_url()).text
    Order.objects.update(state=Order.State.PAID, paid_at=NOON)
    assert ada.name in client.get(order.get_absolute_url()).text


# --- lists -------------------------------------------------------------------------------------


@pytest.mark.parametrize("length, is_taken", [(254, True), (255, False)])
def test_an_address_longer_than_the_table_is_a_problem_of_its_line(length, is_taken):
    domain = ".".join(["b" * 60] * 3)
    email = f"a@{domain}.{'c' * (length - len(domain) - 11)}.example"
    assert len(email) == length

    said = Reader({"name": 0, "email": 1}, on=NOON.date()).read(["Ada", email])

    assert (said.problems == []) is is_taken


# --- who died ----------------------------------------------------------------------------------


@pytest.mark.parametrize("died, written_to", [(True, False), (False, True)])
def test_a_deceased_colleague_gets_no_monday_e_mail(died, written_to):
    user = make_user("dora@nsca.example", is_staff=True)
    person = make_person(name="Dora", user=user)
    person.died_on = NOON.date() if died else None
    person.save()

    assert monday.owed(NOON).filter(pk=user.pk).exists() is written_to


# --- odd numbers and years at the admin --------------------------------------------------------


@pytest.fixture
def desk(client):
    client.force_login(make_user("dora@nsca.example", is_staff=True, is_superuser=True))
    return client


@pytest.mark.parametrize("odd", ["²", "٣", "9" * 18, "9" * 40, "-1", "x"])
@pytest.mark.parametrize("name", ["q", "level", "city"])
def test_the_list_of_people_accepts_any_number(desk, ada, name, odd):
    answer = desk.get(reverse("admin:membership_person_changelist"), {name: odd})

    assert answer.status_code == (400 if name != "q" and len(odd) > 18 else 200)


@pytest.mark.parametrize("number, status", [("9" * 18, 200), ("9" * 20, 400)])
@pytest.mark.parametrize(
    "model", ["membership_committeechair", "membership_stamp", "events_event"]
)
def test_a_filter_rejects_numbers_too_large_for_a_key(desk, model, number, status):
    answer = desk.get(reverse(f"admin:{model}_changelist"), {"city": number})

    assert answer.status_code == status


@pytest.mark.parametrize("word, taken", [
    ("1899-12-31", False), ("1900-01-01", True), ("2199-12-31", True), ("2200-01-01", False),
    ("0001-01-01", False), ("9999-12-31", False),
])  # fmt: skip
def test_a_term_stays_between_1900_and_2199(desk, ada, word, taken):
    data = {"household": ada.household.pk, "tier": Tier.objects.get().pk, "reason": "a test",
            "starts_on": word, "ends_on": word}  # fmt: skip

    desk.post(reverse("admin:membership_term_add"), data)

    assert Term.objects.filter(starts_on=word).exists() is taken
    if not taken:
        with pytest.raises(ValidationError):
            refuse_slips(date.fromisoformat(word))
    assert desk.get(reverse("admin:membership_term_reports")).status_code == 200


# --- where to go on ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wanted", ["home", "<b>", "0001-01-01", "//else.example", "http:else.example"]
)
def test_after_signing_in_only_our_own_pages_are_next(client, ada, wanted):
    client.force_login(ada.user)

    for answer in (
        client.get("/accounts/login/", {"next": wanted}),
        client.post("/accounts/login/", {"next": wanted, "email": "ada@ellery.example"}),
    ):
        assert (answer.status_code, answer["Location"]) == (302, "/membership/")
