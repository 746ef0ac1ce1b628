"""The addresses of the API: what each does, what it refuses, and what it remembers of a key."""

import hashlib
import json
import re

from tests.fakes.stripe import lists
from tests.fakes.stripe.api_billing import BillingApi
from tests.fakes.stripe.words import Refused, check, check_metadata, check_words, nested, shown

SESSIONS = "/v1/checkout/sessions"
LEAST_LIFE, MOST_LIFE = 30 * 60, 24 * 3600  # seconds from a session's creation to its end
KEYS_LAST = 24 * 3600  # seconds
LEAST_CENTS = 50  # a charge in dollars
A_SESSION_KNOWS = [  # of everything that Stripe's version allows, what this shop uses
    r"mode", r"allowed_payment_method_types\[\d+\]", r"adaptive_pricing\[enabled\]",
    r"client_reference_id", r"metadata\[\w+\]", r"payment_intent_data\[description\]",
    r"payment_intent_data\[metadata\]\[\w+\]", r"line_items\[\d+\]\[quantity\]",
    r"line_items\[\d+\]\[price_data\]\[(currency|unit_amount)\]",
    r"line_items\[\d+\]\[price_data\]\[product_data\]\[name\]", r"expires_at", r"success_url",
    r"cancel_url", r"customer_email", r"customer_creation",
    r"payment_intent_data\[setup_future_usage\]",
]  # fmt: skip
A_REFUND_KNOWS = [r"payment_intent", r"amount", r"reason", r"metadata\[\w+\]"]


