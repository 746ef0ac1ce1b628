"""Walk-up sales: seats, suppers and add-ons for a guest without a ticket, paid in cash.

They use the same limits and books as online sales; the books say who took the cash. The member
price is for guests whose e-mail address belongs to a member.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from events.door import door
from events.models import AddOn, Choice, DoorLink, Event, TicketType
from events.sales.addons import AddOnLeft, add_on_items, add_ons_left
from events.sales.availability import Member, SupperLeft, availability, suppers_left
from events.sales.quotes import Guest, ticket_items
from events.sales.refusals import NotAMember
from membership.terms.dues import has_member
from nsca.lib.timing import day_of
from orders.checkout.placing import Buyer, record_offline
from orders.lines.kinds import Item, Refusal
from orders.models import Order


class MayNotSell(Refusal):
    def __init__(self):
        super().__init__(
            "This link can’t sell tickets. Send the guest to somebody whose link can."
        )


class NotInTheRegister(Refusal):
    """No member has this address on the day of the event."""

    def __init__(self):
        super().__init__(
            "No member has this e-mail address. Sell at the full price, or call the committee."
        )


@dataclass(frozen=True)
class OnSale:
    """What is for sale at the door at an instant."""

    kinds: tuple[TicketType, ...]
    suppers: tuple[SupperLeft, ...]
    add_ons: tuple[AddOnLeft, ...]

    @property
    def has_member_price(self) -> bool:
        return any(has_member_price(kind) for kind in self.kinds)


@dataclass(frozen=True)
class Sale:
    """What one walk-up guest wants; `at_member_price`: how many of the tickets."""

    kind: TicketType
    quantity: int = 1
    at_member_price: int = 0
    suppers: Mapping[Choice, int] = field(default_factory=dict)
    add_ons: Mapping[AddOn, int] = field(default_factory=dict)
    name: str = ""
    email: str = ""


def has_member_price(kind: TicketType) -> bool:
    return kind.member_price_cents is not None and kind.member_price_cents < kind.price_cents


def on_sale(event: Event, *, at: datetime) -> OnSale:
    """Ticket types on sale, except by invitation or with a kit; suppers and add-ons,
    with stock.
    """
    kinds = event.ticket_types.filter(is_offered=True, is_by_invitation=False, is_posted=False)
    return OnSale(
        tuple(kinds), tuple(suppers_left(event, at=at)), tuple(add_ons_left(event, at=at))
    )


def items_of(event: Event, sale: Sale) -> list[Item]:
    """The items of a sale. The guest's name goes to the first seat."""
    eating = [choice.pk for choice, count in sale.suppers.items() for _ in range(count)]
    seats = sale.quantity * sale.kind.covers
    guests = [
        Guest(name=sale.name if number == 0 else "", choice_id=choice_id)
        for number, choice_id in enumerate(eating + [None] * (seats - len(eating)))
    ]
    items = ticket_items(
        event,
        [(sale.kind, sale.quantity)],
        guests=guests,
        member_seats={sale.kind.pk: sale.at_member_price * sale.kind.covers},
        suppers=sale.suppers,
    )
    return items + add_on_items(event, sale.add_ons.items())


def check_member(event: Event, sale: Sale, *, at: datetime) -> None:
    """Refuse the member price to non-members. Raises NotInTheRegister, NotAMember."""
    if not sale.at_member_price:
        return
    if not has_member(sale.email, day_of(event.starts_at)):
        raise NotInTheRegister
    offer = availability(event, at=at, member=Member.on_the_day(event, email=sale.email))
    left = next(seat.member_left for seat in offer.seats if seat.ticket_type == sale.kind)
    if sale.at_member_price * sale.kind.covers > left:
        raise NotAMember(left, ticket_type_id=sale.kind.pk)


def sell(link: DoorLink, sale: Sale, *, submission_key: str, at: datetime) -> Order:
    """Sell it for cash that this volunteer takes; a repeated key is one sale.

    Raises DoorClosed, MayNotSell, NotInTheRegister, NotAMember, and what `record_offline` raises
    where something is sold out.
    """
    door.check_open(link, at=at)
    if not link.may_sell:
        raise MayNotSell
    before = Order.objects.filter(submission_key=submission_key).first()
    if before is not None:
        return before
    check_member(link.event, sale, at=at)
    return record_offline(
        items=items_of(link.event, sale),
        buyer=Buyer(sale.name or "Walk-up guest", sale.email),
        channel=Order.Channel.CASH,
        by=link.created_by,
        actor=f"{link} (door)",
        note=f"Sold at the door; {link} has the cash.",
        submission_key=submission_key,
        at=at,
    )
