"""A shop of a few seats, its buyers, and a Stripe of its own: what the machine plays with."""

import json
import time
from collections import Counter
from contextlib import contextmanager, suppress
from datetime import timedelta

from django.db import connection, transaction

from events.changes.canceling import AlreadyCanceled, cancel
from events.models import AddOn, Choice, PromoCode, TicketType
from events.sales.addons import add_on_items
from events.sales.availability import Member, availability
from events.sales.quotes import Guest, ticket_items
from membership.giving.gifts import gift_item
from membership.models import User
from nsca.ops.audit import findings
from nsca.ops.audit.mails import LATE
from orders import tidy
from orders.checkout import settling
from orders.checkout.placing import Buyer, payment_url, place
from orders.lines.kinds import Refusal
from orders.models import Dispute, LedgerEntry, Order, Payment, Refund
from orders.payments.stripe import read_event
from orders.reconciling import webhooks
from orders.reconciling.reconciling import reconcile
from orders.refunds import refunds
from tests.factories import NOON, make_event, make_member, make_ticket_type
from tests.fakes.stripe import SECRET, FakeStripe
from tests.fakes.stripe.webhooks import signature_of

BUYERS = [
    Buyer("Ada Ellery", "ada@ellery.example"),
    Buyer("Ben Okoro", "ben@okoro.example"),
    Buyer("Cleo Marsh", ""),
]
# How a transaction ends is not a line of ours: the process dies before it, or after it.
NOT_OURS = ("SAVEPOINT", "RELEASE", "ROLLBACK", "SET")


class Killed(BaseException):
    """The server's process ended at this line."""


