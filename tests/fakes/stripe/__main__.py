"""`python -m tests.fakes.stripe --port 9100`: the fake as a process, with a clock that walks."""

import argparse

from tests.fakes.stripe.account import FakeStripe
from tests.fakes.stripe.server import server_of

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--webhook", default="", help="where events are brought as they happen")
given = parser.parse_args()

stripe = FakeStripe()
stripe.listen(given.webhook, at_once=bool(given.webhook))
server = server_of(stripe, given.port)
print(stripe.base, flush=True)
server.serve_forever()
