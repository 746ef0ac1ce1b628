"""One party's entry: joining the waitlist, changing the request, and its state."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import TextChoices

from events.models import Event, WaitlistEntry
from events.sales.availability import Availability, availability, noun_of
from events.sales.capacity import is_for_the_list
from events.waitlist import entries as waitlist
from nsca.lib.mail import mail
from nsca.lib.mail.addresses import normalize_address
from orders.lines.kinds import Refusal
from orders.models import Order


class WaitlistClosed(Refusal):
    """The list is closed: sales have not opened or have closed, or the event is canceled."""

    def __init__(self, words: str = "The waitlist is closed."):
        super().__init__(words)


class NoNeedToWait(WaitlistClosed):
    """The party can buy its seats now."""

    def __init__(self):
        super().__init__(
            "There are enough seats for your party now. No need to wait: go buy them."
        )


class NotWaiting(Refusal):
    """The request cannot be changed: the party has left or has an offer."""

    def __init__(self):
        super().__init__("This request can no longer be changed.")


class EntryStatus(TextChoices):
    """The state of a waitlist entry; its page has words for each."""

    WAITING = "waiting"
    OFFERED = "offered"  # seats are held for the party
    TAKEN = "taken"  # the offer was paid
    PASSED = "passed"  # the offer was not answered in time
    LEFT = "left"  # the party left or declined
    CLOSED = "closed"  # sales have closed: no seats will come back
    OVER = "over"  # the event is past or canceled


@dataclass(frozen=True)
class Door:
    """Who may join a list at one instant."""

    is_open: bool
    to_be_had: int | None  # seats available now; None: no limit

    def admits(self, party: int) -> bool:
        return self.is_open and self.to_be_had is not None and party > self.to_be_had


def door_of(event: Event, offer: Availability, *, at: datetime) -> Door:
    """The list is open while sales are, for parties that cannot buy their seats now."""
    seats = [s for s in offer.seats if s.is_open and is_for_the_list(s.ticket_type)]
    each = [seat.left for seat in seats]
    to_be_had = None if None in each else sum(each)
    if to_be_had is not None and offer.left is not None:
        to_be_had = min(to_be_had, offer.left)
    if offer.is_sold_out:
        to_be_had = 0
    is_on = not event.is_canceled and not event.is_past(at)
    is_open = is_on and (offer.is_sold_out or offer.is_on_sale and bool(seats))
    return Door(is_open, to_be_had)


def join(
    *, event: Event, name: str, email: str, party: int, fewest: int | None = None, at: datetime
) -> tuple[WaitlistEntry, bool]:
    """Put a party on the list and e-mail it its number. Returns the entry and whether it is new.

    `fewest`: how few it would take; all by default. One entry per address and event: a party that
    joins again keeps its turn and gets no second e-mail. Raises WaitlistClosed.
    """
    door = door_of(event, availability(event, at=at), at=at)
    if not door.is_open:
        raise WaitlistClosed
    if not door.admits(party):
        raise NoNeedToWait
    email = normalize_address(email)
    try:
        with transaction.atomic():
            waitlist.begin(event, at=at)
            entry = waitlist.active(event, email, at=at)
            if entry is not None:
                return entry, False
            entry = WaitlistEntry.objects.create(
                event=event,
                name=name,
                email=email,
                party=party,
                fewest=min(party, fewest or party),
                joined_at=at,
            )
            _confirm(entry)
    except IntegrityError:  # a double click: the first was quicker
        return WaitlistEntry.objects.get(event=event, email=email, left_at=None), False
    return entry, True


def change(entry: WaitlistEntry, *, party: int, fewest: int) -> None:
    """Change the number of seats; the party keeps its turn. Raises NotWaiting."""
    line = waitlist.waiting(entry.event).filter(pk=entry.pk)
    if not line.update(party=party, fewest=min(party, fewest)):
        raise NotWaiting


def status_of(entry: WaitlistEntry, offer: Availability, *, at: datetime) -> EntryStatus:
    """The state of an entry at an instant. Time decides: an offer that has ended is passed on,
    whether or not the ticker has run. `offer` is the event's availability.
    """
    event, order = entry.event, entry.offer
    if event.is_canceled:
        return EntryStatus.OVER
    if order is not None and order.state == Order.State.PAID:
        return EntryStatus.TAKEN
    if entry.left_at is not None:
        return EntryStatus.PASSED if entry.passed_on_at else EntryStatus.LEFT
    if event.is_past(at):
        return EntryStatus.OVER
    if order is not None:
        return EntryStatus.OFFERED if order.is_held(at) else EntryStatus.PASSED
    is_closed = offer.seats and all(seat.closes_at <= at for seat in offer.seats)
    return EntryStatus.CLOSED if is_closed else EntryStatus.WAITING


def _confirm(entry: WaitlistEntry) -> None:
    mail.post(
        "waitlist_joined",
        to=entry.email,
        to_name=entry.name,
        context={
            "entry": entry,
            "event": entry.event,
            "noun": noun_of(entry.event),
            "turn": waitlist.turn_of(entry),
        },
    )
