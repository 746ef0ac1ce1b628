"""Whether the time of an answer tells who is a member: 200 tries of each, in turns."""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from bench.figures import Figure
from bench.serving import ROOT

TRIES = 200
KNOWN = "member@demo.example"
FAIR = 0.1  # how far from a coin's toss a guess by the time alone may be


def figures(site):
    times = _measured(site)
    known, unknown = times["known"], times["unknown"]
    ratio = median(known) / median(unknown)
    yield Figure(
        "Sign-in, known against unknown address",
        f"{median(known):.1f} and {median(unknown):.1f} ms, ratio {ratio:.3f}",
        "0.95 to 1.05",
        0.95 <= ratio <= 1.05,
    )
    told = _told_by_time(known, unknown)
    yield Figure(
        "… a guess by the time alone is right",
        f"{told:.0%} of the time",
        f"{0.5 - FAIR:.0%} to {0.5 + FAIR:.0%}",
        abs(told - 0.5) <= FAIR,
    )


def _told_by_time(known, unknown) -> float:
    """How often a known address took longer than an unknown one, of all pairs (Mann and Whitney's
    U as a share): 0.5 where time tells nothing.
    """
    longer = sum((a > b) + (a == b) / 2 for a in known for b in unknown)
    return longer / (len(known) * len(unknown))


def _measured(site):
    with tempfile.TemporaryDirectory(prefix="nsca-bench-signin-") as folder:
        copy = Path(folder) / "nsca.sqlite3"
        shutil.copy(site.database, copy)
        told = subprocess.run(
            [sys.executable, "-m", "bench.tries", str(TRIES), KNOWN],
            cwd=ROOT,
            env=site.env | {"DATABASE_URL": f"sqlite:///{copy}"},
            stdout=subprocess.PIPE,
            check=True,
        )
    return json.loads(told.stdout)
