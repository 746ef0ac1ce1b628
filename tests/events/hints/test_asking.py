"""Holders ask for e-mails about hints on their ticket, and end them by the link in one."""

from datetime import timedelta

import pytest
from django.test import Client

from events import reveal
from events.hints import mail as hint_mail_queue
from events.hints import opt_ins
from events.models import OptIn
from events.tickets import transfers
from tests.events.reveal_kit import DAY, TICK, T
from tests.factories import make_event, make_hint, make_order, make_ticket

pytestmark = pytest.mark.django_db
TURNED = T - timedelta(days=10)
ASKED = TURNED - DAY
Kind = OptIn.Kind


@pytest.fixture
def hint(soiree):
    return make_hint(soiree, opens_at=TURNED, audience="holders")


@pytest.fixture
def asking(ticket):
    """Ada has asked for e-mails, the day before the card is turned."""
    opt_ins.ask(ticket, Kind.HINTS, at=ASKED)
    return ticket


def another(event, email, **fields):
    return make_ticket(
        event, order=make_order(state="paid", lines=(), buyer_email=email), **fields
    )


# --- Asking, on the ticket's page --------------------------------------------------------------


@pytest.fixture
def page(client, ticket, travel):
    def at(instant):
        travel(instant)
        return client.get(ticket.get_absolute_url()).content.decode()

    return at


def post(client, ticket, **data):
    return client.post(f"/tickets/{ticket.token}/e-mails/", data)


def test_a_holder_asks_and_takes_it_back_on_the_ticket(hint, client, ticket, page):
    assert "E-mail me new hints" in page(ASKED)

    response = post(client, ticket, kind="hints", act="ask")
    assert (response.status_code, response.url) == (302, ticket.get_absolute_url())
    assert "We’ll e-mail you each new hint." in page(ASKED)
    assert OptIn.objects.filter(left_at=None).count() == 1

    post(client, ticket, kind="hints", act="leave")
    assert "E-mail me new hints" in page(ASKED)
    assert OptIn.objects.filter(left_at=None).count() == 0


def test_asking_twice_is_asking_once(ticket):
    opt_ins.ask(ticket, Kind.HINTS, at=ASKED)
    opt_ins.ask(ticket, Kind.HINTS, at=TURNED)

    assert OptIn.objects.get().asked_at == ASKED


def test_where_no_card_is_left_to_turn_nothing_is_asked(soiree, page):
    make_hint(soiree, opens_at=ASKED - DAY)

    assert "New hints by e-mail?" not in page(ASKED)


def test_once_the_envelope_is_open_nothing_is_asked(hint, page):
    assert "New hints by e-mail?" not in page(T)


@pytest.mark.parametrize("data", [{}, {"kind": "everything", "act": "ask"}])
def test_a_made_up_choice_is_none(hint, client, ticket, travel, data):
    travel(ASKED)

    assert post(client, ticket, **data).status_code == 302
    assert OptIn.objects.count() == 0


def test_a_ticket_without_an_address_is_not_asked(hint, soiree, client, travel):
    ticket = another(soiree, "")
    travel(ASKED)

    html = client.get(ticket.get_absolute_url()).content.decode()
    post(client, ticket, kind="hints", act="ask")

    assert "New hints by e-mail?" not in html
    assert OptIn.objects.count() == 0


def test_another_site_cannot_ask_for_it(hint, ticket, travel):
    travel(ASKED)
    response = Client(enforce_csrf_checks=True).post(
        f"/tickets/{ticket.token}/e-mails/",
        {"kind": "hints", "act": "ask"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert response.status_code == 403
    assert OptIn.objects.count() == 0


def test_an_unpaid_ticket_asks_for_nothing(hint, soiree, client, travel):
    unpaid = make_ticket(soiree, state="held")
    travel(ASKED)

    post(client, unpaid, kind="hints", act="ask")

    assert OptIn.objects.count() == 0


# --- Leaving, by the link in the e-mail --------------------------------------------------------


def leave_address():
    return f"/tickets/hints/{OptIn.objects.first().token}/"


def test_looking_at_the_link_takes_nobody_off_the_list(hint, asking, client, travel):
    travel(TURNED)

    html = client.get(leave_address()).content.decode()

    assert "Stop hint e-mails?" in html
    assert OptIn.objects.get().left_at is None


def test_the_button_does(hint, asking, client, travel, emails):
    travel(TURNED - TICK)

    html = client.post(leave_address()).content.decode()

    assert "No more hint e-mails." in html
    assert hint_mail_queue.tick(TURNED) == 0


def test_the_mail_program_s_one_click_does_from_anywhere(hint, asking, travel):
    travel(TURNED)
    response = Client(enforce_csrf_checks=True).post(
        leave_address(),
        {"List-Unsubscribe": "One-Click"},
        headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://mail.example"},
    )

    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    assert response.cookies == {}
    assert OptIn.objects.get().left_at == TURNED


def test_one_click_ends_it_for_every_ticket_in_that_mailbox_and_no_other(
    hint, soiree, asking, client, travel
):
    second, stranger = another(soiree, "ADA@ellery.example"), another(soiree, "ben@x.example")
    elsewhere = make_ticket(make_event(starts_at=T + DAY, lead=DAY, slug="elsewhere"))
    for ticket in (second, stranger, elsewhere):
        opt_ins.ask(ticket, Kind.HINTS, at=ASKED)
    travel(TURNED)

    client.post(leave_address())

    still = OptIn.objects.filter(left_at=None).values_list("ticket", flat=True)
    assert set(still) == {stranger.pk, elsewhere.pk}


def test_an_old_email_ends_nothing_for_whoever_was_given_the_ticket(asking, client, travel):
    """The link dies with the ticket's: who gave it on has no say in the new holder's e-mails."""
    old_link = leave_address()
    given = transfers.offer(asking, to_email="ben@okoro.example", at=ASKED)
    opt_ins.ask(transfers.accept(given, name="Ben", at=ASKED), Kind.HINTS, at=ASKED)
    travel(TURNED - TICK)

    assert client.post(old_link).status_code == 200
    assert OptIn.objects.get(transfer_count=1).left_at is None
    assert OptIn.objects.get(transfer_count=0).left_at == TURNED - TICK


@pytest.mark.parametrize("token", ["nobody", "x" * 64])
def test_a_made_up_link_is_nobody_s(client, db, token):
    assert client.get(f"/tickets/hints/{token}/").status_code == 404


def test_the_list_of_next_year_has_no_such_link(ticket, client):
    opt_ins.ask(ticket, Kind.FIRST_ACCESS, at=ASKED)

    assert client.post(leave_address()).status_code == 404
    assert OptIn.objects.get().left_at is None


def test_the_email_with_the_venue_comes_all_the_same(hint, soiree, asking, emails):
    opt_ins.leave(asking, Kind.HINTS, at=ASKED)

    assert reveal.publish_due(at=T) == 1
