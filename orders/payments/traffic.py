"""Who may ask Stripe, and when: turns while many pay at once, and a pause while it fails.

One row, changed under its own lock, counts for all workers. It is written with each session opened
and with each failure, and otherwise only read.

    turns   at most 15 sessions are opened per second; each has its own turn, and buyers who must
            wait longer than a moment learn how long
    pause   after five failures in a row within a minute nobody waits for Stripe; after a minute
            one request goes through, and its success ends the pause for all. "Too many requests"
            with a time (429, Retry-After) is a pause of that time
"""

from datetime import datetime, timedelta

from django.db import transaction

from orders.models import Traffic
from orders.payments.gateway import GatewayResting

A_SECOND = 15  # sessions; Stripe limits a test account to 25 requests of all kinds
BETWEEN_TURNS = timedelta(seconds=1) / A_SECOND
FAILURES = 5
WITHIN = timedelta(minutes=1)
REST = timedelta(minutes=1)
ONE_ASKS = timedelta(seconds=30)  # longer than twice 3 + 8 s
NOT_SO_FAST = timedelta(seconds=5)  # the pause after a 429 without a time


def take_turn(*, at: datetime) -> datetime:
    """When one session may be opened. Call it in the transaction that saves the turn.

    Raises GatewayResting; then no turn is taken.
    """
    row = _locked()
    if row.rests_until and at < row.rests_until:
        raise GatewayResting(row.rests_until, at=at)
    turn = max(at, row.next_turn_at or at)
    row.next_turn_at = turn + BETWEEN_TURNS
    row.save(update_fields=["next_turn_at"])
    return turn


def check(*, at: datetime) -> bool:
    """Whether the gateway failed lately or is down (outage.py), so that its answer matters to all.

    Raises GatewayResting during a pause, and to all but one caller when the pause is over.
    """
    row = Traffic.objects.filter(gateway=_STRIPE).first()
    if row is None:
        return False
    if row.rests_until and at < row.rests_until:
        raise GatewayResting(row.rests_until, at=at)
    if row.failures >= FAILURES:
        until = at + ONE_ASKS
        same = Traffic.objects.filter(pk=row.pk, rests_until=row.rests_until)
        if not same.update(rests_until=until):
            raise GatewayResting(until, at=at)
    return bool(row.failures or row.silent_since or row.refused_since)


def answered() -> None:
    """The gateway answers again, whatever it said."""
    Traffic.objects.filter(gateway=_STRIPE, failures__gt=0).update(
        failures=0, failing_since=None, rests_until=None
    )


def failed(*, at: datetime) -> None:
    """The gateway was silent, or reported a fault of its own."""
    with transaction.atomic():
        row = _locked()
        is_old = row.failing_since is None or at - row.failing_since > WITHIN
        if is_old and row.failures < FAILURES:
            row.failures, row.failing_since = 0, at
        row.failures = min(row.failures + 1, FAILURES)
        if row.failures == FAILURES:
            row.rests_until = max(at + REST, row.rests_until or at)
        row.save(update_fields=["failures", "failing_since", "rests_until"])


def asked_to_wait(seconds: int | None, *, at: datetime) -> datetime:
    """The gateway asked us to wait `seconds`, if it said; returns until when nobody asks."""
    pause = NOT_SO_FAST if seconds is None else timedelta(seconds=seconds)
    with transaction.atomic():
        row = _locked()
        row.rests_until = max(at + pause, row.rests_until or at)
        row.save(update_fields=["rests_until"])
    return row.rests_until


def claim_reconciliation(*, until: datetime, at: datetime) -> bool:
    """Claim the reconciliation if it is due; one caller of many wins."""
    row, _is_new = Traffic.objects.get_or_create(gateway=_STRIPE)
    same = Traffic.objects.filter(pk=row.pk, reconciled_until=row.reconciled_until)
    is_due = row.reconciled_until is None or row.reconciled_until <= at
    return is_due and same.update(reconciled_until=until) == 1


def reconcile_again(*, after: datetime) -> None:
    """Reconcile sooner, since the last time some requests had no answer."""
    Traffic.objects.filter(gateway=_STRIPE).update(reconciled_until=after)


_STRIPE = "stripe"


def _locked() -> Traffic:
    row = Traffic.objects.select_for_update().filter(gateway=_STRIPE).first()
    return row or Traffic.objects.select_for_update().get_or_create(gateway=_STRIPE)[0]
