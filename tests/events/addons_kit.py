"""A tea in the garden with a dear supper and two bottles of wine, and who buys them."""

from datetime import timedelta

from events.models import AddOn, Choice, Event
from events.sales.addons import add_on_items
from events.sales.quotes import ticket_items
from nsca.lib.secrets.codes import link_token
from orders.checkout import settling
from orders.checkout.placing import place
from orders.models import Order
from tests.events.selling import ADA
from tests.factories import NOON, make_event, make_payment, make_ticket_type


def make_tea() -> Event:
    """Garden box, and lobster at $40 more, worth $25 more; two bottles of wine at $28."""
    event = make_event(slug="tea", choices_close_at=NOON + timedelta(days=20))
    make_ticket_type(event, price_cents=9500, fair_value_cents=6000)
    Choice.objects.create(event=event, label="Garden box")
    Choice.objects.create(
        event=event, label="Lobster", price_cents=4000, fair_value_cents=2500, position=1
    )
    AddOn.objects.create(
        event=event, name="A bottle of wine", price_cents=2800, fair_value_cents=1500, capacity=2
    )
    return event


def buy(event, wanted=(), *, extras=(), guests=(), buyer=ADA, at=NOON):
    """A paid order, as the gateway leaves it."""
    order = hold(event, wanted, extras=extras, guests=guests, buyer=buyer, at=at)
    make_payment(order, opened_at=at, paid_at=at)
    settling.mark_paid(order, at=at, actor="test", cents=order.total_cents)
    return Order.objects.get(pk=order.pk)


def hold(event, wanted=(), *, extras=(), guests=(), buyer=ADA, at=NOON):
    items = ticket_items(event, wanted, guests=guests) + add_on_items(event, extras)
    return place(items=items, buyer=buyer, submission_key=link_token(), at=at)
