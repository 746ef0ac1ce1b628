"""A Stripe of our own, speaking HTTP, so that the real library talks to it.

It keeps the rules of Stripe's documentation that matter here: idempotency keys and their
mismatch errors, stored 500s,
sessions that expire no sooner than 30 minutes from its own clock, refunds never above the
charge, parameters that its
API version does not know, signed webhooks. Its clock can be moved, and it can be told to
misbehave.
"""

import hashlib
import hmac
import json
import re
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

SECRET = "whsec_for_tests"
LEAST_LIFE = 30 * 60  # seconds from a session's creation to its end
KNOWN = {
    "mode", "allowed_payment_method_types", "adaptive_pricing", "client_reference_id", "metadata",
    "payment_intent_data", "line_items", "expires_at", "success_url", "cancel_url",
    "customer_email",
}  # fmt: skip


class Refused(Exception):
    """An answer that is an error, in Stripe's words."""

    def __init__(self, status, kind, code="", message=""):
        super().__init__(message or code)
        self.status = status
        self.body = {"error": {"type": kind, "code": code, "message": message or code}}


class FakeStripe:
    """What one Stripe account has seen. `now` is its clock, seconds since 1970."""

    def __init__(self, now):
        self.now = int(now)
        self.sessions, self.refunds, self.stored = {}, {}, {}
        self.asked = []  # (method, path, parameters) of every request that got through
        self.misbehaviour = []  # one word for each of the next requests
        self.lock = threading.RLock()
        self.hung = threading.Event()
        self.count = 0

    # --- what a test does -----------------------------------------------------------------------

    def misbehave(self, *words):
        """How the next requests fail, one word each: "500" (stored, as Stripe does), "503", "429",
        "cut" or "hang" (before anything is done), "lost" (done, but the answer never arrives);
        "" is well behaved.
        """
        self.misbehaviour = list(words)

    def pay(self, session_id, **changes):
        """The buyer pays on the hosted page. `changes` make the session another than was asked
        for.
        """
        session = self.sessions[session_id]
        assert session["status"] == "open", "A session that is not open cannot be paid."
        self.count += 1
        session |= {
            "status": "complete",
            "payment_status": "paid",
            "payment_intent": f"pi_{self.count}",
        } | changes
        return session

    def refund_in_dashboard(self, intent_id, cents):
        """Somebody gives money back without us."""
        return self._refund({"payment_intent": intent_id, "amount": str(cents)})

    def event(self, kind, found, *, event_id=None, signed_at=None, secret=SECRET, livemode=False):
        """A webhook: its raw body and its signature header."""
        self.count += 1
        body = json.dumps(
            {
                "id": event_id or f"evt_{self.count}",
                "object": "event",
                "type": kind,
                "livemode": livemode,
                "data": {"object": found},
            }
        )
        stamp = int(signed_at if signed_at is not None else time.time())
        mac = hmac.new(secret.encode(), f"{stamp}.{body}".encode(), hashlib.sha256).hexdigest()
        return body, f"t={stamp},v1={mac}"

    def opened(self):
        """How often a session was asked for."""
        return [p for method, path, p in self.asked if (method, path) == ("POST", SESSIONS)]

    # --- what Stripe does -----------------------------------------------------------------------

    def next_word(self):
        with self.lock:
            return self.misbehaviour.pop(0) if self.misbehaviour else ""

    def answer(self, method, path, params, key, word):
        """Status, body, headers. Under one key the same parameters get the same answer."""
        with self.lock:
            self.asked.append((method, path, params))
            print_of = hashlib.sha256(json.dumps([path, params], sort_keys=True).encode())
            if key and key in self.stored:
                fingerprint, status, body = self.stored[key]
                if fingerprint != print_of.hexdigest():
                    error = Refused(400, "idempotency_error", message="Keys are for one request.")
                    return error.status, error.body, {}
                return status, body, {"Idempotent-Replayed": "true"}
            try:
                if word == "500":
                    raise Refused(500, "api_error")
                status, body = 200, self._route(method, path, params)
            except Refused as error:
                status, body = error.status, error.body
                if status == 400:  # refused before it began: nothing is stored
                    return status, body, {}
            if key:
                self.stored[key] = (print_of.hexdigest(), status, body)
            return status, body, {}

    def _route(self, method, path, params):
        if (method, path) == ("POST", SESSIONS):
            return self._open(params)
        if found := re.fullmatch(rf"{SESSIONS}/(\w+)(/expire)?", path):
            session = self.sessions.get(found[1])
            if session is None:
                raise Refused(404, "invalid_request_error", "resource_missing")
            self._grow_old(session)
            if found[2]:
                if session["status"] != "open":
                    raise Refused(400, "invalid_request_error", "", "Only open sessions expire.")
                session["status"] = "expired"
            return dict(session)
        if (method, path) == ("POST", "/v1/refunds"):
            return self._refund(params)
        if (method, path) == ("GET", "/v1/refunds"):
            theirs = [
                r for r in self.refunds.values() if r["payment_intent"] == params["payment_intent"]
            ]
            return {"object": "list", "data": theirs, "has_more": False, "url": path}
        raise Refused(404, "invalid_request_error", "", f"Unrecognized request URL: {path}")

    def _open(self, params):
        if unknown := {re.split(r"\[", name)[0] for name in params} - KNOWN:
            raise Refused(400, "invalid_request_error", "parameter_unknown", str(unknown))
        expires_at = int(params["expires_at"])
        if expires_at < self.now + LEAST_LIFE:
            raise Refused(400, "invalid_request_error", "", "expires_at must be 30 minutes ahead.")
        total = 0
        for name, value in params.items():
            if found := re.fullmatch(r"line_items\[(\d+)\]\[price_data\]\[unit_amount\]", name):
                total += int(value) * int(params[f"line_items[{found[1]}][quantity]"])
        if total < 50:
            raise Refused(400, "invalid_request_error", "amount_too_small")
        self.count += 1
        session_id = f"cs_test_{self.count}"
        self.sessions[session_id] = {
            "id": session_id,
            "object": "checkout.session",
            "url": f"https://checkout.stripe.com/c/pay/{session_id}",
            "status": "open",
            "payment_status": "unpaid",
            "amount_total": total,
            "currency": "usd",
            "livemode": False,
            "client_reference_id": params["client_reference_id"],
            "metadata": nested(params, "metadata"),
            "payment_intent": None,
            "expires_at": expires_at,
        }
        return dict(self.sessions[session_id])

    def _grow_old(self, session):
        if session["status"] == "open" and session["expires_at"] <= self.now:
            session["status"] = "expired"

    def _refund(self, params):
        intent_id, cents = params["payment_intent"], int(params["amount"])
        paid = sum(
            s["amount_total"]
            for s in self.sessions.values()
            if s["payment_intent"] == intent_id and s["payment_status"] == "paid"
        )
        returned = sum(
            r["amount"]
            for r in self.refunds.values()
            if r["payment_intent"] == intent_id and r["status"] != "failed"
        )
        if cents > paid - returned:
            raise Refused(400, "invalid_request_error", "charge_already_refunded")
        self.count += 1
        refund = {
            "id": f"re_{self.count}",
            "object": "refund",
            "status": "succeeded",
            "amount": cents,
            "currency": "usd",
            "payment_intent": intent_id,
            "metadata": nested(params, "metadata"),
        }
        self.refunds[refund["id"]] = refund
        return dict(refund)