class Shop:
    """Everything that people, Stripe and time do to a box office; `at` is now."""

    def __init__(self, fake: FakeStripe):
        self.fake, self.at = fake, NOON
        self.dies_after: int | None = None  # queries, in the next act
        self.is_lowered = False
        self.ticked_at = NOON  # when a round of the ticker was last done to its end
        self.is_changed = True  # since the last audit
        self.news = []  # Stripe's events that are still on their way
        self.forms = []  # what was clicked: arguments of place
        self.staff = User.objects.create_user("tess@nsca.example", is_staff=True)
        self.event = make_event(capacity=5, max_per_person=4, starts_at=NOON + timedelta(days=30))
        self.seat = make_ticket_type(
            self.event, capacity=4, member_price_cents=8_002, member_limit=1
        )
        make_member(BUYERS[0].email)
        self.table = make_ticket_type(
            self.event, name="A table for two", price_cents=18_001, covers=2, capacity=1
        )
        self.fish = Choice.objects.create(
            event=self.event, label="Fish", capacity=2, price_cents=1_201, fair_value_cents=900
        )
        self.wine = AddOn.objects.create(
            event=self.event, name="Wine", capacity=4, price_cents=2_799, fair_value_cents=1_500
        )
        self.code = PromoCode.objects.create(
            event=self.event, code="BLANC", percent_off=33, max_uses=1
        )
        for row in (self.event, self.seat, self.table, self.fish, self.wine):
            row.history.update(history_date=NOON - timedelta(days=60))

    # --- buyers ---------------------------------------------------------------------------------

    def buy(self, far: str, **wanted):
        """As far as the seats are "held", to the "till", "paid" there, and we are "told"; or it
        gets "late", and nobody tells us before the hold has ended.
        """
        self.click(**wanted)
        if far != "held":
            self.go_to_the_till(-1)
        if far in ("paid", "told", "late"):
            self.pay(-1, is_revealed=far == "told")
        if far == "late":
            self.lose_the_mail()
            self.pass_minutes(36)

    def click(
        self,
        buyer: int,
        wanted: tuple[int, int],
        *,
        fish: bool,
        code: bool,
        gift: bool,
        wine: int = 0,
    ):
        """Buy, from a page that was read before it sold out. The form can be sent again."""
        kinds = zip((self.seat, self.table), wanted, strict=True)
        member = Member(email=BUYERS[buyer].email) if buyer == 0 else None
        offer = availability(self.event, at=self.at, member=member)
        guest = Guest(choice_id=self.fish.pk if fish else None)
        items = ticket_items(
            self.event,
            [(kind, count) for kind, count in kinds if count],
            guests=[guest],
            code=self.code if code else None,
            member_seats={seat.ticket_type.pk: seat.member_left for seat in offer.seats},
            is_member=member is not None,
        )
        items += add_on_items(self.event, [(self.wine, wine)])
        form = {
            "items": items + ([gift_item(2_502)] if gift else []),
            "buyer": BUYERS[buyer],
            "submission_key": f"form number {len(self.forms):06}",
        }
        self.forms.append(form)
        self.do(place, **form)

    def click_again(self, number: int):
        if self.forms:
            self.do(place, **self.forms[number % len(self.forms)])

    def go_to_the_till(self, number: int):
        if order := self.order(number):
            self.do(payment_url, order)

    def pay(self, number: int, *, is_revealed: bool):
        """On the hosted page, as long as it is open, whatever became of the order meanwhile."""
        pages = [session for session in self.fake.sessions.values() if self.is_payable(session)]
        if pages:
            self.fake.pay(pages[number % len(pages)]["id"])
            self.hear()
            if is_revealed:
                self.deliver(-1, times=1)

    def is_payable(self, session) -> bool:
        self.fake.grow_old(session)
        return session["status"] == "open"

    def come_back(self, number: int):
        """The browser is sent to the return page, by the buyer's own way."""
        sessions = [p for p in Payment.objects.order_by("pk") if p.session_id]
        if sessions:
            session_id = sessions[number % len(sessions)].session_id
            self.do(settling.settle, session_id, actor="buyer")

    # --- staff ----------------------------------------------------------------------------------

    def give_back(self, number: int, what: str, unit: int):
        order = self.order(number)
        if order is None or order.state != Order.State.PAID:
            return
        lines = list(order.lines.all())
        line = lines[unit % len(lines)]
        parts = {
            "unit": {"line": line, "units": [unit % line.quantity + 1]},
            "line": {"line": line},
            "order": {},
            "cents": {"cents": 101},
        }
        self.do(refunds.give_back, order=order, reason="ill", by=self.staff, **parts[what])

    def lower(self, capacity: int):
        """Below what is sold, perhaps."""
        self.is_lowered = self.is_changed = True
        self.pass_minutes(0, seconds=1)
        kind = TicketType.objects.get(pk=self.seat.pk)
        kind.capacity, kind._history_date = capacity, self.at
        kind.save()

    def cancel_the_event(self):
        with suppress(AlreadyCanceled):
            self.do(cancel, self.event, note="Rain.", by=self.staff)

    # --- Stripe ---------------------------------------------------------------------------------

    def happens_at_stripe(self, number: int, what: str):
        """Somebody acts in Stripe's dashboard, or at a bank; if it can be done at all."""
        intent_id = self.intent(number)
        if intent_id is None:
            return
        charge = self.fake.charges[self.fake.intents[intent_id]["latest_charge"]]
        left = charge["amount"] - charge["amount_refunded"]
        arrived = [r["id"] for r in self.theirs("refunds", charge) if r["status"] == "succeeded"]
        open_ones = [
            d["id"] for d in self.theirs("disputes", charge) if d["status"] in Dispute.OPEN
        ]
        if what in ("refund all", "refund a part") and left and not charge["disputed"]:
            self.fake.refund_in_dashboard(intent_id, left if what == "refund all" else 50)
        elif what == "refund fails" and arrived:
            self.fake.turn_out(arrived[-1], "failed")
        elif what in ("dispute", "inquiry") and left and not charge["disputed"]:
            status = "needs_response" if what == "dispute" else "warning_needs_response"
            self.fake.dispute(intent_id, status=status, cents=left)
        elif what in ("won", "lost", "reviewed") and open_ones:
            self.fake.decide(open_ones[0], "under_review" if what == "reviewed" else what)
        self.hear()

    def theirs(self, store: str, charge) -> list[dict]:
        rows = getattr(self.fake, store).values()
        return [row for row in rows if row["charge"] == charge["id"]]

    def stripe_misbehaves(self, words: list[str]):
        self.fake.misbehave(*words)

    def intent(self, number: int) -> str | None:
        intents = list(self.fake.intents)
        return intents[number % len(intents)] if intents else None

    def hear(self):
        """What happened at Stripe is on its way to us."""
        self.news += [json.dumps(event) for event in self.fake.events.values()]
        self.fake.events.clear()

    def deliver(self, number: int, *, times: int):
        """Any of it, not only the oldest; what we do not take is brought again."""
        self.hear()
        for _ in range(times):
            if not self.news:
                return
            body = self.news[number % len(self.news)]
            event = read_event(body.encode(), signature_of(body, SECRET, time.time()))
            taken = self.do(webhooks.receive, event)
            if taken and times == 1:
                self.news.remove(body)

    def lose_the_mail(self):
        self.hear()
        self.news.clear()

    # --- time, and what runs by itself ----------------------------------------------------------

    def pass_minutes(self, minutes: int, seconds: int = 0):
        self.at += timedelta(minutes=minutes, seconds=seconds)
        self.fake.now = self.at.timestamp()

    def tick(self):
        if self.do(tidy.tick):
            self.ticked_at = self.at

    def will_die(self, after: int):
        """The process ends before the query that follows so many of the next act."""
        self.dies_after = after

    def reconcile(self):
        self.do(reconcile)

    def do(self, act, *args, **kwargs) -> bool:
        """Let something be done now, unless it is refused or the process dies. True where it was
        done to its end.
        """
        dies_after, self.dies_after = self.dies_after, None
        self.pass_minutes(0, seconds=1)  # nothing happens at the very same instant
        try:
            with self.dying(dies_after):
                act(*args, at=self.at, **kwargs)
        except (Refusal, Killed):
            return False
        finally:
            self.hear()
        return True

    @contextmanager
    def dying(self, after: int | None):
        """Die before the next query that follows so many."""
        left = [after]

        def wrapper(execute, sql, params, many, context):
            if left[0] is not None and not sql.startswith(NOT_OURS):
                left[0] -= 1
                if left[0] < 0:
                    left[0] = None
                    raise Killed
            self.is_changed |= sql.startswith(("INSERT", "UPDATE", "DELETE"))
            return execute(sql, params, many, context)

        with connection.execute_wrapper(wrapper):
            yield

    def order(self, number: int) -> Order | None:
        orders = list(Order.objects.order_by("pk"))
        return orders[number % len(orders)] if orders else None

    # --- what must be true ----------------------------------------------------------------------

    def audit(self):
        """The same sentences as `manage.py audit_books`; a remark is right only about a limit that
        was lowered. Where no row was written since the last one, it would say the same.
        """
        if not self.is_changed:
            return
        self.is_changed = False
        found = [each for each in findings(self.at) if not (each.is_remark and self.is_lowered)]
        if self.at - self.ticked_at >= LATE:  # nobody has written them: it is right to say so
            found = [each for each in found if not str(each).endswith("not written yet.")]
        assert not found, "; ".join(str(each) for each in found)

    def come_to_rest(self):
        """The storm is over: nothing fails, the ticker runs, and Stripe's lists are read."""
        self.fake.behave()
        self.dies_after = None
        self.lose_the_mail()
        for minutes in (5, 60, 60):
            self.pass_minutes(minutes)
            self.tick()
            self.reconcile()
            self.audit()

    def compare(self):
        """Every dollar that Stripe has of ours is known here, and nothing waits any more."""
        assert not Order.objects.filter(state=Order.State.HELD).exists()
        assert not Refund.objects.filter(state=Refund.State.REQUESTED).exists()
        ours = {
            payment.intent_id: sum(payment.ledger.values_list("cents", flat=True))
            for payment in Payment.objects.exclude(intent_id="")
        }
        assert ours == {intent_id: self.at_stripe(intent_id) for intent_id in self.fake.intents}
        free = Payment.objects.filter(method=Payment.Method.FREE)
        assert not free.exclude(amount_cents=0).exists()
        paid = LedgerEntry.objects.filter(entry=LedgerEntry.Entry.PAID, cents__gt=0)
        assert paid.count() == len(self.fake.charges)

    def story(self) -> Counter[str]:
        """What came about, by the ledger's words."""
        counts = Counter(entry.get_entry_display() for entry in LedgerEntry.objects.all())
        for words in ("a second payment", "late, and nothing was left"):
            counts[words] = LedgerEntry.objects.filter(text=words).count()
        return +counts

    def at_stripe(self, intent_id: str) -> int:
        """Charged, less refunds and disputes, by Stripe's own balance; its fees apart."""
        charge = self.fake.intents[intent_id]["latest_charge"]
        sources = {charge}
        for store in (self.fake.refunds, self.fake.disputes):
            sources |= {row["id"] for row in store.values() if row["charge"] == charge}
        moved = self.fake.transactions.values()
        return sum(t["amount"] for t in moved if t["source"] in sources)


@contextmanager
def undone():
    """Everything within is taken back; the code within may think it commits."""
    atomic = transaction.atomic()
    atomic._from_testcase = True  # as Django's TestCase marks its own, so that `durable` passes
    with atomic:
        try:
            yield
        finally:
            transaction.set_rollback(True)
