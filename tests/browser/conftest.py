"""The site as a person meets it: its own server, its own mailbox, a clock that can be moved."""

import pytest
import time_machine
from django.core.cache import cache, caches
from django.test import Client

from nsca.lib.web.caching import content_changed
from tests.factories import NOON

WIDE = {"width": 1280, "height": 900}


@pytest.fixture(autouse=True)
def own_address(settings, live_server, tmp_path):
    """Links in mails and the ways to the gateway and back lead to this server; e-mails go into the
    outbox, as they do outside tests, so that the demonstration's mailbox shows them.
    """
    settings.SITE_URL = live_server.url
    settings.EMAIL_BACKEND = "post_office.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)


@pytest.fixture
def clock(db, live_server):
    """The server's clock: NOON, and running. `clock.move_to(instant)` forgets the kept pages."""
    content_changed()
    with time_machine.travel(NOON, tick=True) as traveller:
        caches["pages"].clear()
        yield Clock(traveller)
    caches["pages"].clear()
    cache.clear()


class Clock:
    def __init__(self, traveller):
        self.traveller = traveller

    def move_to(self, instant):
        """From now on it is `instant` (UTC), and time goes on."""
        self.traveller.move_to(instant, tick=True)
        caches["pages"].clear()


@pytest.fixture
def sign_in(clock):
    """A function that signs a person in on a page as they would: by the code from their mail."""

    def sign_in(page, email):
        page.goto("/accounts/login/")
        page.get_by_role("textbox").fill(email)
        page.get_by_role("button", name="E-mail me a code").click()
        mailbox = page.context.new_page()
        mailbox.goto("/demo/mail/")
        subject = mailbox.get_by_role("link", name="is your sign-in code").first.inner_text()
        mailbox.close()
        page.get_by_label("Code").fill(subject.split()[0])
        page.get_by_role("button", name="Sign in", exact=True).click()

    return sign_in


def signed_in(page, user):
    """The page of somebody who has signed in already."""
    client = Client()
    client.force_login(user)
    page.goto("/healthz")
    page.context.add_cookies(
        [
            {"name": name, "value": cookie.value, "url": page.url}
            for name, cookie in client.cookies.items()
        ]
    )
    return page
