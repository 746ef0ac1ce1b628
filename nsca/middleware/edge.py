"""The edge: reads the clock once, adds headers to every response, refuses hostile input."""

import codecs
import secrets
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import HttpResponseNotAllowed, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from nsca.lib import clock
from nsca.ops.logs import request_id
from nsca.site import errors


class RequestMiddleware:
    """Gives each request its instant (request.now, UTC) and an id for the logs."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.now = clock.now()
        request.META["HTTP_ACCEPT_ENCODING"] = _taken(request.META.get("HTTP_ACCEPT_ENCODING", ""))
        request.id = secrets.token_hex(6)
        token = request_id.set(request.id)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response.headers.setdefault("X-Request-ID", request.id)
        return response


def _taken(accepted: str) -> str:
    """The encodings in an Accept-Encoding header that the browser accepts.

    Those of weight 0 are refused (RFC 9110, 12.4.2); later readers look for names alone.
    """
    taken = []
    for part in accepted.split(","):
        coding, _, weight = part.lower().partition(";")
        try:
            is_taken = float(weight.partition("=")[2] or 1) > 0
        except ValueError:
            is_taken = False
        if is_taken:
            taken.append(coding.strip())
    return ", ".join(taken)


class HeadersMiddleware:
    """Security headers on every response, errors included; `no-store` by default."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        headers = response.headers
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("X-Frame-Options", "DENY")
        # SecurityMiddleware sets these too, but not on what fails outside it.
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", settings.SECURE_REFERRER_POLICY)
        if "Cache-Control" not in headers:
            headers["Cache-Control"] = "private, no-store"
        return response


def _is_unspeakable(text: str) -> bool:
    """A NUL byte or half a surrogate pair, which databases cannot store.

    PostgreSQL refuses a NUL byte, SQLite cuts the text there; neither stores half a pair.
    """
    return "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text)


def _is_utf8(encoding: str | None) -> bool:
    """Whether a request is in UTF-8, the encoding of all our forms; None means it is."""
    return encoding is None or codecs.lookup(encoding).name in ("utf-8", "ascii")


METHODS = ("GET", "HEAD", "POST", "OPTIONS")  # nothing here uses any other
UNREADABLE = (  # a form Django cannot parse, and one whose sender hung up midway
    SuspiciousOperation,
    BadRequest,
    MultiPartParserError,
    UnicodeError,
    UnreadablePostError,
)


class RefuseHostileInputMiddleware:
    """Refuses NUL bytes, lone surrogates, oversized bodies and floods of fields.

    400 for what none of our forms could send, 413 for what is too large: never a 500, and the same
    on both databases.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method not in METHODS:
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        if b"\x00" in unquote_to_bytes(request.META.get("QUERY_STRING", "")) or _is_unspeakable(
            request.path
        ):
            return errors.bad_request(request)
        if not _is_utf8(request.encoding):
            # “charset=utf-7” smuggles in half surrogates; “charset=hex” is not text at all.
            return errors.bad_request(request)
        try:
            request.GET  # noqa: B018 - read here, once, so that a flood of fields is refused here
        except SuspiciousOperation:
            return errors.bad_request(request)
        if request.method == "POST":
            try:
                length = int(request.META.get("CONTENT_LENGTH") or 0)
            except ValueError:
                return errors.bad_request(request)
            if length > settings.MAX_BODY_BYTES:
                return errors.too_large(request)
            content_type = request.META.get("CONTENT_TYPE", "")
            if content_type.startswith(
                ("application/x-www-form-urlencoded", "multipart/form-data")
            ):
                try:
                    pairs = [
                        *request.POST.lists(),
                        *(
                            (name, [f.name for f in files])
                            for name, files in request.FILES.lists()
                        ),
                    ]
                except RequestDataTooBig:
                    return errors.too_large(request)
                except UNREADABLE:
                    return errors.bad_request(request)
                if any(
                    _is_unspeakable(name) or any(map(_is_unspeakable, values))
                    for name, values in pairs
                ):
                    return errors.bad_request(request)
        return self.get_response(request)
