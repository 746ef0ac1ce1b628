"""Finished public pages, kept in the worker's memory and served before anything else is done."""

import gzip
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

import brotli
from django.conf import settings
from django.core.cache import caches
from django.http import HttpResponse, HttpResponseNotModified

from nsca.lib.web.caching import PublicPageTouchedSession, etag_of, recent_content_version

COMPRESS = {
    # Fast rather than small: it happens while the first visitor waits.
    "br": lambda body: brotli.compress(body, quality=3),
    "gzip": lambda body: gzip.compress(body, 5, mtime=0),
    "": bytes,
}
PACKED = ("image/png", "image/vnd.microsoft.icon")  # compressing them again saves nothing
FOREVER = "public, max-age=31536000, immutable"


@dataclass
class KeptPage:
    """One finished page, until the instant (UTC) at which it may change.

    Compression is safe only here: a public page has no secret to guess (BREACH).
    """

    until: datetime
    version: str
    etag: str
    headers: dict[str, str]
    body: bytes
    name: str = ""  # of this very version, for URLs with `?v=`, which never change
    encoded: dict[str, bytes] = field(default_factory=dict)

    def in_encoding(self, encoding: str) -> bytes:
        """The body in this encoding, made when the first browser asks for it."""
        if encoding not in self.encoded:
            self.encoded[encoding] = COMPRESS[encoding](self.body)
        return self.encoded[encoding]


class PageCacheMiddleware:
    """Answers from memory if it can; makes a page publicly cacheable if its view said so."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        pages, address = caches["pages"], f"{request.get_host()}|{request.path}"
        # An unknown address with a query may belong to a view that reads it; see below.
        reads = pages.get(f"reads|{address}") if request.META.get("QUERY_STRING") else ()
        page = None if reads is None else pages.get(_key(address, request, reads))
        if page and page.until > request.now and page.version == recent_content_version():
            return self._answer(request, page)
        # Before the page is made, so that an edit meanwhile drops it.
        version = recent_content_version()
        response = self.get_response(request)
        until = getattr(response, "public_until", None)
        if until is None or response.streaming:
            return response
        # SessionMiddleware deletes a cookie that can't be a session's; it did not run here.
        response.cookies.pop(settings.SESSION_COOKIE_NAME, None)
        session = getattr(request, "session", None)
        if response.cookies or (session is not None and (session.accessed or session.modified)):
            raise PublicPageTouchedSession(request.path)
        page = KeptPage(
            until=until,
            version=version,
            etag=etag_of(response.content),
            headers={k: v for k, v in response.headers.items() if k != "Content-Length"},
            body=response.content,
            name=getattr(response, "public_name", ""),
        )
        if until > request.now:
            pages.set(f"reads|{address}", response.public_query)
            pages.set(_key(address, request, response.public_query), page)
        return self._answer(request, page)

    def _answer(self, request, page: KeptPage) -> HttpResponse:
        accepted = request.headers.get("Accept-Encoding", "")  # as RequestMiddleware leaves it
        encoding = "br" if "br" in accepted else "gzip" if "gzip" in accepted else ""
        if page.headers["Content-Type"].startswith(PACKED):
            encoding = ""
        etag = page.etag[:-1] + (f'-{encoding}"' if encoding else '"')
        if etag in request.headers.get("If-None-Match", ""):
            response = HttpResponseNotModified()
        else:
            response = HttpResponse(page.in_encoding(encoding))
            # CommonMiddleware, which sets it elsewhere, is further in.
            response.headers["Content-Length"] = str(len(response.content))
            if encoding:
                response.headers["Content-Encoding"] = encoding
        for name, value in page.headers.items():
            if name not in response.headers or name == "Content-Type":
                response.headers[name] = value
        seconds = max(0, int((page.until - request.now).total_seconds()))
        response.headers["Cache-Control"] = (
            FOREVER
            if page.name and request.GET.get("v") == page.name
            else f"public, max-age={0 if settings.DEBUG else seconds}"
        )
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["ETag"] = etag
        return response


def _key(address: str, request, reads: tuple[str, ...]) -> str:
    """What tells pages of one address apart: the parameters that its view reads.

    Anything else in the query (`?utm_source=…`, `?1`, `?2`) takes up no cache entry.
    """
    read = [(name, value) for name in reads for value in request.GET.getlist(name)]
    return f"{address}?{urlencode(read)}"
