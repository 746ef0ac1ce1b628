"""The pre-flight: what would go wrong at T, told to the committee a day and two hours before."""

import smtplib
from datetime import timedelta

import pytest
from django.core.mail.backends import locmem
from post_office.models import STATUS, Email

from events import reveal
from events.models import Departure, Event, MailServer, Preflight, VenueAccess
from events.night import mail_pace, preflight, preflight_mail
from events.night.preflight import troubles
from events.reveal import VenueDetails
from nsca.lib import clock
from nsca.lib.mail.queue import LEASE
from nsca.lib.models import Heartbeat
from nsca.ops import health
from orders.models import Task
from tests.events.reveal_kit import DAY, LONG_BEFORE, STARTS, TICK, VENUE, T
from tests.factories import make_event, make_order, make_ticket, make_user
from tests.secrecy.canaries import found_in

pytestmark = pytest.mark.django_db
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
A_DAY_BEFORE, TWO_HOURS_BEFORE = T - DAY, T - 2 * HOUR


@pytest.fixture(autouse=True)
def all_is_well(monkeypatch, settings):
    """A mail server, a sender of ours, a clock that is kept, a ticker that runs."""
    monkeypatch.setattr(clock, "is_kept_in_time", lambda: True)
    monkeypatch.setattr(preflight, "NOWHERE", ("console", "dummy"))  # the tests' own counts as one
    settings.DEFAULT_FROM_EMAIL = "NSCA <staff@norfolksistercities.org>"
    Heartbeat.objects.create(name="ticker", beat_at=T)


@pytest.fixture
def ready(soiree, ticket, emails):
    """The evening, ready to be told."""
    Event.objects.filter(pk=soiree.pk).update(access="Level ground.")
    soiree.refresh_from_db()
    return soiree


def words_of(event, at=A_DAY_BEFORE):
    return " ".join(trouble.words for trouble in troubles(event, at=at))


# --- Once each, and in time --------------------------------------------------------------------


def test_a_day_and_two_hours_before_each_of_the_committee_has_one_email(ready, emails):
    make_user("director@nsca.example", is_staff=True, is_superuser=True, name="Dora Rector")
    make_user("editor@nsca.example", is_staff=True)
    make_user("gone@nsca.example", is_staff=True, is_superuser=True, is_active=False)

    for minutes in (-1441, -1440, -1439, -600, -121, -120, -119, -1, 0, 1):
        preflight_mail.tick(T + minutes * MINUTE)

    assert [(email.to[0], email.subject) for email in emails] == [
        ("keeper@nsca.example", "All is well, a day before Soirée en Blanc is revealed"),
        (
            "Dora Rector <director@nsca.example>",
            "All is well, a day before Soirée en Blanc is revealed",
        ),
        ("keeper@nsca.example", "All is well, two hours before Soirée en Blanc is revealed"),
        (
            "Dora Rector <director@nsca.example>",
            "All is well, two hours before Soirée en Blanc is revealed",
        ),
    ]
    assert sorted(Preflight.objects.values_list("leg", "sent_at")) == [
        (2, TWO_HOURS_BEFORE), (2, TWO_HOURS_BEFORE), (24, A_DAY_BEFORE), (24, A_DAY_BEFORE),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("at", "subjects"),
    [
        (A_DAY_BEFORE - TICK, []),
        (A_DAY_BEFORE, ["a day"]),
        (TWO_HOURS_BEFORE - TICK, ["a day"]),
        (TWO_HOURS_BEFORE, ["two hours"]),
        (T - TICK, ["two hours"]),
        (T, []),
        (T + HOUR, []),
    ],
)
def test_a_ticker_that_starts_late_sends_the_email_of_that_hour_and_none_after_t(
    ready, emails, at, subjects
):
    preflight_mail.tick(at)

    assert [email.subject.split(", ")[1].split(" before")[0] for email in emails] == subjects


