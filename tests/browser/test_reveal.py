"""The page is the promise: the holder learns the place at T, and the public does not."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from events import views_ticket
from tests.browser.conftest import WIDE
from tests.browser.evening import PLACE, T_IN_WORDS, T, make_soiree, seal
from tests.factories import make_ticket

pytestmark = pytest.mark.django_db(transaction=True)
SECOND = timedelta(seconds=1)


@pytest.fixture
def ticket(clock):
    soiree = make_soiree()
    seal(soiree)
    return make_ticket(soiree)


def test_a_ticket_is_sealed_before_t_and_tells_the_place_from_t_on(page, ticket, clock):
    clock.move_to(T - timedelta(minutes=1))
    page.goto(ticket.get_absolute_url())
    expect(page.get_by_role("heading", name="The place is sealed")).to_be_visible()
    expect(page.locator("reveal-countdown")).to_contain_text(T_IN_WORDS)
    assert PLACE.name not in page.content()

    clock.move_to(T)
    page.reload()

    expect(page.get_by_role("heading", name="The place is revealed")).to_be_visible()
    expect(page.locator("article.ticket")).to_contain_text(PLACE.name)


def test_the_public_page_does_not_tell_the_place_after_t(page, ticket, clock):
    clock.move_to(T + SECOND)

    page.goto("/events/soiree/")

    expect(
        page.get_by_role("heading", name="The envelope is open for ticket holders")
    ).to_be_visible()
    assert PLACE.name not in page.content()


def test_an_open_ticket_page_asks_again_by_itself_when_its_countdown_ends(page, ticket, clock):
    """The browser's own clock is months wrong; the server's word counts."""
    page.clock.install(time=T + timedelta(days=99))
    clock.move_to(T - timedelta(seconds=40))
    page.goto(ticket.get_absolute_url())
    expect(page.get_by_role("timer")).to_contain_text("seconds")

    clock.move_to(T + SECOND)
    page.clock.fast_forward(41_000)  # milliseconds: the countdown is at zero
    page.clock.fast_forward(11_000)  # the random moment that spreads five hundred guests

    expect(page.get_by_role("heading", name="The place is revealed")).to_be_visible()
    expect(page.locator("article.ticket")).to_contain_text(PLACE.name)


def test_without_javascript_the_ticket_page_asks_again_at_t(open_page, ticket, clock, monkeypatch):
    monkeypatch.setattr(views_ticket, "SPREAD", 1)  # one guest is no crowd
    page = open_page(java_script_enabled=False, viewport=WIDE)

    clock.move_to(T - 2 * SECOND)
    page.goto(ticket.get_absolute_url())
    expect(page.get_by_role("heading", name="The place is sealed")).to_be_visible()

    expect(page.get_by_role("heading", name="The place is revealed")).to_be_visible()
