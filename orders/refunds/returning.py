"""Buyers return what they bought, by themselves, while its seller lets them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from orders.lines.kinds import Refusal, Unit, kind_of
from orders.lines.locks import brief
from orders.lines.receipts import receipt_for
from orders.models import Line, Order, Payment, Refund
from orders.refunds.mail import Cause
from orders.refunds.refund_amounts import Wanted, decide, wish_of
from orders.refunds.refunds import send_all

REASON = "Returned by the buyer"
ASK_US = "For a refund of this order, please call or write to the office."


class NotReturnable(Refusal):
    """It may not go back any more, or never might."""


@dataclass(frozen=True)
class Offer:
    """One unit that the buyer may return."""

    line: Line
    unit: Unit

    @property
    def key(self) -> str:
        """Its name in a form."""
        return f"{self.line.pk}-{self.unit.number}"


@dataclass(frozen=True)
class Offers:
    """What the buyer may return at an instant; `words` say until when, or why nothing."""

    offers: tuple[Offer, ...]
    words: tuple[str, ...]


def offers_of(order: Order, *, at: datetime) -> Offers:
    """Inside a transaction this locks what it rests on (see kinds.Kind.returnable)."""
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
    """What giving these back means in cents. Raises NothingToRefund."""
    picked: dict[Line, list[int]] = {}
    for offer in chosen:
        picked.setdefault(offer.line, []).append(offer.unit.number)
    return wish_of(order, picked)


def give_back_chosen(order: Order, keys: Iterable[str], *, at: datetime) -> list[Refund]:
    """The buyer returns these offers; each is looked at again under the lock.

    Raises NotReturnable where one may not go back (any more), NothingToRefund and Busy. Call it
    outside any transaction: the till is asked after the commit.
    """
    keys = set(keys)
    with brief():
        order = Order.objects.select_for_update().get(pk=order.pk)
        found = offers_of(order, at=at)
        chosen = [offer for offer in found.offers if offer.key in keys]
        if not keys or len(chosen) < len(keys):
            raise NotReturnable(
                "Some of this cannot be returned any more. Nothing was changed; please look again."
            )
        wanted = worth(order, chosen)
        owed = decide(order, wanted, reason=REASON, at=at, actor="buyer", cause=Cause.BUYER)
    return send_all(owed, at=at)
