"""The audit of limits: quiet over what was rightly sold; a sentence for each way to break it."""

from datetime import date, timedelta

import pytest

from events.models import AddOn, AddOnSold, Slot, Ticket
from events.sales.addons import add_on_items
from events.sales.quotes import ticket_items
from nsca.ops.audit import findings
from orders.models import Line, Order
from orders.refunds.refunds import give_back
from tests.events.selling import BEN, hold
from tests.factories import NOON, make_event, make_member, make_ticket_type
from tests.nsca.ops.test_audit import buy, sentences, since_long

pytestmark = pytest.mark.django_db


@pytest.fixture
def soiree():
    event = make_event(capacity=20, max_per_person=2)
    make_ticket_type(event, capacity=10, member_price_cents=5000, member_limit=1)
    since_long(event, *event.ticket_types.all())
    return event


@pytest.fixture
def seat(soiree):
    return soiree.ticket_types.get()


def errors():
    return [str(found) for found in findings(NOON) if not found.is_remark]


def bought_as_member(soiree, seat, user):
    items = ticket_items(soiree, [(seat, 1)], member_seats={seat.pk: 1}, is_member=True)
    order = buy(items)
    assert order.lines.get().unit_cents == 5000
    return order


# --- Numbers -----------------------------------------------------------------------------------


def test_a_seat_without_its_number_is_told(soiree, seat):
    order = buy(ticket_items(soiree, [(seat, 1)]))
    assert sentences() == []
    Slot.objects.filter(scarce=f"type {seat.pk}").delete()

    assert sentences() == [
        f"Order {order.number}: ticket {Ticket.objects.get().code} has no number of "
        f"“type {seat.pk}”, which was limited when it was sold."
    ]


def test_who_bought_before_there_was_a_limit_needs_no_number():
    event = make_event()
    kind = make_ticket_type(event)
    since_long(event, kind)
    buy(ticket_items(event, [(kind, 1)]))

    kind.capacity = 5
    kind.save()

    assert sentences() == []


def test_a_hold_that_expired_needs_no_number(soiree, seat):
    order = hold(soiree, (seat, 1))
    Slot.objects.all().delete()

    assert len(sentences(order.held_until - timedelta(seconds=1))) == 2
    assert sentences(order.held_until) == []


# --- One person --------------------------------------------------------------------------------


def test_more_than_one_person_may_have_is_told(soiree, seat):
    first = buy(ticket_items(soiree, [(seat, 2)]))
    second = buy(ticket_items(soiree, [(seat, 1)]), buyer=BEN)
    assert sentences() == []

    Order.objects.filter(pk=second.pk).update(buyer_email="Ada@Ellery.example")

    numbers = ", ".join(sorted((first.number, second.number)))
    assert f"Tea in the garden: one person may have 2 and has 3 (orders {numbers})." in (errors())


def test_what_staff_set_aside_is_no_error(soiree, seat):
    buy(ticket_items(soiree, [(seat, 2)]))
    aside = ticket_items(soiree, [(seat, 1)], sees_past_limits=True, staff="evan@nsca.example")
    buy(aside)

    assert errors() == []


def test_a_limit_of_a_person_that_was_lowered_is_a_remark(soiree, seat):
    buy(ticket_items(soiree, [(seat, 2)]))
    soiree.max_per_person = 1
    soiree.save()

    assert errors() == []
    assert "one person may have 1 and has 2" in sentences()[0]


# --- The member price --------------------------------------------------------------------------


def test_a_member_at_the_member_price_is_in_order(soiree, seat):
    bought_as_member(soiree, seat, make_member())

    assert sentences() == []


def test_who_was_never_a_member_is_a_remark(soiree, seat):
    order = bought_as_member(soiree, seat, None)

    (sentence,) = sentences()
    assert sentence == (
        "Tea in the garden, Seat at the long table: bought at the member price, and the buyer is "
        f"not a member on the day (orders {order.number}). If the membership ended since, that is "
        "not an error."
    )
    assert errors() == []


@pytest.mark.parametrize(
    "ends_on, is_revealed", [(date(2027, 5, 1), False), (date(2027, 4, 30), True)]
)
def test_the_day_of_the_event_counts(soiree, seat, ends_on, is_revealed):
    make_member(ends_on=ends_on)
    bought_as_member(soiree, seat, None)

    assert bool(sentences()) is is_revealed


def test_more_at_the_member_price_than_a_membership_gives(soiree, seat):
    make_member()
    bought_as_member(soiree, seat, None)
    buy(ticket_items(soiree, [(seat, 1)]))

    Ticket.objects.update(at_member_price=True)

    assert any(
        "2 seats at the member price for one household, which may have 1" in e for e in errors()
    )


# --- Add-ons -----------------------------------------------------------------------------------


@pytest.fixture
def wine(soiree):
    return AddOn.objects.create(event=soiree, name="Wine", price_cents=2800, capacity=2)


def test_an_add_on_without_its_portion_is_told(soiree, seat, wine):
    order = buy(ticket_items(soiree, [(seat, 1)]) + add_on_items(soiree, [(wine, 2)]))
    assert sentences() == []
    AddOnSold.objects.last().delete()

    assert errors() == [
        f"Order {order.number}: 2 × Tea in the garden: Wine should have 2 portions and has 1."
    ]


def test_an_add_on_too_many_is_told(soiree, seat, wine):
    buy(ticket_items(soiree, [(seat, 1)]) + add_on_items(soiree, [(wine, 2)]))
    line = AddOnSold.objects.first().line
    AddOnSold.objects.create(add_on=wine, line=line, number=3)
    line.quantity = 3
    line.save()
    since_long(wine)

    assert "Tea in the garden, Wine: 3 are sold, but there are 2." in errors()


def test_add_ons_whose_number_was_lowered_since_are_a_remark(soiree, seat, wine):
    since_long(wine)
    buy(ticket_items(soiree, [(seat, 1)]) + add_on_items(soiree, [(wine, 2)]))
    wine.capacity = 1
    wine.save()

    assert errors() == []
    assert sentences() == ["Tea in the garden, Wine: 2 are sold, but there are 1."]


def test_add_ons_that_were_oversold_are_an_error_whatever_is_lowered_after(soiree, seat, wine):
    since_long(wine)
    buy(ticket_items(soiree, [(seat, 1)]) + add_on_items(soiree, [(wine, 2)]))
    AddOnSold.objects.create(add_on=wine, line=AddOnSold.objects.first().line, number=3)
    Line.objects.filter(kind="addon").update(quantity=3)
    wine.capacity = 1
    wine.save()

    assert "Tea in the garden, Wine: 3 are sold, but there are 1." in errors()


def test_an_add_on_that_is_good_though_its_money_went_back_is_told(soiree, seat, wine):
    order = buy(ticket_items(soiree, [(seat, 1)]) + add_on_items(soiree, [(wine, 2)]))
    line = order.lines.get(kind="addon")
    give_back(order=order, line=line, units=[2], reason="Broken", at=NOON)
    assert errors() == []
    AddOnSold.objects.filter(number=2).update(canceled_at=None, slot=2)

    assert errors() == [f"Order {order.number}: “Wine, 2” is still valid, but was refunded."]


def test_a_limited_add_on_without_its_number_is_told(soiree, seat, wine):
    since_long(wine)
    order = buy(ticket_items(soiree, [(seat, 1)]) + add_on_items(soiree, [(wine, 1)]))
    AddOnSold.objects.update(slot=None)

    assert errors() == [
        f"Order {order.number}: “Wine, 1” has no number, and Wine was limited when it was sold."
    ]
