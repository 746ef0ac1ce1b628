"""The last chair under pressure: real threads and connections, and each race with the lock off."""

import threading

import pytest
from django.db import connection, connections

from events import ticket_kind
from events.models import PromoCode, Ticket
from orders.kinds import Refusal
from tests.events.selling import hold
from tests.factories import make_event, make_ticket_type

pytestmark = pytest.mark.django_db(transaction=True)

needs_row_locks = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite lets one writer in at a time, lock or no lock"
)


def race(*buys):
    """Run the acts at once, each in a thread with a connection of its own; how many succeeded."""
    start = threading.Barrier(len(buys))
    won, lost, broken = [], [], []

    def run(buy):
        try:
            start.wait(timeout=10)
            won.append(buy())
        except Refusal as refusal:
            lost.append(refusal)
        except Exception as error:
            broken.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(buy,)) for buy in buys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert broken == []
    assert len(won) + len(lost) == len(buys)
    return len(won)


@pytest.fixture
def slow_check(monkeypatch):
    """Each buyer, once judged, waits a moment for the other to be judged too: the worst case."""
    meet = threading.Barrier(2)
    judge = ticket_kind.check_room

    def judged(*args, **kwargs):
        judge(*args, **kwargs)
        try:
            meet.wait(timeout=0.7)
        except threading.BrokenBarrierError:
            meet.reset()

    monkeypatch.setattr(ticket_kind, "check_room", judged)


@pytest.fixture
def last_chair():
    event = make_event()
    return event, make_ticket_type(event, capacity=1)


@pytest.fixture
def lock_off(monkeypatch):
    monkeypatch.setattr(ticket_kind.TicketKind, "lock", lambda self, items: None)


@needs_row_locks
def test_without_the_lock_the_last_chair_is_sold_twice(last_chair, slow_check, lock_off):
    event, chair = last_chair

    won = race(lambda: hold(event, (chair, 1)), lambda: hold(event, (chair, 1)))

    assert won == 2
    assert Ticket.objects.count() == 2


def test_the_last_chair_is_sold_once(last_chair, slow_check):
    event, chair = last_chair

    won = race(lambda: hold(event, (chair, 1)), lambda: hold(event, (chair, 1)))

    assert won == 1
    assert Ticket.objects.count() == 1


@needs_row_locks
def test_without_the_lock_a_shared_room_is_oversold(slow_check, lock_off):
    event = make_event(capacity=1)
    chair, patron = make_ticket_type(event), make_ticket_type(event, name="Patron")

    assert race(lambda: hold(event, (chair, 1)), lambda: hold(event, (patron, 1))) == 2


def test_a_shared_room_is_not_oversold_by_two_kinds(slow_check):
    event = make_event(capacity=1)
    chair, patron = make_ticket_type(event), make_ticket_type(event, name="Patron")

    assert race(lambda: hold(event, (chair, 1)), lambda: hold(event, (patron, 1))) == 1


def test_the_last_use_of_a_code_is_had_once(slow_check):
    event = make_event()
    chair, patron = make_ticket_type(event), make_ticket_type(event, name="Patron")
    code = PromoCode.objects.create(event=event, code="ONE", percent_off=10, max_uses=1)

    won = race(
        lambda: hold(event, (chair, 1), code=code), lambda: hold(event, (patron, 1), code=code)
    )

    assert won == 1


def test_two_kinds_in_opposite_order_do_not_wait_for_each_other_for_ever():
    event = make_event()
    chair, patron = make_ticket_type(event), make_ticket_type(event, name="Patron")

    won = race(
        *[lambda: hold(event, (chair, 1), (patron, 1))] * 4,
        *[lambda: hold(event, (patron, 1), (chair, 1))] * 4,
    )

    assert won == 8


def test_exactly_the_capacity_is_sold_to_a_crowd():
    event = make_event()
    chair = make_ticket_type(event, capacity=7)

    won = race(*[lambda: hold(event, (chair, 1))] * 16)

    assert won == 7
    assert Ticket.objects.count() == 7


def test_one_form_sent_twice_at_once_is_one_order(last_chair):
    event, chair = last_chair
    key = "a-form-that-was-clicked-twice-000"

    won = race(*[lambda: hold(event, (chair, 1), submission_key=key)] * 4)

    assert won == 4
    assert Ticket.objects.count() == 1
