"""A dry run makes every e-mail of the reveal, sends one sample, and gives nothing away."""

import smtplib
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from post_office.models import STATUS, Email

from events import reveal
from events.models import DryRun, Event, RevealMail, Ticket, VenueAccess
from events.night import dry_run
from events.reveal import sender
from nsca.lib.mail.mail import NoSuchAddress
from orders.models import Order
from tests.events.reveal_kit import DAY, LONG_BEFORE, STARTS, VENUE, T
from tests.factories import make_event, make_ticket, make_user, sign_in_now
from tests.row_counts import counts

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
MAY = (
    "events.see_venue", "events.view_revealmail", "events.view_ticket", "events.view_event",
)  # fmt: skip


@pytest.fixture(autouse=True)
def mail_goes_to_the_mailoutbox(settings):
    settings.OUTGOING_EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def keeper():
    return make_user("keeper@nsca.example", name="Kay", is_staff=True, permissions=MAY)


@pytest.fixture
def soiree(keeper):
    event = make_event(starts_at=STARTS, lead=DAY, slug="soiree", publish_at=LONG_BEFORE)
    reveal.write_venue(event, VENUE, by=keeper, at=LONG_BEFORE)
    return event


@pytest.fixture
def guests(soiree):
    return [guest(soiree, number) for number in range(3)]


def guest(event, number):
    return make_ticket(event, guest_email=f"g{number}@x.example", guest_name=f"Guest {number}")


@pytest.fixture
def made(monkeypatch):
    """The e-mails that were made, as a mail server would have read them."""
    found = []
    make = sender.make_message

    def watch(*args, **more):
        message = make(*args, **more)
        found.append(message)
        return message

    monkeypatch.setattr(sender, "make_message", watch)
    return found


@pytest.fixture
def page(soiree, keeper, client):
    """A function that opens the page at an instant, or presses its button."""

    def ask(at, *, post=False, user=keeper):
        url = reverse("admin:events_event_dry_run", args=[soiree.pk])
        with time_machine.travel(at, tick=False):
            sign_in_now(client, user)
            return client.post(url) if post else client.get(url)

    return ask


# --- It is the real reveal ---------------------------------------------------------------------


def test_every_e_mail_is_made_and_one_is_sent(soiree, guests, keeper, made, mailoutbox):
    result = dry_run.run(soiree, by=keeper, at=T - DAY)

    *for_guests, _sample = made
    assert (result.made, result.failures) == (3, {})
    assert [message.to for message in for_guests] == [
        [f"Guest {number} <g{number}@x.example>"] for number in range(3)
    ]
    assert all(VENUE.name in message.body for message in for_guests)
    assert all(VENUE.name in message.attachments[0][1] for message in for_guests)
    assert [message.to for message in mailoutbox] == [["Kay <keeper@nsca.example>"]]


def test_it_makes_what_the_night_sends(soiree, guests, keeper, made, mailoutbox):
    dry_run.run(soiree, by=keeper, at=T - DAY)
    tried = {message.to[0]: (message.subject, message.body) for message in made[:3]}
    mailoutbox.clear()

    reveal.publish_due(at=T)
    while sender.send_due(at=T):
        pass

    assert {message.to[0]: (message.subject, message.body) for message in mailoutbox} == tried


def test_holders_with_one_address_get_one(soiree, guests, keeper):
    guest(soiree, 0)

    assert dry_run.run(soiree, by=keeper, at=T - DAY).made == 3


def test_a_held_reveal_can_be_tried(soiree, guests, keeper):
    Event.objects.filter(pk=soiree.pk).update(reveal_held_at=T - DAY)
    soiree.refresh_from_db()

    assert dry_run.run(soiree, by=keeper, at=T - DAY).made == 3
    soiree.refresh_from_db()
    assert (soiree.reveal_held_at, soiree.reveal_version) == (T - DAY, 0)


def test_nobody_to_write_to_is_said(soiree, keeper, page, mailoutbox):
    response = page(T - DAY, post=True)

    assert response.context["result"].made == 0
    assert "Nobody to e-mail" in response.content.decode()
    assert mailoutbox == []


# --- Nothing gives the venue away --------------------------------------------------------------


