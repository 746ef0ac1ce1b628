"""Hands the letters of mailings to the outbox, a few at a time, behind everything else.

A row goes from waiting to handed in the transaction that puts its letter into the outbox:
whatever dies in between, each letter is there once or is still waiting. Few are handed over at a
time, so that "stop now" stops, and so that letters which somebody waits for find an outbox that is
not full.
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

IN_THE_OUTBOX = 50  # letters of mailings that wait there at the most
LEASE = timedelta(minutes=2)  # of a ticker that has a mailing in hand
State, Row = Mailing.State, MailingRecipient.State


def tick(at: datetime) -> None:
    """A few letters of each mailing that is on its way; called by every ticker."""
    if not Mailing.objects.filter(state=State.SENDING).exists() or mailings_known.is_busy(at):
        return
    for mailing in _claimed(at):
        try:
            hand_over(mailing, at=at)
        finally:
            Mailing.objects.filter(pk=mailing.pk).update(leased_until=None)


def _claimed(at: datetime) -> list[Mailing]:
    """Those on their way that no other ticker has in hand, the oldest first."""
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=at)
    waiting = Mailing.objects.filter(free, state=State.SENDING)
    mine = []
    for pk in waiting.order_by("begun_at", "pk").values_list("pk", flat=True):
        if waiting.filter(pk=pk).update(leased_until=at + LEASE):
            mine.append(Mailing.objects.get(pk=pk))
    return mine


def room() -> int:
    """How many letters the outbox takes now. Where an hour's letters are counted, a quarter of
    them: what waits there must be gone soon when a reveal draws near.
    """
    most = IN_THE_OUTBOX
    if settings.MAIL_PER_HOUR:
        most = max(1, min(most, settings.MAIL_PER_HOUR // 4))
    waiting = Email.objects.filter(
        priority=PRIORITY.low, status__in=(STATUS.queued, STATUS.requeued)
    )
    return max(0, most - waiting.count())


def hand_over(mailing: Mailing, *, at: datetime) -> int:
    """As many letters as there is room for; how many. Says when the last one is gone."""
    waiting = MailingRecipient.objects.filter(mailing=mailing, state=Row.WAITING)
    rows = list(waiting.order_by("pk")[: room()])
    if rows and mailings_known.gives_away(mailing, at=at):
        # A place was sealed, or changed, after somebody had read the text.
        dropped = mailings.stop(
            mailing, because="A colleague who may see places has to read it again.", at=at
        )
        log.warning("mailing %s: stopped before %s letters", mailing.pk, dropped)
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
    """How many rows stand where, by the words of MailingRecipient.State."""
    counted = dict(mailing.recipients.order_by().values_list("state").annotate(count=Count("pk")))
    return {state.value: counted.get(state.value, 0) for state in Row}
