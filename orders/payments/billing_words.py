"""The interface between recurring payments and a gateway, and Stripe's objects in its terms.

Shapes of API version 2026-10-28.endive: an invoice names its subscription under
`parent.subscription_details`, its payment intents under `payments` (to be expanded), and the end
of a period is on the subscription's item.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from orders.models import Payment, RecurringPayment
from orders.payments.gateway import Session, SessionState

OVER = ("canceled", "incomplete_expired")  # a subscription that never charges again
FAILING = ("past_due", "unpaid")
INVOICE = "in_"  # how Stripe's names of invoices begin


@dataclass(frozen=True)
class Payer:
    """The payer as the gateway knows them, and the card saved with it."""

    customer_id: str
    card_id: str


@dataclass(frozen=True)
class Subscribed:
    """A subscription as the gateway sees it now."""

    id: str
    state: str  # Stripe's words: trialing, active, past_due, unpaid, canceled, …
    item_id: str
    cents: int
    next_charge_at: datetime | None
    livemode: bool
    said: Mapping[str, str] = field(default_factory=dict)  # our metadata: order

    @property
    def is_over(self) -> bool:
        return self.state in OVER


@dataclass(frozen=True)
class Invoiced:
    """One charge, or an attempt at one, as the gateway sees it now."""

    id: str
    state: str  # Stripe's words: draft, open, paid, void, uncollectible
    subscription_id: str
    said: Mapping[str, str]  # our metadata on its subscription
    cents: int  # paid, else due
    currency: str
    livemode: bool
    intent_id: str
    created_at: datetime
    paid_at: datetime | None = None
    tries: int = 0
    next_try_at: datetime | None = None

    @property
    def is_paid(self) -> bool:
        """Money came. The first invoice of a subscription that charges later is for $0."""
        return self.state == "paid" and self.cents > 0

    @property
    def is_failing(self) -> bool:
        return self.state == "open" and self.tries > 0

    def as_session(self, reference: str) -> Session:
        """The same as a session for settling.py, for the order (its number) it became."""
        return Session(
            id=self.id,
            url="",
            state=SessionState.PAID if self.is_paid else SessionState.PENDING,
            amount_cents=self.cents,
            currency=self.currency,
            livemode=self.livemode,
            reference=reference,
            intent_id=self.intent_id,
            opened_at=self.created_at,
        )


class Billing(Protocol):
    """What recurring payments ask of a gateway. All raise what `Gateway` raises."""

    def payer(self, payment: Payment) -> Payer: ...
    def subscribe(
        self, recurring_payment: RecurringPayment, payer: Payer, *, first_at: datetime
    ) -> Subscribed: ...
    def subscription(self, subscription_id: str) -> Subscribed: ...
    def subscriptions_of(self, customer_id: str) -> list[Subscribed]: ...
    def subscriptions_since(self, since: datetime) -> list[Subscribed]: ...
    def move(self, recurring_payment: RecurringPayment, to: datetime) -> Subscribed: ...
    def reprice(self, recurring_payment: RecurringPayment, cents: int) -> Subscribed: ...
    def stop(self, subscription_id: str) -> Subscribed: ...
    def invoice(self, invoice_id: str) -> Invoiced: ...
    def invoices_of(self, subscription_id: str) -> list[Invoiced]: ...
    def invoices_since(self, since: datetime) -> list[Invoiced]: ...
    def card_page(self, recurring_payment: RecurringPayment, return_url: str) -> str: ...


def subscribed(said: dict) -> Subscribed:
    items = (said.get("items") or {}).get("data") or [{}]
    return Subscribed(
        id=said["id"],
        state=said["status"],
        item_id=items[0].get("id", ""),
        cents=((items[0].get("price") or {}).get("unit_amount") or 0),
        next_charge_at=_instant(items[0].get("current_period_end")),
        livemode=said["livemode"],
        said=said.get("metadata") or {},
    )


def invoiced(said: dict) -> Invoiced:
    parent = (said.get("parent") or {}).get("subscription_details") or {}
    is_paid = said["status"] == "paid"
    payments = (said.get("payments") or {}).get("data") or []
    paying = [each for each in payments if each["status"] == "paid"] or payments
    intent = (paying[0].get("payment") or {}).get("payment_intent") if paying else ""
    return Invoiced(
        id=said["id"],
        state=said["status"] or "draft",
        subscription_id=_id(parent.get("subscription")),
        said=parent.get("metadata") or {},
        cents=said["amount_paid"] if is_paid else said["amount_due"],
        currency=said["currency"],
        livemode=said["livemode"],
        intent_id=_id(intent),
        created_at=_instant(said["created"]),
        paid_at=_instant((said.get("status_transitions") or {}).get("paid_at")),
        tries=said.get("attempt_count") or 0,
        next_try_at=_instant(said.get("next_payment_attempt")),
    )


def _id(said) -> str:
    """An id, or the id of the object expanded in its place."""
    return said["id"] if isinstance(said, dict) else said or ""


def _instant(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
