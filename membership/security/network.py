"""Where a request comes from: as a keyed digest for the security log, and roughly for people.

The address itself is kept nowhere. `here` holds it for as long as one request is answered, so that
what is done in the middle of a rule can be noted with it.
"""

from contextvars import ContextVar
from ipaddress import ip_address

from django.utils.crypto import salted_hmac

from nsca.lib.web.throttle import address_of

here: ContextVar[str] = ContextVar("network", default="")
DIGEST = 32  # hexadecimal digits


def digest(address: str) -> str:
    """The same for the same network and SECRET_KEY; empty for none. It cannot be turned back by
    trying every address without the key.
    """
    if not address:
        return ""
    return salted_hmac("membership.network", address, algorithm="sha256").hexdigest()[:DIGEST]


def digest_here() -> str:
    """Of the request that is being answered; empty in a command and in the ticker."""
    return digest(here.get())


def roughly(request) -> str:
    """The first half of the address, enough to say "not my provider": "203.0.…", "2001:db8:…".
    Empty where it says nothing: this machine, a private network, no address at all.
    """
    try:
        address = ip_address(address_of(request).partition("/")[0])
    except ValueError:
        return ""
    if address.is_private or address.is_loopback or address.is_unspecified:
        return ""
    if address.version == 4:
        return ".".join(str(address).split(".")[:2]) + ".…"
    return ":".join(part.lstrip("0") or "0" for part in address.exploded.split(":")[:2]) + ":…"
