"""`make run` with the real launcher and the real gunicorn, around a site of five lines.

What is shown: the server and the ticker live and die together, whoever ends them, and nobody is
left behind.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

import environment

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30  # seconds; the machine may be busy

SETTINGS = """
SECRET_KEY = "none"
ROOT_URLCONF = "nsca.urls"
"""
SITE = """
import json, os

def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "application/json")])
    told = {name: os.environ.get(name) for name in ("DEBUG", "DEMO", "SITE_URL", "SECRET_KEY")}
    return [json.dumps({"pids": [os.getpid(), os.getppid()], "told": told}).encode()]
"""
TICKER = """
import os, pathlib, sys, time

pathlib.Path("ticker.pid").write_text(str(os.getpid()))
while not pathlib.Path("stop-ticker").exists():
    time.sleep(0.05)
sys.exit(7)
"""


@pytest.fixture
def clone(tmp_path):
    """The launcher with everything installed and nothing but itself to serve."""
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    (tmp_path / "scripts" / "prepare.py").write_text("")
    (tmp_path / "nsca" / "ops").mkdir(parents=True)
    (tmp_path / "nsca" / "settings.py").write_text(SETTINGS)
    (tmp_path / "nsca" / "urls.py").write_text("urlpatterns = []\n")
    shutil.copy(ROOT / "nsca" / "ops" / "logs.py", tmp_path / "nsca" / "ops")
    (tmp_path / "nsca" / "wsgi.py").write_text(SITE)
    (tmp_path / "manage.py").write_text(TICKER)
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    shutil.copy(ROOT / "requirements.lock", tmp_path)
    stamp = tmp_path / ".venv" / environment.stamp("requirements.lock").name
    stamp.write_text(environment.fingerprint("requirements.lock"))
    return tmp_path


class Running:
    """A launcher under way."""

    def __init__(self, clone):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        env = {**os.environ, "VENV": "", "VAR_DIR": "", "PORT": str(self.port)}
        for name in ("SECRET_KEY", "SITE_URL", "DEMO", "DEBUG"):
            env.pop(name, None)
        self.clone = clone
        self.process = subprocess.Popen(
            [sys.executable, "scripts/run.py"],
            cwd=clone,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.answer = wait_for(self.ask)
        ticker = wait_for(lambda: (clone / "ticker.pid").read_text())
        self.pids = [*self.answer["pids"], int(ticker)]

    def ask(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=2) as answer:
            return json.load(answer)

    def end(self, number):
        """Send the signal and wait. Returns (exit code, stderr)."""
        self.process.send_signal(number)
        _, complaint = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, complaint


def wait_for(question):
    """The first truthy answer; an OSError on the way means "not yet"."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            if answer := question():
                return answer
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError("no answer in time")


def all_gone(pids):
    return not any(Path(f"/proc/{pid}/exe").exists() for pid in pids)


@pytest.fixture
def running(clone):
    launcher = Running(clone)
    yield launcher
    if launcher.process.poll() is None:
        launcher.process.terminate()
    launcher.process.communicate(timeout=PATIENCE)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_one_signal_ends_both_and_leaves_nobody(running, number):
    returncode, _ = running.end(number)

    assert returncode == 0
    assert all_gone(running.pids)


def test_a_ticker_that_dies_takes_the_server_along_and_tells(running):
    (running.clone / "stop-ticker").touch()
    _, complaint = running.process.communicate(timeout=PATIENCE)

    assert running.process.returncode == 7
    assert "The ticker ended unexpectedly (exit 7), so everything was stopped." in complaint
    assert all_gone(running.pids)


def test_a_server_that_dies_takes_the_ticker_along_and_tells(running):
    worker, server, ticker = running.pids
    os.kill(server, signal.SIGKILL)
    _, complaint = running.process.communicate(timeout=PATIENCE)

    assert running.process.returncode == 128 + signal.SIGKILL
    assert "The server ended unexpectedly (exit 137), so everything was stopped." in complaint
    assert all_gone([worker, server, ticker])


def test_a_launcher_that_is_killed_outright_leaves_nobody_serving(running):
    running.end(signal.SIGKILL)

    assert wait_for(lambda: all_gone(running.pids))


def test_the_site_is_told_that_it_is_a_demonstration_and_where_it_lives(running):
    assert running.answer["told"] == {
        "DEBUG": "0",
        "DEMO": "1",
        "SITE_URL": f"http://127.0.0.1:{running.port}",
        "SECRET_KEY": (running.clone / "var" / "secret-key").read_text(),
    }


def test_the_secret_key_is_made_once_and_readable_by_its_owner_only(clone):
    first = Running(clone)
    first.end(signal.SIGTERM)
    again = Running(clone)
    again.end(signal.SIGTERM)

    assert again.answer["told"]["SECRET_KEY"] == first.answer["told"]["SECRET_KEY"]
    assert len(again.answer["told"]["SECRET_KEY"]) >= 50
    assert (clone / "var" / "secret-key").stat().st_mode & 0o777 == 0o600


def test_it_says_where_to_look_as_soon_as_it_answers(running):
    base = f"http://127.0.0.1:{running.port}"
    printed = [wait_for(running.process.stdout.readline).split() for _ in range(10)]
    told = {words[0]: " ".join(words[1:]) for words in printed if words[:1] > [""]}

    assert told[f"{base}/"] == "the site"
    assert told[f"{base}/admin/"] == "for staff: sign in as director@demo.example"
    assert told[f"{base}/membership/"] == "for members: sign in as member@demo.example"
    assert told[f"{base}/demo/mail/"] == "every e-mail it sends, including sign-in codes"
    assert told["Payments"] == "are pretend. Its data is in var/. Ctrl-C stops it."
