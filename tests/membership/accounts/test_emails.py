"""The old and the new address get an e-mail when a sign-in changes."""

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from post_office.models import Email

from membership.accounts import sign_in
from membership.models import Address, SecurityEvent, SignInCode
from membership.records.merging import merge, part
from nsca.desk.groups import ensure_groups
from tests.factories import NOON, make_member, make_person, make_user, sign_in_now

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXP"  # noqa: S105 of these tests alone
OLD, NEW = "ada@ellery.example", "ada@newmail.example"
CHANGED = "Your e-mail addresses were changed"
ADDED = "This e-mail address was added to our records"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def mails() -> dict[str, str]:
    """Recipients and subjects of the e-mails about a sign-in."""
    return {mail.to[0]: mail.subject for mail in Email.objects.order_by("pk")}


def signed_in(user) -> Client:
    client = Client()
    sign_in_now(client, user)
    return client


@pytest.fixture
def desk():
    ensure_groups()
    user = make_user("office@nsca.example", is_staff=True)
    user.groups.add(Group.objects.get(name="director"))
    return signed_in(user)


@pytest.fixture
def ada():
    return make_member(OLD)


def person_form(person, **changed):
    data = {"name": person.name, "email": person.email, "phone": "", "user": person.user_id}
    for prefix in ("household_members", "addresses", "favorite_cities"):
        data |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    return data | changed


# --- Addresses ---------------------------------------------------------------------------------


def save(desk, person, **changed):
    url = reverse("admin:membership_person_change", args=[person.pk])
    response = desk.post(url, person_form(person, **changed))
    assert response.status_code == 302, response.context["errors"]


def test_staff_who_exchange_a_member_s_address_are_told_of_to_the_old_and_the_new(desk, ada):
    save(desk, ada.people.get(), email=NEW)

    # The sign-in keeps its own address, so the old one still opens it, and hears.
    assert mails() == {OLD: CHANGED, NEW: ADDED}
    text = Email.objects.get(subject=CHANGED).message
    assert "Added: a…@newmail.example." in text
    assert "by our office" in text
    assert OLD not in Email.objects.get(subject=ADDED).message


def test_a_further_address_that_staff_write_down_is_told_of(desk, ada):
    rows = {"addresses-TOTAL_FORMS": "1", "addresses-0-email": NEW}

    save(desk, ada.people.get(), **rows)

    assert Address.objects.get().email == NEW
    assert mails() == {OLD: CHANGED, NEW: ADDED}
    event = SecurityEvent.objects.get(kind="address")
    assert (event.who.email, event.whom, event.detail) == ("office@nsca.example", ada, "1 added")


def test_a_new_phone_number_is_no_news_and_neither_is_a_first_address(desk, ada):
    save(desk, ada.people.get(), phone="757 555 0100")
    nobody = make_person(name="Paper Only", email="")
    save(desk, nobody, email="paper@ellery.example", user="")

    assert mails() == {}


def test_an_address_that_is_proven_by_signing_in_with_it_is_told_of_to_the_first(ada):
    Address.objects.create(person=ada.people.get(), email=NEW)
    key = sign_in.ask(NEW, network="n", at=NOON)

    assert sign_in.prove(key, SignInCode.objects.get().code(), network="n", at=NOON) == ada

    assert EmailAddress.objects.filter(user=ada, email=NEW, verified=True).exists()
    assert mails() == {OLD: CHANGED, NEW: ADDED}


def test_the_second_sign_in_with_it_is_no_news(ada):
    Address.objects.create(person=ada.people.get(), email=NEW)
    for _ in range(2):
        key = sign_in.ask(NEW, network="n", at=NOON)
        sign_in.prove(key, SignInCode.objects.get(pk=key).code(), network="n", at=NOON)

    assert Email.objects.count() == 2


def test_records_that_staff_make_one_tell_of_the_address_that_came(ada):
    other = make_person(name="Ada E.", email=NEW)
    office = make_user("office@nsca.example", is_staff=True)

    row = merge(ada.people.get(), other, chosen={}, by=office, at=NOON)
    assert mails() == {OLD: CHANGED, NEW: ADDED}
    part(row, by=office, at=NOON)

    assert Email.objects.filter(to=OLD, subject=CHANGED).count() == 2


# --- Second factors ----------------------------------------------------------------------------


def test_an_authenticator_that_is_added_is_told_of_to_every_address(
    ada, django_capture_on_commit_callbacks
):
    EmailAddress.objects.create(user=ada, email=NEW, verified=True)
    client = signed_in(ada)
    client.get("/accounts/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]
    code = format_hotp_value(hotp_value(secret, next(iter(counters()))))

    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/2fa/totp/activate/", {"code": code})

    app = "An authenticator app was added to your sign-in"
    assert [mail.to for mail in Email.objects.filter(subject=app)] == [[OLD], [NEW]]
    assert SecurityEvent.objects.filter(kind="factor-added", who=ada).exists()


def test_an_authenticator_that_is_taken_away_is_told_of(ada):
    TOTP.activate(ada, SECRET)
    client = Client()
    sign_in_now(client, ada, "mfa")

    client.post("/accounts/2fa/totp/deactivate/")

    assert mails() == {OLD: "An authenticator app was removed from your sign-in"}


def test_a_passkey_that_is_removed_is_told_of(ada):
    kind = Authenticator.Type.WEBAUTHN
    passkey = Authenticator.objects.create(user=ada, type=kind, data={"name": "Phone"})

    signed_in(ada).post(f"/accounts/2fa/webauthn/keys/{passkey.pk}/remove/")

    assert mails() == {OLD: "A passkey was removed from your sign-in"}


def test_a_factor_that_staff_forget_is_told_of_to_its_owner(desk, ada):
    TOTP.activate(ada, SECRET)

    desk.post(reverse("admin:membership_user_forget", args=[ada.pk]))

    assert mails() == {OLD: "Every second factor was removed from your sign-in"}
    assert "by our office" in Email.objects.get().message
    assert "by our office" in Email.objects.get().html_message
