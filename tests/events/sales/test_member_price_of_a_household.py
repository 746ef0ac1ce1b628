"""The member price is a household's, as far as its level covers; and no slot keeps an address."""

from datetime import date

import pytest

from events.models import Slot
from events.sales import availability
from events.sales.availability import Member, hidden
from events.sales.quotes import ticket_items
from events.sales.refusals import NotAMember
from membership.models import Tier
from membership.terms.member_price import sharing
from nsca.ops.audit.limits import the_member_price_is_for_members
from orders.checkout.placing import Buyer, place
from tests.events.selling import hold, sell
from tests.factories import (
    NOON,
    make_event,
    make_member,
    make_person,
    make_ticket_type,
    make_user,
)

pytestmark = pytest.mark.django_db
ON = date(2027, 5, 1)  # the event's day
ADA = Buyer("Ada", "ada@ellery.example")
BEN = Buyer("Ben", "ben@ellery.example")


@pytest.fixture
def event():
    return make_event()


@pytest.fixture
def seat(event):
    """One seat at the member price for each person a level covers."""
    return make_ticket_type(event, member_price_cents=8500, member_limit=1)


@pytest.fixture
def couple():
    """Ada and Ben, each with a sign-in, of one household whose level covers two."""
    ada = make_member()
    Tier.objects.update(max_people=2)
    ben = make_user("ben@ellery.example")
    make_person(ada.people.get().household, name="Ben", email=ben.email, user=ben)
    return ada, ben


def prices(order):
    return [line.unit_cents for line in order.lines.all() for _ in range(line.quantity)]


def bought_by(event, seat, user, buyer, count):
    member = Member.on_the_day(event, user_id=user.pk, email=user.email)
    return hold(event, (seat, count), user=user, buyer=buyer, member=member)


@pytest.mark.parametrize(
    ("count", "cents"),
    [(1, [8500]), (2, [8500, 8500]), (3, [8500, 8500, 9500]), (4, [8500, 8500, 9500, 9500])],
)
def test_a_couple_pays_the_member_price_twice_and_the_third_seat_in_full(
    event, seat, couple, count, cents
):
    ada, _ = couple

    assert prices(bought_by(event, seat, ada, ADA, count)) == cents


def test_the_two_of_a_household_share_it_whoever_buys(event, seat, couple):
    ada, ben = couple
    bought_by(event, seat, ada, ADA, 1)

    assert prices(bought_by(event, seat, ben, BEN, 2)) == [8500, 9500]
    assert prices(bought_by(event, seat, ada, ADA, 1)) == [9500]


def test_a_household_is_judged_together_under_the_lock(event, seat, couple):
    ada, ben = couple
    stale = ticket_items(event, [(seat, 2)], member_seats={seat.pk: 2})
    bought_by(event, seat, ada, ADA, 1)

    with pytest.raises(NotAMember, match="covers 1 more"):
        place(items=stale, buyer=BEN, submission_key="k" * 32, at=NOON, user=ben)


def test_the_slots_behind_the_count_are_the_household_s(event, seat, couple):
    ada, ben = couple
    bought_by(event, seat, ada, ADA, 1)
    bought_by(event, seat, ben, BEN, 1)

    home = ada.people.get().household
    rows = Slot.objects.filter(scarce__contains="member price").order_by("number")
    name = f"member price of type {seat.pk} for household {home.pk}"
    assert list(rows.values_list("scarce", "number")) == [(name, 1), (name, 2)]


@pytest.mark.parametrize("covers", [1, 2, 6])
def test_who_joins_with_the_tickets_pays_it_for_as_many_as_the_level_covers(event, seat, covers):
    member = Member.on_the_day(event, email="new@example.org", joins=covers)
    offer = availability.availability(event, at=NOON, member=member)

    assert offer.seats[0].member_left == covers
    items = ticket_items(
        event, [(seat, covers)], member_seats={seat.pk: covers}, joins=covers, is_member=True
    )
    order = place(
        items=items, buyer=Buyer("New", "new@example.org"), submission_key="j" * 32, at=NOON
    )
    assert prices(order) == [8500] * covers


def test_of_two_households_the_wider_counts():
    ada = make_member()
    narrow = ada.people.get().household
    wide = make_member("grandma@ellery.example").people.get().household
    wide.household_members.create(person=ada.people.get(), is_home=False)
    family = Tier.objects.create(name="Family", slug="family", max_people=6)
    wide.terms.update(tier=family)

    found = sharing(user_id=ada.pk, on=ON)

    assert (found.household_id, found.covers) == (wide.pk, 6)
    assert found.household_id != narrow.pk
    assert found.emails == {"ada@ellery.example", "grandma@ellery.example"}


@pytest.mark.parametrize(("ends_on", "covers"), [(date(2027, 4, 30), None), (ON, 1)])
def test_the_level_of_the_event_s_day_counts(ends_on, covers):
    ada = make_member(ends_on=ends_on)

    found = sharing(user_id=ada.pk, on=ON)

    assert (found and found.covers) == covers


def test_the_books_agree_with_what_a_household_may_have(event, seat, couple):
    ada, ben = couple
    sell(event, (seat, 1), user=ada, buyer=ADA, member=Member.on_the_day(event, user_id=ada.pk))
    sell(event, (seat, 1), user=ben, buyer=BEN, member=Member.on_the_day(event, user_id=ben.pk))
    assert list(the_member_price_is_for_members(NOON)) == []

    Tier.objects.update(max_people=1)

    errors = [str(found) for found in the_member_price_is_for_members(NOON)]
    assert any(
        "2 seats at the member price for one household, which may have 1" in e for e in errors
    )


# --- Addresses in slots ------------------------------------------------------------------------


def test_no_slot_keeps_the_address_of_who_bought(event, couple):
    event.max_per_person = 4
    event.save(update_fields=["max_per_person"])
    seat = make_ticket_type(event, member_price_cents=8500)
    ada, _ = couple

    bought_by(event, seat, ada, ADA, 2)
    hold(event, (seat, 1), buyer=Buyer("Cy", "Cy@Okoro.example"))

    names = set(Slot.objects.values_list("scarce", flat=True))
    assert f"person at event {event.pk}, {hidden('cy@okoro.example')}" in names
    assert not any("@" in name or "ellery" in name or "okoro" in name for name in names)


def test_an_address_typed_in_capitals_is_the_same_person(event):
    event.max_per_person = 1
    event.save(update_fields=["max_per_person"])
    hold(event, (make_ticket_type(event), 1), buyer=Buyer("Cy", "Cy@Okoro.example"))

    assert hidden(" CY@okoro.EXAMPLE") == hidden("cy@okoro.example")
    assert hidden("cy@okoro.example") != hidden("cz@okoro.example")
