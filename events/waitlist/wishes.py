"""One party's wish: joining the waiting list, changing the wish, and where it stands."""

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
    """There is nothing to wait for: sales have not begun or have closed, or the event is off."""

    def __init__(self, words: str = "The waiting list is closed."):
        super().__init__(words)


class NoNeedToWait(WaitlistClosed):
    """The party can have its chairs at once."""

    def __init__(self):
        super().__init__("There are chairs for your party at this moment: no need to wait.")


class NotWaiting(Refusal):
    """The wish cannot be changed: the party has left, or chairs were offered."""

    def __init__(self):
        super().__init__("This wish can no longer be changed.")


class Standing(TextChoices):
    """How a wish stands; its page has words for each."""

    WAITING = "waiting"
    OFFERED = "offered"  # chairs are held for the party
    TAKEN = "taken"  # the offer was paid
    PASSED = "passed"  # the offer was not answered in time
    LEFT = "left"  # by the party's own wish, "no, thanks" included
    CLOSED = "closed"  # sales have closed: nothing will come
    OVER = "over"  # the event is past or cancelled


@dataclass(frozen=True)
class Door:
    """Who may join a list at one instant."""

    is_open: bool
    to_be_had: int | None  # chairs that need no waiting; None: no limit

    def admits(self, party: int) -> bool:
        return self.is_open and self.to_be_had is not None and party > self.to_be_had


def door_of(event: Event, offer: Availability, *, at: datetime) -> Door:
    """The list is open while sales are, for parties that cannot have their chairs now."""
    seats = [s for s in offer.seats if s.is_open and is_for_the_list(s.ticket_type)]
    each = [seat.left for seat in seats]
    to_be_had = None if None in each else sum(each)
    if to_be_had is not None and offer.left is not None:
        to_be_had = min(to_be_had, offer.left)
    if offer.is_sold_out:
        to_be_had = 0
    is_on = not event.is_cancelled and not event.is_past(at)
    is_open = is_on and (offer.is_sold_out or offer.is_on_sale and bool(seats))
    return Door(is_open, to_be_had)


def join(
    *, event: Event, name: str, email: str, party: int, fewest: int | None = None, at: datetime
) -> tuple[WaitlistEntry, bool]:
    """Put a party on the list and mail it its place. Returns the entry and whether it is new.

    `fewest`: how many would do; all of them where nothing is said. One wish an address and event:
    who joins again keeps the old place, and gets no second mail. Raises WaitlistClosed.
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
    """Another number of chairs; the place in line stays. Raises NotWaiting."""
    line = waitlist.waiting(entry.event).filter(pk=entry.pk)
    if not line.update(party=party, fewest=min(party, fewest)):
        raise NotWaiting


def standing_of(entry: WaitlistEntry, offer: Availability, *, at: datetime) -> Standing:
    """How a wish stands at an instant. Time decides: an offer that has ended is passed on, whether
    or not the ticker has come by. `offer` is what can be had of the event.
    """
    event, order = entry.event, entry.offer
    if event.is_cancelled:
        return Standing.OVER
    if order is not None and order.state == Order.State.PAID:
        return Standing.TAKEN
    if entry.left_at is not None:
        return Standing.PASSED if entry.passed_on_at else Standing.LEFT
    if event.is_past(at):
        return Standing.OVER
    if order is not None:
        return Standing.OFFERED if order.is_held(at) else Standing.PASSED
    is_closed = offer.seats and all(seat.closes_at <= at for seat in offer.seats)
    return Standing.CLOSED if is_closed else Standing.WAITING


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
