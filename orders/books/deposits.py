"""Deposits of cash and checks: collected, handed over, counted.

Each step records who did it and when. The database keeps payments from being deposited twice: a
payment is in one deposit (Deposited.payment), and one deposit is open at a time.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Max

from orders.lines.kinds import Refusal
from orders.lines.locks import brief
from orders.models import Deposit, DepositLine, Payment

BY_HAND = (Payment.Method.CASH, Payment.Method.CHECK)


class IsHandedOver(Refusal):
    def __init__(self, deposit: Deposit):
        super().__init__(f"{deposit} has been handed over and can't change anymore.")


class IsEmpty(Refusal):
    def __init__(self):
        super().__init__("This deposit is empty. Choose payments first.")


class IsNotHandedOver(Refusal):
    def __init__(self):
        super().__init__("This deposit can't be counted before it is handed over.")


def waiting():
    """Cash and checks not in a deposit yet, oldest first."""
    return (
        Payment.objects.filter(
            method__in=BY_HAND,
            state=Payment.State.PAID,
            amount_cents__gt=F("returned_cents"),
            deposited__isnull=True,
        )
        .select_related("order", "recorded_by")
        .order_by("paid_at", "pk")
    )


def open_deposit(*, by, at: datetime) -> Deposit:
    """The open deposit, or a new one with everything that is waiting."""
    with brief():
        found = Deposit.objects.select_for_update().filter(handed_over_at__isnull=True).first()
        if found:
            return found
        last = Deposit.objects.aggregate(last=Max("number"))["last"] or 0
        # If two start at once, the second gets an IntegrityError: only one may be open.
        deposit = Deposit.objects.create(number=last + 1, opened_at=at, opened_by=by)
        _put_in(deposit, waiting())
        return deposit


def choose(deposit: Deposit, payments: Iterable[int]) -> int:
    """Put exactly these payments (keys) into an open deposit, if they are waiting for one.

    Returns how many are in it. Raises IsHandedOver.
    """
    with brief():
        deposit = _open(deposit)
        wanted = set(payments)
        deposit.items.exclude(payment__in=wanted).delete()
        _put_in(deposit, waiting().filter(pk__in=wanted))
        return deposit.items.count()


def hand_over(deposit: Deposit, *, by, at: datetime) -> Deposit:
    """Close a deposit with the totals of its slip, without what bounced or was refunded since.

    Raises IsHandedOver, IsEmpty.
    """
    with brief():
        deposit = _open(deposit)
        items = list(deposit.items.select_related("payment").select_for_update(of=("self",)))
        sums = dict.fromkeys(BY_HAND, 0)
        left = 0
        for item in items:
            payment = item.payment
            item.cents = payment.amount_cents - payment.returned_cents
            if payment.state != Payment.State.PAID or not item.cents:
                item.delete()
                continue
            item.save(update_fields=["cents"])
            sums[payment.method] += item.cents
            left += 1
        if not left:
            raise IsEmpty
        deposit.cash_cents = sums[Payment.Method.CASH]
        deposit.check_cents = sums[Payment.Method.CHECK]
        deposit.handed_over_at, deposit.handed_over_by = at, by
        deposit.save()
        return deposit


def acknowledge(deposit: Deposit, *, by, at: datetime) -> bool:
    """Record that the treasurer's count matches. False if it was recorded before.

    Raises IsNotHandedOver.
    """
    with brief():
        deposit = Deposit.objects.select_for_update().get(pk=deposit.pk)
        if deposit.handed_over_at is None:
            raise IsNotHandedOver
        if deposit.acknowledged_at is not None:
            return False
        deposit.acknowledged_at, deposit.acknowledged_by = at, by
        deposit.save(update_fields=["acknowledged_at", "acknowledged_by"])
        return True


def _open(deposit: Deposit) -> Deposit:
    """Lock the row so that nobody hands it over meanwhile. Raises IsHandedOver."""
    deposit = Deposit.objects.select_for_update().get(pk=deposit.pk)
    if deposit.handed_over_at is not None:
        raise IsHandedOver(deposit)
    return deposit


def _put_in(deposit: Deposit, payments: Iterable[Payment]) -> None:
    DepositLine.objects.bulk_create(
        DepositLine(
            deposit=deposit, payment=payment, cents=payment.amount_cents - payment.returned_cents
        )
        for payment in payments
    )
