"""Forms for people without a session: no CSRF cookie on public pages, and no cross-site posts."""

import functools
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.views.decorators.csrf import csrf_exempt


class CrossSitePost(PermissionDenied):
    """A form on another site tried to act here."""


def is_same_origin(request, *, by_key: bool = False) -> bool:
    """Whether the browser says that the request comes from one of our pages.

    `by_key`: the address itself is the permission. Its page sends no referrer, and its forms say
    "Origin: null" (Fetch, “append a request Origin header”); anyone who knows the key may act.

    Fetch Metadata (W3C) comes first, the Origin header (RFC 6454) second. A client that sends
    neither is not a browser that could be tricked, and has no victim's cookie.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    if origin == "null":
        return by_key
    try:
        return urlsplit(origin).netloc == request.get_host()
    except ValueError:  # "http://[::1" is not an address
        return False


def same_origin_form(view):
    """For acts that visitors may do without signing in. Raises CrossSitePost."""

    @functools.wraps(view)
    def guarded(request, *args, **kwargs):
        if request.method not in ("GET", "HEAD", "OPTIONS") and not is_same_origin(
            request, by_key="token" in kwargs
        ):
            raise CrossSitePost("This form was sent from another site.")
        return view(request, *args, **kwargs)

    return csrf_exempt(guarded)
