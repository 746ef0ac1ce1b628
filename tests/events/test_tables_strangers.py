"""Single guests who ask a captain for a chair."""

import pytest
from post_office.models import Email

from events import strangers
from events.models import SeatRequest
from events.refusals import TableFull
from events.strangers import AskedAlready, HasTable, NotWelcome
from tests.events.captains import keep, make_evening
from tests.events.selling import sell
from tests.factories import NOON, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def evening():
    return make_evening()


@pytest.fixture
def table(evening):
    table = keep(*evening, is_open_to_strangers=True)
    Email.objects.all().delete()
    return table


@pytest.fixture
def single(evening):
    """Sol's ticket, without a table."""
    event, chair = evening
    return make_ticket(event, ticket_type=chair, guest_name="Sol Single")


def asked(single, table):
    strangers.ask(single, table, text="I teach French.", at=NOON)
    return SeatRequest.objects.get()


def test_the_captain_is_told_who_asks(single, table):
    asked(single, table)

    letter = Email.objects.get()
    assert letter.to == ["Cy Captain <cy@captain.example>"]
    assert letter.subject == "Sol Single would like to sit at The Granby Street Eight"
    assert "I teach French." in letter.message


def test_who_is_welcome_sits_there_and_is_told(single, table):
    strangers.answer(asked(single, table), is_welcome=True, at=NOON)

    single.refresh_from_db()
    assert single.table == table
    assert Email.objects.last().subject == "You sit at The Granby Street Eight"


def test_who_is_not_welcome_is_told_and_keeps_the_ticket(single, table):
    strangers.answer(asked(single, table), is_welcome=False, at=NOON)

    single.refresh_from_db()
    assert single.table is None
    assert Email.objects.last().subject == "About your wish to sit at The Granby Street Eight"
    assert single.is_valid


def test_an_answer_is_given_once(single, table):
    request = asked(single, table)
    strangers.answer(request, is_welcome=False, at=NOON)

    strangers.answer(request, is_welcome=True, at=NOON)

    single.refresh_from_db()
    assert (single.table, Email.objects.count()) == (None, 2)


def test_one_captain_is_asked_at_a_time(single, table, evening):
    other = keep(*evening, captain_email="di@captain.example", chairs=2, is_open_to_strangers=True)
    asked(single, table)

    with pytest.raises(AskedAlready):
        strangers.ask(single, other, text="", at=NOON)


def test_a_wish_that_was_taken_back_makes_way_for_another(single, table):
    asked(single, table)
    strangers.withdraw(single, at=NOON)

    strangers.ask(single, table, text="", at=NOON)

    assert strangers.open_request_of(single).text == ""


def test_a_table_that_takes_no_strangers_cannot_be_asked(single, evening):
    shut = keep(*evening)

    with pytest.raises(NotWelcome):
        strangers.ask(single, shut, text="", at=NOON)


def test_a_full_table_cannot_be_asked(single, evening):
    event, chair = evening
    full = keep(event, chair, chairs=2, is_open_to_strangers=True)
    sell(event, (chair, 2), table_id=full.pk)

    with pytest.raises(NotWelcome):
        strangers.ask(single, full, text="", at=NOON)


def test_a_table_that_filled_up_meanwhile_has_no_chair_for_a_welcome(single, evening):
    event, chair = evening
    table = keep(event, chair, chairs=2, is_open_to_strangers=True)
    request = asked(single, table)
    sell(event, (chair, 2), table_id=table.pk)

    with pytest.raises(TableFull):
        strangers.answer(request, is_welcome=True, at=NOON)


def test_a_guest_who_has_a_table_does_not_ask(evening, table):
    event, chair = evening
    seated = make_ticket(event, ticket_type=chair, table=table)

    with pytest.raises(HasTable):
        strangers.ask(seated, table, text="", at=NOON)


def test_a_ticket_that_was_refunded_does_not_ask(evening, table):
    event, chair = evening
    gone = make_ticket(event, ticket_type=chair, cancelled_at=NOON)

    with pytest.raises(HasTable):
        strangers.ask(gone, table, text="", at=NOON)
