"""A guest returns one of two tickets, from the order's page to the e-mail, with no help."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from events.models import Event
from orders.models import Order
from tests.browser.evening import make_soiree
from tests.browser.journeys.test_waitlist_offer import open_email
from tests.events.selling import sell
from tests.factories import NOON

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order(clock):
    """Two seats, paid at the pretend gateway, at a Soirée that takes them back for a week."""
    event = make_soiree()
    Event.objects.filter(pk=event.pk).update(refunds_until=NOON + timedelta(days=7))
    order = sell(event, (event.ticket_types.get(), 2))
    order.payments.create(
        method="pretend",
        state="paid",
        amount_cents=19000,
        session_id="pretend_journey",
        intent_id="pretend_journey",
        opened_at=NOON,
        paid_at=NOON,
    )
    return Order.objects.get(pk=order.pk)


def test_a_guest_returns_one_of_two_tickets(page, order):
    page.goto(order.get_absolute_url())
    page.get_by_role("link", name="Return tickets").click()
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Continue").click()

    expect(page.get_by_role("note")).to_contain_text("We’ll refund $95")
    page.get_by_role("button", name="Return for $95").click()

    expect(page.locator("main")).to_contain_text("$95")
    assert order.lines.get().tickets.filter(canceled_at=None).count() == 1
    page.goto(f"{order.get_absolute_url()}receipt/")
    expect(page.locator("main")).to_contain_text("$95")
    open_email(page, "$95")


def test_after_the_instant_nothing_can_be_returned(page, order):
    Event.objects.update(refunds_until=NOON - timedelta(hours=1))

    page.goto(f"{order.get_absolute_url()}give-back/")

    expect(page.get_by_role("status")).to_contain_text("Nothing can be returned here")
