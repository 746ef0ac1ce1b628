"""The site in a process of its own, which can be killed: on a copy of the tests' empty database,
a file in a folder of its own.
"""

import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[3]
MARKS = [
    pytest.mark.django_db,  # so that there is a database to copy
    pytest.mark.skipif(
        connection.vendor != "sqlite", reason="the site of these tests has a file for its database"
    ),
]


class Told:
    """A process of tests/slow/faults/runner.py, told what to do at which minute."""

    def __init__(self, process):
        self.process, self.minutes = process, 0

    def do(self, act, *, kill=None, **more):
        said = {"act": act, "minutes": self.minutes, "kill": kill, **more}
        print(json.dumps(said), file=self.process.stdin, flush=True)
        answer = json.loads(self.process.stdout.readline())
        assert answer["died"] is (kill is not None), (said, answer)
        assert "failed" not in answer, answer["failed"]
        return answer.get("answer")


@contextmanager
def site_process(scratch, empty_database, **settings):
    """The runner, ready, with its files in `scratch`; `settings` are environment variables."""
    database = shutil.copy(empty_database, scratch)
    surroundings = {
        name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ
    } | {
        "DJANGO_SETTINGS_MODULE": "nsca.settings",
        "SECRET_KEY": "a key for these processes only, long enough: 9d2c4b7f1a6e3058",
        "DEBUG": "1",
        "SITE_URL": "http://testserver",
        "ALLOWED_HOSTS": "testserver",
        "DATABASE_URL": f"sqlite:///{database}",
        "VAR_DIR": str(scratch),
        "EMAIL_URL": f"filemail:///{scratch / 'mail'}",
        "MAIL_DIR": str(scratch / "mail"),
    }
    with started(
        [sys.executable, "-m", "tests.slow.faults.runner"], surroundings | settings
    ) as running:
        assert running.stdout.readline().strip() == "ready"
        yield running


@contextmanager
def started(command, surroundings):
    """A process of ours with its words on a pipe; killed at the end."""
    running = subprocess.Popen(
        command,
        cwd=ROOT,
        env=dict(surroundings),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield running
    finally:
        running.kill()
        running.communicate()
