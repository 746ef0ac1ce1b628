"""kill -9 at each step of a purchase. After a restart, a tick and a look at Stripe's lists, the
buyer has a ticket and was charged, or neither; and no e-mail came more than twice.

Real processes: the site is killed by SIGKILL (tests/slow/faults/runner.py), its database is a
file, and Stripe is the fake of tests/fakes/stripe as a process of its own.
"""

import json
import os
import shutil
import sys
import urllib.parse
import urllib.request
from collections import Counter
from itertools import count

import pytest

from tests.fakes.stripe import SECRET
from tests.slow.faults import stage

pytestmark = stage.MARKS
NUMBERS = count(1)
A_LEASE = 6  # minutes: what a dead ticker had claimed is free again
A_HOLD = 40

BEFORE_PAYING = {
    "S0 posted": ["before", "events.sales.views", "place"],
    "S1 held": ["before", "events.sales.views", "payment_url"],
    "S2 key written": ["before", "orders.payments.stripe", "StripeGateway.open"],
    "S3 session made": ["after", "orders.payments.stripe", "StripeGateway.open"],
    "S4 session noted": ["after", "orders.checkout.placing", "_noted"],
    "S5 redirected": ["after", "events.sales.views", "_to_payment"],
}
AFTER_PAYING = {
    "S6 paid": ("come_back", ["before", "orders.checkout.settling", "settle"]),
    "S7 webhook stored": ("webhook", ["after", "orders.models.money", "StripeEvent.save"]),
    "S8 settled": ("webhook", ["after", "orders.checkout.settling", "settle_session"]),
    "S9 mail handed over": (
        "tick",
        ["after", "django.core.mail.backends.filebased", "EmailBackend.send_messages"],
    ),
    "S10 mail stamped": ("tick", ["after", "nsca.management.commands.tick", "send_queued"]),
}


class Stripe:
    """The fake, in its own process, asked over HTTP."""

    def __init__(self, base):
        self.base = base

    def ask(self, what, **params):
        query = urllib.parse.urlencode(params)
        with urllib.request.urlopen(f"{self.base}/test/{what}?{query}", timeout=10) as answer:
            return json.load(answer)

    def pay(self, url):
        """The buyer presses Pay on Stripe's page; the path to which the browser is sent back."""
        request = urllib.request.Request(url, b"act=pay")
        opener = urllib.request.build_opener(NoRedirect)
        with opener.open(request, timeout=10) as answer:
            return urllib.parse.urlsplit(answer.headers["Location"]).path


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def http_error_303(self, request, fp, code, message, headers):
        return fp


class Site(stage.Told):
    """The site in a process that can be killed, and one buyer at it."""

    def __init__(self, process, stripe, database):
        super().__init__(process)
        self.stripe, self.database = stripe, database

    def do(self, act, *, kill=None, **more):
        self.stripe.ask("clock", ahead=self.minutes * 60)
        return super().do(act, kill=kill, **more)

    def new_buyer(self):
        number = next(NUMBERS)
        self.minutes += A_HOLD
        self.email = f"buyer-{number}@example.com"
        self.form = {
            "slug": f"event-{number}", "key": f"the-form-of-buyer-number-{number:012}",
            "email": self.email,
        }  # fmt: skip
        self.form["kind"] = self.do("prepare", slug=self.form["slug"])

    def send(self, kill=None):
        """Send the tickets' form. The address of Stripe's page, or of our own."""
        answer = self.do("post", kill=kill, **self.form)
        return answer and answer["to"]

    def send_and_pay(self):
        return self.stripe.pay(self.send())

    def restart(self, after=A_LEASE):
        self.minutes += after
        self.do("tick")
        self.do("reconcile")

    def look(self):
        """Orders' states, tickets, cents charged, e-mails."""
        seen = self.do("look", email=self.email)
        charges = [
            charge["amount"]
            for session in self.stripe.ask("state")["sessions"]
            if session["customer_email"] == self.email and session["payment_status"] == "paid"
            for charge in [{"amount": session["amount_total"]}]
        ]
        return seen["orders"], seen["tickets"], charges, Counter(seen["emails"])


