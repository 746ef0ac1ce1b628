"""What seats cost this buyer: the price after a code or the member price, as an order's items.

A code and the member price do not combine: each seat gets the lower of the two.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from events.models import AddOn, Choice, Event, PromoCode, TicketType
from events.sales.availability import Asking, code_uses
from events.sales.refusals import CodeExpired, CodeNotForThis, CodeNotYet, CodeUnknown, CodeUsedUp
from nsca.lib.text.money import dollars, known_sum
from nsca.lib.timing import day_of, hour, long_day
from orders.lines.kinds import Item
from orders.models import Line


@dataclass(frozen=True)
class Guest:
    """The guest of one seat, as far as the buyer has said."""

    name: str = ""
    email: str = ""
    choice_id: int | None = None
    needs: str = ""  # for the kitchen
    access: str = ""  # for the door


@dataclass(frozen=True)
class TicketRequest:
    """What a ticket item carries beyond what is frozen: one guest per seat."""

    event_id: int
    guests: tuple[Guest, ...]
    code_id: int | None = None
    is_member_price: bool = False
    postal_address: str = ""
    is_member: bool = False  # on the event's date: members may come first
    table_id: int | None = None  # a friend of this table's captain buys
    waitlist_entry_id: int | None = None  # an offer to this party
    # People covered by the level whose dues this same order pays.
    joins: int = 0
    sees_past_limits: bool = False  # staff set the limit per person aside
    staff: str = ""  # who did, for the ledger


@dataclass(frozen=True)
class Extra:
    """What suppers cost and are worth on top of their tickets, in cents."""

    cents: int = 0
    value_cents: int | None = 0  # None: nobody stated it

    def __add__(self, other: "Extra") -> "Extra":
        value = known_sum([self.value_cents, other.value_cents])
        return Extra(self.cents + other.cents, value)


NO_EXTRA = Extra()


def find_code(
    event: Event, text: str, ticket_types: Sequence[TicketType], *, at: datetime
) -> PromoCode:
    """The code a buyer typed, if it is valid now for one of these types (of none: for any).

    Raises a CodeRefusal.
    """
    code = PromoCode.objects.filter(event=event, code=text).first()
    if code is None:
        raise CodeUnknown(text)
    if code.starts_at and at < code.starts_at:
        raise CodeNotYet(code.code, code.starts_at)
    if code.ends_at and at >= code.ends_at:
        raise CodeExpired(code.code, code.ends_at)
    covered = list(code.ticket_types.all())
    if covered and ticket_types and not set(covered) & set(ticket_types):
        raise CodeNotForThis(code.code, ", ".join(kind.name for kind in covered))
    if code.max_uses is not None and code_uses(code, at=at) >= code.max_uses:
        raise CodeUsedUp(code.code)
    return code


def price_with(code: PromoCode | None, ticket_type: TicketType) -> int:
    """The price of one in cents after a code, at least 0; half a cent goes to the buyer."""
    price = ticket_type.price_cents
    if code is None:
        return price
    covered = {kind.pk for kind in code.ticket_types.all()}
    if covered and ticket_type.pk not in covered:
        return price
    return price_after(price, code.percent_off, code.cents_off)


def price_after(price_cents: int, percent: int | None, off_cents: int | None) -> int:
    """A price after a percentage or an amount is taken off; half a cent goes to the buyer."""
    off = off_cents if percent is None else (price_cents * percent + 50) // 100
    return max(0, price_cents - off)


def ticket_items(
    event: Event,
    wanted: Sequence[tuple[TicketType, int]],
    *,
    guests: Sequence[Guest] = (),
    code: PromoCode | None = None,
    member_seats: Mapping[int, int] | None = None,
    postal_address: str = "",
    table_id: int | None = None,
    waitlist_entry_id: int | None = None,
    is_member: bool = False,
    joins: int = 0,
    sees_past_limits: bool = False,
    staff: str = "",
    suppers: Iterable[Choice] | None = None,
) -> list[Item]:
    """Items for the quantity wanted of each ticket type; guests take the seats in that order.

    `member_seats`: how many seats of each type (by pk) the buyer gets at the member price.
    `suppers`: the event's, if already loaded. A supper's surcharge is part of its seat's price,
    so seats that cost the same make one item.
    """
    seats_left = list(guests)
    extras = _extras_of(seats_left, suppers)
    items = []
    for kind, quantity in wanted:
        price = price_with(code, kind)
        member_price = kind.member_price_cents
        at_member_price = 0
        if member_price is not None and member_price < price:
            allowed = (member_seats or {}).get(kind.pk, 0) // kind.covers
            at_member_price = min(quantity, allowed)
        # Each unit's guests, grouped with the units that cost the same.
        alike: dict[tuple[bool, Extra], list[list[Guest]]] = {}
        for unit in range(quantity):
            seated, seats_left = seats_left[: kind.covers], seats_left[kind.covers :]
            seated += [Guest()] * (kind.covers - len(seated))
            extra = sum((extras.get(guest.choice_id, NO_EXTRA) for guest in seated), NO_EXTRA)
            alike.setdefault((unit < at_member_price, extra), []).append(seated)
        for (is_member_price, extra), units in alike.items():
            lowers = not is_member_price and price < kind.price_cents
            with_code = code if lowers or Asking(code=code).is_invited_to(kind) else None
            items.append(
                Item(
                    kind=Line.Kind.TICKET,
                    label=_label(event, kind, is_member_price, with_code, extra),
                    unit_cents=(member_price if is_member_price else price) + extra.cents,
                    quantity=len(units),
                    fair_value_cents=known_sum([worth_of(kind), extra.value_cents]),
                    subject_id=kind.pk,
                    heading=heading_of(event),
                    committee=committee_of(event),
                    details=_frozen(event, kind, is_member_price, with_code, extra),
                    request=TicketRequest(
                        event_id=event.pk,
                        guests=tuple(guest for seated in units for guest in seated),
                        code_id=with_code.pk if with_code else None,
                        is_member_price=is_member_price,
                        postal_address=postal_address,
                        is_member=is_member or is_member_price,
                        table_id=table_id,
                        waitlist_entry_id=waitlist_entry_id,
                        joins=joins,
                        sees_past_limits=sees_past_limits,
                        staff=staff,
                    ),
                )
            )
    return items


def _extras_of(guests: Sequence[Guest], suppers: Iterable[Choice] | None) -> dict[int, Extra]:
    """What each supper that was chosen adds, by primary key."""
    chosen = {guest.choice_id for guest in guests} - {None}
    if not chosen:
        return {}
    if suppers is None:
        suppers = Choice.objects.filter(pk__in=chosen)
    return {each.pk: Extra(each.price_cents, worth_of(each)) for each in suppers}


def worth_of(thing: TicketType | Choice | AddOn) -> int | None:
    """The fair value of one, in cents; None where it costs something and has no fair value. What
    is free for everyone is no return for a payment.
    """
    if thing.fair_value_cents is None and not thing.price_cents:
        return 0
    return thing.fair_value_cents


def heading_of(event: Event) -> str:
    """The treasurer's heading for its tickets: "Soirée en Blanc, May 2027"."""
    return f"{event.title}, {day_of(event.starts_at):%B %Y}"


