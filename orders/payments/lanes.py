"""Lanes: at most half of a process's threads wait for the payment service at once.

Gunicorn serves with a few threads per process. While Stripe is slow each caller keeps a thread for
seconds; if all threads did, nobody could read the home page or work the door. So a call takes a
lane or is turned away at once, with the seconds until it should try again. Nobody waits for a
lane, since waiting would keep the very thread others need.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil

from django.conf import settings

from orders.payments.gateway import PaymentsBusy

LONGEST_PROMISE = 30  # seconds; what is farther off is checked again

_lock = threading.Lock()
_mine = threading.local()  # whether this thread has a lane, and whether it is hurried
_busy = 0
_visit = 1.0  # seconds a lane was kept lately
_promised = 0.0  # the last promised turn, by time.monotonic()


@contextmanager
def lane(*, is_hurried: bool = False) -> Iterator[None]:
    """Take a lane to the payment service. Raises PaymentsBusy.

    A thread that has a lane keeps it if it asks again. `is_hurried`: the caller prefers no answer
    to a long wait (`hurried`).
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
    """Whether this thread's request has to be short."""
    return getattr(_mine, "is_hurried", False)


def _enter() -> float:
    global _busy, _promised
    with _lock:
        now = time.monotonic()
        if _busy < settings.PAYMENT_THREADS:
            _busy += 1
            return now
        # Each caller turned away gets a later instant than the last, so that not all come at once.
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
