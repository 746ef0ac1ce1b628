"""kill -9 in the middle of an import: the next tick goes on, and each line is written once."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.slow.faults import stage

pytestmark = stage.MARKS
LINES = 60

BEGIN = """
from datetime import UTC, datetime
import django; django.setup()
from membership.records import importing
from membership.models import ImportBatch, Person, User
AT = datetime(2027, 4, 1, 16, tzinfo=UTC)
importing.WRITTEN = 20
"""
READ = f"""
by = User.objects.create_user("mel@nsca.example")
words = [f"{{a}}{{b}}{{c}}x" for a in "bdfg" for b in "klmn" for c in "prst"][:{LINES}]
text = "Name,E-mail\\n" + "".join(f"Zoe {{w * 3}},{{w}}@x.example\\n" for w in words)
batch = importing.begin("list.csv", text.encode(), by=by, at=AT)
importing.choose_columns(batch, batch.columns)
importing.tick(AT)
importing.say_yes(batch, by=by, at=AT)
"""
DIES = """
import os, signal
real, count = importing.write, 0
def write(*args, **kwargs):
    global count
    count += 1
    if count == 33:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*args, **kwargs)
importing.write = write
importing.tick(AT)
"""
GOES_ON = """
print(Person.objects.count(), ImportBatch.objects.get().state)
importing.tick(AT)
print(Person.objects.count(), Person.objects.values("email").distinct().count(),
      ImportBatch.objects.get().state)
"""


@pytest.fixture(scope="module")
def run(empty_database, tmp_path_factory):
    """A function that runs lines in a process of its own, on a copy of the empty database."""
    folder = tmp_path_factory.mktemp("import")
    database = shutil.copy(empty_database, folder)
    env = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ} | {
        "DJANGO_SETTINGS_MODULE": "nsca.settings",
        "SECRET_KEY": "a key for these processes only, long enough: 9d2c4b7f1a6e3058",
        "DEBUG": "1",
        "DATABASE_URL": f"sqlite:///{database}",
        "VAR_DIR": str(folder),
    }

    def run(lines):
        command = [sys.executable, "-c", BEGIN + lines]
        return subprocess.run(
            command, cwd=stage.ROOT, env=env, capture_output=True, text=True, timeout=120
        )

    return run


def test_a_killed_import_goes_on_and_writes_each_line_once(run):
    assert run(READ).returncode == 0
    assert run(DIES).returncode == -9

    told = run(GOES_ON)

    assert told.stdout.split() == ["20", "writing", str(LINES), str(LINES), "done"], told.stderr
