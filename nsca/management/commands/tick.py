"""The ticker does what is due. If it never runs, only e-mails are late."""

import logging
import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections, connection
from post_office.mail import get_queued, send_queued
from post_office.models import PRIORITY, STATUS, Email

from events import reveal
from events.changes import mail as moving_mail
from events.changes import money_back, moving
from events.hints import mail as hint_mail
from events.night import preflight_mail, word_check
from events.returns import offered_back
from events.reveal import mails_owed, pace, sender
from events.tables import tables
from events.waitlist import offers
from membership.accounts import mail as sign_in_mails
from membership.giving import corrections, statements_run
from membership.mailings import sending
from membership.privacy import erasure
from membership.records import importing
from membership.reminders import reminders
from membership.security import alarms
from membership.terms import gift_memberships
from nsca.desk import monday
from nsca.lib import clock
from nsca.lib.mail import outbox
from nsca.lib.models import Heartbeat, Throttle
from nsca.ops import retention
from nsca.ops.health import SILENT_FROM, SILENT_UNTIL, TICKER_MAY_REST
from orders import tidy as orders_tidy
from orders.checkout import confirmations

log = logging.getLogger(__name__)

PAUSE = 5.0  # seconds between two rounds
HOUSEKEEPING_EVERY = timedelta(days=1)
OUTBOX_LEASE = timedelta(minutes=5)  # longer than one e-mail (post_office gives it three minutes)
MAILS_A_ROUND = 50
URGENT_BETWEEN = 3  # between two claims of a reveal's e-mails
CODES_AT_ONCE = 20
LONG_AGO = datetime(1976, 1, 1, tzinfo=UTC)


class Command(BaseCommand):
    help = "Do what is due: holds, reveals, e-mails. Once, or every five seconds with --loop."

    def add_arguments(self, parser):
        parser.add_argument("--loop", action="store_true", help="Run until stopped.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.stop = threading.Event()
        self.is_telling = False

    def handle(self, *args, loop=False, **options):
        if loop:
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, lambda *_: self.stop.set())
        while True:
            failed = self.round()
            if not loop:
                # A cron job should report it; the loop has logged it and goes on.
                if failed:
                    raise CommandError(f"These steps failed: {', '.join(failed)}. See the log.")
                return
            if self.stop.wait(PAUSE):
                return

    def round(self) -> list[str]:
        """Run every step once, each separately. Returns the names of those that failed."""
        failed = []
        for name, step in self.steps():
            if self.stop.is_set():
                break
            # Don't close a test's transaction.
            if not connection.in_atomic_block:
                close_old_connections()
            if name in SLOW:
                self.reveal_first()
            try:
                step()
            except Exception:  # noqa: BLE001 - one failing step must not stop the others
                log.exception("tick: %s failed", name)
                failed.append(name)
        return failed

    def steps(self) -> list[tuple[str, Callable[[], object]]]:
        return [
            ("heartbeat", self.beat),
            ("reveals", lambda: reveal.publish_due(at=clock.now())),
            ("late holders", lambda: mails_owed.owe_late_holders(at=clock.now())),
            ("sign-in codes", self.send_codes),
            ("reveal e-mails", self.mail_holders),
            ("guests to call", self.count_again),
            *((name, self.calling(tidy)) for name, tidy in TIDIED),
            ("outbox", self.send_outbox),
            ("housekeeping", self.keep_house),
        ]

    def beat(self):
        """Record that we run; after a gap, also when it began and ended."""
        at = clock.now()
        last = Heartbeat.objects.filter(name="ticker").first()
        if last and at - last.beat_at > TICKER_MAY_REST:
            for name, instant in ((SILENT_FROM, last.beat_at), (SILENT_UNTIL, at)):
                Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": instant})
        Heartbeat.objects.update_or_create(name="ticker", defaults={"beat_at": at})

    def calling(self, tidy: Callable):
        if tidy in MAILING:  # they ask between two e-mails whether a reveal is due
            return lambda: tidy(clock.now(), gives_way=self.is_reveal_due)
        return lambda: tidy(clock.now())

    def mail_holders(self):
        """Send e-mails until none is due, reading the clock again for each claim.

        Between two claims, send a few urgent ones from the outbox: five hundred e-mails take
        minutes, while staff wait for a sign-in code and buyers for their tickets.
        """
        self.is_telling = True
        try:
            while not self.stop.is_set() and sender.send_due(at=clock.now()):
                self.beat()
                self.send_codes()
                confirmations.write_due(clock.now())
                self.send_outbox(only_urgent=True)
        finally:
            self.is_telling = False

    def reveal_first(self):
        """Do what a reveal needs before anything else.

        Called between any two e-mails and any two steps: other e-mails that wait must not delay T.
        """
        if self.is_telling or self.stop.is_set():
            return
        try:
            if self.is_reveal_due():
                reveal.publish_due(at=clock.now())
                self.mail_holders()
        except Exception:  # noqa: BLE001 - the mail that follows must not fail for it
            log.exception("tick: could not check what is due")

    def is_reveal_due(self) -> bool:
        """Whether a venue may be revealed now, or an e-mail about one may be sent."""
        at = clock.now()
        if reveal.is_any_due(at=at):
            return True
        return mails_owed.may_be_claimed(at=at) and not pace.is_silent(at=at)

    def count_again(self):
        mails_owed.count_again(at=clock.now())
        moving.count_again(at=clock.now())

    def send_codes(self):
        """Send sign-in codes: somebody waits for each of them."""
        for _ in range(CODES_AT_ONCE):
            self.reveal_first()
            if pace.is_silent(at=clock.now()) or not sign_in_mails.send_due(
                at=clock.now(), may_leave=has_room, most=1
            ):
                return

    def send_outbox(self, only_urgent=False):
        """Send post_office's own queue, one by one here, until it is empty or the server fails.

        An e-mail that fails waits its turn, and the next round tries the others.
        """
        for _ in range(URGENT_BETWEEN if only_urgent else MAILS_A_ROUND):
            self.send_codes()  # it checks what is due for a reveal, too
            if self.stop.is_set() or not self.send_one(only_urgent):
                return

    def send_one(self, only_urgent) -> bool:
        """Whether an e-mail in the outbox was sent.

        Rows are not locked, so only one of several tickers sends at a time.
        """
        if only_urgent and not is_urgent(next_in_outbox()):
            return False
        if not claimed("outbox", OUTBOX_LEASE, at=clock.now()):
            return False
        try:
            if not may_leave(next_in_outbox(), only_urgent, at=clock.now()):
                return False
            began = time.monotonic()
            sent, _failed, _requeued = send_queued(processes=1, log_level=1)
            if sent:
                pace.took(time.monotonic() - began, at=clock.now())
            return bool(sent)
        finally:
            Heartbeat.objects.filter(name="outbox").update(beat_at=clock.now())

    def keep_house(self):
        """Once a day: delete expired sessions and throttle windows; apply the retention rules."""
        at = clock.now()
        if claimed("housekeeping", HOUSEKEEPING_EVERY, at=at):
            Session.objects.filter(expire_date__lt=at).delete()
            Throttle.objects.filter(ends_at__lt=at).delete()
            retention.forget_due(at)
            monday.forget(at)


