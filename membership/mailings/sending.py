"""Moves the e-mails of mailings to the outbox, a few at a time, behind everything else.

A row changes from waiting to handed in the transaction that puts its e-mail into the outbox, so
that after a crash each e-mail is there once or still waiting. Moving only a few at a time lets
"Stop now" stop, and keeps the outbox free for e-mails that somebody is waiting for.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from post_office.models import PRIORITY, STATUS, Email

from membership.mailings import known as mailings_known
from membership.mailings import mailings
from membership.mailings.rendering import post, token_of
from membership.models import Mailing, MailingRecipient

log = logging.getLogger(__name__)

IN_THE_OUTBOX = 50  # e-mails of mailings that may wait there
LEASE = timedelta(minutes=2)  # of a ticker that works on a mailing
State, Row = Mailing.State, MailingRecipient.State


def tick(at: datetime) -> None:
    """Send a few e-mails of each mailing in progress; called by every ticker."""
    if not Mailing.objects.filter(state=State.SENDING).exists() or mailings_known.is_busy(at):
        return
    for mailing in _claimed(at):
        try:
            hand_over(mailing, at=at)
        finally:
            Mailing.objects.filter(pk=mailing.pk).update(leased_until=None)


def _claimed(at: datetime) -> list[Mailing]:
    """Claim mailings in progress that no other ticker works on, oldest first."""
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=at)
    waiting = Mailing.objects.filter(free, state=State.SENDING)
    mine = []
    for pk in waiting.order_by("begun_at", "pk").values_list("pk", flat=True):
        if waiting.filter(pk=pk).update(leased_until=at + LEASE):
            mine.append(Mailing.objects.get(pk=pk))
    return mine


def room() -> int:
    """How many more e-mails the outbox takes now.

    With an hourly limit, a quarter of it: the outbox must empty quickly before a reveal.
    """
    most = IN_THE_OUTBOX
    if settings.MAIL_PER_HOUR:
        most = max(1, min(most, settings.MAIL_PER_HOUR // 4))
    waiting = Email.objects.filter(
        priority=PRIORITY.low, status__in=(STATUS.queued, STATUS.requeued)
    )
    return max(0, most - waiting.count())


def hand_over(mailing: Mailing, *, at: datetime) -> int:
    """Move as many e-mails as the outbox takes; return how many, and finish after the last."""
    waiting = MailingRecipient.objects.filter(mailing=mailing, state=Row.WAITING)
    rows = list(waiting.order_by("pk")[: room()])
    if rows and mailings_known.gives_away(mailing, at=at):
        # A venue was sealed or changed after a colleague read the text.
        dropped = mailings.stop(
            mailing, because="A colleague with venue access must read it again.", at=at
        )
        log.warning("mailing %s: %s e-mails not sent", mailing.pk, dropped)
        return 0
    good = mailings.still_good(rows, mailing, at=at)
    handed = sum(_handed(row, mailing, is_good=row.pk in good, at=at) for row in rows)
    if not waiting.exists():
        Mailing.objects.filter(pk=mailing.pk, state=State.SENDING).update(
            state=State.SENT, finished_at=at
        )
    return handed


def _handed(row: MailingRecipient, mailing: Mailing, *, is_good: bool, at: datetime) -> bool:
    mine = MailingRecipient.objects.filter(pk=row.pk, state=Row.WAITING)
    if not is_good:
        mine.update(state=Row.SPARED)
        return False
    with transaction.atomic():
        if not mine.update(state=Row.HANDED, handed_at=at):
            return False  # stopped meanwhile, or another ticker was faster
        post(mailing, to=row.email, name=row.name, token=token_of(row, mailing.about))
    return True


def progress(mailing: Mailing) -> dict[str, int]:
    """Count recipients by MailingRecipient.State."""
    counted = dict(mailing.recipients.order_by().values_list("state").annotate(count=Count("pk")))
    return {state.value: counted.get(state.value, 0) for state in Row}