def committee_of(event: Event) -> str:
    """Whose event it is: the city's committee, else the host, else nobody's."""
    return event.city.name if event.city else event.hosted_by


def _label(
    event: Event, kind: TicketType, is_member_price: bool, code: PromoCode | None, extra: Extra
) -> str:
    words = f"{event.title}: {kind.name}"
    if extra.cents:
        words += f", including {dollars(extra.cents)} for supper"
    if is_member_price:
        words += ", member price"
    elif code:
        words += f", with code {code.code}"
    return words[:200]


def _frozen(
    event: Event, kind: TicketType, is_member_price: bool, code: PromoCode | None, extra: Extra
) -> dict:
    """The details as sold: later edits never change them. Never anything about the venue."""
    when = long_day(event.starts_at)
    if event.hour_is_known:
        when += f", {hour(event.starts_at)}"
    return {
        "event_id": event.pk,
        "event": event.title,
        "starts_at": event.starts_at.isoformat(),
        "when": when,
        "ticket_type": kind.name,
        "covers": kind.covers,
        "full_price_cents": kind.price_cents,
        "is_member_price": is_member_price,
        "code": code.code if code else "",
    } | (
        {
            "extras_cents": extra.cents,
            # Stripe learns nothing about suppers.
            "at_the_gateway": _label(event, kind, is_member_price, code, NO_EXTRA),
        }
        if extra.cents
        else {}
    )
