"""Billing: customers whose cards are kept, subscriptions, their invoices, and time that passes.

The shapes are those of 2026-10-28.endive, as stripe-python 16 has them: an invoice names its
subscription under `parent.subscription_details`, its payments are to be expanded, the end of a
period stands on the subscription's item; a subscription that charges later begins with an invoice
of nothing, paid at once. An invoice is a draft for an hour before it is charged; a card that is
refused is tried again after 3, 5 and 7 days, and then the subscription ends
(docs.stripe.com/billing/revenue-recovery/smart-retries).
"""

import calendar
from datetime import UTC, datetime

from tests.fakes.stripe.words import Refused, shown

HOUR, DAY = 3600, 24 * 3600
RETRIES = (3 * DAY, 5 * DAY, 7 * DAY)  # after each try that failed
CARD = "pm_card_visa"
BILLED = "/v1/subscriptions"


class Billing:
    """What one account charges again and again."""

    def begin_billing(self):
        self.customers, self.products = {}, {}
        self.subscriptions, self.invoices, self.invoice_payments = {}, {}, {}
        self.portals = {}
        self.refusing = set()  # customers whose bank says no

    # --- what people, banks and time do ---------------------------------------------------------

    def pass_time(self, seconds):
        """Let time go by; what falls due meanwhile happens at its own instant, in order."""
        end = self.now + int(seconds)
        while (due := min(self._dues(), default=None)) and due[0] <= end:
            self.now = max(due[0], self.now)
            self._do(due)
        self.now = end

    def pass_days(self, days):
        self.pass_time(days * DAY)

    def fail_card(self, customer_id):
        """From now on the bank refuses this customer's card."""
        self.refusing.add(customer_id)

    def new_card(self, customer_id):
        """The customer gives another card on the portal's page; what is open is tried at once."""
        with self.lock:
            self.refusing.discard(customer_id)
            self.customers[customer_id]["invoice_settings"]["default_payment_method"] = (
                self.new_id("pm")
            )
            for invoice in list(self.invoices.values()):
                if invoice["customer"] == customer_id and invoice["status"] == "open":
                    self._charge_invoice(invoice)

    def cancel_in_dashboard(self, subscription_id):
        return self._cancel(self.subscriptions[subscription_id])

    # --- what the API does ----------------------------------------------------------------------

    def keep_card(self, session):
        """The buyer paid, and let us keep the card: a customer, with the card attached."""
        customer_id = self.new_id("cus")
        self.customers[customer_id] = {
            "id": customer_id, "object": "customer", "email": session["customer_email"],
            "created": self.now, "livemode": False, "metadata": {},
            "invoice_settings": {"default_payment_method": None}, "_cards": {CARD},
        }  # fmt: skip
        session["customer"] = customer_id
        return customer_id

    def subscribe(self, request):
        customer = self.customers.get(request["customer"])
        if customer is None:
            raise Refused(400, "invalid_request_error", "resource_missing", "No such customer")
        if not customer["invoice_settings"]["default_payment_method"]:
            raise Refused(400, "invalid_request_error", "resource_missing", "No default card")
        if not self.now < request["trial_end"] <= self.now + 2 * 366 * DAY:
            raise Refused(400, "invalid_request_error", "", "trial_end is not within two years")
        subscription_id = self.new_id("sub")
        self.subscriptions[subscription_id] = {
            "id": subscription_id, "object": "subscription", "status": "trialing",
            "customer": customer["id"], "currency": "usd", "created": self.now, "livemode": False,
            "billing_cycle_anchor": request["trial_end"], "trial_end": request["trial_end"],
            "cancel_at_period_end": False, "canceled_at": None, "ended_at": None,
            "collection_method": "charge_automatically", "default_payment_method": None,
            "description": request["description"], "metadata": request["metadata"],
            "latest_invoice": None, "_times": 0,
            "items": {"object": "list", "has_more": False, "url": "", "data": [{
                "id": self.new_id("si"), "object": "subscription_item",
                "subscription": subscription_id, "quantity": 1, "created": self.now,
                "current_period_start": self.now, "current_period_end": request["trial_end"],
                "price": self._price(request["price"]), "metadata": {},
            }]},
        }  # fmt: skip
        subscription = self.subscriptions[subscription_id]
        nothing = self._invoice(subscription, 0, "subscription_create")
        self.happened("customer.subscription.created", subscription)
        self._paid(nothing, None)
        return subscription

    def change(self, subscription, *, trial_end=None, price=None, item_id=None):
        if subscription["status"] in ("canceled",):
            raise Refused(400, "invalid_request_error", "", "A canceled subscription stays so.")
        item = subscription["items"]["data"][0]
        if price:
            if item_id != item["id"]:
                raise Refused(400, "invalid_request_error", "resource_missing", "No such item")
            item["price"] = self._price(price)
        if trial_end:
            if not self.now < trial_end <= subscription["billing_cycle_anchor"] + 2 * 366 * DAY:
                raise Refused(400, "invalid_request_error", "", "trial_end is out of range")
            item |= {"current_period_start": self.now, "current_period_end": trial_end}
            subscription |= {
                "status": "trialing", "trial_end": trial_end, "billing_cycle_anchor": trial_end,
                "_times": 0,
            }  # fmt: skip
            self._paid(self._invoice(subscription, 0, "subscription_update"), None)
        self.happened("customer.subscription.updated", subscription)
        return subscription

    def _cancel(self, subscription):
        if subscription["status"] == "canceled":
            raise Refused(404, "invalid_request_error", "resource_missing", "No such subscription")
        subscription |= {"status": "canceled", "canceled_at": self.now, "ended_at": self.now}
        for invoice in self.invoices.values():
            if invoice["_subscription"] == subscription["id"] and invoice["status"] == "open":
                invoice |= {"next_payment_attempt": None, "auto_advance": False}
            elif invoice["_subscription"] == subscription["id"] and invoice["status"] == "draft":
                invoice |= {"auto_advance": False, "_due": None}
        self.happened("customer.subscription.deleted", subscription)
        return subscription

    def void(self, invoice):
        if invoice["status"] != "open":
            raise Refused(400, "invalid_request_error", "", "Only open invoices are voided.")
        invoice |= {"status": "void", "next_payment_attempt": None, "_due": None}
        self.happened("invoice.voided", invoice)
        return invoice

    def open_portal(self, customer_id, return_url, flow):
        if customer_id not in self.customers:
            raise Refused(400, "invalid_request_error", "resource_missing", "No such customer")
        portal_id = self.new_id("bps")
        self.portals[portal_id] = {
            "id": portal_id, "object": "billing_portal.session", "customer": customer_id,
            "created": self.now, "livemode": False, "return_url": return_url,
            "flow": {"type": flow}, "url": f"{self.base}/p/session/{portal_id}",
        }  # fmt: skip
        return self.portals[portal_id]

    # --- its clock ------------------------------------------------------------------------------

    def _dues(self):
        """What falls due next: (instant, order among equals, what, name)."""
        for each in self.subscriptions.values():
            if each["status"] in ("trialing", "active"):
                item = each["items"]["data"][0]
                yield item["current_period_end"], 0, "renew", each["id"]
        for each in self.invoices.values():
            if each["_due"] is not None:
                yield each["_due"], 1, "charge", each["id"]

    def _do(self, due):
        with self.lock:
            if due[2] == "renew":
                self._renew(self.subscriptions[due[3]])
            else:
                self._charge_invoice(self.invoices[due[3]])

    def _renew(self, subscription):
        """A period ends: the next begins, with an invoice that is a draft for an hour."""
        item = subscription["items"]["data"][0]
        subscription["_times"] += 1
        start = item["current_period_end"]
        every = item["price"]["recurring"]["interval"]
        item["current_period_start"] = start
        item["current_period_end"] = later(
            subscription["billing_cycle_anchor"], every, subscription["_times"]
        )
        subscription["status"] = "active"
        cents = item["price"]["unit_amount"]
        invoice = self._invoice(subscription, cents, "subscription_cycle")
        invoice |= {"status": "draft", "_due": self.now + HOUR}
        self.happened("customer.subscription.updated", subscription)
        self.happened("invoice.created", invoice)

    def _charge_invoice(self, invoice):
        """Charge the customer's card, or hear that the bank refuses it."""
        subscription = self.subscriptions[invoice["_subscription"]]
        customer = invoice["customer"]
        invoice |= {"status": "open", "_due": None, "attempted": True}
        invoice["attempt_count"] += 1
        if customer not in self.refusing:
            return self._paid(invoice, self._take(invoice))
        tries = invoice["attempt_count"]
        if tries <= len(RETRIES):
            again = self.now + RETRIES[tries - 1]
            invoice |= {"next_payment_attempt": again, "_due": again}
            subscription["status"] = "past_due"
            self.happened("invoice.payment_failed", invoice)
            self.happened("customer.subscription.updated", subscription)
        else:
            invoice["next_payment_attempt"] = None
            self.happened("invoice.payment_failed", invoice)
            if subscription["status"] != "canceled":
                self._cancel(subscription)
        return invoice

    def _take(self, invoice):
        """A charge of its own: the intent's name."""
        intent_id = self.new_id("pi")
        paid = {
            "amount_total": invoice["amount_due"], "currency": invoice["currency"],
            "_intent_metadata": {}, "livemode": invoice["livemode"],
        }  # fmt: skip
        charge = self._charge(intent_id, paid)
        self.intents[intent_id] = {
            "id": intent_id, "object": "payment_intent", "status": "succeeded",
            "amount": charge["amount"], "currency": charge["currency"],
            "latest_charge": charge["id"], "metadata": {}, "created": self.now,
            "livemode": invoice["livemode"], "customer": invoice["customer"],
            "payment_method": CARD,
        }  # fmt: skip
        return intent_id

    def _paid(self, invoice, intent_id):
        invoice |= {
            "status": "paid", "amount_paid": invoice["amount_due"], "amount_remaining": 0,
            "next_payment_attempt": None, "_due": None, "auto_advance": False,
        }  # fmt: skip
        invoice["status_transitions"]["paid_at"] = self.now
        if intent_id:
            payment_id = self.new_id("inpay")
            self.invoice_payments[payment_id] = {
                "id": payment_id, "object": "invoice_payment", "invoice": invoice["id"],
                "amount_paid": invoice["amount_paid"], "amount_requested": invoice["amount_due"],
                "currency": invoice["currency"], "created": self.now, "is_default": True,
                "livemode": False, "status": "paid",
                "payment": {"type": "payment_intent", "payment_intent": intent_id},
            }  # fmt: skip
            subscription = self.subscriptions[invoice["_subscription"]]
            if subscription["status"] == "past_due":
                subscription["status"] = "active"
                self.happened("customer.subscription.updated", subscription)
        self.happened("invoice.paid", invoice)
        return invoice

    def _invoice(self, subscription, cents, reason):
        invoice_id = self.new_id("in")
        self.invoices[invoice_id] = {
            "id": invoice_id, "object": "invoice", "status": "draft", "livemode": False,
            "customer": subscription["customer"], "currency": "usd", "created": self.now,
            "amount_due": cents, "amount_paid": 0, "amount_remaining": cents, "total": cents,
            "attempt_count": 0, "attempted": False, "auto_advance": True,
            "billing_reason": reason, "next_payment_attempt": None,
            "collection_method": "charge_automatically", "metadata": {},
            "status_transitions": {"paid_at": None, "finalized_at": None, "voided_at": None},
            "parent": {
                "type": "subscription_details", "quote_details": None,
                "subscription_details": {
                    "subscription": subscription["id"],
                    "metadata": dict(subscription["metadata"]),
                },
            },
            "_subscription": subscription["id"], "_due": None,
        }  # fmt: skip
        subscription["latest_invoice"] = invoice_id
        return self.invoices[invoice_id]

    def payments_of(self, invoice_id):
        """What `expand` gives for an invoice's payments."""
        data = [
            shown(each) for each in self.invoice_payments.values() if each["invoice"] == invoice_id
        ]
        return {"object": "list", "data": data, "has_more": False, "url": "/v1/invoice_payments"}

    def _price(self, request):
        if request["product"] not in self.products:
            raise Refused(400, "invalid_request_error", "resource_missing", "No such product")
        return {
            "id": self.new_id("price"), "object": "price", "product": request["product"],
            "currency": "usd", "unit_amount": request["unit_amount"], "type": "recurring",
            "recurring": {"interval": request["interval"], "interval_count": 1},
        }  # fmt: skip


def later(anchor, interval, times):
    """So many months or years after an instant, on its day of the month, or that month's last."""
    start = datetime.fromtimestamp(anchor, UTC)
    months = start.month - 1 + times * (12 if interval == "year" else 1)
    year, month = start.year + months // 12, months % 12 + 1
    day = min(start.day, calendar.monthrange(year, month)[1])
    return int(start.replace(year=year, month=month, day=day).timestamp())
