"""Query counts: few, and the same for five events or five hundred."""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.figures import Figure
from bench.serving import ROOT

MOST = 8


def figures(site):
    """Yields a Figure a public page. Works on a copy of the database."""
    paths = ["/", "/cities/", site.city, "/events/", "/events/past/", site.event]
    paths += ["/events/calendar.ics", "/events/feed.xml", "/sitemap.xml", "/news/", "/search/"]
    paths += ["/join/", "/give/", "/contact/"]
    with tempfile.TemporaryDirectory(prefix="nsca-bench-") as folder:
        copy = Path(folder) / "nsca.sqlite3"
        shutil.copy(site.database, copy)
        env = {**site.env, "DATABASE_URL": f"sqlite:///{copy}"}
        command = [sys.executable, "-m", "bench.queries", *paths]
        told = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, check=True)
    for path, (few, many) in json.loads(told.stdout).items():
        yield Figure(
            f"queries of {path}",
            f"{few}, with 500 more events {many}",
            f"≤ {MOST}, the same",
            0 <= few == many <= MOST,
        )
