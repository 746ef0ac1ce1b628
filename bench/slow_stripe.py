"""The site for everybody else while Stripe is slow and sixteen people pay.

Stripe answers after seven seconds (the tests' fake, in its own process). Sixteen buyers fill in
the form, press Pay again whenever the page says so, and start over when they get through;
meanwhile others open the home page, a ticket's page, the door, the page that sells tickets and
/healthz, one after another.
"""

import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import contextmanager
from functools import partial

from bench.buying import Browser, p95, stalls_of
from bench.figures import Figure, at_most
from bench.load import Unexpected
from bench.serving import ROOT, gunicorn

ANSWERS_AFTER = 7  # seconds
BUYERS = 16
VISITORS = 4
SECONDS = 30
MEDIAN_SECONDS, P95_SECONDS = 0.5, 1
SECRET = "whsec_for_tests"


def figures(site):
    """Yields two Figures per page, then what happened to the buyers."""
    with fake_stripe() as stripe:
        env = {
            **site.env,
            "TRUSTED_PROXIES": "1",
            "STRIPE_SECRET_KEY": "sk_test_fake",
            "STRIPE_WEBHOOK_SECRET": SECRET,
            "STRIPE_API_BASE": stripe,
        }
        market = stalls_of(env)["many"]
        pages = {
            "home": "/",
            "ticket page": site.ticket,
            "door": market["door"],
            "tickets for sale": market["path"],
            "healthz": "/healthz",
        }
        with gunicorn("nsca.wsgi", env, site.port) as ours:
            for path in [*pages.values()] * 4:
                Browser(ours.port, "10.9.9.9", []).ask(path)
            misbehave(stripe, f"slow:{ANSWERS_AFTER}")
            waits, met = crowd(ours.port, pages, market)
    for name, path in pages.items():
        seen = sorted(waits[path])
        note = f" ({len(seen)} visits, the longest {seen[-1]:.2f})"
        label = f"Stripe at {ANSWERS_AFTER} s, {BUYERS} buyers: {name}"
        yield at_most(label, round(seen[len(seen) // 2], 3), MEDIAN_SECONDS, "s", note)
        yield at_most("  95 of 100", round(p95(seen), 3), P95_SECONDS, "s")
    answer = f"{met['to pay']} sent to pay, {met['asked to wait']} asked to wait, "
    answer += f"{met['errors']} errors"
    is_met = met["to pay"] > 0 and not met["errors"]
    yield Figure("  the buyers", answer, "somebody pays", is_met)


@contextmanager
def fake_stripe():
    command = [sys.executable, "-m", "tests.fakes.stripe"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(10)


def misbehave(stripe, word):
    urllib.request.urlopen(f"{stripe}/test/misbehave?always={word}", timeout=10).close()


def crowd(port, pages, market):
    """Seconds that each visit took, by path, and how often each thing happened to a buyer."""
    until = time.perf_counter() + SECONDS
    waits = {path: [] for path in pages.values()}
    met = {"to pay": 0, "asked to wait": 0, "errors": 0}
    lock = threading.Lock()

    def visit(number):
        while time.perf_counter() < until:
            for path in pages.values():
                taken = []
                browser = Browser(port, f"10.8.0.{number}", taken)
                browser.ask(path)
                browser.close()
                with lock:
                    waits[path] += taken
                time.sleep(0.05)

    def count(what):
        with lock:
            met[what] += 1

    def buy(number):
        turn = 0
        while time.perf_counter() < until:
            turn += 1
            try:
                purchase(port, market, number * 1000 + turn, until, count)
            except (OSError, Unexpected) as error:
                print(f"  a buyer met {error}", file=sys.stderr)
                count("errors")

    acts = [partial(visit, number) for number in range(1, VISITORS + 1)]
    acts += [partial(buy, number) for number in range(1, BUYERS + 1)]
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return waits, met


def purchase(port, market, number, until, count):
    """From the form to Stripe's page, pressing Pay again as long as it takes."""
    browser = Browser(port, f"10.7.{number >> 8 & 255}.{number & 255}", [], bears=(503,))
    browser.ask(market["path"])
    form = {market["field"]: 1, "name": "Ada Ellery", "terms": "on", "gift": "", "code": ""}
    form["email"] = f"ada{number}@ellery.example"
    _, location, _ = browser.ask(market["path"], form)
    order = None
    while time.perf_counter() < until and "/c/pay/" not in location:
        order = order or location  # the order's own page: it shows the status, and has Pay
        count("asked to wait")
        time.sleep(min(browser.retry_after, max(0, until - time.perf_counter())))
        _, location, _ = browser.ask(f"{order}pay/", {"again": 1})
    if "/c/pay/" in location:
        count("to pay")
    browser.close()
