"""Writers to a SQLite file take turns, in a process and between processes, and never for ever."""

import os
import subprocess
import sys
import threading
import time

import pytest
from django.db import IntegrityError, OperationalError
from django.db.utils import ConnectionHandler

from nsca.lib.sqlite import SQLITE_OPTIONS
from nsca.lib.sqlite.turns import Turn

ANOTHER_PROCESS = """
import sys
from nsca.lib.sqlite.turns import Turn
turn = Turn(sys.argv[1])
print("has it" if turn.take(patience=0) else "waits", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "shop.sqlite3")


@pytest.fixture
def connect(path, django_db_blocker):
    """A function: one more connection to the same file, of patience 0."""
    opened = []

    def one_more():
        options = SQLITE_OPTIONS | {"timeout": 0}
        database = {"ENGINE": "nsca.lib.sqlite", "NAME": path, "OPTIONS": options}
        opened.append(ConnectionHandler({"default": database})["default"])
        return opened[-1]

    with django_db_blocker.unblock():
        with one_more().cursor() as cursor:
            cursor.execute("CREATE TABLE chair (number INTEGER PRIMARY KEY)")
        yield one_more
        for connection in opened:
            connection.close()


def write(connection, number):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO chair (number) VALUES (%s)", [number])


def free(path):
    """Whether a newcomer could have the turn at once."""
    turn = Turn(path)
    is_free = turn.take(patience=0)
    turn.give()
    return is_free


# --- The turn ------------------------------------------------------------------------------------


def test_one_has_the_turn_and_the_next_has_it_after(path):
    first, second = Turn(path), Turn(path)

    assert first.take(patience=0)
    assert not second.take(patience=0)
    first.give()
    assert second.take(patience=0)
    second.give()


def test_who_waits_goes_on_as_soon_as_it_is_given(path):
    first, second = Turn(path), Turn(path)
    first.take(patience=0)
    threading.Timer(0.2, first.give).start()

    started = time.monotonic()
    assert second.take(patience=10)
    second.give()
    assert time.monotonic() - started < 5  # SQLite alone would look at its leisure


def test_another_process_waits_too(path):
    turn = Turn(path)
    turn.take(patience=0)
    assert said_by_another_process(path) == "waits"
    turn.give()
    assert said_by_another_process(path) == "has it"


def test_the_turn_of_a_process_that_was_killed_is_free(path):
    process = another_process(path)
    assert process.stdout.readline().strip() == "has it"
    assert not free(path)

    process.kill()
    process.communicate()
    assert free(path)


def test_a_forked_process_does_not_share_its_parent_s_turn(path):
    turn = Turn(path)
    turn.take(patience=0)
    pid = os.fork()
    if pid == 0:  # its queue is a copy, and locked; a file of its own is what must not help it
        from nsca.lib.sqlite import turns

        turns._queues.clear()
        os._exit(0 if not Turn(path).take(patience=0) else 1)
    assert os.waitpid(pid, 0)[1] == 0
    turn.give()


def test_to_give_what_was_not_taken_is_nothing(path):
    Turn(path).give()
    assert free(path)


def another_process(path):
    return subprocess.Popen(
        [sys.executable, "-c", ANOTHER_PROCESS, path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def said_by_another_process(path):
    return another_process(path).communicate()[0].strip()


# --- A connection --------------------------------------------------------------------------------


def test_a_statement_has_the_turn_for_itself(connect, path):
    write(connect(), 1)
    assert free(path)


def test_a_statement_that_fails_gives_it_back(connect, path):
    connection = connect()
    write(connection, 1)
    with pytest.raises(IntegrityError):
        write(connection, 1)
    assert free(path)


@pytest.mark.parametrize("ends_well", [True, False], ids=["commit", "rollback"])
def test_a_transaction_has_it_to_its_end(connect, path, ends_well):
    connection = connect()
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    write(connection, 1)
    write(connection, 2)
    assert not free(path)

    connection.commit() if ends_well else connection.rollback()
    connection.set_autocommit(True)
    assert free(path)


def test_a_connection_that_is_closed_in_a_transaction_gives_it_back(connect, path):
    connection = connect()
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    assert not free(path)

    connection.close()
    assert free(path)


@pytest.mark.parametrize("inside", [True, False], ids=["transaction", "statement"])
def test_whoever_s_patience_is_over_is_told_as_by_sqlite(connect, path, inside):
    """orders.locks takes these words for Busy."""
    turn = Turn(path)
    turn.take(patience=0)
    connection = connect()

    with pytest.raises(OperationalError, match="database is locked"):
        if inside:
            connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        else:
            write(connection, 1)
    turn.give()
    connection.close()
    assert free(path)


def test_readers_wait_for_nobody(connect, path):
    connection = connect()
    turn = Turn(path)
    turn.take(patience=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM chair")
        assert cursor.fetchone() == (0,)
    turn.give()


def test_sqlite_s_own_lock_stands_behind_the_turns(connect, path):
    """Whoever writes past them, a shell say, is waited for, and not written over."""
    connection = connect()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    shell = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sqlite3, sys; shop = sqlite3.connect(sys.argv[1], isolation_level=None); "
            "shop.execute('BEGIN IMMEDIATE'); print('has it', flush=True); sys.stdin.read()",
            path,
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert shell.stdout.readline().strip() == "has it"
    with pytest.raises(OperationalError, match="database is locked"):
        write(connection, 1)
    shell.communicate()

    write(connection, 1)
    assert free(path)
