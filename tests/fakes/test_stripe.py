"""The fake keeps the rules of Stripe's documentation on which these tests rely."""

import threading
import urllib.error
import urllib.request
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import stripe as library

from tests.fakes.stripe import SECRET, fake_stripe

NOON = 1_806_595_200
MINUTE, HOUR, DAY = 60, 3600, 86_400


@pytest.fixture
def fake():
    with fake_stripe(NOON) as (fake, base):
        fake.client = library.StripeClient("sk_test_x", base_addresses={"api": base})
        yield fake


def opened(fake, *, key=None, cents=9500, **changes):
    params = {
        "mode": "payment",
        "client_reference_id": "N-1",
        "customer_email": "ada@ellery.example",
        "success_url": "http://site.example/return/",
        "cancel_url": "http://site.example/order/",
        "expires_at": fake.now + 31 * MINUTE,
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": "usd",
                    "unit_amount": cents,
                    "product_data": {"name": "Chair"},
                },
            }
        ],
        **changes,
    }
    options = {"idempotency_key": key} if key else {}
    return fake.client.v1.checkout.sessions.create(params, options)


@pytest.mark.parametrize(
    "changes",
    [
        {"expires_at": NOON + 30 * MINUTE - 1},
        {"expires_at": NOON + 24 * HOUR + 1},
        {"cents": 49},
        {"metadata": {"a": "x" * 501}},
        {"metadata": {"a" * 41: "x"}},
        {"metadata": {f"k{number}": "x" for number in range(51)}},
        {"client_reference_id": "x" * 201},
        {"venue": "Pier 4"},
    ],
    ids=["too short", "too long", "too little", "value", "key", "keys", "reference", "unknown"],
)
def test_what_the_documentation_refuses_is_refused(fake, changes):
    with pytest.raises(library.InvalidRequestError):
        opened(fake, **changes)

    assert fake.sessions == {}


def test_one_key_opens_one_session_for_a_day(fake):
    first, again = opened(fake, key="k"), opened(fake, key="k")
    with pytest.raises(library.IdempotencyError):
        opened(fake, key="k", cents=1000)
    fake.now += DAY
    after_a_day = opened(fake, key="k")

    assert first.id == again.id != after_a_day.id


def test_a_buyer_pays_on_its_page_and_is_sent_back(fake):
    session = opened(fake)
    request = urllib.request.Request(session.url, b"act=pay")

    with pytest.raises(urllib.error.URLError):  # site.example is nowhere
        urllib.request.urlopen(request, timeout=5)

    assert fake.sessions[session.id]["payment_status"] == "paid"


def test_its_page_ends_with_the_session(fake):
    session = opened(fake)
    fake.now += 31 * MINUTE

    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(session.url, timeout=5)


def test_a_payout_is_made_of_what_came_and_went_less_the_fees(fake):
    for _ in range(2):
        fake.pay(opened(fake).id)
    fake.refund_in_dashboard(fake.sessions["cs_test_1"]["payment_intent"], 1000)
    fake.now += 3 * DAY

    payout = fake.pay_out(date(2027, 4, 5))
    listed = fake.client.v1.balance_transactions.list(
        {"payout": payout["id"], "limit": 2, "expand": ["data.source"]}
    )

    moved = list(listed.auto_paging_iter())
    assert payout["amount"] == 2 * (9500 - 306) - 1000
    assert [(m.type, m.net) for m in moved] == [
        ("payout", -payout["amount"]), ("refund", -1000), ("charge", 9194), ("charge", 9194),
    ]  # fmt: skip
    assert moved[-1].source.payment_intent == fake.sessions["cs_test_1"]["payment_intent"]


def test_a_refund_that_failed_can_be_made_again(fake):
    intent = fake.pay(opened(fake).id)["payment_intent"]
    fake.refunds_begin_as = "pending"
    refund = fake.refund_in_dashboard(intent, 9500)
    fake.turn_out(refund["id"], "failed")

    fake.refund_in_dashboard(intent, 9500)

    net = sum(t["net"] for t in fake.transactions.values())
    assert net == -306  # the fee is not given back


def test_lists_are_narrowed_by_when(fake):
    opened(fake)
    fake.now += HOUR
    late = opened(fake)

    found = fake.client.v1.checkout.sessions.list({"created": {"gte": NOON + 1}})

    assert [session.id for session in found.data] == [late.id]


@pytest.fixture
def shop(fake):
    """A shop that believes what is signed; what it heard."""
    heard = []

    class Shop(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                event = library.Webhook.construct_event(
                    body, self.headers["Stripe-Signature"], SECRET
                )
            except library.SignatureVerificationError:
                return self.send_error(400)
            heard.append(event.type)
            return self.send_error(200)

        def log_message(self, *args):
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    fake.listen(f"http://127.0.0.1:{server.server_port}/")
    yield heard
    server.shutdown()
    server.server_close()


def test_webhooks_come_doubled_backwards_forged_and_late(fake, shop):
    intent = fake.pay(opened(fake).id)["payment_intent"]
    fake.refund_in_dashboard(intent, 9500)
    fake.deliver(times=2, backwards=True)

    forged = fake.deliver(secret="whsec_somebody_else")
    late = fake.deliver(signed_at=1)

    in_order = ["checkout.session.completed", "refund.created", "charge.refunded"]
    assert shop == in_order[::-1] * 2
    assert set(forged) == set(late) == {400}
