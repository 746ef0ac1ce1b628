"""Cash and checks on their way to the bank: collected in a batch, handed over, counted.

Each act names who did it and when. That nothing is deposited twice is held by the database: a
payment is in one deposit (Deposited.payment), and one deposit is open at a time.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Max

from orders.lines.kinds import Refusal
from orders.lines.locks import brief
from orders.models import Deposit, Deposited, Payment

BY_HAND = (Payment.Method.CASH, Payment.Method.CHEQUE)


class IsHandedOver(Refusal):
    def __init__(self, deposit: Deposit):
        super().__init__(f"{deposit} is handed over: what is in it stays in it.")


class IsEmpty(Refusal):
    def __init__(self):
        super().__init__("There is nothing in it to hand over.")


class IsNotHandedOver(Refusal):
    def __init__(self):
        super().__init__("It has to be handed over before it can be counted.")


def waiting():
    """The cash and checks that are here and in no deposit, oldest first."""
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
    """The deposit that is open; where none is, a new one with all that waits."""
    with brief():
        found = Deposit.objects.select_for_update().filter(handed_over_at__isnull=True).first()
        if found:
            return found
        last = Deposit.objects.aggregate(last=Max("number"))["last"] or 0
        # Two who begin at once: the second runs into the one that may be open (IntegrityError).
        deposit = Deposit.objects.create(number=last + 1, opened_at=at, opened_by=by)
        _put_in(deposit, waiting())
        return deposit


def choose(deposit: Deposit, payments: Iterable[int]) -> int:
    """Let an open deposit hold these payments (keys) and no others, so far as they wait for one;
    how many it holds. Raises IsHandedOver.
    """
    with brief():
        deposit = _open(deposit)
        wanted = set(payments)
        deposit.items.exclude(payment__in=wanted).delete()
        _put_in(deposit, waiting().filter(pk__in=wanted))
        return deposit.items.count()


def hand_over(deposit: Deposit, *, by, at: datetime) -> Deposit:
    """Close it with its sums, as they are on the slip. What came back or was given back since it
    was put in is not in it any more. Raises IsHandedOver, IsEmpty.
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
        deposit.check_cents = sums[Payment.Method.CHEQUE]
        deposit.handed_over_at, deposit.handed_over_by = at, by
        deposit.save()
        return deposit


def acknowledge(deposit: Deposit, *, by, at: datetime) -> bool:
    """The treasurer has counted it, and it is right. False where that was said before. Raises
    IsNotHandedOver.
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
    """The row, locked, so that nobody hands it over meanwhile. Raises IsHandedOver."""
    deposit = Deposit.objects.select_for_update().get(pk=deposit.pk)
    if deposit.handed_over_at is not None:
        raise IsHandedOver(deposit)
    return deposit


def _put_in(deposit: Deposit, payments: Iterable[Payment]) -> None:
    Deposited.objects.bulk_create(
        Deposited(
            deposit=deposit, payment=payment, cents=payment.amount_cents - payment.returned_cents
        )
        for payment in payments
    )
