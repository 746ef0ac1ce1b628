"""A rehearsal: real letters to the committee, and not a trace of it anywhere else, ever."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.apps import apps
from django.contrib.auth.models import Group
from django.db.models import ForeignKey, OneToOneField
from post_office.models import Email

from events import door, notices, reveal, sender
from events.door import Device
from events.models import (
    Call,
    DoorLink,
    Event,
    MailServer,
    Rehearsal,
    RevealNotice,
    Scan,
    Ticket,
    TicketType,
)
from events.night import calls, drill
from membership.models import SecurityEvent
from nsca.audit import audit
from nsca.lib.caching import recent_content_version
from nsca.management.commands.tick import TIDIED
from orders.models import LedgerEntry, Line, Order, Payment, Task
from tests.events import failing_mail
from tests.events.reveal_kit import DAY, LONG_BEFORE, PLACE, STARTS
from tests.factories import NOON, make_event, make_ticket, make_user
from tests.secrecy.addresses import addresses
from tests.secrecy.walking import differing, walk
from tests.secrecy.world import T, Viewer, build

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
KAY, COLE = '"REHEARSAL: Kay" <keeper@nsca.example>', '"REHEARSAL: Cole" <colleague@nsca.example>'
MAY = ("events.see_venue", "events.hold_reveal")


@pytest.fixture(autouse=True)
def letters_go_to_the_mailoutbox(settings):
    settings.OUTGOING_EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def keeper():
    return make_user("keeper@nsca.example", name="Kay", is_staff=True, permissions=MAY)


@pytest.fixture
def colleague():
    return make_user("colleague@nsca.example", name="Cole", is_staff=True)


@pytest.fixture
def soiree(keeper):
    """A real evening with a real place and a real guest."""
    event = make_event(starts_at=STARTS, lead=DAY, slug="soiree", publish_at=LONG_BEFORE)
    reveal.write_place(event, PLACE, by=keeper, at=LONG_BEFORE)
    make_ticket(event, guest_email="guest@x.example", guest_name="Gia")
    return event


@pytest.fixture
def running(soiree, keeper, colleague):
    return drill.begin(soiree, [keeper, colleague], minutes=3, by=keeper, at=NOON)


def play(at):
    """What the ticker does for the reveals of an instant."""
    with time_machine.travel(at, tick=False):
        reveal.publish_due(at=at)
        while sender.send_due(at=at):
            pass


# --- It is the real thing, for those who were chosen ---------------------------------------------


def test_the_committee_gets_the_false_place_at_the_instant_and_not_before(running, mailoutbox):
    play(NOON + 3 * MINUTE - SECOND)
    too_early = list(mailoutbox)
    play(NOON + 3 * MINUTE)

    assert too_early == []
    assert sorted(letter.to[0] for letter in mailoutbox) == [COLE, KAY]
    assert all(drill.FALSE_PLACE.name in letter.body for letter in mailoutbox)


def test_its_ticket_page_is_sealed_and_opens_at_the_instant(running, client):
    address = running.event.tickets.first().get_absolute_url()

    with time_machine.travel(NOON + 3 * MINUTE - SECOND, tick=False):
        before = client.get(address).content.decode()
    with time_machine.travel(NOON + 3 * MINUTE, tick=False):
        after = client.get(address).content.decode()

    assert drill.FALSE_PLACE.name not in before
    assert drill.FALSE_PLACE.name in after
    assert "REHEARSAL" in before


def test_whoever_is_asked_is_written_to_with_the_link(running, colleague):
    letter = Email.objects.get(to__contains="colleague@")

    assert letter.subject.startswith("REHEARSAL: ")
    assert running.event.tickets.get(guest_email=colleague.email).token in letter.message


def test_the_false_place_can_be_changed_and_the_change_is_told(running, keeper, mailoutbox):
    play(NOON + 3 * MINUTE)
    drill.change_place(running, by=keeper, at=NOON + 5 * MINUTE)
    mailoutbox.clear()

    play(NOON + 5 * MINUTE)

    assert len(mailoutbox) == 2
    assert all(letter.subject.startswith("CHANGED") for letter in mailoutbox)
    assert all(drill.OTHER_FALSE_PLACE.name in letter.body for letter in mailoutbox)


def test_it_says_how_it_went(running, client):
    play(NOON + 3 * MINUTE + 7 * SECOND)
    with time_machine.travel(NOON + 4 * MINUTE, tick=False):
        own = running.event.tickets.first().get_absolute_url()
        client.post(f"{own}seen/", {"version": 1, "by": "page"})

    running.refresh_from_db()

    assert drill.score(running) == drill.Score(told=2, opened=1, took_seconds=7)
    drill.end(running, at=NOON + 9 * MINUTE)
    running.refresh_from_db()
    assert (running.told, running.opened, running.ended_at) == (2, 1, NOON + 9 * MINUTE)


# --- To nobody else ------------------------------------------------------------------------------


def test_only_staff_who_can_sign_in_are_chosen(soiree, keeper):
    guest = make_user("guest@x.example")
    left = make_user("left@nsca.example", is_staff=True, is_active=False)

    with pytest.raises(drill.CannotRehearse):
        drill.begin(soiree, [guest, left], minutes=3, by=keeper, at=NOON)

    assert not Rehearsal.objects.exists()
    assert not Event.every.filter(is_rehearsal=True).exists()


def test_who_may_not_reveal_may_not_rehearse(soiree, colleague):
    with pytest.raises(reveal.NotPermitted):
        drill.begin(soiree, [colleague], minutes=3, by=colleague, at=NOON)


def test_a_letter_goes_to_no_address_that_was_written_onto_a_ticket(running, mailoutbox):
    running.event.tickets.filter(guest_email="colleague@nsca.example").update(
        guest_email="guest@x.example"
    )

    play(NOON + 3 * MINUTE)

    assert [letter.to[0] for letter in mailoutbox] == [KAY]


def test_a_colleague_who_has_left_since_gets_no_letter(running, colleague, mailoutbox):
    colleague.is_active = False
    colleague.save()

    play(NOON + 3 * MINUTE)

    assert [letter.to[0] for letter in mailoutbox] == [KAY]


def test_letters_of_it_that_fail_are_no_task_of_the_office(running, settings, monkeypatch):
    settings.OUTGOING_EMAIL_BACKEND = failing_mail.BACKEND
    monkeypatch.setattr(failing_mail, "plan", [failing_mail.REFUSED, failing_mail.REFUSED])

    play(NOON + 3 * MINUTE)

    assert RevealNotice.objects.filter(state=RevealNotice.State.FAILED).count() == 2
    assert not Task.objects.exists()


def test_the_call_list_can_be_practiced_and_its_calls_go_too(running, keeper):
    running.event.tickets.filter(guest_email="colleague@nsca.example").update(guest_email="")
    Order.every.filter(buyer_email="colleague@nsca.example").update(buyer_email="")
    play(NOON + 3 * MINUTE)
    event = Event.every.get(pk=running.event_id)

    [entry] = calls.call_list(event, at=NOON + 4 * MINUTE).pressing
    calls.take(event, entry.key, by=keeper, at=NOON + 4 * MINUTE)
    calls.told(event, entry.key, by=keeper, at=NOON + 5 * MINUTE)

    assert calls.call_list(event, at=NOON + 5 * MINUTE).pressing == []
    assert drill.end(running, at=NOON + 9 * MINUTE)
    assert not Call.objects.exists()


def test_letters_of_it_are_not_counted_among_those_that_guests_wait_for(running):
    reveal.publish_due(at=NOON + 3 * MINUTE)

    assert (RevealNotice.objects.count(), notices.letters_owed()) == (2, 0)


def test_the_real_evening_is_as_it_was(soiree, running, keeper, mailoutbox):
    before = Event.objects.filter(pk=soiree.pk).values().get()

    play(NOON + 3 * MINUTE)
    drill.change_place(running, by=keeper, at=NOON + 4 * MINUTE)
    play(NOON + 4 * MINUTE)
    drill.end(running, at=NOON + 5 * MINUTE)

    assert Event.objects.filter(pk=soiree.pk).values().get() == before
    assert reveal.look(soiree, by=keeper, at=NOON) == PLACE
    assert not RevealNotice.objects.exists()
    assert all("guest@x.example" not in letter.to[0] for letter in mailoutbox)


def test_a_ticket_of_it_opens_no_door_and_leaves_no_row_there(soiree, running, keeper):
    link = DoorLink.objects.create(
        event=soiree, name="Ruth", opens_at=NOON, ends_at=STARTS + DAY, created_at=NOON,
        created_by=keeper,
    )  # fmt: skip
    ticket = running.event.tickets.first()

    answer = door.read(link, ticket.code, device=Device(id="d" * 16, number=1), at=STARTS)

    assert answer.ticket is None
    assert not Scan.objects.exists()


@pytest.mark.parametrize("page", ["give", "return", "kit", "letters", "table", "receipt"])
def test_a_ticket_of_it_can_be_sent_round_the_site_and_writes_to_nobody(
    running, client, mailoutbox, page
):
    ticket = running.event.tickets.first()
    Email.objects.all().delete()
    sent = {
        "email": "guest@x.example",
        "to_email": "guest@x.example",
        "name": "Gia",
        "kind": "hints",
    }

    with time_machine.travel(NOON + MINUTE, tick=False):
        client.post(f"{ticket.get_absolute_url()}{page}/", sent)

    addresses = " ".join(address for letter in Email.objects.all() for address in letter.to)
    assert "guest@x.example" not in addresses
    assert not LedgerEntry.objects.filter(order__in=Order.every.filter(is_rehearsal=True)).exists()
    assert drill.end(running, at=NOON + 9 * MINUTE)


# --- Nothing of it stays -------------------------------------------------------------------------


def counts():
    """How many rows each table has, by its name; of users and rights nothing is asked, and what
    the security log has written stays written.
    """
    return {
        model._meta.label: model._base_manager.count()
        for model in apps.get_models(include_auto_created=True)
        # MailServer: a rehearsal measures its pace, too
        if model not in (Rehearsal, SecurityEvent, MailServer)
        and "rehearsal_people" not in model._meta.db_table
    }


def test_all_of_it_goes_but_one_row(soiree, keeper, colleague):
    before = counts()
    row = drill.begin(soiree, [keeper, colleague], minutes=3, by=keeper, at=NOON)
    play(NOON + 3 * MINUTE)
    drill.change_place(row, by=keeper, at=NOON + 4 * MINUTE)
    play(NOON + 4 * MINUTE)

    drill.end(row, at=NOON + 5 * MINUTE)

    assert counts() == before
    row.refresh_from_db()
    assert (row.event, row.title, row.guests) == (None, soiree.title, 2)


def test_its_links_are_dead_when_it_has_ended(running, client):
    address = running.event.tickets.first().get_absolute_url()

    drill.end(running, at=NOON + MINUTE)

    assert client.get(address).status_code == 404


def test_it_ends_once(running):
    assert [drill.end(running, at=NOON + MINUTE) for _ in range(2)] == [True, False]


def test_the_ticker_ends_what_was_forgotten(running):
    early = drill.end_due(NOON + drill.LONGEST - SECOND)
    in_time = drill.end_due(NOON + drill.LONGEST)

    assert (early, in_time) == (0, 1)
    assert not Event.every.filter(is_rehearsal=True).exists()
    assert ("rehearsals", "events.night.drill.end_due") in TIDIED


@pytest.mark.parametrize("breaks", ["_clear", "score"])
def test_an_end_that_breaks_off_takes_away_nothing_and_is_done_by_the_next(
    running, monkeypatch, breaks
):
    rows = counts()

    def crash(*_):
        if breaks == "_clear":
            Email.objects.all().delete()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(drill, breaks, crash)
        with pytest.raises(KeyboardInterrupt):
            drill.end(running, at=NOON + MINUTE)
    kept = counts()
    drill.end_due(NOON + drill.LONGEST)

    assert kept == rows
    assert not Event.every.filter(is_rehearsal=True).exists()


def test_a_beginning_that_breaks_off_leaves_nothing(soiree, keeper, monkeypatch):
    before = counts()

    def crash(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(drill, "_invite", crash)
    with pytest.raises(KeyboardInterrupt):
        drill.begin(soiree, [keeper], minutes=3, by=keeper, at=NOON)

    assert counts() == before


NEVER_OF_A_REHEARSAL = {
    "events.Scan",  # its tickets open no door
    "orders.Payment", "orders.LedgerEntry", "orders.Task", "orders.Refund",  # nothing is paid
    "membership.Term", "events.Portion",  # nothing but a chair is on its lines
    "membership.GiftMembership", "membership.Tribute", "membership.StatementLine",
    "orders.StandingOrder", "orders.StandingCharge",  # nobody agrees to be charged again
}  # fmt: skip
GOES_ALONG = {
    "events.Hint", "events.Commitment", "events.EventPicture",
    "events.WordFindings", "events.VenueLook", "events.Preflight", "events.Venue",
    "events.PlacePicture", "events.FormerPlace", "events.RevealOpening", "orders.Line",
}  # fmt: skip


def test_whatever_can_hang_on_a_rehearsal_is_taken_away_or_can_never_be_there():
    """A new model that points at an event, a ticket, a line or an order says here what becomes of
    it: a row that protects its ticket would keep a rehearsal for ever.
    """
    pointing = {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey | OneToOneField)
        and field.related_model in (Event, Ticket, TicketType, Line, Order)
        and not model.__name__.startswith("Historical")
    }
    cleared = {model._meta.label for model in (*drill.OF_A_TICKET, *drill.OF_AN_EVENT)}

    assert pointing - cleared - NEVER_OF_A_REHEARSAL - GOES_ALONG == {
        "events.Rehearsal", "events.Event",  # its own row; what a duplicate was made from
    }  # fmt: skip


# --- Money and counting --------------------------------------------------------------------------


def test_no_money_and_no_audit_knows_of_it(soiree, keeper, colleague):
    before = audit(NOON)
    row = drill.begin(soiree, [keeper, colleague], minutes=3, by=keeper, at=NOON)
    play(NOON + 3 * MINUTE)

    assert audit(NOON + 4 * MINUTE) == before
    assert not Payment.objects.exists()
    assert row.event.tickets.count() == 2


# --- Every page, list, export and calendar -------------------------------------------------------


class NoChance:
    """Stands in for `secrets` where tokens are made."""

    choice = staticmethod(lambda letters: letters[0])
    token_urlsafe = staticmethod(lambda size: "x" * size)


# Of one row that is none of the rehearsal's; the desks of the event itself are asked all the same.
# The pre-flight compares our clock, which stands here, with the database's, which goes on.
OF_ONE_ROW = re.compile(
    r"/admin/(?!events/event/).*/\d+/|/(add|delete|history|preflight)/|accounts/"
)


def seen_by(world, viewer, monkeypatch, *, only):
    """Every answer, without what is random by intent."""
    recent_content_version()  # asked now and then, and by whichever page comes first
    with monkeypatch.context() as patch:
        patch.setattr("nsca.lib.codes.secrets", NoChance)
        return walk(world, viewer, at=T - DAY, only=only)


@pytest.mark.parametrize(
    ("name", "its_own"),
    [
        ("visitor", set()),
        ("holder", set()),
        ("director", {"/admin/events/event/1/rehearse/"}),  # where one reads that one is under way
    ],
)
def test_every_address_is_the_same_to_the_byte_while_one_is_under_way(name, its_own, monkeypatch):
    """Lists, search, feeds, sitemap, calendars, reports, exports, the desk: everything that this
    person can open, with the same number of queries.
    """
    world = build()
    director = make_user("director@nsca.example", name="Dee", is_staff=True)
    director.groups.add(Group.objects.get(name="director"))
    viewer = world.viewers.get(name) or Viewer(name, user=director, is_staff=True)

    lists = {a.path for a in addresses(world, viewer) if not OF_ONE_ROW.search(a.path)}
    before = seen_by(world, viewer, monkeypatch, only=lists)
    row = drill.begin(
        world.event, [world.keeper, director], minutes=3, by=world.keeper, at=T - DAY
    )
    told = reveal.publish_due(at=T - DAY + 3 * MINUTE)
    Email.objects.all().delete()  # the outbox shows what is written to colleagues, too
    during = seen_by(world, viewer, monkeypatch, only=lists)
    other = differing(before, during)
    drill.end(row, at=T - DAY)
    # What a process makes once and keeps, it made in the first walk: that is asked again.
    after = seen_by(world, viewer, monkeypatch, only=other)

    assert (row.guests, told, len(before) > 40) == (2, 2, True)
    others = differing(after, [answer for answer in during if answer.path in other])
    assert {path.replace(f"/{world.event.pk}/", "/1/") for path in others} == its_own
