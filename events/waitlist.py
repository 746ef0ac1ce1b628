"""Parties that wait for chairs: one wish an address and event, in the order in which they came.

No mail and no page of the waiting list knows the place. Offers are made elsewhere.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, Sum

from events.models import Event, WaitlistEntry
from nsca.lib import mail
from orders.kinds import Refusal
from orders.models import Order

FIRST = 10  # the priority of those whose money came after their chairs were gone
MOST_CHAIRS = 20  # a larger party should speak to a person


class WaitlistClosed(Refusal):
    """There is nothing to wait for: chairs can be had, sales have closed, or the event is off."""


@dataclass(frozen=True)
class Turn:
    """Where a party stands: 1 is next."""

    number: int
    parties: int


def waiting(event: Event):
    """Who waits, first come first."""
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


@transaction.atomic
def join(
    *, event: Event, name: str, email: str, party: int, at: datetime
) -> tuple[WaitlistEntry, bool]:
    """Put a party on the list and mail it its place. Returns the entry and whether it is new.

    One wish an address and event: who joins again keeps the old place, and gets no second mail.
    """
    entry, is_new = WaitlistEntry.objects.get_or_create(
        event=event,
        email=email.strip().lower(),
        left_at=None,
        defaults={"name": name, "party": party, "joined_at": at},
    )
    if is_new:
        _confirm(entry)
    return entry, is_new


def leave(entry: WaitlistEntry, *, at: datetime) -> None:
    """Take a party off the list; a second time changes nothing."""
    WaitlistEntry.objects.filter(pk=entry.pk, left_at__isnull=True).update(left_at=at)


def put_first(event: Event, *, order: Order, party: int, at: datetime) -> None:
    """The buyer of an order whose chairs were gone when the money came: at the top, and once."""
    if not order.buyer_email:
        return
    entry, is_new = WaitlistEntry.objects.get_or_create(
        event=event,
        email=order.buyer_email.lower(),
        left_at=None,
        defaults={
            "name": order.buyer_name,
            "party": party,
            "joined_at": at,
            "priority": FIRST,
            "is_sample": order.is_sample,
        },
    )
    if not is_new and entry.priority < FIRST:
        WaitlistEntry.objects.filter(pk=entry.pk).update(priority=FIRST)
    elif not is_new and entry.joined_at == at:  # the next line of the same order
        WaitlistEntry.objects.filter(pk=entry.pk).update(party=F("party") + party)


def _confirm(entry: WaitlistEntry) -> None:
    mail.post(
        "waitlist_joined",
        to=entry.email,
        to_name=entry.name,
        context={"entry": entry, "event": entry.event, "turn": turn_of(entry)},
    )
