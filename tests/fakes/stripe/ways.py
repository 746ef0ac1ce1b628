"""What goes wrong between a shop and Stripe."""

import threading


class Ways:
    """How the next requests fare."""

    def behave(self):
        self.misbehaviour = []  # one word for each of the next requests
        self.always = ""
        self.hung = threading.Event()

    def misbehave(self, *words, always=""):
        """How the next requests fail, one word each; "" is well behaved, `always` is for all
        after them.

        "401" and "403" (turned away), "500" (stored, as Stripe does), "500-done" (the same, and
        yet it was done), "503", "429" or "429:7" (with Retry-After), "cut" or "hang" (before
        anything is done), "lost" (done, but the answer never arrives), "slow:0.2" (seconds).
        """
        self.misbehaviour = list(words)
        self.always = always

    def next_word(self):
        with self.lock:
            return self.misbehaviour.pop(0) if self.misbehaviour else self.always
