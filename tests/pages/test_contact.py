"""Contact messages are never lost, and one message however often they are sent."""

from datetime import timedelta

import pytest
from django.test import Client
from post_office.models import STATUS, Email

from nsca.lib.mail import mail
from pages.forms import new_ticket
from pages.models import Message, SiteSettings
from tests.factories import NOON
from tests.pages.factories import contact_form

pytestmark = pytest.mark.django_db


def test_a_message_is_saved_and_two_e_mails_are_queued(client, at_noon):
    SiteSettings.objects.update_or_create(pk=1, defaults={"staff_email": "office@nsca.example"})

    response = client.post("/contact/", contact_form())

    message = Message.objects.get()
    assert (response.status_code, response.headers["Location"]) == (302, "/contact/thanks/")
    assert (message.name, message.text) == (
        "Ada Ellery",
        "We have a room for a student from Toulon.",
    )
    assert message.received_at == NOON
    staff, sender = Email.objects.order_by("pk")
    assert (staff.to, staff.subject) == (
        ["office@nsca.example"],
        "Message from Ada Ellery: A spare room",
    )
    assert staff.headers["Reply-To"] == "ada@ellery.example"
    assert "We have a room" in staff.message
    assert (sender.to, sender.subject) == (["ada@ellery.example"], "We received your message")
    assert {staff.status, sender.status} == {STATUS.queued}


def test_the_confirmation_contains_none_of_the_senders_text(client, at_noon):
    client.post(
        "/contact/", contact_form(name="Buy now", about="cheap.example", text="cheap.example")
    )

    email = Email.objects.get(subject="We received your message")
    assert "cheap" not in email.message + email.html_message
    assert "Buy now" not in email.message + email.html_message


def test_a_message_stays_when_no_e_mail_can_be_made(client, at_noon, monkeypatch):
    def fails(*args, **kwargs):
        raise OSError("the outbox is full")

    monkeypatch.setattr(mail.outbox, "send", fails)

    response = client.post("/contact/", contact_form())

    assert response.headers["Location"] == "/contact/thanks/"
    assert Message.objects.get().text == "We have a room for a student from Toulon."


def test_a_double_click_is_one_message_and_two_e_mails(client, at_noon):
    for _click in range(2):
        response = client.post("/contact/", contact_form())

    assert response.headers["Location"] == "/contact/thanks/"
    assert (Message.objects.count(), Email.objects.count()) == (1, 2)


def test_other_text_from_the_same_form_is_another_message(client, at_noon):
    client.post("/contact/", contact_form(text="First thought."))
    client.post("/contact/", contact_form(text="Second thought."))

    assert set(Message.objects.values_list("text", flat=True)) == {
        "First thought.",
        "Second thought.",
    }


@pytest.mark.parametrize(
    "change",
    [
        {"website": "https://spam.example"},
        {"ticket": new_ticket(at=NOON - timedelta(seconds=1))},
        {"ticket": "forged"},
        {"ticket": ""},
    ],
    ids=["fell into the well", "too quick", "forged ticket", "no ticket"],
)
def test_a_suspected_bot_is_asked_again_and_loses_nothing(client, at_noon, change):
    refused = client.post("/contact/", contact_form(**change))

    form = refused.context["form"]
    again = {name: form[name].value() or "" for name in form.fields}
    assert refused.status_code == 422
    assert not Message.objects.exists()
    assert again["text"] == "We have a room for a student from Toulon."

    accepted = client.post("/contact/", again)

    assert accepted.headers["Location"] == "/contact/thanks/"
    assert Message.objects.get().text == "We have a room for a student from Toulon."


@pytest.mark.parametrize(
    "change, words",
    [
        ({"name": ""}, "Enter your name."),
        ({"email": "ada"}, "Enter an e-mail address like ada@example.org."),
        ({"text": " "}, "Enter your message."),
        ({"text": "x" * 5001}, "Ensure this value has at most 5000 characters (it has 5001)."),
    ],
)
def test_an_error_is_shown_at_its_field_and_the_rest_is_kept(client, at_noon, change, words):
    response = client.post("/contact/", contact_form(**change))

    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert 'value="A spare room"' in page
    assert not Message.objects.exists()


def test_the_sixth_message_in_an_hour_waits_in_its_form(client, at_noon):
    for number in range(5):
        client.post("/contact/", contact_form(text=f"Message {number}"))

    response = client.post("/contact/", contact_form(text="Message 6, long and dear to me"))

    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 3600
    assert "Message 6, long and dear to me" in response.content.decode()
    assert Message.objects.count() == 5


def test_a_form_on_another_site_cannot_send_messages(client, at_noon):
    response = client.post("/contact/", contact_form(), headers={"Sec-Fetch-Site": "cross-site"})

    assert response.status_code == 403
    assert not Message.objects.exists()


def test_the_form_works_without_any_cookie(at_noon):
    visitor = Client(enforce_csrf_checks=True)

    response = visitor.post("/contact/", contact_form())

    assert response.status_code == 302
    assert not response.cookies
    assert Message.objects.count() == 1


def test_a_name_with_line_breaks_cannot_write_headers(client, at_noon):
    client.post(
        "/contact/",
        contact_form(name="Ada\r\nBcc: all@example.org", about="x\r\nBcc: b@example.org"),
    )

    staff = Email.objects.order_by("pk").first()
    assert staff.subject == "Message from Ada Bcc: all@example.org: x Bcc: b@example.org"
    assert staff.bcc == []
    assert "\nBcc:" not in str(staff.prepare_email_message().message()).partition("\n\n")[0]


def test_a_link_may_fill_in_the_topic(client, at_noon):
    response = client.get("/contact/", {"about": 'Toulon"><b>'})

    assert 'value="Toulon&quot;&gt;&lt;b&gt;"' in response.content.decode()
