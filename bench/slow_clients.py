"""Two hundred clients that send a byte every two seconds, and what visitors notice of them."""

import ssl
import statistics
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.figures import at_most
from bench.proxy import caddy, connected
from bench.serving import free_port, gunicorn

CLIENTS = 200
VISITORS = 40  # four at a time
OPENINGS = (
    "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",  # headers that do not end
    "POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\n\r\nname=",  # a body that does not end
)


def figures(site):
    """Yields how long a visitor waits for the home page beside the slow clients (goal: 1 s)."""
    port = free_port()
    with (
        tempfile.TemporaryDirectory(prefix="nsca-bench-") as folder,
        gunicorn("nsca.wsgi", site.env | {"ALLOWED_HOSTS": "localhost"}, port),
        caddy(port, Path(folder)) as proxy,
        SlowClients(proxy),
    ):
        waits = answered(proxy, "/", patience=30)
    yield at_most("home beside 200 slow clients, median", statistics.median(waits), 0.5, "s")
    yield at_most("home beside 200 slow clients, slowest", max(waits), 1, "s")


class SlowClients:
    """Each keeps a connection and sends a byte every two seconds until it is cut off.

    Half send headers that do not end, half a body.
    """

    def __init__(self, port: int, *, count: int = CLIENTS, is_tls: bool = True):
        self.port, self.count, self.is_tls = port, count, is_tls
        self.cut_off = 0
        self._stop = threading.Event()

    def __enter__(self):
        self._open = [connected(self.port, is_tls=self.is_tls) for _ in range(self.count)]
        for number, each in enumerate(self._open):
            each.sendall(OPENINGS[number % len(OPENINGS)].encode())
        self._thread = threading.Thread(target=self._trickle)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()
        for each in self._open:
            each.close()

    def _trickle(self):
        while not self._stop.wait(2):
            for each in list(self._open):
                try:
                    each.sendall(b"a")
                    each.settimeout(0)
                    over = each.recv(4096) == b""
                except (ssl.SSLWantReadError, BlockingIOError):
                    over = False
                except OSError:
                    over = True
                if over:
                    self._open.remove(each)
                    each.close()
                    self.cut_off += 1
                else:
                    each.settimeout(10)


def answered(port: int, path: str, *, patience: float, is_tls: bool = True) -> list[float]:
    """Seconds that each of VISITORS waited for its answer, four at a time.

    Raises TimeoutError if one waits over `patience` seconds, ConnectionError if one is refused.
    """

    def ask(_):
        began = time.perf_counter()
        with connected(port, is_tls=is_tls, patience=patience) as visitor:
            question = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            visitor.sendall(question.encode())
            answer = visitor.recv(64)
        if not answer.startswith(b"HTTP/1.1 200"):
            raise ConnectionError(answer[:64])
        return time.perf_counter() - began

    with ThreadPoolExecutor(4) as four:
        return list(four.map(ask, range(VISITORS)))
