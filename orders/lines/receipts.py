"""Receipts: what was paid, what was received for it, and which part is deductible.

US tax law looks at the whole payment, so the deductible part is computed over the whole order:
paid, less the good-faith value of what is received, never below zero. A payment above $75 that is
part gift needs the disclosure of 26 U.S.C. §6115, a gift of $250 or more the acknowledgment of
§170(f)(8). Receipts say none of this without an EIN, or while the value of what is received is
unknown: an empty value is not 0.
"""

from dataclasses import dataclass
from datetime import datetime

from nsca.lib.mail.letterhead import Letterhead, letterhead
from nsca.lib.text.money import dollars, known_sum
from orders.lines.kinds import units_of
from orders.models import Dispute, Line, Order, Payment, Refund

DISCLOSURE_ABOVE = 7_500  # cents of one payment; "more than $75"
ACKNOWLEDGEMENT_FROM = 25_000  # cents; "$250 or more"


@dataclass(frozen=True)
class Part:
    """One line of a receipt. Cents."""

    label: str
    quantity: int
    unit_cents: int
    total_cents: int
    returned: int  # how many units were returned

    @property
    def is_returned(self) -> bool:
        return self.returned == self.quantity

    @property
    def returned_words(self) -> str:
        """ "returned", "1 of 2 returned", or nothing."""
        if not self.returned or self.is_returned:
            return "returned" if self.returned else ""
        return f"{self.returned} of {self.quantity} returned"


@dataclass(frozen=True)
class Receipt:
    """Everything a receipt says, in cents; `words` are the tax sentences, if allowed."""

    order: Order
    letterhead: Letterhead
    parts: tuple[Part, ...]
    methods: tuple[str, ...]
    paid_at: datetime | None
    total_cents: int
    paid_cents: int  # received
    returned_cents: int  # refunded
    returning_cents: int  # being refunded
    taken_cents: int  # taken back by the buyer's bank for good
    value_cents: int | None  # of what is received, frozen at the sale; None: unknown
    deductible_cents: int | None
    words: tuple[str, ...]
    is_in_dispute: bool  # the bank has the money for now, and what was bought is suspended
    is_bounced: bool  # a check bounced and was not made good
    is_given_up: bool  # canceled without a payment

    @property
    def speaks_of_deductibility(self) -> bool:
        return bool(self.words)

    @property
    def kept_cents(self) -> int:
        """What was paid, less what was or is being refunded."""
        gone = self.returned_cents + self.returning_cents + self.taken_cents
        return self.paid_cents - gone


def deductible_cents(paid_cents: int, value_cents: int) -> int:
    """The gift in one payment: what exceeds the value received, never below 0."""
    return max(0, paid_cents - value_cents)


def tax_words(
    paid_cents: int,
    value_cents: int | None,
    who: Letterhead | None = None,
    *,
    is_paid: bool = False,
) -> tuple[str, ...]:
    """The tax sentences due for one payment, before and after it is made.

    Empty without an EIN or a payment, or while the value of what is received is unknown.
    """
    who = who or letterhead()
    if not who.may_speak_of_deductibility or paid_cents <= 0 or value_cents is None:
        return ()
    gift = deductible_cents(paid_cents, value_cents)
    if gift == 0:
        return ("No part of this payment is tax-deductible: what you receive is worth as much.",)
    words = [f"{dollars(gift)} of this payment is tax-deductible to the extent allowed by law."]
    if value_cents and paid_cents > DISCLOSURE_ABOVE:
        words.append(
            "For federal income tax purposes your deduction is limited to the amount by which "
            "your payment exceeds the value of the goods and services you receive. We estimate "
            f"that value, in good faith, at {dollars(value_cents)}."
        )
    if is_paid and paid_cents >= ACKNOWLEDGEMENT_FROM:
        words.append(
            f"{who.name} acknowledges this payment of {dollars(paid_cents)}. "
            + (
                "In return it provided goods and services with an estimated value of "
                f"{dollars(value_cents)}."
                if value_cents
                else "It provided no goods or services in return."
            )
        )
    elif not value_cents:
        words.append(f"No goods or services {'were' if is_paid else 'are'} provided in return.")
    return tuple(words)


