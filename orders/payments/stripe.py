"""The gateway: Stripe's hosted Checkout, or pretend payments without keys in a demonstration.

The only module that imports stripe. It talks to Stripe outside transactions, with timeouts and a
few retries under one idempotency key. Stripe learns each line's label, price and quantity, and
nothing about the location, the guests or their suppers.
"""

import json
import logging
import re
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import stripe
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse

from orders.lines import particulars
from orders.lines.locks import refuse_inside_transaction
from orders.models import Line, Order, Payment, RecurringPayment, Refund
from orders.payments import reading
from orders.payments.asking import Question, question
from orders.payments.billing_words import INVOICE, Invoiced, invoiced
from orders.payments.gateway import (
    Disputed,
    Event,
    ForgedEvent,
    Gateway,
    GatewayRefused,
    GatewayUnavailable,
    MalformedEvent,
    Moved,
    PaidOut,
    Returned,
    Session,
)
from orders.payments.lanes import hurried
from orders.payments.outage import STORED_FAILURE
from orders.payments.pretend import PretendGateway

log = logging.getLogger(__name__)

API_VERSION = "2026-10-28.endive"  # the version this code was checked against; stripe 16.1 uses it
MOST_WAIT = 300  # seconds; longer Retry-After values are capped
TIMEOUTS = (3.05, 8)  # seconds to connect, to answer; just past TCP's first retransmission
HURRY = (1, 3)  # for callers in a hurry that ask once (a webhook)
RETRIES = 1  # under the same key; twice 3 + 8 s stays below gunicorn's 30
SESSION_LIFE = timedelta(minutes=31)  # Stripe refuses less than 30 from its own clock
FINAL = (stripe.InvalidRequestError, stripe.IdempotencyError, stripe.CardError)
CLOCKS_DIFFER = timedelta(minutes=5)  # Stripe's from ours, at the most


def gateway(*, at: datetime | None = None) -> Gateway:
    """The gateway of this site. Raises ImproperlyConfigured if there is none.

    With `at`, the instant of asking, it is not asked while it does not answer (GatewayResting), so
    that nobody waits for it; without, it is always asked.
    """
    if settings.STRIPE_SECRET_KEY:
        return StripeGateway(at)
    if pretend_is_allowed():
        return PretendGateway()
    raise ImproperlyConfigured("STRIPE_SECRET_KEY is missing, and this is no demonstration.")


def gateway_of(payment: Payment, *, at: datetime | None = None) -> Gateway:
    """The gateway that opened a payment, whatever the settings say now; `at` as above."""
    if payment.method == Payment.Method.PRETEND:
        return PretendGateway(payment)
    if not settings.STRIPE_SECRET_KEY:
        raise GatewayUnavailable
    return StripeGateway(at)


def pretend_is_allowed() -> bool:
    return (settings.DEBUG or settings.DEMO) and not settings.STRIPE_SECRET_KEY


