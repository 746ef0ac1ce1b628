"""E-mails with sign-in codes. Each is made as it is sent and never stored.

They bypass the outbox, which would store the code in a table. Only here, not on the page that
asked, do we check whether we know the address. An unknown address gets one friendly e-mail a day;
all of them together get at most STRANGERS_A_DAY: members who mistyped get an answer, and nobody
can spam through us. The e-mail repeats nothing that was typed.

A flood of requests cannot block sign-ins. Each e-mail belongs to a Share: staff first, strangers
last, and no share can use up what an earlier one needs. The page says the same to everybody.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import get_connection
from django.db import models
from django.db.models import Case, Exists, OuterRef, Value, When
from django.views.decorators.debug import sensitive_variables

from membership.accounts import sign_in
from membership.models import Address, Person, SignInCode, User
from nsca.lib.mail.mail import MailMessage, NoSuchAddress, message_of, recipient, render_mail
from nsca.lib.web.throttle import TooOften, spend, spent
from orders.lines.locks import refuse_inside_transaction

log = logging.getLogger(__name__)

A_CLAIM = 20  # e-mails
A_FEW = 3  # e-mails to strangers in one claim, so that others wait for no more
KNOWN_A_QUARTER = 300  # e-mails to known addresses, requested from networks new to them
LEASE = timedelta(minutes=1)
AGAIN_AFTER = timedelta(seconds=15)  # if the mail server refused one
MOST_FAILURES = 2  # in one claim; then the server is left alone until the next
STRANGERS_A_DAY = 50
QUARTER, DAY = 900, 86_400  # seconds


@dataclass(frozen=True)
class Pot:
    """A limit of e-mails within a window of time."""

    scope: str
    who: str
    limit: int
    seconds: int

    def has_room(self, at: datetime) -> bool:
        return spent(self.scope, self.who, seconds=self.seconds, at=at) < self.limit

    def spend(self, at: datetime) -> None:
        with suppress(TooOften):  # another ticker took the last: one e-mail too many
            spend(self.scope, self.who, limit=self.limit, seconds=self.seconds, at=at)


KNOWN = Pot("sign-in-letters", "known", limit=KNOWN_A_QUARTER, seconds=QUARTER)
STRANGERS = Pot("sign-in-strangers", "all", limit=STRANGERS_A_DAY, seconds=DAY)


class Share(models.IntegerChoices):
    """Whose e-mail it is, in sending order."""

    STAFF = 0, "staff"
    HOME = 1, "a known person, from a network they have used before"
    KNOWN = 2, "a known person, from a new network"
    STRANGER = 3, "an unknown address"


def by_share(rows):
    """Annotate sign-in codes with the `share` of their e-mail, in one indexed query."""
    same = {"email": OuterRef("email")}
    users = User.objects.filter(is_active=True, **same)
    proven = EmailAddress.objects.filter(verified=True, user__is_active=True, **same)
    is_staffs = Exists(users.filter(is_staff=True)) | Exists(proven.filter(user__is_staff=True))
    is_known = Exists(users) | Exists(proven) | Exists(Person.objects.living().filter(**same))
    is_known |= Exists(Address.objects.filter(**same))
    return rows.annotate(
        share=Case(
            When(is_staffs, then=Value(Share.STAFF)),
            When(is_from_home=True, then=Value(Share.HOME)),
            When(is_known, then=Value(Share.KNOWN)),
            default=Value(Share.STRANGER),
        )
    )


def send_due(
    *, at: datetime, may_leave: Callable[[Share], bool] = lambda share: True, most: int = A_CLAIM
) -> int:
    """Send up to `most` owed codes, by share, oldest first, and return how many were sent.

    `may_leave` says before each whether the hour's limit allows it.
    """
    refuse_inside_transaction()
    mine = [row for row in _owed(at)[:most] if _claimed(row, at)]
    if not mine:
        return 0
    connection = get_connection(settings.OUTGOING_EMAIL_BACKEND)
    left, failures = 0, 0
    try:
        for row in mine:
            if failures >= MOST_FAILURES:
                _put_off(row, until=at + AGAIN_AFTER)
                continue
            try:
                left += _send(row, connection, may_leave, at)
            except Exception as error:  # noqa: BLE001 - one bad e-mail must not stop the others
                # The class only: a mail server's message repeats addresses.
                log.warning("sign-in code %s: %s", row.pk, type(error).__name__)
                failures += 1
                _put_off(row, until=at + AGAIN_AFTER)
    finally:
        connection.close()
    if any(row.share == Share.STRANGER for row in mine):
        _settle_strangers(at)
    return left


def _owed(at: datetime) -> list[SignInCode]:
    """The next codes to send: strangers only when nobody else waits, a few at a time."""
    rows = by_share(SignInCode.objects.unsent(at)).order_by("share", "pk")
    return list(rows.filter(share__lt=Share.STRANGER)[:A_CLAIM]) or list(rows[:A_FEW])


def _settle_strangers(at: datetime) -> None:
    """Once the day's limit for strangers is used up, settle all their other requests at once."""
    if not STRANGERS.has_room(at):
        rows = by_share(SignInCode.objects.unsent(at)).filter(share=Share.STRANGER)
        SignInCode.objects.filter(pk__in=rows.values("pk")).update(sent_at=at)


def _claimed(row: SignInCode, at: datetime) -> bool:
    """Lease the row, so that only one ticker handles it."""
    return SignInCode.objects.unsent(at).filter(pk=row.pk).update(leased_until=at + LEASE) == 1


def _put_off(row: SignInCode, *, until: datetime) -> None:
    SignInCode.objects.filter(pk=row.pk).update(leased_until=until)


@sensitive_variables()
def _send(row: SignInCode, connection, may_leave, at: datetime) -> bool:
    """Send one e-mail and return whether it left.

    One that cannot or should not be sent counts as settled; one over the limit is put off.
    """
    stored = sign_in.stored_address(row.email, at)
    to = _reachable(stored or row.email)
    pots = _pots(row, is_known=bool(stored))
    have_room = all(pot.has_room(at) for pot in pots)
    if not to or not (stored or have_room):
        SignInCode.objects.filter(pk=row.pk).update(sent_at=at)
        return False
    if not have_room or not may_leave(Share(row.share)):
        _put_off(row, until=at + AGAIN_AFTER)
        return False
    letter = _code_mail(row) if stored else render_mail("sign_in_stranger", {})
    message = message_of(letter, to=to)
    message.connection = connection
    connection.open()
    message.send()
    SignInCode.objects.filter(pk=row.pk).update(sent_at=at)
    for pot in pots:
        pot.spend(at)
    return True


def _reachable(address: str) -> str:
    """The address as an e-mail header has it; "" if no e-mail can be sent there."""
    try:
        return recipient(address)
    except NoSuchAddress:
        return ""


@sensitive_variables()
def _code_mail(row: SignInCode) -> MailMessage:
    digits = row.code()
    shown = {"digits": digits, "code": f"{digits[:4]} {digits[4:]}", "at": row.asked_at}
    is_sealed = row.purpose == SignInCode.Purpose.SEAL
    return render_mail("asked_again" if is_sealed else "sign_in_code", shown)


def _pots(row: SignInCode, *, is_known: bool) -> list[Pot]:
    """The limits this e-mail counts against.

    Staff, and people on a network they have used before, share none: their own mailbox's limit is
    counted when they ask.
    """
    if not is_known:
        mailbox = sign_in.disguised(row.email)
        return [Pot("sign-in-stranger", mailbox, limit=1, seconds=DAY), STRANGERS]
    return [KNOWN] if row.share >= Share.KNOWN else []
