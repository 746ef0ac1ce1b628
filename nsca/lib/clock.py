"""The only place that reads the clock. Everything else is given an instant."""

import ctypes
import struct
from datetime import UTC, datetime, timedelta


def now() -> datetime:
    """This instant, in UTC."""
    return datetime.now(UTC)


# --- Whether it can be trusted -------------------------------------------------------------------

_TIMEX_BYTES = 256  # a struct timex takes 208 of them (adjtimex(2), 64 bits)
_STATUS_AT = 40  # its field `status`, in bytes
_NOT_SYNCHRONIZED = 0x40  # STA_UNSYNC


def is_kept_in_time() -> bool | None:
    """Whether the kernel says that NTP or the like keeps this clock; None if it says nothing."""
    timex = ctypes.create_string_buffer(_TIMEX_BYTES)  # all zero: read only, set nothing
    try:
        if ctypes.CDLL(None, use_errno=True).adjtimex(timex) < 0:
            return None
    except (AttributeError, OSError):
        return None  # not Linux
    (status,) = struct.unpack_from("i", timex.raw, _STATUS_AT)
    return not status & _NOT_SYNCHRONIZED


def ahead_of_the_database(connection) -> timedelta:
    """How far this clock is ahead of the database server's; SQLite has no other clock."""
    if connection.vendor != "postgresql":
        return timedelta(0)
    with connection.cursor() as cursor:
        before = datetime.now(UTC)
        cursor.execute("SELECT clock_timestamp()")
        (theirs,) = cursor.fetchone()
        after = datetime.now(UTC)
    return before + (after - before) / 2 - theirs