class StripeGateway:
    """Stripe, through its own library."""

    method = Payment.Method.STRIPE

    def __init__(self, at: datetime | None = None):
        self.at = at

    @property
    def livemode(self) -> bool:
        return "_live_" in settings.STRIPE_SECRET_KEY

    def foretell(self, payment: Payment) -> None:
        """Only Stripe knows."""

    def open(self, payment: Payment) -> Session:
        """Open a Checkout Session for a payment row that is already committed.

        Everything sent comes from that row and frozen lines, so that a repeat with the same key is
        identical.
        """
        order = payment.order
        lines = list(order.lines.all())
        home = settings.SITE_URL
        about = {"order": order.number, "payment": str(payment.pk)}
        params = {
            "mode": "payment",
            # This version's term for "cards and wallets only": nothing that pays days later.
            "allowed_payment_method_types": ["card"],
            "adaptive_pricing": {"enabled": False},  # dollars in, dollars compared
            "client_reference_id": order.number,
            "metadata": about | particulars.written(order),
            "payment_intent_data": {"metadata": about, "description": f"Order {order.number}"},
            "line_items": [
                {
                    "quantity": line.quantity,
                    "price_data": {
                        "currency": payment.currency,
                        "unit_amount": line.unit_cents,
                        "product_data": {"name": line.payment_label},
                    },
                }
                for line in lines
                if line.unit_cents
            ],
            "expires_at": int(payment.expires_at.timestamp()),
            "success_url": home + reverse("orders:return", args=[order.token]),
            "cancel_url": home + order.get_absolute_url(),
        }
        if order.buyer_email and not any(line.hides_the_buyer for line in lines):
            params["customer_email"] = order.buyer_email
        if agreement := _agreement_of(order, lines):
            params["metadata"] |= particulars.agreement_written(agreement)
            params["customer_creation"] = "always"
            params["payment_intent_data"]["setup_future_usage"] = "off_session"
        key = payment.idempotency_key
        try:
            return self._session("open", _sessions().create, params, self._key(key))
        except GatewayRefused as refused:
            if refused.param != "customer_email":
                raise
        del params["customer_email"]  # Stripe refuses it here: the buyer types one there
        return self._session("open", _sessions().create, params, self._key(f"{key}-plain"))

    def probe(self) -> None:
        """Make the smallest request every buyer needs: does Stripe answer us?"""
        self._ask("sessions", _sessions().list, {"limit": 1})

    def session(self, session_id: str) -> Session:
        """A payment page, or the invoice of a recurring payment, as it is now."""
        if session_id.startswith(INVOICE):
            order = Payment.objects.filter(session_id=session_id).values_list("order__number")
            return self.read_invoice(session_id).as_session((order.first() or ("",))[0])
        return self._session("session", _sessions().retrieve, session_id)

    def read_invoice(self, invoice_id: str) -> Invoiced:
        params = {"expand": ["payments"]}
        found = self._ask("invoice", _client().v1.invoices.retrieve, invoice_id, params)
        return invoiced(found.to_dict())

    def find(self, payment: Payment) -> Session | None:
        """The session opened for a payment whose answer never arrived."""
        for session in self.sessions(payment.opened_at - CLOCKS_DIFFER):
            ours = session.reference == payment.order.number
            if ours and session.payment_id == payment.pk:
                return session
        return None

    def sessions(self, since: datetime) -> list[Session]:
        """Every session opened since an instant, newest first."""
        params = {"created": {"gte": int(since.timestamp())}, "limit": 100}
        return [reading.session(said) for said in self._all("sessions", _sessions().list, params)]

    def expire(self, session_id: str) -> Session:
        """Close a session; a complete or expired one, or an invoice, is returned as it is."""
        if session_id.startswith(INVOICE):
            return self.session(session_id)
        try:
            return self._session("expire", _sessions().expire, session_id)
        except GatewayRefused:
            return self.session(session_id)

    def refund(self, refund: Refund) -> Returned:
        params = {
            "payment_intent": refund.payment.intent_id,
            "amount": refund.cents,
            "metadata": {
                "refund": refund.idempotency_key,
                "order": refund.payment.order.number,
            },
        }
        key = self._key(refund.idempotency_key)
        found = self._ask("refund", _client().v1.refunds.create, params, key)
        return reading.returned(found.to_dict())

    def refunds(self, intent_id: str) -> list[Returned]:
        """Every refund of a payment, including those made in Stripe's dashboard."""
        return self._refunds({"payment_intent": intent_id})

    def refunds_since(self, since: datetime) -> list[Returned]:
        """Every refund made since an instant."""
        return self._refunds({"created": {"gte": int(since.timestamp())}})

    def _refunds(self, wanted: dict) -> list[Returned]:
        params = {**wanted, "limit": 100}
        reported = self._all("refunds", _client().v1.refunds.list, params)
        return [reading.returned(said) for said in reported]

    def dispute(self, dispute_id: str) -> Disputed:
        """A dispute as it is now; events about it arrive in any order."""
        found = self._ask("dispute", _client().v1.disputes.retrieve, dispute_id)
        return reading.disputed(found.to_dict())

    def disputes_since(self, since: datetime) -> list[Disputed]:
        """Every dispute opened since an instant."""
        params = {"created": {"gte": int(since.timestamp())}, "limit": 100}
        reported = self._all("disputes", _client().v1.disputes.list, params)
        return [reading.disputed(said) for said in reported]

    def movements(self, since: datetime) -> list[Moved]:
        """What came into and left the account's balance since an instant."""
        return self._movements({"created": {"gte": int(since.timestamp())}})

    def movements_of(self, payout_id: str) -> list[Moved]:
        """The movements in one payout. Stripe itemizes automatic payouts only."""
        return self._movements({"payout": payout_id})

    def payouts(self, since: date) -> list[PaidOut]:
        """Transfers to the bank that arrive on a day (in UTC) or later."""
        midnight = datetime.combine(since, datetime.min.time(), UTC)
        params = {"arrival_date": {"gte": int(midnight.timestamp())}, "limit": 100}
        reported = self._all("payouts", _client().v1.payouts.list, params)
        return [reading.paid_out(said) for said in reported]

    def _movements(self, wanted: dict) -> list[Moved]:
        params = {**wanted, "limit": 100, "expand": ["data.source"]}
        reported = self._all("movements", _client().v1.balance_transactions.list, params)
        # A payout leaves the balance, too, but has its own list.
        return [reading.moved(said) for said in reported if not said["type"].startswith("payout")]

    def _all(self, what: str, call, params: dict) -> list[dict]:
        """Every page of a list, each its own request."""
        page = self._ask(what, call, params)
        found = list(page)
        while page.has_more:
            page = self._ask(what, page.next_page)
            found += page
        return [each.to_dict() for each in found]

    def _session(self, what: str, call: Callable, *args) -> Session:
        return reading.session(self._ask(what, call, *args).to_dict())

    def _ask(self, what: str, call: Callable, *args):
        """One request, by the rules of traffic.py and lanes.py.

        GatewayRefused: a final no. PaymentsDown: we are refused. GatewayUnavailable: unknown.
        """
        refuse_inside_transaction()
        with question(what, at=self.at) as asked:
            try:
                answer = call(*args)
            except stripe.StripeError as error:
                self._log(what, error)
                raise _meaning(error, asked) from error
            asked.answered()
        return answer

    @staticmethod
    def _log(what: str, error: stripe.StripeError) -> None:
        # Not the message: Stripe quotes what it was sent.
        log.warning(
            "gateway: %s: %s %s %s",
            what,
            type(error).__name__,
            error.code or "",
            error.request_id or "",
        )

    @staticmethod
    def _key(key: str) -> dict:
        return {"idempotency_key": key}


