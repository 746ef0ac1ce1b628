"""The till: Stripe's hosted Checkout, or, without keys and only for show, a pretend one.

The only module that imports stripe. Every word with Stripe is spoken outside transactions, with
timeouts and a few
retries under one idempotency key. Nothing about the place, the guests or their suppers is said
here: a line's
frozen label, its price and its quantity are all that Stripe learns.
"""

import json
import logging
from datetime import timedelta
from functools import lru_cache

import stripe
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse

from orders.locks import refuse_inside_transaction
from orders.models import Payment, Refund
from orders.till_pretend import PretendTill
from orders.till_words import (
    Event,
    ForgedEvent,
    MalformedEvent,
    Returned,
    Session,
    SessionState,
    Till,
    TillRefused,
    TillUnavailable,
)

log = logging.getLogger(__name__)

API_VERSION = "2026-10-28.endive"  # what this code was read against; stripe 16.1 speaks it
TIMEOUTS = (3.05, 8)  # seconds to connect, to answer; just past TCP's first retransmission
RETRIES = 1  # under the same key; twice 3 + 8 s stays below gunicorn's 30
SESSION_LIFE = timedelta(minutes=31)  # Stripe refuses less than 30 from its own clock


def till() -> Till:
    """The till of this site. Raises ImproperlyConfigured where there is none."""
    if settings.STRIPE_SECRET_KEY:
        return StripeTill()
    if pretend_is_allowed():
        return PretendTill()
    raise ImproperlyConfigured("STRIPE_SECRET_KEY is missing, and this is no demonstration.")


def till_of(payment: Payment) -> Till:
    """The till at which a payment was opened, whatever the settings say today."""
    if payment.method == Payment.Method.PRETEND:
        return PretendTill()
    if not settings.STRIPE_SECRET_KEY:
        raise TillUnavailable
    return StripeTill()


def pretend_is_allowed() -> bool:
    return (settings.DEBUG or settings.DEMO) and not settings.STRIPE_SECRET_KEY


class StripeTill:
    """Stripe, by its own library."""

    method = Payment.Method.STRIPE

    @property
    def livemode(self) -> bool:
        return "_live_" in settings.STRIPE_SECRET_KEY

    def open(self, payment: Payment) -> Session:
        """Open a Checkout Session for a payment row that is already committed.

        Everything sent comes from that row and from frozen lines, so that a repeat under the
        same key is the same.
        """
        order = payment.order
        home = settings.SITE_URL
        about = {"order": order.number, "payment": str(payment.pk)}
        params = {
            "mode": "payment",
            # The version's word for "cards and wallets only": nothing that pays days later.
            "allowed_payment_method_types": ["card"],
            "adaptive_pricing": {"enabled": False},  # dollars in, dollars compared
            "client_reference_id": order.number,
            "metadata": about,
            "payment_intent_data": {"metadata": about, "description": f"Order {order.number}"},
            "line_items": [
                {
                    "quantity": line.quantity,
                    "price_data": {
                        "currency": payment.currency,
                        "unit_amount": line.unit_cents,
                        "product_data": {"name": line.label},
                    },
                }
                for line in order.lines.all()
                if line.unit_cents
            ],
            "expires_at": int(payment.expires_at.timestamp()),
            "success_url": home + reverse("orders:return", args=[order.token]),
            "cancel_url": home + order.get_absolute_url(),
        }
        if order.buyer_email:
            params["customer_email"] = order.buyer_email
        return self._session(
            self._ask("open", _sessions().create, params, self._key(payment.idempotency_key))
        )

    def session(self, session_id: str) -> Session:
        return self._session(self._ask("session", _sessions().retrieve, session_id))

    def expire(self, session_id: str) -> Session:
        """Close a session; one that is complete or expired already is answered as it is."""
        try:
            return self._session(self._ask("expire", _sessions().expire, session_id))
        except TillRefused:
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
        return self._returned(
            self._ask(
                "refund", _client().v1.refunds.create, params, self._key(refund.idempotency_key)
            )
        )

    def refunds(self, intent_id: str) -> list[Returned]:
        """Every refund of a payment, those made in Stripe's dashboard too."""
        found = self._ask(
            "refunds", _client().v1.refunds.list, {"payment_intent": intent_id, "limit": 100}
        )
        return [self._returned(each) for each in found.data]

    def _ask(self, what: str, call, *args):
        refuse_inside_transaction()
        try:
            return call(*args)
        except (stripe.InvalidRequestError, stripe.IdempotencyError, stripe.CardError) as error:
            self._log(what, error)
            raise TillRefused from error
        except stripe.StripeError as error:
            self._log(what, error)
            # Stripe repeats a stored 500 to every retry under its key: it will not change any
            # more.
            is_replay = (error.headers or {}).get("idempotent-replayed") == "true"
            raise (TillRefused if is_replay else TillUnavailable) from error

    @staticmethod
    def _log(what: str, error: stripe.StripeError) -> None:
        # Not the message: Stripe quotes what it was sent.
        log.warning(
            "till: %s: %s %s %s",
            what,
            type(error).__name__,
            error.code or "",
            error.request_id or "",
        )

    @staticmethod
    def _key(key: str) -> dict:
        return {"idempotency_key": key}

    @staticmethod
    def _session(found: stripe.checkout.Session) -> Session:
        said = found.to_dict()
        if said["payment_status"] == "paid":
            state = SessionState.PAID
        elif said["status"] == "complete":
            state = SessionState.PENDING
        else:
            state = SessionState(said["status"])
        return Session(
            id=said["id"],
            url=said.get("url") or "",
            state=state,
            amount_cents=said.get("amount_total") or 0,
            currency=said.get("currency") or "",
            livemode=said["livemode"],
            reference=said.get("client_reference_id") or "",
            intent_id=said.get("payment_intent") or "",
        )

    @staticmethod
    def _returned(found: stripe.Refund) -> Returned:
        said = found.to_dict()
        state = {
            "succeeded": Refund.State.SUCCEEDED,
            "failed": Refund.State.FAILED,
            "canceled": Refund.State.FAILED,
        }.get(said["status"], Refund.State.REQUESTED)
        return Returned(
            said["id"], state, said["amount"], (said.get("metadata") or {}).get("refund", "")
        )


def read_event(body: bytes, signature: str) -> Event:
    """A webhook's raw body, verified. Raises ForgedEvent or MalformedEvent."""
    if not settings.STRIPE_WEBHOOK_SECRET:
        raise ForgedEvent  # anybody can sign with an empty key
    try:
        stripe.WebhookSignature.verify_header(
            body, signature, settings.STRIPE_WEBHOOK_SECRET, stripe.Webhook.DEFAULT_TOLERANCE
        )
        found = json.loads(body)
        return Event(
            id=str(found["id"]),
            kind=str(found["type"]),
            livemode=bool(found["livemode"]),
            object=found["data"]["object"],
        )
    except stripe.SignatureVerificationError as error:
        raise ForgedEvent from error
    except (ValueError, KeyError, TypeError) as error:
        raise MalformedEvent from error


def _client() -> stripe.StripeClient:
    return _client_for(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)


@lru_cache(maxsize=4)
def _client_for(key: str, base: str) -> stripe.StripeClient:
    """One client a key; its connections are kept for each thread."""
    return stripe.StripeClient(
        key,
        stripe_version=API_VERSION,
        base_addresses={"api": base} if base else None,
        max_network_retries=RETRIES,
        http_client=stripe.RequestsClient(timeout=TIMEOUTS),
    )


def _sessions():
    return _client().v1.checkout.sessions
