"""Limits before costly work. Counted in the shared cache, in fixed windows."""

from datetime import datetime
from ipaddress import ip_address, ip_network

from django.conf import settings
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
    """Whom to count: the visitor's address; of IPv6 the /64, which is what one household has.

    Behind TRUSTED_PROXIES proxies it is the entry of X-Forwarded-For that the outermost of them
    wrote. Anything before it, and all of it where there is no proxy, was said by the visitor.
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
