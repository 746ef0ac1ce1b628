"""Convert Stripe's objects, as plain dictionaries, to ours."""

from datetime import UTC, datetime

from orders.models import Refund
from orders.payments.gateway import Disputed, Moved, PaidOut, Returned, Session, SessionState


def session(said: dict) -> Session:
    if said["payment_status"] == "paid":
        state = SessionState.PAID
    elif said["status"] == "complete":
        state = SessionState.PENDING
    else:
        state = SessionState(said["status"])
    payer = said.get("customer_details") or {}
    return Session(
        id=said["id"],
        url=said.get("url") or "",
        state=state,
        amount_cents=said.get("amount_total") or 0,
        currency=said.get("currency") or "",
        livemode=said["livemode"],
        reference=said.get("client_reference_id") or "",
        intent_id=said.get("payment_intent") or "",
        opened_at=_instant(said.get("created")),
        return_url=said.get("success_url") or "",
        said=said.get("metadata") or {},
        payer_name=payer.get("name") or "",
        payer_email=payer.get("email") or said.get("customer_email") or "",
    )


def returned(said: dict) -> Returned:
    state = {
        "succeeded": Refund.State.SUCCEEDED,
        "failed": Refund.State.FAILED,
        "canceled": Refund.State.FAILED,
    }.get(said["status"], Refund.State.REQUESTED)
    return Returned(
        id=said["id"],
        state=state,
        cents=said["amount"],
        key=(said.get("metadata") or {}).get("refund", ""),
        intent_id=said.get("payment_intent") or "",
    )


def disputed(said: dict) -> Disputed:
    return Disputed(
        id=said["id"],
        intent_id=said.get("payment_intent") or "",
        status=said["status"],
        cents=said["amount"],
        opened_at=_instant(said["created"]),
        answer_by=_instant((said.get("evidence_details") or {}).get("due_by")),
    )


def moved(said: dict) -> Moved:
    source = said.get("source")
    source = source if isinstance(source, dict) else {}
    return Moved(
        id=said["id"],
        kind=said["type"],
        gross_cents=said["amount"],
        fee_cents=said["fee"],
        net_cents=said["net"],
        at=_instant(said["created"]),
        intent_id=source.get("payment_intent") or "",
        refund_id=source["id"] if source.get("object") == "refund" else "",
    )


def paid_out(said: dict) -> PaidOut:
    return PaidOut(
        id=said["id"],
        cents=said["amount"],
        state=said["status"],
        arrives_on=_instant(said["arrival_date"]).date(),
    )


def _instant(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
