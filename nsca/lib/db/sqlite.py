"""How SQLite is opened."""

import sqlite3

# Releases of SQLite with the fix of the WAL-reset bug (sqlite.org/wal.html#walresetbug). Before
# them several processes on one WAL database can corrupt it: they keep the rollback journal.
_FIXED_LINES = {(3, 44): 6, (3, 50): 7}
_FIXED_SINCE = (3, 51, 3)


def wal_is_safe(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> bool:
    """Whether this SQLite may keep a write-ahead log under several processes."""
    fixed_at = _FIXED_LINES.get(version[:2])
    return version >= _FIXED_SINCE or (fixed_at is not None and version[2] >= fixed_at)


SQLITE_OPTIONS = {
    # DEFERRED answers "database is locked" at once when a reader turns writer; IMMEDIATE waits.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        # TRUNCATE is the rollback journal, too, without its directory being written each time.
        f"PRAGMA journal_mode={'WAL' if wal_is_safe() else 'TRUNCATE'};"
        "PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
    ),
}
