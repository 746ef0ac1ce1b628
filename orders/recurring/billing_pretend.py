"""Recurring pretend payments for demonstrations: no money moves."""

from datetime import datetime

from django.urls import reverse

from orders.models import Payment, StandingOrder
from orders.payments.billing_words import Invoiced, Payer, Subscribed
from orders.payments.gateway import TillRefused


class PretendBilling:
    """The subscription is our own row; the tick makes its charges (due.py)."""

    def payer(self, payment: Payment) -> Payer:
        return Payer("pretend", "pretend")

    def subscribe(
        self, standing: StandingOrder, payer: Payer, *, first_at: datetime
    ) -> Subscribed:
        return self._said(standing, first_at)

    def subscription(self, subscription_id: str) -> Subscribed:
        standing = StandingOrder.objects.filter(subscription_id=subscription_id).first()
        if standing is None:
            raise TillRefused
        return self._said(standing, None)

    def subscriptions_of(self, customer_id: str) -> list[Subscribed]:
        return []

    def subscriptions_since(self, since: datetime) -> list[Subscribed]:
        return []

    def move(self, standing: StandingOrder, to: datetime) -> Subscribed:
        return self._said(standing, to)

    def reprice(self, standing: StandingOrder, cents: int) -> Subscribed:
        return self._said(standing, None)

    def stop(self, subscription_id: str) -> Subscribed:
        return Subscribed(subscription_id, "canceled", "", 0, None, livemode=False)

    def invoice(self, invoice_id: str) -> Invoiced:
        raise TillRefused  # only we can name one

    def invoices_of(self, subscription_id: str) -> list[Invoiced]:
        return []

    def invoices_since(self, since: datetime) -> list[Invoiced]:
        return []

    def card_page(self, standing: StandingOrder, return_url: str) -> str:
        return reverse("standing:pretend_card", args=[standing.token])

    def charge(self, standing: StandingOrder, *, at: datetime) -> Invoiced:
        """Make the charge due on the row's own day."""
        name = f"pretend_{standing.idempotency_key}_{standing.next_charge_on:%Y%m%d}"
        return Invoiced(
            id=name,
            state="paid",
            subscription_id=standing.subscription_id,
            said={},
            cents=standing.cents,
            currency="usd",
            livemode=False,
            intent_id=name,
            created_at=at,
            paid_at=at,
        )

    @staticmethod
    def _said(standing: StandingOrder, next_charge_at: datetime | None) -> Subscribed:
        is_over = standing.state in StandingOrder.OVER
        return Subscribed(
            id=standing.subscription_id or f"pretend_{standing.idempotency_key}",
            state="canceled" if is_over else "active",
            item_id="pretend",
            cents=standing.cents,
            next_charge_at=next_charge_at,
            livemode=False,
        )
