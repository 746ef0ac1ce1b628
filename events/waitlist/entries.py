"""Parties that wait for chairs: one wish an address and event, in the order in which they came.

Who may join is said in wishes.py; chairs that come free are offered in offers.py. No mail and no
page of the waiting list knows the place.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Max, Q, Sum

from events.models import Event, WaitlistEntry
from orders.models import Order

FIRST = 10  # the priority of those whose money came after their chairs were gone
MOST_CHAIRS = 20  # a larger party should speak to a person


@dataclass(frozen=True)
class Turn:
    """Where a party stands: 1 is next."""

    number: int
    parties: int


def waiting(event: Event):
    """Who waits, first come first: not gone, and not offered anything yet."""
    return event.waitlist.filter(left_at__isnull=True, offer__isnull=True)


def turn_of(entry: WaitlistEntry) -> Turn:
    """The same order as the list's: priority, then the instant of joining."""
    line = waiting(entry.event)
    ahead = line.filter(
        Q(priority__gt=entry.priority)
        | Q(priority=entry.priority, joined_at__lt=entry.joined_at)
        | Q(priority=entry.priority, joined_at=entry.joined_at, pk__lt=entry.pk)
    )
    return Turn(number=ahead.count() + 1, parties=line.count())


def chairs_wanted(event: Event) -> int:
    return waiting(event).aggregate(chairs=Sum("party"))["chairs"] or 0


def begin(event: Event, *, at: datetime) -> None:
    """From its first party on the box office looks who waits for an event."""
    Event.objects.filter(pk=event.pk, waitlist_began_at=None).update(waitlist_began_at=at)
    event.waitlist_began_at = event.waitlist_began_at or at


def active(event: Event, email: str, *, at: datetime) -> WaitlistEntry | None:
    """The wish that an address has at an event. One whose offer has ended is over. Locks it."""
    entry = (
        WaitlistEntry.objects.select_for_update(of=("self",))
        .select_related("offer")
        .filter(event=event, email=email, left_at=None)
        .first()
    )
    if entry is None or entry.offer is None or entry.offer.is_occupying(at):
        return entry
    entry.passed_on_at = entry.left_at = at
    entry.save(update_fields=["passed_on_at", "left_at"])
    return None


def leave(entry: WaitlistEntry, *, at: datetime) -> None:
    """Take a party off the list; a second time changes nothing. Who was offered chairs says no
    instead (offers.decline).
    """
    WaitlistEntry.objects.filter(pk=entry.pk, left_at=None, offer=None).update(left_at=at)


def move_up(entry: WaitlistEntry) -> bool:
    """Put a party before all others; False where it does not wait any more."""
    line = waiting(entry.event)
    top = line.exclude(pk=entry.pk).aggregate(top=Max("priority"))["top"] or 0
    return line.filter(pk=entry.pk).update(priority=max(FIRST, top) + 1) == 1


def put_first(event: Event, *, order: Order, party: int, at: datetime) -> WaitlistEntry | None:
    """The buyer of an order whose chairs were gone when the money came: at the top, and once. None
    where nobody could be written to.

    Inside the transaction that turns the money away. They paid for all of them, so fewer would not
    do; their own page lets them think again.
    """
    email = order.buyer_email
    if not email:
        return None
    begin(event, at=at)
    entry = active(event, email, at=at)
    if entry is None:
        entry = WaitlistEntry.objects.create(
            event=event,
            email=email,
            name=order.buyer_name,
            party=party,
            fewest=party,
            joined_at=at,
            priority=FIRST,
            is_sample=order.is_sample,
        )
    elif entry.priority < FIRST:
        WaitlistEntry.objects.filter(pk=entry.pk).update(priority=FIRST)
    elif entry.joined_at == at:  # the next line of the same order
        WaitlistEntry.objects.filter(pk=entry.pk).update(
            party=F("party") + party, fewest=F("fewest") + party
        )
    return entry
