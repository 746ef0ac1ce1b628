"""The treasurer's report: the ledger of a period, booked on what was sold, to the cent.

Every movement of money in the ledger is split over the lines of its order; each part is a posting.
All tables sum the same postings, so they match each other and the ledger. A period is a range of
days in Norfolk; the ledger says when money came or went.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Prefetch, Q, Sum

from nsca.lib.text.money import spread
from nsca.lib.timing import NORFOLK, day_of
from orders.models import LedgerEntry, Line, Movement, Order, Payment, Payout

Entry = LedgerEntry.Entry

# Cents of the ledger and of Stripe's fees are signed: what goes out is negative.
SOLD, GIVEN_BACK, TAKEN_BACK, FEES = "sold", "given_back", "taken_back", "fees"
_COLUMN_OF = {
    Entry.REFUNDED: GIVEN_BACK,
    Entry.REFUND_FAILED: GIVEN_BACK,  # the money is back with us
    Entry.DISPUTED: TAKEN_BACK,
    Entry.BOUNCED: TAKEN_BACK,
}
_CHARGES = ("charge", "payment")  # Stripe's words for money in
ON_ITS_WAY = "on-its-way"  # at Stripe, not yet in a payout
NO_COMMITTEE = "none"


@dataclass(frozen=True)
class Period:
    """A range of days in Norfolk, both ends included."""

    first: date
    last: date

    @classmethod
    def month_of(cls, day: date) -> "Period":
        first = day.replace(day=1)
        return cls(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))

    @classmethod
    def year_of(cls, day: date) -> "Period":
        return cls(date(day.year, 1, 1), date(day.year, 12, 31))

    @property
    def begins_at(self) -> datetime:
        return _midnight(self.first)

    @property
    def ends_at(self) -> datetime:
        """The first instant after the period."""
        return _midnight(self.last + timedelta(days=1))

    @property
    def words(self) -> str:
        """ "November 2026", "2026", or the two days."""
        if self == Period.month_of(self.first):
            return f"{self.first:%B %Y}"
        if self == Period.year_of(self.first):
            return str(self.first.year)
        if self.first == self.last:
            return f"{self.first:%B %-d, %Y}"
        return f"{self.first:%B %-d, %Y} to {self.last:%B %-d, %Y}"


@dataclass(frozen=True)
class Posting:
    """Cents of one line of an order; every table sums postings."""

    order_id: int
    is_sample: bool
    column: str
    cents: int
    on: date  # in Norfolk
    kind: str  # Line.Kind
    heading: str
    committee: str  # or NO_COMMITTEE
    payout: str  # the day as 2027-05-04, ON_ITS_WAY, or the method if not Stripe
    method: str  # Payment.Method


@dataclass
class Row:
    """One row of a table, in cents; all sums are additions."""

    key: str
    words: str
    cents: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    orders: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    is_sample: bool = False

    def add(self, posting: Posting) -> None:
        self.cents[posting.column] += posting.cents
        self.orders[posting.column].add(posting.order_id)
        self.is_sample |= posting.is_sample

    @property
    def net(self) -> int:
        """Sold, less refunds and disputes."""
        return self.cents[SOLD] + self.cents[GIVEN_BACK] + self.cents[TAKEN_BACK]

    @property
    def left(self) -> int:
        """What reaches, or reached, the bank."""
        return self.net + self.cents[FEES]

    def orders_in(self, column: str) -> set[int]:
        """The orders behind a number; "net", "left" and "" mean several columns."""
        if column in self.orders:
            return self.orders[column]
        columns = {"net": (SOLD, GIVEN_BACK, TAKEN_BACK)}.get(column)
        if columns is None and column not in ("left", ""):
            return set()
        return set().union(*(self.orders[name] for name in columns or list(self.orders)))


@dataclass(frozen=True)
class Table:
    """Postings grouped by one of their fields."""

    by: str
    title: str
    rows: tuple[Row, ...]
    total: Row

    def row(self, key: str) -> Row | None:
        return next((row for row in (*self.rows, self.total) if row.key == key), None)


@dataclass(frozen=True)
class PaidOut:
    """A whole payout, no matter when its orders were paid. Cents, signed as above."""

    payout: Payout
    gross_cents: int  # charges less refunds and disputes of our orders
    fee_cents: int
    other_cents: int  # what Stripe moved for none of our orders

    @property
    def unexplained_cents(self) -> int:
        """What Stripe did not itemize; it itemizes automatic payouts only."""
        return self.payout.cents - self.gross_cents - self.fee_cents - self.other_cents


@dataclass(frozen=True)
class Report:
    period: Period
    tables: tuple[Table, ...]
    payouts: tuple[PaidOut, ...]
    kinds: Table  # not shown here: the membership reports link to its orders

    @property
    def is_empty(self) -> bool:
        return not self.tables[0].rows and not self.payouts

    @property
    def total(self) -> Row:
        return self.tables[0].total

    def table(self, by: str) -> Table | None:
        return next((table for table in (*self.tables, self.kinds) if table.by == by), None)


BY = {
    "heading": "By event, dues and gifts",
    "committee": "By committee",
    "payout": "By day of payout",
    "method": "By payment method",
}


def report(period: Period) -> Report:
    """The report of a period, in a handful of queries."""
    postings = list(postings_of(period))
    return Report(
        period=period,
        tables=tuple(_table(by, postings) for by in BY),
        payouts=tuple(_payouts(period)),
        kinds=_table("kind", postings),
    )


def postings_of(period: Period) -> Iterator[Posting]:
    """The ledger and the fees of a period, split over the lines of their orders."""
    within = {"at__gte": period.begins_at, "at__lt": period.ends_at}
    entries = LedgerEntry.objects.filter(**within).exclude(cents=0)
    fees = Movement.objects.filter(**within, payment__isnull=False).exclude(fee_cents=0)
    concerned = Order.objects.filter(
        Q(pk__in=entries.values("order")) | Q(pk__in=fees.values("payment__order"))
    )
    money = LedgerEntry.objects.exclude(cents=0).select_related("payment", "refund")
    payments = Payment.objects.prefetch_related(
        Prefetch("movements", Movement.objects.select_related("payout", "refund"))
    )
    for order in concerned.order_by("pk").prefetch_related(
        "lines", Prefetch("ledger", money, to_attr="money"), Prefetch("payments", payments)
    ):
        yield from _Account(order).postings(period)


class _Account:
    """One order's money from the start: what is left of each line decides how refunds split."""

    def __init__(self, order: Order):
        self.order = order
        self.lines = list(order.lines.all())
        self.totals = [line.total_cents for line in self.lines]
        self.left = [0] * len(self.lines)
        self.went: dict[int, list[int]] = {}  # how each refund was split, in case it fails
        self.movements = [m for payment in order.payments.all() for m in payment.movements.all()]
        self.payments = {payment.pk: payment for payment in order.payments.all()}

    def postings(self, period: Period) -> Iterator[Posting]:
        for entry in self.order.money:
            parts = self._parts(entry)
            self.left = [left + part for left, part in zip(self.left, parts, strict=True)]
            if period.begins_at <= entry.at < period.ends_at:
                column = _COLUMN_OF.get(entry.entry, SOLD)
                movement = self._movement_of(entry)
                yield from self._posted(column, parts, entry.at, entry.payment, movement)
        for movement in self.movements:
            if movement.fee_cents and period.begins_at <= movement.at < period.ends_at:
                line = movement.refund.line_id if movement.refund else None
                parts = self._of_line(line, -movement.fee_cents) or self._by_price(
                    -movement.fee_cents
                )
                payment = self.payments[movement.payment_id]
                yield from self._posted(FEES, parts, movement.at, payment, movement)

    def _parts(self, entry: LedgerEntry) -> list[int]:
        """The cents of an entry for each line."""
        refund = entry.refund
        if refund and refund.pk in self.went and entry.cents > 0:
            return [-part for part in self.went.pop(refund.pk)]
        if refund and refund.line_id:
            parts = self._of_line(refund.line_id, entry.cents) or self._by_price(entry.cents)
        elif entry.cents < 0 and any(left > 0 for left in self.left):
            parts = spread(entry.cents, [max(0, left) for left in self.left])
        else:
            parts = self._by_price(entry.cents)
        if refund:
            self.went[refund.pk] = parts
        return parts

    def _by_price(self, cents: int) -> list[int]:
        return spread(cents, self.totals) if self.lines else []

    def _of_line(self, line_id: int | None, cents: int) -> list[int] | None:
        if line_id not in {line.pk for line in self.lines}:
            return None
        return [cents if line.pk == line_id else 0 for line in self.lines]

    def _movement_of(self, entry: LedgerEntry) -> Movement | None:
        """What Stripe's balance shows for an entry."""
        for movement in self.movements:
            if (
                movement.payment_id == entry.payment_id
                and movement.refund_id == entry.refund_id
                and (movement.gross_cents < 0) == (entry.cents < 0)
                and (movement.kind in _CHARGES) == (entry.entry not in _COLUMN_OF)
            ):
                return movement
        return None

    def _posted(self, column, parts, at, payment, movement) -> Iterator[Posting]:
        method = payment.method if payment else self.order.channel
        if movement and movement.payout:
            payout = movement.payout.arrives_on.isoformat()
        elif method in (Payment.Method.STRIPE, Payment.Method.PRETEND):
            payout = ON_ITS_WAY
        else:
            payout = method
        for line, cents in zip(self.lines, parts, strict=True):
            if cents:
                yield Posting(
                    order_id=self.order.pk,
                    is_sample=self.order.is_sample,
                    column=column,
                    cents=cents,
                    on=day_of(at),
                    kind=line.kind,
                    heading=heading_of(line),
                    committee=line.committee or NO_COMMITTEE,
                    payout=payout,
                    method=method,
                )


