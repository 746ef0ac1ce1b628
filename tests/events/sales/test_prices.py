"""Codes that lower a price or open a door, and the member price with its own limit."""

from datetime import timedelta

import pytest

from events.models import PromoCode, Ticket
from events.sales import availability
from events.sales.availability import Member
from events.sales.quotes import find_code, ticket_items
from events.sales.refusals import (
    CodeExpired,
    CodeNotForThis,
    CodeNotYet,
    CodeUnknown,
    CodeUsedUp,
    NotAMember,
)
from orders.checkout.placing import HOLD, place
from tests.events.reveal_kit import TICK
from tests.events.selling import ADA, BEN, hold
from tests.factories import NOON, make_event, make_member, make_ticket_type

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    return make_event()


@pytest.fixture
def seat(event):
    return make_ticket_type(event, capacity=10)


# --- Codes -------------------------------------------------------------------------------------


def make_code(event, code="TOULON", percent_off=10, **fields):
    return PromoCode.objects.create(event=event, code=code, percent_off=percent_off, **fields)


def boxoffice_code(event, text, *kinds, at=NOON):
    return find_code(event, text, kinds, at=at)


def test_case_does_not_matter_to_a_code(event, seat):
    code = make_code(event)

    assert boxoffice_code(event, "toulon", seat) == code


def test_an_unknown_code_is_named(event, seat):
    with pytest.raises(CodeUnknown, match="“NICE”"):
        boxoffice_code(event, "NICE", seat)


def test_a_code_of_another_event_is_unknown_here(event, seat):
    make_code(make_event())

    with pytest.raises(CodeUnknown):
        boxoffice_code(event, "TOULON", seat)


@pytest.mark.parametrize(
    "at, refusal",
    [
        (NOON - TICK, CodeNotYet),
        (NOON, None),
        (NOON + timedelta(days=1) - TICK, None),
        (NOON + timedelta(days=1), CodeExpired),
    ],
)
def test_a_code_is_good_from_its_start_to_just_before_its_end(event, seat, at, refusal):
    code = make_code(event, starts_at=NOON, ends_at=NOON + timedelta(days=1))

    if refusal is None:
        assert boxoffice_code(event, "TOULON", seat, at=at) == code
    else:
        with pytest.raises(refusal):
            boxoffice_code(event, "TOULON", seat, at=at)


def test_a_code_says_which_seats_it_is_for(event, seat):
    table = make_ticket_type(event, name="Table of eight", covers=8)
    make_code(event).ticket_types.add(table)

    with pytest.raises(CodeNotForThis, match="Table of eight"):
        boxoffice_code(event, "TOULON", seat)


def test_a_code_is_used_up_by_orders_and_not_by_seats(event, seat):
    code = make_code(event, max_uses=2)
    hold(event, (seat, 3), code=code)
    hold(event, (seat, 1), code=code)

    with pytest.raises(CodeUsedUp):
        boxoffice_code(event, "TOULON", seat)
    with pytest.raises(CodeUsedUp):
        hold(event, (seat, 1), code=code)


def test_an_expired_hold_gives_the_code_back(event, seat):
    code = make_code(event, max_uses=1)
    hold(event, (seat, 1), code=code)

    assert boxoffice_code(event, "TOULON", seat, at=NOON + HOLD) == code


@pytest.mark.parametrize(
    "fields, cents",
    [
        ({"percent_off": 10}, 8550),
        ({"percent_off": 100}, 0),
        ({"percent_off": None, "cents_off": 500}, 9000),
        ({"percent_off": None, "cents_off": 99_999}, 0),
    ],
)
def test_a_code_lowers_the_frozen_price_and_never_below_nothing(event, seat, fields, cents):
    code = make_code(event, **fields)

    order = hold(event, (seat, 2), code=code)

    assert order.total_cents == 2 * cents
    assert order.lines.get().details["full_price_cents"] == 9500
    assert [t.promo_code for t in Ticket.objects.all()] == [code, code]


def test_half_a_cent_goes_to_the_buyer(event):
    seat = make_ticket_type(event, price_cents=1005)

    assert hold(event, (seat, 1), code=make_code(event)).total_cents == 904


# --- The member price --------------------------------------------------------------------------


@pytest.fixture
def member_seat(event):
    return make_ticket_type(event, member_price_cents=8500, member_limit=2)


def test_members_pay_less_for_as_many_as_their_membership_gives(event, member_seat):
    ada = make_member()

    order = hold(event, (member_seat, 3), user=ada, member=Member(ada.pk, ada.email))

    assert [(line.quantity, line.unit_cents) for line in order.lines.all()] == [
        (2, 8500),
        (1, 9500),
    ]
    assert Ticket.objects.filter(at_member_price=True).count() == 2


def test_the_entitlement_counts_across_orders(event, member_seat):
    ada = make_member()
    hold(event, (member_seat, 1), user=ada, member=Member(ada.pk, ada.email))

    second = hold(event, (member_seat, 2), user=ada, member=Member(ada.pk, ada.email))

    assert [line.unit_cents for line in second.lines.all()] == [8500, 9500]


def test_the_entitlement_is_judged_again_under_the_lock(event, member_seat):
    ada = make_member()
    key = Member(ada.pk, ada.email)
    stale = availability.availability(event, at=NOON, member=key)
    hold(event, (member_seat, 2), user=ada, member=key)

    items = ticket_items(
        event, [(member_seat, 1)], member_seats={member_seat.pk: stale.seats[0].member_left}
    )

    with pytest.raises(NotAMember):
        place(items=items, buyer=ADA, submission_key="k" * 32, at=NOON, user=ada)


def test_another_members_seats_do_not_count(event, member_seat):
    ada, ben = make_member(), make_member("ben@okoro.example")
    hold(event, (member_seat, 2), user=ada, member=Member(ada.pk, ada.email))

    order = hold(event, (member_seat, 2), user=ben, buyer=BEN, member=Member(ben.pk, ben.email))

    assert order.total_cents == 17000


def test_a_code_and_the_member_price_do_not_add_up(event, member_seat):
    ada = make_member()
    code = make_code(event, percent_off=50)

    order = hold(event, (member_seat, 1), user=ada, code=code, member=Member(ada.pk, ada.email))

    assert order.total_cents == 4750
    assert not Ticket.objects.get().at_member_price
