"""Who has seen the venue is noted once, and no page ever waits or fails for its note."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client

from events import reveal
from events.models import RevealMail, Ticket
from events.night.calls import call_list
from events.reveal import opened
from tests.events.reveal_kit import OTHER_VENUE, TICK, T
from tests.factories import make_ticket, make_user
from tests.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def look(client, ticket, travel):
    """What a browser does at an instant: it shows the ticket's page, and says which version of the
    place was on it; what is noted afterwards.
    """

    def at(instant, by=client, shown=1, **fields):
        travel(instant)
        by.get(ticket.get_absolute_url())
        by.post(f"{ticket.get_absolute_url()}seen/", {"version": shown, "by": "page"} | fields)
        ticket.refresh_from_db()
        return ticket.seen_version, ticket.seen_open_at

    return at


@pytest.fixture
def fetched(client, ticket, travel):
    """What a machine does that follows the links of an e-mail: it asks, and runs nothing."""

    def at(instant, form="", method="get"):
        travel(instant)
        answer = getattr(client, method)(f"{ticket.get_absolute_url()}{form}")
        ticket.refresh_from_db()
        return answer.status_code, ticket.seen_version, ticket.seen_open_at

    return at


@pytest.mark.parametrize(
    ("at", "noted"), [(T - TICK, (0, None)), (T, (1, T)), (T + TICK, (1, T + TICK))]
)
def test_a_look_is_noted_from_t_on(look, at, noted):
    assert look(at) == noted


def test_the_first_look_counts(look):
    look(T)

    assert look(T + TICK) == (1, T)


@pytest.mark.parametrize(
    ("form", "method"),
    [("", "get"), ("", "head"), ("ticket.pdf", "get"), ("event.ics", "get"),
     ("envelope.txt", "head")],
)  # fmt: skip
def test_a_mail_scanner_s_fetch_does_not_hide_a_guest_from_the_call_list(
    soiree, ticket, fetched, form, method
):
    reveal.publish_due(at=T)
    RevealMail.objects.update(state="sent", sent_at=T)
    soiree.refresh_from_db()

    status, *noted = fetched(T, form, method)

    assert (status in (200, 404), noted) == (True, [0, None])
    quiet = call_list(soiree, at=T + timedelta(hours=2)).quiet
    assert [entry.key for entry in quiet] == [ticket.pk]


def test_the_address_that_notes_a_look_does_not_answer_a_fetch(fetched):
    assert fetched(T, "seen/") == (405, 0, None)


def test_a_guest_whose_browser_showed_it_is_not_called(soiree, ticket, look):
    reveal.publish_due(at=T)
    RevealMail.objects.update(state="sent", sent_at=T)
    soiree.refresh_from_db()

    look(T)

    assert call_list(soiree, at=T + timedelta(hours=2)).count == 0


def test_without_javascript_a_guest_says_so_by_a_button_and_is_thanked(client, ticket, travel):
    travel(T)
    before = client.get(ticket.get_absolute_url()).content.decode()

    answer = client.post(f"{ticket.get_absolute_url()}seen/", {"version": "1"}, follow=True)

    after = answer.content.decode()
    ticket.refresh_from_db()
    assert "I have the location" in before
    assert (ticket.seen_version, ticket.seen_open_at) == (1, T)
    assert "noted that you have the location" in after
    assert "I have the location" not in after


def test_another_site_cannot_say_it_for_a_guest(client, ticket, travel):
    travel(T)

    answer = client.post(
        f"{ticket.get_absolute_url()}seen/",
        {"version": "1"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    ticket.refresh_from_db()
    assert (answer.status_code, ticket.seen_version) == (403, 0)


def test_a_changed_venue_is_looked_at_anew(look, soiree, keeper):
    look(T)
    reveal.publish_due(at=T)
    soiree.refresh_from_db()
    reveal.write_venue(soiree, OTHER_VENUE, by=keeper, at=T + TICK)

    assert look(T + 2 * TICK, shown=2) == (2, T + 2 * TICK)


def test_who_saw_the_old_venue_in_an_open_window_has_not_seen_the_new_one(
    look, client, ticket, soiree, keeper
):
    reveal.publish_due(at=T)
    soiree.refresh_from_db()
    reveal.write_venue(soiree, OTHER_VENUE, by=keeper, at=T + TICK)

    assert look(T + 2 * TICK, shown=1) == (1, T + 2 * TICK)
    answer = client.post(f"{ticket.get_absolute_url()}seen/", {"version": "1"}, follow=True)
    assert "The location has changed since you opened the page" in answer.content.decode()


@pytest.mark.parametrize("shown", ["", "0", "-1", "2", "99999999999999999999", "one"])
def test_a_version_that_was_never_told_is_not_noted(look, shown):
    assert look(T, shown=shown) == (0, None)


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
        said = client.post(f"{ticket.get_absolute_url()}seen/", {"version": 1, "by": "page"})

    assert (page.status_code, "Chart House Lawn" in page.content.decode()) == (200, True)
    assert said.status_code == 204
    assert not opened._writing.locked()
    client.post(f"{ticket.get_absolute_url()}seen/", {"version": 1, "by": "page"})
    ticket.refresh_from_db()
    assert ticket.seen_version == 1


def test_who_comes_while_another_writes_leaves_the_note_to_it(client, soiree, travel, monkeypatch):
    first, second = make_ticket(soiree), make_ticket(soiree, guest_email="b@x.example")
    write, batches = opened._write, []

    def slow(notes):
        batches.append([pk for pk, *_ in notes])
        if len(batches) == 1:  # while the first is written, another guest comes
            client.post(f"{second.get_absolute_url()}seen/", {"version": 1})
        write(notes)

    monkeypatch.setattr(opened, "_write", slow)
    travel(T)
    client.post(f"{first.get_absolute_url()}seen/", {"version": 1})

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
        opened.note(ticket, found, shown=1, request=Stranger(), at=T)

    monkeypatch.setattr(opened, "_write", counted)
    at_once(*[lambda ticket=ticket: visit(ticket) for ticket in tickets])

    assert set(Ticket.objects.values_list("seen_version", flat=True)) == {1}
    assert len(written) == 12


class Stranger:
    """A visitor's request, as far as a note asks."""

    class user:
        is_authenticated = False
