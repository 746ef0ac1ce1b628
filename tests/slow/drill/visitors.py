"""Guests with their tickets open: some before T, everybody in the minute after it."""

import heapq
import http.client
import random
import re
import threading
import time
from dataclasses import dataclass
from html import unescape

HANDS = 12  # at once; browsers are more patient than this machine is large
AGAIN = 2.0  # seconds after which a guest whose page did not come tries again
MINUTE = 60.0
SEEN = re.compile(r'data-seen><input type="hidden" name="version" value="(\d+)">')
BEFORE = 8.0  # seconds before T from which pages are looked at


@dataclass(frozen=True)
class Look:
    """One request: seconds of the clock, what came back (0: nothing), whether it told the
    place.
    """

    path: str
    began: float
    ended: float
    status: int
    tells: bool


class Visitors:
    """Threads that ask for pages until each holder's ticket has told the venue."""

    def __init__(self, port, guests, night):
        self.port, self.night, self.venue = port, night, guests["venue"]
        chance = random.Random(4)
        lookers = [holder for holder in guests["holders"] if holder["looks"]]
        holders = [path for holder in lookers for path in holder["paths"]]
        outsiders = [one["path"] for one in guests["outsiders"] if one["path"]]
        others = [*outsiders, *guests["public"]]
        before = [night.t - chance.uniform(0.2, BEFORE) for _ in holders[:150]]
        plan = [*zip(before, chance.sample(holders, len(before)), strict=True)]
        plan += [(night.t + chance.uniform(0, MINUTE), path) for path in holders]
        for path in others:  # a second before, the second after, when it is up again
            plan += [(night.t - 1, path), (night.t + 0.5, path), (night.t + MINUTE, path)]
        self.unseen, self.plan = set(holders), plan
        heapq.heapify(self.plan)
        self.lock, self.is_over = threading.Lock(), threading.Event()
        self.threads = [threading.Thread(target=self._look, daemon=True) for _ in range(HANDS)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        for thread in self.threads:
            thread.join(30)

    def have_all_seen(self) -> bool:
        with self.lock:
            return not self.unseen and not self.plan

    def _look(self):
        while not self.is_over.is_set():
            path = self._next()
            if path is None:
                time.sleep(0.02)
                continue
            look = self._asked(path)
            with self.lock:
                self.night.looks.append(look)
                if look.tells:
                    self.unseen.discard(path)
                elif path in self.unseen and look.began >= self.night.t:
                    heapq.heappush(self.plan, (time.time() + AGAIN, path))

    def _next(self):
        with self.lock:
            if self.plan and self.plan[0][0] <= time.time():
                return heapq.heappop(self.plan)[1]
        return None

    def _asked(self, path) -> Look:
        """As a browser: it shows the page and, where the venue is on it, says that it did."""
        began, status, body = time.time(), 0, ""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            status, body = answer.status, answer.read().decode("utf-8", "replace")
            if asks := SEEN.search(body):
                headers = {"Content-Type": "application/x-www-form-urlencoded"}
                said = f"version={asks[1]}&by=page"
                connection.request("POST", f"{path}seen/", said, headers)
                connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            pass  # the site is down: the guest tries again
        finally:
            connection.close()
        return Look(path, began, time.time(), status, self.venue in unescape(body))
