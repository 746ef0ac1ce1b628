"""A secret evening, its guests, two colleagues with pages open, and a mail server: what the
machine of the reveal plays with.

Colleagues act through the real pages. A page that was opened is kept with what it was written from
and may be sent much later, or twice: that is the act in which a colleague is overridden.
"""

import re
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from html import unescape

import time_machine
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client
from django.urls import reverse

from events import reveal
from events.models import Event, RevealMail, Ticket, Venue
from events.reveal import mails_owed, sender
from events.tickets import transfers
from events.venue.details import VenueDetails
from membership.models import User
from nsca.lib.timing import NORFOLK, exactly
from orders.checkout.placing import Buyer
from orders.lines.kinds import Refusal
from orders.refunds import refunds
from orders.refunds.refunds import give_back
from tests.events.reveal_kit import DAY, STARTS, T
from tests.events.selling import sell
from tests.factories import make_event, make_payment, make_ticket_type, sign_in_now

BEGINS = T - timedelta(hours=30)
NAMES = [f"Quillmoth Yard {number}" for number in range(4)]
SPANS = {
    "a minute": timedelta(minutes=1),
    "some minutes": timedelta(minutes=16),
    "hours": timedelta(hours=5),
}


class Killed(BaseException):
    """The ticker's process ended at this mail."""


class Taken(BaseEmailBackend):
    """The mail server: hands each mail to the night."""

    night = None

    def send_messages(self, messages):
        for message in messages:
            self.night.taken(message)
        return len(messages)


class Page:
    """A page of a colleague, as it lies open: where its form goes and what it was written from."""

    def __init__(self, kind, who, url, data, read):
        self.kind, self.who, self.url, self.data, self.read = kind, who, url, data, read


