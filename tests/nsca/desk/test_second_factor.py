"""The second factor is a property of the session: what somebody owns opens no admin."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from django.test import Client

from membership.accounts import sign_in
from membership.models import SignInCode
from tests.factories import NOON, make_member, make_user, sign_in_now

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXP"  # noqa: S105 of these tests alone
ADMIN, SET_UP, PROVE = (
    "/admin/",
    "/accounts/2fa/",
    "/accounts/2fa/reauthenticate/?next=%2Fadmin%2F",
)


@pytest.fixture(autouse=True)
def the_real_site(settings):
    settings.STAFF_NEED_SECOND_FACTOR = True


def colleague(**fields):
    return make_user("boss@nsca.example", is_staff=True, is_superuser=True, **fields)


def code_now(secret=SECRET) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(counters()))))


def signed_in(user, *methods) -> Client:
    client = Client()
    sign_in_now(client, user, *methods)
    return client


def set_up(client) -> None:
    """Set an authenticator up in a session, by its first code."""
    client.get("/accounts/2fa/totp/activate/")
    code = code_now(client.session["mfa.totp.secret"])
    assert client.post("/accounts/2fa/totp/activate/", {"code": code}).status_code == 302


def leads_to(client, path=ADMIN) -> str:
    answer = client.get(path)
    return answer.url if answer.status_code == 302 else str(answer.status_code)


def test_a_session_that_passed_none_stays_out_although_its_owner_has_one():
    boss = colleague()
    TOTP.activate(boss, SECRET)

    assert leads_to(signed_in(boss)) == PROVE
    assert leads_to(signed_in(boss, "mfa")) == "200"


def test_a_member_with_a_passkey_who_is_made_a_colleague_does_not_walk_in():
    """By whatever path: here no session is ended, only the flag is set."""
    ada = make_member()
    passkey = Authenticator.Type.WEBAUTHN
    Authenticator.objects.create(user=ada, type=passkey, data={"name": "Phone"})
    client = signed_in(ada)
    type(ada).objects.filter(pk=ada.pk).update(is_staff=True, is_superuser=True)

    assert leads_to(client) in (PROVE, "/admin/login/?next=/admin/")


@pytest.mark.django_db(transaction=True)  # allauth says it after the commit
def test_a_factor_that_another_session_adds_opens_nothing_for_this_one():
    boss = colleague()
    here, there = signed_in(boss), signed_in(boss)
    assert leads_to(here) == SET_UP

    set_up(there)

    assert leads_to(there) == "200"
    assert leads_to(here) != "200"


@pytest.mark.django_db(transaction=True)
def test_who_sets_up_the_first_one_goes_on_with_it():
    client = signed_in(colleague())

    set_up(client)

    assert leads_to(client) == "200"


def test_it_is_proved_in_the_session_and_leads_on_to_where_one_was_going():
    boss = colleague()
    TOTP.activate(boss, SECRET)
    client = signed_in(boss)
    way = leads_to(client, "/admin/events/event/?q=tea")

    page = client.get(way)
    wrong = client.post(way, {"code": "000000"})
    still_out = leads_to(client)
    done = client.post(
        "/accounts/2fa/reauthenticate/", {"code": code_now(), "next": "/admin/events/event/?q=tea"}
    )

    assert page.status_code == wrong.status_code == 200
    assert still_out == PROVE
    assert (done.status_code, done.url) == (302, "/admin/events/event/?q=tea")
    assert leads_to(client) == "200"


def test_a_recovery_code_stands_for_a_lost_telephone():
    boss = colleague()
    TOTP.activate(boss, SECRET)
    codes = RecoveryCodes.activate(boss).get_unused_codes()
    client = signed_in(boss)

    client.post("/accounts/2fa/reauthenticate/", {"code": codes[0]})

    assert leads_to(client) == "200"


@pytest.mark.parametrize(
    "page",
    [
        "totp/activate/",
        "totp/deactivate/",
        "webauthn/add/",
        "recovery-codes/",
        "recovery-codes/generate/",
        "recovery-codes/download/",
    ],
)
def test_who_only_reads_a_colleague_s_mail_cannot_put_a_factor_of_their_own_beside_it(page):
    boss = colleague()
    TOTP.activate(boss, SECRET)
    intruder = signed_in(boss)
    path = f"/accounts/2fa/{page}"

    for answer in (intruder.get(path), intruder.post(path, {"code": "123456"})):
        assert (answer.status_code, answer.url.partition("?")[0]) == (
            302,
            "/accounts/2fa/reauthenticate/",
        )
    assert Authenticator.objects.filter(user=boss).count() == 1


def test_who_has_forgotten_theirs_sets_up_another_before_they_go_on():
    boss = colleague()
    client = signed_in(boss, "mfa")

    assert leads_to(client) == SET_UP


def test_a_member_who_lost_the_telephone_with_the_passkey_removes_it_by_a_mailed_code():
    ada = make_member()
    kind = Authenticator.Type.WEBAUTHN
    passkey = Authenticator.objects.create(user=ada, type=kind, data={"name": "Phone"})

    removed = signed_in(ada).post(f"/accounts/2fa/webauthn/keys/{passkey.pk}/remove/")

    assert removed.status_code == 302
    assert not Authenticator.objects.filter(user=ada).exists()


def test_signing_in_by_code_and_authenticator_opens_the_admin(client):
    """The whole way, as on the real site."""
    boss = colleague()
    TOTP.activate(boss, SECRET)
    client.post("/accounts/login/", {"email": boss.email})
    code = SignInCode.objects.get().code()

    second = client.post("/accounts/login/code/confirm/", {"code": code})
    assert second.url == "/accounts/2fa/authenticate/"
    assert leads_to(client) == "/admin/login/?next=/admin/"
    client.post(second.url, {"code": code_now()})

    assert leads_to(client) == "200"
    assert sign_in.stored_address(boss.email, NOON)
