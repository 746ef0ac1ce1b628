"""Where an order stands, in words for the person who bought it."""

from dataclasses import dataclass
from datetime import datetime

from nsca.lib.text.money import dollars
from nsca.lib.timing import exactly
from orders.lines.kinds import kind_of
from orders.lines.receipts import Receipt
from orders.models import Line, Order


@dataclass(frozen=True)
class Situation:
    """A title, a sentence, how loudly ("ok", "warn", "bad" or ""), and perhaps a way on."""

    title: str
    text: str
    tone: str = ""
    link: str = ""
    action: str = ""


def situation_of(order: Order, receipt: Receipt, *, at: datetime) -> Situation:
    """What the buyer should know first."""
    lines = list(order.lines.all())
    sits = any(line.kind == Line.Kind.TICKET for line in lines)
    if order.is_held(at):
        return _held(order, sits)
    if order.state != Order.State.PAID:
        return _lapsed(lines, sits, receipt, at)
    if receipt.paid_cents and receipt.kept_cents == 0:
        return _returned(receipt)
    if receipt.is_given_up:
        return Situation("Cancelled", "This order was cancelled before anything was paid.")
    if receipt.is_bounced:
        return Situation(
            "Not paid yet",
            "Your bank sent the check back to us. What you bought rests until that is settled: "
            "please call or write to the office.",
            "warn",
        )
    if receipt.is_in_dispute:
        return Situation(
            "Your bank is asking",
            "Your bank disputes this payment. What you bought rests until that is settled. If you "
            "did not mean it to, please tell your bank, and us.",
            "warn",
        )
    return _paid(receipt, sits)


def _held(order: Order, sits: bool) -> Situation:
    kept = "Your chairs are kept" if sits else "Your order is kept"
    return Situation(
        "Not paid yet",
        f"{kept} until {exactly(order.held_until)}. Nothing has been charged.",
        "warn",
    )


def _lapsed(lines: list[Line], sits: bool, receipt: Receipt, at: datetime) -> Situation:
    text = (
        "The time to pay ran out, so the chairs went back to the others."
        if sits
        else "The time to pay ran out."
    )
    if receipt.returning_cents:
        text += " Your payment came after that and is on its way back to you, in full."
    elif receipt.returned_cents:
        text += " Your payment came after that and went back to you, in full."
    else:
        text += " Nothing was charged."
    links = [link for line in lines if (link := kind_of(line.kind).again(line, at=at))]
    return Situation(
        "The chairs went back" if sits else "This order lapsed",
        text,
        "warn",
        link=links[0] if links else "/events/",
        action="See what is left" if sits or not links else "Begin again",
    )


def _returned(receipt: Receipt) -> Situation:
    if receipt.taken_cents:
        return Situation("Cancelled", "Your bank has returned the payment to you.")
    if receipt.returning_cents:
        return Situation(
            "Cancelled",
            "Your payment is on its way back to the card or account it came from. Banks take "
            "five to ten days over it.",
        )
    return Situation("Cancelled and refunded", "Your payment went back to where it came from.")


def _paid(receipt: Receipt, sits: bool) -> Situation:
    title = "Paid. You are coming." if sits else "Paid. Thank you."
    if all(part.is_returned for part in receipt.parts):
        return Situation("Cancelled", "Nothing of this order is left.")
    if receipt.total_cents == 0:
        title = "You are coming" if sits else "Thank you"
        return Situation(title, "There was nothing to pay.", "ok")
    if not receipt.paid_cents:
        return Situation(
            "You are coming" if sits else "Thank you", "We send the invoice apart.", "ok"
        )
    text = "Nothing more is needed from you."
    if receipt.order.buyer_email:
        gift = (
            f", of which {dollars(receipt.deductible_cents)} is tax-deductible,"
            if receipt.words and receipt.deductible_cents
            else ""
        )
        went = "is on its way to" if receipt.order.confirmation_due_at else "went to"
        sent = f"A receipt for {dollars(receipt.paid_cents)}{gift} {went}"
        text = f"{sent} {receipt.order.buyer_email}."
    if receipt.returned_cents or receipt.returning_cents:
        return Situation("Paid, and part of it returned", text, "ok")
    return Situation(title, text, "ok")
