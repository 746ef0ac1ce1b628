"""Events: what happened, signed as Stripe signs, and brought to a shop well or badly."""

import hashlib
import hmac
import json
import threading
import time
import urllib.error
import urllib.request

from tests.fakes.stripe.words import shown

SECRET = "whsec_for_tests"


class Webhooks:
    """Everything that happens is an event; whether the shop hears of it is for the test to say."""

    tls = None  # an ssl.SSLContext for a shop whose certificate nobody knows

    def listen(self, url="", *, secret=SECRET, at_once=False):
        """Where events go. `at_once`: each as it happens, from a thread of its own."""
        self.webhook_url, self.webhook_secret, self.delivers_at_once = url, secret, at_once

    def happened(self, kind, found):
        event_id = self.new_id("evt")
        self.events[event_id] = {
            "id": event_id,
            "object": "event",
            "type": kind,
            "created": self.now,
            "livemode": False,
            "data": {"object": shown(found)},
        }
        if self.webhook_url and self.delivers_at_once:
            threading.Thread(target=self._bring, args=(event_id,), daemon=True).start()

    def event(
        self, kind, found, *, event_id=None, signed_at=None, secret=SECRET, livemode=False, **more
    ):
        """A webhook: its raw body and its signature header. `more` stands beside the object, as
        `account="acct_…"` does for events of a connected account.
        """
        body = json.dumps(
            {
                "id": event_id or self.new_id("evt"),
                "object": "event",
                "type": kind,
                "livemode": livemode,
                "data": {"object": shown(found)},
            }
            | more
        )
        return body, signature_of(body, secret, signed_at)

    def signed(self, event):
        """Body and signature of an event that happened, signed just now."""
        body = json.dumps(event)
        return body, signature_of(body, self.webhook_secret)

    def deliver(self, *kinds, times=1, backwards=False, secret=None, signed_at=None, forget=False):
        """Bring what has happened, the oldest first; statuses of the answers.

        `kinds` narrows it, `times` doubles, `backwards` reorders, `secret` forges, `signed_at`
        (seconds) is long ago; `forget` drops what was brought, so that the next call brings only
        what is new.
        """
        due = [e for e in self.events.values() if not kinds or e["type"] in kinds]
        due = (due[::-1] if backwards else due) * times
        answers = [self._post(e, secret or self.webhook_secret, signed_at) for e in due]
        if forget:
            for event in due:
                self.events.pop(event["id"], None)
        return answers

    def _bring(self, event_id):
        """Until the shop says yes, as Stripe does for three days; here for some seconds."""
        for pause in (0, 0.2, 0.5, 1, 2, 4):
            time.sleep(pause)
            if 200 <= self._post(self.events[event_id], self.webhook_secret, None) < 300:
                return

    def _post(self, event, secret, signed_at):
        """The status of the shop's answer, 0 where there was none."""
        body = json.dumps(event)
        headers = {
            "Content-Type": "application/json",
            "Stripe-Signature": signature_of(body, secret, signed_at),
        }
        request = urllib.request.Request(self.webhook_url, body.encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=10, context=self.tls) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0


def signature_of(body, secret, signed_at=None):
    stamp = int(signed_at if signed_at is not None else time.time())
    mac = hmac.new(secret.encode(), f"{stamp}.{body}".encode(), hashlib.sha256).hexdigest()
    return f"t={stamp},v1={mac}"
