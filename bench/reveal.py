"""The cost of a reveal at three sizes, then the minute after T.

In that minute five hundred holders open their tickets while the ticker sends the e-mails. Half
come in the first fifteen seconds, over which open pages spread their reloads
(events/tickets/views.py); the others come in the rest of the minute. A wait counts from the
instant the guest wanted to come, so that a queue cannot hide. Each page must show the venue.
"""

import contextlib
import http.client
import json
import random
import shutil
import statistics
import subprocess
import sys
import threading
import time

from bench.figures import Figure, at_most
from bench.serving import ROOT, gunicorn

HEADSTART = 12  # seconds from the guests' arrival until T: gunicorn and the ticker start
AT_ONCE, REST = 15.0, 60.0  # seconds after T
HANDS = 64
P95_SECONDS = 1
SIZES = (500, 2_000, 5_000)  # holders
A_THOUSAND = 20  # CPU seconds, whatever the size
FLAT = 1.5  # the largest may cost at most so many times as much per e-mail as the smallest


def figures(site):
    """Yields the cost of a thousand e-mails, how many guests were served, and 95 of 100 waits."""
    yield from reveal_mails(site)
    command = [sys.executable, "-m", "bench.guests", str(HEADSTART)]
    with gunicorn("nsca.wsgi", site.env, site.port) as server:
        answer = subprocess.run(
            command, cwd=ROOT, env=site.env, stdout=subprocess.PIPE, check=True
        )
        night = json.loads(answer.stdout)
        ticker = subprocess.Popen(
            [sys.executable, "manage.py", "tick", "--loop"], cwd=ROOT, env=site.env
        )
        try:
            waits, missing = crowd(
                server.port, night["t"], night["paths"], night["place"].encode()
            )
        finally:
            ticker.terminate()
            ticker.wait(60)
    holders = len(night["paths"])
    name = "tickets opened in the minute after T"
    yield Figure(name, f"{len(waits)} of {holders} show the venue", "all", not missing)
    if len(waits) > 1:
        slowest = f" (the slowest {max(waits):.2f})"
        p95 = statistics.quantiles(waits, n=20)[-1]
        yield at_most("a ticket then, 95 of 100", round(p95, 3), P95_SECONDS, "s", slowest)


def reveal_mails(site):
    """CPU seconds per thousand e-mails from T to the last stamp, by size, and if they are flat.

    On SQLite; `python -m bench.reveal_mails` measures the database in DATABASE_URL.
    """
    copy = site.database.with_name("telling.sqlite3")
    shutil.copy(site.database, copy)
    command = [sys.executable, "-m", "bench.reveal_mails", *map(str, SIZES)]
    env = site.env | {"DATABASE_URL": f"sqlite:///{copy}"}
    answer = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, check=True)
    copy.unlink()
    rates = []
    for found in json.loads(answer.stdout):
        holders, sent = found["holders"], found["sent"]
        rates.append(found["cpu"] / holders * 1000)
        yield Figure(
            f"reveal e-mails to {holders:,} holders",
            f"{rates[-1]:.1f} CPU s a thousand ({found['clock']:.0f} s, {sent:,} sent)",
            f"≤ {A_THOUSAND} CPU s",
            rates[-1] <= A_THOUSAND and sent == holders,
        )
    yield at_most("the same, largest to smallest", rates[-1] / rates[0], FLAT, "times")


def crowd(port, t, paths, venue):
    """Seconds each guest waited whose page showed the venue, and the paths of the others."""
    chance = random.Random(4)
    half = len(paths) // 2
    requests = [t + chance.uniform(0, AT_ONCE) for _ in paths[:half]]
    requests += [t + chance.uniform(AT_ONCE, REST) for _ in paths[half:]]
    plan = iter(sorted(zip(requests, paths, strict=True)))
    waits, missing, lock = [], [], threading.Lock()

    def guest():
        while True:
            with lock:
                due, path = next(plan, (None, None))
            if path is None:
                return
            time.sleep(max(0.0, due - time.time()))
            shows = opened(port, path, venue)
            with lock:
                if shows:
                    waits.append(time.time() - due)
                else:
                    missing.append(path)
            say_seen(port, path)

    hands = [threading.Thread(target=guest) for _ in range(HANDS)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    return waits, missing


def say_seen(port, path):
    """What a page's script reports a moment later: one more request for the site."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    with contextlib.suppress(OSError, http.client.HTTPException):
        connection.request("POST", f"{path}seen/", "version=1&by=page", headers)
        connection.getresponse().read()
    connection.close()


def opened(port, path, venue):
    """Whether the page arrives and shows the venue."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status == 200 and venue in answer.read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
