"""Recover sales that only Stripe remembers, after a restored backup.

The metadata of a session (particulars.py) is enough to create the order again with its own number
and link, lines, payment and what each kind gives. What Stripe never got (guests, suppers, terms,
phone numbers) is missing, and a task says so.
"""

import logging
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError
from django.urls import Resolver404, resolve

from nsca.lib.text.money import dollars
from orders.books.ledger import ask, note
from orders.checkout import settling
from orders.lines import particulars
from orders.lines.kinds import Refusal, kind_of
from orders.lines.locks import Busy, brief
from orders.models import LedgerEntry, Line, Order, Payment, RecurringPayment
from orders.payments.gateway import Session, SessionState

log = logging.getLogger(__name__)

A_MOMENT = timedelta(minutes=1)  # how long it is held while it is created


def recover(session: Session, *, returned_cents: int, at: datetime) -> Order | None:
    """Create the order of a paid session again, once, and send its e-mails again.

    `returned_cents` is what Stripe refunded: if that is everything, the order is for the books
    only. None if the session is not from this site, or can't be read (then there is a task).
    Raises Busy.
    """
    token = _token_in(session.return_url)
    if token is None or session.state != SessionState.PAID:
        return None
    if Order.objects.filter(number=session.reference).exists():
        return None
    lines = particulars.read(session.said)
    if lines is None or _total(lines) != session.amount_cents or session.currency != "usd":
        return _give_up(session, "Stripe's record does not say what was bought", at=at)
    try:
        with brief():
            return _write(session, token, lines, returned_cents, at)
    except IntegrityError:
        if Order.objects.filter(number=session.reference).exists():
            return None  # another run was quicker
        log.exception("recovery: a session could not be recovered")
        return _give_up(session, "it conflicts with data here", at=at)
    except Busy:
        raise
    except Refusal as refusal:
        return _give_up(session, str(refusal), at=at)


def _write(
    session: Session, token: str, lines: list[dict], returned_cents: int, at: datetime
) -> Order:
    placed_at = session.opened_at or at
    order = Order.objects.create(
        number=session.reference,
        token=token,
        buyer_name=session.payer_name[:150] or session.payer_email[:150] or "Unknown",
        buyer_email=session.payer_email,
        placed_at=placed_at,
        held_until=at + A_MOMENT,
    )
    payment = Payment.objects.create(
        order=order,
        method=Payment.Method.STRIPE,
        state=Payment.State.PAID,
        amount_cents=session.amount_cents,
        session_id=session.id,
        intent_id=session.intent_id,
        livemode=session.livemode,
        opened_at=placed_at,
        paid_at=at,
    )
    written = [Line.objects.create(order=order, **fields) for fields in lines]
    note(order, LedgerEntry.Entry.RECOVERED, at=at, actor="reconciliation", payment=payment)
    if returned_cents >= session.amount_cents:
        return _without_its_things(order, payment, at=at)
    for line in sorted(written, key=lambda line: (line.kind, line.subject_id or 0)):
        kind_of(line.kind).recovered(line, at=at)
    settling.mark_paid(
        order, at=at, actor="reconciliation", cents=session.amount_cents, payment=payment
    )
    text = (
        f"Order {order.number} of {order.buyer_name} was missing here and was brought back from "
        "Stripe, with the same links. Names, suppers, addresses and needs of its guests are "
        "missing: ask the buyer to fill them in on the order's page."
    )
    ask(f"recovered:{order.number}", text, at=at, order=order)
    _agree_again(order, written, session, at=at)
    return order


def _agree_again(order: Order, lines: list[Line], session: Session, *, at: datetime) -> None:
    """Create the order's recurring payment again, if it had one.

    Its subscription is found at Stripe when it begins (orders/recurring/reconciling.py).
    """
    agreed = particulars.agreement_read(session.said)
    if agreed is None:
        return
    alike = [line for line in lines if line.kind == agreed["kind"]]
    line = next((each for each in alike if each.total_cents == agreed["cents"]), None)
    if line is None:
        return  # reconciliation creates a task about its subscription
    RecurringPayment.objects.create(
        **agreed,
        order=order,
        buyer_name=order.buyer_name,
        buyer_email=order.buyer_email,
        subject_id=line.subject_id,
        label=line.label,
        fair_value_cents=line.total_fair_value_cents,
        heading=line.heading,
        committee=line.committee,
        details=line.details,
        consented_at=order.placed_at,
        method=Payment.Method.STRIPE,
    )


def _without_its_things(order: Order, payment: Payment, *, at: datetime) -> Order:
    """Record an order that was fully refunded, for the books only."""
    order.state, order.expired_at = Order.State.EXPIRED, at
    order.save(update_fields=["state", "expired_at"])
    note(
        order,
        LedgerEntry.Entry.PAID,
        at=at,
        actor="reconciliation",
        cents=payment.amount_cents,
        text="refunded since",
        payment=payment,
    )
    return order


def _give_up(session: Session, why: str, *, at: datetime) -> None:
    """Create a task for money at Stripe without an order here."""
    amount = dollars(session.amount_cents)
    text = (
        f"Stripe has a payment of {amount} for order {session.reference}, which is missing here "
        f"and can't be recovered: {why.rstrip('.')}. E-mail the buyer (Stripe has the address), "
        "and record the order by hand or refund it in Stripe."
    )
    ask(f"unknown-payment:{session.id}", text, at=at)


def _token_in(return_url: str) -> str | None:
    """The order's token in Stripe's return address; None if that is another site's."""
    if not return_url.startswith(settings.SITE_URL + "/"):
        return None
    try:
        found = resolve(urlsplit(return_url).path)
    except Resolver404:
        return None
    return found.kwargs["token"] if found.view_name == "orders:return" else None


def _total(lines: list[dict]) -> int:
    return sum(line["unit_cents"] * line.get("quantity", 1) for line in lines)
