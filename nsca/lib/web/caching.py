"""Default-deny caching: a response is `no-store` unless its view says @public_cache.

A public page is the same for everybody: it reads no cookie and no session, and its lifetime ends
at the next
instant at which it would change (a reveal, a hint, a sale window, a publication), so that no
cached response is
fresh at the boundary. Finished pages are kept in each worker's memory, compressed once, until
they expire or the
content's version moves.
"""

import functools
import hashlib
import logging
import secrets
import time
from datetime import datetime, timedelta

from django.core.cache import cache, caches
from django.http import HttpResponse

from nsca.lib.secrets.codes import link_token

log = logging.getLogger(__name__)

VERSION_KEY = "content-version"
VERSION_IS_ASKED_EVERY = 1.0  # seconds; so an edit shows within one
_recent: tuple[float, str, str] = (float("-inf"), "", "")  # asked at, under which key, the answer


class PublicPageTouchedSession(RuntimeError):
    """A view marked @public_cache read or wrote a session or a cookie; it must not be cached for
    others.
    """


def public_cache(*, seconds: int, query: tuple[str, ...] = ()):
    """Mark a view's answers as the same for everyone for at most `seconds`.

    `query` names the parameters that the view reads; any others are ignored, so that they get the
    page that is kept without them.
    """

    def decorate(view):
        @functools.wraps(view)
        def cached(request, *args, **kwargs):
            request.public_until = request.now + timedelta(seconds=seconds)
            response = view(request, *args, **kwargs)
            if request.method in ("GET", "HEAD") and response.status_code == 200:
                response.public_until = request.public_until
                response.public_query = query
            return response

        cached.is_public = True
        return cached

    return decorate


STAND_IN = "stand-in-for-a-key-of-a-form-made-anew"


def same_for_strangers(*, seconds: int):
    """Mark a private page that says the same to every visitor of whom nothing is known (no cookie,
    no query): it is made once for all who come in those seconds, and is still `no-store`.

    Its form's own key must differ: the view asks form_key(request) for one. changes_at cuts the
    moment short. For the page that everybody opens in the same minute.
    """

    def decorate(view):
        @functools.wraps(view)
        def kept(request, *args, **kwargs):
            if request.method not in ("GET", "HEAD") or not is_stranger(request):
                return view(request, *args, **kwargs)
            key, version = f"strangers|{request.path}", recent_content_version()
            made = caches["pages"].get(key)
            if made is None or made[0] <= request.now or made[1] != version:
                request.is_for_strangers = True
                request.public_until = request.now + timedelta(seconds=seconds)
                response = view(request, *args, **kwargs)
                if response.status_code != 200 or response.cookies:
                    return response
                until, body, headers = request.public_until, response.content, response.headers
                made = (until, version, body, dict(headers))
                caches["pages"].set(key, made)
            _, _, body, headers = made
            return HttpResponse(
                body.replace(STAND_IN.encode(), link_token().encode()), headers=headers
            )

        return kept

    return decorate


def is_stranger(request) -> bool:
    """Whether nothing is known of this visitor: no cookie, no query."""
    return not (request.COOKIES or request.GET)


def keep_a_moment(key: str, thing, *, version: str, at: datetime, until: datetime) -> None:
    """Keep something in this process, for strangers only, from one instant until another (UTC) or
    the next edit of staff. It is handed out as it is: it must not be changed.

    `version`: recent_content_version() before it was read, for an edit may have come meanwhile.
    """
    caches["pages"].set(f"moment|{key}", (at, until, version, thing))


def kept_a_moment(key: str, *, at: datetime):
    """What is kept under a key at an instant, or None."""
    since, until, version, thing = caches["pages"].get(f"moment|{key}") or (at, at, "", None)
    return thing if since <= at < until and version == recent_content_version() else None


def form_key(request) -> str:
    """A key for one form: new for each visitor, also of a page that is made once for many."""
    return STAND_IN if getattr(request, "is_for_strangers", False) else link_token()


def changes_at(request, *instants: datetime | None) -> None:
    """Tell that the page being made changes at these instants (UTC): it is not kept beyond the
    first that lies ahead.
    """
    limit = getattr(request, "public_until", None)
    if limit is None:
        return
    ahead = [instant for instant in instants if instant is not None and instant > request.now]
    request.public_until = min([limit, *ahead])


def content_version() -> str:
    """The version of everything that staff can edit; moves with content_changed().

    A shared cache that does not answer costs speed and nothing else: each asking then gets a
    version of its own, so that nothing is kept that might be stale.
    """
    try:
        version = cache.get(VERSION_KEY)
        if version is None:
            cache.add(VERSION_KEY, secrets.token_hex(8), timeout=None)
            version = cache.get(VERSION_KEY) or ""
    except Exception as error:  # noqa: BLE001 - any backend's own errors
        log.warning("the shared cache does not answer: %s", type(error).__name__)
        return f"alone-{secrets.token_hex(8)}"
    return version


def recent_content_version() -> str:
    """The same, not older than a second: for what each page asks. One's own edit shows at once."""
    global _recent
    asked_at, key, version = _recent
    if key != VERSION_KEY or time.monotonic() - asked_at > VERSION_IS_ASKED_EVERY:
        version = content_version()
        _recent = (time.monotonic(), VERSION_KEY, version)
    return version


def content_changed() -> None:
    """Call after an edit that visitors should see: kept pages are dropped within a second."""
    global _recent
    _recent = (float("-inf"), "", "")
    try:
        cache.set(VERSION_KEY, secrets.token_hex(8), timeout=None)
    except Exception as error:  # noqa: BLE001 - the edit itself is saved, and nothing is kept now
        log.warning("the shared cache does not answer: %s", type(error).__name__)


def etag_of(body: bytes) -> str:
    return '"' + hashlib.blake2b(body, digest_size=12).hexdigest() + '"'
