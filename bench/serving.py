"""Gunicorn under measurement: started like the site, with two workers, and watched in /proc."""

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TICK = os.sysconf("SC_CLK_TCK")  # CPU ticks per second in /proc
WORKERS = 2


class Server:
    def __init__(self, process, port):
        self.process = process
        self.port = port

    def workers(self):
        pid = self.process.pid
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()

    def cpu_seconds(self):
        """What the workers have used since they started, user and system."""
        fields = (Path(f"/proc/{pid}/stat").read_text() for pid in self.workers())
        times = (text.rpartition(")")[2].split()[11:13] for text in fields)
        return sum(int(user) + int(system) for user, system in times) / TICK

    def megabytes(self):
        """Resident memory of the larger worker, including what it shares with the other."""
        status = (Path(f"/proc/{pid}/status").read_text() for pid in self.workers())
        return max(int(text.split("VmRSS:")[1].split()[0]) for text in status) / 1024

    def megabytes_of_its_own(self):
        """The same with shared pages divided among those who share them (PSS)."""
        rollup = (Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in self.workers())
        return max(int(text.split("\nPss:")[1].split()[0]) for text in rollup) / 1024


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def gunicorn(application, env, port):
    """Run `application` with the site's gunicorn settings; yields the Server when it answers."""
    env = {**env, "WEB_CONCURRENCY": str(WORKERS)}
    command = [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "deploy" / "gunicorn.py")]
    # A worker must last for the whole measurement: a new one starts at zero.
    command += ["--max-requests", "0", "--log-level", "warning", "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen([*command, application], cwd=ROOT, env=env)
    try:
        wait_for(port, process)
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait(30)


def wait_for(port, process, seconds=60):
    """Wait until something listens on `port`. Raises RuntimeError if it ends or time is up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args[-1]} did not start (exit {process.returncode})")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"nothing listens on port {port} after {seconds} s")