def heading_of(line: Line) -> str:
    """The heading frozen at the sale; older lines use their label."""
    return line.heading or line.label


def _table(by: str, postings: Iterable[Posting]) -> Table:
    rows: dict[str, Row] = {}
    total = Row("", "Total")
    for posting in postings:
        key = getattr(posting, by)
        if key not in rows:
            rows[key] = Row(key, _words(by, key))
        rows[key].add(posting)
        total.add(posting)
    if by == "payout":  # days first, in order; then the rest
        order = sorted(rows.values(), key=lambda row: (not row.key[0].isdigit(), row.key))
    else:
        order = sorted(rows.values(), key=lambda row: (-row.cents[SOLD], row.words))
    return Table(by, BY.get(by, ""), tuple(order), total)


def _words(by: str, key: str) -> str:
    if by == "committee" and key == NO_COMMITTEE:
        return "No committee"
    if by in ("payout", "method"):
        if key == ON_ITS_WAY:
            return "Not in the bank yet"
        if key[0].isdigit():
            return f"{date.fromisoformat(key):%A, %B %-d, %Y}"
        words = dict(Payment.Method.choices).get(key) or dict(Order.Channel.choices).get(key, key)
        return _capital(words)
    return _capital(key)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _payouts(period: Period) -> Iterator[PaidOut]:
    ours, others = Q(movements__payment__isnull=False), Q(movements__payment__isnull=True)
    for payout in (
        Payout.objects.filter(arrives_on__gte=period.first, arrives_on__lte=period.last)
        .annotate(
            gross=Sum("movements__gross_cents", filter=ours, default=0),
            fee=Sum("movements__fee_cents", filter=ours, default=0),
            other=Sum("movements__net_cents", filter=others, default=0),
        )
        .order_by("arrives_on", "pk")
    ):
        yield PaidOut(payout, payout.gross, -payout.fee, payout.other)


def _midnight(day: date) -> datetime:
    """The instant at which a day begins in Norfolk, whose clocks never change at midnight."""
    return datetime(day.year, day.month, day.day, tzinfo=NORFOLK)
