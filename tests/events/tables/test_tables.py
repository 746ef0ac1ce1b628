"""Tables of friends: what is kept, from when, until when, and for whom."""

from datetime import timedelta

import pytest
from post_office.models import Email

from events.models import Table, Ticket
from events.sales.refusals import NotEnoughLeft, SoldOut, TableFull
from events.sales.tables import lost_table, table_by_friends_token
from events.tables import tables
from events.tables.tables import AlreadyCaptain, NoBlock, TablesClosed
from tests.events.captains import MICROSECOND, UNTIL, ask_for, keep, make_evening
from tests.events.selling import BEN, hold, left_of, sell
from tests.factories import NOON, make_event, make_ticket, make_ticket_type

pytestmark = pytest.mark.django_db
WEEK, DAY, SECOND = timedelta(days=7), timedelta(days=1), timedelta(seconds=1)


@pytest.fixture
def evening():
    return make_evening()


# --- Opening -----------------------------------------------------------------------------------


def test_a_request_keeps_no_seat_before_its_captain_has_followed_the_link(evening, mailoutbox):
    event, seat = evening

    table = ask_for(event, seat)

    assert not table.is_holding(NOON)
    assert left_of(seat) == 30


def test_a_confirmed_table_keeps_its_seats_from_the_public(evening):
    event, seat = evening

    table = keep(event, seat)

    assert table.is_holding(NOON)
    assert left_of(seat) == 22


def test_the_emails_of_a_captain_lead_to_the_table_and_to_the_friends_page(evening, settings):
    event, seat = evening

    table = keep(event, seat)

    first, second = Email.objects.order_by("pk")
    page = f"{settings.SITE_URL}/events/{event.slug}/tables/{table.token}/"
    assert page in first.message
    assert table.friends_token not in first.message
    assert f"/events/{event.slug}/tickets/?table={table.friends_token}" in second.message


def test_confirming_twice_changes_nothing(evening):
    event, seat = evening
    table = keep(event, seat)

    tables.confirm(table, at=NOON + DAY)

    table.refresh_from_db()
    assert table.confirmed_at == NOON


@pytest.mark.parametrize(
    "at, may", [(UNTIL - MICROSECOND, True), (UNTIL, False), (UNTIL + MICROSECOND, False)]
)
def test_tables_are_opened_until_the_day_and_not_at_it(evening, at, may):
    assert tables.may_open(evening[0], at) is may


def test_a_request_cannot_be_confirmed_at_the_day_itself(evening):
    table = ask_for(*evening, at=UNTIL - MICROSECOND)

    with pytest.raises(TablesClosed):
        tables.confirm(table, at=UNTIL)


def test_an_event_without_a_day_has_no_open_tables():
    event = make_event()
    seat = make_ticket_type(event)

    with pytest.raises(TablesClosed):
        ask_for(event, seat)


def test_one_person_keeps_one_table_at_an_event(evening):
    first = ask_for(*evening)
    second = ask_for(*evening, name="Another")
    tables.confirm(first, at=NOON)

    with pytest.raises(AlreadyCaptain):
        tables.confirm(second, at=NOON)


def test_who_keeps_a_table_and_asks_again_is_mailed_its_link_and_nothing_is_written(evening):
    table = keep(*evening)

    again = ask_for(*evening, captain_email="CY@captain.example", seats=10)

    assert again == table
    assert Table.objects.count() == 1
    assert Email.objects.last().subject == f"Your table at {evening[0].title}"


def test_a_captain_who_closed_a_table_may_open_another(evening):
    tables.close_table(keep(*evening), at=NOON)

    assert keep(*evening).is_holding(NOON)


def test_open_tables_keep_a_third_of_the_room_and_no_seat_more():
    event, seat = make_evening(capacity=30)
    keep(event, seat, seats=8)

    with pytest.raises(NoBlock) as refused:
        keep(event, seat, seats=3, captain_email="di@captain.example")

    assert refused.value.left == 2
    assert keep(event, seat, seats=2, captain_email="ed@captain.example").is_holding(NOON)


def test_a_seat_that_a_friend_has_paid_for_is_a_sale_and_no_block():
    event, seat = make_evening(capacity=30)
    table = keep(event, seat, seats=10)
    make_ticket(event, ticket_type=seat, table=table)

    other = keep(event, seat, seats=1, captain_email="di@captain.example")

    assert other.is_holding(NOON)


def test_no_block_is_kept_of_seats_that_are_sold():
    event, seat = make_evening(capacity=9)
    sell(event, (seat, 8))

    with pytest.raises(NoBlock):
        keep(event, seat, seats=2)


# --- Until when --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "at, left", [(UNTIL - MICROSECOND, 22), (UNTIL, 30), (UNTIL + MICROSECOND, 30)]
)
def test_a_block_is_free_the_instant_its_day_comes_with_no_job_run(evening, at, left):
    event, seat = evening
    keep(event, seat)

    assert left_of(seat, at=at) == left


