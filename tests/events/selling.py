"""What the tests of sales share: placing an order as the pages do."""

from events.models import Event
from events.sales import availability
from events.sales.addons import add_on_items
from events.sales.quotes import Guest, ticket_items
from nsca.lib.secrets.codes import link_token
from orders.checkout import settling
from orders.checkout.placing import Buyer, place
from tests.factories import NOON

ADA = Buyer("Ada Ellery", "ada@ellery.example")
BEN = Buyer("Ben Okoro", "ben@okoro.example")


FOR_WHOM = (
    "table_id",
    "waitlist_entry_id",
    "is_member",
    "joins",
    "sees_past_limits",
    "staff",
)


def hold(
    event, *wanted, at=NOON, buyer=ADA, code=None, member=None, guests=(), add_ons=(), **fields
):
    """A held order of `wanted` (and `add_ons`), pairs of a kind and how many; raises what is
    refused.
    """
    for_whom = {name: fields.pop(name) for name in FOR_WHOM if name in fields}
    offer = availability.availability(event, at=at, member=member)
    items = ticket_items(
        event,
        wanted,
        guests=guests,
        code=code,
        member_seats={seat.ticket_type.pk: seat.member_left for seat in offer.seats},
        **for_whom,
    )
    items += add_on_items(event, add_ons)
    fields.setdefault("submission_key", link_token())
    return place(items=items, buyer=buyer, at=at, **fields)


def sell(event, *wanted, at=NOON, **fields):
    """The same, paid."""
    order = hold(event, *wanted, at=at, **fields)
    settling.mark_paid(order, at=at, actor="test", cents=order.total_cents, text="")
    order.refresh_from_db()
    return order


def left_of(kind, *, at=NOON):
    """How many of a kind the page would offer."""
    offer = availability.availability(Event.objects.get(pk=kind.event_id), at=at)
    return next(seat.left for seat in offer.seats if seat.ticket_type == kind)


def supper_guests(*choices):
    return [Guest(choice_id=choice.pk) for choice in choices]
