"""The newsletter list: only owners sign up, nobody learns who is on it, one click leaves it."""

from datetime import timedelta

import pytest
from django.test import Client
from post_office.models import Email

from nsca.ops.logs import masked
from pages.models import Subscriber
from pages.newsletter import subscribing
from tests.factories import NOON
from tests.pages.factories import newsletter_form

pytestmark = pytest.mark.django_db
ADA = "ada@ellery.example"


def make_subscriber(email=ADA, **fields):
    fields.setdefault("asked_at", NOON)
    return Subscriber.objects.create(email=email, **fields)


def confirm_address(subscriber):
    return f"/newsletter/confirm/{subscriber.token}/"


def leave_address(subscriber):
    return f"/newsletter/leave/{subscriber.token}/"


def test_signing_up_sends_an_e_mail_and_subscribes_nobody(client, at_noon):
    response = client.post("/newsletter/", newsletter_form(email="Ada@Ellery.example"))

    subscriber = Subscriber.objects.get()
    email = Email.objects.get()
    assert response.headers["Location"] == "/newsletter/asked/"
    assert (subscriber.email, subscriber.is_subscribed) == (ADA, False)
    assert email.to == [ADA]
    assert f"http://testserver{confirm_address(subscriber)}" in email.message
    assert email.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert email.headers["List-Unsubscribe"] == f"<http://testserver{leave_address(subscriber)}>"


def test_only_the_button_behind_the_link_subscribes(client, at_noon):
    subscriber = make_subscriber()

    opened = client.get(confirm_address(subscriber))
    subscriber.refresh_from_db()
    was_subscribed_by_opening = subscriber.is_subscribed
    client.post(confirm_address(subscriber))
    subscriber.refresh_from_db()

    assert opened.status_code == 200
    assert not was_subscribed_by_opening
    assert subscriber.confirmed_at == NOON


def test_confirming_twice_is_fine(client, at_noon):
    subscriber = make_subscriber()

    for _press in range(2):
        client.post(confirm_address(subscriber))

    assert Email.objects.filter(subject="You’re on the newsletter list").count() == 1


@pytest.mark.parametrize(
    "age, status",
    [
        (subscribing.ANSWER_WITHIN - timedelta(seconds=1), 200),
        (subscribing.ANSWER_WITHIN, 410),
        (subscribing.ANSWER_WITHIN + timedelta(seconds=1), 410),
    ],
)
def test_a_link_works_for_two_weeks(client, at_noon, age, status):
    subscriber = make_subscriber(asked_at=NOON - age)

    response = client.post(confirm_address(subscriber))

    subscriber.refresh_from_db()
    assert response.status_code == status
    assert subscriber.is_subscribed is (status == 200)


@pytest.mark.parametrize(
    "fields", [None, {}, {"confirmed_at": NOON}, {"confirmed_at": NOON, "left_at": NOON}]
)
def test_the_answer_is_the_same_whoever_is_on_the_list(client, at_noon, fields):
    if fields is not None:
        make_subscriber(**fields)

    response = client.post("/newsletter/", newsletter_form())

    assert (response.status_code, response.headers["Location"]) == (302, "/newsletter/asked/")
    assert response.content == b""
    assert Email.objects.count() == 1


def test_a_former_subscriber_needs_a_new_link(client, at_noon):
    subscriber = make_subscriber(confirmed_at=NOON, left_at=NOON)
    old = confirm_address(subscriber)

    client.post("/newsletter/", newsletter_form())

    subscriber.refresh_from_db()
    assert client.post(old).status_code == 404
    assert client.post(confirm_address(subscriber)).status_code == 200


def test_an_old_link_does_not_bring_a_former_subscriber_back(client, at_noon):
    subscriber = make_subscriber(confirmed_at=NOON, left_at=NOON)

    response = client.post(confirm_address(subscriber))

    subscriber.refresh_from_db()
    assert response.status_code == 410
    assert not subscriber.is_subscribed


def test_opening_the_leave_link_takes_nobody_off(client, at_noon):
    subscriber = make_subscriber(confirmed_at=NOON)

    client.get(leave_address(subscriber))

    subscriber.refresh_from_db()
    assert subscriber.is_subscribed


def test_one_click_in_the_mail_program_takes_you_off(at_noon):
    subscriber = make_subscriber(confirmed_at=NOON)
    mail_program = Client(enforce_csrf_checks=True)

    response = mail_program.post(
        leave_address(subscriber),
        {"List-Unsubscribe": "One-Click"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    subscriber.refresh_from_db()
    assert response.status_code == 200
    assert subscriber.left_at == NOON


def test_nobody_can_flood_a_mailbox(client, at_noon):
    for number in range(5):
        client.post("/newsletter/", newsletter_form(), REMOTE_ADDR=f"192.0.2.{number}")

    assert Email.objects.count() == 3


def test_the_sixth_address_from_one_connection_in_an_hour_waits(client, at_noon):
    for number in range(5):
        client.post("/newsletter/", newsletter_form(email=f"guest{number}@example.org"))

    response = client.post("/newsletter/", newsletter_form(email="guest6@example.org"))

    assert response.status_code == 429
    assert "guest6@example.org" in response.content.decode()
    assert Email.objects.count() == 5


def test_an_unknown_link_is_not_found(client, at_noon):
    assert client.get("/newsletter/confirm/no-such-link/").status_code == 404


def test_pages_behind_a_link_are_not_cached_and_do_not_leak_it(client, at_noon):
    response = client.get(confirm_address(make_subscriber()))

    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("act", ["confirm", "leave"])
def test_no_log_line_contains_a_subscribers_link(act):
    line = masked(f"Gone: /newsletter/{act}/k0UnJbC9a97VtkgWKn0JbC9a97Vtkg12/")

    assert line == f"Gone: /newsletter/{act}/…/"
