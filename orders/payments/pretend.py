"""Pretend payments for demonstrations: everything works as with Stripe, and no money moves."""

from datetime import date, datetime

from django.urls import reverse

from orders.lines.locks import refuse_inside_transaction
from orders.models import Payment, Refund
from orders.payments.gateway import (
    Disputed,
    GatewayRefused,
    Moved,
    PaidOut,
    Returned,
    Session,
    SessionState,
)


class PretendGateway:
    """The gateway whose page is ours and whose memory is the payment's own row.

    The pretend bank's yes is an intent on the row, saved by the page's Pay button before anything
    is settled.
    """

    method = Payment.Method.PRETEND
    livemode = False

    def __init__(self, payment: Payment | None = None):
        self._at_hand = payment  # its memory, if just read

    def foretell(self, payment: Payment) -> Session:
        """Its page is the payment's own row, so there is nobody to ask."""
        payment.session_id = f"pretend_{payment.idempotency_key}"
        return self._session(payment)

    def open(self, payment: Payment) -> Session:
        refuse_inside_transaction()
        return self.foretell(payment)

    def session(self, session_id: str) -> Session:
        refuse_inside_transaction()
        is_at_hand = self._at_hand is not None and self._at_hand.session_id == session_id
        return self._session(self._at_hand if is_at_hand else self._row(session_id))

    def find(self, payment: Payment) -> Session | None:
        """None: its answers can't get lost."""
        return None

    def sessions(self, since: datetime) -> list[Session]:
        """None but ours."""
        return []

    def expire(self, session_id: str) -> Session:
        refuse_inside_transaction()
        payment = self._row(session_id)
        return self._session(payment, unpaid=SessionState.EXPIRED)

    def refund(self, refund: Refund) -> Returned:
        refuse_inside_transaction()
        return Returned(
            f"pretend_{refund.idempotency_key}",
            Refund.State.SUCCEEDED,
            refund.cents,
            refund.idempotency_key,
        )

    def refunds(self, intent_id: str) -> list[Returned]:
        """None but ours: nobody else can refund pretend money."""
        return []

    def refunds_since(self, since: datetime) -> list[Returned]:
        return []

    def disputes_since(self, since: datetime) -> list[Disputed]:
        return []

    def movements(self, since: datetime) -> list[Moved]:
        """None: no money moves."""
        return []

    def movements_of(self, payout_id: str) -> list[Moved]:
        return []

    def payouts(self, since: date) -> list[PaidOut]:
        return []

    def dispute(self, dispute_id: str) -> Disputed:
        """Pretend money has no bank."""
        raise GatewayRefused

    def pay(self, payment: Payment, *, at: datetime) -> bool:
        """The Pay button of the pretend page. False if the page expired or was already paid."""
        return bool(
            Payment.objects.filter(
                pk=payment.pk, state=Payment.State.OPEN, intent_id="", expires_at__gt=at
            ).update(intent_id=f"pretend_{payment.idempotency_key}")
        )

    @staticmethod
    def _row(session_id: str) -> Payment:
        found = Payment.objects.select_related("order").filter(session_id=session_id).first()
        if found is None:
            raise GatewayRefused
        return found

    @staticmethod
    def _session(payment: Payment, unpaid: SessionState = SessionState.OPEN) -> Session:
        if payment.intent_id:
            unpaid = SessionState.PAID
        elif payment.state == Payment.State.EXPIRED:
            unpaid = SessionState.EXPIRED
        return Session(
            id=payment.session_id,
            url=reverse("orders:pretend", args=[payment.order.token]),
            state=unpaid,
            amount_cents=payment.amount_cents,
            currency=payment.currency,
            livemode=False,
            reference=payment.order.number,
            intent_id=payment.intent_id,
        )
