"""Letters with sign-in codes: each made in the moment it is sent, and kept nowhere.

Not through the outbox, which would keep the code in a table. Here, and not in the page that asked,
we look whether we know the address. An unknown one gets a kind letter once a day, and never more
than STRANGERS_A_DAY in all: a member who typed another address should not wait in vain, and nobody
should mail the world through us. It repeats nothing that was typed.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.views.decorators.debug import sensitive_variables

from membership import sign_in
from membership.models import SignInCode
from nsca.lib.mail import NoSuchAddress, recipient, render_letter
from nsca.lib.throttle import TooOften, spend
from orders.locks import refuse_inside_transaction

log = logging.getLogger(__name__)

A_CLAIM = 20  # letters
LEASE = timedelta(minutes=1)
AGAIN_AFTER = timedelta(seconds=15)  # where the mail server did not take one
MOST_FAILURES = 2  # in one claim; then the server is left alone until the next
STRANGERS_A_DAY = 50
DAY = 86_400  # seconds


def send_due(*, at: datetime, may_leave: Callable[[], bool] = lambda: True) -> int:
    """Send the codes that are owed, the oldest first; how many letters left.

    `may_leave` is asked before each whether the hour still has room for it.
    """
    refuse_inside_transaction()
    owed = SignInCode.objects.unsent(at).order_by("pk")[:A_CLAIM]
    mine = [row for row in owed if _claimed(row, at)]
    if not mine:
        return 0
    connection = get_connection(settings.OUTGOING_EMAIL_BACKEND)
    left, failures = 0, 0
    try:
        for row in mine:
            if failures >= MOST_FAILURES or not may_leave():
                _put_off(row, until=at + AGAIN_AFTER)
                continue
            try:
                left += _send(row, connection, at)
            except Exception as error:  # noqa: BLE001 - one bad letter must not stop the others
                # The class alone: a mail server's words repeat addresses.
                log.warning("sign-in code %s: %s", row.pk, type(error).__name__)
                failures += 1
                _put_off(row, until=at + AGAIN_AFTER)
    finally:
        connection.close()
    return left


def _claimed(row: SignInCode, at: datetime) -> bool:
    """Of many tickers one has it in hand."""
    return SignInCode.objects.unsent(at).filter(pk=row.pk).update(leased_until=at + LEASE) == 1


def _put_off(row: SignInCode, *, until: datetime) -> None:
    SignInCode.objects.filter(pk=row.pk).update(leased_until=until)


@sensitive_variables()
def _send(row: SignInCode, connection, at: datetime) -> bool:
    """Whether a letter left; one that nobody can or should have counts as settled."""
    stored = sign_in.stored_address(row.email, at)
    try:
        to = recipient(stored or row.email)
    except NoSuchAddress:
        to = None
    letter = None
    if to and stored:
        digits = row.code()
        shown = {"digits": digits, "code": f"{digits[:4]} {digits[4:]}", "at": row.asked_at}
        is_sealed = row.purpose == SignInCode.Purpose.SEAL
        letter = render_letter("asked_again" if is_sealed else "sign_in_code", shown)
    elif to and _may_tell_a_stranger(row.email, at):
        letter = render_letter("sign_in_stranger", {})
    if letter:
        message = EmailMultiAlternatives(
            subject=letter.subject,
            body=letter.text,
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[to],
            headers={"Auto-Submitted": "auto-generated"},
            connection=connection,
        )
        message.attach_alternative(letter.html, "text/html")
        connection.open()
        message.send()
    SignInCode.objects.filter(pk=row.pk).update(sent_at=at)
    return letter is not None


def _may_tell_a_stranger(email: str, at: datetime) -> bool:
    try:
        spend("sign-in-stranger", sign_in.disguised(email), limit=1, seconds=DAY, at=at)
        spend("sign-in-strangers", "all", limit=STRANGERS_A_DAY, seconds=DAY, at=at)
    except TooOften:
        return False
    return True