@pytest.mark.parametrize(
    "change",
    [{"state": "canceled"}, {"state": "draft"}, {"lead": None}, {"reveal_version": 1}],
)
def test_where_nothing_will_be_told_nothing_is_checked(ready, emails, change):
    Event.objects.filter(pk=ready.pk).update(**change)

    preflight_mail.tick(A_DAY_BEFORE)

    assert emails == []


def test_a_start_that_moves_by_a_day_is_checked_again(ready, emails):
    preflight_mail.tick(A_DAY_BEFORE)
    Event.objects.filter(pk=ready.pk).update(starts_at=STARTS + DAY, ends_at=STARTS + DAY + HOUR)

    preflight_mail.tick(A_DAY_BEFORE + HOUR)
    preflight_mail.tick(A_DAY_BEFORE + DAY)

    assert len(emails) == 2


def test_killed_before_the_stamp_the_email_comes_once_more_with_the_same_number(
    ready, emails, monkeypatch
):
    class Killed(BaseException):
        pass

    def killed(rows, *, at):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(preflight_mail.queue, "stamp_sent", killed)
        with pytest.raises(Killed):
            preflight_mail.tick(A_DAY_BEFORE)
    preflight_mail.tick(A_DAY_BEFORE + LEASE - TICK)
    during = len(emails)
    preflight_mail.tick(A_DAY_BEFORE + LEASE)
    preflight_mail.tick(A_DAY_BEFORE + HOUR)

    assert (during, len(emails)) == (1, 2)
    assert len({email.extra_headers["Message-ID"] for email in emails}) == 1


def test_a_slow_mail_server_does_not_carry_the_round_past_its_leases(ready, emails, monkeypatch):
    """Or another ticker sends the e-mail that this one is at; and a venue has to wait."""
    for number in range(3):
        make_user(f"director{number}@nsca.example", is_staff=True, is_superuser=True)
    monkeypatch.setattr("time.monotonic", lambda: 21.0 * len(emails))

    preflight_mail.tick(A_DAY_BEFORE)
    in_time = len(emails)
    monkeypatch.undo()
    preflight_mail.tick(A_DAY_BEFORE + TICK)

    assert (in_time, len(emails)) == (1, 4)  # the keeper is of the committee, too


def test_an_email_that_could_not_leave_is_a_task_and_comes_a_minute_later(
    ready, emails, monkeypatch
):
    refused = smtplib.SMTPSenderRefused(550, b"not verified", "staff@norfolksistercities.org")
    answers = [refused]

    class Failing(locmem.EmailBackend):
        def send_messages(self, messages):
            if answers:
                raise answers.pop()
            return super().send_messages(messages)

    monkeypatch.setattr(locmem, "EmailBackend", Failing)
    preflight_mail.tick(A_DAY_BEFORE)
    at_once = len(emails)
    preflight_mail.tick(A_DAY_BEFORE + MINUTE)

    assert (at_once, len(emails)) == (0, 1)
    assert "refuses our sender address" in Task.objects.get().text


# --- What it says ------------------------------------------------------------------------------


def test_where_all_is_well_it_says_so_in_both_forms(ready, emails):
    preflight_mail.tick(A_DAY_BEFORE)

    (email,) = emails
    html = email.alternatives[0].content
    for text in (email.body, html):
        assert "Wednesday, May 19, 2027 at 6:00 p.m. EDT" in text
        assert "1 ticket, 1 e-mail" in text
        assert f"http://testserver/admin/events/event/{ready.pk}/reveal/" in text
    assert "All is well" in email.body
    assert "All is well</h1>" in html
    assert "would go wrong" not in (email.body + html).lower()


def test_no_email_of_it_holds_a_word_of_the_venue_nor_is_it_anybodys_look(ready, emails):
    VenueAccess.objects.all().delete()

    preflight_mail.tick(A_DAY_BEFORE)

    everything = emails[0].subject + emails[0].body + emails[0].alternatives[0].content
    assert found_in(everything) == []
    for word in (VENUE.name, *VENUE.lines[:1], VENUE.phone, "Boush", "boat house", "23510"):
        assert word not in everything
    assert (Email.objects.count(), VenueAccess.objects.count()) == (0, 0)


