"""Corrections of statements whose money was refunded or disputed after they were issued.

A new statement is issued that names the one it replaces.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from membership.giving import contributions, statements
from membership.giving.givers import Giver
from membership.models import Statement, StatementLine
from nsca.lib.mail.letterhead import letterhead
from orders.lines.receipts import ACKNOWLEDGEMENT_FROM
from orders.models import LedgerEntry, Order

LOOKED_AT = 1_000  # of the ledger's last entries, each round of the ticker; a run checks all
LATELY = timedelta(days=60)  # older gifts are covered by January's statement
A_WHILE = timedelta(minutes=10)  # an entry may be written this long after its instant


def correct(statement: Statement, *, at: datetime, run=None) -> Statement | None:
    """Issue and send the statement that replaces this one.

    None if it is still right, or was replaced before.
    """
    with transaction.atomic():
        locked = Statement.objects.select_for_update(of=("self",)).get(pk=statement.pk)
        if locked.kind == Statement.Kind.IN_KIND or is_replaced(locked):
            return None
        return correct_with(locked, (), at=at, run=run)


def correct_with(
    statement: Statement, further: Iterable[int], *, at: datetime, run=None
) -> Statement | None:
    """Correct a locked statement inside a transaction; it also gets the `further` orders."""
    before = {line.order_id: _facts(line) for line in statement.lines.all()}
    orders = Order.objects.filter(pk__in={*before, *further})
    now = [
        each
        for each in contributions.contributions_of(contributions.with_all_it_takes(orders))
        if each.paid_on.year == statement.year
    ]
    facts = {each.order_id: each.facts for each in now}
    is_right = facts == {order: known for order, known in before.items() if known[3]}
    if is_right:
        Statement.objects.filter(pk=statement.pk).update(checked_at=at)
        return None
    giver = Giver(statement.giver, statement.name, statement.email, statement.person_id)
    how = {"at": at, "replaces": statement, "is_sample": statement.is_sample}
    if statement.kind == Statement.Kind.GIFT:
        issued = statements.issue_gift(giver, statement.year, now, **how)
    else:
        issued = statements.issue_year(giver, statement.year, now, run=run, **how)
    statements.post(issued, at=at, is_patient=run is not None)
    return issued


def is_replaced(statement: Statement) -> bool:
    return Statement.objects.filter(replaces=statement.pk).exists()


def tick(at: datetime) -> int:
    """Correct statements the ledger's last entries contradict; return how many were written.

    Also acknowledges large gifts whose money came later, as for an invoice.
    """
    recent = LedgerEntry.objects.exclude(cents=0).order_by("-pk")
    entries = recent.values_list("order_id", "at", "entry")[:LOOKED_AT]
    moved: dict[int, datetime] = {}
    came: set[int] = set()
    for order_id, when, entry in entries:
        if entry == LedgerEntry.Entry.PAID and when > at - LATELY:
            came.add(order_id)
        moved[order_id] = max(when, moved.get(order_id, when))
    lines = StatementLine.objects.filter(order__in=moved, statement__replaced_by__isnull=True)
    suspects, known = {}, set()
    for line in lines.select_related("statement").defer("statement__content"):
        known.add(line.order_id)
        if moved[line.order_id] > line.statement.checked_at - A_WHILE:
            suspects[line.statement_id] = line.statement
    count = sum(correct(each, at=at) is not None for _, each in sorted(suspects.items()))
    return count + _acknowledge(came - known, at=at)


def _acknowledge(orders: set[int], *, at: datetime) -> int:
    """Acknowledge gifts of $250 or more that have no acknowledgment yet."""
    if not orders or not letterhead().may_speak_of_deductibility:
        return 0
    gifts = Order.objects.filter(
        pk__in=orders, lines__kind="gift", payments__state="paid",
        payments__amount_cents__gte=ACKNOWLEDGEMENT_FROM,
    )  # fmt: skip
    count = 0
    for order in contributions.with_all_it_takes(gifts.distinct()):
        with transaction.atomic():
            issued = statements.acknowledge(order, at=at)
            if issued:
                statements.post(issued, at=at)
                count += 1
    return count


def _facts(line: StatementLine) -> tuple[int, int, int, int]:
    return line.order_id, line.paid_cents, line.value_cents, line.gift_cents
