"""Every dollar is something sold, or on its way back."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from django.db.models import F, Sum

from nsca.lib.text.money import dollars
from nsca.ops.audit.finding import Finding
from orders.models import Dispute, LedgerEntry, Movement, Order, Payment, Refund, Task

PAID, BOUNCED = Payment.State.PAID, Payment.State.BOUNCED
CHARGES = ("charge", "payment")  # Stripe's words for incoming money


def paid_orders_have_their_payment(at: datetime) -> Iterator[Finding]:
    """A paid order was paid in full, or is owed for a reason, or was given up.

    The reason is an invoice or a check that came back; giving up is in the ledger.
    """
    given_up = set(
        LedgerEntry.objects.filter(entry=LedgerEntry.Entry.CANCELED).values_list(
            "order", flat=True
        )
    )
    for order in Order.objects.filter(state=Order.State.PAID).prefetch_related(
        "lines", "payments"
    ):
        counted = [
            payment
            for payment in order.payments.all()
            if payment.state in (PAID, BOUNCED)
            or (payment.method, payment.state) == (Payment.Method.INVOICE, Payment.State.OPEN)
        ]
        if order.pk in given_up:
            continue
        if not counted:
            yield Finding(f"Order {order.number} is paid, but has no payment.")
        elif sum(payment.amount_cents for payment in counted) < order.total_cents:
            yield Finding(
                f"Order {order.number} cost {dollars(order.total_cents)}, but less was paid."
            )


def no_payment_without_its_order(at: datetime) -> Iterator[Finding]:
    """Money for an order that is not paid went back completely, or is on its way.

    If it could not be refunded, there is a task.
    """
    kept = Payment.objects.filter(state=PAID).exclude(order__state=Order.State.PAID)
    for payment in kept.select_related("order").prefetch_related("refunds"):
        missing = payment.amount_cents - payment.returned_cents - _failed(payment)
        if missing > 0:
            yield Finding(
                f"Order {payment.order.number} is not paid, but {dollars(missing)} paid for it "
                "was not refunded."
            )


def _failed(payment: Payment) -> int:
    """Refunds that failed: a task says so, see failed_refunds_are_tasks."""
    failed = [r.cents for r in payment.refunds.all() if r.state == Refund.State.FAILED]
    return min(sum(failed), payment.amount_cents - payment.returned_cents)


def nothing_is_paid_twice(at: datetime) -> Iterator[Finding]:
    """We keep no more than the price of what came for a paid order."""
    for order in Order.objects.filter(state=Order.State.PAID).prefetch_related(
        "lines", "payments__refunds"
    ):
        paid = [payment for payment in order.payments.all() if payment.state == PAID]
        stays = sum(p.amount_cents - p.returned_cents - _failed(p) for p in paid)
        if len(paid) > 1 and stays > order.total_cents:
            yield Finding(
                f"Order {order.number} cost {dollars(order.total_cents)}, and {dollars(stays)} "
                "paid for it was kept."
            )


def what_went_back_is_counted(at: datetime) -> Iterator[Finding]:
    """A payment's returned amount is its refunds that did not fail plus what banks took.

    It is not more than was paid.
    """
    banks = defaultdict(int)
    for dispute in Dispute.objects.all():
        banks[dispute.payment_id] += dispute.cents * dispute.has_the_money
    for payment in Payment.objects.select_related("order").prefetch_related("refunds"):
        alive = [r.cents for r in payment.refunds.all() if r.state != Refund.State.FAILED]
        went = sum(alive) + banks[payment.pk]
        if went != payment.returned_cents:
            yield Finding(
                f"Order {payment.order.number}: a payment counts "
                f"{dollars(payment.returned_cents)} as returned, but {dollars(went)} went back."
            )
        if went > payment.amount_cents:
            yield Finding(
                f"Order {payment.order.number}: {dollars(went)} went back from a payment of "
                f"{dollars(payment.amount_cents)}."
            )


def the_ledger_is_the_payments(at: datetime) -> Iterator[Finding]:
    """A payment's ledger entries add up to it, and each names a payment of its own order.

    That is the amount if it is paid, less the refunds that arrived, less what banks have. A refund
    that bounced came and went, so it adds nothing.
    """
    money = LedgerEntry.objects.exclude(cents=0)
    for entry in money.exclude(payment__order=F("order")).select_related("order"):
        yield Finding(
            f"Order {entry.order.number}: {dollars(entry.cents)} in the ledger "
            f"({entry.get_entry_display()}) belongs to no payment of it."
        )
    rows = money.order_by().values_list("payment").annotate(sum=Sum("cents"))
    ledger = dict(rows)
    for payment in Payment.objects.select_related("order").prefetch_related("refunds", "disputes"):
        is_here = payment.amount_cents if payment.state == PAID else 0
        arrived = [r.cents for r in payment.refunds.all() if r.state == Refund.State.SUCCEEDED]
        taken = [d.cents for d in payment.disputes.all() if d.has_the_money]
        should = is_here - sum(arrived) - sum(taken)
        said = ledger.get(payment.pk, 0)
        if said != should:
            yield Finding(
                f"Order {payment.order.number}: by the ledger {dollars(said)} of a payment is "
                f"here, but by the payment itself {dollars(should)}."
            )


def failed_refunds_are_tasks(at: datetime) -> Iterator[Finding]:
    """A refund that failed became a task."""
    asked = set(
        Task.objects.filter(key__startswith="refund-failed:").values_list("key", flat=True)
    )
    failed = Refund.objects.filter(state=Refund.State.FAILED).select_related("payment__order")
    for refund in failed:
        if f"refund-failed:{refund.pk}" not in asked:
            yield Finding(
                f"Order {refund.payment.order.number}: a refund of {dollars(refund.cents)} "
                "failed, but no task says so."
            )


def stripe_says_the_same(at: datetime) -> Iterator[Finding]:
    """What moved at Stripe is what we say was paid and refunded."""
    moved = Movement.objects.select_related("payment__order", "refund")
    for movement in moved.filter(kind__in=CHARGES, payment__isnull=False):
        payment = movement.payment
        if payment.state == PAID and movement.gross_cents != payment.amount_cents:
            yield _differs(movement, payment.amount_cents)
    for movement in moved.filter(kind="refund", refund__isnull=False):
        if movement.gross_cents != -movement.refund.cents:
            yield _differs(movement, -movement.refund.cents)


def _differs(movement: Movement, cents: int) -> Finding:
    return Finding(
        f"Order {movement.payment.order.number}: Stripe moved {dollars(movement.gross_cents)}, "
        f"and we say {dollars(cents)}."
    )