def test_a_venue_without_parking_says_so_and_links_to_the_envelope(ready, keeper, emails):
    bare = VenueDetails(
        name="Chart House Lawn", lines=("12 Ropewalk",), directions="Left.", plan_b="In."
    )
    reveal.write_venue(ready, bare, by=keeper, at=LONG_BEFORE)

    preflight_mail.tick(A_DAY_BEFORE)

    words = "The venue lacks parking, a phone number for the day and coordinates (for the map)."
    for text in (emails[0].body, emails[0].alternatives[0].content):
        assert words in text
        assert f"/admin/events/event/{ready.pk}/venue/" in text
    assert emails[0].subject == "Nearly ready, a day before Soirée en Blanc is revealed"


def test_an_empty_envelope_is_grave(keeper, emails):
    empty = make_event(starts_at=STARTS, lead=DAY, access="Level.")
    make_ticket(empty)

    [found] = troubles(empty, at=A_DAY_BEFORE)

    assert found == preflight.Trouble(
        "No venue is entered, so nothing would be revealed.", is_grave=True, of="venue"
    )


def test_a_lost_key_is_a_sentence(ready, settings):
    settings.VENUE_KEYS = ["another key, and the first is gone: 81f2c4"]
    settings.SECRET_KEY_FALLBACKS = []
    settings.SECRET_KEY = "another key altogether, long enough to pass for one: 5d7e2b"

    assert "its key is missing" in words_of(ready)


def test_a_hold_is_grave(ready):
    Event.objects.filter(pk=ready.pk).update(reveal_held_at=A_DAY_BEFORE - HOUR)
    ready.refresh_from_db()

    assert "The reveal has been held since Tuesday, May 18, 2027 at 5:00 p.m. EDT" in words_of(
        ready
    )


def test_holders_without_address_and_without_phone_are_counted(ready):
    make_ticket(ready, order=make_order(state="paid", lines=(), buyer_email="", buyer_phone=" "))
    nobody = make_order(state="paid", lines=(), buyer_email="", buyer_phone="757-555-0100")
    make_ticket(ready, order=nobody)
    make_ticket(ready, order=nobody, guest_email="x@bad,domain")
    make_ticket(ready, state="held", guest_email="")

    assert "3 tickets have no working e-mail address" in words_of(ready)
    assert "(1 without a phone number either)" in words_of(ready)


def test_an_address_that_refused_us_before_is_named_by_its_number_alone(ready):
    Email.objects.create(
        from_email="a@x.example", to=["Ada <ADA@ellery.example>"], status=STATUS.failed,
    )  # fmt: skip

    assert "1 address of ticket holders refused our e-mail" in words_of(ready)
    assert "ellery" not in words_of(ready)


@pytest.mark.parametrize(
    ("backend", "words"),
    [
        ("django.core.mail.backends.console.EmailBackend", "No mail server is set up"),
        ("django.core.mail.backends.filebased.EmailBackend", "are written to files"),
        ("django.core.mail.backends.smtp.EmailBackend", ""),
    ],
)
def test_where_there_is_no_mail_server_it_says_so(ready, settings, monkeypatch, backend, words):
    monkeypatch.setattr(mail_pace, "seconds_an_answer", lambda: 0.01)
    settings.OUTGOING_EMAIL_BACKEND = backend

    found = words_of(ready)

    assert words in found if words else found == ""


@pytest.mark.parametrize(
    ("sender", "words"),
    [
        ("NSCA <norfolk.sister.cities@gmail.com>", "unless gmail.com sends them"),
        ("office@norfolk.example", "at a domain that doesn’t exist"),
        ("root@localhost", "at a domain that doesn’t exist"),
        ("office@norfolksistercities.org", ""),
    ],
)
def test_a_sender_that_mailboxes_refuse_is_grave(ready, settings, sender, words):
    settings.DEFAULT_FROM_EMAIL = sender

    found = words_of(ready)

    assert words in found if words else found == ""


