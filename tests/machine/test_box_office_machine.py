"""A state machine: any order of clicks, payments, refunds, webhooks, silence and death, and after
every step the audit of the books holds.

Each example is a short storm over a shop of five chairs. At its end nothing fails any more, the
ticker and the reconciliation run, and then every dollar at Stripe is known here. With
MACHINE_EXAMPLES=500 it storms longer, and differently each time.
"""

import os

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from orders import till
from tests.factories import NOON
from tests.fakes.stripe import SECRET, fake_stripe
from tests.machine.shop import Shop, undone

pytestmark = pytest.mark.django_db
LONGER = int(os.environ.get("MACHINE_EXAMPLES", 0))
STORMS = settings(
    max_examples=LONGER or 15,
    stateful_step_count=40 if LONGER else 25,
    derandomize=not LONGER,
    database=None,
    deadline=None,
    print_blob=bool(LONGER),
    suppress_health_check=list(HealthCheck),
)
any_one = st.integers(0, 5)


class BoxOffice(RuleBasedStateMachine):
    """What may happen, in any order. What each means is said in shop.py."""

    fake = None  # one server speaks for it in all examples

    @initialize()
    def open_the_shop(self):
        self.undone = undone()
        self.undone.__enter__()
        base = self.fake.base
        self.fake.__init__(NOON.timestamp())  # an account that has seen nothing yet
        self.fake.base = base
        self.shop = Shop(self.fake)

    def teardown(self):
        if not hasattr(self, "shop"):
            return
        try:
            self.shop.come_to_rest()
            self.shop.compare()
        finally:
            self.undone.__exit__(None, None, None)

    @rule(
        buyer=st.integers(0, 2), chairs=st.integers(0, 3), tables=st.integers(0, 1),
        fish=st.booleans(), code=st.booleans(), gift=st.booleans(), pays=st.booleans(),
    )  # fmt: skip
    def click(self, pays, **wanted):
        self.shop.click(**wanted)
        if pays:
            self.shop.go_to_the_till(-1)

    @rule(number=any_one)
    def click_again(self, number):
        self.shop.click_again(number)

    @rule(number=any_one)
    def go_to_the_till(self, number):
        self.shop.go_to_the_till(number)

    @rule(number=any_one, is_told=st.booleans())
    def pay(self, number, is_told):
        self.shop.pay(number)
        if is_told:
            self.shop.deliver(-1, times=1)

    @rule(number=any_one)
    def come_back(self, number):
        self.shop.come_back(number)

    @rule(number=any_one, times=st.integers(1, 2))
    def deliver(self, number, times):
        self.shop.deliver(number, times=times)

    @rule()
    def lose_the_mail(self):
        self.shop.lose_the_mail()

    @rule(number=any_one, what=st.sampled_from(["unit", "line", "order", "cents"]), unit=any_one)
    def give_back(self, number, what, unit):
        self.shop.give_back(number, what, unit)

    @rule(number=any_one, cents=st.sampled_from([100, 9_500, 19_000]))
    def refund_in_dashboard(self, number, cents):
        self.shop.refund_in_dashboard(number, cents)

    @rule(number=any_one)
    def a_refund_fails(self, number):
        self.shop.refund_turns_out(number, "failed")

    @rule(number=any_one, status=st.sampled_from(["needs_response", "warning_needs_response"]))
    def dispute(self, number, status):
        self.shop.dispute(number, status)

    @rule(number=any_one, status=st.sampled_from(["won", "lost", "under_review"]))
    def decide(self, number, status):
        self.shop.decide(number, status)

    @rule(minutes=st.sampled_from([1, 4, 20, 32, 36, 70]))
    def time_passes(self, minutes):
        self.shop.pass_minutes(minutes)

    @rule()
    def tick(self):
        self.shop.tick()

    @rule()
    def reconcile(self):
        self.shop.reconcile()

    @rule(words=st.lists(st.sampled_from(["", "500", "503", "cut", "lost"]), max_size=3))
    def stripe_misbehaves(self, words):
        self.shop.fake.misbehave(*words)

    @rule(queries=st.integers(0, 60))
    def the_process_will_die(self, queries):
        self.shop.dies_after = queries

    @rule(capacity=st.integers(0, 4))
    def lower_the_limit(self, capacity):
        self.shop.lower(capacity)

    @precondition(lambda self: len(self.shop.forms) > 1)
    @rule()
    def cancel_the_event(self):
        self.shop.cancel_the_event()

    @invariant()
    def the_books_are_in_order(self):
        if hasattr(self, "shop"):
            self.shop.audit()


def test_whatever_happens_the_books_are_in_order(db, settings, monkeypatch):
    with fake_stripe(NOON.timestamp()) as (fake, address):
        settings.STRIPE_SECRET_KEY = "sk_test_fake"
        settings.STRIPE_WEBHOOK_SECRET = SECRET
        settings.STRIPE_API_BASE = address
        monkeypatch.setattr(till, "TIMEOUTS", (1, 0.4))
        monkeypatch.setattr("stripe._http_client.HTTPClient.INITIAL_DELAY", 0.001)
        monkeypatch.setattr("stripe._http_client.HTTPClient.MAX_DELAY", 0.002)
        monkeypatch.setattr(BoxOffice, "fake", fake)
        run_state_machine_as_test(BoxOffice, settings=STORMS)
