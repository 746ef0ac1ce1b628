"""A run writes one year's statements for everybody who gave.

Starting a run adds a row per giver, and the rows are its queue: each transaction of the ticker
takes a few, writes and e-mails their statements, and deletes the rows. After a crash it continues
where it was, and nobody gets two. A second run writes only what is new or changed.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Min, Q

from membership.giving import contributions, corrections, statements
from membership.giving.givers import Giver, givers_of
from membership.models import Statement, StatementDue, StatementLine, StatementRun
from nsca.lib.mail.letterhead import letterhead
from orders.books.report import Period
from orders.models import Order, Payment

A_TRANSACTION = 25  # givers; a purchase waits for no more than these
A_ROUND = 200  # givers per round of the ticker, which has other work too
AT_ONCE = 500  # orders in memory


@dataclass(frozen=True)
class Preview:
    """What a run would do now. Cents."""

    year: int
    givers: int  # who gave something
    gift_cents: int
    by_mail: int
    on_paper: int
    issued: int  # of these, have a statement already
    speaks_of_deductibility: bool


def orders_of(year: int):
    """The orders paid in a calendar year in Norfolk, including those fully refunded since."""
    period = Period.year_of(datetime(year, 1, 1).date())
    came = Q(payments__state=Payment.State.PAID, payments__amount_cents__gt=0)
    return (
        Order.objects.filter(state=Order.State.PAID)
        .annotate(first_paid_at=Min("payments__paid_at", filter=came))
        .filter(first_paid_at__gte=period.begins_at, first_paid_at__lt=period.ends_at)
        .order_by("first_paid_at", "pk")
    )


def preview(year: int) -> Preview:
    """Count who would get a statement, and how."""
    orders = orders_of(year)
    gifts = {}
    for chunk in _chunks(list(orders.values_list("pk", flat=True))):
        for each in contributions.contributions_of(_loaded(chunk)):
            if each.paid_on.year == year:
                gifts[each.order_id] = each.gift_cents
    givers = [
        giver
        for giver in givers_of(orders.only("buyer_name", "buyer_email", "channel"))
        if any(order in gifts for order in giver.orders)
    ]
    issued = Statement.objects.filter(
        kind=Statement.Kind.YEAR, year=year, replaced_by__isnull=True
    )
    known = set(issued.values_list("giver", flat=True))
    return Preview(
        year=year,
        givers=len(givers),
        gift_cents=sum(gifts.values()),
        by_mail=sum(bool(giver.email) for giver in givers),
        on_paper=sum(not giver.email for giver in givers),
        issued=sum(giver.key in known for giver in givers),
        speaks_of_deductibility=letterhead().may_speak_of_deductibility,
    )


def start(year: int, *, by, at: datetime) -> StatementRun:
    """Queue the givers of a year; the ticker does the rest.

    Raises IntegrityError if a run of that year is under way.
    """
    givers = givers_of(orders_of(year).only("buyer_name", "buyer_email", "channel"))
    with transaction.atomic():
        run = StatementRun.objects.create(year=year, asked_at=at, asked_by=by, givers=len(givers))
        StatementDue.objects.bulk_create(
            (
                StatementDue(run=run, giver=each.key, about=statements.about(each))
                for each in givers
            ),
            batch_size=500,
        )
    return run


def tick(at: datetime) -> int:
    """Continue every unfinished run; return how many givers were handled."""
    count = 0
    for run in StatementRun.objects.filter(done_at__isnull=True).order_by("pk"):
        while count < A_ROUND:
            done = write_some(run, at=at)
            count += done
            if not done:
                break
    return count


def write_some(run: StatementRun, *, at: datetime, most: int = A_TRANSACTION) -> int:
    """Write the statements of the next few givers in one transaction; 0 if none are left."""
    with transaction.atomic():
        due = list(
            StatementDue.objects.filter(run=run)
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("pk")[:most]
        )
        if not due:
            _finish(run, at=at)
            return 0
        givers = [statements.giver_from(each.about) for each in due]
        written, mailed = _write(run, givers, at=at)
        StatementDue.objects.filter(pk__in=[each.pk for each in due]).delete()
        StatementRun.objects.filter(pk=run.pk).update(
            written=F("written") + written,
            mailed=F("mailed") + mailed,
            unchanged=F("unchanged") + len(due) - written,
        )
    return len(due)


def _finish(run: StatementRun, *, at: datetime) -> None:
    """Finish the run if no rows are left; another ticker may still hold some."""
    if not StatementDue.objects.filter(run=run).exists():
        StatementRun.objects.filter(pk=run.pk, done_at__isnull=True).update(done_at=at)


def _write(run: StatementRun, givers: Sequence[Giver], *, at: datetime) -> tuple[int, int]:
    orders = {order.pk: order for order in _loaded([pk for g in givers for pk in g.orders])}
    present = _issued_of(run.year, givers)
    addresses = statements.addresses_of(giver.person_id for giver in givers)
    written = mailed = 0
    for giver in givers:
        theirs = present[giver.key]
        if theirs:
            issued = _corrected(theirs, giver, at=at, run=run)
        else:
            issued = _first(giver, orders, addresses, at=at, run=run)
        written += bool(issued)
        mailed += any(statement.mailed_at for statement in issued)
    return written, mailed


def _first(giver, orders, addresses, *, at, run) -> list[Statement]:
    mine = [orders[pk] for pk in giver.orders if pk in orders]
    now = [c for c in contributions.contributions_of(mine) if c.paid_on.year == run.year]
    if not now:
        return []
    statement = statements.issue_year(
        giver, run.year, now, at=at, run=run, address=addresses.get(giver.person_id, []),
        is_sample=all(order.is_sample for order in mine),
    )  # fmt: skip
    statements.post(statement, at=at, is_patient=True)
    return [statement]


def _corrected(theirs: list[Statement], giver: Giver, *, at, run) -> list[Statement]:
    """Correct each statement a giver has for that year; the first takes what is new."""
    claimed = {line.order_id for each in theirs for line in each.lines.all()}
    new = [pk for pk in giver.orders if pk not in claimed]
    issued = []
    for number, each in enumerate(theirs):
        statement = corrections.correct_with(each, () if number else new, at=at, run=run)
        if statement:
            issued.append(statement)
    return issued


def _issued_of(year: int, givers: Sequence[Giver]) -> dict[str, list[Statement]]:
    """The valid statements of these givers, found by their orders and by their keys.

    People may be merged, and addresses of orders corrected, after a statement is out.
    """
    of_order = {pk: giver.key for giver in givers for pk in giver.orders}
    holds = Statement.objects.filter(kind=Statement.Kind.YEAR, year=year, replaced_by__isnull=True)
    keys = {giver.key for giver in givers}
    by_order = StatementLine.objects.filter(
        order__in=of_order, gift_cents__gt=0, statement__in=holds.values("pk")
    )
    found: dict[str, dict[int, Statement]] = defaultdict(dict)
    wanted = {pk: of_order[order] for pk, order in by_order.values_list("statement", "order")}
    issued = holds.filter(Q(pk__in=wanted) | Q(giver__in=keys)).prefetch_related("lines")
    for statement in issued.select_for_update(of=("self",)).order_by("pk"):
        key = statement.giver if statement.giver in keys else wanted[statement.pk]
        found[key][statement.pk] = statement
    return defaultdict(list, {key: list(each.values()) for key, each in found.items()})


def _loaded(pks: Sequence[int]) -> list[Order]:
    return list(contributions.with_all_it_takes(Order.objects.filter(pk__in=pks).order_by("pk")))


def _chunks(pks: list[int]) -> Iterator[list[int]]:
    for start_at in range(0, len(pks), AT_ONCE):
        yield pks[start_at : start_at + AT_ONCE]
