"""kill -9 of the ticker at each line of a reveal. After a restart every holder has been told, and
of all letters one at most came twice.

Real processes, killed by SIGKILL (tests/faults/runner.py), on a database that is a file.
"""

import json
import os
import sys
from collections import Counter
from itertools import count

import pytest
from django.db import connection

from tests.faults.test_killed import started

pytestmark = [
    pytest.mark.django_db,  # so that there is a database to copy
    pytest.mark.skipif(
        connection.vendor != "sqlite", reason="the site of these tests has a file for its database"
    ),
]
NUMBERS = count(1)
AT_T = 61  # minutes after an evening is made
A_LEASE = 3  # minutes: what a dead ticker had claimed is free again
MAIL = "django.core.mail.backends.filebased"

LINES = {
    "before publication": ["before", "events.reveal.publication", "publish"],
    "R counted, nobody owed": ["before", "events.notices", "owe"],
    "owed, not committed": ["after", "events.notices", "owe"],
    "published": ["after", "events.reveal.publication", "publish"],
    "before a claim": ["before", "events.notices", "claim"],
    "claimed": ["after", "events.notices", "claim"],
    "asked again who may know": ["after", "events.sender", "reveal_for"],
    "rendered": ["after", "events.sender", "_message"],
    "sent, not stamped": ["after", MAIL, "EmailBackend.send_messages"],
    "stamped": ["after", "events.notices", "stamp_sent"],
}
MAY_REPEAT = {"sent, not stamped"}


class Night:
    """One evening in the runner's site."""

    def __init__(self, process):
        self.process, self.minutes = process, 0

    def do(self, act, *, kill=None, **more):
        said = {"act": act, "minutes": self.minutes, "kill": kill, **more}
        print(json.dumps(said), file=self.process.stdin, flush=True)
        answer = json.loads(self.process.stdout.readline())
        assert answer["died"] is (kill is not None), (said, answer)
        assert "failed" not in answer, answer["failed"]
        return answer.get("answer")

    def begin(self):
        number = next(NUMBERS)
        self.minutes += 24 * 60
        self.slug = f"night-{number}"
        self.holders = [f"{name}-{number}@x.example" for name in ("ada", "ben", "cy")]
        self.do("prepare_reveal", slug=self.slug, addresses=self.holders)

    def told(self):
        """How many letters each holder of this evening has, and under how many numbers."""
        seen = self.do("look_reveal", slug=self.slug)
        mine = [
            (address, number)
            for to, number in seen["told"]
            for address in self.holders
            if address in to
        ]
        letters = Counter(address for address, _number in mine)
        return seen, [letters[address] for address in self.holders], len({n for _a, n in mine})


@pytest.fixture(scope="module")
def process(django_db_setup, django_db_blocker, tmp_path_factory):
    """The site, on a copy of the tests' empty database."""
    scratch = tmp_path_factory.mktemp("night")
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(scratch / "nsca.sqlite3")])
    surroundings = {
        name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ
    } | {
        "DJANGO_SETTINGS_MODULE": "nsca.settings",
        "SECRET_KEY": "a key for these processes only, long enough: 9d2c4b7f1a6e3058",
        "DEBUG": "1",
        "SITE_URL": "http://testserver",
        "ALLOWED_HOSTS": "testserver",
        "DATABASE_URL": f"sqlite:///{scratch / 'nsca.sqlite3'}",
        "VAR_DIR": str(scratch),
        "EMAIL_URL": f"filemail:///{scratch / 'mail'}",
        "MAIL_DIR": str(scratch / "mail"),
    }
    with started([sys.executable, "-m", "tests.faults.runner"], surroundings) as running:
        assert running.stdout.readline().strip() == "ready"
        yield Night(running)


@pytest.fixture
def night(process):
    process.begin()
    return process


def test_a_minute_before_t_nobody_is_told(night):
    night.minutes += AT_T - 2
    night.do("tick")

    seen, letters, _numbers = night.told()
    assert (seen["version"], seen["states"], letters) == (0, [], [0, 0, 0])


@pytest.mark.parametrize("line", LINES)
def test_killed_at_any_line_every_holder_is_told_after_the_restart(night, line):
    night.minutes += AT_T
    night.do("tick", kill=LINES[line])
    night.minutes += A_LEASE
    night.do("tick")
    night.do("tick")

    seen, letters, numbers = night.told()
    assert (seen["version"], seen["states"]) == (1, ["sent"] * 3)
    assert sorted(letters) == ([1, 1, 2] if line in MAY_REPEAT else [1, 1, 1])
    assert numbers == 3
