"""How many threads of this process may wait for the payment service at once: half of them.

Gunicorn serves with a few threads a process. While Stripe answers slowly each caller keeps a
thread for seconds; were all of them callers, nobody could read the home page or stand at the door.
So a call takes a lane or is turned away at once, told in how many seconds to come again. Nobody
waits for a lane: waiting would keep the very thread that others need.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil

from django.conf import settings

from orders.payments.gateway import PaymentsBusy

LONGEST_PROMISE = 30  # seconds; what is farther off is looked at again

_lock = threading.Lock()
_mine = threading.local()  # whether this thread has a lane, and how long it wishes to wait
_busy = 0
_visit = 1.0  # seconds that a lane was kept lately
_promised = 0.0  # the last turn that was promised, by time.monotonic()


@contextmanager
def lane(*, is_hurried: bool = False) -> Iterator[None]:
    """Take one of the lanes for a visit to the payment service. Raises PaymentsBusy.

    A thread that has a lane keeps it: what it calls may ask for one again. `is_hurried`: the
    caller would rather hear nothing than wait for long (`hurried`).
    """
    if getattr(_mine, "has_one", False):
        yield
        return
    began = _enter()
    _mine.has_one, _mine.is_hurried = True, is_hurried
    try:
        yield
    finally:
        _mine.has_one = _mine.is_hurried = False
        _leave(began)


def hurried() -> bool:
    """Whether this thread's visit has to be short."""
    return getattr(_mine, "is_hurried", False)


def _enter() -> float:
    global _busy, _promised
    with _lock:
        now = time.monotonic()
        if _busy < settings.PAYMENT_THREADS:
            _busy += 1
            return now
        # Each who is turned away gets an instant after the last one's: not all come at once.
        soonest = now + _visit
        _promised = max(soonest, _promised + _visit / settings.PAYMENT_THREADS)
        _promised = min(_promised, now + LONGEST_PROMISE)
        seconds = max(1, ceil(_promised - now))
    raise PaymentsBusy(seconds)


def _leave(began: float) -> None:
    global _busy, _visit
    with _lock:
        _busy -= 1
        _visit = (_visit + time.monotonic() - began) / 2
