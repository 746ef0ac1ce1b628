"""Writing to the office, searching with a slip of the finger, and the newsletter's two steps."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from cities.models import City
from nsca.lib.web.caching import content_changed
from pages.models import Message, Subscriber
from tests.factories import NOON, make_city

pytestmark = pytest.mark.django_db(transaction=True)
A_MINUTE_LATER = NOON + timedelta(minutes=1)  # as long as a person takes over a form


def test_a_message_is_kept_and_the_writer_is_thanked(page, clock):
    page.goto("/contact/")
    page.get_by_label("Your name").fill("Ada Ellery")
    page.get_by_label("Your e-mail").fill("ada@ellery.example")
    page.get_by_label("Your message").fill("We have a room for a student from Toulon.")

    clock.move_to(A_MINUTE_LATER)
    page.get_by_role("button", name="Send the message").click()

    page.wait_for_url("**/contact/thanks/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert [message.text for message in Message.objects.all()] == [
        "We have a room for a student from Toulon."
    ]


def test_whoever_writes_faster_than_a_person_is_asked_once_more_and_loses_no_word(page, clock):
    page.goto("/contact/")
    page.get_by_label("Your name").fill("Ada Ellery")
    page.get_by_label("Your e-mail").fill("ada@ellery.example")
    page.get_by_label("Your message").fill("Quickly said.")

    page.get_by_role("button", name="Send the message").click()

    expect(page.get_by_role("alert")).to_contain_text("Please press the button again.")
    page.get_by_role("button", name="Send the message").click()
    page.wait_for_url("**/contact/thanks/")
    assert [message.text for message in Message.objects.all()] == ["Quickly said."]


def test_a_slip_of_the_finger_still_finds_the_city(page, clock):
    make_city("wilhelmshaven", country="Germany", country_code="de", time_zone="Europe/Berlin")
    content_changed()

    page.goto("/search/")
    page.get_by_role("searchbox").fill("wilhelmshafen")
    page.get_by_role("searchbox").press("Enter")
    page.locator(".entries").get_by_role("link", name="Wilhelmshaven").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Wilhelmshaven")
    assert page.url.endswith(City.objects.get().get_absolute_url())


def test_nobody_gets_the_newsletter_before_confirming(page, clock):
    page.goto("/newsletter/")
    page.get_by_label("Your e-mail").fill("ada@ellery.example")
    clock.move_to(A_MINUTE_LATER)
    page.get_by_role("button", name="Sign up").click()
    page.wait_for_url("**/newsletter/asked/")
    page.goto("/demo/mail/")
    page.get_by_role("link", name="newsletter").first.click()
    page.locator("pre").get_by_role("link").first.click()
    subscriber = Subscriber.objects.get()
    assert not subscriber.is_subscribed

    page.get_by_role("button", name="Yes, sign me up").click()

    expect(page.get_by_role("status")).to_contain_text("You’re on the list.")
    subscriber.refresh_from_db()
    assert subscriber.is_subscribed
