"""Single guests who ask a captain for a seat."""

from datetime import timedelta

import pytest
from post_office.models import Email

from events.changes.canceling import cancel
from events.models import SeatRequest
from events.sales.refusals import TableFull
from events.tables import strangers, tables
from events.tables.strangers import AskedAlready, HasTable, NotWelcome
from events.tickets import transfers
from orders.lines.kinds import kind_of
from tests.events.captains import MICROSECOND, keep, make_evening
from tests.events.selling import sell
from tests.factories import NOON, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def evening(travel):
    travel(NOON)
    return make_evening()


@pytest.fixture
def table(evening):
    table = keep(*evening, is_open_to_strangers=True)
    Email.objects.all().delete()
    return table


@pytest.fixture
def single(evening):
    """Sol's ticket, without a table."""
    event, seat = evening
    return make_ticket(event, ticket_type=seat, guest_name="Sol Single")


def asked(single, table):
    strangers.ask(single, table, text="I teach French.", at=NOON)
    return SeatRequest.objects.get()


def test_the_captain_is_emailed_who_asks(single, table):
    asked(single, table)

    email = Email.objects.get()
    assert email.to == ["Cy Captain <cy@captain.example>"]
    assert email.subject == "Sol Single would like to sit at The Granby Street Eight"
    assert "I teach French." in email.message


def test_who_is_welcome_sits_there_and_is_told(single, table):
    strangers.answer(asked(single, table), is_welcome=True, at=NOON)

    single.refresh_from_db()
    assert single.table == table
    assert Email.objects.last().subject == "You’re seated at The Granby Street Eight"


def test_who_is_not_welcome_is_told_and_keeps_the_ticket(single, table):
    strangers.answer(asked(single, table), is_welcome=False, at=NOON)

    single.refresh_from_db()
    assert single.table is None
    assert Email.objects.last().subject == "No seat for you at The Granby Street Eight"
    assert single.is_valid


def test_an_answer_is_given_once(single, table):
    request = asked(single, table)
    strangers.answer(request, is_welcome=False, at=NOON)

    strangers.answer(request, is_welcome=True, at=NOON)

    single.refresh_from_db()
    assert (single.table, Email.objects.count()) == (None, 2)


def test_one_captain_is_asked_at_a_time(single, table, evening):
    other = keep(*evening, captain_email="di@captain.example", seats=2, is_open_to_strangers=True)
    asked(single, table)

    with pytest.raises(AskedAlready):
        strangers.ask(single, other, text="", at=NOON)


def test_a_request_that_was_taken_back_makes_way_for_another(single, table):
    asked(single, table)
    strangers.withdraw(single, at=NOON)

    strangers.ask(single, table, text="", at=NOON)

    assert strangers.open_request_of(single).text == ""


def test_a_table_that_takes_no_strangers_cannot_be_asked(single, evening):
    shut = keep(*evening)

    with pytest.raises(NotWelcome):
        strangers.ask(single, shut, text="", at=NOON)


def test_a_full_table_cannot_be_asked(single, evening):
    event, seat = evening
    full = keep(event, seat, seats=2, is_open_to_strangers=True)
    sell(event, (seat, 2), table_id=full.pk)

    with pytest.raises(NotWelcome):
        strangers.ask(single, full, text="", at=NOON)


def test_a_table_that_filled_up_meanwhile_has_no_seat_for_a_welcome(single, evening):
    event, seat = evening
    table = keep(event, seat, seats=2, is_open_to_strangers=True)
    request = asked(single, table)
    sell(event, (seat, 2), table_id=table.pk)

    with pytest.raises(TableFull):
        strangers.answer(request, is_welcome=True, at=NOON)


def test_a_guest_who_has_a_table_does_not_ask(evening, table):
    event, seat = evening
    seated = make_ticket(event, ticket_type=seat, table=table)

    with pytest.raises(HasTable):
        strangers.ask(seated, table, text="", at=NOON)


def test_a_ticket_that_was_refunded_does_not_ask(evening, table):
    event, seat = evening
    gone = make_ticket(event, ticket_type=seat, canceled_at=NOON)

    with pytest.raises(HasTable):
        strangers.ask(gone, table, text="", at=NOON)


