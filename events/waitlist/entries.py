"""Parties waiting for seats: one entry per address and event, in the order they joined.

joining.py decides who may join; offers.py offers seats that come free. No e-mail and no page of
the waitlist knows the venue.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Max, Q, Sum

from events.models import Event, WaitlistEntry
from orders.models import Order

FIRST = 10  # the priority of buyers whose money came after their seats were gone
MOST_SEATS = 20  # a larger party should talk to us


@dataclass(frozen=True)
class Turn:
    """A party's number in line: 1 is next."""

    number: int
    parties: int


def waiting(event: Event):
    """Who is waiting, in line order: still on the list and without an offer."""
    return event.waitlist.filter(left_at__isnull=True, offer__isnull=True)


def turn_of(entry: WaitlistEntry) -> Turn:
    """The same order as the list: by priority, then by the instant of joining."""
    line = waiting(entry.event)
    ahead = line.filter(
        Q(priority__gt=entry.priority)
        | Q(priority=entry.priority, joined_at__lt=entry.joined_at)
        | Q(priority=entry.priority, joined_at=entry.joined_at, pk__lt=entry.pk)
    )
    return Turn(number=ahead.count() + 1, parties=line.count())


def seats_wanted(event: Event) -> int:
    return waiting(event).aggregate(seats=Sum("party"))["seats"] or 0


def begin(event: Event, *, at: datetime) -> None:
    """Mark that the event has a waitlist, so that sales look at it."""
    Event.objects.filter(pk=event.pk, waitlist_began_at=None).update(waitlist_began_at=at)
    event.waitlist_began_at = event.waitlist_began_at or at


def active(event: Event, email: str, *, at: datetime) -> WaitlistEntry | None:
    """An address's entry for an event, locked. An entry whose offer has ended is closed."""
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
    """Take a party off the list; a second call changes nothing. A party with an offer declines it
    instead (offers.decline).
    """
    WaitlistEntry.objects.filter(pk=entry.pk, left_at=None, offer=None).update(left_at=at)


def move_up(entry: WaitlistEntry) -> bool:
    """Move a party to the top; False if it is no longer waiting."""
    line = waiting(entry.event)
    top = line.exclude(pk=entry.pk).aggregate(top=Max("priority"))["top"] or 0
    return line.filter(pk=entry.pk).update(priority=max(FIRST, top) + 1) == 1


def put_first(event: Event, *, order: Order, party: int, at: datetime) -> WaitlistEntry | None:
    """Put the buyer whose seats were gone when the money came at the top, once. None if the order
    has no e-mail address.

    Inside the transaction that refuses the money. They paid for all seats, so fewer would not do;
    they can change that on their own page.
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
