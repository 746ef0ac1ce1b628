"""Nobody has us write to strangers for nothing, and no name carries an address to them."""

import pytest
import time_machine
from django.core.cache import cache
from post_office.models import Email

from events.models import Event, Ticket, WaitlistEntry
from events.sales import unasked
from events.sales.fields import NameField
from nsca.lib.secrets.codes import link_token
from nsca.lib.web.throttle import TooOften
from orders.models import Order
from tests.events.sales.test_buying import filled, text_of
from tests.events.selling import sell
from tests.factories import NOON, make_event, make_ticket_type

pytestmark = pytest.mark.django_db
NETWORK = "192.0.2.1"


@pytest.fixture(autouse=True)
def noon():
    cache.clear()
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def event():
    return make_event(slug="tea", choices_close_at=NOON.replace(day=NOON.day + 1))


@pytest.fixture
def free(event):
    return make_ticket_type(event, price_cents=0)


def reserve(client, event, kind, **fields):
    data = filled((kind, "1"), **{"submission_key": link_token()} | fields)
    return client.post(f"/events/{event.slug}/tickets/", data)


# --- Names -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    ["Win https://evil.example now", "www.evil.example", "evil.com/prize", "ftp://x"],
)
def test_a_name_is_no_address_of_a_page(client, event, free, typed):
    response = reserve(client, event, free, g1_name=typed, g1_email="stranger@x.example")

    assert "Enter a name here, without a web address." in text_of(response)
    assert not Order.objects.exists()
    assert not Email.objects.exists()


@pytest.mark.parametrize(
    "typed, kept",
    [
        ("J.R. Smith-O’Neil", "J.R. Smith-O’Neil"),
        ("Dr. Ada  Ellery\r\nBcc: all@x.example", "Dr. Ada Ellery Bcc: all@x.example"),
        ("Ada\u202eyrellE", "Ada yrellE"),
        ("محمد بن سلمان", "محمد بن سلمان"),
    ],
)
def test_a_name_stays_a_name_on_one_line(typed, kept):
    assert NameField().clean(typed) == kept


# --- E-mails -----------------------------------------------------------------------------------


def test_a_mailbox_gets_so_many_emails_of_free_seats_a_day(client, event, free, monkeypatch):
    monkeypatch.setattr(unasked, "MAILS_A_MAILBOX", 2)
    for buyer in ("ada@ellery.example", "ben@okoro.example"):
        reserve(client, event, free, email=buyer, g1_email="stranger@x.example")

    refused = reserve(client, event, free, email="cy@x.example", g1_email="Stranger@x.example")

    assert refused.status_code == 429
    assert "Too many orders or e-mails. Please wait 8 hours." in text_of(refused)
    assert Order.objects.count() == 2


def test_the_buyers_own_mailbox_counts_too(client, event, free, monkeypatch):
    monkeypatch.setattr(unasked, "MAILS_A_MAILBOX", 1)
    reserve(client, event, free)

    assert reserve(client, event, free).status_code == 429


def test_a_network_asks_for_so_many_emails_a_day(client, event, free, monkeypatch):
    monkeypatch.setattr(unasked, "MAILS_A_NETWORK", 3)
    reserve(client, event, free, g1_email="one@x.example")

    refused = reserve(client, event, free, email="ben@okoro.example", g1_email="two@x.example")

    assert refused.status_code == 429
    assert Order.objects.count() == 1


def test_who_pays_is_not_counted(client, event, monkeypatch):
    monkeypatch.setattr(unasked, "MAILS_A_MAILBOX", 0)
    seat = make_ticket_type(event, price_cents=9500)

    response = reserve(client, event, seat, g1_email="stranger@x.example")

    assert response.status_code == 302
    assert Order.objects.get().total_cents == 9500


@pytest.mark.parametrize("cents, is_sent", [(0, False), (9500, True)])
def test_later_on_the_page_of_the_guests_a_free_order_is_counted_too(
    client, event, monkeypatch, cents, is_sent
):
    monkeypatch.setattr(unasked, "MAILS_A_MAILBOX", 0)
    order = sell(event, (make_ticket_type(event, price_cents=cents), 1))
    ticket = Ticket.objects.get()
    Email.objects.all().delete()
    fields = {f"t{ticket.pk}_name": "Cy", f"t{ticket.pk}_email": "stranger@x.example"}

    client.post(f"/tickets/guests/{order.token}/", fields)

    assert Ticket.objects.get().guest_email == ("stranger@x.example" if is_sent else "")
    assert Email.objects.filter(to__contains="stranger").exists() is is_sent


def test_a_mailbox_is_put_on_the_waitlist_so_often_a_day(client, monkeypatch):
    monkeypatch.setattr(unasked, "MAILS_A_MAILBOX", 1)
    full = [make_event(slug=slug, capacity=0) for slug in ("tea", "coffee")]
    for event in full:
        make_ticket_type(event)
    data = {"name": "Ada", "email": "stranger@x.example", "party": "1"}

    for event in full:
        response = client.post(f"/events/{event.slug}/waitlist/", data)

    assert response.status_code == 429
    assert [entry.event for entry in WaitlistEntry.objects.all()] == [
        Event.objects.get(slug="tea")
    ]


def test_no_address_stands_in_what_is_counted(monkeypatch):
    keys = []
    monkeypatch.setattr(unasked, "spend", lambda scope, who, **_: keys.append(who))

    unasked.spend_mails(["ada@ellery.example"], network=NETWORK, at=NOON)

    assert keys[0] == NETWORK
    assert "ada" not in keys[1]


@pytest.mark.parametrize(
    "seconds, words",
    [(1, "1 second"), (90, "90 seconds"), (121, "3 minutes"), (7201, "3 hours")],
)
def test_how_long_to_wait_is_said_in_words(seconds, words):
    assert str(TooOften(seconds)) == f"Please wait {words}."
