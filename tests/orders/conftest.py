"""Orders are tested with kinds of their own: no rule of events or membership is in the way."""

import time
from datetime import timedelta

import pytest
from django.db.models import Sum

from membership.models import User
from nsca.lib.mail import letterhead
from nsca.lib.mail.letterhead import Letterhead
from orders.checkout.placing import Buyer, place
from orders.lines import kinds
from orders.lines.kinds import Item, Refusal, Shown
from orders.models import Line, Order, Task
from orders.payments import stripe as gateway
from tests.factories import NOON
from tests.fakes.stripe import SECRET, fake_stripe

ADA = Buyer("Ada Ellery", "ada@ellery.example", "757 555 0100")
KEY = "one form, opened once"


class SoldOut(Refusal):
    def __init__(self):
        super().__init__("The last chair was just taken.")


class Seats(kinds.Kind):
    """A kind that runs out: so many seats, counted over all occupying orders."""

    name = Line.Kind.TICKET

    def __init__(self, capacity):
        self.capacity = capacity
        self.said = []  # (verb, line's pk), in order
        self.hesitates = 0  # seconds between counting and the commit, for races

    def lock(self, items):
        Task.objects.select_for_update().get(key="seats")

    def held(self, line, item, *, at):
        self._count(at)
        self.said.append(("held", line.pk))

    def retake(self, line, *, at):
        self._count(at)
        self.said.append(("retake", line.pk))

    def _count(self, at):
        taken = Line.objects.filter(
            kind=self.name, order__in=Order.objects.occupying(at)
        ).aggregate(taken=Sum("quantity"))["taken"]
        if taken > self.capacity:
            raise SoldOut
        time.sleep(self.hesitates)

    def shown(self, line, *, at):
        return [Shown(f"{line.label}, ticket", "Where is sealed", "/tickets/somewhere/")]

    def again(self, line, *, at):
        return "/events/soiree/tickets/"

    def ended_words(self, line, answer=""):
        return "The tickets are no longer valid."

    def _note(verb):
        return lambda self, line, *, at, **more: self.said.append((verb, line.pk, *more.values()))

    paid, released, refunded = _note("paid"), _note("released"), _note("refunded")
    turned_away, suspended, restored = _note("turned_away"), _note("suspended"), _note("restored")

    def verbs(self):
        return [verb for verb, *_ in self.said]


class Gifts(kinds.Kind):
    """A kind that never runs out and answers nothing."""

    name = Line.Kind.GIFT


@pytest.fixture(autouse=True)
def seats(monkeypatch, request):
    """Three seats and any number of gifts are for sale."""
    kind = Seats(capacity=3)
    monkeypatch.setattr(kinds, "_kinds", {"ticket": kind, "gift": Gifts()})
    if marker := request.node.get_closest_marker("django_db"):
        request.getfixturevalue("transactional_db" if marker.kwargs.get("transaction") else "db")
        Task.objects.create(key="seats", text="What Chairs.lock locks", created_at=NOON)
    return kind


@pytest.fixture(autouse=True)
def house(monkeypatch):
    """Who the association is, in this test: a function that changes it."""

    def set_house(**facts):
        given = {
            "name": "Norfolk Sister City Association",
            "email": "office@nsca.example",
            "phone": "757 555 0199",
            "postal_address": "",
            "ein": "",
            "disclosure": "",
        } | facts
        monkeypatch.setattr(letterhead, "_source", lambda: Letterhead(**given))

    set_house()
    return set_house


@pytest.fixture
def stripe(settings, monkeypatch):
    """A Stripe whose clock stands at noon. The library waits for it less long than in earnest."""
    with fake_stripe(NOON.timestamp()) as (fake, address):
        settings.STRIPE_SECRET_KEY = "sk_test_fake"
        settings.STRIPE_WEBHOOK_SECRET = SECRET
        settings.STRIPE_API_BASE = address
        monkeypatch.setattr(gateway, "TIMEOUTS", (1, 0.4))
        monkeypatch.setattr("stripe._http_client.HTTPClient.INITIAL_DELAY", 0.01)
        monkeypatch.setattr("stripe._http_client.HTTPClient.MAX_DELAY", 0.02)
        yield fake


@pytest.fixture
def tess(db):
    """A colleague."""
    return User.objects.create_user("tess@nsca.example", is_staff=True)


def seat(quantity=1, cents=9500, value=6000):
    return Item(
        kind=Line.Kind.TICKET,
        label="Seat at the long table",
        unit_cents=cents,
        quantity=quantity,
        fair_value_cents=value,
    )


def gift(cents=5000):
    return Item(kind=Line.Kind.GIFT, label="A gift", unit_cents=cents)


def buy(*items, key=KEY, at=NOON, buyer=ADA, **fields):
    return place(items=items or [seat()], buyer=buyer, submission_key=key, at=at, **fields)


def page_of(stripe, payment):
    """Where Stripe shows the session that a payment's row names."""
    return stripe.sessions[payment.session_id]["url"]


def at_minute(minutes):
    return NOON + timedelta(minutes=minutes)
