"""Databases of another edition: a demonstration's is kept aside, any other is refused."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from nsca.ops.editions import REFUSED, is_of_another_edition

ROOT = Path(__file__).resolve().parents[2]
OF_ANOTHER = "0002_what_nobody_remembers"


def run(*command, database, **surroundings):
    env = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{database}",
        "DJANGO_SETTINGS_MODULE": "nsca.settings",
        "VAR_DIR": str(database.parent),
        "SITE_URL": "http://127.0.0.1:8000",
        "SECRET_KEY": "k7Qm2vXw9ZbT4nLr8sYdHgJc3aEu6iOo1wRtBqXzCvNe0KpF5",
        **surroundings,
    }
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=env, capture_output=True, text=True
    )


@pytest.fixture
def old(tmp_path):
    """A database that knows a migration of events that the code does not."""
    path = tmp_path / "nsca.sqlite3"
    with sqlite3.connect(path) as database:
        database.execute(
            "CREATE TABLE django_migrations (id integer PRIMARY KEY, app text, name text, "
            "applied datetime)"
        )
        database.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES "
            "('events', ?, '2026-11-30 12:00:00')",
            [OF_ANOTHER],
        )
    return path


def test_a_demonstration_starts_afresh_and_keeps_the_old_file(old):
    before = old.read_bytes()

    ended = run("scripts/prepare.py", "tables", database=old, DEMO="1")

    assert ended.returncode == 0, ended.stderr
    [kept] = old.parent.glob("nsca-until-*.sqlite3")
    assert kept.read_bytes() == before
    assert kept.name in ended.stdout
    with sqlite3.connect(old) as database:
        names = {row[0] for row in database.execute("SELECT name FROM django_migrations")}
    assert OF_ANOTHER not in names
    assert "0001_initial" in names


def test_a_site_in_earnest_is_refused_and_its_file_stays(old):
    before = old.read_bytes()

    ended = run("scripts/prepare.py", "tables", database=old, DEMO="0", DEBUG="0")

    assert ended.returncode == 1
    assert REFUSED in ended.stderr
    assert old.read_bytes() == before
    assert list(old.parent.glob("nsca-until-*")) == []


def test_manage_refuses_in_a_sentence(old):
    ended = run("manage.py", "migrate", database=old, DEMO="1")

    assert ended.returncode == 1
    assert REFUSED in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_same_command_goes_on_with_a_database_of_this_edition(tmp_path):
    ended = run("manage.py", "migrate", "events", database=tmp_path / "nsca.sqlite3", DEMO="1")

    assert ended.returncode == 0, ended.stderr


def test_no_database_yet_is_none_of_another_edition(tmp_path):
    ended = run("manage.py", "check", database=tmp_path / "nowhere" / "nsca.sqlite3", DEMO="1")

    assert REFUSED not in ended.stderr


@pytest.mark.django_db
def test_a_migration_of_another_app_that_was_taken_out_is_no_reason():
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES "
            "('some_library', '0001_initial', '2026-11-30 12:00:00')"
        )

    assert not is_of_another_edition()


@pytest.mark.django_db
def test_a_migration_of_ours_that_is_not_in_the_code_is():
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES "
            "('orders', '0099_of_tomorrow', '2026-11-30 12:00:00')"
        )

    assert is_of_another_edition()
