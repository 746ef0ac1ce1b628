"""Who has seen the place is noted once, and no page ever waits or fails for its note."""

import pytest
from django.db import OperationalError
from django.test import Client

from events import reveal
from events.models import Ticket
from events.night import opened
from tests.events.reveal_kit import OTHER_PLACE, TICK, T
from tests.factories import make_ticket, make_user
from tests.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def look(client, ticket, travel):
    """The ticket's own page at an instant; what is noted afterwards."""

    def at(instant, by=client, form="", method="get"):
        travel(instant)
        getattr(by, method)(f"{ticket.get_absolute_url()}{form}")
        ticket.refresh_from_db()
        return ticket.seen_version, ticket.seen_open_at

    return at


@pytest.mark.parametrize(
    ("at", "noted"), [(T - TICK, (0, None)), (T, (1, T)), (T + TICK, (1, T + TICK))]
)
def test_a_look_is_noted_from_t_on(look, at, noted):
    assert look(at) == noted


def test_the_first_look_counts(look):
    look(T)

    assert look(T + TICK) == (1, T)


def test_a_ticket_on_paper_is_a_look(look):
    assert look(T, form="ticket.pdf") == (1, T)


def test_a_robot_that_asks_for_the_head_is_none(look):
    assert look(T, method="head") == (0, None)


def test_a_changed_place_is_looked_at_anew(look, soiree, keeper):
    look(T)
    reveal.publish_due(at=T)
    soiree.refresh_from_db()
    reveal.write_place(soiree, OTHER_PLACE, by=keeper, at=T + TICK)

    assert look(T + 2 * TICK) == (2, T + 2 * TICK)


@pytest.mark.parametrize(
    ("address", "is_noted"), [("staff@nsca.example", False), ("ada@ellery.example", True)]
)
def test_a_look_by_staff_is_not_the_holder_s_unless_it_is_their_own_ticket(
    look, travel, address, is_noted
):
    travel(T)  # a session of half a year ago would have ended
    colleague = Client()
    colleague.force_login(make_user(address, is_staff=True))

    assert (look(T, by=colleague) == (1, T)) is is_noted


def test_a_note_that_cannot_be_written_does_not_break_the_page(
    client, ticket, travel, monkeypatch
):
    def locked(notes):
        raise OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(opened, "_write", locked)
        travel(T)
        page = client.get(ticket.get_absolute_url())

    assert (page.status_code, "Chart House Lawn" in page.content.decode()) == (200, True)
    assert not opened._writing.locked()
    client.get(ticket.get_absolute_url())
    ticket.refresh_from_db()
    assert ticket.seen_version == 1


def test_who_comes_while_another_writes_leaves_the_note_to_it(client, soiree, travel, monkeypatch):
    first, second = make_ticket(soiree), make_ticket(soiree, guest_email="b@x.example")
    write, batches = opened._write, []

    def slow(notes):
        batches.append([pk for pk, *_ in notes])
        if len(batches) == 1:  # while the first is written, another guest comes
            client.get(second.get_absolute_url())
        write(notes)

    monkeypatch.setattr(opened, "_write", slow)
    travel(T)
    client.get(first.get_absolute_url())

    assert batches == [[first.pk], [second.pk]]
    assert set(Ticket.objects.values_list("seen_version", flat=True)) == {1}


@pytest.mark.django_db(transaction=True)
def test_of_a_crowd_every_look_is_noted(soiree, monkeypatch):
    reveal.publish_due(at=T)
    tickets = [make_ticket(soiree, guest_email=f"g{number}@x.example") for number in range(12)]
    written, write = [], opened._write

    def counted(notes):
        written.extend(notes)
        write(notes)

    def visit(ticket):
        found = reveal.reveal_for(soiree, reveal.Viewer(tokens=frozenset({ticket.token})), at=T)
        opened.note(ticket, found, request=Get(), at=T)

    monkeypatch.setattr(opened, "_write", counted)
    at_once(*[lambda ticket=ticket: visit(ticket) for ticket in tickets])

    assert set(Ticket.objects.values_list("seen_version", flat=True)) == {1}
    assert len(written) == 12


class Get:
    """A visitor's request, as far as a note asks."""

    method = "GET"

    class user:
        is_authenticated = False
