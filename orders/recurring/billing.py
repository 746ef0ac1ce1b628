"""Recurring charges through Stripe Billing.

The first payment is an ordinary Checkout that saves the card. From it we make a subscription whose
trial lasts until the next charge is due, so that we set the day and can move it: terms begin and
end by the association's rules, not Stripe's.
"""

from datetime import datetime

from django.conf import settings

from orders.models import Line, Payment, RecurringPayment
from orders.payments import billing_words as words
from orders.payments.billing_words import Billing, Invoiced, Payer, Subscribed
from orders.payments.stripe import GatewayRefused, GatewayUnavailable, StripeGateway, _client
from orders.recurring.billing_pretend import PretendBilling

PRODUCTS = {Line.Kind.DUES: ("nsca-dues", "Membership"), Line.Kind.GIFT: ("nsca-gift", "Gift")}


def billing_of(recurring_payment: RecurringPayment, *, at: datetime | None = None) -> Billing:
    """The gateway that began a recurring payment, whatever the settings say now."""
    if recurring_payment.method == Payment.Method.PRETEND:
        return PretendBilling()
    if not settings.STRIPE_SECRET_KEY:
        raise GatewayUnavailable
    return StripeBilling(at)


class StripeBilling(StripeGateway):
    """Stripe Billing, through its own library."""

    def payer(self, payment: Payment) -> Payer:
        params = {"expand": ["payment_intent"]}
        said = self._ask(
            "payer", _v1().checkout.sessions.retrieve, payment.session_id, params
        ).to_dict()
        return Payer(
            customer_id=said.get("customer") or "",
            card_id=(said.get("payment_intent") or {}).get("payment_method") or "",
        )

    def subscribe(
        self, recurring_payment: RecurringPayment, payer: Payer, *, first_at: datetime
    ) -> Subscribed:
        """Begin a subscription whose first charge is at an instant.

        Everything sent comes from the row, so that a repeat with its key is identical. The card
        becomes the customer's default, not the subscription's, because that is the one Stripe's
        page lets people change.
        """
        default = {"invoice_settings": {"default_payment_method": payer.card_id}}
        self._ask("payer", _v1().customers.update, payer.customer_id, default)
        params = {
            "customer": payer.customer_id,
            "items": [
                {
                    "price_data": self._price(recurring_payment, recurring_payment.cents),
                    "quantity": 1,
                }
            ],
            "trial_end": int(first_at.timestamp()),
            "proration_behavior": "none",
            "off_session": True,
            "payment_settings": {"payment_method_types": ["card"]},
            "description": recurring_payment.label,
            "metadata": {"order": recurring_payment.order.number},
        }
        key = self._key(recurring_payment.idempotency_key)
        return self._subscribed("subscribe", _v1().subscriptions.create, params, key)

    def subscription(self, subscription_id: str) -> Subscribed:
        return self._subscribed("subscription", _v1().subscriptions.retrieve, subscription_id)

    def subscriptions_of(self, customer_id: str) -> list[Subscribed]:
        """All of one customer's, ended or not."""
        params = {"customer": customer_id, "status": "all", "limit": 100}
        return [
            words.subscribed(said)
            for said in self._all("subscriptions", _v1().subscriptions.list, params)
        ]

    def subscriptions_since(self, since: datetime) -> list[Subscribed]:
        """Every one made since an instant, ended or not."""
        params = {
            "created": {"gte": int(since.timestamp())}, "status": "all", "limit": 100,
        }  # fmt: skip
        return [
            words.subscribed(said)
            for said in self._all("subscriptions", _v1().subscriptions.list, params)
        ]

    def move(self, recurring_payment: RecurringPayment, to: datetime) -> Subscribed:
        """Move the next charge, without proration."""
        params = {"trial_end": int(to.timestamp()), "proration_behavior": "none"}
        return self._subscribed(
            "move", _v1().subscriptions.update, recurring_payment.subscription_id, params
        )

    def reprice(self, recurring_payment: RecurringPayment, cents: int) -> Subscribed:
        """Set the price from the next charge on."""
        item = {
            "id": recurring_payment.item_id,
            "price_data": self._price(recurring_payment, cents),
        }
        params = {"items": [item], "proration_behavior": "none"}
        return self._subscribed(
            "reprice", _v1().subscriptions.update, recurring_payment.subscription_id, params
        )

    def stop(self, subscription_id: str) -> Subscribed:
        """End the subscription and void what it still asks for.

        One that already ended is returned as it is.
        """
        try:
            found = self._subscribed("stop", _v1().subscriptions.cancel, subscription_id)
        except GatewayRefused:
            found = self.subscription(subscription_id)
        for invoice in self.invoices_of(subscription_id):
            if invoice.state == "open":
                self._ask("void", _v1().invoices.void_invoice, invoice.id)
        return found

    def invoice(self, invoice_id: str) -> Invoiced:
        return self.read_invoice(invoice_id)

    def invoices_of(self, subscription_id: str) -> list[Invoiced]:
        return self._invoices({"subscription": subscription_id})

    def invoices_since(self, since: datetime) -> list[Invoiced]:
        return self._invoices({"created": {"gte": int(since.timestamp())}})

    def card_page(self, recurring_payment: RecurringPayment, return_url: str) -> str:
        """The address of Stripe's page to change the card, and nothing else."""
        params = {
            "customer": recurring_payment.customer_id,
            "return_url": return_url,
            "flow_data": {
                "type": "payment_method_update",
                "after_completion": {"type": "redirect", "redirect": {"return_url": return_url}},
            },
        }
        return self._ask("card", _v1().billing_portal.sessions.create, params).url

    def _price(self, recurring_payment: RecurringPayment, cents: int) -> dict:
        product_id, name = PRODUCTS[recurring_payment.kind]
        self._have_product(product_id, name)
        return {
            "currency": "usd",
            "unit_amount": cents,
            "product": product_id,
            "recurring": {"interval": recurring_payment.interval},
        }

    def _have_product(self, product_id: str, name: str) -> None:
        """Create our product once, under an id we choose; a price belongs to a product."""
        try:
            self._ask("product", _v1().products.retrieve, product_id)
        except GatewayRefused:
            self._ask("product", _v1().products.create, {"id": product_id, "name": name})

    def _invoices(self, wanted: dict) -> list[Invoiced]:
        params = {**wanted, "limit": 100, "expand": ["data.payments"]}
        return [
            words.invoiced(said) for said in self._all("invoices", _v1().invoices.list, params)
        ]

    def _subscribed(self, what: str, call, *args) -> Subscribed:
        return words.subscribed(self._ask(what, call, *args).to_dict())


def _v1():
    return _client().v1
