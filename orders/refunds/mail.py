"""The e-mail to the buyer about a refund, written in the transaction that decides it."""

from collections.abc import Sequence
from enum import StrEnum

from django.conf import settings
from django.urls import reverse

from nsca.lib.mail import mail
from orders.lines.kinds import kind_of, units_of
from orders.lines.receipts import receipt_for
from orders.models import Order, Payment, Refund


class Cause(StrEnum):
    """Who decided the refund."""

    STAFF = "staff"
    BUYER = "buyer"
    EVENT = "event"  # the event was canceled


def post(
    order: Order,
    owed: Sequence[Refund],
    wanted: Sequence,
    *,
    reason: str,
    cause: Cause,
    becomes: str = "",
) -> None:
    """Put the e-mail into the outbox; `wanted` as in refund_amounts.py.

    Guests of a canceled event already got an e-mail, so none follows if nothing was paid.
    """
    cents = sum(refund.cents for refund in owed)
    if not order.buyer_email or (cause == Cause.EVENT and not cents):
        return
    methods = {refund.payment.method for refund in owed}
    mail.post(
        "order_refunded",
        to=order.buyer_email,
        to_name=order.buyer_name,
        context={
            "order": order,
            "receipt": receipt_for(order),
            "cents": cents,
            "things": _things(order, wanted),
            "is_part": not any(each.is_whole for each in wanted),
            "keeps": _keeps(order, wanted),
            "ended": _ended(order, wanted, becomes),
            "is_by_hand": not methods <= {Payment.Method.STRIPE, Payment.Method.PRETEND},
            "reason": reason if cause == Cause.STAFF else "",
            "cause": cause.value,
            "order_url": settings.SITE_URL + order.get_absolute_url(),
            "receipt_url": settings.SITE_URL + reverse("orders:receipt", args=[order.token]),
        },
    )


def _ended(order: Order, wanted: Sequence, becomes: str) -> list[str]:
    """What the end of whole lines means to the buyer, each sentence once."""
    whole = [each for each in wanted if each.is_whole]
    ends_all = any(each.line is None for each in whole)
    lines = {each.line for each in whole if not each.unit}
    words = []
    for line in order.lines.all():
        units = units_of(line)
        is_left = not units or any(not unit.is_gone for unit in units)
        if whole and (ends_all or line in lines or not is_left):
            words.append(kind_of(line.kind).ended_words(line, becomes))
    return list(dict.fromkeys(filter(None, words)))


def _keeps(order: Order, wanted: Sequence) -> bool:
    """Whether the buyer keeps anything in the order."""
    if any(each.is_whole and each.line is None for each in wanted):
        return False
    ended = {each.line for each in wanted if each.is_whole and not each.unit}
    return any(
        not unit.is_gone
        for line in order.lines.all()
        if line not in ended
        for unit in units_of(line)
    )


def _things(order: Order, wanted: Sequence) -> list[str]:
    """Name what is refunded: each unit, or the line."""
    things = []
    for each in wanted:
        if each.unit:
            name = next(unit.title for unit in units_of(each.line) if unit.number == each.unit)
            things.append(f"{each.line.label}: {name}")
        elif each.line:
            things.append(str(each.line))
    return things
