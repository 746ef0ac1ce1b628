"""A filled database of the last released edition becomes one of this edition, and loses no row."""

import os
import sqlite3
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from tests import released
from tests.released import copying, schema
from tests.slow.drill.stack import Database

ROOT = Path(settings.BASE_DIR)
IS_SQLITE = connection.vendor == "sqlite"
# Tables that `migrate` itself fills: what belongs to a new migration is a new row.
ITS_OWN = {"django_migrations", "django_content_type", "auth_permission"}


def run(*command, database):
    env = os.environ | {"DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    ended = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=env, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def counts(database: str) -> dict[str, int]:
    if IS_SQLITE:
        with sqlite3.connect(database.removeprefix("sqlite:///")) as opened:
            asked = "SELECT name FROM sqlite_master WHERE type = 'table'"
            return _counts(opened, asked)
    with psycopg.connect(database) as opened:
        return _counts(opened, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")


def _counts(opened, asked) -> dict[str, int]:
    names = {name for (name,) in opened.execute(asked).fetchall()} - ITS_OWN
    return {n: opened.execute(f'SELECT count(*) FROM "{n}"').fetchone()[0] for n in names}


@pytest.fixture(scope="module")
def old(tmp_path_factory):
    """The released database on this engine, by its address."""
    file = released.unpack(tmp_path_factory.mktemp("released"))
    if IS_SQLITE:
        yield f"sqlite:///{file}"
        return
    with ExitStack() as stack:
        server = stack.enter_context(Database(os.environ["DATABASE_URL"]))
        run("-m", "tests.released.tables", str(file), database=server.url)
        copying.copy(file, server.url)
        yield server.url


@pytest.fixture(scope="module")
def migrated(old):
    """The same, migrated by this edition, and how many rows each table had before."""
    before = counts(old)
    run("manage.py", "migrate", "--verbosity=0", database=old)
    return old, before


def test_the_released_database_has_people_orders_and_a_sealed_venue(migrated):
    _, before = migrated

    assert before["orders_order"] == 47
    assert before["orders_ledgerentry"] > 100
    assert before["membership_term"] > 5
    assert before["events_ticket"] > 50
    assert before["events_venue"] > 5
    assert before["post_office_email"] == 12


def test_migrating_loses_no_row(migrated):
    database, before = migrated

    now = counts(database)

    assert {name: now.get(name) for name in before} == before


@pytest.mark.django_db
def test_a_migrated_database_is_built_like_a_new_one(migrated, empty_database):
    database, _ = migrated

    if IS_SQLITE:
        made = schema.of_file(Path(database.removeprefix("sqlite:///")))
        new = schema.of_file(empty_database)
    else:
        made = schema.of_server(database)
        new = schema.of_server(make_conninfo(**_of_the_tests()))

    assert made == new
    assert len(new) > 100


@pytest.mark.parametrize(
    "statement, is_the_same",
    [
        ("CREATE TABLE a (y text CHECK (y IN ('p', 'q')), x int)", True),
        ("CREATE TABLE a (x int)", False),
        ("CREATE TABLE a (x int, y text)", False),
    ],
)
def test_only_the_order_of_columns_makes_no_difference(statement, is_the_same, tmp_path):
    def made(text, name):
        with sqlite3.connect(tmp_path / name) as database:
            database.execute(text)
        return schema.of_file(tmp_path / name)

    first = made("CREATE TABLE a (x int, y text CHECK (y IN ('p', 'q')))", "first.sqlite3")

    assert (made(statement, "second.sqlite3") == first) is is_the_same


def _of_the_tests():
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host"}
    names |= {"PORT": "port"}
    return {name: connection.settings_dict[key] for key, name in names.items()}


def test_its_books_still_balance(migrated):
    database, _ = migrated

    said = run("manage.py", "audit_books", database=database)

    assert said.strip()


def test_its_pages_still_open(migrated):
    database, _ = migrated

    said = run("-m", "tests.released.pages", database=database)

    assert said.split() == ["200"] * len(said.split())
    assert len(said.split()) > 20
