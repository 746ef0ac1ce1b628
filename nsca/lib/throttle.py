"""Limits before costly work. Counted in the shared cache, in fixed windows."""

from datetime import datetime

from django.core.cache import cache


class TooOften(Exception):
    """More requests than a person makes; carries the seconds after which it is worth asking
    again.
    """

    def __init__(self, retry_after: int):
        super().__init__(f"Please wait {retry_after} seconds.")
        self.retry_after = retry_after


def spend(scope: str, who: str, *, limit: int, seconds: int, at: datetime) -> None:
    """Count one act of `who` in a window of `seconds`; raise TooOften past `limit`.

    A cache that cannot be reached lets everybody through: a throttle must not close the shop.
    """
    window, elapsed = divmod(int(at.timestamp()), seconds)
    key = f"throttle:{scope}:{who}:{window}"
    try:
        cache.add(key, 0, timeout=seconds + 5)
        count = cache.incr(key)
    except Exception:  # noqa: BLE001 - any backend's own errors
        return
    if count > limit:
        raise TooOften(seconds - elapsed)


def address_of(request) -> str:
    """Whom to count: the peer's address (the proxy's word for it is settled by gunicorn)."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    # The last entry is the one our own proxy wrote; anything before it was said by the client.
    return forwarded.split(",")[-1].strip() or request.META.get("REMOTE_ADDR", "")
