"""The ticker composes what is due, and one failing step does not stop the others."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.mail.backends import locmem
from django.core.management import CommandError, call_command
from django.db import connection
from post_office.models import STATUS, Email

from events import reveal
from events.models import RevealMail
from events.reveal import sender
from nsca.lib.models import Heartbeat
from nsca.management.commands import tick
from tests.events.selling import BEN, sell
from tests.factories import make_event, make_ticket, make_ticket_type, make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 5, 19, 22, 0, tzinfo=UTC)
MEMORY = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture(autouse=True)
def clock(settings):
    settings.OUTGOING_EMAIL_BACKEND = MEMORY
    settings.POST_OFFICE = settings.POST_OFFICE | {"BACKENDS": {"default": MEMORY}}
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def due(mailoutbox):
    """An evening whose envelope opens now, with one holder."""
    keeper = make_user("keeper@nsca.example", permissions=("events.see_venue",))
    event = make_event(starts_at=NOW + timedelta(hours=24), lead=timedelta(hours=24))
    make_ticket(event)
    reveal.write_venue(
        event, reveal.VenueDetails(name="Chart House Lawn"), by=keeper, at=NOW - timedelta(days=9)
    )
    return event


def test_one_round_publishes_and_tells(due, mailoutbox):
    call_command("tick")

    assert [email.to for email in mailoutbox] == [["Ada Ellery <ada@ellery.example>"]]
    assert RevealMail.objects.get().state == "sent"
    assert Heartbeat.objects.get(name="ticker").beat_at == NOW


def test_a_round_a_second_early_tells_nobody(due, mailoutbox, clock):
    clock.move_to(NOW - timedelta(seconds=1))

    call_command("tick")

    assert mailoutbox == []


def test_who_buys_while_holders_are_told_has_the_tickets_between_two_emails(due, mailoutbox):
    tea = make_event(slug="tea", starts_at=NOW + timedelta(days=9))
    sell(tea, (make_ticket_type(tea), 1), at=NOW, buyer=BEN)

    reveal.publish_due(at=NOW)
    tick.Command().mail_holders()

    assert [email.to for email in mailoutbox] == [
        ["Ada Ellery <ada@ellery.example>"],
        ["Ben Okoro <ben@okoro.example>"],
    ]
    assert mailoutbox[1].subject.startswith("Your ticket")


def test_a_failing_step_is_named_and_the_others_are_done(due, mailoutbox, monkeypatch):
    def break_down(at):
        raise RuntimeError("the gateway is on fire")

    monkeypatch.setattr(tick, "TIDIED", [("orders", break_down), *tick.TIDIED])
    queue("s")

    with pytest.raises(CommandError, match="orders"):
        call_command("tick")
    assert len(mailoutbox) == 2
    assert Email.objects.get().status == STATUS.sent


def queue(*subjects):
    for subject in subjects:
        Email.objects.create(
            from_email="a@x.example",
            to=["b@x.example"],
            subject=subject,
            message="m",
            status=STATUS.queued,
        )


def test_the_outbox_is_sent_email_by_email(mailoutbox):
    queue("first", "second", "third")

    call_command("tick")

    assert [email.subject for email in mailoutbox] == ["first", "second", "third"]
    assert set(Email.objects.values_list("status", flat=True)) == {STATUS.sent}


def test_an_email_that_fails_waits_its_turn_and_the_next_round_sends_the_next(
    mailoutbox, monkeypatch
):
    queue("first", "second")
    answers = iter([OSError("the line is cut")])

    class Failing(locmem.EmailBackend):
        def send_messages(self, messages):
            for error in answers:
                raise error
            return super().send_messages(messages)

    monkeypatch.setattr(locmem, "EmailBackend", Failing)
    call_command("tick")
    after_one = [email.subject for email in mailoutbox]
    call_command("tick")

    assert after_one == []
    assert [email.subject for email in mailoutbox] == ["second"]
    assert Email.objects.get(subject="first").status == STATUS.requeued


def test_of_two_tickers_only_one_sends_the_outbox(monkeypatch):
    queue("first")
    sent = []

    def send(**_):
        sent.append("outer")
        if len(sent) == 1:
            tick.Command().send_outbox()
        return (0, 0, 0)

    monkeypatch.setattr(tick, "send_queued", send)
    tick.Command().send_outbox()

    assert sent == ["outer"]


def test_a_ticker_that_died_with_the_outbox_is_replaced_after_its_lease(clock):
    first = tick.claimed("outbox", tick.OUTBOX_LEASE, at=NOW)
    during = tick.claimed("outbox", tick.OUTBOX_LEASE, at=NOW + tick.OUTBOX_LEASE / 2)
    after = tick.claimed("outbox", tick.OUTBOX_LEASE, at=NOW + tick.OUTBOX_LEASE)

    assert (first, during, after) == (True, False, True)


def test_expired_sessions_go_once_a_day(clock):
    def session(key, expires_at):
        Session.objects.create(session_key=key, session_data="", expire_date=expires_at)

    session("old", NOW - timedelta(seconds=1))
    session("live", NOW + timedelta(days=3))
    call_command("tick")
    first = list(Session.objects.values_list("session_key", flat=True))
    session("older", NOW - timedelta(days=1))
    call_command("tick")
    same_day = Session.objects.count()
    clock.move_to(NOW + timedelta(days=1))
    call_command("tick")

    assert (first, same_day, Session.objects.count()) == (["live"], 2, 1)


def test_a_mail_server_that_hangs_does_not_stop_the_round(due, monkeypatch):
    def hang(*args, **kwargs):
        raise TimeoutError

    monkeypatch.setattr(sender, "make_message", hang)

    call_command("tick")

    assert RevealMail.objects.get().state == "queued"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="its database is a file, either way")
def test_the_loop_ends_cleanly_when_told(tmp_path, empty_database):
    # A ticker of its own process, on a database of its own.
    shutil.copy(empty_database, tmp_path / "tick.sqlite3")
    env = os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path / 'tick.sqlite3'}"}
    env |= {"DEMO": "1", "VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "nsca.settings"}
    env.pop("TEST_DATABASE_URL", None)
    manage = [sys.executable, "manage.py"]
    loop = subprocess.Popen([*manage, "tick", "--loop"], env=env)
    try:
        wait_for_a_beat(tmp_path / "tick.sqlite3")
        running = loop.poll()
        loop.send_signal(signal.SIGTERM)
        code = loop.wait(20)
    finally:
        loop.kill()

    assert (running, code) == (None, 0)


def wait_for_a_beat(database, seconds=90):
    """Until the ticker says that it runs: by then it listens to signals, however slow we are."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=5)) as file:
            if file.execute("SELECT count(*) FROM lib_heartbeat").fetchone()[0]:
                return
        time.sleep(0.2)
    raise AssertionError("the ticker never said that it runs")