class Night:
    """Everything that people, machines and time do to one reveal; `at` is now."""

    def __init__(self):
        self.at = BEGINS
        self.pages: list[Page] = []
        self.seen: Counter[str] = Counter()
        self.wrong: list[str] = []  # what an act may not raise, for the sender catches it
        self.sent: dict = {}  # (code, hand, version) to the Message-IDs that left
        self.dies_at: int | None = None  # mails from now
        self.opened: dict[int, object] = {}  # version to the instant at which pages opened
        self.staff = [
            User.objects.create_superuser(f"{name}@nsca.example", name=name)
            for name in ("Ann", "Ben")
        ]
        self.pk = make_event(
            starts_at=STARTS, lead=DAY, slug="soiree", sales_close_at=STARTS,
            transfers_after_reveal=True,
        ).pk  # fmt: skip
        self.kind = make_ticket_type(self.event, price_cents=9_500)
        reveal.write_venue(
            self.event, VenueDetails(name=NAMES[0]), by=self.staff[0], at=BEGINS - DAY
        )
        self.buyers = 0
        Taken.night = self

    @property
    def event(self) -> Event:
        return Event.objects.get(pk=self.pk)

    def tickets(self):
        return list(Ticket.objects.filter(event=self.pk).order_by("pk"))

    def ticket(self, number: int) -> Ticket | None:
        rows = self.tickets()
        return rows[number % len(rows)] if rows else None

    def facts(self) -> dict:
        """What a page about the reveal depends on."""
        event = self.event
        return {
            "held": event.reveal_held_at,
            "version": event.reveal_version,
            "opens": event.opens_at,
            "starts": event.starts_at,
            "venue": Venue.objects.values_list("sealed_at", flat=True).get(event=self.pk),
        }

    # --- colleagues, and their pages ------------------------------------------------------------

    def open_page(self, kind: str, who: int, choice: int = 0):
        """Open the page that asks. What it needs typed is typed at once; nothing is sent."""
        client = self._client(who)
        url = reverse(f"admin:events_event_{kind}", args=[self.pk])
        data = {}
        with time_machine.travel(self.at, tick=False):
            if kind == "venue":
                page = client.post(url, {"look": "yes"})
                data = {"kind": "venue", "name": NAMES[choice], "seal": "yes"}
            elif kind == "move":
                later = self.event.starts_at + timedelta(hours=2 + choice)
                local = later.astimezone(NORFOLK)
                typed = {"starts_at_0": f"{local:%Y-%m-%d}", "starts_at_1": f"{local:%H:%M}"}
                page = client.post(url, typed)
                data = _sent_again(page)
            else:
                page = client.get(url)
        if page.context is None:
            return None  # it is not offered at all: over, or not yet
        if key := page.context.get("key"):
            data["key"] = key
        self.pages.append(Page(kind, who, url, data, self.facts()))
        return self.pages[-1]

    def submit(self, number: int):
        """Send a page that lies open. Nothing may come of it unless all is as it said."""
        if not self.pages:
            return
        page = self.pages[number % len(self.pages)]
        before = self.facts()
        is_stale = page.read != before
        self._send(page, follows=not is_stale)
        if is_stale:
            self.seen["stale"] += 1
            changed = {name for name in before if before[name] != page.read[name]}
            assert self.facts() == before, (
                f"The page “{page.kind}” lay open while {sorted(changed)} became others, and did "
                "what nobody had read."
            )
        elif self.facts() != before:
            self.seen[page.kind] += 1

    def press(self, kind: str, who: int, choice: int = 0):
        """Open a page and send it at once: it does what it says."""
        before = self.facts()
        if self.open_page(kind, who, choice) is None:
            return
        self.submit(-1)
        after = self.facts()
        if kind == "hold":
            assert after["held"], "A hold that was pressed does not hold."
            assert before["held"] in (None, after["held"]), "A second hold took the first's place."
        if kind == "release":
            assert not after["held"], "A release that was pressed releases nothing."
        if kind == "reveal_now" and before["held"]:
            assert after == before, "Reveal now set a colleague's hold aside."

    def _client(self, who: int) -> Client:
        client = Client()
        with time_machine.travel(self.at, tick=False):
            sign_in_now(client, self.staff[who])
        return client

    def _send(self, page: Page, *, follows: bool):
        with time_machine.travel(self.at, tick=False):
            client = self._client(page.who)
            answer = client.post(page.url, page.data)
            if follows and answer.context and answer.context.get("outlook"):
                client.post(page.url, _sent_again(answer) | {"yes_reveal": "on"})
        self._note_opening()

    # --- guests ---------------------------------------------------------------------------------

    def buy(self):
        self.buyers += 1
        buyer = Buyer(f"Guest {self.buyers}", f"g{self.buyers}@x.example")
        with suppress(Refusal):
            order = sell(self.event, (self.kind, 1), at=self.at, buyer=buyer)
            make_payment(order)
            self.seen["bought"] += 1

    def refund(self, number: int):
        ticket = self.ticket(number)
        if ticket is None or ticket.canceled_at:
            return
        with suppress(Refusal, refunds.NothingToRefund):
            give_back(order=ticket.line.order, reason="They cannot come.", at=self.at)
            self.seen["refunded"] += 1

    def transfer(self, number: int):
        ticket = self.ticket(number)
        if ticket is None:
            return
        self.buyers += 1
        with suppress(Refusal):
            found = transfers.offer(ticket, to_email=f"g{self.buyers}@x.example", at=self.at)
            transfers.accept(found, name=f"Guest {self.buyers}", at=self.at)
            self.seen["given on"] += 1

    def see(self, number: int):
        """A guest's browser shows the page, if it is open to them."""
        ticket = self.ticket(number)
        if ticket is None:
            return
        viewer = reveal.Viewer(tokens=frozenset({ticket.token}))
        opened = reveal.reveal_for(self.event, viewer, at=self.at)
        if isinstance(opened, reveal.Opened):
            event = self.event
            assert event.reveal_held_at is None, "A page was open while it was held."
            assert event.opens_at <= self.at, "A page was open before its instant."
            assert ticket.canceled_at is None, "A page was open to who gave the ticket back."
            seen = {"seen_version": opened.version, "seen_open_at": self.at}
            Ticket.objects.filter(pk=ticket.pk).update(**seen)

    # --- the ticker, the mail server and time ---------------------------------------------------

    def tick(self, dies_at: int | None = None):
        """What the ticker does for reveals; it may die at a mail, before or after it left."""
        self.dies_at = dies_at
        with suppress(Killed):
            reveal.publish_due(at=self.at)
            mails_owed.owe_late_holders(at=self.at)
            while sender.send_due(at=self.at, backend="tests.slow.machine.night.Taken"):
                pass
            mails_owed.count_again(at=self.at)
        self.dies_at = None

    def taken(self, message):
        if self.dies_at == 0:
            self.seen["died"] += 1
            raise Killed
        try:
            self._check(message)
        except AssertionError as error:
            self.wrong.append(str(error))
        self.seen["sent"] += 1
        if self.dies_at is not None:
            self.dies_at -= 1
            if self.dies_at == 0:
                self.seen["died"] += 1
                raise Killed  # it left, and nobody has noted it

    def _check(self, message):
        event = self.event
        words = f"{message.subject} {message.body}"
        assert event.reveal_held_at is None, "A mail left while the reveal was held."
        assert event.opens_at <= self.at, "A mail left before the instant."
        (address,) = message.to
        address = address.rpartition("<")[2].rstrip(">")
        version = event.reveal_version
        told = [row for row in self.tickets() if row.code in words]
        assert told, "A mail names no ticket."
        for ticket in told:
            assert ticket.canceled_at is None, "Refunded holders are written to."
            assert ticket.holder_email == address, "A mail went to who has the ticket no more."
            number = message.extra_headers["Message-ID"]
            one = self.sent.setdefault((ticket.code, ticket.transfer_count, version), set())
            assert not one - {number}, "A guest got two mails about one version."
            earlier = any(
                code == ticket.code and transfer_count == ticket.transfer_count and older < version
                for code, transfer_count, older in self.sent
            )
            was_revealed = earlier or 0 < ticket.seen_version < version
            if "CHANGED" in words or "replaces the one we sent" in words:
                assert was_revealed or len(told) > 1, (
                    "Who never had the first was told to forget it."
                )
            one.add(number)
        if found := re.search(r"has shown the location since ([^.]*\d [ap]\.m\. \w+)", words):
            since = max(self.opened[version], *(self._held_since(row) for row in told))
            assert found[1] == exactly(since), "A mail states a false instant."

    @staticmethod
    def _held_since(ticket):
        return ticket.given_on_at or ticket.line.order.paid_at

    def pass_time(self, span: str):
        """Time passes; to "T" or "just before T", where that lies ahead."""
        opens_at = self.event.opens_at
        if span == "T":
            to = opens_at
        elif span == "just before T":
            to = opens_at - timedelta(microseconds=1)
        else:
            to = self.at + SPANS[span]
        to = max(to, self.at)
        if self.at < opens_at <= to and self.event.reveal_held_at is None:
            self.opened.setdefault(max(1, self.event.reveal_version), opens_at)
        self.at = to
        self._note_opening()

    def _note_opening(self):
        """The pages open, or open again after a hold: this is the instant of it."""
        event = self.event
        is_open = event.reveal_held_at is None and event.opens_at <= self.at
        version = max(1, event.reveal_version)
        if not is_open:
            self.opened.pop(version, None)
        else:
            self.opened.setdefault(version, self.at)

    # --- at last --------------------------------------------------------------------------------

    def check(self):
        assert self.wrong == [], self.wrong[0]

    def come_to_rest(self):
        """Nobody holds it, T has passed, the ticker runs: every guest has the last version."""
        if self.event.reveal_held_at:
            self.press("release", 0)
        self.pass_time("T")
        for _ in range(4):
            self.tick()
            self.pass_time("a minute")
            self.pass_time("some minutes")
        self.check()
        event = self.event
        if event.is_past(self.at):
            return
        for ticket in Ticket.objects.valid().filter(event=self.pk):
            row = RevealMail.objects.filter(
                ticket=ticket, transfer_count=ticket.transfer_count, version=event.reveal_version
            ).first()
            assert row is not None and row.state == "sent", "A guest was never written to."


def _sent_again(page) -> dict:
    """What a browser sends when the second button of a page is pressed: its hidden fields."""
    rows = re.findall(
        r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.content.decode()
    )
    data = {}
    for name, value in rows:
        data.setdefault(name, []).append(unescape(value))
    outlook = page.context and page.context.get("outlook")
    return data | ({"confirmed": outlook.key} if outlook else {})
