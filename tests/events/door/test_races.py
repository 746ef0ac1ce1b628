"""Two phones and one ticket at the same moment: real threads and connections.

Each race is first shown with the lock off. A reading against a transfer:
tests/slow/races/test_door.py.
"""

import pytest

from events.door import door
from events.models import Scan, Ticket
from tests.events.door_kit import RUTHS, SAMS, make_door_link, read
from tests.events.reveal_kit import STARTS
from tests.factories import make_event, make_ticket
from tests.threads import at_once, judge_together, needs_row_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def slow_judge(monkeypatch):
    """Each reading, once judged, waits a moment for the other to be judged too: the worst case."""
    judge_together(monkeypatch, (door, "judged"))


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
