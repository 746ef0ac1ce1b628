"""What orders and a till say to each other, whichever till it is."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from orders.kinds import Refusal
from orders.models import Payment, Refund


class TillUnavailable(Refusal):
    """The till did not answer, or not in time: nothing is known about what it did."""

    def __init__(self, text: str = ""):
        super().__init__(
            text
            or "Our payment service does not answer just now. Nothing was charged and your order "
            "is kept: please try again in a minute."
        )


class TillRefused(TillUnavailable):
    """The till said no, for good: asking the same again gets the same answer."""


class ForgedEvent(Exception):
    """A webhook that Stripe did not sign, or not lately."""


class MalformedEvent(Exception):
    """A webhook that is no event."""


class SessionState(StrEnum):
    OPEN = "open"
    PENDING = "pending"  # completed, the money still on its way
    PAID = "paid"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Session:
    """A page on which one payment can be made, as the till sees it."""

    id: str
    url: str
    state: SessionState
    amount_cents: int
    currency: str
    livemode: bool
    reference: str  # the order's number
    intent_id: str = ""  # the till's name of the payment itself, once there is one


@dataclass(frozen=True)
class Returned:
    """A refund as the till sees it."""

    id: str
    state: Refund.State
    cents: int
    key: str = ""  # our refund's idempotency key; empty where it was made at Stripe itself


@dataclass(frozen=True)
class Event:
    """A verified webhook: Stripe's id, its type, and the object it is about, as sent."""

    id: str
    kind: str
    livemode: bool
    object: dict[str, Any]


class Till(Protocol):
    """What orders asks of a till. All raise TillUnavailable, or TillRefused where the answer is
    final.
    """

    method: Payment.Method
    livemode: bool

    def open(self, payment: Payment) -> Session: ...
    def session(self, session_id: str) -> Session: ...
    def expire(self, session_id: str) -> Session: ...
    def refund(self, refund: Refund) -> Returned: ...
    def refunds(self, intent_id: str) -> list[Returned]: ...
