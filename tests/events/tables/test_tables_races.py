"""A block of seats under pressure: real threads, and each race first with the lock off."""

import pytest

from events.models import Choice, Slot, Table, Ticket
from events.tables import tables
from events.tickets import guests as seating
from events.tickets import kind as ticket_kind
from events.tickets.guests import Said
from tests.events.captains import ask_for, keep, make_evening
from tests.events.selling import BEN, hold, sell
from tests.factories import NOON, make_event, make_ticket_type
from tests.threads import judge_together, needs_row_locks, race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def slow(monkeypatch):
    judge_together(monkeypatch, (tables, "may_be_kept"), (ticket_kind, "check_room"))


@pytest.fixture
def lock_off(monkeypatch):
    monkeypatch.setattr(
        tables,
        "_locked",
        lambda t: Table.objects.select_related("event", "ticket_type").get(pk=t.pk),
    )
    monkeypatch.setattr(ticket_kind.TicketKind, "lock", lambda self, items: None)


@pytest.fixture
def tight():
    """Six seats: a block of two, or five for the public, not both."""
    event, seat = make_evening(capacity=6)
    return event, seat, ask_for(event, seat, seats=2)


def confirm(table):
    tables.confirm(table, at=NOON)


def taken_and_kept(event):
    kept = sum(t.seats for t in Table.objects.holding(NOON).filter(event=event))
    return Ticket.objects.filter(event=event).count() + kept


@needs_row_locks
def test_without_the_lock_a_block_is_kept_of_seats_that_are_being_sold(tight, slow, lock_off):
    event, seat, table = tight

    race(lambda: confirm(table), lambda: hold(event, (seat, 5)))

    assert taken_and_kept(event) == 7


def test_a_block_and_a_public_buyer_never_have_the_same_seat(tight, slow):
    event, seat, table = tight

    race(lambda: confirm(table), lambda: hold(event, (seat, 5)))

    assert taken_and_kept(event) <= 6


def test_a_kept_seat_is_had_by_the_friend_and_the_last_public_one_by_the_buyer(monkeypatch):
    event, seat = make_evening(capacity=6)
    table = keep(event, seat, seats=2)
    sell(event, (seat, 3))
    judge_together(monkeypatch, (ticket_kind, "check_room"))

    won = race(
        lambda: hold(event, (seat, 1), buyer=BEN),
        lambda: hold(event, (seat, 2), table_id=table.pk),
    )

    assert won == 2
    assert Ticket.objects.count() == 6


def test_two_friends_do_not_get_one_seat():
    event, seat = make_evening(capacity=6)
    table = keep(event, seat, seats=2)
    sell(event, (seat, 1), table_id=table.pk)

    won = race(*[lambda: hold(event, (seat, 1), table_id=table.pk)] * 3)

    assert won == 1
    assert table.tickets.count() == 2


def test_one_captain_with_two_links_keeps_one_table(slow):
    event, seat = make_evening(capacity=60)
    first, second = ask_for(event, seat, seats=2), ask_for(event, seat, seats=2)

    won = race(lambda: confirm(first), lambda: confirm(second))

    assert won == 1
    assert Table.objects.holding(NOON).count() == 1


# --- The last supper ---------------------------------------------------------------------------


@pytest.fixture
def supper():
    """One salmon box, and two orders that would like it."""
    event = make_event()
    seat = make_ticket_type(event)
    salmon = Choice.objects.create(event=event, label="Salmon box", capacity=1)
    return salmon, sell(event, (seat, 1)), sell(event, (seat, 1), buyer=BEN)


def choose(order, salmon):
    ticket = Ticket.objects.get(line__order=order)
    said = {ticket.pk: Said(name="", needs="", choice_id=salmon.pk)}
    return seating.name_guests(order, said, at=NOON)


def test_the_last_supper_is_chosen_once(supper, monkeypatch):
    salmon, ada, ben = supper
    judge_together(monkeypatch, (seating, "_check_suppers"))

    won = race(lambda: choose(ada, salmon), lambda: choose(ben, salmon))

    assert won == 1
    assert Ticket.objects.filter(choice=salmon).count() == 1


@needs_row_locks
def test_without_the_lock_the_slot_still_gives_the_last_supper_once(supper, monkeypatch):
    salmon, ada, ben = supper
    rows = type(Choice.objects.all())
    monkeypatch.setattr(rows, "select_for_update", lambda self, **kwargs: self)
    judge_together(monkeypatch, (seating, "_check_suppers"))

    won = race(lambda: choose(ada, salmon), lambda: choose(ben, salmon))

    assert won == 1
    assert Slot.objects.filter(scarce=f"supper {salmon.pk}").count() == 1
