"""What is due about tables: e-mails before the end, the release, and tables bought whole."""

from datetime import timedelta

import pytest
from post_office.models import Email

from events.models import Event, Table
from events.tables import tables
from orders.checkout import settling
from orders.models import Order
from tests.events.captains import MICROSECOND, UNTIL, ask_for, keep, make_evening
from tests.events.selling import hold, sell
from tests.events.tables.test_tables import DAY, SECOND, WEEK
from tests.factories import NOON, make_event, make_ticket_type

pytestmark = pytest.mark.django_db


@pytest.fixture
def evening():
    return make_evening()


# --- What is due -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "at, emails",
    [
        (UNTIL - WEEK - SECOND, 0),
        (UNTIL - WEEK, 1),
        (UNTIL - DAY - SECOND, 1),
        (UNTIL - DAY, 1),  # of both that are due the later one alone
        (UNTIL - MICROSECOND, 1),
        (UNTIL, 1),  # the release
    ],
)
def test_a_captain_is_written_to_in_time_and_once(evening, at, emails):
    keep(*evening)
    Email.objects.all().delete()

    tables.tick(at)
    tables.tick(at)

    assert Email.objects.count() == emails


def test_a_ticker_that_runs_writes_a_week_before_a_day_before_and_at_the_release(evening):
    keep(*evening)
    Email.objects.all().delete()

    for at in (UNTIL - WEEK, UNTIL - DAY, UNTIL):
        tables.tick(at)

    subjects = [email.subject for email in Email.objects.order_by("pk")]
    assert subjects == [
        "The Granby Street Eight: 8 seats still empty, held until April 21, 2027",
        "The Granby Street Eight: 8 seats still empty, held until April 21, 2027",
        "The Granby Street Eight: the empty seats are back on sale",
    ]


def test_a_full_table_needs_no_email(evening):
    event, seat = evening
    table = keep(event, seat, seats=2)
    sell(event, (seat, 2), table_id=table.pk)
    Email.objects.all().delete()

    tables.tick(UNTIL - WEEK)
    tables.tick(UNTIL)

    table.refresh_from_db()
    assert (Email.objects.count(), table.released_at) == (0, UNTIL)


def test_a_table_opened_in_the_last_week_is_not_reminded_of_the_week(evening):
    keep(*evening, at=UNTIL - WEEK + SECOND)
    Email.objects.all().delete()

    tables.tick(UNTIL - WEEK + SECOND * 2)

    assert Email.objects.count() == 0


@pytest.mark.parametrize("age, is_there", [(timedelta(days=2) - SECOND, True), (2 * DAY, False)])
def test_a_request_that_nobody_confirmed_is_forgotten_after_two_days(evening, age, is_there):
    ask_for(*evening)

    tables.tick(NOON + age)

    assert Table.objects.exists() is is_there


def test_the_captain_of_a_canceled_event_is_not_written_to(evening):
    event, seat = evening
    keep(event, seat)
    Email.objects.all().delete()
    Event.objects.update(state=Event.State.CANCELED)

    tables.tick(UNTIL)

    assert Email.objects.count() == 0


# --- Bought whole ------------------------------------------------------------------------------


def test_each_table_that_was_bought_is_laid_and_its_guests_sit_there():
    event = make_event()
    eight = make_ticket_type(event, name="Table of eight", covers=8)
    event.max_per_order = 20
    event.save()

    order = sell(event, (eight, 2))

    first, second = Table.objects.order_by("unit")
    assert (first.name, second.name) == ("Ada Ellery’s table 1", "Ada Ellery’s table 2")
    assert (first.kind, first.seats, first.captain_email) == ("bought", 8, "ada@ellery.example")
    assert [t.number for t in first.tickets.order_by("number")] == list(range(1, 9))
    assert second.tickets.filter(line__order=order).count() == 8


def test_a_table_is_laid_once_however_often_it_is_settled():
    event = make_event()
    eight = make_ticket_type(event, name="Table of eight", covers=8)
    order = sell(event, (eight, 1))

    settling.mark_paid(order, at=NOON, actor="test", cents=order.total_cents, text="")
    tables.lay_bought(order.lines.get(), at=NOON)

    assert Table.objects.count() == 1


def test_a_seat_lays_no_table(evening):
    event, seat = evening

    sell(event, (seat, 2))

    assert not Table.objects.exists()


def test_a_table_that_is_not_paid_is_not_laid():
    event = make_event()
    eight = make_ticket_type(event, name="Table of eight", covers=8)

    order = hold(event, (eight, 1))

    assert order.state == Order.State.HELD
    assert not Table.objects.exists()
