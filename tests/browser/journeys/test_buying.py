"""Buying seats, from the event's page to the ticket in the hand."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from membership.models import Tier
from nsca.lib.web.caching import content_changed
from orders.checkout.placing import HOLD
from orders.models import Order
from tests.browser.evening import T_IN_WORDS, make_member, make_soiree
from tests.factories import NOON

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def soiree(clock):
    return make_soiree()


def fill_in(page, *, seats=1):
    """The form of the tickets page, up to the button that pays."""
    page.goto("/events/soiree/tickets/")
    page.get_by_label("Seat at the long table").fill(str(seats))
    page.get_by_label("Your name").fill("Ada Ellery")
    page.get_by_label("E-mail address").fill("ada@ellery.example")
    page.get_by_label("I agree to the refund terms").check()


def go_to_the_till(page, **choices):
    fill_in(page, **choices)
    page.get_by_role("button", name="Pay").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pretend payment")


def test_a_guest_buys_two_seats_and_holds_two_tickets_that_say_when_the_venue_is_revealed(
    page, soiree
):
    page.goto("/events/soiree/")
    page.get_by_role("link", name="Buy tickets").click()
    page.get_by_label("Seat at the long table").fill("2")
    expect(page.locator(".total [data-sum=total]")).to_have_text("$190")
    page.get_by_label("Name of guest 1").fill("Ada Ellery")
    page.get_by_label("Supper of guest 1").select_option("Salmon box")
    page.get_by_label("Name of guest 2").fill("Ben Okoro")
    page.get_by_label("Supper of guest 2").select_option("Garden box")
    page.get_by_label("Your name").fill("Ada Ellery")
    page.get_by_label("E-mail address").fill("ada@ellery.example")
    page.get_by_label("I agree to the refund terms").check()
    page.get_by_role("button", name="Pay $190").click()
    page.get_by_role("button", name="Pay $190").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Paid. See you there.")
    expect(page.get_by_role("status")).to_contain_text("ada@ellery.example")
    page.get_by_role("link", name="View receipt").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Receipt")
    expect(page.locator(".total")).to_contain_text("$190")
    page.go_back()
    page.get_by_role("link", name="Ben Okoro", exact=True).click()
    expect(page.get_by_role("img", name="Code of ticket")).to_be_visible()
    expect(page.locator("article.ticket")).to_contain_text("Ben Okoro")
    expect(page.locator("article.ticket")).to_contain_text("Garden box")
    expect(page.locator("reveal-countdown")).to_contain_text(T_IN_WORDS)


def test_a_declined_card_keeps_the_seats_and_may_be_tried_again(page, soiree):
    go_to_the_till(page)

    page.get_by_role("button", name="Decline").click()

    expect(page.get_by_role("alert")).to_contain_text("we’re still holding your order")
    page.get_by_role("button", name="Pay $95").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Paid. See you there.")


def test_who_leaves_the_gateway_finds_the_order_unpaid_and_may_come_back_to_it(page, soiree):
    go_to_the_till(page)

    page.get_by_role("button", name="Leave").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Not paid yet")
    page.get_by_role("button", name="Pay $95 now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pretend payment")


def test_a_second_click_on_pay_leads_to_the_same_order(page, soiree):
    fill_in(page, seats=2)

    page.get_by_role("button", name="Pay").dblclick()

    expect(page.get_by_role("heading", level=1)).to_have_text("Pretend payment")
    assert Order.objects.count() == 1


def test_when_the_hold_ends_the_order_says_that_the_seats_went_back(page, soiree, clock):
    go_to_the_till(page)

    clock.move_to(NOON + HOLD + timedelta(minutes=1))
    page.get_by_role("button", name="Pay $95").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Your hold expired")
    expect(page.get_by_role("status")).to_contain_text("we released your seats")
    page.get_by_role("link", name="See what's available").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your seats")


def test_a_refused_form_says_why_beside_the_field_and_keeps_what_was_typed(page, soiree):
    fill_in(page, seats=9)

    page.get_by_role("button", name="Pay").click()

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("The limit is 8 per order.")
    expect(page.get_by_label("Seat at the long table")).to_have_value("9")
    expect(page.get_by_label("Your name")).to_have_value("Ada Ellery")


def test_a_member_who_signs_in_by_the_code_from_the_mail_pays_the_member_price(
    page, soiree, sign_in
):
    member = make_member()

    sign_in(page, member.email)
    page.goto("/events/soiree/tickets/")
    page.get_by_label("Seat at the long table").fill("2")
    page.get_by_label("I agree to the refund terms").check()
    page.get_by_role("button", name="Pay $180").click()
    page.get_by_role("button", name="Pay $180").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Paid. See you there.")
    expect(page.locator(".total")).to_contain_text("$180")


def test_who_joins_and_saves_sees_the_sum_of_the_gateway_with_its_lines(page, soiree):
    kind = soiree.ticket_types.get()
    kind.price_cents, kind.member_price_cents = 6_500, 5_500
    kind.save()
    Tier.objects.update_or_create(
        slug="individual", defaults={"name": "Individual", "dues_cents": 4_000}
    )
    content_changed()
    page.goto("/events/soiree/tickets/")
    page.get_by_role("radio", name="$40 a year").check()

    expect(page.locator(".total td")).to_have_text("$95")
    expect(page.locator(".sum")).to_contain_text("member price")
    expect(page.locator("output[data-part=said]")).to_have_text("Total: $95")
    page.get_by_label("Your name").fill("Ada Ellery")
    page.get_by_label("E-mail address").fill("ada@ellery.example")
    page.get_by_label("I agree to the refund terms").check()
    page.get_by_role("button", name="Pay $95").click()
    expect(page.get_by_role("button", name="Pay $95")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pretend payment")


def test_where_the_server_does_not_answer_the_page_says_that_its_sum_is_old(page, soiree):
    page.goto("/events/soiree/tickets/")
    page.route("**/tickets/sum/", lambda route: route.fulfill(status=429, body="Too many."))
    page.get_by_label("Seat at the long table").fill("2")

    expect(page.get_by_text("This total is out of date.")).to_be_visible()
    expect(page.locator(".total td")).to_have_text("$95")
    page.unroute("**/tickets/sum/")
    page.get_by_label("Seat at the long table").fill("3")
    expect(page.locator(".total td")).to_have_text("$285")
    expect(page.get_by_text("This total is out of date.")).to_be_hidden()
    expect(page.get_by_label("Name of guest 3")).to_be_visible()
    expect(page.get_by_label("Name of guest 4")).to_be_hidden()
