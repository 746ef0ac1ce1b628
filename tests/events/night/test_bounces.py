"""An e-mail that a mail provider returns counts as not told, and its holder is called."""

import os
import runpy
import subprocess
import sys
from datetime import timedelta

import pytest
from anymail.signals import AnymailTrackingEvent, tracking

from events import reveal
from events.models import Event, RevealMail, Ticket
from events.night.calls import Why, call_list
from events.reveal import mails_owed, sender
from nsca import urls
from orders.models import Task
from tests.events.reveal_kit import T
from tests.factories import make_order, make_ticket

pytestmark = pytest.mark.django_db
LATER = T + timedelta(minutes=3)


@pytest.fixture
def revealed(soiree, emails):
    """Ada with two tickets, and Cy, told by mail at T; Ada's first row."""
    order = make_order(state="paid", lines=())
    for _ in range(2):
        make_ticket(soiree, order=order)
    make_ticket(soiree, guest_email="cy@norfolk.example", guest_name="Cy")
    reveal.publish_due(at=T)
    while sender.send_due(at=T):
        pass
    return RevealMail.objects.order_by("pk").first()


def reported(kind, number):
    """What a provider says of an e-mail, by way of anymail."""
    event = AnymailTrackingEvent(
        event_type=kind, metadata={"reveal": number} if number else {}, timestamp=LATER,
        recipient="ada@ellery.example",
    )  # fmt: skip
    tracking.send(sender=object(), event=event, esp_name="Any")


def states():
    return list(RevealMail.objects.order_by("pk").values_list("state", flat=True))


@pytest.mark.parametrize("kind", ["bounced", "rejected", "failed"])
def test_what_comes_back_puts_all_that_the_email_told_on_the_call_list(revealed, kind):
    reported(kind, revealed.message_id)

    assert states() == ["bounced", "bounced", "sent"]
    [entry] = call_list(Event.objects.get(), at=LATER).pressing
    assert (entry.why, len(entry.tickets)) == (Why.BOUNCED, 2)
    assert "holders of 2 tickets" in Task.objects.get().text


@pytest.mark.parametrize("kind", ["queued", "sent", "delivered", "deferred", "opened"])
def test_what_is_still_on_its_way_or_arrived_changes_nothing(revealed, kind):
    reported(kind, revealed.message_id)

    assert states() == ["sent", "sent", "sent"]


@pytest.mark.parametrize("number", ["", "<reveal.of-somebody-else@x.example>"])
def test_an_email_that_is_none_of_ours_changes_nothing(revealed, number):
    reported("bounced", number)

    assert (states(), Task.objects.count()) == (["sent", "sent", "sent"], 0)


@pytest.mark.parametrize(
    "change",
    [
        {
            "transfer_count": 1,
            "given_on_at": LATER,
            "guest_email": "ben@okoro.example",
            "guest_name": "Ben",
        },
        {"canceled_at": LATER},
    ],
)
def test_whoever_holds_the_ticket_no_more_is_not_counted_among_the_untold(revealed, change):
    Ticket.objects.filter(line__order=revealed.ticket.line.order).update(**change)

    reported("bounced", revealed.message_id)

    assert Task.objects.count() == 0


def test_reported_twice_it_is_counted_once(revealed):
    reported("bounced", revealed.message_id)
    mails_owed.send_again(RevealMail.objects.filter(state="bounced"))

    reported("bounced", revealed.message_id)

    assert states() == ["queued", "queued", "sent"]


def test_the_email_carries_the_number_that_comes_back(revealed, emails):
    assert [email.metadata for email in emails] == [
        {"reveal": revealed.message_id},
        {"reveal": RevealMail.objects.order_by("pk").last().message_id},
    ]


@pytest.mark.parametrize("keys, is_there", [({}, False), ({"WEBHOOK_SECRET": "a:b"}, True)])
def test_where_no_secret_is_agreed_nobody_can_report_anything(settings, keys, is_there):
    settings.OUTGOING_EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = keys

    routes = [str(each.pattern) for each in runpy.run_path(urls.__file__)["urlpatterns"]]

    assert ("mail/" in routes) is is_there


SITE_WITH_A_PROVIDER = """
import django
django.setup()
import base64, json
from django.test import Client
url = "/mail/postmark/tracking/"
said = json.dumps({"RecordType": "Delivery", "MessageID": "1", "Recipient": "ada@x.example"})
key = {"Authorization": "Basic " + base64.b64encode(b"our:secret").decode()}
for headers in ({}, key):
    print(Client().post(url, said, "application/json", headers=headers).status_code)
"""


def test_only_the_provider_itself_is_believed_and_only_where_there_is_one(client, tmp_path):
    surroundings = {
        "PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "nsca.settings", "DEBUG": "1",
        "SECRET_KEY": "a key for this process only, long enough: 9d2c4b7f1a6e3058",
        "SITE_URL": "http://testserver", "ALLOWED_HOSTS": "testserver", "VAR_DIR": str(tmp_path),
        "EMAIL_URL": "postmark://",
        "ANYMAIL": '{"POSTMARK_SERVER_TOKEN": "x", "WEBHOOK_SECRET": "our:secret"}',
    }  # fmt: skip
    command = [sys.executable, "-c", SITE_WITH_A_PROVIDER]
    revealed = subprocess.run(
        command, env=surroundings, capture_output=True, text=True, check=False
    )

    assert revealed.stdout.split() == ["400", "200"], revealed.stderr
    assert client.post("/mail/postmark/tracking/").status_code == 404
