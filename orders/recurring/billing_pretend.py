"""Recurring pretend payments for demonstrations: no money moves."""

from datetime import datetime

from django.urls import reverse

from orders.models import Payment, RecurringPayment
from orders.payments.billing_words import Invoiced, Payer, Subscribed
from orders.payments.gateway import GatewayRefused


class PretendBilling:
    """The subscription is our own row; the tick makes its charges (due.py)."""

    def payer(self, payment: Payment) -> Payer:
        return Payer("pretend", "pretend")

    def subscribe(
        self, recurring_payment: RecurringPayment, payer: Payer, *, first_at: datetime
    ) -> Subscribed:
        return self._said(recurring_payment, first_at)

    def subscription(self, subscription_id: str) -> Subscribed:
        recurring_payment = RecurringPayment.objects.filter(
            subscription_id=subscription_id
        ).first()
        if recurring_payment is None:
            raise GatewayRefused
        return self._said(recurring_payment, None)

    def subscriptions_of(self, customer_id: str) -> list[Subscribed]:
        return []

    def subscriptions_since(self, since: datetime) -> list[Subscribed]:
        return []

    def move(self, recurring_payment: RecurringPayment, to: datetime) -> Subscribed:
        return self._said(recurring_payment, to)

    def reprice(self, recurring_payment: RecurringPayment, cents: int) -> Subscribed:
        return self._said(recurring_payment, None)

    def stop(self, subscription_id: str) -> Subscribed:
        return Subscribed(subscription_id, "canceled", "", 0, None, livemode=False)

    def invoice(self, invoice_id: str) -> Invoiced:
        raise GatewayRefused  # only we can name one

    def invoices_of(self, subscription_id: str) -> list[Invoiced]:
        return []

    def invoices_since(self, since: datetime) -> list[Invoiced]:
        return []

    def card_page(self, recurring_payment: RecurringPayment, return_url: str) -> str:
        return reverse("recurring:pretend_card", args=[recurring_payment.token])

    def charge(self, recurring_payment: RecurringPayment, *, at: datetime) -> Invoiced:
        """Make the charge due on the row's own day."""
        key = recurring_payment.idempotency_key
        name = f"pretend_{key}_{recurring_payment.next_charge_on:%Y%m%d}"
        return Invoiced(
            id=name,
            state="paid",
            subscription_id=recurring_payment.subscription_id,
            said={},
            cents=recurring_payment.cents,
            currency="usd",
            livemode=False,
            intent_id=name,
            created_at=at,
            paid_at=at,
        )

    @staticmethod
    def _said(recurring_payment: RecurringPayment, next_charge_at: datetime | None) -> Subscribed:
        is_over = recurring_payment.state in RecurringPayment.OVER
        return Subscribed(
            id=recurring_payment.subscription_id or f"pretend_{recurring_payment.idempotency_key}",
            state="canceled" if is_over else "active",
            item_id="pretend",
            cents=recurring_payment.cents,
            next_charge_at=next_charge_at,
            livemode=False,
        )
