"""Logs for machines and the person on call: ids, never names, addresses or tokens."""

import contextvars
import json
import logging
import re
from datetime import UTC, datetime
from urllib.parse import unquote

from django.urls import resolve
from django.views.debug import SafeExceptionReporterFilter

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")

_ADDRESS = re.compile(
    r"""(?P<host>https?://[^/\s"'<>]+)?(?P<path>/[^\s"'<>?#]*)(?P<query>\?[^\s"'<>]*)?"""
)
_LIKE_A_TOKEN = re.compile(r"[A-Za-z0-9_:=-]{16,}")
_OPENS_NOTHING = re.compile(r"<(?:slug|int|path):(\w+)>")  # what the URLconf takes for a name
_EMAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[A-Za-z]{2,}")


def masked(text: str) -> str:
    """The line without the tokens in addresses, query strings and e-mail addresses."""
    text = _ADDRESS.sub(lambda found: (found["host"] or "") + _masked_path(found["path"]), text)
    return _EMAIL.sub("…@…", text)


def _masked_path(path: str) -> str:
    """A path without its keys, which open an order, a ticket, a membership.

    Anything the URLconf captures that is not a slug, number or path counts as a key, so no new
    address can be forgotten here. If a path leads nowhere, anything that looks like a key does.
    """
    path = unquote(path)
    for asked in (path, f"{path}/"):
        try:
            found = resolve(asked)
        except Exception:  # noqa: BLE001, S112 a line is written while the site starts or breaks, too
            continue
        names = _OPENS_NOTHING.findall(found.route)
        keys = [str(value) for name, value in found.kwargs.items() if name not in names]
        parts = path.split("/")
        return "/".join("…" if any(key in part for key in keys) else part for part in parts)
    return _LIKE_A_TOKEN.sub("…", path)


class RequestFilter(logging.Filter):
    def filter(self, record):
        record.request_id = request_id.get()
        return True


class ForeseenFilter(logging.Filter):
    """Drops 503s that our own views chose, which are not faults of the software.

    Somebody is asked to come back, and a task and /readyz say why; Django would log an error. A
    503 that an exception led to (the database is down) stays an error.
    """

    def filter(self, record):
        if getattr(record, "status_code", 0) == 503 and not record.exc_info:
            record.levelno, record.levelname = logging.WARNING, "WARNING"
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
        # What a monitor reads by name: ids and digests (membership.security.log).
        entry |= {name: value for name, value in getattr(record, "fields", {}).items() if value}
        if record.exc_info:
            # Frames, not values: a message can contain what a person typed.
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
    """Error pages and error e-mails show where it broke, but no variables.

    One of them may be a venue, a guest or a token; Django's own filter hides only what a function
    declares. With DEBUG, as on a developer's machine, they are shown.
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
    """Send errors to Sentry, without bodies, cookies, local variables or people."""
    import sentry_sdk

    def scrub(event, _hint):
        request = event.get("request", {})
        for part in ("data", "cookies", "query_string", "headers", "env"):
            request.pop(part, None)
        if "url" in request:
            request["url"] = masked(request["url"])
        for value in event.get("exception", {}).get("values", []):
            value["value"] = ""
        # Extra data on a log record is often the request itself, address included.
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
