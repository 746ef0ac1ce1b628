"""One request to the payment service, and what its outcome means for those after it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from orders.payments import outage, traffic
from orders.payments.gateway import GatewayResting, GatewayUnavailable, PaymentsDown
from orders.payments.lanes import lane

SLOW = 4  # seconds; a later answer counts as a failure, so that nobody waits in line


class Question:
    """A request under way. Each method records an outcome, unless `at` is None."""

    def __init__(self, what: str, at: datetime | None, matters: bool):
        self.what, self.at, self._matters = what, at, matters
        self._began = time.monotonic()

    def answered(self) -> None:
        """An answer arrived, yes or no. A late one is used but counts as a failure."""
        if self.at is None:
            return
        is_slow = time.monotonic() - self._began > SLOW
        if is_slow:
            traffic.failed(at=self.at)
        if self._matters:
            outage.answered(self.what, at=self.at)
            if not is_slow:
                traffic.answered()

    def failed(self) -> None:
        """The service reported a fault of its own."""
        if self.at is not None:
            traffic.failed(at=self.at)

    def silent(self) -> None:
        """No answer, or not in time."""
        self.failed()
        if self.at is not None:
            outage.silence(at=self.at)

    def asked_to_wait(self, seconds: int | None) -> GatewayUnavailable:
        """Too many requests; `seconds` as the service said, if it did."""
        if self.at is None:
            return GatewayUnavailable()
        return GatewayResting(traffic.asked_to_wait(seconds, at=self.at), at=self.at)

    def turned_away(self, because: str) -> PaymentsDown:
        """The service refuses us altogether: `because` in its own words."""
        if self.at is not None:
            outage.refusal(self.what, because, at=self.at)
        return PaymentsDown(because)


@contextmanager
def question(what: str, *, at: datetime | None) -> Iterator[Question]:
    """Ask in a lane of this process. Raises PaymentsBusy, and GatewayResting during a pause."""
    with lane():
        yield Question(what, at, at is not None and traffic.check(at=at))
