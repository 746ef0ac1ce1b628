"""The real Caddy with the site's own Caddyfile, in front of a server on this machine."""

import json
import os
import socket
import ssl
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from bench.serving import ROOT, free_port, wait_for

CADDY = Path(sys.executable).with_name("caddy")  # from requirements-dev.txt


@contextmanager
def caddy(upstream: int, folder: Path):
    """Caddy in front of the port `upstream`; yields the port on which it serves TLS for localhost.

    Only where it listens is ours; everything else is the Caddyfile's.
    """
    env = os.environ | {"UPSTREAM": f"127.0.0.1:{upstream}", "XDG_DATA_HOME": str(folder)}
    env |= {"XDG_CONFIG_HOME": str(folder), "SITE_ADDRESS": "localhost", "TLS": "internal"}
    read = [str(CADDY), "adapt", "--config", str(ROOT / "deploy" / "Caddyfile")]
    answer = subprocess.run(read, env=env, capture_output=True, text=True, check=True)
    config, port = json.loads(answer.stdout), free_port()
    config["logging"] = {"logs": {"default": {"level": "ERROR"}}}
    for server in config["apps"]["http"]["servers"].values():
        server["listen"] = [f"127.0.0.1:{port}"]
        server["automatic_https"] = {"disable_redirects": True}  # port 80 is not ours
    written = folder / "caddy.json"
    written.write_text(json.dumps(config))
    process = subprocess.Popen([str(CADDY), "run", "--config", str(written)], env=env)
    try:
        wait_for(port, process)
        wait_for_a_certificate(port)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def wait_for_a_certificate(port, seconds=30):
    """Caddy listens before it has made one. Raises ssl.SSLError if time is up."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return connected(port).close()
        except ssl.SSLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def connected(port, *, is_tls=True, patience=10):
    """A connection to `port`; over TLS with any certificate, since it is the proxy's own."""
    plain = socket.create_connection(("127.0.0.1", port), timeout=patience)
    if not is_tls:
        return plain
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    return trusting.wrap_socket(plain, server_hostname="localhost")
