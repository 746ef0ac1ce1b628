"""Requests per second (cached) against a bare Django; CPU per uncached request; memory."""

import json
import statistics
import tempfile
from pathlib import Path

from bench.figures import at_least, at_most
from bench.load import fetch, requests_per_second
from bench.serving import free_port, gunicorn

ROUNDS = 5  # of each, in turn, so that other load affects both
SECONDS = 2  # per round
COLD = 100  # requests per CPU measurement: at 10 ms each, 100 ticks of the clock
BATCHES = 5  # the lowest counts: other load only ever adds (see timeit)
RATIO = 0.5
CPU_MS = 10
MEMORY_MB = 150


def figures(site):
    """Yields a Figure for each page as soon as it is known."""
    pages = {"home": "/", "city": site.city, "events": "/events/", "event": site.event}
    with (
        tempfile.TemporaryDirectory(prefix="nsca-bench-") as bodies,
        gunicorn("nsca.wsgi", site.env, site.port) as ours,
    ):
        keep_answers(site, pages.values(), Path(bodies))
        env = {**site.env, "BENCH_BODIES": bodies}
        with gunicorn("bench.bare:application", env, free_port()) as bare:
            for name, path in pages.items():
                yield ratio(name, path, ours, bare)
            note = f" (a bare Django {cpu_ms(bare, '/'):.2g})"
        for name, path in {**pages, "search": "/search/", "join": "/join/"}.items():
            yield cpu(f"{name}, nothing cached", ours, path, note)
        yield cpu("ticket page", ours, site.ticket, note)
        note = f" ({ours.megabytes_of_its_own():.0f} without what they share)"
        yield at_most("memory a worker", round(ours.megabytes(), 1), MEMORY_MB, "MB", note)


def keep_answers(site, paths, folder):
    """Write down what the site answers, for the bare project to repeat."""
    index = {}
    for number, path in enumerate(paths):
        head, body = fetch(site.port, path)
        (folder / str(number)).write_bytes(body)
        lines = (line.partition(": ") for line in head.decode("latin-1").split("\r\n")[1:])
        headers = {name: value for name, _, value in lines}
        kept = ("Content-Type", "Content-Encoding")
        index[path] = [str(number), {name: headers[name] for name in kept if name in headers}]
    (folder / "index.json").write_text(json.dumps(index))


def ratio(name, path, ours, bare):
    """Our requests per second divided by the bare project's: the median of alternating rounds."""
    for server in (ours, bare):
        requests_per_second(server.port, path, seconds=0.5)
    rounds = [
        [requests_per_second(server.port, path, seconds=SECONDS) for server in (ours, bare)]
        for _ in range(ROUNDS)
    ]
    quick, quickest = (statistics.median(column) for column in zip(*rounds, strict=True))
    middle = statistics.median(mine / theirs for mine, theirs in rounds)
    note = f" ({quick:,.0f} of {quickest:,.0f} a second)"
    return at_least(f"{name}, warm cache, by a bare Django", middle, RATIO, note)


def cpu(name, server, path, note):
    """CPU time per request, with the bare Django's, since a busy machine slows both."""
    spent = cpu_ms(server, path)
    return at_most(f"{name}, CPU a request", round(spent, 2), CPU_MS, "ms", note)


def cpu_ms(server, path):
    """What the workers spend per request; an unknown query bypasses the cache."""
    for number in range(20):
        fetch(server.port, f"{path}?warm={number}")
    batches = []
    for batch in range(BATCHES):
        before = server.cpu_seconds()
        for number in range(COLD):
            fetch(server.port, f"{path}?cold={batch}-{number}")
        batches.append((server.cpu_seconds() - before) / COLD * 1000)
    return min(batches)
