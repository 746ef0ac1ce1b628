"""Any sequence of payments, refunds, pauses and days: no day of membership is paid twice, none
that was paid is lost, and row and query agree on how the household stands.
"""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from membership.models import Household, Rules, Tier, membership_status
from membership.terms.dues import Joining, dues_item
from membership.terms.pausing import CannotPause, pause
from membership.terms.years import last_day
from orders.checkout.placing import Buyer, record_offline
from orders.models import Order
from orders.refunds import refunds
from tests.factories import make_person, make_user

BEGIN = date(2027, 1, 1)
DAY = timedelta(days=1)
RULES = [
    Rules(),
    Rules(year="fixed", begins_month=1, begins_day=1, rolls_over_days=90, grace_days=45),
    Rules(year="fixed", begins_month=9, begins_day=1, rolls_over_days=0, grace_days=0),
]
ACTS = st.one_of(
    st.tuples(st.just("pay"), st.integers(0, 1)),
    st.tuples(st.just("refund"), st.integers(0, 9), st.sampled_from(["", "never", "stays"])),
    st.tuples(st.just("pause"), st.integers(1, 300)),
)
LIFE = st.lists(st.tuples(st.integers(0, 250), ACTS), max_size=9)


def noon(on):
    return datetime(on.year, on.month, on.day, 17, tzinfo=UTC)


class Life:
    """One household, and what the days of its membership should be, kept by hand."""

    def __init__(self, rules):
        self.rules = rules
        rules.save()
        self.tess = make_user("tess@nsca.example")
        self.household = Household.objects.create(name="Ellery")
        make_person(self.household, email="ada@ellery.example")
        self.tiers = [
            Tier.objects.create(name=name, slug=name.lower(), dues_cents=cents)
            for name, cents in (("Individual", 4000), ("Family", 6500))
        ]
        self.orders = []

    def days(self):
        """Every day that a term holds, as often as one does."""
        found = []
        for term in self.household.terms.real():
            last = term.ended_on - DAY if term.ended_on else term.ends_on
            found += [term.starts_on + n * DAY for n in range((last - term.starts_on).days + 1)]
        return sorted(found)

    def pay(self, on, tier):
        before = self.days()
        joining = Joining("Ada Ellery", "ada@ellery.example", household_id=self.household.pk)
        order = record_offline(
            items=[dues_item(self.tiers[tier], joining)],
            buyer=Buyer("Ada Ellery", "ada@ellery.example"),
            channel=Order.Channel.CASH,
            by=self.tess,
            at=noon(on),
        )
        self.orders.append(order)
        new = sorted(set(self.days()) - set(before))
        # A whole year by the rules, from its first new day, in one piece.
        assert new[-1] == last_day(new[0], rules=self.rules)
        assert all(second - first == DAY for first, second in pairwise(new))
        assert len(self.days()) == len(before) + len(new)
        grace = timedelta(days=self.rules.grace_days)
        assert new[0] >= on - grace

    def refund(self, on, number, becomes):
        if not self.orders:
            return
        before = self.days()
        order = self.orders.pop(number % len(self.orders))
        refunds.give_back(order=order, reason="Moved", by=self.tess, at=noon(on), becomes=becomes)
        after = self.days()
        if becomes == "stays":
            assert after == before
        elif becomes == "":
            # What was had is had.
            assert [day for day in after if day < on] == [day for day in before if day < on]
        assert set(after) <= set(before)

    def pause(self, on, length):
        before = self.days()
        try:
            pause(
                self.household, starts_on=on, until_on=on + length * DAY, reason="At sea",
                by=self.tess, at=noon(on),
            )  # fmt: skip
        except CannotPause:
            assert self.days() == before
            return
        after = self.days()
        assert len(after) == len(before)
        assert not set(after) & {on + number * DAY for number in range(length)}

    def agrees_on(self, on):
        by_row = membership_status(self.household.terms.all(), on, grace=self.rules.grace)
        rows = Household.objects.with_status(on, grace=self.rules.grace)
        assert rows.get(pk=self.household.pk).status == by_row


class TestAnySequence(TestCase):
    @settings(max_examples=40, deadline=None)
    @given(st.sampled_from(RULES), LIFE)
    def test_no_day_is_paid_twice_and_none_is_lost(self, rules, acts):
        life, on = Life(rules), BEGIN
        for passed, (act, *steps) in acts:
            on += passed * DAY
            getattr(life, act)(on, *steps)
            days = life.days()
            assert len(days) == len(set(days)), "a day is held twice"
            for near in (-1, 0, 1, 40):
                life.agrees_on(on + near * DAY)
