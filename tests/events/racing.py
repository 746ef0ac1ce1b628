"""Races between threads of one process, each with a connection of its own. What is raced between
processes stands in tests/races.
"""

import threading

import pytest
from django.db import connection, connections

from orders.kinds import Refusal

needs_row_locks = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite lets one writer in at a time, lock or no lock"
)


def race(*acts):
    """Run the acts at once; how many were not refused."""
    start = threading.Barrier(len(acts))
    won, lost, broken = [], [], []

    def run(act):
        try:
            start.wait(timeout=10)
            won.append(act())
        except Refusal as refusal:
            lost.append(refusal)
        except Exception as error:
            broken.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert broken == []
    assert len(won) + len(lost) == len(acts)
    return len(won)
