"""What was paid, what was received for it, and what part of it the law calls a gift.

United States tax law looks at the whole payment, so the deductible part is computed over the
whole order: paid, less
the good-faith value of what is received, never below zero. A payment above $75 that is part gift
needs the disclosure
of 26 U.S.C. §6115, a gift from $250 the acknowledgement of §170(f)(8). Without an EIN nothing of
this is said.
"""

from dataclasses import dataclass
from datetime import datetime

from nsca.lib.letterhead import Letterhead, letterhead
from nsca.lib.money import dollars
from orders.models import Line, Order, Payment, Refund

DISCLOSURE_ABOVE = 7_500  # cents of one payment; "more than $75"
ACKNOWLEDGEMENT_FROM = 25_000  # cents; "$250 or more"


@dataclass(frozen=True)
class Part:
    """One line of a receipt. Cents."""

    label: str
    quantity: int
    unit_cents: int
    total_cents: int
    is_returned: bool  # it went back, whole


@dataclass(frozen=True)
class Receipt:
    """Everything a receipt says. Cents; `words` are sentences, none where no claim may be
    printed.
    """

    order: Order
    letterhead: Letterhead
    parts: tuple[Part, ...]
    methods: tuple[str, ...]
    paid_at: datetime | None
    total_cents: int
    paid_cents: int  # money that came
    returned_cents: int  # money that went back
    returning_cents: int  # money on its way back
    value_cents: int  # of what is received, as frozen when it was sold
    deductible_cents: int
    words: tuple[str, ...]

    @property
    def speaks_of_deductibility(self) -> bool:
        return bool(self.words)

    @property
    def kept_cents(self) -> int:
        """What was paid, less all that went back or is going."""
        return self.paid_cents - self.returned_cents - self.returning_cents


def deductible_cents(paid_cents: int, value_cents: int) -> int:
    """The part of one payment that is a gift: what exceeds the value received, never below 0."""
    return max(0, paid_cents - value_cents)


def tax_words(
    paid_cents: int, value_cents: int, who: Letterhead | None = None, *, is_paid: bool = False
) -> tuple[str, ...]:
    """The sentences due for one payment, before it is made and after. Empty while no EIN is set,
    or nothing is paid.
    """
    who = who or letterhead()
    if not who.may_speak_of_deductibility or paid_cents <= 0:
        return ()
    gift = deductible_cents(paid_cents, value_cents)
    if gift == 0:
        return ("No part of this payment is tax-deductible: what you receive is worth as much.",)
    words = [f"{dollars(gift)} of this payment is tax-deductible, as far as the law allows."]
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
    """The receipt of an order as things stand: what went back, or is on its way, is no payment
    any more.
    """
    payments = [p for p in order.payments.all() if p.state == Payment.State.PAID]
    refunds = [
        refund
        for payment in payments
        for refund in payment.refunds.all()
        if refund.state != Refund.State.FAILED
    ]
    lines = list(order.lines.all())
    paid = sum(payment.amount_cents for payment in payments)
    back = {state: sum(r.cents for r in refunds if r.state == state) for state in Refund.State}
    kept = paid - sum(back.values())
    is_all_back = paid > 0 and kept == 0
    returned = {line.pk: is_all_back or _went_back(line, refunds) for line in lines}
    value = sum(line.total_fair_value_cents for line in lines if not returned[line.pk])
    total = sum(line.total_cents for line in lines)
    # Before it is paid the buyer reads the same sentences about what is to be paid.
    due = total if order.state == Order.State.HELD and not paid else kept
    who = letterhead()
    return Receipt(
        order=order,
        letterhead=who,
        parts=tuple(
            Part(line.label, line.quantity, line.unit_cents, line.total_cents, returned[line.pk])
            for line in lines
        ),
        methods=tuple(dict.fromkeys(_method_words(payment) for payment in payments)),
        paid_at=min((p.paid_at for p in payments), default=None),
        total_cents=total,
        paid_cents=paid,
        returned_cents=back[Refund.State.SUCCEEDED],
        returning_cents=back[Refund.State.REQUESTED],
        value_cents=value,
        deductible_cents=deductible_cents(due, value),
        words=tax_words(due, value, who, is_paid=paid > 0),
    )


def _method_words(payment: Payment) -> str:
    return "card" if payment.method == Payment.Method.STRIPE else payment.get_method_display()


def _went_back(line: Line, refunds: list[Refund]) -> bool:
    cents = sum(refund.cents for refund in refunds if refund.line_id == line.pk)
    return line.total_cents > 0 and cents >= line.total_cents
