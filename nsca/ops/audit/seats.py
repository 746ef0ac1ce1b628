"""No seat sold twice, and every ticket where it belongs."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, F, Max, Prefetch, Q

from events.models import Choice, Event, PromoCode, Ticket, TicketType
from events.sales.capacity import occupying
from nsca.ops.audit.finding import Finding
from orders.models import Dispute, LedgerEntry, Line, Order, Payment, Refund


def no_more_seats_than_there_are(at: datetime) -> Iterator[Finding]:
    """No ticket type, event, supper or code has given out more than its limit.

    A seat whose holder offered it back may be sold once more. If staff lowered a limit below what
    was sold, that is a remark: nobody's ticket is canceled for it.
    """
    # A seat that was offered back counts once: for its new buyer, or still for its holder.
    taken = Ticket.objects.filter(occupying(at), offered_back_at__isnull=True)
    for model, by, limit in (
        (Event, "event", lambda row: row.capacity),
        (TicketType, "ticket_type", lambda row: _times(row.capacity, row.covers)),
        (Choice, "choice", lambda row: row.capacity),
    ):
        counts = dict(taken.order_by().values_list(by).annotate(seats=Count("pk")))
        for row in model.objects.filter(pk__in=counts, capacity__isnull=False):
            if counts[row.pk] > limit(row):
                yield _oversold(row, by, counts[row.pk], limit, taken)
    used = taken.filter(promo_code__isnull=False).order_by().values_list("promo_code")
    uses = dict(used.annotate(orders=Count("line__order", distinct=True)))
    for code in PromoCode.objects.filter(pk__in=uses, max_uses__isnull=False):
        if uses[code.pk] > code.max_uses:
            yield Finding(
                f"The code {code.code} is for {code.max_uses} orders and is used by "
                f"{uses[code.pk]}. If nobody lowered its limit since, that is an error.",
                is_remark=True,  # codes keep no history, so this can't tell
            )


def _times(capacity: int | None, covers: int) -> int | None:
    return None if capacity is None else capacity * covers


def _oversold(row, by: str, count: int, limit, taken) -> Finding:
    event = row if by == "event" else row.event
    what = event.title if by == "event" else f"{event.title}, {row}"
    text = f"{what}: {count} seats are taken, but there are {limit(row)}"
    if _was_enough(row, count, limit, _last_taken_at(taken.filter(**{by: row}))):
        return Finding(f"{text}: the limit was lowered after they were sold.", is_remark=True)
    return Finding(f"{text}.")


def _last_taken_at(tickets) -> datetime:
    """When the last of these seats was taken: held, or taken again for a late payment."""
    orders = Order.objects.filter(pk__in=tickets.values("line__order"))
    retaken = LedgerEntry.objects.filter(order__in=orders, entry=LedgerEntry.Entry.RETAKEN)
    held_at = orders.aggregate(at=Max("placed_at"))["at"]
    return max(filter(None, [held_at, retaken.aggregate(at=Max("at"))["at"]]))


def _was_enough(row, count: int, limit, at: datetime) -> bool:
    """Whether the limit at an instant, as its history has it, was high enough."""
    past = row.history.order_by("history_date", "history_id")
    then = past.filter(history_date__lte=at).last() or past.first()
    return then is not None and (limit(then) is None or limit(then) >= count)


def _ticket_lines(*others: Line.Kind):
    tickets = Prefetch("tickets", Ticket.objects.order_by("number"))
    lines = Line.objects.filter(kind__in=(Line.Kind.TICKET, *others)).select_related("order")
    return lines.prefetch_related(tickets)


def for_the_books_only() -> set[int]:
    """Orders, by primary key, that a restored backup had lost and that had been refunded by then.

    They were brought back without what was bought (orders/reconciling/recovery.py).
    """
    recovered = LedgerEntry.objects.filter(entry=LedgerEntry.Entry.RECOVERED)
    return set(recovered.filter(order__state=Order.State.EXPIRED).values_list("order", flat=True))


def _covers(line: Line) -> int:
    return line.details.get("covers", 1)


def every_line_has_its_tickets(at: datetime) -> Iterator[Finding]:
    """A line has the tickets it should: its quantity times what each covers, numbered from 1.

    It has none if it was brought back for the books only.
    """
    empty = for_the_books_only()
    for line in _ticket_lines():
        numbers = [ticket.number for ticket in line.tickets.all()]
        wanted = 0 if line.order_id in empty else line.quantity * _covers(line)
        if numbers != list(range(1, wanted + 1)):
            yield Finding(
                f"Order {line.order.number}: {line} should have {wanted} tickets, numbered from "
                f"1, and has {len(numbers)}."
            )


def tickets_are_what_was_sold(at: datetime) -> Iterator[Finding]:
    """A ticket has the type that its line sold, and belongs to that type's event."""
    strays = Ticket.objects.exclude(
        line__kind=Line.Kind.TICKET,
        line__subject_id=F("ticket_type_id"),
        event=F("ticket_type__event"),
    )
    for ticket in strays.select_related("line__order"):
        yield Finding(
            f"Order {ticket.line.order.number}: ticket {ticket.code} is not of the type and "
            "event that were sold."
        )


