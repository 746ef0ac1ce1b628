"""What one Stripe account has seen, and what the world does to it."""

import threading
import time
from datetime import UTC, datetime, timedelta

from tests.fakes.stripe import api, billing, ways, webhooks
from tests.fakes.stripe.words import Refused

DAY = 24 * 3600
DISPUTE_FEE = 1500


class FakeStripe(api.Api, billing.Billing, ways.Ways, webhooks.Webhooks):
    """One account. `now` is its clock, seconds since 1970: it stands where it was put, or, made
    without an instant, it walks.
    """

    def __init__(self, now=None):
        self._stands_at = None if now is None else int(now)
        self._ahead = 0
        self.base = "https://checkout.stripe.com"  # where its payable pages are
        self.sessions, self.intents, self.charges = {}, {}, {}
        self.refunds, self.disputes = {}, {}
        self.transactions, self.payouts = {}, {}
        self.events, self.stored = {}, {}
        self.asked = []  # (method, path, parameters) of every request that got through
        self.lock = threading.RLock()
        self.count = 0
        self.refunds_begin_as = "succeeded"
        self.begin_billing()
        self.behave()
        self.listen()

    # --- its clock ------------------------------------------------------------------------------

    @property
    def now(self):
        return int(time.time()) + self._ahead if self._stands_at is None else self._stands_at

    @now.setter
    def now(self, instant):
        if self._stands_at is None:
            self._ahead = int(instant) - int(time.time())
        else:
            self._stands_at = int(instant)

    # --- what people do -------------------------------------------------------------------------

    def pay(self, session_id, *, name="Ada Ellery", **changes):
        """The buyer pays on the hosted page. `changes` make the session another than was asked
        for.
        """
        with self.lock:
            session = self.sessions[session_id]
            self.grow_old(session)
            assert session["status"] == "open", "A session that is not open cannot be paid."
            intent_id = self.new_id("pi")
            session |= {
                "status": "complete",
                "payment_status": "paid",
                "payment_intent": intent_id,
                "url": None,
            } | changes
            session["customer_details"] = {"email": session["customer_email"], "name": name}
            charge = self._charge(intent_id, session)
            customer = self.keep_card(session) if session.get("_keeps_card") else None
            self.intents[intent_id] = {
                "customer": customer,
                "payment_method": billing.CARD if customer else self.new_id("pm"),
                "id": intent_id,
                "object": "payment_intent",
                "status": "succeeded",
                "amount": charge["amount"],
                "currency": charge["currency"],
                "latest_charge": charge["id"],
                "metadata": session["_intent_metadata"],
                "created": self.now,
                "livemode": session["livemode"],
            }
            self.happened("checkout.session.completed", session)
            return session

    def leave(self, session_id):
        """The buyer goes away; the session stays open until it ends by itself."""

    def refund_in_dashboard(self, intent_id, cents):
        """Somebody gives money back without us."""
        return self.refund({"payment_intent": intent_id, "amount": str(cents)})

    def turn_out(self, refund_id, status):
        """A refund "succeeded", "failed" or was "canceled", perhaps days after it was made."""
        with self.lock:
            refund = self.refunds[refund_id]
            was_alive = refund["status"] not in ("failed", "canceled")
            refund["status"] = status
            if status in ("failed", "canceled") and was_alive:
                refund["failure_balance_transaction"] = self.move(
                    "refund_failure", refund["amount"], source=refund_id
                )
            charge = self.charges[refund["charge"]]
            self._count_back(charge)
            self.happened(f"refund.{'failed' if status == 'failed' else 'updated'}", refund)
            return refund

    def dispute(self, intent_id, *, status="needs_response", cents=None):
        """The buyer's bank takes the money back, or asks first (a status that begins with
        "warning").
        """
        with self.lock:
            charge = self.charges[self.intents[intent_id]["latest_charge"]]
            dispute_id = self.new_id("du")
            amount = charge["amount"] if cents is None else cents
            self.disputes[dispute_id] = {
                "id": dispute_id,
                "object": "dispute",
                "amount": amount,
                "currency": charge["currency"],
                "charge": charge["id"],
                "payment_intent": intent_id,
                "status": status,
                "reason": "fraudulent",
                "created": self.now,
                "evidence_details": {"due_by": self.now + 9 * DAY},
                "livemode": charge["livemode"],
                "metadata": {},
                "balance_transactions": [],
            }
            charge["disputed"] = True
            if not status.startswith("warning"):
                self.move("adjustment", -amount, fee=DISPUTE_FEE, source=dispute_id)
            self.happened("charge.dispute.created", self.disputes[dispute_id])
            return self.disputes[dispute_id]

    def decide(self, dispute_id, status):
        """The dispute is "won", "lost", "under_review" or "warning_closed"."""
        with self.lock:
            dispute = self.disputes[dispute_id]
            dispute["status"] = status
            if status == "won":
                self.move("adjustment", dispute["amount"], source=dispute_id)
            is_over = status in ("won", "lost", "warning_closed")
            self.happened(f"charge.dispute.{'closed' if is_over else 'updated'}", dispute)
            return dispute

    def pay_out(self, on, *, status="paid"):
        """Send to the bank what has become available by the end of a date. None where there is
        nothing.
        """
        midnight = int(datetime(on.year, on.month, on.day, tzinfo=UTC).timestamp())
        with self.lock:
            ready = [
                t
                for t in self.transactions.values()
                if t["_payout"] is None and t["available_on"] < midnight + DAY
            ]
            amount = sum(t["net"] for t in ready)
            if not ready:
                return None
            payout_id = self.new_id("po")
            own = self.move("payout", -amount, source=payout_id, available_on=midnight)
            for transaction in [*ready, self.transactions[own]]:
                transaction |= {"status": "available", "_payout": payout_id}
            self.payouts[payout_id] = {
                "id": payout_id,
                "object": "payout",
                "amount": amount,
                "currency": "usd",
                "arrival_date": midnight,
                "automatic": True,
                "balance_transaction": own,
                "created": self.now,
                "status": status,
                "livemode": False,
            }
            self.happened(f"payout.{status}", self.payouts[payout_id])
            return self.payouts[payout_id]

    def opened(self):
        """Every request for a new session that got through: its parameters."""
        return [p for method, path, p in self.asked if (method, path) == ("POST", api.SESSIONS)]

    # --- its books ------------------------------------------------------------------------------

    def new_id(self, kind):
        with self.lock:
            self.count += 1
            return f"{kind}_{self.count}"

    def move(self, kind, amount, *, source, fee=0, available_on=None):
        """One balance transaction; its id. Amounts in cents, out is negative."""
        transaction_id = self.new_id("txn")
        two_days_on = datetime.fromtimestamp(self.now, UTC) + timedelta(days=2)
        self.transactions[transaction_id] = {
            "id": transaction_id,
            "object": "balance_transaction",
            "amount": amount,
            "fee": fee,
            "net": amount - fee,
            "currency": "usd",
            "type": kind,
            "reporting_category": kind,
            "source": source,
            "created": self.now,
            "available_on": available_on or int(two_days_on.timestamp()),
            "status": "pending",
            "_payout": None,
        }
        if source in self.disputes:
            self.disputes[source]["balance_transactions"].append(
                dict(self.transactions[transaction_id])
            )
        return transaction_id

    def _charge(self, intent_id, session):
        charge_id = self.new_id("ch")
        cents = session["amount_total"]
        self.charges[charge_id] = {
            "id": charge_id,
            "object": "charge",
            "amount": cents,
            "amount_refunded": 0,
            "refunded": False,
            "disputed": False,
            "currency": session["currency"],
            "payment_intent": intent_id,
            "metadata": session["_intent_metadata"],
            "created": self.now,
            "livemode": session["livemode"],
            "status": "succeeded",
        }
        self.charges[charge_id]["balance_transaction"] = self.move(
            "charge", cents, fee=fee_of(cents), source=charge_id
        )
        return self.charges[charge_id]

    def refund(self, params, metadata=None):
        """Give back a part of a charge. Raises Refused where more is asked than is left."""
        with self.lock:
            intent = self.intents.get(params["payment_intent"])
            if intent is None:
                raise Refused(404, "invalid_request_error", "resource_missing")
            charge = self.charges[intent["latest_charge"]]
            left = charge["amount"] - charge["amount_refunded"]
            cents = int(params.get("amount", left))
            if charge["disputed"] and not self._is_won(charge):
                raise Refused(400, "invalid_request_error", "charge_disputed")
            if not 0 < cents <= left:
                raise Refused(400, "invalid_request_error", "charge_already_refunded")
            refund_id = self.new_id("re")
            self.refunds[refund_id] = {
                "id": refund_id,
                "object": "refund",
                "status": self.refunds_begin_as,
                "amount": cents,
                "currency": charge["currency"],
                "charge": charge["id"],
                "payment_intent": intent["id"],
                "metadata": metadata or {},
                "created": self.now,
            }
            self.refunds[refund_id]["balance_transaction"] = self.move(
                "refund", -cents, source=refund_id
            )
            self._count_back(charge)
            self.happened("refund.created", self.refunds[refund_id])
            self.happened("charge.refunded", charge)
            return self.refunds[refund_id]

    def _count_back(self, charge):
        alive = [
            r["amount"]
            for r in self.refunds.values()
            if r["charge"] == charge["id"] and r["status"] not in ("failed", "canceled")
        ]
        charge["amount_refunded"] = sum(alive)
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]

    def _is_won(self, charge):
        theirs = [d["status"] for d in self.disputes.values() if d["charge"] == charge["id"]]
        return all(status in ("won",) or status.startswith("warning") for status in theirs)

    def grow_old(self, session):
        if session["status"] == "open" and session["expires_at"] <= self.now:
            session |= {"status": "expired", "url": None}
            self.happened("checkout.session.expired", session)


def fee_of(cents):
    """Stripe's price for a U.S. card: 2.9% and 30 cents."""
    return (cents * 29 + 500) // 1000 + 30
