"""The interface between orders and a payment gateway."""

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


class GatewayUnavailable(Refusal):
    """The gateway did not answer in time; what it did is unknown."""

    title = "That did not work"
    retry_after: int | None = None  # seconds until it is worth trying again, if known

    def __init__(self, text: str = ""):
        super().__init__(
            text
            or "Our payment service isn't responding. You weren't charged, and your order is "
            "saved. Please try again in a minute."
        )


class GatewayRefused(GatewayUnavailable):
    """The gateway gave a final no: asking the same again gets the same answer."""

    def __init__(self, *, code: str = "", param: str = ""):
        self.code, self.param = code, param  # the gateway's words: what is wrong, and with what
        super().__init__()


class PaymentsDown(GatewayUnavailable):
    """The gateway refuses this site, or has been silent for long: only a person can fix it."""

    title = "Card payments are down"

    def __init__(self, because: str = "", *, held_until: datetime | None = None):
        self.because = because  # for staff
        house = letterhead()
        ways = [f"call {house.phone}"] if house.phone else []
        ways += [f"write to {house.email}"] if house.email else []
        kept = f"What you chose is held until {_clock(held_until)}. " if held_until else ""
        help_words = f"Please {' or '.join(ways)}, and we'll help you." if ways else ""
        super().__init__(
            "Card payments are down on our end, and trying again won't help for now. You weren't "
            f"charged. {kept}{help_words}".strip()
        )


class GatewayResting(GatewayUnavailable):
    """The gateway is not asked before an instant: it failed too often, or told us to wait."""

    title = "Payments are paused for a moment"

    def __init__(self, until: datetime, *, at: datetime, held_until: datetime | None = None):
        self.until = until
        self.retry_after = max(1, ceil((until - at).total_seconds()))
        kept = f"What you chose is held until {_clock(held_until)}." if held_until else ""
        super().__init__(
            f"Our payment service isn't responding. You weren't charged. {kept} "
            f"Please try again in {seconds(self.retry_after)}.".replace("  ", " ")
        )


class PaymentsBusy(GatewayUnavailable):
    """All lanes to the gateway are taken (orders/payments/lanes.py)."""

    title = "One moment"

    def __init__(self, wait: int, *, held_until: datetime | None = None):
        self.retry_after = wait
        kept = f"What you chose is held until {_clock(held_until)}. " if held_until else ""
        super().__init__(
            "Our payment service is slow right now, and others are ahead of you. You weren't "
            f"charged. {kept}Please try again in {seconds(wait)}."
        )


class NotYourTurn(GatewayUnavailable):
    """More people are paying than the gateway takes at once; this one has a turn."""

    title = "One moment"

    def __init__(self, turn_at: datetime, *, at: datetime, held_until: datetime):
        self.retry_after = max(1, ceil((turn_at - at).total_seconds()))
        super().__init__(
            "Many people are paying right now. We're keeping your place in line, and what you "
            f"chose is held until {_clock(held_until)}. Please try again in "
            f"{seconds(self.retry_after)}."
        )


def seconds(count: int) -> str:
    return "a second" if count == 1 else f"{count} seconds"


def _clock(at: datetime) -> str:
    return f"{hour(at)} {zone_word(at)}"


class ForgedEvent(Exception):
    """A webhook Stripe did not sign, or not lately."""


class MalformedEvent(Exception):
    """A webhook that is not an event."""


class SessionState(StrEnum):
    OPEN = "open"
    PENDING = "pending"  # completed, the money still on its way
    PAID = "paid"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Session:
    """A payment page for one payment, as the gateway sees it."""

    id: str
    url: str
    state: SessionState
    amount_cents: int
    currency: str
    livemode: bool
    reference: str  # the order's number
    intent_id: str = ""  # the gateway's id of the payment itself, once there is one
    opened_at: datetime | None = None
    return_url: str = ""  # where the buyer goes after paying
    said: Mapping[str, str] = field(default_factory=dict)  # our metadata (particulars.py)
    payer_name: str = ""  # as typed on the payment page
    payer_email: str = ""

    @property
    def payment_id(self) -> int | None:
        """Our number of the payment it was opened for."""
        number = self.said.get("payment", "")
        return int(number) if number.isdecimal() else None


@dataclass(frozen=True)
class Returned:
    """A refund as the gateway sees it."""

    id: str
    state: Refund.State
    cents: int
    key: str = ""  # our refund's idempotency key; empty if made in Stripe
    intent_id: str = ""  # the payment it refunds


@dataclass(frozen=True)
class Disputed:
    """A dispute as the gateway sees it, in cents."""

    id: str
    intent_id: str
    status: str  # Stripe's words: needs_response, under_review, won, lost, warning_…, prevented
    cents: int
    opened_at: datetime
    answer_by: datetime | None = None


@dataclass(frozen=True)
class Moved:
    """A balance transaction at the gateway, in cents: net = gross - fee, out is negative."""

    id: str
    kind: str  # Stripe's words: charge, refund, adjustment, stripe_fee, …
    gross_cents: int
    fee_cents: int
    net_cents: int
    at: datetime
    intent_id: str = ""  # the payment it is about, if any
    refund_id: str = ""  # likewise


@dataclass(frozen=True)
class PaidOut:
    """One transfer to the association's bank; negative if the gateway takes money back."""

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
    account: str = ""  # set if it happened on another, connected account


class Gateway(Protocol):
    """What orders asks of a gateway.

    All raise GatewayUnavailable, or GatewayRefused for a final no.
    """

    method: Payment.Method
    livemode: bool

    def foretell(self, payment: Payment) -> Session | None:
        """The session of an unsaved payment, if known without asking; saved with its row.

        None: it has to be opened.
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
