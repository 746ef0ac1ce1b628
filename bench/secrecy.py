"""Before T, does an answer take longer where a place has been entered? It must not.

Whoever can measure time could else ask whether a place is known, or watch for the day on which
it is. One running site; its database is given and taken the rows of the place between short rounds
of questions, so that whatever else the machine does befalls both alike.
"""

import json
import math
import sqlite3
import statistics
import subprocess
import sys
import time
from contextlib import closing
from random import Random

from bench.figures import Figure
from bench.load import fetch
from bench.serving import ROOT, free_port, gunicorn

ROUNDS = 16  # pairs of rounds: with the place, and without
REQUESTS = 25  # a round
FLIPS = 2000  # how often the pairs are shuffled to see what chance alone makes of them
CERTAIN = 0.999  # of the shuffles must lie nearer to 1, or it is no chance
FINEST = 0.005  # a ratio nearer to 1 than this is nothing that this machine can tell
TABLES = ("events_venue", "events_placepicture", "events_formerplace")


def figures(site):
    """Yields a Figure a page: time with a place by time without, and what is noise."""
    command = [sys.executable, "-m", "bench.sealed"]
    told = subprocess.run(command, cwd=ROOT, env=site.env, stdout=subprocess.PIPE, check=True)
    sealed = json.loads(told.stdout)
    port = free_port()
    with (
        closing(sqlite3.connect(site.database, timeout=20, isolation_level=None)) as database,
        gunicorn("nsca.wsgi", site.env, port),
    ):
        drawer = Drawer(database, sealed["event"])
        for name, path in sealed["pages"].items():
            yield compared(f"{name}, with a place by without", port, path, drawer)


class Drawer:
    """Where the rows of the place lie while there is none."""

    def __init__(self, database, event):
        self.database, self.event = database, event
        self.rows = {
            table: database.execute(
                f"SELECT * FROM {table} WHERE event_id = ?",  # noqa: S608
                [event],
            ).fetchall()
            for table in TABLES
        }

    def set(self, is_there: bool) -> None:
        """Both write as much, so that the site finds the same work after either."""
        self.database.execute("BEGIN IMMEDIATE")
        for table, rows in self.rows.items():
            self.database.execute(f"DELETE FROM {table} WHERE event_id = ?", [self.event])  # noqa: S608
            for row in rows:
                marks = ", ".join("?" * len(row))
                self.database.execute(f"INSERT INTO {table} VALUES ({marks})", row)  # noqa: S608
                if not is_there:
                    self.database.execute(
                        f"DELETE FROM {table} WHERE event_id = ?",  # noqa: S608
                        [self.event],
                    )
        self.database.execute("COMMIT")


def compared(name, port, path, drawer) -> Figure:
    """Rounds in turn, in the order with, without, without, with."""
    ratios = []
    for number in range(ROUNDS):
        took = {}
        for is_there in (True, False) if number % 2 else (False, True):
            drawer.set(is_there)
            took[is_there] = typical(port, path, f"{number}-{is_there:d}")
        ratios.append(took[True] / took[False])
    drawer.set(True)
    return verdict(name, ratios)


def verdict(name, ratios) -> Figure:
    """What pairs of rounds tell: their mean ratio, and whether chance alone explains it."""
    logs = [math.log(ratio) for ratio in ratios]
    ratio, noise = math.exp(statistics.fmean(logs)), math.expm1(noise_of(logs))
    return Figure(
        name,
        f"{ratio:.3f} (noise up to ±{noise:.1%})",
        "within noise",
        abs(statistics.fmean(logs)) <= max(noise_of(logs), FINEST),
    )


def typical(port, path, mark) -> float:
    """Seconds that one answer takes, the median of a round; no page knows the query, so none comes
    from a cache. The first answers find what was written and are not counted.
    """
    times = []
    for number in range(REQUESTS + 5):
        began = time.perf_counter()
        fetch(port, f"{path}?cold={mark}-{number}")
        times.append(time.perf_counter() - began)
    return statistics.median(times[5:])


def noise_of(logs) -> float:
    """How far from 0 the mean would lie by chance: where a place makes no difference, each pair
    could as well have come out the other way round.
    """
    chance = Random(1)
    shuffled = ([log * chance.choice((1, -1)) for log in logs] for _ in range(FLIPS))
    return sorted(abs(statistics.fmean(each)) for each in shuffled)[int(CERTAIN * FLIPS)]
