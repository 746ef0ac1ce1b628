"""Transactions that wait for a lock, but not for ever."""

from contextlib import contextmanager

from django.db import OperationalError, connection, transaction

from orders.lines.kinds import Refusal

LOCK_WAIT = 5_000  # milliseconds
BUSY_STATES = {
    "55P03",  # lock_not_available: lock_timeout ran out
    "40P01",  # deadlock_detected
}


class Busy(Refusal):
    """Somebody else held what this order needs for longer than a buyer should wait."""

    def __init__(self):
        super().__init__("Many people are buying at this moment; please try again.")


class NetworkInTransaction(RuntimeError):
    """A slow network must not hold a lock (docs/architecture.md §4)."""


@contextmanager
def brief():
    """A durable transaction whose waits for locks are bounded. Raises Busy where one took too
    long.
    """
    try:
        with _patience(), transaction.atomic(durable=True):
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    # SET LOCAL takes no parameters; the number is ours.
                    cursor.execute(f"SET LOCAL lock_timeout = {LOCK_WAIT:d}")
            yield
    except OperationalError as error:
        if _is_busy(error):
            raise Busy from error
        raise


@contextmanager
def _patience():
    """On SQLite the transaction is the lock: it waits no longer than a lock of PostgreSQL's."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    file = connection.connection
    (usual,) = file.execute("PRAGMA busy_timeout").fetchone()
    file.execute(f"PRAGMA busy_timeout = {LOCK_WAIT:d}")
    try:
        yield
    finally:
        file.execute(f"PRAGMA busy_timeout = {usual:d}")


def _is_busy(error: OperationalError) -> bool:
    cause = error.__cause__
    state = getattr(cause, "sqlstate", None)
    return state in BUSY_STATES or "database is locked" in str(error)


def refuse_inside_transaction() -> None:
    """Said by every till before it speaks. Raises NetworkInTransaction where a transaction is
    open.

    `durable` knows which: the transaction that Django's TestCase wraps around a test is not one
    of ours.
    """
    if connection.in_atomic_block:
        try:
            with transaction.atomic(durable=True, savepoint=False):
                pass
        except RuntimeError as error:
            raise NetworkInTransaction("The till was asked inside a transaction.") from error
