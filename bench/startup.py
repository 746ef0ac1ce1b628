"""`make run` in a fresh copy of the project: to the first page, and again to the first page."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.figures import at_most
from bench.load import Unexpected, fetch
from bench.serving import ROOT, free_port

FIRST_S = 120  # with a warm package cache
AGAIN_S = 10


def figures(site):
    """Yields the two times. The copy has its own environment, database and assets."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listed, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout.decode()
    with tempfile.TemporaryDirectory(prefix="nsca-bench-") as folder:
        for name in filter(None, names.split("\0")):
            if (ROOT / name).is_file():
                (Path(folder) / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, Path(folder) / name)
        first, again = seconds_to_first_page(folder), seconds_to_first_page(folder)
    yield at_most("make run, to the first page", round(first, 1), FIRST_S, "s")
    yield at_most("make run, the second time", round(again, 1), AGAIN_S, "s")


def seconds_to_first_page(folder):
    port = free_port()
    own = ("DATABASE_URL", "VAR_DIR", "VENV", "SITE_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE")
    env = {name: value for name, value in os.environ.items() if name not in own}
    env["PORT"] = str(port)
    started = time.monotonic()
    with open(Path(folder) / "startup.log", "wb") as log:
        running = subprocess.Popen(["make", "run"], cwd=folder, env=env, stdout=log, stderr=log)
    try:
        while running.poll() is None and time.monotonic() - started < 3 * FIRST_S:
            try:
                fetch(port, "/")
                return time.monotonic() - started
            except (OSError, Unexpected):
                time.sleep(0.1)
        print((Path(folder) / "startup.log").read_text(errors="replace"), file=sys.stderr)
        return float("inf")
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(30)
