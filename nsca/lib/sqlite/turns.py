"""Turns: who writes to a SQLite file next.

SQLite lets one writer in at a time. Left to itself every other writer looks again after pauses of
up to a tenth of a second (sqlite3_busy_timeout), in no order; with eight buyers at once that was
four fifths of the time a purchase took. Here the threads of a process queue for a lock, and the
first of each process for one of the operating system's, on a file beside the database. SQLite's
own lock stands behind both: whoever writes past the turns is waited for as ever.
"""

import fcntl
import os
import threading
import time
from collections import defaultdict

_PAUSE = 0.0005  # seconds between two looks at another process's lock

_queues: dict[str, threading.Lock] = defaultdict(threading.Lock)


class Turn:
    """The right to write to the database `name`, of one connection at a time. One that lies in
    memory has no other process's.
    """

    def __init__(self, name: str, *, is_in_memory: bool = False):
        self.is_taken = False
        self._queue = _queues[name]
        self._path = "" if is_in_memory else f"{name}-turn"
        self._file: int | None = None

    def take(self, *, patience: float) -> bool:
        """Wait for it, `patience` seconds at most. False where others had it all the time."""
        until = time.monotonic() + patience
        if not self._queue.acquire(timeout=patience):
            return False
        try:
            self.is_taken = not self._path or self._lock(until)
        finally:
            if not self.is_taken:
                self._queue.release()
        return self.is_taken

    def give(self) -> None:
        """To whoever waits. Does nothing where it is not taken."""
        if self.is_taken:
            self.is_taken = False
            if self._file is not None:
                os.close(self._file)  # and with it the lock
                self._file = None
            self._queue.release()

    def _lock(self, until: float) -> bool:
        # Opened anew each time: a process that was forked would share the lock of its parent.
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    self._file = file
                    return True
                except BlockingIOError:
                    if time.monotonic() >= until:
                        os.close(file)
                        return False
                    time.sleep(_PAUSE)
        except BaseException:
            os.close(file)
            raise
