"""The page is the promise: the holder learns the venue at T, and the public does not."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from events.tickets import views as views_ticket
from tests.browser.conftest import WIDE
from tests.browser.evening import T_IN_WORDS, VENUE, T, make_soiree, seal
from tests.factories import make_ticket

pytestmark = pytest.mark.django_db(transaction=True)
SECOND = timedelta(seconds=1)


@pytest.fixture
def ticket(clock):
    soiree = make_soiree()
    seal(soiree)
    return make_ticket(soiree)


def test_a_ticket_is_sealed_before_t_and_tells_the_venue_from_t_on(page, ticket, clock):
    clock.move_to(T - timedelta(minutes=1))
    page.goto(ticket.get_absolute_url())
    expect(page.get_by_role("heading", name="The location is sealed")).to_be_visible()
    expect(page.locator("reveal-countdown")).to_contain_text(T_IN_WORDS)
    assert VENUE.name not in page.content()

    clock.move_to(T)
    page.reload()

    expect(page.get_by_role("heading", name="The location is revealed")).to_be_visible()
    expect(page.locator("article.ticket")).to_contain_text(VENUE.name)


def test_a_page_in_somebody_s_sight_says_by_itself_that_it_was_seen(page, ticket, clock):
    clock.move_to(T)

    with page.expect_response(lambda answer: answer.url.endswith("/seen/")) as said:
        page.goto(ticket.get_absolute_url())
        expect(page.get_by_role("button", name="I have the location")).not_to_be_visible()

    assert said.value.status == 204
    ticket.refresh_from_db()
    assert ticket.seen_version == 1
    assert T <= ticket.seen_open_at < T + 10 * SECOND


def test_where_the_page_cannot_say_it_the_guest_is_asked_to(page, ticket, clock):
    clock.move_to(T)
    page.route("**/seen/", lambda route: route.abort())

    page.goto(ticket.get_absolute_url())

    expect(page.get_by_role("button", name="I have the location")).to_be_visible()


def test_without_javascript_the_guest_presses_a_button(open_page, ticket, clock):
    page = open_page(viewport=WIDE, java_script_enabled=False)
    clock.move_to(T)
    page.goto(ticket.get_absolute_url())
    ticket.refresh_from_db()
    fetched = ticket.seen_version

    page.get_by_role("button", name="I have the location").click()

    expect(page.get_by_text("noted that you have the location")).to_be_visible()
    ticket.refresh_from_db()
    assert (fetched, ticket.seen_version) == (0, 1)


def test_the_public_page_does_not_tell_the_venue_after_t(page, ticket, clock):
    clock.move_to(T + SECOND)

    page.goto("/events/soiree/")

    expect(page.get_by_role("heading", name="The location is for ticket holders")).to_be_visible()
    assert VENUE.name not in page.content()


def test_an_open_ticket_page_asks_again_by_itself_when_its_countdown_ends(page, ticket, clock):
    """The browser's own clock is months wrong; the server's word counts."""
    page.clock.install(time=T + timedelta(days=99))
    clock.move_to(T - timedelta(seconds=40))
    page.goto(ticket.get_absolute_url())
    expect(page.get_by_role("timer")).to_contain_text("seconds")

    clock.move_to(T + SECOND)
    page.clock.fast_forward(41_000)  # milliseconds: the countdown is at zero
    page.clock.fast_forward(11_000)  # the random moment that spreads five hundred guests

    expect(page.get_by_role("heading", name="The location is revealed")).to_be_visible()
    expect(page.locator("article.ticket")).to_contain_text(VENUE.name)


def test_without_javascript_the_ticket_page_asks_again_at_t(open_page, ticket, clock, monkeypatch):
    monkeypatch.setattr(views_ticket, "SPREAD", 1)  # one guest is no crowd
    page = open_page(java_script_enabled=False, viewport=WIDE)

    clock.move_to(T - 2 * SECOND)
    page.goto(ticket.get_absolute_url())
    expect(page.get_by_role("heading", name="The location is sealed")).to_be_visible()

    expect(page.get_by_role("heading", name="The location is revealed")).to_be_visible()


def minutes_left(page):
    return page.get_by_role("timer").locator("div").nth(2).locator("b")


def test_a_page_that_lay_in_a_cache_for_minutes_counts_down_rightly(page, ticket, clock):
    """Its own clock is wrong as well: neither that nor the page's age may be seen."""
    page.clock.install(time=T + timedelta(days=99))
    clock.move_to(T - timedelta(minutes=4))
    kept = page.request.get("/events/soiree/").body()
    page.route(
        "**/events/soiree/", lambda route: route.fulfill(body=kept, content_type="text/html")
    )

    clock.move_to(T - 50 * SECOND)
    page.goto("/events/soiree/")

    expect(minutes_left(page)).to_have_text("0")


def test_an_answer_that_is_old_itself_says_so_by_its_age(page, ticket, clock):
    def answer(route):
        if route.request.method == "HEAD":
            kept_since = (T - timedelta(minutes=10)).strftime("%a, %d %b %Y %H:%M:%S GMT")
            route.fulfill(headers={"Date": kept_since, "Age": "440"})
        else:
            route.fallback()

    page.route("**/site*.js", answer)
    clock.move_to(T - timedelta(hours=5))

    page.goto("/events/soiree/")

    expect(minutes_left(page)).to_have_text("2")
