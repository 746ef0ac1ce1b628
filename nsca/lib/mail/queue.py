"""One queue for e-mails that no table may store: a row is owed, and its e-mail is made when sent.

Each kind of e-mail is a model that inherits OwedMail, and a MailQueue that says what its rows
become. A crash at any line leaves rows under a lease that expires. A crash between the mail
server's yes and our stamp means one duplicate, with the same Message-ID.
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

BUDGET = 20.0  # seconds per claim; with more, the lease could expire before its e-mails are sent
# Outlasts BUDGET plus one e-mail of which every step reaches EMAIL_TIMEOUT (10 s each to connect,
# greet, start TLS, sign in, name the sender and recipient, send the data, and hear the final yes).
LEASE = timedelta(minutes=2)


class OwedMail(models.Model):
    """An e-mail that is owed. A queue may combine several rows in one e-mail.

    What a row calls itself goes to the log, so it names nobody.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "queued"
        SENT = "sent", "sent"
        SUPERSEDED = "superseded", "no longer owed"
        FAILED = "failed", "failed"
        NO_ADDRESS = "no_address", "no address"
        BOUNCED = "bounced", "came back"  # accepted, and returned later

    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


State = OwedMail.State


class MailQueue:
    """Sends one kind of e-mail. A subclass names its rows and makes the message."""

    model: type[OwedMail]
    same: tuple[str, ...]  # columns: rows that agree in all of them share an e-mail
    pace = None  # events.reveal.pace, which all senders share
    mails_a_claim = 25
    first_wait = timedelta(seconds=15)  # after a failure; doubles each time
    longest_wait = timedelta(minutes=30)
    is_urgent = False  # whether it may use the share of the hour that is kept for urgent e-mails

    def make(self, rows: list, at: datetime) -> tuple[EmailMultiAlternatives, list] | None:
        """The message and the rows it covers; None if nothing is to be sent now.

        In that case the rows have been dropped or put back.
        """
        raise NotImplementedError

    def failed(self, rows: list, error: Exception | None, tries: int, at: datetime) -> None:
        """Called after the `tries`th failure in a row, to ask somebody for help."""

    def send_due(
        self,
        *,
        at: datetime,
        gives_way: Callable[[], bool] = lambda: False,
        backend: str | None = None,
    ) -> int:
        """Claim some e-mails, send or postpone each, and return how many were tried.

        `gives_way` is asked before each whether something more urgent has come. Call this until it
        returns 0: nothing is due, the hour's e-mails are used up, or the mail server is silent.
        Not inside a transaction.
        """
        mails = [] if self.pace.is_silent(at=at) else self.claim(at=at)
        if not mails:
            return 0
        connection = get_connection(backend or settings.OUTGOING_EMAIL_BACKEND)
        tried, started = 0, time.monotonic()
        try:
            for rows in mails:
                # A slow server must not make us outlast our lease: the next claim takes the rest.
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
        """Lease the next e-mails until at + LEASE: a list of rows for each.

        An e-mail is claimed by its first row (SKIP LOCKED where the database has it; SQLite allows
        one writer at a time), so two senders at once never split it. First rows are read in index
        order until there are enough, and the rest of each e-mail by a second index: a claim costs
        the same whether fifty wait or five thousand.
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
        """Send one e-mail or postpone it; False if there is no point in trying others."""
        try:
            made = self.make(rows, at)
            if made is None:
                self.pace.give_back(at=at)
                return True
            message, rows = made
            message.connection = connection
            with self.pace.timed(at=at):
                connection.open()  # once per claim, not per e-mail; an open one stays open
                message.send()
            self.stamp_sent(rows, at=at)
        except Exception as error:  # noqa: BLE001 - one bad mail must not stop the others
            return self._failed(rows, error, at)
        self.pace.heard()
        return True

    def _failed(self, rows, error, at) -> bool:
        # Only the class: a mail server's words repeat addresses.
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
        """No longer owed."""
        self.mine(rows).update(state=State.SUPERSEDED, leased_until=None)

    def give_up(self, rows) -> None:
        """No e-mail will reach them: somebody has to call."""
        self.mine(rows).update(state=State.FAILED, leased_until=None)

    def put_back(self, rows, *, until: datetime) -> None:
        """Nothing was tried: wait, and don't count it."""
        self.mine(rows).update(leased_until=until, attempts=F("attempts") - 1)

    def try_later(self, rows, *, at: datetime) -> None:
        """Waits start at `first_wait` and double up to `longest_wait`."""
        wait = min(self.first_wait * 2 ** min(rows[0].attempts, 8), self.longest_wait)
        self.mine(rows).update(leased_until=at + wait)


def is_free(at: datetime) -> Q:
    """Rows that no sender is working on."""
    return Q(leased_until__isnull=True) | Q(leased_until__lte=at)


# --- What a mail server means by no --------------------------------------------------------------

_ABOUT_US = (
    smtplib.SMTPConnectError, smtplib.SMTPServerDisconnected, smtplib.SMTPHeloError,
    smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError, smtplib.SMTPSenderRefused,
)  # fmt: skip
_CLOSING, _FULL = 421, 452  # RFC 5321 §4.2.2: closing down; no room, or "too many" under a cap


def is_silence(error: Exception) -> bool:
    """Whether the failure is about the server, not this e-mail.

    No connection, a broken one, or a refusal of everything we send.
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
    """Whether the server refuses this address for good (RFC 5321 §4.2.1: 5yz), or it isn't one."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in error.recipients.values())
    return isinstance(error, NoSuchAddress | AnymailRecipientsRefused)