SESSIONS = "/v1/checkout/sessions"


def nested(params, name):
    """{"metadata[order]": "N-…"} -> {"order": "N-…"}."""
    return {
        found[1]: value
        for key, value in params.items()
        if (found := re.fullmatch(rf"{name}\[(\w+)\]", key))
    }


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        """A test's output is not the place for an access log."""

    def do_GET(self):
        self.serve("GET")

    def do_POST(self):
        self.serve("POST")

    def serve(self, method):
        fake = self.server.fake
        url = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        sent = self.rfile.read(length).decode() if length else url.query
        params = dict(parse_qsl(sent, keep_blank_values=True))
        word = fake.next_word()
        if word in ("503", "429"):
            return self.reply(int(word), {"error": {"type": "api_error"}}, {})
        if word == "hang":
            fake.hung.wait(5)
        if word in ("hang", "cut"):
            self.close_connection = True
            return None
        key = self.headers.get("Idempotency-Key")
        status, body, headers = fake.answer(method, url.path, params, key, word)
        if word == "lost":
            self.close_connection = True
            return None
        return self.reply(status, body, headers)

    def reply(self, status, body, headers):
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Request-Id", "req_fake")
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def fake_stripe(now):
    """A running fake and its base address."""
    fake = FakeStripe(now)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.fake = fake
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield fake, f"http://127.0.0.1:{server.server_port}"
    finally:
        fake.hung.set()
        server.shutdown()
        server.server_close()
