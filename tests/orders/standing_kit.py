"""A year and a month of standing orders, with the fake of Stripe and its clock."""

from datetime import UTC, date, datetime

from orders import settle, standing_round
from orders.checkout import payment_url
from orders.kinds import Item
from orders.models import Line, Order, StandingOrder
from orders.standing import MONTH, YEAR, asked
from tests.factories import NOON
from tests.orders.conftest import ADA, buy

WORDS = "Charge this card $50 each month, next on May 1, 2027, until I cancel."


def gift_item(cents=5000):
    return Item(kind=Line.Kind.GIFT, label="Gift to Toulon", unit_cents=cents, heading="Gifts")


def agree(stripe, *, item=None, interval=MONTH, key="a form, opened once", at=NOON, **fields):
    """The buyer ticked the box and paid; the standing order, begun by a tick."""
    item = item or gift_item()
    then = asked(item, interval=interval, consent=WORDS, at=at, **fields)
    order = buy(item, key=key, at=at, pays_now=True, then=then)
    pay(stripe, order, at=at)
    standing_round.tick(at)
    return StandingOrder.objects.get(order=order)


def pay(stripe, order, *, at=NOON):
    payment_url(order, at=at)
    payment = order.payments.get(state="open")
    stripe.pay(payment.session_id)
    settle.settle(payment.session_id, at=at)
    return Order.objects.get(pk=order.pk)


def clock(stripe):
    return datetime.fromtimestamp(stripe.now, UTC)


__all__ = ["ADA", "MONTH", "WORDS", "YEAR", "agree", "clock", "date", "gift_item", "pay"]
