"""Where racers race: who begins, who pauses, who goes on, and what came of it.

Each racer is a process (actor.py) on the database of the test. Two kinds of race:

    interleaved   the worst case, forced: each act begins when the one before it has paused between
                  judging and writing; then each in turn goes on to its end
    rushed        nobody pauses, and all begin at once
"""

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
A_MOMENT = 0.4  # seconds after which a silent racer is taken to stand before somebody's lock
TOO_LONG = 60  # seconds after which a race is broken


@dataclass(frozen=True)
class Act:
    """Something to do, by its name in acts.py; where to pause, and the guards to do it without."""

    act: str
    particulars: dict
    pauses: Sequence[str] = ()
    off: Sequence[str] = ()


@dataclass(frozen=True)
class Outcome:
    """What came of an act: an answer, or a refusal by the name of its class and in its words."""

    won: bool
    answer: object = None
    refusal: str = ""


class Racer:
    """One process; all that it says is put into the stage's queue."""

    def __init__(self, database: str, heard: queue.Queue):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.slow.races.actor", database],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        threading.Thread(target=self._listen, args=(heard,), daemon=True).start()

    def _listen(self, heard: queue.Queue) -> None:
        for line in self.process.stdout:
            heard.put((self, json.loads(line)))
        heard.put((self, {"broken": "The process ended."}))

    def begin(self, act: Act) -> None:
        self.process.stdin.write(json.dumps(asdict(act)) + "\n")

    def go_on(self) -> None:
        self.process.stdin.write("\n")

    def dismiss(self) -> None:
        self.process.kill()
        self.process.wait(10)


@dataclass
class Stage:
    database: str  # the name that the connection of the test has
    racers: list[Racer] = field(default_factory=list)
    heard: queue.Queue = field(default_factory=queue.Queue)

    def interleave(self, *acts: Act, off: Sequence[str] = ()) -> list[Outcome]:
        """Force the worst order of events, without the guards in `off`; an outcome each."""
        racers = self._gather(len(acts))
        try:
            return self._interleaved(racers, [replace(act, off=off) for act in acts])
        except BaseException:
            self.dismiss()  # who knows where they stand: the next race has new ones
            raise

    def _interleaved(self, racers: Sequence[Racer], acts: Sequence[Act]) -> list[Outcome]:
        # Without locks nobody waits for anybody, so whoever is silent is only slow.
        patience = TOO_LONG if "locks" in acts[0].off else A_MOMENT
        next_ones = [(racer.begin, act) for racer, act in zip(racers, acts, strict=True)]
        running, outcomes = 0, {}
        while len(outcomes) < len(acts):
            word = None
            if running:
                racer, word = self._hear(patience if next_ones else TOO_LONG)
            if word is None:
                step, *particulars = next_ones.pop(0)
                step(*particulars)
                running += 1
            elif "at" in word:
                next_ones.append((racer.go_on,))
                running -= 1
            else:
                outcomes[racer] = _outcome(word)
                running -= 1
        return [outcomes[racer] for racer in racers]

    def rush(self, *acts: Act, racers: int = 3) -> list[Outcome]:
        """All at once, dealt out to so many processes; in the order in which they were done."""
        crowd = self._gather(racers)
        for number, act in enumerate(acts):
            crowd[number % racers].begin(replace(act, pauses=()))
        try:
            return [_outcome(self._hear(TOO_LONG)[1]) for _act in acts]
        except BaseException:
            self.dismiss()
            raise

    def _gather(self, count: int) -> list[Racer]:
        """Processes that are ready; they stay for the next race."""
        new = [Racer(self.database, self.heard) for _ in range(count - len(self.racers))]
        self.racers += new
        for _racer in new:
            assert self._hear(TOO_LONG)[1] == {"at": "ready"}
        return self.racers[:count]

    def _hear(self, seconds: float) -> tuple[Racer | None, dict | None]:
        """Who spoke next, and what; nobody and nothing where all were silent for so long."""
        try:
            return self.heard.get(timeout=seconds)
        except queue.Empty:
            assert seconds < TOO_LONG, "A racer waits for ever."
            return None, None

    def dismiss(self) -> None:
        for racer in self.racers:
            racer.dismiss()
        self.racers, self.heard = [], queue.Queue()


def _outcome(word: dict) -> Outcome:
    assert "broken" not in word, word["broken"]
    return Outcome(**word)


# --- Acts --------------------------------------------------------------------------------------

JUDGED = ("after events.tickets.kind.check_room", "after events.tickets.addon_kind._check")


def buying(
    event, *wanted, at, email="ada@ellery.example", code=None, suppers=(), add_ons=(), key=""
) -> Act:
    """A buyer wants pairs of a kind and how many; pauses when told that they are to be had."""
    particulars = {
        "event": event.pk,
        "wanted": [(kind.pk, count) for kind, count in wanted],
        "email": email,
        "code": code and code.pk,
        "suppers": [supper.pk for supper in suppers],
        "add_ons": [add_on.pk for add_on in add_ons],
        "key": key,
        "at": at.isoformat(),
    }
    return Act("buy", particulars, JUDGED)
