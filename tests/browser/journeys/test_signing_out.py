"""Signing out and proving again, in a real browser."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group

from membership.models import SignInCode
from nsca.desk.groups import ensure_groups
from tests.browser.journeys.test_passkeys import device  # noqa: F401 - a fixture
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def boss():
    ensure_groups()
    user = make_user("boss@nsca.example", name="Bea Boss", is_staff=True)
    user.groups.add(Group.objects.get(name="director"))
    return user


def sign_in_at(page, email):
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_role("button", name="E-mail me a code").click()
    page.get_by_label("Code").fill(SignInCode.objects.latest("pk").code())
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/membership/")


def test_who_signs_out_loses_no_reading_of_a_ticket_that_waits_on_this_phone(device, boss):  # noqa: F811
    """What the door could not send yet lies in the browser's storage (static/js/door.js)."""
    sign_in_at(device, boss.email)
    device.evaluate("localStorage.setItem('nsca-door-/door/x/-waiting', '[1]')")
    assert "nsca_session" in {cookie["name"] for cookie in device.context.cookies()}

    device.goto("/accounts/logout/")
    device.get_by_role("button", name="Sign out").click()
    device.wait_for_url("**/")

    assert device.evaluate("localStorage.getItem('nsca-door-/door/x/-waiting')") == "[1]"
    assert device.context.cookies() == []
    device.goto("/membership/")
    assert "/accounts/login/" in device.url


def test_a_passkey_proves_before_an_export_and_presses_nothing_itself(device, boss):  # noqa: F811
    sign_in_at(device, boss.email)
    make_passkey_of_staff(device, "My telephone")
    forget_the_proof(device)

    device.goto("/admin/membership/person/export/")
    device.get_by_role("button", name="Export as CSV").click()
    device.get_by_role("button", name="Use a passkey instead").click()
    device.get_by_text("Your passkey worked. Now press the button below.").wait_for()
    with device.expect_download() as got:
        device.get_by_role("button", name="Export as CSV").click()

    assert got.value.suggested_filename == "people.csv"
    assert Authenticator.objects.filter(user=boss, type="webauthn").get().last_used_at


def make_passkey_of_staff(page, name):
    """Staff are shown their recovery codes afterwards."""
    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Create passkey").click()
    page.wait_for_url("**/recovery-codes/")


def forget_the_proof(page):
    """As if everything that this session proved were two hours old."""
    from importlib import import_module

    from django.conf import settings

    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    store = import_module(settings.SESSION_ENGINE).SessionStore(cookies["nsca_session"])
    records = store["proofs"]
    store["proofs"] = [record | {"at": record["at"] - 7200} for record in records]
    store.save()