def read_event(body: bytes, signature: str) -> Event:
    """Verify and parse a webhook's raw body. Raises ForgedEvent or MalformedEvent."""
    if not settings.STRIPE_WEBHOOK_SECRET:
        raise ForgedEvent  # anyone can sign with an empty key
    tolerance = stripe.Webhook.DEFAULT_TOLERANCE
    try:
        stripe.WebhookSignature.verify_header(
            body, signature, settings.STRIPE_WEBHOOK_SECRET, tolerance
        )
        # Stripe's library refuses old signatures but not future ones: such an event could be kept
        # back and sent at any time.
        signed_at = int(re.search(r"(?:^|,)t=(\d+)", signature)[1])
        if signed_at > time.time() + tolerance:
            raise ForgedEvent
        found = json.loads(body)
        _refuse_what_no_database_stores(found)
        return Event(
            id=str(found["id"]),
            kind=str(found["type"]),
            livemode=bool(found["livemode"]),
            object={**found["data"]["object"]},
            account=str(found.get("account") or ""),
        )
    except stripe.SignatureVerificationError as error:
        raise ForgedEvent from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise MalformedEvent from error


def _refuse_what_no_database_stores(found) -> None:
    """Raise ValueError for a NUL or half a surrogate pair anywhere in an event."""
    text = json.dumps(found, ensure_ascii=False)
    text.encode()  # UnicodeEncodeError is a ValueError
    if "\\u0000" in text:
        raise ValueError("NUL")


def _agreement_of(order: Order, lines: Sequence[Line]) -> RecurringPayment | None:
    """The recurring payment agreed to with an order, if any; tickets alone cost no query."""
    may = any(line.kind in (Line.Kind.DUES, Line.Kind.GIFT) for line in lines)
    return RecurringPayment.objects.filter(order=order).first() if may else None


def _meaning(error: stripe.StripeError, asked: Question) -> GatewayUnavailable:
    """Translate an error of the library."""
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        code = getattr(error.error, "code", None) or ""
        return asked.turned_away(f"{error.http_status} {code}".strip())
    if isinstance(error, FINAL):
        asked.answered()
        return GatewayRefused(code=error.code or "", param=getattr(error, "param", None) or "")
    if isinstance(error, stripe.RateLimitError):
        said = (error.headers or {}).get("retry-after", "")
        return asked.asked_to_wait(min(int(said), MOST_WAIT) if said.isdecimal() else None)
    # Stripe repeats a stored 500 for every retry with its key, so it is final.
    if (error.headers or {}).get("idempotent-replayed") == "true":
        asked.failed()
        return GatewayRefused(code=STORED_FAILURE)
    asked.silent()
    return GatewayUnavailable()


def _client() -> stripe.StripeClient:
    patience = (HURRY, 0) if hurried() else (TIMEOUTS, RETRIES)
    return _client_for(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE, *patience)


@lru_cache(maxsize=4)
def _client_for(key: str, base: str, timeouts, retries: int) -> stripe.StripeClient:
    """One client per key, timeouts and retries; each thread keeps its connections."""
    return stripe.StripeClient(
        key,
        stripe_version=API_VERSION,
        base_addresses={"api": base} if base else None,
        max_network_retries=retries,
        http_client=stripe.RequestsClient(timeout=timeouts),
    )


def _sessions():
    return _client().v1.checkout.sessions
