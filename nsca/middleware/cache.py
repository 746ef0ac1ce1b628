"""Finished public pages, kept in the worker's memory, handed out before anything else is done."""

import gzip
import hashlib
import time

import brotli
from django.conf import settings
from django.core.cache import caches
from django.http import HttpResponse, HttpResponseNotModified

from nsca.lib.caching import PublicPageTouchedSession, content_version, etag_of

VERSION_IS_ASKED_EVERY = 1.0  # seconds; so an edit shows within one


class PageCacheMiddleware:
    """Answers from memory where it can; makes a page publicly cacheable where its view said so."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.version = ""
        self.asked_at = float("-inf")

    def __call__(self, request):
        if request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        # By digest: an address of a megabyte is a key of forty letters.
        address = f"{request.get_host()}|{request.get_full_path()}"
        key = hashlib.blake2b(address.encode(errors="replace"), digest_size=20).hexdigest()
        kept = caches["pages"].get(key)
        if kept and kept["until"] > request.now and kept["version"] == self._version():
            return self._answer(request, kept)
        response = self.get_response(request)
        until = getattr(response, "public_until", None)
        if until is None or response.streaming:
            return response
        if (
            response.cookies
            or getattr(request, "session", None) is not None
            and (request.session.accessed or request.session.modified)
        ):
            raise PublicPageTouchedSession(request.path)
        kept = self._kept(response, until)
        if set(request.GET) <= set(response.public_query) and until > request.now:
            caches["pages"].set(key, kept, timeout=(until - request.now).total_seconds())
        return self._answer(request, kept)

    def _version(self) -> str:
        if time.monotonic() - self.asked_at > VERSION_IS_ASKED_EVERY:
            self.version, self.asked_at = content_version(), time.monotonic()
        return self.version

    def _kept(self, response, until) -> dict:
        """The page in the encodings that browsers ask for: compressed once, sent many times.

        Compression is safe here and only here: a public page holds no secret to be guessed
        (BREACH).
        """
        body = response.content
        headers = {
            name: value for name, value in response.headers.items() if name != "Content-Length"
        }
        return {
            "until": until,
            "version": self._version(),
            "etag": etag_of(body),
            "headers": headers,
            "": body,
            "gzip": gzip.compress(body, 6, mtime=0),
            "br": brotli.compress(body, quality=5),
        }

    def _answer(self, request, kept) -> HttpResponse:
        accepted = request.headers.get("Accept-Encoding", "")
        encoding = "br" if "br" in accepted else "gzip" if "gzip" in accepted else ""
        etag = kept["etag"][:-1] + (f'-{encoding}"' if encoding else '"')
        if etag in request.headers.get("If-None-Match", ""):
            response = HttpResponseNotModified()
        else:
            response = HttpResponse(kept[encoding])
            response.headers["Content-Length"] = str(len(kept[encoding]))
            if encoding:
                response.headers["Content-Encoding"] = encoding
        for name, value in kept["headers"].items():
            if name not in response.headers or name == "Content-Type":
                response.headers[name] = value
        seconds = max(0, int((kept["until"] - request.now).total_seconds()))
        response.headers["Cache-Control"] = f"public, max-age={0 if settings.DEBUG else seconds}"
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["ETag"] = etag
        return response
