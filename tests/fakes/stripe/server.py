"""HTTP: the API, the page on which a buyer pays, and a door for tests in other processes."""

import html
import json
import threading
import time
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from tests.fakes.stripe.account import FakeStripe
from tests.fakes.stripe.words import shown

PAGE = """<!doctype html><html lang="en"><title>Pay {total}</title>
<h1>Pay {total}</h1><form method="post"><button name="act" value="pay">Pay</button>
<button name="act" value="decline">Pay with a card that is declined</button></form>
<a href="{cancel_url}">Cancel</a></html>"""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two packets: else each answer waits 40 ms

    def log_message(self, *args):
        """A test's output is not the venue for an access log."""

    def do_GET(self):
        self.serve("GET")

    def do_POST(self):
        self.serve("POST")

    def do_DELETE(self):
        self.serve("DELETE")

    def serve(self, method):
        url = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        sent = self.rfile.read(length).decode() if length else url.query
        params = dict(parse_qsl(sent, keep_blank_values=True))
        if url.path.startswith("/c/pay/"):
            return self.hosted_page(method, url.path.removeprefix("/c/pay/"), params)
        if url.path.startswith("/test/"):
            return self.test_door(url.path.removeprefix("/test/"), params)
        return self.api(method, url.path, params)

    def api(self, method, path, params):
        fake = self.server.fake
        word, _, more = fake.next_word().partition(":")
        if word in ("401", "403"):
            code = {"401": "api_key_expired", "403": "permission_denied"}[word]
            error = {"type": "invalid_request_error", "code": code}
            return self.reply(int(word), {"error": error}, {})
        if word in ("503", "429"):
            headers = {"Retry-After": more} if more else {}
            return self.reply(int(word), {"error": {"type": "api_error"}}, headers)
        if word == "hang":
            fake.hung.wait(float(more or 5))
        if word in ("hang", "cut"):
            self.close_connection = True
            return None
        if word == "slow":
            time.sleep(float(more))
        key = self.headers.get("Idempotency-Key")
        status, body, headers = fake.answer(method, path, params, key, word)
        if word == "lost":
            self.close_connection = True
            return None
        return self.reply(status, body, headers)

    def hosted_page(self, method, session_id, params):
        """Where a buyer's browser comes: a total, Pay, Cancel."""
        fake = self.server.fake
        with fake.lock:
            session = fake.sessions.get(session_id)
            if session:
                fake.grow_old(session)
            if session is None or session["status"] != "open":
                return self.write(404, b"<h1>This page has expired.</h1>", "text/html")
            if method == "POST" and params.get("act") == "pay":
                fake.pay(session_id)
                return self.write(303, b"", "text/html", {"Location": session["success_url"]})
        content = PAGE.format(
            total=f"${session['amount_total'] / 100:.2f}",
            cancel_url=html.escape(session["cancel_url"] or ""),
        )
        return self.write(200, content.encode(), "text/html; charset=utf-8")

    def test_door(self, what, params):
        """For tests in another process: move the clock, misbehave, pay, look at what there is."""
        fake = self.server.fake
        if what == "clock":
            ahead = params.get("ahead")
            fake.now = int(time.time() + int(ahead)) if ahead else fake.now + int(params["by"])
        elif what == "misbehave":
            fake.misbehave(*params.get("words", "").split(), always=params.get("always", ""))
        elif what == "pay":
            fake.pay(params["session"])
        elif what == "pay_out":
            fake.pay_out(date.fromisoformat(params["on"]))
        elif what == "listen":
            fake.listen(params.get("url", ""), at_once=params.get("at_once") == "1")
        elif what == "signed":
            signed = [fake.signed(e) for e in fake.events.values() if e["type"] == params["kind"]]
            events = [{"body": body, "signature": signature} for body, signature in signed]
            return self.reply(200, {"events": events}, {})
        elif what == "deliver":
            statuses = fake.deliver(times=int(params.get("times", 1)))
            return self.reply(200, {"statuses": statuses}, {})
        with fake.lock:
            seen = {
                store: [shown(each) for each in getattr(fake, store).values()]
                for store in ("sessions", "charges", "refunds", "disputes", "payouts")
            }
        return self.reply(200, seen | {"now": fake.now}, {})

    def reply(self, status, body, headers):
        self.write(status, json.dumps(body).encode(), "application/json", headers)

    def write(self, status, content, kind, headers=()):
        self.send_response(status)
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Request-Id", "req_fake")
        self.end_headers()
        self.wfile.write(content)


def server_of(fake, port=0):
    """A server that speaks for the fake, on a port of its own; not started yet."""
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    server.fake = fake
    fake.base = f"http://127.0.0.1:{server.server_port}"
    return server


@contextmanager
def fake_stripe(now=None):
    """A running fake and its base address."""
    fake = FakeStripe(now)
    server = server_of(fake)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield fake, fake.base
    finally:
        fake.hung.set()
        server.shutdown()
        server.server_close()