@pytest.mark.parametrize(("at", "is_open"), [(T - SECOND, False), (T, True), (T + SECOND, True)])
def test_the_sample_shows_the_venue_only_from_the_reveal_on(
    soiree, guests, page, mailoutbox, at, is_open
):
    shown = page(at).content.decode() + page(at, post=True).content.decode()
    [sample] = mailoutbox
    source = sample.message().as_string() + str(sample.alternatives)

    assert VENUE.name not in shown
    assert (VENUE.name in source) is is_open
    assert (dry_run.NOT_YET.name in source) is not is_open
    assert sample.subject.startswith("DRY RUN: ")
    for word in (VENUE.lines[0], VENUE.directions, VENUE.parking, VENUE.plan_b, VENUE.phone):
        assert (word in sample.body) is is_open


def test_a_held_reveal_keeps_the_venue_out_of_the_sample(soiree, guests, page, mailoutbox):
    Event.objects.filter(pk=soiree.pk).update(reveal_held_at=T - DAY)

    page(T + SECOND, post=True)

    assert VENUE.name not in mailoutbox[0].body


def test_the_sample_has_nothing_of_a_guest(soiree, guests, keeper, mailoutbox):
    dry_run.run(soiree, by=keeper, at=T)
    [sample] = mailoutbox
    source = sample.body + str(sample.alternatives)

    assert sample.attachments == []
    for ticket in guests:
        assert not any(word in source for word in (ticket.token, ticket.code, ticket.guest_name))


def test_it_is_logged_as_a_venue_access(soiree, guests, keeper):
    dry_run.run(soiree, by=keeper, at=T - DAY)

    look = VenueAccess.objects.filter(act=VenueAccess.Act.DRY_RUN).get()
    assert (look.user, look.event, look.at) == (keeper, soiree, T - DAY)


def test_who_may_not_know_the_venue_cannot_run_it(soiree, guests, mailoutbox):
    watcher = make_user("w@nsca.example", is_staff=True, permissions=MAY[1:])

    with pytest.raises(reveal.NotPermitted):
        dry_run.run(soiree, by=watcher, at=T - DAY)

    assert (mailoutbox, DryRun.objects.count()) == ([], 0)


@pytest.mark.parametrize("missing", MAY)
def test_the_page_is_for_those_alone_who_may_know_it_all(soiree, guests, page, missing):
    permissions = tuple(each for each in MAY if each != missing)
    user = make_user("w@nsca.example", is_staff=True, permissions=permissions)

    assert [page(T, user=user).status_code, page(T, user=user, post=True).status_code] == [403] * 2


def test_who_signed_in_long_ago_is_asked_who_they_are(soiree, guests, keeper, client, mailoutbox):
    url = reverse("admin:events_event_dry_run", args=[soiree.pk])
    with time_machine.travel(T - DAY, tick=False):
        sign_in_now(client, keeper)
    with time_machine.travel(T - DAY + timedelta(minutes=30), tick=False):
        response = client.post(url)

    assert response.context["asking"] is not None
    assert not DryRun.objects.exists()
    assert not any(message.subject.startswith("DRY RUN") for message in mailoutbox)


# --- Nothing stays -----------------------------------------------------------------------------


def test_nothing_stays_but_its_line_and_the_log(soiree, guests, keeper):
    before, tickets = counts(), list(Ticket.objects.order_by("pk").values())

    dry_run.run(soiree, by=keeper, at=T - DAY)

    after = counts()
    new = {name for name in after if after[name] != before.get(name, 0)}
    assert new == {"events.DryRun", "events.VenueAccess", "events.VenueLogRecord"}
    assert list(Ticket.objects.order_by("pk").values()) == tickets
    assert (Email.objects.count(), RevealMail.objects.count()) == (0, 0)


def test_opening_the_page_runs_nothing(soiree, guests, page, mailoutbox):
    response = page(T - DAY)

    assert "None yet." in response.content.decode()
    assert (mailoutbox, DryRun.objects.count(), response.context["result"]) == ([], 0, None)


# --- What would fail ---------------------------------------------------------------------------


