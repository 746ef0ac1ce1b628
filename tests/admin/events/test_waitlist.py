"""The waitlist on the admin: the line, what was offered, and the two acts that break it."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from events.models import Ticket
from events.waitlist import entries as waitlist
from events.waitlist import joining
from tests.admin.conftest import make_event
from tests.events.selling import sell
from tests.factories import make_ticket_type

MINUTE = timedelta(minutes=1)


@pytest.fixture
def line(at):
    """Three parties before a room whose two seats are sold."""
    event = make_event(at, slug="tea", title="Tea")
    sell(event, (make_ticket_type(event, capacity=2), 2), at=at)
    return [
        joining.join(
            event=event, name=name, email=f"{name}@x.example", party=party, at=at + n * MINUTE
        )[0]
        for n, (name, party) in enumerate([("Dee", 2), ("Eli", 2), ("Fay", 1)])
    ]


def act(name, entry):
    return reverse(f"admin:events_waitlistentry_{name}", args=[entry.pk])


def test_the_list_shows_each_party_s_place(sign_in, line):
    client = sign_in("events")
    waitlist.leave(line[0], at=line[0].joined_at)

    rows = client.get("/admin/events/waitlistentry/").context["cl"].result_list

    assert [(entry.name, entry.place) for entry in rows] == [("Dee", None), ("Eli", 1), ("Fay", 2)]


def test_a_party_is_moved_to_the_top_with_a_reason(sign_in, line):
    client = sign_in("events")

    refused = client.post(act("move_up", line[2]), {"reason": ""})
    client.post(act("move_up", line[2]), {"reason": "The board's guest from Toulon."})

    assert refused.status_code == 422
    assert waitlist.turn_of(waitlist.waiting(line[0].event).get(name="Fay")).number == 1
    assert "The board's guest from Toulon." in LogEntry.objects.get().change_message


def test_the_last_moved_up_is_the_first(sign_in, line):
    client = sign_in("events")
    for entry in line[1:]:
        client.post(act("move_up", entry), {"reason": "So decided."})

    names = waitlist.waiting(line[0].event).values_list("name", flat=True)

    assert list(names) == ["Fay", "Eli", "Dee"]


def test_seats_are_offered_out_of_turn(sign_in, line, at):
    client = sign_in("events")
    Ticket.objects.filter(number=1).update(canceled_at=at)

    client.post(act("offer_now", line[2]))

    line[2].refresh_from_db()
    assert line[2].offer.lines.get().quantity == 1
    assert "Offered out of turn" in LogEntry.objects.get().change_message


def test_nothing_is_offered_where_nothing_is_free(sign_in, line):
    client = sign_in("events")

    response = client.post(act("offer_now", line[0]))

    line[0].refresh_from_db()
    assert line[0].offer is None
    assert "There are not enough free seats for this party" in response.content.decode()


@pytest.mark.parametrize("name", ["move_up", "offer_now"])
def test_who_has_left_cannot_be_acted_on(sign_in, line, at, name):
    client = sign_in("events")
    waitlist.leave(line[0], at=at)

    assert client.post(act(name, line[0]), {"reason": "x"}).status_code == 403
