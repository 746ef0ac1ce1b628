"""Logs for machines and for the person who is called at night: ids, never names, addresses or
tokens.
"""

import contextvars
import json
import logging
import re
from datetime import UTC, datetime

from django.views.debug import SafeExceptionReporterFilter

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")

# Addresses that are keys: what follows the prefix opens an order, a ticket, a membership.
_SECRET_PATHS = re.compile(
    r"(/(?:orders|tickets(?:/[a-z]+)?|renew|newsletter(?:/[a-z]+)?|letters/leave|door"
    r"|passport|membership/card"
    r"|events(?:/[^/\s]+)?/(?:waitlist|tables|caterer))/)([A-Za-z0-9_-]{16,})"
)
_EMAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[A-Za-z]{2,}")


def masked(text: str) -> str:
    """The same line without the tokens in addresses, query strings and e-mail addresses."""
    text = _SECRET_PATHS.sub(r"\1…", text)
    text = re.sub(r"(/[^\s?\"]*)\?[^\s\"]*", r"\1", text)
    return _EMAIL.sub("…@…", text)


class RequestFilter(logging.Filter):
    def filter(self, record):
        record.request_id = request_id.get()
        return True


class JsonFormatter(logging.Formatter):
    def format(self, record):
        entry = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": masked(record.getMessage()),
        }
        if getattr(record, "request_id", ""):
            entry["request"] = record.request_id
        if record.exc_info:
            # Frames, not values: a message can hold what a person typed.
            kind, _, trace = record.exc_info
            entry["exception"] = getattr(kind, "__name__", str(kind))
            frames = []
            while trace:
                code = trace.tb_frame.f_code
                frames.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_name}")
                trace = trace.tb_next
            entry["frames"] = frames[-12:]
        return json.dumps(entry, ensure_ascii=False)


class NoValuesFilter(SafeExceptionReporterFilter):
    """Error pages and error mails show where it broke, not what the variables held: one of them
    may be a place, a guest or a token. Django's own filter hides only what a function declares.
    While DEBUG is on, as on a developer's own machine, they are shown.
    """

    def get_traceback_frame_variables(self, request, tb_frame):
        if not self.is_active(request):
            return super().get_traceback_frame_variables(request, tb_frame)
        return [(name, self.cleansed_substitute) for name in tb_frame.f_locals]

    def get_post_parameters(self, request):
        if request is None or not self.is_active(request):
            return super().get_post_parameters(request)
        return dict.fromkeys(request.POST, self.cleansed_substitute)


def start_sentry(dsn: str) -> None:
    """Errors to Sentry, without bodies, cookies, local variables or people."""
    import sentry_sdk

    def scrub(event, _hint):
        request = event.get("request", {})
        for part in ("data", "cookies", "query_string", "headers", "env"):
            request.pop(part, None)
        if "url" in request:
            request["url"] = masked(request["url"])
        for value in event.get("exception", {}).get("values", []):
            value["value"] = ""
        # What a log line carries beside its text is often the request itself, address and all.
        for part in ("user", "extra", "breadcrumbs"):
            event.pop(part, None)
        if "logentry" in event:
            said = event["logentry"]
            event["logentry"] = {"message": masked(said.get("formatted") or said["message"])}
        return event

    sentry_sdk.init(
        dsn=dsn, send_default_pii=False, include_local_variables=False,
        max_request_body_size="never",
        before_send=scrub, max_breadcrumbs=0, shutdown_timeout=2,
    )  # fmt: skip
