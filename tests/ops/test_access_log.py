"""What gunicorn writes of a request: the route, never an address that opens something."""

import io
import json
import runpy
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from gunicorn.config import Config

ROOT = Path(__file__).resolve().parents[2]
CONFIG = runpy.run_path(str(ROOT / "deploy" / "gunicorn.py"))
TOKEN = "Zq3vT8kLmN0pXyRbCdEfGh"


def written(path, query=""):
    """The line of one request, as text."""
    config = Config()
    config.set("accesslog", "-")
    logger = CONFIG["JsonLogger"](config)
    lines = io.StringIO()
    logger.access_log.handlers[0].setStream(lines)
    response = SimpleNamespace(
        status_code=200, sent=1234, headers=[("X-Request-ID", "a1b2c3"), ("ETag", '"x"')]
    )
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "RAW_URI": f"{path}?{query}",
        "REMOTE_ADDR": "203.0.113.7",
        "HTTP_REFERER": f"https://example.org{path}",
        "HTTP_USER_AGENT": "Somebody's telephone",
    }
    logger.access(response, SimpleNamespace(), environ, timedelta(milliseconds=12.34))
    return lines.getvalue()


def test_a_line_tells_the_route_the_outcome_and_the_requests_id():
    line = json.loads(written("/cities/toulon/"))

    assert line.pop("at").endswith("+00:00")
    assert line == {
        "level": "INFO",
        "logger": "nsca.access",
        "request": "a1b2c3",
        "method": "GET",
        "route": "/cities/<slug:slug>/",
        "status": 200,
        "bytes": 1234,
        "ms": 12.3,
    }


@pytest.mark.parametrize(
    "path",
    [
        f"/orders/{TOKEN}/",
        f"/orders/{TOKEN}/receipt/",
        f"/tickets/{TOKEN}/",
        f"/tickets/{TOKEN}/ticket.pdf",
        f"/renew/{TOKEN}/",
        f"/no/such/address/{TOKEN}",
        f"/{TOKEN}",
    ],
)
def test_an_address_that_is_a_key_is_not_written(path):
    assert TOKEN not in written(path)


def test_what_was_asked_for_and_who_asked_is_not_written():
    line = written("/search/", query="q=ada@example.org")

    assert "ada" not in line
    assert "203.0.113.7" not in line
    assert "telephone" not in line


def test_a_visitor_cannot_name_the_script_through_the_proxy():
    config = Config()
    config.set("forwarder_headers", CONFIG["forwarder_headers"])

    assert config.forwarder_headers == []


def test_only_this_machine_is_believed_about_the_visitors_scheme(monkeypatch):
    monkeypatch.delenv("FORWARDED_ALLOW_IPS", raising=False)
    config = runpy.run_path(str(ROOT / "deploy" / "gunicorn.py"))

    assert config["forwarded_allow_ips"] == "127.0.0.1,::1"


def test_no_access_log_unless_asked_for(monkeypatch):
    monkeypatch.delenv("ACCESS_LOG", raising=False)
    config = runpy.run_path(str(ROOT / "deploy" / "gunicorn.py"))

    assert config["accesslog"] is None
