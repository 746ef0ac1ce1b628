"""Visitors are answered while two hundred others send a byte now and then: behind the real proxy
with the site's own settings, before the real gunicorn with its own.
"""

import os
import time

import pytest

from bench.proxy import caddy
from bench.serving import free_port, gunicorn
from bench.slow_clients import CLIENTS, SlowClients, answered

PATIENCE = 10  # seconds; the machine may be busy. `make bench ARGS=slow` holds it to one.


@pytest.fixture(scope="module")
def site():
    """The port of gunicorn, as a deployment has it: two workers with four threads."""
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    port = free_port()
    with gunicorn("nsca.wsgi", env, port):
        yield port


def test_without_the_proxy_slow_clients_stop_the_site(site):
    with SlowClients(site, count=16, is_tls=False), pytest.raises(TimeoutError):
        answered(site, "/healthz", patience=3, is_tls=False)


def test_slow_clients_stop_nobody_else(site, tmp_path):
    with caddy(site, tmp_path) as proxy, SlowClients(proxy) as slow:
        at_once = answered(proxy, "/healthz", patience=PATIENCE)
        deadline = time.monotonic() + 40
        while slow.cut_off < CLIENTS // 2 and time.monotonic() < deadline:
            time.sleep(0.5)
        later = answered(proxy, "/healthz", patience=PATIENCE)

    assert max(at_once + later) < PATIENCE
    # Those whose headers do not end. A body that does not end stays with the proxy, which drains
    # it at its own cost.
    assert slow.cut_off == CLIENTS // 2
