"""A count that is compiled once says what the QuerySet says, for whatever it is asked."""

from datetime import timedelta

import pytest
from django.db.models import Count

from events.models import Ticket
from events.room import occupying, room_of, rooms_of
from nsca.lib.prepared import Prepared
from tests.factories import NOON, make_event, make_order, make_ticket, make_ticket_type

pytestmark = pytest.mark.django_db
TICK = timedelta(microseconds=1)


def counting(event, at):
    rows = Ticket.objects.filter(occupying(at), event=event).order_by()
    return rows.values_list("ticket_type_id").annotate(chairs=Count("pk"))


@pytest.fixture
def evening():
    """Two kinds; three chairs are paid, and one is on hold until noon."""
    event = make_event()
    chair, patron = make_ticket_type(event), make_ticket_type(event, name="Patron")
    for kind in (chair, chair, patron):
        make_ticket(event, ticket_type=kind)
    held = make_order(lines=(), at=NOON - timedelta(minutes=35), held_until=NOON)
    make_ticket(event, ticket_type=patron, order=held)
    make_ticket(make_event(slug="another"))
    return event


@pytest.mark.parametrize("at", [NOON - TICK, NOON, NOON + TICK], ids=["before", "at", "after"])
def test_it_answers_as_the_queryset_does(evening, at):
    prepared = Prepared(counting, event=int, at=type(NOON))
    rows = prepared(event=evening.pk, at=at)

    assert sorted(rows) == sorted(counting(evening.pk, at))
    assert sum(chairs for _kind, chairs in rows) == (4 if at < NOON else 3)


def test_it_is_compiled_once_and_asked_anew(evening, django_assert_num_queries):
    built = []

    def build(event, at):
        built.append(event)
        return counting(event, at)

    prepared = Prepared(build, event=int, at=type(NOON))
    with django_assert_num_queries(3):
        first = prepared(event=evening.pk, at=NOON)
        none = prepared(event=evening.pk + 1_000_000, at=NOON)
        again = prepared(event=evening.pk, at=NOON)

    assert len(built) == 1
    assert (first, none) == (again, [])


def test_a_text_is_taken_for_nothing_but_a_text(evening):
    """Whatever is in it: it is a value, and no part of the SQL."""
    prepared = Prepared(
        lambda name: Ticket.objects.filter(guest_name=name).order_by().values_list("guest_name"),
        name=str,
    )
    hostile = "Ada'; DROP TABLE events_ticket; -- %s"
    ticket = Ticket.objects.first()
    ticket.guest_name = hostile
    ticket.save()

    assert prepared(name=hostile) == [(hostile,)]
    assert prepared(name="name") == []


@pytest.mark.parametrize("values", [{"event": 1}, {"event": 1, "at": NOON, "table": 2}, {}])
def test_a_value_too_few_or_too_many_is_a_mistake(values):
    prepared = Prepared(counting, event=int, at=type(NOON))
    with pytest.raises(TypeError, match="and not for event, at"):
        prepared(**values)


def test_what_the_count_does_not_ask_for_is_a_mistake():
    prepared = Prepared(lambda event, at: counting(event, NOON), event=int, at=type(NOON))
    with pytest.raises(ValueError, match="does not ask for at"):
        prepared(event=1, at=NOON)


@pytest.mark.parametrize("at", [NOON - TICK, NOON, NOON + TICK], ids=["before", "at", "after"])
def test_the_room_to_decide_by_is_the_room_of_the_page(evening, at):
    """Two ways to the same count: for many events, and for one under its lock."""
    to_decide, of_the_page = room_of(evening, at=at), rooms_of([evening], at=at)[evening.pk]

    assert to_decide.taken == of_the_page.taken
    assert to_decide.returning == of_the_page.returning
    assert to_decide.kept == of_the_page.kept
