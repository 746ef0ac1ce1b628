"""What chairs cost this buyer: the price after a code or the member price, as an order's items.

A code and the member price do not add up: each chair gets the lower of the two.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from events.boxoffice import Asking, code_uses
from events.models import Event, PromoCode, TicketType
from events.refusals import CodeExpired, CodeNotForThis, CodeNotYet, CodeUnknown, CodeUsedUp
from nsca.lib.timing import day_of, hour, long_day
from orders.kinds import Item
from orders.models import Line


@dataclass(frozen=True)
class Guest:
    """Who sits on one chair, as far as the buyer has said."""

    name: str = ""
    email: str = ""
    choice_id: int | None = None
    needs: str = ""  # for the kitchen
    access: str = ""  # for the door


@dataclass(frozen=True)
class Wish:
    """What a ticket item carries to the box office beyond what is frozen: one guest a chair."""

    event_id: int
    guests: tuple[Guest, ...]
    code_id: int | None = None
    is_member_price: bool = False
    postal_address: str = ""
    is_member: bool = False  # on the event's date: members may come first
    table_id: int | None = None  # a friend of this table's captain buys
    waitlist_entry_id: int | None = None  # an offer to this party
    is_joining: bool = False  # a member from this very order on, which pays the dues, too
    sees_past_limits: bool = False  # staff set the limit of a person aside, and say so


def find_code(
    event: Event, text: str, ticket_types: Sequence[TicketType], *, at: datetime
) -> PromoCode:
    """The code a buyer typed, if it is good for one of these kinds now (of none: for any).

    Raises a CodeRefusal.
    """
    code = PromoCode.objects.filter(event=event, code__iexact=text).first()
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
    """The price of one in cents after a code, never below 0; half a cent goes to the buyer."""
    price = ticket_type.price_cents
    if code is None:
        return price
    covered = {kind.pk for kind in code.ticket_types.all()}
    if covered and ticket_type.pk not in covered:
        return price
    off = code.cents_off if code.percent_off is None else (price * code.percent_off + 50) // 100
    return max(0, price - off)


def ticket_items(
    event: Event,
    wanted: Sequence[tuple[TicketType, int]],
    *,
    guests: Sequence[Guest] = (),
    code: PromoCode | None = None,
    member_chairs: Mapping[int, int] | None = None,
    postal_address: str = "",
    table_id: int | None = None,
    waitlist_entry_id: int | None = None,
    is_member: bool = False,
    is_joining: bool = False,
    sees_past_limits: bool = False,
) -> list[Item]:
    """Items for how many of each kind is wanted; guests take the chairs in that order.

    `member_chairs`: how many chairs of each kind (by pk) the buyer may have at the member price.
    """
    seats_left = list(guests)
    items = []
    for kind, quantity in wanted:
        price = price_with(code, kind)
        member_price = kind.member_price_cents
        at_member_price = 0
        if member_price is not None and member_price < price:
            allowed = (member_chairs or {}).get(kind.pk, 0) // kind.covers
            at_member_price = min(quantity, allowed)
        for count, is_member_price in (
            (at_member_price, True),
            (quantity - at_member_price, False),
        ):
            if not count:
                continue
            chairs = count * kind.covers
            seated, seats_left = seats_left[:chairs], seats_left[chairs:]
            unit = member_price if is_member_price else price
            lowers = not is_member_price and price < kind.price_cents
            with_code = code if lowers or Asking(code=code).is_invited_to(kind) else None
            items.append(
                Item(
                    kind=Line.Kind.TICKET,
                    label=_label(event, kind, is_member_price, with_code),
                    unit_cents=unit,
                    quantity=count,
                    fair_value_cents=kind.fair_value_cents,
                    subject_id=kind.pk,
                    heading=heading_of(event),
                    committee=committee_of(event),
                    details=_frozen(event, kind, is_member_price, with_code),
                    wish=Wish(
                        event_id=event.pk,
                        guests=tuple(seated) + (Guest(),) * (chairs - len(seated)),
                        code_id=with_code.pk if with_code else None,
                        is_member_price=is_member_price,
                        postal_address=postal_address,
                        is_member=is_member or is_member_price,
                        table_id=table_id,
                        waitlist_entry_id=waitlist_entry_id,
                        is_joining=is_joining,
                        sees_past_limits=sees_past_limits,
                    ),
                )
            )
    return items


def heading_of(event: Event) -> str:
    """What the treasurer's report books its tickets under: "Soirée en Blanc, May 2027"."""
    return f"{event.title}, {day_of(event.starts_at):%B %Y}"


def committee_of(event: Event) -> str:
    """Whose event it is: the city's committee, else who hosts it, else nobody's in particular."""
    return event.city.name if event.city else event.hosted_by


def _label(event: Event, kind: TicketType, is_member_price: bool, code: PromoCode | None) -> str:
    words = f"{event.title}: {kind.name}"
    if is_member_price:
        words += ", member price"
    elif code:
        words += f", with code {code.code}"
    return words[:200]


def _frozen(event: Event, kind: TicketType, is_member_price: bool, code: PromoCode | None) -> dict:
    """The particulars as sold: later edits never rewrite them. Nothing of the place, ever."""
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
    }
