"""Random nights of a reveal: whatever comes in whatever order, nobody is overridden unread, nobody
is told early, and everybody hears in the end.

    MACHINE_EXAMPLES=200 pytest tests/slow/machine/test_reveal_machine.py      as many as you like
    MACHINE_PAGES=reveal_now,hold                                         of these pages alone
"""

import os
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.slow.machine.night import Night
from tests.slow.machine.shop import undone

pytestmark = pytest.mark.django_db
LONGER = int(os.environ.get("MACHINE_EXAMPLES", 0))
NIGHTS = settings(
    max_examples=LONGER or 12,
    stateful_step_count=40 if LONGER else 22,
    derandomize=not LONGER,
    database=None,
    deadline=None,
    print_blob=bool(LONGER),
    suppress_health_check=list(HealthCheck),
)
PAGES = os.environ.get("MACHINE_PAGES", "hold,release,reveal_now,venue,move").split(",")
WEATHER = {  # so much must come about in any run, or it proves nothing
    "stale", "hold", "release", "reveal_now", "venue", "sent", "bought", "refunded", "given on",
    "died",
}  # fmt: skip
any_one, who = st.integers(0, 5), st.integers(0, 1)


@dataclass(frozen=True)
class Act:
    """Something that happens in a night: a method of night.Night, and how."""

    name: str
    how: dict


def act(name, **how):
    return st.builds(Act, st.just(name), st.fixed_dictionaries(how))


def a_page(name):
    return act(name, kind=st.sampled_from(PAGES), who=who, choice=st.integers(0, 3))


# What stands here twice happens twice as often.
ACTS = st.one_of(
    a_page("open_page"),
    a_page("open_page"),
    a_page("press"),
    act("press", kind=st.sampled_from(["hold", "release"]), who=who),
    act("submit", number=any_one),
    act("submit", number=any_one),
    act("submit", number=st.just(-1)),
    act("buy"),
    act("refund", number=any_one),
    act("transfer", number=any_one),
    act("see", number=any_one),
    act("tick", dies_at=st.sampled_from([None, None, None, 0, 1, 2])),
    act(
        "pass_time",
        span=st.sampled_from(["a minute", "some minutes", "hours", "just before T", "T", "T"]),
    ),
)


class RevealNights(RuleBasedStateMachine):
    """What may happen, in any order."""

    seen: Counter[str] = Counter()

    def __init__(self):
        super().__init__()
        self.after = ExitStack()

    @initialize(guests=st.integers(1, 3))
    def the_evening_is_announced(self, guests):
        self.after.enter_context(undone())
        self.night = Night()
        for _ in range(guests):
            self.night.buy()

    @rule(act=ACTS)
    def happens(self, act):
        getattr(self.night, act.name)(**act.how)

    @invariant()
    def nothing_wrong_has_left(self):
        if hasattr(self, "night"):
            self.night.check()

    def teardown(self):
        with self.after:
            if hasattr(self, "night"):
                self.night.come_to_rest()
                self.seen.update(self.night.seen)


def test_nobody_acts_on_what_they_have_not_read_and_everybody_is_told(db, monkeypatch):
    monkeypatch.setattr(RevealNights, "seen", Counter())
    run_state_machine_as_test(RevealNights, settings=NIGHTS)
    if PAGES == ["hold", "release", "reveal_now", "venue", "move"]:
        assert set(RevealNights.seen) >= WEATHER, "These nights were a calm."
