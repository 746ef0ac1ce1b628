"""The status of an order, in words for its buyer."""

from dataclasses import dataclass
from datetime import datetime

from nsca.lib.text.money import dollars
from nsca.lib.timing import exactly
from orders.lines.kinds import kind_of
from orders.lines.receipts import Receipt
from orders.models import Line, Order


@dataclass(frozen=True)
class Situation:
    """A title, a sentence, a tone ("ok", "warn", "bad" or ""), and perhaps a next step."""

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
        return _expired(lines, sits, receipt, at)
    if receipt.paid_cents and receipt.kept_cents == 0:
        return _returned(receipt)
    if receipt.is_given_up:
        return Situation("Canceled", "This order was canceled before anything was paid.")
    if receipt.is_bounced:
        return Situation(
            "Not paid yet",
            "Your bank returned your check, so what you bought is on hold. Please contact us to "
            "settle it.",
            "warn",
        )
    if receipt.is_in_dispute:
        return Situation(
            "Payment disputed",
            "Your bank is disputing this payment, so what you bought is on hold. If you didn't "
            "ask for this, please tell your bank and us.",
            "warn",
        )
    return _paid(receipt, sits)


def _held(order: Order, sits: bool) -> Situation:
    kept = "We're holding your seats" if sits else "We're holding your order"
    return Situation(
        "Not paid yet",
        f"{kept} until {exactly(order.held_until)}. Nothing has been charged.",
        "warn",
    )


def _expired(lines: list[Line], sits: bool, receipt: Receipt, at: datetime) -> Situation:
    text = (
        "Your time to pay ran out, so we released your seats."
        if sits
        else "Your time to pay ran out."
    )
    if receipt.returning_cents:
        text += " Your payment arrived later, and we're refunding all of it."
    elif receipt.returned_cents:
        text += " Your payment arrived later, and we refunded all of it."
    else:
        text += " You weren't charged."
    links = [link for line in lines if (link := kind_of(line.kind).again(line, at=at))]
    return Situation(
        "Your hold expired" if sits else "This order expired",
        text,
        "warn",
        link=links[0] if links else "/events/",
        action="See what's available" if sits or not links else "Start over",
    )


def _returned(receipt: Receipt) -> Situation:
    if receipt.taken_cents:
        return Situation("Canceled", "Your bank returned the payment to you.")
    if receipt.returning_cents:
        return Situation(
            "Canceled",
            "Your refund is on its way to the card or account you paid with. Allow five to ten "
            "days.",
        )
    return Situation("Canceled and refunded", "Your refund went to the card or account you used.")


def _paid(receipt: Receipt, sits: bool) -> Situation:
    title = "Paid. See you there." if sits else "Paid. Thank you."
    if all(part.is_returned for part in receipt.parts):
        return Situation("Canceled", "Everything in this order was returned or canceled.")
    if receipt.total_cents == 0:
        title = "See you there" if sits else "Thank you"
        return Situation(title, "There was nothing to pay.", "ok")
    if not receipt.paid_cents:
        return Situation(
            "See you there" if sits else "Thank you",
            "Your invoice will arrive separately.",
            "ok",
        )
    text = "You're all set."
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
        return Situation("Paid, partly refunded", text, "ok")
    return Situation(title, text, "ok")
