"""Letters with sign-in codes: each made in the moment it is sent, and kept nowhere.

Not through the outbox, which would keep the code in a table. Here, and not in the page that asked,
we look whether we know the address. An unknown one gets a kind letter once a day, and never more
than STRANGERS_A_DAY in all: a member who typed another address should not wait in vain, and nobody
should mail the world through us. It repeats nothing that was typed.

Strangers cannot shut the sign-in by asking. Each letter belongs to a Share, those of staff go
first and those of strangers last, and none uses up what is kept for a share before it. The page
that asked said the same to all of them.
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
from nsca.lib.mail.mail import Letter, NoSuchAddress, message_of, recipient, render_letter
from nsca.lib.web.throttle import TooOften, spend, spent
from orders.lines.locks import refuse_inside_transaction

log = logging.getLogger(__name__)

A_CLAIM = 20  # letters
A_FEW = 3  # letters to strangers in one claim: whoever asks meanwhile waits for no more
KNOWN_A_QUARTER = 300  # letters to addresses we know, asked for from networks new to them
LEASE = timedelta(minutes=1)
AGAIN_AFTER = timedelta(seconds=15)  # where the mail server did not take one
MOST_FAILURES = 2  # in one claim; then the server is left alone until the next
STRANGERS_A_DAY = 50
QUARTER, DAY = 900, 86_400  # seconds


@dataclass(frozen=True)
class Pot:
    """So many letters in a window of time."""

    scope: str
    who: str
    limit: int
    seconds: int

    def has_room(self, at: datetime) -> bool:
        return spent(self.scope, self.who, seconds=self.seconds, at=at) < self.limit

    def spend(self, at: datetime) -> None:
        with suppress(TooOften):  # another ticker took the last: one letter too many
            spend(self.scope, self.who, limit=self.limit, seconds=self.seconds, at=at)


KNOWN = Pot("sign-in-letters", "known", limit=KNOWN_A_QUARTER, seconds=QUARTER)
STRANGERS = Pot("sign-in-strangers", "all", limit=STRANGERS_A_DAY, seconds=DAY)


class Share(models.IntegerChoices):
    """Whose letter it is, in the order in which they leave."""

    STAFF = 0, "somebody who works here"
    HOME = 1, "somebody we know, where they have signed in before"
    KNOWN = 2, "somebody we know, from elsewhere"
    STRANGER = 3, "nobody we know"


def by_share(rows):
    """Sign-in codes, each with the `share` of its letter; one question, by indexed addresses."""
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
    """Send the codes that are owed, by share and then the oldest first, `most` at most; how many
    letters left.

    `may_leave` is asked before each whether the hour still has room for it.
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
            except Exception as error:  # noqa: BLE001 - one bad letter must not stop the others
                # The class alone: a mail server's words repeat addresses.
                log.warning("sign-in code %s: %s", row.pk, type(error).__name__)
                failures += 1
                _put_off(row, until=at + AGAIN_AFTER)
    finally:
        connection.close()
    if any(row.share == Share.STRANGER for row in mine):
        _settle_strangers(at)
    return left


def _owed(at: datetime) -> list[SignInCode]:
    """The next letters: strangers wait until nobody else does, and then a few go at a time."""
    rows = by_share(SignInCode.objects.unsent(at)).order_by("share", "pk")
    return list(rows.filter(share__lt=Share.STRANGER)[:A_CLAIM]) or list(rows[:A_FEW])


def _settle_strangers(at: datetime) -> None:
    """Once strangers have had the letters of the day, none is owed to the others: a flood of asks
    must not be looked through letter by letter.
    """
    if not STRANGERS.has_room(at):
        rows = by_share(SignInCode.objects.unsent(at)).filter(share=Share.STRANGER)
        SignInCode.objects.filter(pk__in=rows.values("pk")).update(sent_at=at)


def _claimed(row: SignInCode, at: datetime) -> bool:
    """Of many tickers one has it in hand."""
    return SignInCode.objects.unsent(at).filter(pk=row.pk).update(leased_until=at + LEASE) == 1


def _put_off(row: SignInCode, *, until: datetime) -> None:
    SignInCode.objects.filter(pk=row.pk).update(leased_until=until)


@sensitive_variables()
def _send(row: SignInCode, connection, may_leave, at: datetime) -> bool:
    """Whether a letter left; one that nobody can or should have counts as settled, and one for
    which there is no room now is put off.
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
    letter = _code_letter(row) if stored else render_letter("sign_in_stranger", {})
    message = message_of(letter, to=to)
    message.connection = connection
    connection.open()
    message.send()
    SignInCode.objects.filter(pk=row.pk).update(sent_at=at)
    for pot in pots:
        pot.spend(at)
    return True


def _reachable(address: str) -> str:
    """The address as a mail's head has it; "" where no mail can be sent there."""
    try:
        return recipient(address)
    except NoSuchAddress:
        return ""


@sensitive_variables()
def _code_letter(row: SignInCode) -> Letter:
    digits = row.code()
    shown = {"digits": digits, "code": f"{digits[:4]} {digits[4:]}", "at": row.asked_at}
    is_sealed = row.purpose == SignInCode.Purpose.SEAL
    return render_letter("asked_again" if is_sealed else "sign_in_code", shown)


def _pots(row: SignInCode, *, is_known: bool) -> list[Pot]:
    """From which its letter is counted. Staff, and people where they have signed in before, share
    theirs with nobody: what their own mailbox may ask for is counted when it asks.
    """
    if not is_known:
        mailbox = sign_in.disguised(row.email)
        return [Pot("sign-in-stranger", mailbox, limit=1, seconds=DAY), STRANGERS]
    return [KNOWN] if row.share >= Share.KNOWN else []
