"""A waiting-list offer taken: from the full house to the ticket in the hand."""

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from events.models import Ticket
from tests.browser.evening import make_soiree
from tests.events.selling import sell
from tests.factories import NOON

pytestmark = pytest.mark.django_db(transaction=True)
UNTIL = "Friday, April 2, 2027 at 12:0"  # a day from the offer, some minutes past noon


@pytest.fixture
def full_house(clock):
    """A Soirée whose two seats are sold."""
    event = make_soiree(capacity=2)
    sell(event, (event.ticket_types.get(), 2))
    return event


def join(page, *, seats="2", fewest="1"):
    page.goto("/events/soiree/")
    page.get_by_role("link", name="Join the waitlist").first.click()
    page.get_by_label("Your name").fill("Dee Marsh")
    page.get_by_label("E-mail address").fill("dee@marsh.example")
    page.get_by_label("Seats wanted").fill(seats)
    page.get_by_label("Fewest you’d take").fill(fewest)
    page.get_by_role("button", name="Join the waitlist").click()
    expect(page.get_by_role("status")).to_contain_text("You’re on the waitlist")


def open_email(page, subject):
    page.goto("/demo/mail/")
    page.get_by_role("link", name=subject).first.click()


def a_seat_comes_back():
    Ticket.objects.filter(number=1).update(canceled_at=NOON)
    call_command("tick")


def link_in_the_email(page, beginning):
    """Where the e-mail leads: its HTML is in a frame."""
    frame = page.frame_locator("iframe")
    return frame.locator(f"a[href*='{beginning}']").first.get_attribute("href")


def test_a_party_takes_the_seat_that_it_is_offered(page, full_house):
    join(page)
    a_seat_comes_back()
    open_email(page, "1 seat for you at")
    page.goto(link_in_the_email(page, "/events/waitlist/"))

    expect(page.get_by_role("status")).to_contain_text("1 seat for you")
    expect(page.get_by_role("status")).to_contain_text(f"$95, held for you until {UNTIL}")
    page.get_by_role("link", name="Take it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Not paid yet")
    page.get_by_role("button", name="Pay $95 now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pretend payment")
    page.get_by_role("button", name="Pay $95").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Paid. See you there.")
    page.goto("/events/soiree/")
    expect(page.locator("main")).to_contain_text("Sold out")


def test_no_thanks_and_the_seat_goes_to_the_next(page, full_house):
    join(page)
    a_seat_comes_back()
    open_email(page, "1 seat for you at")
    page.goto(link_in_the_email(page, "/events/waitlist/"))

    page.get_by_role("button", name="No, thanks").click()

    expect(page.locator("main")).to_contain_text("You’ve left the waitlist")
    page.goto("/events/soiree/tickets/")
    expect(page.get_by_label("Seat at the long table")).to_be_visible()


def test_without_javascript_a_party_changes_its_request(open_page, full_house):
    page = open_page(java_script_enabled=False)
    join(page, seats="4", fewest="")
    open_email(page, "You’re on the waitlist")
    page.goto(link_in_the_email(page, "/events/waitlist/"))
    expect(page.get_by_role("status")).to_contain_text("You’re next")

    page.get_by_label("Fewest you’d take").fill("2")
    page.get_by_role("button", name="Save").click()

    expect(page.locator("main")).to_contain_text("You asked for 4 seats and would take 2")