def test_the_row_and_the_query_say_the_same_of_a_table(evening):
    kept = keep(*evening)
    ask_for(*evening, captain_email="di@captain.example")
    tables.close_table(keep(*evening, captain_email="ed@captain.example", seats=2), at=NOON)

    for at in (NOON, UNTIL - MICROSECOND, UNTIL):
        said = [table for table in Table.objects.all() if table.is_holding(at)]
        assert list(Table.objects.holding(at)) == said
    assert list(Table.objects.holding(NOON)) == [kept]


def test_staff_move_the_day_and_the_blocks_follow(evening):
    event, seat = evening
    table = keep(event, seat)
    event.tables_until = UNTIL - DAY

    tables.move_end(event, at=NOON)

    table.refresh_from_db()
    assert table.held_until == UNTIL - DAY


def test_staff_take_the_day_away_and_the_blocks_end_at_once(evening):
    event, seat = evening
    keep(event, seat)
    event.tables_until = None

    tables.move_end(event, at=NOON)

    assert not Table.objects.holding(NOON).exists()


# --- Friends -----------------------------------------------------------------------------------


@pytest.mark.parametrize("at, is_found", [(UNTIL - MICROSECOND, True), (UNTIL, False)])
def test_the_friends_link_leads_to_the_table_while_it_keeps_seats(evening, at, is_found):
    event, seat = evening
    table = keep(event, seat)

    found = table_by_friends_token(event, table.friends_token, at)

    assert (found == table) is is_found


def test_a_full_table_invites_nobody_but_is_known_by_its_link(evening):
    event, seat = evening
    table = keep(event, seat, seats=2)
    sell(event, (seat, 2), table_id=table.pk)

    assert table_by_friends_token(event, table.friends_token, NOON) is None
    assert lost_table(event, table.friends_token) == table


def test_the_captain_s_own_link_is_no_friends_link(evening):
    event, seat = evening
    table = keep(event, seat)

    assert table_by_friends_token(event, table.token, NOON) is None
    assert table_by_friends_token(event, "", NOON) is None


def test_a_friend_takes_a_kept_seat_when_the_public_finds_none():
    event, seat = make_evening(capacity=30)
    table = keep(event, seat, seats=10)
    event.max_per_order = 20
    event.save()
    sell(event, (seat, 20))

    with pytest.raises((SoldOut, NotEnoughLeft)):
        hold(event, (seat, 1), buyer=BEN)
    order = sell(event, (seat, 1), buyer=BEN, table_id=table.pk)

    assert Ticket.objects.get(line__order=order).table == table
    assert tables.left_at(table, NOON) == 9


def test_a_table_takes_no_friend_more_than_it_has_seats(evening):
    event, seat = evening
    table = keep(event, seat, seats=2)
    sell(event, (seat, 2), table_id=table.pk)

    with pytest.raises(TableFull):
        hold(event, (seat, 1), buyer=BEN, table_id=table.pk)


def test_a_friend_who_does_not_pay_leaves_the_seat_to_the_table(evening):
    event, seat = evening
    table = keep(event, seat, seats=2)
    order = hold(event, (seat, 1), table_id=table.pk)

    assert tables.left_at(table, NOON) == 1
    assert tables.left_at(table, order.held_until) == 2
    assert left_of(seat, at=order.held_until) == 28


# --- What a captain changes --------------------------------------------------------------------


def test_a_captain_gives_seats_back_to_the_public(evening):
    event, seat = evening
    table = keep(event, seat)

    tables.change_table(table, name="Five", seats=5, is_open_to_strangers=True, at=NOON)

    table.refresh_from_db()
    assert (table.name, table.seats, table.is_open_to_strangers) == ("Five", 5, True)
    assert left_of(seat) == 25


def test_a_captain_cannot_take_seats_that_may_be_someone_else_s_by_now(evening):
    table = keep(*evening)

    with pytest.raises(NoBlock):
        tables.change_table(table, name="x", seats=9, is_open_to_strangers=False, at=NOON)


def test_a_captain_cannot_give_back_a_seat_that_a_friend_has(evening):
    event, seat = evening
    table = keep(event, seat)
    sell(event, (seat, 3), table_id=table.pk)

    with pytest.raises(TableFull):
        tables.change_table(table, name="x", seats=2, is_open_to_strangers=False, at=NOON)


def test_a_closed_table_keeps_no_seat_and_loses_no_guest(evening):
    event, seat = evening
    table = keep(event, seat)
    sell(event, (seat, 3), table_id=table.pk)

    tables.close_table(table, at=NOON)

    assert left_of(seat) == 27
    assert table.tickets.count() == 3
