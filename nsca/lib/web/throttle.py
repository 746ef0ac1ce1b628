"""Limits that come before expensive work, counted in fixed windows across all processes.

They are counted in Redis if there is one, else in a table, by one statement that counts and
answers, so that no two requests read the same number (`Throttle`).
"""

from contextlib import suppress
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from redis import RedisError


class TooOften(Exception):
    """More requests than a person makes.

    Carries how many seconds to wait, and whether it is the first in its window: only that one is
    worth a line in the log.
    """

    def __init__(self, retry_after: int, *, is_first: bool = False):
        super().__init__(f"Please wait {_in_words(retry_after)}.")
        self.retry_after = retry_after
        self.is_first = is_first


def _in_words(seconds: int) -> str:
    """ "40 seconds", "12 minutes", "7 hours": rounded up."""
    for length, noun in ((3600, "hours"), (60, "minutes")):
        if seconds > 2 * length:
            return f"{-(-seconds // length)} {noun}"
    return f"{seconds} second{'' if seconds == 1 else 's'}"


def spend(scope: str, who: str, *, limit: int, seconds: int, at: datetime) -> None:
    """Count one act of `who` in a window of `seconds`. Raises TooOften past `limit`.

    If the store can't be reached, everyone passes: a throttle must not close the shop.
    """
    window, elapsed = divmod(int(at.timestamp()), seconds)
    key = f"{scope}:{who}:{window}"[:200]
    engine = settings.CACHES["default"]["BACKEND"]
    count = _counted_in_redis if engine.endswith("RedisCache") else _counted_in_the_database
    try:
        ends_at = at + timedelta(seconds=seconds - elapsed)
        spent = count(key, seconds=seconds, ends_at=ends_at)
    except (DatabaseError, RedisError):
        return
    if spent > limit:
        raise TooOften(seconds - elapsed, is_first=spent == limit + 1)


def spent(scope: str, who: str, *, seconds: int, at: datetime) -> int:
    """How often `who` acted in the window of an instant; 0 if that cannot be read."""
    key = f"{scope}:{who}:{int(at.timestamp()) // seconds}"[:200]
    try:
        if settings.CACHES["default"]["BACKEND"].endswith("RedisCache"):
            return cache.get(f"throttle:{key}", 0)
        with connection.cursor() as cursor:
            cursor.execute("SELECT spent FROM lib_throttle WHERE key = %s", [key])
            return (cursor.fetchone() or (0,))[0]
    except (DatabaseError, RedisError):
        return 0


def vouch(scope: str, who: str, *, seconds: int) -> None:
    """Note for `seconds` that `who` is no stranger; `is_vouched_for` asks.

    Never use it to let anybody in. The note may be gone sooner.
    """
    with suppress(DatabaseError, RedisError):
        cache.set(f"vouched:{scope}:{who}", True, timeout=seconds)


def is_vouched_for(scope: str, who: str) -> bool:
    try:
        return bool(cache.get(f"vouched:{scope}:{who}"))
    except (DatabaseError, RedisError):
        return False


def _counted_in_redis(key: str, *, seconds: int, ends_at: datetime) -> int:
    key = f"throttle:{key}"
    cache.add(key, 0, timeout=seconds + 5)
    return cache.incr(key)


def _counted_in_the_database(key: str, *, seconds: int, ends_at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO lib_throttle (key, spent, ends_at) VALUES (%s, 1, %s) "
            "ON CONFLICT (key) DO UPDATE SET spent = lib_throttle.spent + 1 "
            "RETURNING spent",
            [key, connection.ops.adapt_datetimefield_value(ends_at)],
        )
        return cursor.fetchone()[0]


def address_of(request) -> str:
    """Whom to count: the visitor's address; for IPv6 its /64, which is one household's.

    Behind TRUSTED_PROXIES proxies it is the X-Forwarded-For entry that the outermost of them
    wrote. Anything before it, or all of it without a proxy, is the visitor's own claim.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    said = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if 0 < settings.TRUSTED_PROXIES <= len(said):
        peer = said[-settings.TRUSTED_PROXIES].strip() or peer
    try:
        address = ip_address(peer)
    except ValueError:  # a socket's path, or nothing
        return peer[:64]
    if address.version == 6 and address.ipv4_mapped is None:
        return str(ip_network((address, 64), strict=False))
    return str(address)