@pytest.fixture(scope="module")
def stripe():
    with stage.started([sys.executable, "-m", "tests.fakes.stripe"], os.environ) as process:
        yield Stripe(process.stdout.readline().strip())


@pytest.fixture(scope="module")
def process(empty_database, stripe, tmp_path_factory):
    scratch = tmp_path_factory.mktemp("site")
    keys = {
        "STRIPE_SECRET_KEY": "sk_test_fake",
        "STRIPE_WEBHOOK_SECRET": SECRET,
        "STRIPE_API_BASE": stripe.base,
    }
    with stage.site_process(scratch, empty_database, **keys) as running:
        yield Site(running, stripe, scratch / "nsca.sqlite3")


@pytest.fixture
def site(process):
    process.new_buyer()
    return process


def assert_bought_once(site):
    orders, tickets, charges, emails = site.look()
    assert (orders, tickets, charges) == (["paid"], 1, [9500])
    assert len(emails) == 2  # the receipt, and the ticket
    assert sum(emails.values()) <= 3  # at most one of them twice


def test_without_a_kill_all_is_bought_once(site):
    site.do("come_back", path=site.send_and_pay())
    site.restart()

    assert_bought_once(site)


@pytest.mark.parametrize("kill", BEFORE_PAYING.values(), ids=BEFORE_PAYING)
def test_killed_before_paying_a_buyer_who_tries_again_buys_once(site, kill):
    site.send(kill=kill)
    site.restart()

    site.do("come_back", path=site.send_and_pay())
    site.restart()

    assert_bought_once(site)


@pytest.mark.parametrize("kill", BEFORE_PAYING.values(), ids=BEFORE_PAYING)
def test_killed_before_paying_a_buyer_who_goes_away_pays_nothing(site, kill):
    site.send(kill=kill)
    site.restart(after=A_HOLD)

    orders, tickets, charges, emails = site.look()
    open_sessions = [
        session
        for session in site.stripe.ask("state")["sessions"]
        if session["customer_email"] == site.email and session["status"] == "open"
    ]
    assert orders in ([], ["expired"])
    assert (tickets, charges, emails, open_sessions) == (0, [], {}, [])


@pytest.mark.parametrize("act, kill", AFTER_PAYING.values(), ids=AFTER_PAYING)
def test_killed_after_paying_the_ticket_comes_without_the_buyer(site, act, kill):
    path = site.send_and_pay()
    if act == "tick":
        site.do("come_back", path=path)
    if act == "webhook":
        [event] = [
            event
            for event in site.stripe.ask("signed", kind="checkout.session.completed")["events"]
            if site.email in event["body"]
        ]
        site.do("webhook", kill=kill, body=event["body"], signature=event["signature"])
    else:
        site.do(act, kill=kill, **({"path": path} if act == "come_back" else {}))

    site.restart()
    site.restart()

    assert_bought_once(site)


def test_a_restored_backup_of_yesterday_gets_todays_sale_back(site, tmp_path):
    shutil.copy(site.database, tmp_path / "yesterday.sqlite3")
    site.do("come_back", path=site.send_and_pay())
    site.restart()
    [order_page] = site.do("look", email=site.email)["paths"]
    [ticket_page] = site.do("links", email=site.email)

    shutil.copy(tmp_path / "yesterday.sqlite3", site.database)
    assert site.do("come_back", path=ticket_page)["status"] == 404
    site.restart()
    site.restart()

    orders, tickets, charges, _letters = site.look()
    assert (orders, tickets, charges) == (["paid"], 1, [9500])
    assert site.do("look", email=site.email)["paths"] == [order_page]
    assert site.do("links", email=site.email) == [ticket_page]
    assert site.do("come_back", path=ticket_page)["status"] == 200
