"""A backlog of other mail does not delay the reveal: what is due is looked at between two mails.

The mail server of these tests takes a second and a half a mail, by the clock that they set.
"""

from datetime import timedelta

import pytest
import time_machine
from django.core.mail.backends import locmem
from django.core.management import call_command
from post_office.models import Email

from events import reveal
from events.changes import moving
from events.models import MailServer, MoveMail, RevealMail
from events.night import mail_pace, preflight
from events.reveal import pace
from membership.accounts.mail import Share
from membership.models import SignInCode
from nsca.management.commands import tick
from tests.events.moving_kit import FRIDAY, wanted
from tests.events.reveal_kit import DAY, STARTS, VENUE, T
from tests.factories import make_event, make_order, make_ticket
from tests.fakes.smtp import Sink
from tests.nsca.ops.test_tick import queue

pytestmark = pytest.mark.django_db
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
A_MAIL = 1.5  # seconds
MEMORY = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def slow(settings, monkeypatch, mailoutbox):
    """Yields the clock; each mail that leaves moves it on, and `left` notes when which left."""
    settings.OUTGOING_EMAIL_BACKEND = MEMORY
    settings.POST_OFFICE = settings.POST_OFFICE | {"BACKENDS": {"default": MEMORY}}
    left = []

    class Slow(locmem.EmailBackend):
        def send_messages(self, messages):
            for message in messages:
                traveller.shift(A_MAIL)
                left.append((tick.clock.now(), message.subject))
            return super().send_messages(messages)

    monkeypatch.setattr(locmem, "EmailBackend", Slow)
    with time_machine.travel(T - 10 * SECOND, tick=False) as traveller:
        traveller.left = left
        yield traveller


def first_reveal(left):
    return next(at for at, subject in left if "the location is revealed" in subject)


def test_sixty_mails_in_the_outbox_do_not_delay_the_first_holder_a_minute(soiree, ticket, slow):
    queue(*(f"mail {number}" for number in range(60)))

    call_command("tick")

    # The one that was on its way at T, and the reveal's own.
    assert first_reveal(slow.left) - T <= timedelta(seconds=2 * A_MAIL)
    assert RevealMail.objects.get().state == "sent"
    call_command("tick")
    mails = [subject for _at, subject in slow.left if subject.startswith("mail ")]
    assert len(mails) == len({*mails}) == 60  # nothing is lost, nothing leaves twice


def test_the_news_of_another_event_gives_way_to_the_reveal(soiree, ticket, slow, keeper):
    other = make_event(starts_at=STARTS + DAY, slug="tea", title="Tea")
    order = make_order(state="paid", lines=())
    for number in range(40):
        make_ticket(other, order=order, guest_email=f"g{number}@x.example")
    moving.move(other, wanted(FRIDAY + 7 * DAY), by=keeper, at=T - MINUTE)

    call_command("tick")

    assert first_reveal(slow.left) - T <= timedelta(seconds=2 * A_MAIL)
    sent = MoveMail.objects.filter(state="sent").count()
    assert 0 < sent < 40  # the rest waits, in nobody's hand
    assert not MoveMail.objects.filter(state="queued", attempts__gt=0).exists()


def test_a_crowd_at_the_sign_in_page_does_not_delay_the_reveal(soiree, ticket, slow, monkeypatch):
    codes = iter(range(30))

    def send_due(*, at, may_leave, most):
        for _ in range(most):
            if next(codes, None) is None or not may_leave(Share.STAFF):
                return 0
            slow.shift(A_MAIL)
        return most

    monkeypatch.setattr(tick.sign_in_mails, "send_due", send_due)
    call_command("tick")

    assert first_reveal(slow.left) - T <= timedelta(seconds=2 * A_MAIL)
    assert SignInCode.objects.count() == 0


def test_urgent_mail_between_the_reveals_is_a_few_at_a_time(soiree, slow):
    order = make_order(state="paid", lines=())
    for number in range(30):
        make_ticket(soiree, order=order, guest_email=f"g{number}@x.example")
    queue(*(f"ticket {number}" for number in range(20)))
    Email.objects.update(priority=3)  # high
    slow.move_to(T)

    reveal.publish_due(at=T)
    tick.Command().mail_holders()

    words = "".join("r" if "revealed" in subject else "u" for _at, subject in slow.left)
    assert words.count("r") == 30
    assert "u" * (tick.URGENT_BETWEEN + 1) not in words.rstrip("u")