def test_each_holder_who_would_get_nothing_is_named_and_the_others_are_counted(
    soiree, guests, page, monkeypatch
):
    no_address = guest(soiree, 7)
    Ticket.objects.filter(pk=no_address.pk).update(guest_email="", guest_name="Nell")
    Order.objects.filter(pk=no_address.line.order_id).update(buyer_email="")
    Email.objects.create(to=["g1@x.example"], from_email="a@x.example", status=STATUS.failed)
    make = sender.make_message

    def break_one(row, tickets, *args, **more):
        if tickets[0].pk == guests[0].pk:
            raise ValueError(VENUE.name)
        if tickets[0].pk == guests[2].pk:
            raise NoSuchAddress
        return make(row, tickets, *args, **more)

    monkeypatch.setattr(sender, "make_message", break_one)
    response = page(T - DAY, post=True)
    html, result = response.content.decode(), response.context["result"]

    assert result.made == 1
    assert {why: [ticket.pk for ticket in found] for why, found in result.failures.items()} == {
        dry_run.NO_ADDRESS: [no_address.pk],
        "Couldn’t make the e-mail (ValueError)": [guests[0].pk],
        dry_run.REFUSED: [guests[1].pk],
        dry_run.BAD_ADDRESS: [guests[2].pk],
    }
    assert all(name in html for name in ("Nell", "Guest 0", "Guest 1", "Guest 2"))
    assert VENUE.name not in html
    assert (DryRun.objects.get().made, DryRun.objects.get().failed) == (1, 4)


def test_an_event_without_a_venue_says_so(keeper, mailoutbox):
    event = make_event(starts_at=STARTS, lead=DAY, slug="bare", publish_at=LONG_BEFORE)
    ticket = guest(event, 1)

    result = dry_run.run(event, by=keeper, at=T - DAY)

    assert result.failures == {"No venue is entered": [ticket]}
    assert (result.made, mailoutbox) == (0, [])


def test_a_sample_that_cannot_be_sent_hides_no_finding(soiree, guests, keeper, monkeypatch):
    def refuse(*_, **__):
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
    result = dry_run.run(soiree, by=keeper, at=T - DAY)

    assert result.made == 3
    assert (
        "couldn’t send the sample to keeper@nsca.example (SMTPServerDisconnected)" in result.sample
    )


def test_a_dry_run_that_takes_too_long_says_whom_it_did_not_try(
    soiree, guests, keeper, monkeypatch
):
    monkeypatch.setattr(dry_run, "BUDGET", -1)

    assert dry_run.run(soiree, by=keeper, at=T - DAY).failures == {dry_run.NOT_REACHED: guests}


@pytest.mark.parametrize("fields", [{"lead": None}, {"state": "canceled"}, {"state": "draft"}])
def test_there_is_none_where_there_is_no_reveal(soiree, guests, keeper, page, fields):
    Event.objects.filter(pk=soiree.pk).update(**fields)
    soiree.refresh_from_db()

    with pytest.raises(dry_run.CannotRun):
        dry_run.run(soiree, by=keeper, at=T - DAY)
    assert page(T - DAY).status_code == 403


# --- What it costs, and where it is mentioned --------------------------------------------------


def test_each_holder_costs_the_same(soiree, guests, keeper):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            dry_run.run(soiree, by=keeper, at=T - DAY)
        return len(captured)

    queries()  # the log's head, and what is asked now and then
    three = queries()
    guest(soiree, 3)
    four = queries()
    for number in range(4, 9):
        guest(soiree, number)
    nine = queries()

    assert nine - four == 5 * (four - three)
    assert four - three <= 8


def test_the_pre_flight_says_when_the_last_was_and_how_it_went(soiree, guests, keeper, client):
    url = reverse("admin:events_event_preflight", args=[soiree.pk])

    def section():
        with time_machine.travel(T - DAY, tick=False):
            sign_in_now(client, keeper)
            return client.get(url).content.decode()

    before = section()
    dry_run.run(soiree, by=keeper, at=T - 2 * DAY)
    clean = section()
    Ticket.objects.filter(pk=guests[0].pk).update(guest_email="")
    Order.objects.update(buyer_email="")
    dry_run.run(soiree, by=keeper, at=T - 2 * DAY + SECOND)

    assert "None yet." in before
    assert "3 e-mails made, and all was well." in clean
    assert "2 e-mails made, 1 ticket would get none." in section()
