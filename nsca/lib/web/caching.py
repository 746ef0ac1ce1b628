"""Default-deny caching: a response is `no-store` unless its view says @public_cache.

A public page is the same for everyone: it reads no cookie and no session, and it expires at the
next instant at which it would change (a reveal, a hint, a sale window, a publication), so no
cached response is stale. Finished pages stay in each worker's memory, compressed once, until they
expire or the content's version changes.
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
VERSION_IS_ASKED_EVERY = 1.0  # seconds, so an edit shows within one
_recent: tuple[float, str, str] = (float("-inf"), "", "")  # asked at, under which key, the answer


class PublicPageTouchedSession(RuntimeError):
    """A view marked @public_cache used a session or a cookie: others must not get it."""


def public_cache(*, seconds: int, query: tuple[str, ...] = ()):
    """Mark a view's responses as the same for everyone for at most `seconds`.

    `query` names the parameters that the view reads. Others are ignored: they get the page that is
    cached without them.
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
    """Mark a private page that is the same for every unknown visitor (no cookie, no query).

    It is made once for all who come within `seconds`, and is still `no-store`. Use it for a page
    that everybody opens in the same minute. Each form needs its own key: ask form_key(request) for
    one. changes_at ends the time early.
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
    """Whether nothing is known about this visitor: no cookie, no query."""
    return not (request.COOKIES or request.GET)


def keep_a_moment(key: str, thing, *, version: str, at: datetime, until: datetime) -> None:
    """Keep something in this process, for strangers only, between two instants (UTC).

    Staff's next edit ends it sooner. It is returned as it is: never change it. `version` is
    recent_content_version() from before it was read, because an edit may have come meanwhile.
    """
    caches["pages"].set(f"moment|{key}", (at, until, version, thing))


def kept_a_moment(key: str, *, at: datetime):
    """What is kept under a key at an instant, or None."""
    since, until, version, thing = caches["pages"].get(f"moment|{key}") or (at, at, "", None)
    return thing if since <= at < until and version == recent_content_version() else None


def form_key(request) -> str:
    """A key for one form: different for each visitor, even on a page made once for many."""
    return STAND_IN if getattr(request, "is_for_strangers", False) else link_token()


def changes_at(request, *instants: datetime | None) -> None:
    """Say that this page changes at these instants (UTC): it expires at the first one ahead."""
    limit = getattr(request, "public_until", None)
    if limit is None:
        return
    ahead = [instant for instant in instants if instant is not None and instant > request.now]
    request.public_until = min([limit, *ahead])


def content_version() -> str:
    """The version of everything staff can edit; content_changed() changes it.

    A shared cache that does not answer costs only speed: each call then gets a version of its own,
    so nothing stale is kept.
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
    """The same, at most a second old, for every page. One's own edit shows at once."""
    global _recent
    asked_at, key, version = _recent
    if key != VERSION_KEY or time.monotonic() - asked_at > VERSION_IS_ASKED_EVERY:
        version = content_version()
        _recent = (time.monotonic(), VERSION_KEY, version)
    return version


def content_changed() -> None:
    """Call after an edit that visitors should see: cached pages are dropped within a second."""
    global _recent
    _recent = (float("-inf"), "", "")
    try:
        cache.set(VERSION_KEY, secrets.token_hex(8), timeout=None)
    except Exception as error:  # noqa: BLE001 - the edit itself is saved, and nothing is kept now
        log.warning("the shared cache does not answer: %s", type(error).__name__)


def etag_of(body: bytes) -> str:
    return '"' + hashlib.blake2b(body, digest_size=12).hexdigest() + '"'