def has_room(share: sign_in_mails.Share) -> bool:
    """Whether a sign-in e-mail may be sent now, within the hourly share of its kind."""
    return pace.take(
        at=clock.now(),
        is_urgent=share != sign_in_mails.Share.STRANGER,
        is_reserved=share <= sign_in_mails.Share.HOME,
    )


def next_in_outbox() -> Email | None:
    """The e-mail that post_office would send next: urgent before old.

    One that cannot be decrypted is marked as failed, so that those behind it are sent.
    """
    while (mail := get_queued().first()) and outbox.is_unreadable(mail):
        Email.objects.filter(pk=mail.pk).update(status=STATUS.failed)
        mail.logs.create(status=STATUS.failed, exception_type="KeyLost", message=outbox.LOST)
    return mail


def is_urgent(mail: Email | None) -> bool:
    """A sign-in code, a ticket, an offer that expires: somebody waits for it now."""
    return mail is not None and (mail.priority or PRIORITY.low) >= PRIORITY.high


def may_leave(mail: Email | None, only_urgent: bool, *, at: datetime) -> bool:
    """Whether the outbox may send this e-mail.

    With an hourly limit, reveal e-mails go before all but the urgent ones.
    """
    if mail is None or (only_urgent and not is_urgent(mail)):
        return False
    if settings.MAIL_PER_HOUR and not is_urgent(mail) and mails_owed.are_owed():
        return False
    return pace.take(at=at, is_urgent=is_urgent(mail))


def claimed(name: str, span: timedelta, *, at: datetime) -> bool:
    """Whether a piece of work is ours until at + span: compare-and-set, so only one wins."""
    Heartbeat.objects.get_or_create(name=name, defaults={"beat_at": LONG_AGO})
    free = Heartbeat.objects.filter(name=name, beat_at__lte=at)
    return free.update(beat_at=at + span) == 1


# What other apps tidy, each a function of the instant (UTC).
TIDIED = [
    ("moved events", moving_mail.tick),
    ("canceled venues", reveal.wipe_due),
    ("canceled events", money_back.give_back_due),  # before what sends the money
    ("orders", orders_tidy.tick),
    ("gift memberships", gift_memberships.tick),
    ("e-mails about gifts", corrections.tick),
    ("annual statements", statements_run.tick),
    ("imports", importing.tick),
    ("alarms", alarms.tick),
    ("erasure requests", erasure.tick),
    ("mailings", sending.tick),
    ("renewal reminders", reminders.tick),
    ("Monday e-mails", monday.tick),
    ("tables", tables.tick),
    ("returned seats", offered_back.match_due),
    ("hint e-mails", hint_mail.tick),
    ("pre-flight", preflight_mail.tick),
    ("waitlists", offers.make_due),  # after the holds, which release seats
    ("word check", word_check.tick),  # last: it may take some seconds
]

# Those that send e-mail themselves.
MAILING = {
    moving_mail.tick,
    hint_mail.tick,
    preflight_mail.tick,
}
# Steps that may take longer than one e-mail: a check for due reveals precedes each.
SLOW = {name for name, _ in TIDIED} | {"outbox", "housekeeping"}
