"""A passkey, in a Chromium with an authenticator of its own (CDP's WebAuthn domain)."""

import pytest
from allauth.mfa.models import Authenticator

from tests.factories import make_member, make_user

pytestmark = pytest.mark.django_db(transaction=True)
OWNED = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def device(open_page, live_server):
    """A page of a device that has an authenticator; by name, for a passkey belongs to a domain."""
    page = open_page(
        base_url=live_server.url.replace("127.0.0.1", "localhost"),
        viewport={"width": 360, "height": 740},
    )
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    found = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": OWNED})
    page.authenticator = (devtools, found["authenticatorId"])
    return page


@pytest.fixture
def enter(sign_in):
    """Sign somebody in by a code, and wait until they are."""

    def enter(page, email):
        sign_in(page, email)
        page.wait_for_url("**/membership/")

    return enter


def make_passkey(page, name):
    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Create passkey").click()
    page.get_by_text("Passkey added.").wait_for()


def sign_out(page):
    page.goto("/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/")


def test_a_member_makes_a_passkey_and_signs_in_with_it_alone(device, enter):
    ada = make_member()
    enter(device, ada.email)
    make_passkey(device, "My telephone")
    sign_out(device)

    device.goto("/accounts/login/")
    device.get_by_role("button", name="Use a passkey").click()
    device.wait_for_url("**/membership/")

    assert Authenticator.objects.filter(user=ada).count() == 1
    device.goto("/accounts/2fa/webauthn/")
    device.get_by_text("My telephone").first.wait_for()


def test_a_member_who_lost_the_device_still_signs_in_by_a_code(device, enter):
    ada = make_member()
    enter(device, ada.email)
    make_passkey(device, "Lost")
    sign_out(device)

    enter(device, ada.email)
    device.goto("/accounts/2fa/webauthn/")
    device.get_by_role("link", name="Remove Lost").click()
    device.get_by_role("button", name="Remove passkey").click()
    device.get_by_text("None yet").wait_for()

    assert not Authenticator.objects.filter(user=ada).exists()


def test_a_passkey_of_a_colleague_is_asked_for_beside_the_code(device, enter, sign_in):
    colleague = make_user("c@nsca.example", is_staff=True)
    enter(device, colleague.email)
    device.goto("/accounts/2fa/webauthn/add/")
    device.get_by_role("button", name="Create passkey").click()
    device.wait_for_url("**/recovery-codes/")
    sign_out(device)

    sign_in(device, colleague.email)

    device.wait_for_url("**/2fa/authenticate/")


def test_a_device_that_does_not_know_its_owner_makes_no_passkey(device, enter):
    ada = make_member()
    enter(device, ada.email)
    devtools, authenticator = device.authenticator
    devtools.send(
        "WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False}
    )
    device.goto("/accounts/2fa/webauthn/add/")
    device.get_by_role("button", name="Create passkey").click()
    device.get_by_text("That did not work").wait_for()

    assert not Authenticator.objects.filter(user=ada).exists()
