"""A pretend payment whose return lost its turn is settled by the ticker, not an hour later."""

from datetime import timedelta

import pytest

from orders import tidy
from orders.checkout.placing import payment_url
from orders.models import Order
from orders.payments.stripe import PretendGateway
from orders.reconciling import pretended
from tests.factories import NOON
from tests.orders.conftest import at_minute, buy

pytestmark = pytest.mark.django_db


@pytest.fixture
def order():
    """The bank said yes, and the page that should have settled it did not come to its turn."""
    order = buy(at=NOON)
    payment_url(order, at=NOON)
    assert PretendGateway().pay(order.payments.get(), at=at_minute(1))
    return order


def state_of(order):
    return Order.objects.get(pk=order.pk).state


def test_a_buyer_whose_return_lost_its_turn_has_paid_within_a_minute(order):
    tidy.tick(at_minute(1) + timedelta(seconds=5))

    assert state_of(order) == "paid"
    assert order.payments.get().state == "paid"


def test_before_its_hold_ends_and_not_after(order):
    """The tick that would let the hold lapse settles first."""
    tidy.tick(at_minute(35))

    assert state_of(order) == "paid"


def test_who_has_not_paid_is_left_alone():
    order = buy(at=NOON)
    payment_url(order, at=NOON)

    assert pretended.settle_due(at_minute(1)) == 0
    assert state_of(order) == "held"


def test_again_changes_nothing(order, seats):
    assert [pretended.settle_due(at_minute(2)) for _ in range(2)] == [1, 0]
    assert seats.verbs() == ["held", "paid"]
