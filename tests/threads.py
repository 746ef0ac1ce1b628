"""Races between threads of one process, each with a connection of its own. What is raced between
processes stands in tests/slow/races.
"""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, connections

from orders.lines.kinds import Refusal

A_MOMENT = 0.7  # seconds for which whoever has judged waits for the others to be judged too

needs_row_locks = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite lets one writer in at a time, lock or no lock"
)


def at_once(*acts: Callable) -> list:
    """Run the acts in a thread each, starting together; what each returned, in their order.

    A refusal is an answer; whatever else is raised is the test's.
    """
    start, answers, broken = threading.Barrier(len(acts)), [None] * len(acts), []

    def run(place, act):
        try:
            start.wait(timeout=10)
            answers[place] = act()
        except Refusal as refusal:
            answers[place] = refusal
        except Exception as error:  # noqa: BLE001 - told to the test
            broken.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert broken == []
    assert not any(thread.is_alive() for thread in threads)
    return answers


def race(*acts: Callable) -> int:
    """Run the acts at once; how many were not refused."""
    return sum(not isinstance(answer, Refusal) for answer in at_once(*acts))


def judge_together(monkeypatch, *judges: tuple[object, str], count: int = 2) -> None:
    """Let whoever has judged wait a moment for the others to be judged too: the worst case.

    `judges`: a module, and the name that it calls its judge by.
    """
    meet = threading.Barrier(count)
    for module, name in judges:
        monkeypatch.setattr(module, name, _waiting(getattr(module, name), meet))


def _waiting(judge: Callable, meet: threading.Barrier) -> Callable:
    def judged(*args, **kwargs):
        found = judge(*args, **kwargs)
        try:
            meet.wait(timeout=A_MOMENT)
        except threading.BrokenBarrierError:
            meet.reset()
        return found

    return judged
