"""SQLite's options."""

import sqlite3

# SQLite releases with the fix for the WAL-reset bug (sqlite.org/wal.html#walresetbug). In older
# ones several processes can corrupt a WAL database, so they keep the rollback journal.
_FIXED_LINES = {(3, 44): 6, (3, 50): 7}
_FIXED_SINCE = (3, 51, 3)


def wal_is_safe(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> bool:
    """Whether this version of SQLite lets several processes share a write-ahead log safely."""
    fixed_at = _FIXED_LINES.get(version[:2])
    return version >= _FIXED_SINCE or (fixed_at is not None and version[2] >= fixed_at)


SQLITE_OPTIONS = {
    # With DEFERRED, a reader that turns writer fails with "database is locked"; IMMEDIATE waits.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        # TRUNCATE is a rollback journal, too, but doesn't write the directory each time.
        f"PRAGMA journal_mode={'WAL' if wal_is_safe() else 'TRUNCATE'};"
        "PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
    ),
}
