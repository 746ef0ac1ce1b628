"""Returns that buyers make themselves, while the seller allows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from orders.lines.kinds import Refusal, Unit, kind_of
from orders.lines.locks import brief
from orders.lines.receipts import receipt_for
from orders.models import Line, Order, Payment, Refund
from orders.refunds.mail import Cause
from orders.refunds.refund_amounts import Wanted, amounts_of_units, decide
from orders.refunds.refunds import send_all

REASON = "Returned by the buyer"
ASK_US = "For a refund of this order, please contact us."


class NotReturnable(Refusal):
    """It can't be returned, or not anymore."""


@dataclass(frozen=True)
class Offer:
    """One unit the buyer may return."""

    line: Line
    unit: Unit

    @property
    def key(self) -> str:
        """The value in the form."""
        return f"{self.line.pk}-{self.unit.number}"


@dataclass(frozen=True)
class Offers:
    """What the buyer may return; `words` say until when, or why nothing."""

    offers: tuple[Offer, ...]
    words: tuple[str, ...]


def offers_of(order: Order, *, at: datetime) -> Offers:
    """What may be returned now. A transaction locks what this depends on (Kind.returnable)."""
    receipt = receipt_for(order)
    is_owed = any(payment.state == Payment.State.OPEN for payment in order.payments.all())
    if order.state != Order.State.PAID or receipt.is_given_up:
        return Offers((), ())
    if is_owed or receipt.is_in_dispute or receipt.is_bounced:
        return Offers((), (ASK_US,))
    offers, words = [], []
    for line in order.lines.all():
        found = kind_of(line.kind).returnable(line, at=at)
        if found:
            offers += [Offer(line, unit) for unit in found.units]
            words.append(found.words)
    return Offers(tuple(offers), tuple(dict.fromkeys(words)))


def worth(order: Order, chosen: Iterable[Offer]) -> list[Wanted]:
    """What returning these would refund, in cents. Raises NothingToRefund."""
    picked: dict[Line, list[int]] = {}
    for offer in chosen:
        picked.setdefault(offer.line, []).append(offer.unit.number)
    return amounts_of_units(order, picked)


def give_back_chosen(order: Order, keys: Iterable[str], *, at: datetime) -> list[Refund]:
    """Return what the buyer chose, checking each again under the lock.

    Raises NotReturnable if one can't be returned, NothingToRefund and Busy. Call it outside any
    transaction: the gateway is asked after the commit.
    """
    keys = set(keys)
    with brief():
        order = Order.objects.select_for_update().get(pk=order.pk)
        found = offers_of(order, at=at)
        chosen = [offer for offer in found.offers if offer.key in keys]
        if not keys or len(chosen) < len(keys):
            raise NotReturnable(
                "Some of these tickets can't be returned anymore. Nothing was changed."
            )
        wanted = worth(order, chosen)
        owed = decide(order, wanted, reason=REASON, at=at, actor="buyer", cause=Cause.BUYER)
    return send_all(owed, at=at)
