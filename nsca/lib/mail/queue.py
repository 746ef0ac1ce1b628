"""One queue of mail that may lie in no table: a row is what is owed, and the mail is made when it
is sent.

Each kind of mail is a model that inherits OwedMail and a MailQueue that says what its rows become.
A crash at any line leaves rows under a lease that runs out; between the mail server's yes and our
stamp that means one duplicate, with the same Message-ID.
"""

import logging
import smtplib
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from anymail.exceptions import AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q

from nsca.lib.mail.mail import NoSuchAddress

log = logging.getLogger(__name__)

BUDGET = 20.0  # seconds of a claim, then the lease runs out sooner than its mails are sent
# Outlives BUDGET and one more mail of which every step runs into EMAIL_TIMEOUT (10 s for each of
# connect, greeting, TLS, sign-in, sender, recipient, data, the final yes).
LEASE = timedelta(minutes=2)


class OwedMail(models.Model):
    """A mail that is owed. Rows that are the same to their queue are one mail. What a row calls
    itself goes to the log, so it names nobody.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "queued"
        SENT = "sent", "sent"
        SUPERSEDED = "superseded", "not owed any more"
        FAILED = "failed", "failed"
        NO_ADDRESS = "no_address", "no address"
        BOUNCED = "bounced", "came back"  # taken, and returned later

    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


State = OwedMail.State


class MailQueue:
    """Sends one kind of mail. A subclass names its rows and makes the message."""

    model: type[OwedMail]
    same: tuple[str, ...]  # columns: rows alike in all of them are one mail
    pace = None  # events.reveal.pace, which all senders share
    mails_a_claim = 25
    first_wait = timedelta(seconds=15)  # after a failure; it doubles
    longest_wait = timedelta(minutes=30)
    is_urgent = False  # whether it may use what the hour keeps for urgent mail

    def make(self, rows: list, at: datetime) -> tuple[EmailMultiAlternatives, list] | None:
        """The message and the rows that it answers; None where nothing is to be sent now, and the
        rows have been dropped or put back.
        """
        raise NotImplementedError

    def failed(self, rows: list, error: Exception | None, tries: int, at: datetime) -> None:
        """A mail did not leave, for the `tries`th time in a row: whom to call for help."""

    def send_due(
        self,
        *,
        at: datetime,
        gives_way: Callable[[], bool] = lambda: False,
        backend: str | None = None,
    ) -> int:
        """Claim some mails and send each or put it off; how many were tried. `gives_way` is asked
        before each whether something has come that goes before it. Not inside a transaction.

        Call it until it returns 0: nothing is due, the hour's mails are spent, or the mail server
        is silent.
        """
        mails = [] if self.pace.is_silent(at=at) else self.claim(at=at)
        if not mails:
            return 0
        connection = get_connection(backend or settings.OUTGOING_EMAIL_BACKEND)
        tried, started = 0, time.monotonic()
        try:
            for rows in mails:
                # A slow server must not carry us past our lease: the next claim has the rest.
                is_enough = time.monotonic() - started > BUDGET or gives_way()
                if is_enough or not self.pace.take(at=at, is_urgent=self.is_urgent):
                    break
                tried += 1
                if not self._tried(rows, connection, at):
                    break
        finally:
            connection.close()
        for rows in mails[tried:]:
            self.put_back(rows, until=at)
        return tried

    def claim(self, *, at: datetime) -> list[list]:
        """Lease the next mails until at + LEASE: lists of rows that are one mail.

        A mail is claimed by its first row (SKIP LOCKED where the database can; SQLite lets one
        writer in at a time), so two senders at once never split it. First rows are read in the
        order of an index until there are enough, and the rest of each mail by another: a claim
        costs the same whether fifty wait or five thousand.
        """
        queued = self.model.objects.filter(state=State.QUEUED)
        earlier = queued.filter(
            pk__lt=OuterRef("pk"), **{name: OuterRef(name) for name in self.same}
        )
        with transaction.atomic():
            first = list(
                queued.filter(is_free(at))
                .filter(~Exists(earlier))
                .select_for_update(skip_locked=True, of=("self",))
                .order_by("pk")[: self.mails_a_claim]
            )
            mails = []
            for row in first:
                alike = {name: getattr(row, name) for name in self.same}
                rows = list(queued.filter(**alike).order_by("pk"))
                self.mine(rows).update(leased_until=at + LEASE, attempts=F("attempts") + 1)
                mails.append(rows)
        return mails

    def _tried(self, rows, connection, at) -> bool:
        """Send one mail, or put it off; False where the mail server need not be asked for
        others.
        """
        try:
            made = self.make(rows, at)
            if made is None:
                self.pace.give_back(at=at)
                return True
            message, rows = made
            message.connection = connection
            with self.pace.timed(at=at):
                connection.open()  # once a claim, not once a mail; an open one stays as it is
                message.send()
            self.stamp_sent(rows, at=at)
        except Exception as error:  # noqa: BLE001 - one bad mail must not stop the others
            return self._failed(rows, error, at)
        self.pace.heard()
        return True

    def _failed(self, rows, error, at) -> bool:
        # The class alone: a mail server's words repeat addresses.
        log.warning("%s: %s", rows[0], type(error).__name__)
        tries = rows[0].attempts + 1
        if is_final(error):
            self.give_up(rows)
        else:
            self.try_later(rows, at=at)
        if not is_silence(error):
            self.failed(rows, error, tries, at)
            return True
        self.pace.give_back(at=at)
        self.failed(rows, error, max(tries, self.pace.not_heard(at=at)), at)
        return False

    # --- What becomes of rows --------------------------------------------------------------------

    def mine(self, rows):
        return self.model.objects.filter(pk__in=[row.pk for row in rows], state=State.QUEUED)

    def stamp_sent(self, rows, *, at: datetime) -> None:
        self.mine(rows).update(state=State.SENT, sent_at=at, leased_until=None)

    def drop(self, rows) -> None:
        """Not owed any more."""
        self.mine(rows).update(state=State.SUPERSEDED, leased_until=None)

    def give_up(self, rows) -> None:
        """No mail will reach them: somebody has to telephone."""
        self.mine(rows).update(state=State.FAILED, leased_until=None)

    def put_back(self, rows, *, until: datetime) -> None:
        """Nothing was tried: wait without counting it."""
        self.mine(rows).update(leased_until=until, attempts=F("attempts") - 1)

    def try_later(self, rows, *, at: datetime) -> None:
        """Waits begin with `first_wait` and double up to `longest_wait`."""
        wait = min(self.first_wait * 2 ** min(rows[0].attempts, 8), self.longest_wait)
        self.mine(rows).update(leased_until=at + wait)


def is_free(at: datetime) -> Q:
    """Rows that no sender has in hand."""
    return Q(leased_until__isnull=True) | Q(leased_until__lte=at)


# --- What a mail server means by no --------------------------------------------------------------

_ABOUT_US = (
    smtplib.SMTPConnectError, smtplib.SMTPServerDisconnected, smtplib.SMTPHeloError,
    smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError, smtplib.SMTPSenderRefused,
)  # fmt: skip
_CLOSING, _FULL = 421, 452  # RFC 5321 §4.2.2: the service closes; no room, "too many" of a cap


def is_silence(error: Exception) -> bool:
    """No connection, one that broke, or a no to everything of ours: not a word about this
    mail.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = {code for code, _words in error.recipients.values()}
        return bool(codes) and codes <= {_CLOSING, _FULL}
    if isinstance(error, smtplib.SMTPResponseException) and error.smtp_code in (_CLOSING, _FULL):
        return True
    if isinstance(error, smtplib.SMTPException):
        return isinstance(error, _ABOUT_US)
    return isinstance(error, OSError)


def is_final(error: Exception) -> bool:
    """The mail server refuses this address for good (RFC 5321 §4.2.1: 5yz), or it is none."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in error.recipients.values())
    return isinstance(error, NoSuchAddress | AnymailRecipientsRefused)
