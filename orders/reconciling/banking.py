"""Import Stripe's fees, refunds and disputes, and its payouts to the bank.

Balance transactions become Movements with Stripe's own ids, so that importing again changes
nothing. A balance transaction does not name its payout, but an automatic payout lists its
transactions: https://docs.stripe.com/payouts/reconciliation
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from orders.models import Movement, Payment, Payout, Refund
from orders.payments.gateway import Moved, PaidOut
from orders.payments.stripe import gateway

LOOK_BACK = timedelta(hours=72)  # as for reconcile: an hourly run may fail a few times


@dataclass(frozen=True)
class Brought:
    """How many movements and payouts were read, and how many were new."""

    movements: int
    new_movements: int
    payouts: int
    new_payouts: int


def bring(at: datetime, *, since: datetime | None = None) -> Brought:
    """Import movements since an instant (72 hours before `at`), and payouts that arrived since.

    Idempotent. Call it outside transactions; raises GatewayUnavailable, also during a pause.
    """
    since = since or at - LOOK_BACK
    counts_before = Movement.objects.count(), Payout.objects.count()
    the_gateway = gateway(at=at)
    moved = the_gateway.movements(since)
    _write(moved)
    payouts = the_gateway.payouts(since.date())
    for paid_out in payouts:
        made_of = the_gateway.movements_of(paid_out.id)
        with transaction.atomic():
            _write(made_of, _payout(paid_out))
    return Brought(
        len(moved),
        Movement.objects.count() - counts_before[0],
        len(payouts),
        Payout.objects.count() - counts_before[1],
    )


def _payout(paid_out: PaidOut) -> Payout:
    """Create or update a payout, since its state and day may change."""
    payout, _is_new = Payout.objects.update_or_create(
        provider_id=paid_out.id,
        defaults={
            "cents": paid_out.cents,
            "state": paid_out.state,
            "arrives_on": paid_out.arrives_on,
        },
    )
    return payout


def _write(moved: Sequence[Moved], payout: Payout | None = None) -> None:
    """Save new movements; for known ones update only their payment and payout."""
    refunds = {
        refund.provider_id: refund
        for refund in Refund.objects.filter(
            provider_id__in={each.refund_id for each in moved if each.refund_id}
        )
    }
    payments = dict(
        Payment.objects.filter(
            intent_id__in={each.intent_id for each in moved if each.intent_id}
        ).values_list("intent_id", "pk")
    )
    rows = []
    for each in moved:
        refund = refunds.get(each.refund_id)
        rows.append(
            Movement(
                provider_id=each.id,
                kind=each.kind,
                gross_cents=each.gross_cents,
                fee_cents=each.fee_cents,
                net_cents=each.net_cents,
                at=each.at,
                payment_id=refund.payment_id if refund else payments.get(each.intent_id),
                refund=refund,
                payout=payout,
            )
        )
    Movement.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["provider_id"],
        update_fields=["payment", "refund", *(["payout"] if payout else [])],
    )
