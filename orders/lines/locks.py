"""Transactions with a limited wait for locks."""

from contextlib import contextmanager

from django.db import OperationalError, connection, transaction

from orders.lines.kinds import Refusal

LOCK_WAIT = 5_000  # milliseconds
BUSY_STATES = {
    "55P03",  # lock_not_available: lock_timeout
    "40P01",  # deadlock_detected
}


class Busy(Refusal):
    """Another transaction kept a lock for longer than a buyer should wait."""

    def __init__(self):
        super().__init__("Many people are buying right now. Please try again.")


class NetworkInTransaction(RuntimeError):
    """A slow network must not hold a lock (docs/architecture.md §4)."""


@contextmanager
def brief():
    """A durable transaction that waits a limited time for locks. Raises Busy."""
    try:
        with _patience(), transaction.atomic(durable=True):
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    # SET LOCAL takes no parameters; the number is our own.
                    cursor.execute(f"SET LOCAL lock_timeout = {LOCK_WAIT:d}")
            yield
    except OperationalError as error:
        if _is_busy(error):
            raise Busy from error
        raise


@contextmanager
def _patience():
    """On SQLite the transaction is the lock: wait no longer than for one of PostgreSQL's."""
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
    """Raise NetworkInTransaction inside a transaction; every gateway calls it first.

    `durable` knows: the transaction Django's TestCase wraps around a test does not count.
    """
    if connection.in_atomic_block:
        try:
            with transaction.atomic(durable=True, savepoint=False):
                pass
        except RuntimeError as error:
            raise NetworkInTransaction("The gateway was asked inside a transaction.") from error
