"""Who may ask Stripe, and when: turns while many pay at once, and rest while it does not answer.

One row, changed under its own lock, counts for all workers; it is written with each session that
is opened and with each failure, and only read otherwise.

    turns   no more than 15 sessions are opened in a second; each has a turn of its own, and who
            must wait longer than a moment is told how long
    rest    after five failures in a row within a minute nobody waits for Stripe; after a minute
            one is let through, and its success ends the rest for all. "Too many requests" with a
            time (429, Retry-After) is a rest of that time
"""

from datetime import datetime, timedelta

from django.db import transaction

from orders.models import Traffic
from orders.payments.gateway import TillResting

A_SECOND = 15  # sessions; Stripe's own limit on a test account is 25 of all requests
BETWEEN_TURNS = timedelta(seconds=1) / A_SECOND
FAILURES = 5
WITHIN = timedelta(minutes=1)
REST = timedelta(minutes=1)
ONE_ASKS = timedelta(seconds=30)  # outlives 3 + 8 s, twice
NOT_SO_FAST = timedelta(seconds=5)  # the rest after a 429 that names no time


def take_turn(*, at: datetime) -> datetime:
    """The instant at which one session may be opened. Inside the transaction that writes it down.

    Raises TillResting; then no turn is taken.
    """
    row = _locked()
    if row.rests_until and at < row.rests_until:
        raise TillResting(row.rests_until, at=at)
    turn = max(at, row.next_turn_at or at)
    row.next_turn_at = turn + BETWEEN_TURNS
    row.save(update_fields=["next_turn_at"])
    return turn


def check(*, at: datetime) -> bool:
    """Whether the till has failed lately, or is down (payments/outage.py), so that its answer
    matters to all (`answered`).

    Raises TillResting while it is left in peace: to all but one when that time is over.
    """
    row = Traffic.objects.filter(till=_STRIPE).first()
    if row is None:
        return False
    if row.rests_until and at < row.rests_until:
        raise TillResting(row.rests_until, at=at)
    if row.failures >= FAILURES:
        until = at + ONE_ASKS
        same = Traffic.objects.filter(pk=row.pk, rests_until=row.rests_until)
        if not same.update(rests_until=until):
            raise TillResting(until, at=at)
    return bool(row.failures or row.silent_since or row.refused_since)


def answered() -> None:
    """The till answers again, whatever it said."""
    Traffic.objects.filter(till=_STRIPE, failures__gt=0).update(
        failures=0, failing_since=None, rests_until=None
    )


def failed(*, at: datetime) -> None:
    """The till was silent, or spoke of a fault of its own."""
    with transaction.atomic():
        row = _locked()
        is_old = row.failing_since is None or at - row.failing_since > WITHIN
        if is_old and row.failures < FAILURES:
            row.failures, row.failing_since = 0, at
        row.failures = min(row.failures + 1, FAILURES)
        if row.failures == FAILURES:
            row.rests_until = max(at + REST, row.rests_until or at)
        row.save(update_fields=["failures", "failing_since", "rests_until"])


def told_to_wait(seconds: int | None, *, at: datetime) -> datetime:
    """The till asked us to come later: until when nobody asks. `seconds` as it said, if it did."""
    pause = NOT_SO_FAST if seconds is None else timedelta(seconds=seconds)
    with transaction.atomic():
        row = _locked()
        row.rests_until = max(at + pause, row.rests_until or at)
        row.save(update_fields=["rests_until"])
    return row.rests_until


def claim_reconciliation(*, until: datetime, at: datetime) -> bool:
    """Whether a look at the till's lists is due and ours until then; of many one wins."""
    row, _is_new = Traffic.objects.get_or_create(till=_STRIPE)
    same = Traffic.objects.filter(pk=row.pk, reconciled_until=row.reconciled_until)
    is_due = row.reconciled_until is None or row.reconciled_until <= at
    return is_due and same.update(reconciled_until=until) == 1


def reconcile_again(*, after: datetime) -> None:
    """The last look had no answer to everything: the next comes sooner."""
    Traffic.objects.filter(till=_STRIPE).update(reconciled_until=after)


_STRIPE = "stripe"


def _locked() -> Traffic:
    row = Traffic.objects.select_for_update().filter(till=_STRIPE).first()
    return row or Traffic.objects.select_for_update().get_or_create(till=_STRIPE)[0]