class Api(BillingApi):
    """What Stripe answers."""

    def answer(self, method, path, params, key, word=""):
        """Status, body, headers. One key and the same words get one answer, for a day."""
        with self.lock:
            self.asked.append((method, path, params))
            if key and len(key) > 255:
                return 400, Refused(400, "invalid_request_error").body, {}
            said = hashlib.sha256(json.dumps([path, params], sort_keys=True).encode()).hexdigest()
            if key in self.stored and self.now - self.stored[key][3] < KEYS_LAST:
                fingerprint, status, body, _at = self.stored[key]
                if fingerprint != said:
                    return 400, Refused(400, "idempotency_error", "", "Other words.").body, {}
                return status, body, {"Idempotent-Replayed": "true"}
            try:
                if word == "500":
                    raise Refused(500, "api_error")
                status, body = 200, self._route(method, path, params)
                if word == "500-done":
                    raise Refused(500, "api_error")
            except Refused as error:
                status, body = error.status, error.body
                if status in (400, 404):  # refused before it began: nothing is stored
                    return status, body, {}
            if key and method == "POST":
                self.stored[key] = (said, status, body, self.now)
            return status, body, {}

    def _route(self, method, path, params):
        if (method, path) == ("POST", SESSIONS):
            return self._open(params)
        billed = self.route_billing(method, path, params)
        if billed is not None:
            return billed
        if method == "POST" and (found := re.fullmatch(rf"{SESSIONS}/(\w+)/expire", path)):
            return self._expire(self._one("sessions", found[1]))
        if (method, path) == ("POST", "/v1/refunds"):
            check_words(params, A_REFUND_KNOWS)
            return shown(self.refund(params, nested(params, "metadata")))
        if method == "GET" and path == "/v1/account":
            return {"id": "acct_ours", "object": "account", "charges_enabled": True}
        if method == "GET" and path in self._lists():
            store, filters = self._lists()[path]
            return lists.page(self, path, self._all(store), params, filters=filters)
        for address, (store, _filters) in self._lists().items():
            if method == "GET" and (found := re.fullmatch(rf"{address}/(\w+)", path)):
                return lists.expanded(self, shown(self._one(store, found[1])), params)
        raise Refused(404, "invalid_request_error", "", f"Unrecognized URL: {path}")

    @staticmethod
    def _lists():
        """The addresses of lists: what they list, and by which fields they may be narrowed."""
        return {
            SESSIONS: ("sessions", ["payment_intent", "status"]),
            "/v1/payment_intents": ("intents", []),
            "/v1/charges": ("charges", ["payment_intent"]),
            "/v1/refunds": ("refunds", ["payment_intent", "charge"]),
            "/v1/disputes": ("disputes", ["payment_intent", "charge"]),
            "/v1/balance_transactions": (
                "transactions",
                ["payout", "source", "type", "currency"],
            ),
            "/v1/payouts": ("payouts", ["status", "arrival_date"]),
            "/v1/events": ("events", ["type"]),
        }

    def _all(self, store):
        rows = list(getattr(self, store).values())
        if store == "sessions":
            for session in rows:
                self.grow_old(session)
        return rows

    def _one(self, store, name):
        found = getattr(self, store).get(name)
        if found is None:
            raise Refused(404, "invalid_request_error", "resource_missing")
        if store == "sessions":
            self.grow_old(found)
        return found

    def _expire(self, session):
        if session["status"] != "open":
            raise Refused(400, "invalid_request_error", "", "Only open sessions expire.")
        session |= {"status": "expired", "url": None}
        self.happened("checkout.session.expired", session)
        return shown(session)

    def _open(self, params):
        check_words(params, A_SESSION_KNOWS)
        check_metadata(nested(params, "metadata"))
        check_metadata(nested(params, r"payment_intent_data\[metadata\]"))
        life = int(params.get("expires_at", self.now + MOST_LIFE)) - self.now
        check(LEAST_LIFE <= life <= MOST_LIFE, "expires_at is from 30 minutes to 24 hours ahead.")
        check(len(params.get("client_reference_id", "")) <= 200, "client_reference_id is too long")
        for name in ("success_url", "cancel_url"):
            is_address = params.get(name, "").startswith(("http://", "https://"))
            check(is_address, "Not a valid URL", "url_invalid", name)
        is_email = re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", params.get("customer_email", "a@b.c"))
        check(is_email, "Invalid email address", "email_invalid", "customer_email")
        total = 0
        items = {found[1] for name in params if (found := re.match(r"line_items\[(\d+)\]", name))}
        check(1 <= len(items) <= 100, "From 1 to 100 line items.")
        for number in items:
            price = f"line_items[{number}][price_data]"
            name = f"{price}[product_data][name]"
            check(params.get(name), "It is empty", "parameter_invalid_empty", name)
            quantity = int(params[f"line_items[{number}][quantity]"])
            check(quantity > 0, "quantity is at least 1")
            total += int(params[f"{price}[unit_amount]"]) * quantity
        check(total >= LEAST_CENTS, "The total is too small.", "amount_too_small")
        check(total <= 99_999_999, "The total is too large.", "amount_too_large")
        session_id = self.new_id("cs_test")
        self.sessions[session_id] = {
            "id": session_id,
            "object": "checkout.session",
            "url": f"{self.base}/c/pay/{session_id}",
            "status": "open",
            "payment_status": "unpaid",
            "amount_total": total,
            "currency": "usd",
            "livemode": False,
            "client_reference_id": params.get("client_reference_id"),
            "customer_email": params.get("customer_email"),
            "customer_details": None,
            "metadata": nested(params, "metadata"),
            "payment_intent": None,
            "created": self.now,
            "expires_at": self.now + life,
            "success_url": params["success_url"],
            "cancel_url": params.get("cancel_url"),
            "mode": params["mode"],
            "customer": None,
            "_keeps_card": self._keeps_card(params),
            "_intent_metadata": nested(params, r"payment_intent_data\[metadata\]"),
        }
        return shown(self.sessions[session_id])

    @staticmethod
    def _keeps_card(params):
        """Whether the card may be charged again: for that it needs a customer to belong to."""
        usage = params.get("payment_intent_data[setup_future_usage]")
        check(usage in (None, "off_session"), "Off the session, or not at all.")
        check(params.get("customer_creation") in (None, "always"), "Always, or not at all.")
        return usage is not None and "customer_creation" in params
