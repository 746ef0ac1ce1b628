"""Purchases per second through the real pages, and the rush, against a bare shop in the same run.

A buyer opens the page, sends the form, opens the payment page, pays, and sees that it was paid.
Each has an address of its own, as visitors do, in a trusted proxy's header.
"""

import json
import os
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from bench.figures import Figure, at_least, at_most
from bench.load import Unexpected, content_length
from bench.serving import ROOT, free_port, gunicorn

BUYERS = (1, 8)
SECONDS = 6  # for each number of buyers
WARMING = 2  # first: templates compile and connections open before the measurement
RUSH, SEATS = 300, 100
RATIO = 0.5
P95_SECONDS = 2


def figures(site):
    """Yields a Figure for each number of buyers, then for the rush."""
    env = {**site.env, "TRUSTED_PROXIES": "1"}
    markets = stalls_of(env)
    with (
        tempfile.TemporaryDirectory(prefix="nsca-bench-") as folder,
        bare(Path(folder)) as shop,
        gunicorn("nsca.wsgi", env, site.port) as ours,
    ):
        for port, buy in (
            (ours.port, our_purchase(markets["many"])),
            (shop.port, bare_purchase("many")),
        ):
            purchases_per_second(port, max(BUYERS), buy, seconds=WARMING)
        for buyers in BUYERS:
            mine = purchases_per_second(ours.port, buyers, our_purchase(markets["many"]))
            theirs = purchases_per_second(shop.port, buyers, bare_purchase("many"))
            name = f"purchases, {buyers} buyer{'s' if buyers > 1 else ''}, by a bare shop"
            note = f" ({mine:.1f} of {theirs:.1f} a second)"
            yield at_least(name, mine / theirs, RATIO, note)
        yield from rush(ours.port, shop.port, markets["rush"], site.database)


def stalls_of(env):
    """What can be bought in this measurement (bench/markets.py), made if it does not exist."""
    command = [sys.executable, "-m", "bench.markets"]
    answer = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, check=True)
    return json.loads(answer.stdout)


@contextmanager
def bare(folder):
    env = {**os.environ, "BENCH_SHOP": str(folder / "shop.sqlite3")}
    env.pop("DJANGO_SETTINGS_MODULE", None)
    subprocess.run([sys.executable, "-m", "bench.shop", "prepare"], cwd=ROOT, env=env, check=True)
    with gunicorn("bench.shop:application", env, free_port()) as server:
        yield server


def rush(port, bare_port, market, database):
    """Three hundred buyers at once for a hundred seats."""
    went = everybody(port, RUSH, our_purchase(market))
    bare_went = everybody(bare_port, RUSH, bare_purchase("rush"))
    with sqlite3.connect(database) as books:
        (sold,) = books.execute(
            "SELECT count(*) FROM events_ticket t JOIN events_event e ON e.id = t.event_id "
            "JOIN orders_line l ON l.id = t.line_id JOIN orders_order o ON o.id = l.order_id "
            "WHERE e.slug = 'measured-rush' AND o.state = 'paid' AND t.canceled_at IS NULL"
        ).fetchone()
    name = f"rush of {RUSH} for {SEATS}"
    answer = f"{went.bought} bought, {went.turned_away} turned away"
    yield Figure(f"{name}, sold", f"{sold} ({answer})", f"{SEATS}", sold == SEATS == went.bought)
    yield Figure(f"{name}, errors", str(len(went.errors)), "0", not went.errors)
    for error in sorted(set(went.errors))[:5]:
        print(f"  {error}", file=sys.stderr)
    note = f" (median {statistics.median(went.waits):.2f}; a bare shop {p95(bare_went.waits):.2f})"
    yield at_most(f"{name}, 95 of 100 pages", round(p95(went.waits), 2), P95_SECONDS, "s", note)
    speed, bare_speed = went.bought / went.seconds, bare_went.bought / bare_went.seconds
    note = f" ({speed:.1f} of {bare_speed:.1f} a second)"
    yield at_least(f"{name}, sales by a bare shop", speed / bare_speed, RATIO, note)


def p95(waits):
    return statistics.quantiles(waits, n=20)[-1]


# --- Buyers --------------------------------------------------------------------------------------


class TurnedAway(Exception):
    """Everything is sold, and the page said so."""