def receipt_for(order: Order) -> Receipt:
    """The receipt of an order now, less what was or is being refunded."""
    attempts = list(order.payments.all())
    payments = [p for p in attempts if p.state == Payment.State.PAID]
    refunds = [
        refund
        for payment in payments
        if payment.returned_cents  # zero without refunds: then no query
        for refund in payment.refunds.all()
        if refund.state != Refund.State.FAILED
    ]
    disputes = [dispute for payment in payments for dispute in _disputes_of(payment)]
    lines = list(order.lines.all())
    paid = sum(payment.amount_cents for payment in payments)
    back = {state: sum(r.cents for r in refunds if r.state == state) for state in Refund.State}
    taken = sum(dispute.cents for dispute in disputes if dispute.status == Dispute.LOST)
    kept = paid - sum(back.values()) - taken
    states = {payment.state for payment in attempts}
    is_unpaid = order.state == Order.State.PAID and not payments
    is_given_up = is_unpaid and bool(states) and states <= {Payment.State.EXPIRED}
    is_all_back = is_given_up or (paid > 0 and kept == 0)
    parts = tuple(
        Part(
            label=line.label,
            quantity=line.quantity,
            unit_cents=line.unit_cents,
            total_cents=line.total_cents,
            returned=line.quantity if is_all_back else _went_back(line, refunds),
        )
        for line in lines
    )
    value = known_sum(
        line.fair_value_cents and line.fair_value_cents * (part.quantity - part.returned)
        for line, part in zip(lines, parts, strict=True)
        if part.quantity > part.returned
    )
    total = sum(line.total_cents for line in lines)
    # Before payment the buyer reads the same sentences about what is due.
    due = total if order.state == Order.State.HELD and not paid else kept
    who = letterhead()
    return Receipt(
        order=order,
        letterhead=who,
        parts=parts,
        methods=tuple(dict.fromkeys(_method_words(payment) for payment in payments)),
        paid_at=min((p.paid_at for p in payments), default=None),
        total_cents=total,
        paid_cents=paid,
        returned_cents=back[Refund.State.SUCCEEDED],
        returning_cents=back[Refund.State.REQUESTED],
        taken_cents=taken,
        value_cents=value,
        deductible_cents=None if value is None else deductible_cents(due, value),
        words=tax_words(due, value, who, is_paid=paid > 0),
        is_in_dispute=any(dispute.status in Dispute.OPEN for dispute in disputes),
        is_bounced=is_unpaid and Payment.State.BOUNCED in states,
        is_given_up=is_given_up,
    )


def _method_words(payment: Payment) -> str:
    return "card" if payment.method == Payment.Method.STRIPE else payment.get_method_display()


def _disputes_of(payment: Payment) -> list[Dispute]:
    """Disputes that hold the money; queried only if refunds don't explain what is gone."""
    if not payment.returned_cents:
        return []
    back = sum(r.cents for r in payment.refunds.all() if r.state != Refund.State.FAILED)
    if payment.returned_cents <= back:
        return []
    return [dispute for dispute in payment.disputes.all() if dispute.has_the_money]


def _went_back(line: Line, refunds: list[Refund]) -> int:
    """How many of a line's units were or are being refunded. Partial refunds count as none."""
    if any(r.is_whole and r.unit is None and r.line_id in (None, line.pk) for r in refunds):
        return line.quantity
    if not line.total_cents:  # free units have no refunds; their kind knows
        return sum(unit.is_gone for unit in units_of(line))
    cents = sum(refund.cents for refund in refunds if refund.line_id == line.pk)
    if cents >= line.total_cents:
        return line.quantity
    return len({r.unit for r in refunds if r.line_id == line.pk and r.unit})
