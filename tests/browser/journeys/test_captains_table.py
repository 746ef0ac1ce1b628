"""A captain's table, from the request to the last seat, filled by three friends."""

import re

import pytest
from playwright.sync_api import expect

from events.models import Table
from orders.models import Order
from tests.browser.evening import make_soiree
from tests.events.captains import UNTIL

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def soiree(clock):
    return make_soiree(tables_until=UNTIL)


def link_in_the_mail(page, subject):
    """The address behind the button of the newest e-mail with this subject."""
    mailbox = page.context.new_page()
    mailbox.goto("/demo/mail/")
    mailbox.get_by_role("link", name=subject).first.click()
    words = mailbox.locator("body").inner_text() + mailbox.content()
    mailbox.close()
    return re.search(r"/events/soiree/tables/[\w-]{16,}/", words)[0]


def take_a_seat(page, address, name):
    page.goto(address)
    expect(page.get_by_text("The Granby Street Three").first).to_be_visible()
    page.get_by_label("Seat at the long table").fill("1")
    page.get_by_label("Name of guest 1").fill(name)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("E-mail address").fill(f"{name.split()[0].lower()}@friend.example")
    page.get_by_label("I agree to the refund terms").check()
    page.get_by_role("button", name="Pay").click()
    page.get_by_role("button", name="Pay").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Pretend payment")


def test_a_captain_opens_a_table_and_three_friends_fill_it(open_page, soiree):
    captain = open_page(viewport={"width": 1280, "height": 900})
    captain.goto("/events/soiree/")
    captain.get_by_role("link", name="Open a table").first.click()
    captain.get_by_label("Your name").fill("Cy Captain")
    captain.get_by_label("E-mail address").fill("cy@captain.example")
    captain.get_by_label("Name of the table").fill("The Granby Street Three")
    captain.get_by_label("Seats, including yours").fill("3")
    captain.get_by_role("button", name="E-mail me the link").click()
    expect(captain.get_by_role("heading", level=1)).to_have_text("Check your e-mail")

    captain.goto(link_in_the_mail(captain, "Confirm your table"))
    captain.get_by_role("button", name="Hold these seats").click()
    expect(captain.get_by_text("3 seats held for your friends")).to_be_visible()
    friends_link = captain.get_by_label("The friends’ link").input_value()

    for name in ("Cy Captain", "Ben Okoro", "Di Doe"):
        take_a_seat(open_page(viewport={"width": 360, "height": 740}), friends_link, name)

    captain.reload()
    expect(captain.get_by_text("Your table is full")).to_be_visible()
    for name in ("Cy Captain", "Ben Okoro", "Di Doe"):
        expect(captain.get_by_role("heading", name=name)).to_be_visible()
    table = Table.objects.get()
    assert table.tickets.filter(line__order__state=Order.State.PAID).count() == 3

    late = open_page()
    late.goto(friends_link)
    expect(late.get_by_text("Cy Captain’s table has no seats left")).to_be_visible()
