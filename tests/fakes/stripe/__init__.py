"""A Stripe of our own, speaking HTTP, so that the real library talks to it.

    words.py      what the parts say to each other
    account.py    what one account has seen, and what a test does to it: pay, give back, pay out
    ways.py       what goes wrong on the way: silence, cut lines, stored failures
    billing.py    what is charged again and again, and time that passes
    api.py        the addresses of the API, idempotency, what is refused; api_billing.py, Billing's
    lists.py      pages of lists, filters, expansion
    webhooks.py   events: signed, and delivered late, doubled, reordered, forged or not at all
    server.py     HTTP, the page on which a buyer pays, and a door for tests in other processes

It keeps the rules of Stripe's documentation that matter here (docs.stripe.com/api): what a
session may be made of and how long it may live, idempotency keys, their mismatches and their end
after a day, refunds never above the charge, lists in pages, fees, payouts. Its clock can be
moved. `python -m tests.fakes.stripe --port 9100` runs it as a process of its own.
"""

from tests.fakes.stripe.account import FakeStripe
from tests.fakes.stripe.server import fake_stripe
from tests.fakes.stripe.webhooks import SECRET

__all__ = ["SECRET", "FakeStripe", "fake_stripe"]