# --- The request ends with its holder ----------------------------------------------------------


def test_a_request_ends_when_its_ticket_is_transferred(single, table):
    asked(single, table)
    offer = transfers.offer(single, to_email="ben@okoro.example", at=NOON)
    assert list(strangers.waiting_at(table))

    transfers.accept(offer, name="Ben Okoro", at=NOON)

    assert not list(strangers.waiting_at(table))
    single.refresh_from_db()
    strangers.ask(single, table, text="I am new here.", at=NOON)  # the new holder's own


def test_a_request_ends_when_its_ticket_is_returned_and_no_other(single, table, evening):
    event, seat = evening
    other = make_ticket(event, ticket_type=seat, guest_name="Oda Other")
    asked(single, table)
    strangers.ask(other, table, text="", at=NOON)

    kind_of(single.line.kind).refunded(single.line, at=NOON)

    assert [request.ticket for request in strangers.waiting_at(table)] == [other]
    single.refresh_from_db()
    assert single.canceled_at == NOON


def test_a_request_ends_with_its_table_and_the_stranger_is_emailed(single, table):
    asked(single, table)

    tables.close_table(table, at=NOON)

    request = SeatRequest.objects.get()
    assert (request.answered_at, request.is_welcome) == (NOON, False)
    email = Email.objects.last()
    assert email.to == [f"Sol Single <{single.holder_email}>"]
    assert email.subject == "No seat for you at The Granby Street Eight"
    tables.close_table(table, at=NOON)
    assert Email.objects.count() == 2  # the captain's, and this one


def test_a_request_ends_with_its_event(single, table, evening):
    asked(single, table)

    cancel(evening[0], note="A storm is coming.", by=None, at=NOON)

    assert not list(strangers.waiting_at(table))
    assert SeatRequest.objects.get().answered_at == NOON


# --- What the stranger reads -------------------------------------------------------------------


def text_of(response):
    return " ".join(response.content.decode().split())


def page_of(client, ticket):
    return text_of(client.get(f"/tickets/{ticket.token}/table/"))


def test_the_ticket_leads_to_an_open_request_and_no_longer_once_it_is_taken_back(
    client, single, table
):
    asked(single, table)
    ticket_page = f"/tickets/{single.token}/"
    assert "You asked Cy Captain" in text_of(client.get(ticket_page))

    client.post(f"{ticket_page}table/", {"withdraw": "1"})

    assert "You asked Cy Captain" not in text_of(client.get(ticket_page))
    assert "Ask to join a table" in text_of(client.get(ticket_page))
    assert not list(strangers.waiting_at(table))


def test_the_page_says_that_a_canceled_event_ended_the_request(client, single, table, evening):
    asked(single, table)
    cancel(evening[0], note="A storm is coming.", by=None, at=NOON)

    shown = page_of(client, single)

    assert "The event is canceled" in shown
    assert "Your request to sit at “The Granby Street Eight” ended with it." in shown
    assert "Take it back" not in shown


def test_a_request_taken_back_before_the_cancellation_is_not_said_to_end_with_it(
    client, single, table, evening
):
    asked(single, table)
    strangers.withdraw(single, at=NOON - MICROSECOND)
    cancel(evening[0], note="A storm is coming.", by=None, at=NOON)

    assert "ended with it" not in page_of(client, single)


def test_the_page_of_a_past_event_does_not_promise_an_answer(
    client, single, table, evening, travel
):
    asked(single, table)
    travel(evening[0].ends_at + timedelta(days=1))

    shown = page_of(client, single)

    assert "We’ll e-mail you the answer" not in shown
    assert "Your request to sit at “The Granby Street Eight” ended with it." in shown


def test_who_was_declined_reads_so_and_the_next_holder_does_not(client, single, table):
    strangers.answer(asked(single, table), is_welcome=False, at=NOON)
    assert "Not at “The Granby Street Eight”" in page_of(client, single)

    offer = transfers.offer(single, to_email="ben@okoro.example", at=NOON)
    given = transfers.accept(offer, name="Ben Okoro", at=NOON + MICROSECOND)

    assert "Not at" not in page_of(client, given)
