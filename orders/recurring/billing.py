"""The till's second counter: what is charged again and again, by Stripe Billing.

The first payment is an ordinary Checkout that keeps the card. From it a subscription of our own is
made, whose free time lasts until the day on which the next charge falls due, so that the day is
ours to say (terms begin and end by the association's rules, not by Stripe's) and may be moved.
"""

from datetime import datetime

from django.conf import settings

from orders.models import Line, Payment, StandingOrder
from orders.payments import billing_words as words
from orders.payments.billing_words import Billing, Invoiced, Payer, Subscribed
from orders.payments.stripe import StripeTill, TillRefused, TillUnavailable, _client
from orders.recurring.billing_pretend import PretendBilling

PRODUCTS = {Line.Kind.DUES: ("nsca-dues", "Membership"), Line.Kind.GIFT: ("nsca-gift", "Gift")}
EXPAND_PAYMENTS = ["payments"]


def billing_of(standing: StandingOrder, *, at: datetime | None = None) -> Billing:
    """The till at which a standing order was begun, whatever the settings say today; `at` as of
    till.till.
    """
    if standing.method == Payment.Method.PRETEND:
        return PretendBilling()
    if not settings.STRIPE_SECRET_KEY:
        raise TillUnavailable
    return StripeBilling(at)


class StripeBilling(StripeTill):
    """Stripe Billing, by its own library."""

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
        self, standing: StandingOrder, payer: Payer, *, first_at: datetime
    ) -> Subscribed:
        """Begin a subscription whose first charge is at an instant. Everything sent comes from
        the standing order's row, so that a repeat under its key is the same.

        The card becomes the customer's own default, not the subscription's: the page on which
        Stripe lets people change their card changes that one.
        """
        default = {"invoice_settings": {"default_payment_method": payer.card_id}}
        self._ask("payer", _v1().customers.update, payer.customer_id, default)
        params = {
            "customer": payer.customer_id,
            "items": [{"price_data": self._price(standing, standing.cents), "quantity": 1}],
            "trial_end": int(first_at.timestamp()),
            "proration_behavior": "none",
            "off_session": True,
            "payment_settings": {"payment_method_types": ["card"]},
            "description": standing.label,
            "metadata": {"order": standing.order.number},
        }
        key = self._key(standing.idempotency_key)
        return self._subscribed("subscribe", _v1().subscriptions.create, params, key)

    def subscription(self, subscription_id: str) -> Subscribed:
        return self._subscribed("subscription", _v1().subscriptions.retrieve, subscription_id)

    def subscriptions_of(self, customer_id: str) -> list[Subscribed]:
        """All of one customer's, over or not."""
        params = {"customer": customer_id, "status": "all", "limit": 100}
        return [
            words.subscribed(said)
            for said in self._all("subscriptions", _v1().subscriptions.list, params)
        ]

    def subscriptions_since(self, since: datetime) -> list[Subscribed]:
        """Every one made from an instant on, over or not."""
        params = {
            "created": {"gte": int(since.timestamp())}, "status": "all", "limit": 100,
        }  # fmt: skip
        return [
            words.subscribed(said)
            for said in self._all("subscriptions", _v1().subscriptions.list, params)
        ]

    def move(self, standing: StandingOrder, to: datetime) -> Subscribed:
        """Let the next charge be at another instant; what was paid for is not reckoned anew."""
        params = {"trial_end": int(to.timestamp()), "proration_behavior": "none"}
        return self._subscribed(
            "move", _v1().subscriptions.update, standing.subscription_id, params
        )

    def reprice(self, standing: StandingOrder, cents: int) -> Subscribed:
        """Another price from the next charge on."""
        item = {"id": standing.item_id, "price_data": self._price(standing, cents)}
        params = {"items": [item], "proration_behavior": "none"}
        return self._subscribed(
            "reprice", _v1().subscriptions.update, standing.subscription_id, params
        )

    def stop(self, subscription_id: str) -> Subscribed:
        """Nothing is charged any more: the subscription ends, and so does what it still wants.

        One that is over already is answered as it is.
        """
        try:
            found = self._subscribed("stop", _v1().subscriptions.cancel, subscription_id)
        except TillRefused:
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

    def card_page(self, standing: StandingOrder, return_url: str) -> str:
        """The address of Stripe's own page for another card, and for nothing else."""
        params = {
            "customer": standing.customer_id,
            "return_url": return_url,
            "flow_data": {
                "type": "payment_method_update",
                "after_completion": {"type": "redirect", "redirect": {"return_url": return_url}},
            },
        }
        return self._ask("card", _v1().billing_portal.sessions.create, params).url

    def _price(self, standing: StandingOrder, cents: int) -> dict:
        product_id, name = PRODUCTS[standing.kind]
        self._have_product(product_id, name)
        return {
            "currency": "usd",
            "unit_amount": cents,
            "product": product_id,
            "recurring": {"interval": standing.interval},
        }

    def _have_product(self, product_id: str, name: str) -> None:
        """A price belongs to a product; ours has a name of its own choosing, and is made once."""
        try:
            self._ask("product", _v1().products.retrieve, product_id)
        except TillRefused:
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
