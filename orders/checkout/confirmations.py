"""The e-mails of a paid order, written by the ticker: the receipt, and those of each kind of line.

The order's row says from the moment of payment that they are due (settling.mark_paid). So buyers
do not wait while e-mails are made, no lock is held meanwhile, and an e-mail that cannot be made
never undoes a payment.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings

from nsca.lib.mail import mail
from orders.books.ledger import ask
from orders.lines import recurring_words
from orders.lines.kinds import by_kind, confirmation_of, kind_of
from orders.lines.locks import Busy, brief
from orders.lines.receipts import receipt_for
from orders.models import Order

log = logging.getLogger(__name__)

SENT_AGAIN = "The e-mails were sent again."  # staff's log entry, counted by nsca.ops.audit
AGAIN_AFTER = timedelta(minutes=10)  # if the e-mails of an order could not be made


def write_due(at: datetime, *, limit: int = 50) -> int:
    """Write the e-mails that are due, oldest first, one transaction per order.

    One that fails does not keep others waiting, and becomes a task. Returns how many orders were
    confirmed.
    """
    owed = Order.objects.filter(confirmation_due_at__lte=at).order_by("confirmation_due_at", "pk")
    count = 0
    for key in list(owed.values_list("pk", flat=True)[:limit]):
        try:
            count += _confirm(key, at=at)
        except Busy:
            log.warning("confirmations: order %s waits for a lock", key)
        except Exception:
            log.exception("confirmations: order %s", key)
            _put_off(key, at=at)
    return count


def write_all(at: datetime) -> None:
    """Write until nothing is due: for a demo season sold in a minute."""
    while write_due(at):
        pass


def _confirm(key: int, *, at: datetime) -> bool:
    """Confirm an order once. The e-mails state the time of payment, however late they are."""
    with brief():
        owed = Order.objects.select_for_update().filter(pk=key, confirmation_due_at__lte=at)
        order = owed.prefetch_related("lines", "payments").first()
        if order is None:
            return False
        send(order, at=order.paid_at)
        order.confirmation_due_at = None
        order.save(update_fields=["confirmation_due_at"])
        order.tasks.filter(key=_key(order), done_at=None).update(done_at=at)
        return True


def _key(order: Order) -> str:
    return f"confirmation:{order.number}"


def _put_off(key: int, *, at: datetime) -> None:
    order = Order.objects.get(pk=key)
    text = (
        f"The e-mails of order {order.number} could not be written. The site tries again every "
        "ten minutes. If this task stays open, tell your technical contact."
    )
    ask(_key(order), text, at=at, order=order)
    Order.objects.filter(pk=key).update(confirmation_due_at=at + AGAIN_AFTER)


def send(order: Order, *, at: datetime) -> None:
    """Put all e-mails of an order into the outbox: once paid, and again at staff's request.

    `at` is the instant they state.
    """
    for kind, _lines in by_kind(order.lines.all()):
        kind.confirmed(order, at=at)
    if order.buyer_email:
        _send_receipt(order)


def _send_receipt(order: Order) -> None:
    receipt = receipt_for(order)
    mail.post(
        confirmation_of(order) if receipt.paid_cents else "order_paid",
        to=order.buyer_email,
        to_name=order.buyer_name,
        context={
            "order": order,
            "receipt": receipt,
            "thanks": [
                words for line in order.lines.all() if (words := kind_of(line.kind).thanks(line))
            ],
            "order_url": settings.SITE_URL + order.get_absolute_url(),
            "recurring_url": recurring_words.page_of(order),
            "repeats": recurring_words.repeats(order),
        },
    )
