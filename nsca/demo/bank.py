"""What a bank would have seen of the sample season: Stripe's fees, and a payout every Friday.

Pretend payments move no money, so without this the treasurer's report would be empty.
"""

from collections import defaultdict
from datetime import date, timedelta

from django.db import transaction

from nsca.demo.days import Days
from nsca.lib.timing import day_of
from orders.models import Movement, Payment, Payout, Refund

FRIDAY = 4
TWO_DAYS = timedelta(days=2)  # from a payment to the balance, as in the United States


def fee_of(cents: int) -> int:
    """Stripe's price for a U.S. card: 2.9% and 30 cents."""
    return (cents * 29 + 500) // 1000 + 30


@transaction.atomic
def add(days: Days) -> None:
    by_payout: dict[date, list[Movement]] = defaultdict(list)
    for movement in _movements():
        by_payout[_friday_after(day_of(movement.at) + TWO_DAYS)].append(movement)
    for friday, movements in by_payout.items():
        payout = None  # not arrived yet
        if friday <= days.today:
            payout, _is_new = Payout.objects.get_or_create(
                provider_id=f"pretend_po_{friday}",
                defaults={
                    "cents": sum(movement.net_cents for movement in movements),
                    "state": "paid",
                    "arrives_on": friday,
                },
            )
        for movement in movements:
            movement.payout = payout
        Movement.objects.bulk_create(movements, ignore_conflicts=True)


def _movements() -> list[Movement]:
    """One for every pretend payment, and for every refund that arrived."""
    ours = Payment.objects.filter(
        method=Payment.Method.PRETEND, state=Payment.State.PAID, order__is_sample=True
    )
    charges = [
        _movement("charge", payment.amount_cents, payment, fee=fee_of(payment.amount_cents))
        for payment in ours
    ]
    backs = Refund.objects.filter(payment__in=ours, state=Refund.State.SUCCEEDED)
    refunds = [
        _movement("refund", -refund.cents, refund.payment, refund=refund)
        for refund in backs.select_related("payment")
    ]
    return charges + refunds


def _movement(kind: str, gross: int, payment: Payment, *, refund=None, fee: int = 0) -> Movement:
    key = refund.idempotency_key if refund else payment.idempotency_key
    return Movement(
        provider_id=f"pretend_txn_{key}",
        kind=kind,
        gross_cents=gross,
        fee_cents=fee,
        net_cents=gross - fee,
        at=refund.settled_at if refund else payment.paid_at,
        payment=payment,
        refund=refund,
    )


def _friday_after(day: date) -> date:
    return day + timedelta(days=(FRIDAY - day.weekday()) % 7)
