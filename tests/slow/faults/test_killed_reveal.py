"""kill -9 of the ticker at each line of a reveal. After a restart every holder has been told, and
of all e-mails one at most came twice.

Real processes, killed by SIGKILL (tests/slow/faults/runner.py), on a database that is a file.
"""

from collections import Counter
from itertools import count

import pytest

from tests.slow.faults import stage

pytestmark = stage.MARKS
NUMBERS = count(1)
AT_T = 61  # minutes after an evening is made
A_LEASE = 3  # minutes: what a dead ticker had claimed is free again
MAIL = "django.core.mail.backends.filebased"

LINES = {
    "before publication": ["before", "events.reveal.publication", "publish"],
    "R counted, nobody owed": ["before", "events.reveal.mails_owed", "owe"],
    "owed, not committed": ["after", "events.reveal.mails_owed", "owe"],
    "published": ["after", "events.reveal.publication", "publish"],
    "before a claim": ["before", "events.reveal.sender", "queue.claim"],
    "claimed": ["after", "events.reveal.sender", "queue.claim"],
    "asked again who may know": ["after", "events.reveal.sender", "reveal_for"],
    "rendered": ["after", "events.reveal.sender", "make_message"],
    "sent, not stamped": ["after", MAIL, "EmailBackend.send_messages"],
    "stamped": ["after", "events.reveal.sender", "queue.stamp_sent"],
}
MAY_REPEAT = {"sent, not stamped"}


class Night(stage.Told):
    """One evening in the runner's site."""

    def begin(self):
        number = next(NUMBERS)
        self.minutes += 24 * 60
        self.slug = f"night-{number}"
        self.holders = [f"{name}-{number}@x.example" for name in ("ada", "ben", "cy")]
        self.do("prepare_reveal", slug=self.slug, addresses=self.holders)

    def told(self):
        """How many e-mails each holder of this evening has, and under how many numbers."""
        seen = self.do("look_reveal", slug=self.slug)
        mine = [
            (address, number)
            for to, number in seen["told"]
            for address in self.holders
            if address in to
        ]
        emails = Counter(address for address, _number in mine)
        return seen, [emails[address] for address in self.holders], len({n for _a, n in mine})


@pytest.fixture(scope="module")
def process(empty_database, tmp_path_factory):
    with stage.site_process(tmp_path_factory.mktemp("night"), empty_database) as running:
        yield Night(running)


@pytest.fixture
def night(process):
    process.begin()
    return process


def test_a_minute_before_t_nobody_is_told(night):
    night.minutes += AT_T - 2
    night.do("tick")

    seen, emails, _numbers = night.told()
    assert (seen["version"], seen["states"], emails) == (0, [], [0, 0, 0])


@pytest.mark.parametrize("line", LINES)
def test_killed_at_any_line_every_holder_is_told_after_the_restart(night, line):
    night.minutes += AT_T
    night.do("tick", kill=LINES[line])
    night.minutes += A_LEASE
    night.do("tick")
    night.do("tick")

    seen, emails, numbers = night.told()
    assert (seen["version"], seen["states"]) == (1, ["sent"] * 3)
    assert sorted(emails) == ([1, 1, 2] if line in MAY_REPEAT else [1, 1, 1])
    assert numbers == 3