def test_a_venue_that_is_missing_at_t_does_not_stop_other_mail(slow, ticket, keeper, soiree):
    empty = make_event(starts_at=STARTS, lead=DAY, slug="empty")
    other = make_event(starts_at=STARTS + DAY, slug="tea", title="Tea")
    make_ticket(other)
    slow.move_to(T + MINUTE)
    moving.move(other, wanted(FRIDAY + 7 * DAY), by=keeper, at=T + MINUTE)
    queue("mail")

    call_command("tick")

    assert not reveal.is_revealed(empty, at=T + MINUTE)
    assert MoveMail.objects.get().state == "sent"
    assert Email.objects.get().status == 0  # sent


# --- The pace ----------------------------------------------------------------------------------


@pytest.fixture
def crowd(soiree):
    order = make_order(state="paid", lines=())
    for number in range(40):
        make_ticket(soiree, order=order, guest_email=f"g{number}@x.example")
    return soiree


def test_what_a_mail_took_is_known_afterwards(slow, soiree, ticket, monkeypatch):
    ticks = iter([10.0, 12.5])
    monkeypatch.setattr(pace.time, "monotonic", lambda: next(ticks, 99.0))

    with pace.timed(at=T):
        pass

    server = MailServer.objects.get()
    assert (server.seconds_a_mail, server.measured, server.measured_at) == (2.5, 1, T)
    pace.took(7.5, at=T + MINUTE)
    assert pace.seconds_a_mail(at=T + MINUTE) == 3.5  # the newer counts for a fifth
    assert pace.seconds_a_mail(at=T + MINUTE + pace.MEASURED_LASTS) == 3.5
    assert pace.seconds_a_mail(at=T + MINUTE + pace.MEASURED_LASTS + SECOND) is None


def test_a_mail_that_failed_measures_nothing(db):
    with pytest.raises(OSError, match="cut"), pace.timed(at=T):
        raise OSError("cut")

    assert pace.seconds_a_mail(at=T) is None


@pytest.fixture
def provider(settings):
    """Mail goes to a provider by HTTP: there is no connection to time."""
    settings.OUTGOING_EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.MAIL_PER_HOUR = None


def test_the_preflight_says_how_long_the_mail_takes_without_a_limit_of_ours(crowd, provider):
    pace.took(1.5, at=T - DAY)

    words = preflight.pace_words(crowd, at=T - DAY / 2)

    assert words == "40 e-mails will take about 1 minute: our last 1 e-mail took 1.5 s."
    assert not [t for t in preflight.troubles(crowd, at=T - DAY / 2) if "start calling" in t.words]


@pytest.mark.parametrize("seconds, is_late", [(15.0, False), (15.1, True)])
def test_a_slow_mail_server_is_grave_though_nobody_set_a_limit(crowd, provider, seconds, is_late):
    pace.took(seconds, at=T - DAY)

    grave = [t.words for t in preflight.troubles(crowd, at=T - DAY / 2) if t.is_grave]

    assert any("10 minutes after the reveal" in words for words in grave) is is_late


def test_what_was_never_measured_is_said_so(crowd, provider):
    words = preflight.pace_words(crowd, at=T - DAY)

    assert words.startswith("We don’t know how long 40 e-mails will take")


def test_a_real_connection_is_timed_where_no_mail_was_measured(crowd, settings):
    with Sink() as sink:
        settings.OUTGOING_EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        words = preflight.pace_words(crowd, at=T - DAY)

    assert "40 e-mails will take less than a minute or more: the mail server answers in" in words
    with pytest.raises(mail_pace.NoAnswer):  # it is gone
        mail_pace.seconds_an_answer()
    grave = [t.words for t in preflight.troubles(crowd, at=T - DAY) if t.is_grave]
    assert "The mail server does not answer." in grave


def test_mission_control_names_the_hour_at_which_the_last_mail_leaves(crowd, settings):
    from events.night import tally

    pace.took(9.0, at=T)
    reveal.publish_due(at=T)
    crowd.refresh_from_db()

    assert "the last goes out on Wednesday, May 19, 2027 at 6:06 p.m. EDT" in (
        tally.outlook(crowd, at=T)
    )
    assert VENUE.name not in tally.outlook(crowd, at=T)
