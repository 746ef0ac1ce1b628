"""Run the night, print the table, end 1 where a promise was not kept.

    python -m tests.slow.drill          DATABASE_URL names the PostgreSQL server

The last line is `early 0 wrong 0 missing 0 duplicates D minutes M`.
"""

import os
import signal
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

from tests.fakes.smtp import Sink
from tests.slow.drill.stack import Database, Stack, Unfit
from tests.slow.drill.verdict import Night, judged
from tests.slow.drill.visitors import Visitors

HEADSTART = 20  # seconds from the moment all of it runs until T
KILLED_AFTER = 200  # e-mails
DOWN = 10  # seconds
GIVE_UP = 11 * 60  # seconds after T: by then the promise is broken


def main():
    """Exit 0 where every promise was kept, 1 where one was not, 2 where it could not run."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the database is dropped
    address = os.environ.get("DATABASE_URL", "")
    try:
        with (
            tempfile.TemporaryDirectory(prefix="nsca-drill-") as folder,
            Database(address) as database,
            Sink() as sink,
            Stack(Path(folder), database, mail_port=sink.port) as stack,
        ):
            night = lived_through(stack, database, sink)
    except Unfit as reason:
        print(reason, file=sys.stderr)
        sys.exit(2)
    verdict = judged(night)
    print("\n".join(verdict.table))
    print(verdict.last_line)
    sys.exit(0 if verdict.is_kept else 1)


def lived_through(stack, database, sink) -> Night:
    say("Making five hundred holders")
    stack.prepare()
    guests = stack.guests()
    sink.bounces = {holder["address"] for holder in guests["holders"] if holder["bounces"]}
    stack.start()
    say("The day before: the committee's letter")
    wait_until(lambda: len(sink.emails) >= len(guests["committee"]), 60)
    night = Night(guests=guests, emails=sink.emails)
    night.t = time.time() + HEADSTART
    database.set_t(guests["event"], night.t)
    say(f"T is at {datetime.fromtimestamp(night.t):%H:%M:%S}")

    killer = Killer(stack)
    sink.after_yes = killer
    with Visitors(stack.port, guests, night) as visitors:
        restarted = False
        while time.time() < night.t + GIVE_UP:
            time.sleep(0.2)
            if killer.at and not restarted and time.time() > killer.at + DOWN:
                say("Everything starts again")
                stack.start()
                night.down = (killer.at, time.time())
                restarted = True
            is_revealed = restarted and database.are_all_told(guests["event"])
            if is_revealed and visitors.have_all_seen():
                break
    say("Everybody is told" if time.time() < night.t + GIVE_UP else "Time is up")
    night.report = stack.report()
    return night


class Killer:
    """Kills everything once, at the worst line: the mail server has said yes to an e-mail, and the
    ticker has not noted it yet. One crash, so one e-mail at most may come twice.
    """

    def __init__(self, stack):
        self.stack, self.at = stack, 0.0

    def __call__(self, sink):
        if self.at or len(sink.emails) < KILLED_AFTER or len(sink.in_doubt) > 1:
            return
        self.stack.kill()
        self.at = time.time()
        say(f"kill -9 of everything, after letter {len(sink.emails)}")


def wait_until(is_so, seconds):
    """Raises Unfit where it is not so in time."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise Unfit("The tickers sent nothing: see whether `manage.py tick` runs.")
        time.sleep(0.2)


def say(words):
    print(f"{datetime.now():%H:%M:%S}  {words}", flush=True)


if __name__ == "__main__":
    main()
