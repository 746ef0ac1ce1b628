"""Where a request comes from: a keyed digest for the security log, a rough address for people.

The address itself is never stored. `here` has it only during a request, so that rules can log it.
"""

from contextvars import ContextVar
from ipaddress import ip_address

from django.utils.crypto import salted_hmac

from nsca.lib.web.throttle import address_of

here: ContextVar[str] = ContextVar("network", default="")
DIGEST = 32  # hexadecimal digits


def digest(address: str) -> str:
    """A keyed digest of an address, which nobody without SECRET_KEY can reverse; "" for none."""
    if not address:
        return ""
    return salted_hmac("membership.network", address, algorithm="sha256").hexdigest()[:DIGEST]


def digest_here() -> str:
    """The digest for the current request; empty in commands and in the ticker."""
    return digest(here.get())


def roughly(request) -> str:
    """The first half of the address, enough to recognize a provider: "203.0.…", "2001:db8:…".

    Empty for this machine, a private network, or no address.
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
