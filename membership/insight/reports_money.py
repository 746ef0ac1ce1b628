"""Dues and gifts by month against last year, and the renewals of the next twelve months.

Income comes from the ledger, divided like the treasurer's report, so the two agree to the cent.
Expected renewals are an estimate from today's dues, a price staff granted, or an agreed charge.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from membership.insight.reports import MONTHS, Month, Sets
from membership.models import HardshipPrice, HouseholdMember, Term
from orders.books.report import FEES, Period, postings_of
from orders.models import Line, RecurringPayment

KINDS = {Line.Kind.DUES.value: "Dues", Line.Kind.GIFT.value: "Gifts"}


@dataclass(frozen=True)
class Year:
    """One kind of income in two years by month, in cents, less refunds."""

    kind: str
    words: str
    this: tuple[int, ...]
    last: tuple[int, ...]
    until: int  # how many months of this year have started

    @property
    def this_total(self) -> int:
        return sum(self.this)

    @property
    def last_so_far(self) -> int:
        """Last year's total through the current month."""
        return sum(self.last[: self.until])

    @property
    def last_total(self) -> int:
        return sum(self.last)


@dataclass(frozen=True)
class Expected:
    """The memberships that end in one month, and what their renewals would bring."""

    month: Month
    memberships: int
    people: int
    cents: int
    by_itself: int  # memberships with auto-renewal
    unpriced: int  # at a level without dues: not in `cents`


@dataclass(frozen=True)
class MoneyReport:
    on: date
    years: tuple[Year, ...]
    expected: tuple[Expected, ...]
    is_sample: bool
    sets: Sets = field(repr=False)

    @property
    def expected_cents(self) -> int:
        return sum(each.cents for each in self.expected)


def money_report(on: date) -> MoneyReport:
    """The report of a day in Norfolk, in a constant number of queries."""
    sets: Sets = defaultdict(set)
    years, is_sample = _years(on)
    return MoneyReport(on, years, tuple(_expected(on, sets)), is_sample, sets)


def month_behind(year: int, month: int) -> Period:
    return Period.month_of(date(year, month, 1))


def _years(on: date) -> tuple[tuple[Year, ...], bool]:
    cents: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0] * 12)
    is_sample = False
    period = Period(date(on.year - 1, 1, 1), date(on.year, 12, 31))
    for posting in postings_of(period):
        if posting.kind in KINDS and posting.column != FEES:
            cents[posting.kind, posting.on.year][posting.on.month - 1] += posting.cents
            is_sample |= posting.is_sample
    years = tuple(
        Year(
            kind,
            words,
            tuple(cents[kind, on.year]),
            tuple(cents[kind, on.year - 1]),
            until=on.month,
        )
        for kind, words in KINDS.items()
    )
    return years, is_sample


def _expected(on: date, sets: Sets):
    """Expected renewals by month: the last full term of each household with a living member."""
    first = Month.of(on)
    months = [first.plus(number) for number in range(MONTHS)]
    people = defaultdict(set)
    for household, person in (
        HouseholdMember.objects.filter(
            person__died_on__isnull=True,
            person__erased_at__isnull=True,
            person__merged_into__isnull=True,
        )
        .order_by()
        .values_list("household", "person")
    ):
        people[household].add(person)
    last: dict[int, Term] = {}
    for term in Term.objects.whole().real().select_related("tier").order_by("starts_on", "pk"):
        known = last.get(term.household_id)
        if known is None or (
            known.ends_on is not None and (term.ends_on is None or term.ends_on >= known.ends_on)
        ):
            last[term.household_id] = term
    granted = {
        (price.household_id, price.tier_id): price
        for price in HardshipPrice.objects.holding(on).order_by("pk")
    }
    agreed = dict(
        RecurringPayment.objects.living()
        .filter(kind=Line.Kind.DUES, household__isnull=False)
        .values_list("household", "cents")
    )
    ending = defaultdict(list)
    for household, term in last.items():
        if term.ends_on is not None and term.ends_on >= on and people[household]:
            ending[Month.of(term.ends_on)].append(term)
    for month in months:
        terms = ending[month]
        prices = [_price(term, granted, agreed) for term in terms]
        theirs = set().union(*(people[term.household_id] for term in terms))
        sets[f"ends-{month.key}"] = theirs
        yield Expected(
            month=month,
            memberships=len(terms),
            people=len(theirs),
            cents=sum(price or 0 for price in prices),
            by_itself=sum(term.household_id in agreed for term in terms),
            unpriced=sum(price is None for price in prices),
        )


def _price(term: Term, granted, agreed) -> int | None:
    if term.household_id in agreed:
        return agreed[term.household_id]
    price = granted.get((term.household_id, term.tier_id))
    if price is not None and price.valid_until >= term.ends_on:
        return price.dues_cents
    return term.tier.dues_cents
