"""What must work on the night: signing in, buying, learning the venue, getting money back."""

import base64
import hmac
import re
import struct
import time

import pytest
from playwright.sync_api import expect

from tests.browser.evening import VENUE
from tests.production.soiree import DIRECTOR

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 60  # seconds; the machine may be busy
GUEST = "ada@ellery.example"


@pytest.fixture
def visit(site, chromium):
    """A function that opens a browser of its own on the site, phone or desk."""
    contexts = []

    def visit(width):
        context = chromium.new_context(
            base_url=site.url,
            ignore_https_errors=True,  # the certificate is the proxy's own
            viewport={"width": width, "height": 800},
        )
        context.set_default_timeout(PATIENCE * 1000)
        context.route("https://checkout.stripe.com/**", lambda route: at_stripe(site, route))
        contexts.append(context)
        return context.new_page()

    yield visit
    for context in contexts:
        context.close()


def at_stripe(site, route):
    """Stripe's page: whoever comes there pays, and may go back to the shop."""
    session = site.stripe.sessions[route.request.url.rsplit("/", 1)[1]]
    site.stripe.pay(session["id"])
    body = f'<h1>Paid</h1><a href="{session["success_url"]}">Back to the shop</a>'
    route.fulfill(content_type="text/html", body=body)


def mail(site, to, words):
    """The newest mail to an address with these words; waits until it is there."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for one in reversed(site.mail.emails):
            if to in one.to and words in one.message["Subject"] + text_of(one.message):
                return one.message
        time.sleep(0.2)
    raise AssertionError(f"No mail to {to} about “{words}”: {site.mail.addresses()}")


def text_of(message):
    return message.get_body(("plain",)).get_content()


def one_time_code(secret):
    """What an authenticator app shows now (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), "sha1")
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06}"


def sign_in(site, page):
    """By the code that came by mail."""
    page.goto("/accounts/login/")
    page.get_by_role("textbox").fill(DIRECTOR)
    page.get_by_role("button", name="E-mail me a code").click()
    page.get_by_label("Code").fill(mail(site, DIRECTOR, "sign-in code")["Subject"].split()[0])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/membership/")


def set_up_a_second_factor(page):
    """Its secret, as the authenticator app keeps it."""
    page.goto("/admin/")
    page.get_by_role("link", name="Activate").click()
    secret = page.locator("#authenticator_secret").input_value()
    page.get_by_label("Authenticator code").fill(one_time_code(secret))
    page.get_by_role("button", name="Activate").click()
    page.wait_for_url(lambda url: "activate" not in url)
    return secret


def buy(page):
    """One seat, paid at Stripe; the buyer is still there."""
    page.goto("/events/soiree/tickets/")
    page.locator("input[type=number]").first.fill("1")
    page.get_by_label("Your name").fill("Ada Ellery")
    page.get_by_label("E-mail address").fill(GUEST)
    page.get_by_label("I agree to the refund terms").check()
    # What a redirect leads to is not intercepted, and Stripe is not reached from a test: so the
    # browser is sent there once more.
    with page.expect_event("requestfailed", lambda request: is_stripes(request.url)) as left:
        page.get_by_role("button", name="Pay").first.click()
    page.wait_for_url("chrome-error://**")
    page.goto(left.value.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("Paid")


def is_stripes(url):
    return url.startswith("https://checkout.stripe.com/")


def test_staff_enter_the_admin_with_a_second_factor_and_not_without(site, visit):
    page = visit(1280)
    sign_in(site, page)

    page.goto("/admin/")
    expect(page.get_by_role("link", name="Activate")).to_be_visible()
    assert "/admin/" not in page.url

    set_up_a_second_factor(page)
    page.goto("/admin/")
    assert page.url == f"{site.url}/admin/"
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_a_guest_who_does_not_return_from_stripe_has_the_ticket_all_the_same(site, visit):
    buy(visit(360))

    ticket = re.search(r"https://\S+/(?:orders|tickets)/\S+", text_of(mail(site, GUEST, "")))[0]
    page = visit(360)
    page.goto(ticket)
    expect(page.locator("main")).to_contain_text("$95")


def test_a_guest_learns_the_venue_at_its_instant_and_not_before(site, visit):
    page = visit(360)
    buy(page)
    page.get_by_role("link", name="Back to the shop").click()
    page.get_by_role("link", name="Open").first.click()
    expect(page.locator("reveal-countdown")).to_be_visible()
    ticket, before = page.url, page.content()
    mail(site, GUEST, "")
    sent_before = b"".join(email.raw for email in site.mail.emails)

    site.reveal_at(2)

    revealed = text_of(mail(site, GUEST, VENUE.name))
    page.goto(ticket)
    expect(page.locator("main")).to_contain_text(VENUE.name)
    assert VENUE.name in revealed
    assert VENUE.name not in before
    assert VENUE.name.encode() not in sent_before
    stranger = visit(360)
    stranger.goto("/events/soiree/")
    expect(stranger.locator("main")).not_to_contain_text(VENUE.name)


def test_the_director_gives_money_back_and_the_guest_hears_of_it(site, visit):
    guest = visit(360)
    buy(guest)
    guest.get_by_role("link", name="Back to the shop").click()
    expect(guest).to_have_title(re.compile(r"N-\w+-\w+"))
    number = re.search(r"N-\w+-\w+", guest.title())[0]
    page = visit(1280)
    sign_in(site, page)
    set_up_a_second_factor(page)

    page.goto(f"/admin/orders/order/?q={number}")
    page.locator("#result_list tbody").get_by_role("link").first.click()
    page.get_by_role("link", name="Refund", exact=True).click()
    page.get_by_label("What to refund").select_option("order")
    page.get_by_label("Reason").fill("Ill")
    page.get_by_label("Reason").press("Enter")
    page.get_by_role("button", name="Refund $95").click()

    mail(site, GUEST, "$95 ")
    assert [refund["amount"] for refund in site.stripe.refunds.values()] == [9500]