def what_went_back_is_canceled(at: datetime) -> Iterator[Finding]:
    """If a unit, a line or an order was fully refunded, its tickets and add-ons are canceled."""
    gone = Refund.objects.filter(is_whole=True, payment__order__state=Order.State.PAID)
    # Not a late payment, which was refunded before its order was paid.
    gone = gone.exclude(state=Refund.State.FAILED).filter(
        requested_at__gte=F("payment__order__paid_at")
    )
    by_line = defaultdict(list)
    for refund in gone.select_related("payment"):
        by_line[refund.line_id or ("order", refund.payment.order_id)].append(refund)
    if not by_line:
        return
    lines = _ticket_lines(Line.Kind.ADDON).prefetch_related("add_ons_sold__add_on")
    for line in lines.filter(order__in=gone.values("payment__order")):
        refunds = by_line[line.pk] + by_line["order", line.order_id]
        for unit, canceled_at, what in _units_of(line):
            if canceled_at is None and any(r.unit in (None, unit) for r in refunds):
                yield Finding(
                    f"Order {line.order.number}: {what} is still valid, but was refunded."
                )


def _units_of(line: Line) -> Iterator[tuple[int, datetime | None, str]]:
    """Everything a line gave: in which of its units, when canceled, and its name."""
    for ticket in line.tickets.all():
        unit = (ticket.number - 1) // _covers(line) + 1
        yield unit, ticket.canceled_at, f"ticket {ticket.code}"
    for add_on_sold in line.add_ons_sold.all():
        yield add_on_sold.number, add_on_sold.canceled_at, f"“{add_on_sold}”"


def no_ticket_without_money(at: datetime) -> Iterator[Finding]:
    """A ticket that cost something is valid only while we have, or are owed, some of its money.

    Owed means an invoice.
    """
    for order in _with_valid_tickets().prefetch_related("lines", "payments"):
        payments = order.payments.all()
        paid = [p for p in payments if p.state == Payment.State.PAID]
        is_owed = any(
            p.method == Payment.Method.INVOICE and p.state == Payment.State.OPEN for p in payments
        )
        left = sum(payment.amount_cents - payment.returned_cents for payment in paid)
        if order.total_cents and not is_owed and left <= 0:
            yield Finding(f"Order {order.number}: its tickets are valid, but nothing is paid.")


def _with_valid_tickets():
    return Order.objects.filter(pk__in=Ticket.objects.valid().values("line__order"))


def what_a_bank_disputes_rests(at: datetime) -> Iterator[Finding]:
    """While a bank has all of an order's money, its tickets are suspended; no others are."""
    in_dispute = Dispute.objects.filter(status__in=Dispute.OPEN).values("payment__order")
    for order in _with_valid_tickets().filter(pk__in=in_dispute).prefetch_related("payments"):
        left = sum(
            payment.amount_cents - payment.returned_cents
            for payment in order.payments.all()
            if payment.state == Payment.State.PAID
        )
        if left < order.total_cents:
            yield Finding(
                f"Order {order.number}: a bank disputes its payment, but its tickets are valid."
            )
    causes = Q(payments__disputes__status__in=(*Dispute.OPEN, Dispute.LOST)) | Q(
        payments__state=Payment.State.BOUNCED
    )
    resting = Ticket.objects.filter(canceled_at__isnull=True, suspended_at__isnull=False)
    without = Order.objects.filter(pk__in=resting.values("line__order")).exclude(
        pk__in=Order.objects.filter(causes).values("pk")
    )
    for order in without:
        yield Finding(
            f"Order {order.number}: its tickets are suspended, but no bank disputes its payment."
        )
