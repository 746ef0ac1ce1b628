"""Every page, in every state: readable by everyone, in both schemes, on a phone, enlarged.

The console is listened to meanwhile: a breach of the Content-Security-Policy fails the test.
"""

import pytest

from nsca.lib.web import throttle
from pages import views as pages_views
from tests.browser.conftest import signed_in
from tests.browser.looks import WIDE, look_at, look_over
from tests.browser.season import Season
from tests.factories import NOON, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def season(clock):
    return Season()


@pytest.fixture
def page(open_page):
    return open_page(viewport=WIDE, reduced_motion="reduce")


@pytest.mark.parametrize(
    "kind", ["words", "events", "box office", "orders", "tickets", "strangers", "tables"]
)
def test_pages_for_everybody_can_be_used_by_everybody(kind, season, page):
    faults = [fault for at in season.addresses[kind] for fault in look_over(page, at)]

    assert faults == []


@pytest.mark.parametrize("who", ["member", "director"])
def test_pages_behind_the_sign_in_can_be_used_by_everybody(who, season, page):
    signed_in(page, season.users[who])

    faults = [fault for at in season.addresses[who] for fault in look_over(page, at)]

    assert faults == []


REFUSED = [
    ("/events/soiree/tickets/", "Pay"),
    ("/events/full/waitlist/", "Join the waitlist"),
    ("/events/evening/tables/", "E-mail me the link"),
    ("/join/", "Go to payment"),
    ("/give/", "Go to payment"),
    ("/contact/", "Send the message"),
    ("/newsletter/", "Sign up"),
]


def test_forms_that_were_refused_can_be_used_by_everybody(season, page):
    faults = [
        fault for address, button in REFUSED for fault in look_refused(page, address, button)
    ]

    assert faults == []


def look_refused(page, address, button):
    """The faults of a form that was sent with nothing in it."""
    page.goto(address)
    page.get_by_role("button", name=button).click()
    page.get_by_role("alert").wait_for()
    return look_at(page)


def test_the_pages_of_signing_in_can_be_used_by_everybody(season, page):
    page.goto("/accounts/login/")
    page.get_by_role("textbox").fill(season.member.email)
    page.get_by_role("button", name="E-mail me a code").click()
    page.get_by_label("Code").wait_for()
    faults = look_at(page)
    page.get_by_label("Code").fill("WRONG1")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("alert").wait_for()
    faults += look_at(page)
    faults += look_over(page, "/demo/mail/")
    page.get_by_role("link", name="is your sign-in code").first.click()
    page.locator("pre").wait_for()
    faults += look_at(page)

    assert faults == []


def test_pages_that_say_no_can_be_used_by_everybody(season, page, monkeypatch):
    """404, 400, 403, 429 and 500, each as the site answers it."""

    def breaks(*args, **kwargs):
        raise RuntimeError("for the test of the page that says so")

    faults = look_over(page, "/nowhere/", status=404)
    faults += look_over(page, "/renew/nobodys/", status=404)
    faults += look_over(page, "/?x=%00", status=400)
    guest = make_user("guest@x.example")
    faults += look_over(signed_in(page, guest), "/admin/", status=403)
    novice = make_user("novice@x.example", is_staff=True)
    faults += look_over(signed_in(page, novice), "/admin/events/event/", status=403)
    use_up("renew", 60)
    faults += look_over(page, "/renew/nobodys/", status=429)
    monkeypatch.setattr(pages_views.finder, "find", breaks)
    faults += look_over(page, "/search/?q=anything", status=500)

    assert faults == []


def use_up(scope, limit):
    """As if this machine had asked so often already."""
    for _ in range(limit):
        throttle.spend(scope, "127.0.0.1", limit=limit + 1, seconds=600, at=NOON)
