"""What a guest may change on a ticket, and what goes out of it: the paper and the mails."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from post_office.models import Email

from events.models import Choice, Event, Ticket
from events.sales.quotes import Guest
from nsca.lib.media import pdf
from orders.checkout import confirmations
from orders.lines.kinds import kind_of
from tests.events.reveal_kit import LONG_BEFORE, STARTS, TICK, T
from tests.events.sales.test_buying import text_of
from tests.events.selling import hold, sell
from tests.events.tickets.test_page import (
    SECRETS,
    called_off,
    disputed,
    expired,
    gone_back,
    paper_of,
    unpaid,
)
from tests.factories import NOON, make_event, make_ticket, make_ticket_type

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_throttles(db):
    cache.clear()


@pytest.fixture
def long_before(travel):
    travel(LONG_BEFORE)


# --- The paper ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["Ada Ellery", "Łukasz Żółć", "Πάρις Ђорђе", "田中さくら", "王小明", "김서연", "Nguyễn Ánh"],
)
def test_names_in_the_scripts_of_our_guests_are_on_the_paper(client, ticket, long_before, name):
    Ticket.objects.update(guest_name=name)

    text, _ = paper_of(client.get(f"/tickets/{ticket.token}/ticket.pdf"))

    assert name in text


def test_a_script_we_cannot_draw_points_to_the_page(client, ticket, long_before):
    Ticket.objects.update(guest_name="שרה")

    text, _ = paper_of(client.get(f"/tickets/{ticket.token}/ticket.pdf"))

    assert "See the ticket’s page" in text


def test_the_paper_says_when_it_is_not_valid(client, ticket, long_before):
    gone_back(ticket)

    text, _ = paper_of(client.get(f"/tickets/{ticket.token}/ticket.pdf"))

    assert "Not valid: canceled." in text


def test_two_papers_of_one_ticket_are_the_same(ticket, client, long_before):
    first = client.get(f"/tickets/{ticket.token}/ticket.pdf").content
    second = client.get(f"/tickets/{ticket.token}/ticket.pdf").content

    assert first == second


def test_drawable_knows_what_it_can_draw():
    assert pdf.drawable("Zoë", "-") == "Zoë"
    assert pdf.drawable("שרה", "-") == "-"
    assert pdf.drawable("", "-") == ""


# --- What a guest may change -------------------------------------------------------------------


@pytest.fixture
def salmon(soiree):
    return Choice.objects.create(event=soiree, label="Salmon", capacity=1)


def change(client, ticket, **fields):
    data = {"name": "Marcus", "needs": "nuts", "choice": "", **fields}
    return client.post(f"/tickets/{ticket.token}/", data)


def test_a_guest_changes_name_supper_and_needs(client, ticket, salmon, travel):
    travel(LONG_BEFORE)

    response = change(client, ticket, choice=salmon.pk)

    ticket.refresh_from_db()
    assert response.url == f"/tickets/{ticket.token}/"
    assert (ticket.guest_name, ticket.needs, ticket.choice) == ("Marcus", "nuts", salmon)


@pytest.mark.parametrize("after, is_changed", [(-TICK, True), (timedelta(0), False)])
def test_changes_end_at_the_caterers_deadline(client, ticket, travel, after, is_changed):
    Event.objects.update(choices_close_at=LONG_BEFORE)
    travel(LONG_BEFORE + after)

    change(client, ticket)

    ticket.refresh_from_db()
    assert (ticket.guest_name == "Marcus") is is_changed


def test_a_supper_that_has_run_out_is_refused_and_the_rest_kept(client, ticket, salmon, travel):
    travel(LONG_BEFORE)
    make_ticket(ticket.event, choice=salmon)

    response = change(client, ticket, choice=salmon.pk)

    ticket.refresh_from_db()
    assert "“Salmon” is sold out." in text_of(response)
    assert 'value="Marcus"' in response.content.decode()
    assert ticket.choice is None


def test_who_has_the_last_salmon_keeps_it(client, ticket, salmon, travel):
    travel(LONG_BEFORE)
    Ticket.objects.update(choice=salmon)

    change(client, ticket, choice=salmon.pk)

    ticket.refresh_from_db()
    assert (ticket.guest_name, ticket.choice) == ("Marcus", salmon)


def test_a_supper_of_another_event_is_refused(client, ticket, salmon, long_before):
    other = Choice.objects.create(event=make_event(), label="Other")

    response = change(client, ticket, choice=other.pk)

    assert "Choose a supper from the list." in text_of(response)


@pytest.mark.parametrize("happened", [unpaid, expired, gone_back, disputed, called_off])
def test_a_ticket_that_is_not_valid_cannot_be_changed(client, ticket, travel, happened):
    happened(ticket)
    travel(LONG_BEFORE)

    change(client, ticket)

    ticket.refresh_from_db()
    assert ticket.guest_name == ""


def test_another_site_cannot_change_a_ticket(client, ticket, long_before):
    response = client.post(
        f"/tickets/{ticket.token}/", {"name": "X"}, headers={"Origin": "https://evil.example"}
    )

    assert response.status_code == 403


# --- The mails ---------------------------------------------------------------------------------


def test_the_buyer_gets_one_mail_with_every_ticket_and_each_guest_their_own():
    event = make_event(starts_at=STARTS, lead=timedelta(hours=24), kind="soiree")
    seat = make_ticket_type(event, member_price_cents=8500)
    guests = [Guest(name="Ada"), Guest(name="Ben", email="ben@okoro.example")]

    order = sell(event, (seat, 2), at=LONG_BEFORE, guests=guests)
    confirmations.write_due(LONG_BEFORE)

    ada, ben = Ticket.objects.all()
    sent = Email.objects.exclude(subject__contains=order.number).order_by("pk")
    mails = {mail.to[0]: mail for mail in sent}
    assert list(mails) == ["Ada Ellery <ada@ellery.example>", "Ben <ben@okoro.example>"]
    to_buyer, to_ben = mails.values()
    assert to_buyer.subject == "Your 2 tickets for Soirée en Blanc, May 20, 2027"
    for body in (to_buyer.message, to_buyer.html_message):
        assert f"/tickets/{ada.token}/" in body
        assert f"/tickets/{ben.token}/" in body
        assert "Wednesday, May 19, 2027 at 6:00 p.m. EDT" in body
    for body in (to_ben.message, to_ben.html_message):
        assert f"/tickets/{ben.token}/" in body
        assert ada.token not in body
        assert order.token not in body
    assert [a.mimetype for a in to_ben.attachments.all()] == ["text/calendar"]


def test_an_order_of_two_lines_is_one_mail_to_the_buyer():
    event = make_event()
    seat, patron = make_ticket_type(event), make_ticket_type(event, name="Patron")

    sell(event, (seat, 1), (patron, 1))
    confirmations.write_due(NOON)

    assert Email.objects.filter(subject__startswith="Your 2 tickets").count() == 1


def test_mails_of_tickets_never_reveal_the_venue(soiree):
    seat = make_ticket_type(soiree, sales_close_at=STARTS)

    sell(soiree, (seat, 1), at=T + TICK)
    confirmations.write_due(T + TICK)

    for mail in Email.objects.all():
        assert not [s for s in SECRETS if s in mail.message + mail.html_message + mail.subject]
    assert "on your ticket’s page, now" in Email.objects.first().message


def test_the_orders_page_shows_its_tickets(soiree):
    seat = make_ticket_type(soiree)
    order = sell(soiree, (seat, 2), at=LONG_BEFORE)

    shown = kind_of("ticket").shown(order.lines.get(), at=LONG_BEFORE)

    assert [thing.url for thing in shown] == [
        f"/tickets/{ticket.token}/" for ticket in Ticket.objects.all()
    ]


def test_nothing_is_sent_before_it_is_paid():
    event = make_event()

    hold(event, (make_ticket_type(event), 1), guests=[Guest(email="ben@okoro.example")])

    assert not Email.objects.exists()
