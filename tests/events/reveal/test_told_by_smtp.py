"""Every holder is told, whatever the mail server does: real SMTP, spoken to a real socket."""

from collections import Counter
from datetime import timedelta

import pytest

from events import reveal
from events.models import Event, MailServer, RevealMail
from events.reveal import mails_owed, sender
from nsca.lib.mail import queue as mail_queue
from orders.models import Task
from tests.events.failing_mail import Killed
from tests.events.reveal_kit import DAY, T
from tests.factories import make_order, make_ticket
from tests.fakes.smtp import Sink

pytestmark = pytest.mark.django_db
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
TEN = [f"g{number}@norfolk.example" for number in range(10)]


@pytest.fixture
def sink(settings):
    """A mail server, and the site set up to use it."""
    with Sink() as running:
        settings.OUTGOING_EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        settings.EMAIL_TIMEOUT = 0.3
        yield running


@pytest.fixture
def holders(soiree):
    """Ten holders with an address each; the rows are owed at T."""
    order = make_order(state="paid", lines=())
    tickets = [make_ticket(soiree, order=order, guest_email=address) for address in TEN]
    reveal.publish_due(at=T)
    return tickets


def send_mails(at):
    """E-mail by e-mail until the sender rests; what it told."""
    while sender.send_due(at=at):
        pass


def ticking(since, *, for_minutes, until=lambda: False):
    """A ticker's rounds, five seconds apart, on a clock of our own; the instant it came to."""
    at = since
    while at <= since + for_minutes * MINUTE and not until():
        send_mails(at)
        at += 5 * SECOND
    return at


def all_mailed():
    return not RevealMail.objects.exclude(state="sent").exists()


def test_each_holder_has_one_email_with_their_own_ticket_and_no_other(sink, holders):
    send_mails(T)

    bodies = {email.to: email.message.get_body(("plain",)).get_content() for email in sink.emails}
    named = {
        to: [ticket.code for ticket in holders if ticket.code in body]
        for to, body in bodies.items()
    }
    assert named == {(ticket.guest_email,): [ticket.code] for ticket in holders}
    assert len(sink.emails) == 10
    assert sink.connections == 1


def test_a_server_that_was_down_for_two_hours_tells_everybody_at_once(sink, holders):
    send_mails(T + 2 * 60 * MINUTE)

    assert sorted(sink.addresses()) == TEN
    assert all("is late" in email.message.get_body(("plain",)).get_content()
               for email in sink.emails)  # fmt: skip


def test_a_server_that_hangs_is_asked_by_one_email_and_then_left_alone(sink, holders):
    sink.hangs = True

    send_mails(T)
    send_mails(T + 14 * SECOND)

    assert (sink.connections, sink.emails) == (1, [])
    assert Counter(RevealMail.objects.values_list("attempts", flat=True)) == {0: 9, 1: 1}


@pytest.mark.parametrize("failure", ["hangs", "refuses"])
def test_within_a_minute_of_its_return_the_mail_flows(sink, holders, failure):
    setattr(sink, failure, True)
    returned = ticking(T, for_minutes=4)
    asked = sink.connections
    setattr(sink, failure, False)

    send_mails(returned + MINUTE)

    assert asked <= 8  # 15, 30, 60, 60 … seconds apart, not ten e-mails every five seconds
    assert len(set(sink.addresses())) >= 9
    assert ticking(returned + MINUTE, for_minutes=5, until=all_mailed) <= T + 10 * MINUTE
    assert sorted(sink.addresses()) == TEN


def test_staff_hear_of_a_server_that_does_not_answer(sink, holders):
    sink.refuses = True

    ticking(T, for_minutes=2)

    assert "holders of 10 tickets" in Task.objects.get().text


def test_greylisted_five_times_everybody_is_told_within_ten_minutes_and_once(sink, holders):
    sink.greylists = 5

    revealed = ticking(T, for_minutes=10, until=all_mailed)

    assert revealed <= T + 10 * MINUTE
    assert sorted(sink.addresses()) == TEN


def test_a_server_that_is_full_is_asked_by_one_email_a_minute(sink, holders):
    sink.cap = 4
    send_mails(T)
    before = len(sink.emails)
    ticking(T + 5 * SECOND, for_minutes=5)
    asked = sink.connections
    sink.cap = None

    ticking(T + 6 * MINUTE, for_minutes=6, until=all_mailed)

    assert before == 4
    assert asked <= 9
    assert sorted(sink.addresses()) == TEN


def test_who_does_not_exist_is_telephoned_and_the_others_are_told(sink, holders):
    sink.bounces = {TEN[0], TEN[5]}

    send_mails(T)

    assert sorted(sink.addresses()) == sorted(set(TEN) - sink.bounces)
    unmailed = mails_owed.unmailed(Event.objects.get())
    assert {row.ticket.guest_email for row in unmailed} == sink.bounces


def test_a_slow_server_does_not_carry_a_sender_past_its_lease(sink, holders, monkeypatch):
    monkeypatch.setattr(mail_queue, "BUDGET", 0.2)
    sink.slow = 0.05

    tried = sender.send_due(at=T)

    assert 0 < tried < 10
    assert RevealMail.objects.filter(state="queued", leased_until__gt=T).count() == 0
    send_mails(T)
    assert sorted(sink.addresses()) == TEN


def test_killed_after_its_yes_one_email_is_doubled_and_no_other(sink, holders, monkeypatch):
    stamp, left = sender.queue.stamp_sent, [3]

    def die(rows, *, at):
        left[0] -= 1
        if left[0] == 0:
            raise Killed
        stamp(rows, at=at)

    monkeypatch.setattr(sender.queue, "stamp_sent", die)
    with pytest.raises(Killed):
        send_mails(T)
    send_mails(T + mail_queue.LEASE - SECOND)
    during = len(sink.emails)
    ticking(T + mail_queue.LEASE, for_minutes=1)

    assert during == 3
    numbers = Counter(email.message["Message-ID"] for email in sink.emails)
    assert (len(numbers), sorted(numbers.values())[-2:]) == (10, [1, 2])
    assert set(sink.addresses()) == set(TEN)


def test_a_server_that_answers_again_is_no_longer_called_silent(sink, holders):
    sink.refuses = True
    send_mails(T)
    sink.refuses = False

    send_mails(T + 15 * SECOND)

    assert MailServer.objects.get().silences == 0
    assert MailServer.objects.get().silent_until is None


def test_before_t_nothing_is_said_to_the_mail_server(sink, soiree, ticket):
    for minutes in (60 * 24, 1):
        reveal.publish_due(at=T - minutes * MINUTE)
        send_mails(T - minutes * MINUTE)
    reveal.publish_due(at=T - SECOND / 1000)
    send_mails(T - SECOND / 1000)

    assert (sink.connections, sink.emails) == (0, [])


def test_after_a_night_of_every_failure_each_holder_has_one_email(sink, holders):
    sink.refuses = True
    ticking(T, for_minutes=1)
    sink.refuses, sink.hangs = False, True
    ticking(T + MINUTE, for_minutes=1)
    sink.hangs, sink.greylists = False, 2
    ticking(T + 2 * MINUTE, for_minutes=5)
    sink.cap = 8
    ticking(T + 7 * MINUTE, for_minutes=3)
    sink.cap = None

    ticking(T + DAY / 8, for_minutes=6, until=all_mailed)

    assert sorted(sink.addresses()) == TEN
