"""Two telephones and one ticket at the same moment: real threads and connections.

Each race is first shown with the lock off. A reading against a transfer: tests/races/test_door.py.
"""

import threading

import pytest
from django.db import connection, connections

from events import door
from events.models import Scan, Ticket
from tests.events.door_kit import RUTHS, SAMS, make_door_link, read
from tests.events.reveal_kit import STARTS
from tests.factories import make_event, make_ticket

pytestmark = pytest.mark.django_db(transaction=True)

needs_row_locks = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite lets one writer in at a time, lock or no lock"
)
A_MOMENT = 0.7  # seconds


def at_once(*acts):
    """Run the acts in a thread each, starting together; what each returned, in their order."""
    start, results, errors = threading.Barrier(len(acts)), {}, []

    def run(place, act):
        try:
            start.wait(timeout=10)
            results[place] = act()
        except Exception as error:  # noqa: BLE001 - told to the test
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert errors == []
    return [results[place] for place in range(len(acts))]


@pytest.fixture
def slow_judge(monkeypatch):
    """Each reading, once judged, waits a moment for the other to be judged too: the worst case."""
    meet = threading.Barrier(2)
    judge = door.judged

    def judged(*args, **kwargs):
        answer = judge(*args, **kwargs)
        try:
            meet.wait(timeout=A_MOMENT)
        except threading.BrokenBarrierError:
            meet.reset()
        return answer

    monkeypatch.setattr(door, "judged", judged)


@pytest.fixture
def lock_off(monkeypatch):
    found = Ticket.objects.select_related("event", "ticket_type", "choice", "table", "line__order")
    monkeypatch.setattr(door, "_locked", lambda code: found.filter(code=code).first())


@pytest.fixture
def event():
    return make_event(starts_at=STARTS)


@pytest.fixture
def ada(event):
    return make_ticket(event, guest_name="Ada Ellery")


@pytest.fixture
def two_telephones(event, ada):
    ruth, sam = make_door_link(event), make_door_link(event, name="Sam", gate="east gate")
    return lambda: read(ruth, ada, phone=RUTHS), lambda: read(sam, ada, phone=SAMS)


def entries_of(ticket) -> int:
    return Scan.objects.filter(ticket=ticket, act=Scan.Act.IN).count()


@needs_row_locks
def test_without_the_lock_one_ticket_lets_two_in(two_telephones, ada, slow_judge, lock_off):
    answers = at_once(*two_telephones)

    assert [answer.tone for answer in answers] == ["green", "green"]
    assert entries_of(ada) == 2


def test_of_two_telephones_one_lets_the_guest_in_and_the_other_is_told(
    two_telephones, ada, slow_judge
):
    answers = at_once(*two_telephones)

    assert sorted(answer.tone for answer in answers) == ["amber", "green"]
    assert entries_of(ada) == 1


def test_one_reading_sent_many_times_at_once_is_one_entry(event, ada):
    ruth = make_door_link(event)

    answers = at_once(*[lambda: read(ruth, ada, number=5)] * 6)

    assert {answer.tone for answer in answers} == {"green"}
    assert list(Scan.objects.values_list("act", "number")) == [("in", 5)]


def test_one_number_for_two_tickets_at_once_is_two_entries(event, ada):
    ruth, ben = make_door_link(event), make_ticket(event)

    answers = at_once(lambda: read(ruth, ada, number=5), lambda: read(ruth, ben, number=5))

    assert [answer.tone for answer in answers] == ["green", "green"]
    assert sorted(Scan.objects.values_list("number", flat=True)) == [5, 6]