def test_a_mail_server_that_is_silent_now_is_grave(ready):
    MailServer.objects.create(silences=3, silent_until=A_DAY_BEFORE + MINUTE)

    assert "did not accept our last e-mails (3 tries in a row)" in words_of(ready)


@pytest.mark.parametrize(("limit", "is_too_small"), [(30, True), (45, False), (0, False)])
def test_a_pace_that_is_too_small_for_ten_minutes_is_grave(ready, settings, limit, is_too_small):
    settings.MAIL_PER_HOUR = limit
    for number in range(39):
        make_ticket(ready, guest_email=f"g{number}@x.example")

    found = words_of(ready)
    assert ("40 e-mails will take about 1 hour; MAIL_PER_HOUR allows" in found) is is_too_small
    assert ("The last goes out 1 hour after the reveal" in found) is is_too_small
    assert Departure.objects.count() == 0


@pytest.mark.parametrize(("minutes", "is_late"), [(14, False), (16, True)])
def test_an_outbox_that_is_behind_is_grave(ready, minutes, is_late):
    email = Email.objects.create(from_email="a@x.example", to=["b@x.example"], status=2)
    Email.objects.filter(pk=email.pk).update(created=A_DAY_BEFORE - minutes * MINUTE)

    assert ("The outbox is behind: 1 e-mail has waited" in words_of(ready)) is is_late


def test_a_ticker_that_is_silent_or_was_is_told(ready):
    Heartbeat.objects.filter(name="ticker").update(beat_at=A_DAY_BEFORE - 4 * MINUTE)
    now = words_of(ready)
    Heartbeat.objects.filter(name="ticker").update(beat_at=A_DAY_BEFORE)
    for name, hours in ((health.SILENT_FROM, 5), (health.SILENT_UNTIL, 3)):
        Heartbeat.objects.create(name=name, beat_at=A_DAY_BEFORE - hours * HOUR)

    later = words_of(ready)
    a_day_later = words_of(ready, at=A_DAY_BEFORE + 22 * HOUR)

    assert "is silent for 4 minutes" in now
    assert "was silent from Tuesday, May 18, 2027 at 1:00 p.m. EDT" in later
    assert "was silent" not in a_day_later


def test_the_ticker_notes_its_own_silence(ready, monkeypatch):
    from nsca.management.commands.tick import Command

    Heartbeat.objects.filter(name="ticker").update(beat_at=A_DAY_BEFORE - 2 * HOUR)
    for seconds in (0, 5):
        monkeypatch.setattr(clock, "now", lambda s=seconds: A_DAY_BEFORE + s * MINUTE / 60)
        Command().beat()

    beats = dict(Heartbeat.objects.values_list("name", "beat_at"))
    assert beats[health.SILENT_FROM] == A_DAY_BEFORE - 2 * HOUR
    assert beats[health.SILENT_UNTIL] == A_DAY_BEFORE


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(2, ""), (7, "7 seconds ahead of the database's"), (-7, "7 seconds behind the database's")],
)
def test_a_clock_that_is_off_is_grave(ready, monkeypatch, seconds, words):
    off = timedelta(seconds=seconds)
    monkeypatch.setattr(clock, "ahead_of_the_database", lambda connection: off)

    found = words_of(ready)

    assert words in found if words else found == ""


def test_a_clock_that_nobody_keeps_is_told(ready, monkeypatch):
    monkeypatch.setattr(clock, "is_kept_in_time", lambda: False)

    assert "The server's clock is not synchronized" in words_of(ready)


def test_what_is_grave_stands_first(ready, keeper):
    bare = VenueDetails(name="Chart House Lawn", lines=("12 Ropewalk",))
    reveal.write_venue(ready, bare, by=keeper, at=LONG_BEFORE)
    Event.objects.filter(pk=ready.pk).update(access="")
    MailServer.objects.create(silences=1)
    ready.refresh_from_db()

    found = troubles(ready, at=A_DAY_BEFORE)

    assert [trouble.is_grave for trouble in found] == [True, False, False]
