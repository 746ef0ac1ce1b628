"""Until when tickets can be returned: the event's limit, or a later one offered with a move."""

from datetime import datetime

from events.models import Event, Move
from orders.models import Line


def refund_limit(event: Event, offered) -> datetime:
    """The latest instant an offer of refunds may reach: T, or the start if the board checked the
    box (or nothing is secret).
    """
    revealed_at = None if offered.refunds_after_reveal else event.opens_at
    return min(revealed_at or event.starts_at, event.starts_at)


def returns_until(event: Event, line: Line) -> datetime | None:
    """Until when the buyer of a line can return tickets without us (E - 1 µs is in, E is out).

    The event's own limit, or a later one that a move offered to earlier buyers: later buyers knew
    the new day. Never past T unless staff checked the box, or "buy, read, refund" would work
    (docs/reveal.md §2).
    """
    if not event.sequence:  # it never moved
        return event.returns_until
    offers = Move.objects.filter(
        event=event, refunds_until__isnull=False, made_at__gt=line.order.placed_at
    )
    ends = [min(offer.refunds_until, refund_limit(event, offer)) for offer in offers]
    return max([end for end in [*ends, event.returns_until] if end], default=None)
