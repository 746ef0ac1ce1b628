"""What orders and a till say to each other, whichever till it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from math import ceil
from typing import Any, Protocol

from nsca.lib.mail.letterhead import letterhead
from nsca.lib.timing import hour, zone_word
from orders.lines.kinds import Refusal
from orders.models import Payment, Refund


class TillUnavailable(Refusal):
    """The till did not answer, or not in time: nothing is known about what it did."""

    title = "That did not work"
    retry_after: int | None = None  # seconds after which it is worth trying again, if we know

    def __init__(self, text: str = ""):
        super().__init__(
            text
            or "Our payment service does not answer just now. Nothing was charged and your order "
            "is kept: please try again in a minute."
        )


class TillRefused(TillUnavailable):
    """The till said no to this question, for good: asking the same again gets the same answer."""

    def __init__(self, *, code: str = "", param: str = ""):
        self.code, self.param = code, param  # the till's words: what is wrong, and with what
        super().__init__()


class PaymentsDown(TillUnavailable):
    """The till turns this site away (its key was revoked, or may not do this), or has been silent
    for long: until a person acts, trying again is of no use.
    """

    title = "Card payments are down"

    def __init__(self, because: str = "", *, held_until: datetime | None = None):
        self.because = because  # for staff
        house = letterhead()
        ways = [f"call {house.phone}"] if house.phone else []
        ways += [f"write to {house.email}"] if house.email else []
        kept = f"What you chose is held until {_clock(held_until)}. " if held_until else ""
        help_words = f"Please {' or '.join(ways)}, and we'll help you." if ways else ""
        super().__init__(
            "Card payments are down at our end, and trying again won't help for now. Nothing was "
            f"charged. {kept}{help_words}".strip()
        )


class TillResting(TillUnavailable):
    """The till is not asked before an instant: it failed too often, or told us to wait."""

    title = "Payments are resting for a moment"

    def __init__(self, until: datetime, *, at: datetime, held_until: datetime | None = None):
        self.until = until
        self.retry_after = max(1, ceil((until - at).total_seconds()))
        kept = f"What you chose stays held until {_clock(held_until)}." if held_until else ""
        super().__init__(
            f"Our payment service does not answer just now. Nothing was charged. {kept} "
            f"Please try again in {seconds(self.retry_after)}.".replace("  ", " ")
        )


class PaymentsBusy(TillUnavailable):
    """As many as may wait for the till are waiting for it (orders/payments/lanes.py)."""

    title = "One moment"

    def __init__(self, wait: int, *, held_until: datetime | None = None):
        self.retry_after = wait
        kept = f"What you chose stays held until {_clock(held_until)}. " if held_until else ""
        super().__init__(
            "Our payment service is slow right now, and others are ahead of you. Nothing was "
            f"charged. {kept}It's your turn in {seconds(wait)}: please press again then."
        )


class NotYourTurn(TillUnavailable):
    """More people pay at this moment than the till takes at once; this one's turn comes."""

    title = "One moment"

    def __init__(self, turn_at: datetime, *, at: datetime, held_until: datetime):
        self.retry_after = max(1, ceil((turn_at - at).total_seconds()))
        super().__init__(
            "Many people are paying at this moment. Your place in line is kept, and what you "
            f"chose stays held until {_clock(held_until)}: please press again in "
            f"{seconds(self.retry_after)}."
        )


def seconds(count: int) -> str:
    return "a second" if count == 1 else f"{count} seconds"


def _clock(at: datetime) -> str:
    return f"{hour(at)} {zone_word(at)}"


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
    opened_at: datetime | None = None
    return_url: str = ""  # where the buyer is sent after paying
    said: Mapping[str, str] = field(default_factory=dict)  # what we told the till (particulars.py)
    payer_name: str = ""  # as typed at the till
    payer_email: str = ""

    @property
    def payment_id(self) -> int | None:
        """The payment that it was opened for, by our own number."""
        number = self.said.get("payment", "")
        return int(number) if number.isdecimal() else None


@dataclass(frozen=True)
class Returned:
    """A refund as the till sees it."""

    id: str
    state: Refund.State
    cents: int
    key: str = ""  # our refund's idempotency key; empty where it was made at Stripe itself
    intent_id: str = ""  # the payment that it gives back


@dataclass(frozen=True)
class Disputed:
    """A dispute as the till sees it: the buyer's bank wants a payment back. Cents."""

    id: str
    intent_id: str
    status: str  # Stripe's words: needs_response, under_review, won, lost, warning_…, prevented
    cents: int
    opened_at: datetime
    answer_by: datetime | None = None


@dataclass(frozen=True)
class Moved:
    """A balance transaction as the till sees it, in cents: net = gross - fee, out is negative."""

    id: str
    kind: str  # Stripe's words: charge, refund, adjustment, stripe_fee, …
    gross_cents: int
    fee_cents: int
    net_cents: int
    at: datetime
    intent_id: str = ""  # the payment it is about, if it is about one
    refund_id: str = ""  # likewise


@dataclass(frozen=True)
class PaidOut:
    """One transfer to the association's bank as the till sees it. Negative where it takes back."""

    id: str
    cents: int
    state: str  # Stripe's words: pending, in_transit, paid, failed, canceled
    arrives_on: date


@dataclass(frozen=True)
class Event:
    """A verified webhook: Stripe's id, its type, and the object it is about, as sent."""

    id: str
    kind: str
    livemode: bool
    object: dict[str, Any]
    account: str = ""  # named where it happened on another account, connected to ours


class Till(Protocol):
    """What orders asks of a till. All raise TillUnavailable, or TillRefused where the answer is
    final.
    """

    method: Payment.Method
    livemode: bool

    def foretell(self, payment: Payment) -> Session | None:
        """The session that a payment not yet saved will have, where nobody has to be asked for it:
        written with its row. None: it has to be opened.
        """

    def open(self, payment: Payment) -> Session: ...
    def session(self, session_id: str) -> Session: ...
    def find(self, payment: Payment) -> Session | None: ...
    def sessions(self, since: datetime) -> list[Session]: ...
    def expire(self, session_id: str) -> Session: ...
    def refund(self, refund: Refund) -> Returned: ...
    def refunds(self, intent_id: str) -> list[Returned]: ...
    def refunds_since(self, since: datetime) -> list[Returned]: ...
    def disputes_since(self, since: datetime) -> list[Disputed]: ...
    def dispute(self, dispute_id: str) -> Disputed: ...
    def movements(self, since: datetime) -> list[Moved]: ...
    def movements_of(self, payout_id: str) -> list[Moved]: ...
    def payouts(self, since: date) -> list[PaidOut]: ...
