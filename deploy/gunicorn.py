"""Gunicorn: how the site is served, by `make run`, in the container and under systemd alike.

    gunicorn --config deploy/gunicorn.py nsca.wsgi

The environment decides: GUNICORN_BIND, WEB_CONCURRENCY (workers), GUNICORN_THREADS,
FORWARDED_ALLOW_IPS (whose X-Forwarded-* is believed), ACCESS_LOG=1.
"""

import gc
import json
import logging
import os
import sys
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from gunicorn.glogging import Logger

chdir = str(Path(__file__).resolve().parents[1])
sys.path.insert(0, chdir)

from nsca.ops.logs import JsonFormatter  # noqa: E402 the site is found only now

bind = os.environ.get("GUNICORN_BIND", "127.0.0.1:8000")

# Two workers fill two cores. Four threads in each, so that a slow answer from Stripe holds up one
# visitor and not half the site. Each thread has its own database connection: 8 in all.
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = int(os.environ.get("GUNICORN_THREADS", "4"))

# The application is loaded once and the workers share its memory until they write to it. A new
# version therefore needs a restart; a reload (HUP) would fork the old one again.
preload_app = True

timeout = 30  # seconds; the slowest honest request waits 3 + 8 s for Stripe, twice
graceful_timeout = 25  # seconds for requests under way at a stop; under Docker's 30
keepalive = 75  # seconds; longer than the proxy's 60, so that never the server hangs up first

# Workers are renewed now and then, not all at once: whatever leaks, leaks for an afternoon.
max_requests = 5000
max_requests_jitter = 1000

# Only these addresses may say what the visitor's scheme was; "*" only where nothing but the proxy
# can reach the port, as in the compose network. They may not set SCRIPT_NAME or PATH_INFO: a proxy
# passes on what the visitor sends under such a name.
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")
forwarder_headers = ""

# The heart-beat file of a worker must not wait for a busy disk.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None

# Nothing here talks to the control socket, and two sites of one user would share its path.
control_socket_disable = True

errorlog = "-"
accesslog = "-" if os.environ.get("ACCESS_LOG") == "1" else None


def when_ready(server):
    """Before the first worker is forked: load what Django would load with the first request.

    An address that does not import ends the start, not the first visitor's patience; and the
    workers share what is loaded here. It is no garbage: unfrozen, a collection would copy it all.
    """
    from django.urls import get_resolver

    _ = get_resolver().url_patterns
    gc.freeze()
    # A page makes and drops thousands of small objects, in no cycles: look for those less often.
    gc.set_threshold(20_000, 20, 20)


def pre_fork(server, worker):
    """No worker inherits a connection: two processes on one socket read each other's answers."""
    from django.core.cache import caches
    from django.db import connections

    connections.close_all()
    caches.close_all()


class JsonLogger(Logger):
    """One JSON object a request, with the route and never the address.

    The address of an order or a ticket is its key, and a query can be a search for a name. So the
    log has the pattern from the URLconf ("/orders/<token>/"), which no visitor can influence, and
    for what matches none a dash. No IP address, no user agent, no referrer.
    """

    def access(self, resp, req, environ, request_time):
        if not self.cfg.accesslog:
            return
        line = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "level": "INFO",
            "logger": "nsca.access",
            "request": response_header(resp, "x-request-id"),
            "method": environ.get("REQUEST_METHOD", "-"),
            "route": route_of(environ.get("PATH_INFO", "")),
            "status": resp.status_code,
            "bytes": getattr(resp, "sent", None),
            "ms": round(request_time.total_seconds() * 1000, 1),
        }
        self.access_log.info("%s", json.dumps(line))

    def setup(self, cfg):
        super().setup(cfg)
        for handler in self.access_log.handlers:
            handler.setFormatter(logging.Formatter("%(message)s"))
        # Gunicorn's own words on a failure hold the whole address; the site's formatter masks it.
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonFormatter())


logger_class = JsonLogger


def response_header(resp, name):
    return next((value for key, value in resp.headers if key.lower() == name), None)


@lru_cache(maxsize=512)
def route_of(path):
    """The URLconf's pattern for `path`, or "-" where there is none."""
    from django.urls import Resolver404, resolve

    try:
        return "/" + resolve(path).route
    except Resolver404:
        return "-"
