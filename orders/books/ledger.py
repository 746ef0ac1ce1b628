"""Write ledger entries and tasks."""

from datetime import datetime

from orders.models import LedgerEntry, Order, Payment, Refund, Task


def note(
    order: Order,
    entry: LedgerEntry.Entry,
    *,
    at: datetime,
    actor: str,
    cents: int = 0,
    text: str = "",
    payment: Payment | None = None,
    refund: Refund | None = None,
) -> LedgerEntry:
    """Append one entry.

    `cents` is money that moved: in is positive, out negative, and 0 if none did. `payment` or
    `refund` says whose it was (a refund knows its payment).
    """
    return LedgerEntry.objects.create(
        order=order,
        entry=entry,
        at=at,
        actor=actor,
        cents=cents,
        text=text[:300],
        payment=refund.payment if refund else payment,
        refund=refund,
    )


def ask(key: str, text: str, *, at: datetime, order: Order | None = None) -> bool:
    """Create a task for staff; the same key is the same task. True if it is new."""
    _task, is_new = Task.objects.get_or_create(
        key=key, defaults={"text": text[:500], "order": order, "created_at": at}
    )
    return is_new