class Browser:
    """One buyer's connection: kept alive, cookies kept, every wait recorded in seconds."""

    def __init__(self, port, address, waits, *, bears=()):
        self.port, self.address, self.waits = port, address, waits
        self.bears = bears  # error statuses that are part of what is measured
        self.retry_after = 1  # seconds, as the last answer said
        self.cookies, self.socket = {}, None

    def ask(self, path, form=None):
        """The answer's status, Location and body. Retries once if the connection was closed."""
        body = urlencode(form).encode() if form else b""
        lines = [
            f"{'POST' if form else 'GET'} {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            f"X-Forwarded-For: {self.address}",
            "Accept-Encoding: br",
            "Accept: text/html",
        ]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{k}={v}" for k, v in self.cookies.items()))
        if form:
            lines.append(f"Origin: http://127.0.0.1:{self.port}")
            lines.append("Content-Type: application/x-www-form-urlencoded")
            lines.append(f"Content-Length: {len(body)}")
        question = ("\r\n".join(lines) + "\r\n\r\n").encode() + body
        started = time.perf_counter()
        head, text = self._exchange(question)
        self.waits.append(time.perf_counter() - started)
        status = int(head.split(b" ", 2)[1])
        location, self.retry_after = "", 1
        for line in head.decode("latin-1").split("\r\n")[1:]:
            name, _, value = line.partition(": ")
            if name.lower() == "location":
                location = urlsplit(value).path
            elif name.lower() == "retry-after":
                self.retry_after = int(value)
            elif name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        if status >= 400 and status not in self.bears:
            raise Unexpected(f"{path.split('/')[1]} gave {status}")
        return status, location, text

    def _exchange(self, question):
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        self.socket.sendall(question)
        received = b""
        while True:
            chunk = self.socket.recv(1 << 18)
            if not chunk:
                raise Unexpected("the connection was closed")
            received += chunk
            head, blank, body = received.partition(b"\r\n\r\n")
            if blank and len(body) >= content_length(head):
                return head, body

    def close(self):
        if self.socket:
            self.socket.close()


def our_purchase(market):
    def buy(browser, number):
        browser.ask(market["path"])
        form = {market["field"]: 1, "name": "Ada Ellery", "terms": "on", "gift": "", "code": ""}
        form["email"] = f"ada{number}@ellery.example"
        status, location, _ = browser.ask(market["path"], form)
        if status == 200:
            raise TurnedAway
        browser.ask(location)
        while location and not location.endswith("/pretend/"):
            _, location, _ = browser.ask(location)
        _, location, _ = browser.ask(location, {"act": "pay"})
        while location:
            _, location, _ = browser.ask(location)

    return buy


def bare_purchase(slug):
    def buy(browser, number):
        browser.ask(f"/{slug}/")
        key = {"csrfmiddlewaretoken": browser.cookies.get("csrftoken", "")}
        if not key["csrfmiddlewaretoken"]:
            raise TurnedAway  # no form: sold out before the page was made
        form = {"name": "Ada Ellery", "email": f"ada{number}@ellery.example", **key}
        status, location, _ = browser.ask(f"/{slug}/buy/", form)
        if status == 200:
            raise TurnedAway
        browser.ask(location)
        _, location, _ = browser.ask(location, key)
        browser.ask(location)

    return buy


class Went:
    """How a crowd fared; times in seconds."""

    def __init__(self):
        self.bought, self.turned_away, self.errors, self.waits = 0, 0, [], []
        self.seconds, self.lock = 0.0, threading.Lock()

    def one(self, port, number, buy):
        waits = []
        browser = Browser(
            port, f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}", waits
        )
        bought = away = 0
        error = None
        try:
            buy(browser, number)
            bought = 1
        except TurnedAway:
            away = 1
        except (OSError, Unexpected) as problem:
            error = f"{type(problem).__name__}: {problem}"
        browser.close()
        with self.lock:
            self.bought += bought
            self.turned_away += away
            self.errors += [error] if error else []
            self.waits += waits


numbers = iter(range(1, 1 << 24))


def purchases_per_second(port, buyers, buy, *, seconds=SECONDS):
    """How many purchases per second are finished while `buyers` buy one after another."""
    went, until = Went(), time.perf_counter() + seconds
    next_number = threading.Lock()

    def shopping():
        while time.perf_counter() < until:
            with next_number:
                number = next(numbers)
            went.one(port, number, buy)

    started = time.perf_counter()
    in_threads([shopping] * buyers)
    if went.errors:
        raise Unexpected(went.errors[0])
    return went.bought / (time.perf_counter() - started)


def everybody(port, crowd, buy):
    """All at once."""
    went, start = Went(), threading.Barrier(crowd)

    def one(number):
        start.wait()
        went.one(port, number, buy)

    acts = [partial(one, next(numbers)) for _ in range(crowd)]
    started = time.perf_counter()
    in_threads(acts)
    went.seconds = time.perf_counter() - started
    return went


def in_threads(acts):
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
