"""What a renewal reminder says a household used this year."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from post_office.models import Email

from membership.models import FavoriteCity, Household, Term, Tier
from membership.reminders import reminders
from membership.reminders.year_used import years_used
from orders.models import Line, Order
from tests.factories import (
    make_city,
    make_event,
    make_order,
    make_person,
    make_ticket_type,
    make_user,
)

ENDS = date(2027, 6, 30)
ON = date(2027, 6, 1)
MARCH = datetime(2027, 3, 12, 23, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def level():
    return Tier.objects.create(name="Family", slug="family", dues_cents=6500, max_people=4)


def household(level, name="Ellery"):
    made = Household.objects.create(name=f"The {name} family")
    make_person(made, name=f"Ada {name}", email=f"ada@{name.lower()}.example")
    Term.objects.create(
        household=made, tier=level, starts_on=date(2026, 7, 1), ends_on=ENDS, reason="a test"
    )
    return made


def pay(email="ada@ellery.example", *, at=MARCH - timedelta(days=30), **fields):
    return make_order(
        state=Order.State.PAID, at=at, lines=(), payments=False, buyer_email=email, **fields
    )


def come_to(event, email="ada@ellery.example", *, quantity=1, is_member_price=True, **fields):
    """An order of tickets at $85 that cost others $95."""
    order = pay(email, **fields)
    kind = event.ticket_types.first() or make_ticket_type(event)
    line = Line.objects.create(
        order=order, kind=Line.Kind.TICKET, label="Seat", quantity=quantity, unit_cents=8500,
        subject_id=kind.pk,
        details={
            "event_id": event.pk, "starts_at": event.starts_at.isoformat(), "covers": 1,
            "full_price_cents": 9500, "is_member_price": is_member_price,
        },
    )  # fmt: skip
    for number in range(1, quantity + 1):
        line.tickets.create(event=event, ticket_type=kind, number=number)
    return line


def give(cents, email="ada@ellery.example", *, at=MARCH):
    order = pay(email, at=at)
    Line.objects.create(
        order=order, kind=Line.Kind.GIFT, label="A gift", quantity=1, unit_cents=cents
    )
    order.payments.create(
        method="pretend", state="paid", amount_cents=cents, opened_at=at, paid_at=at,
        idempotency_key=f"key-{order.pk}",
    )  # fmt: skip
    return order


def sentence_of(made, on=ON):
    term = made.terms.get()
    return years_used([term], on)[term.pk].sentence


def test_nothing_used_is_not_mentioned(level):
    ellerys = household(level)
    city = make_city(slug="kitakyushu", name="Kitakyushu")
    FavoriteCity.objects.create(person=ellerys.people.get(), city=city)

    assert sentence_of(ellerys) == ""


def test_events_at_the_member_price_and_what_they_saved(level):
    ellerys = household(level)
    come_to(make_event(starts_at=MARCH), quantity=2)
    come_to(make_event(starts_at=MARCH + timedelta(days=9)))

    assert sentence_of(ellerys) == (
        "This year your household paid the member price at 2 events and saved $30."
    )


def test_gifts_and_a_favorite_city_are_named(level):
    ellerys = household(level)
    city = make_city(slug="kitakyushu", name="Kitakyushu")
    FavoriteCity.objects.create(person=ellerys.people.get(), city=city)
    give(5_000)

    assert sentence_of(ellerys) == (
        "This year your household gave $50. Your favorite city: Kitakyushu."
    )


@pytest.mark.parametrize(
    "starts_at",
    [
        datetime(2026, 6, 30, 23, 0, tzinfo=UTC),  # the year before
        datetime(2027, 6, 2, 23, 0, tzinfo=UTC),  # still to come
    ],
)
def test_only_events_of_this_year_until_today_count(level, starts_at):
    ellerys = household(level)
    come_to(make_event(starts_at=starts_at), at=datetime(2026, 6, 1, 12, 0, tzinfo=UTC))

    assert sentence_of(ellerys) == ""


def test_a_gift_of_the_year_before_does_not_count(level):
    ellerys = household(level)
    give(5_000, at=datetime(2026, 6, 30, 12, 0, tzinfo=UTC))

    assert sentence_of(ellerys) == ""


def test_returned_tickets_do_not_count(level):
    ellerys = household(level)
    line = come_to(make_event(starts_at=MARCH), quantity=2)
    line.tickets.filter(number=2).update(canceled_at=MARCH - timedelta(days=1))

    assert "at 1 event and saved $10" in sentence_of(ellerys)

    line.tickets.update(canceled_at=MARCH - timedelta(days=1))

    assert sentence_of(ellerys) == ""


def test_tickets_at_the_full_price_do_not_count(level):
    ellerys = household(level)
    come_to(make_event(starts_at=MARCH), is_member_price=False)

    assert sentence_of(ellerys) == ""


def test_what_somebody_of_the_household_bought_counts_by_address_or_sign_in(level):
    ellerys = household(level)
    user = make_user("ben@okoro.example")
    make_person(ellerys, name="Ben Ellery", email="", user=user)
    event = make_event(starts_at=MARCH)
    come_to(event, email="other@okoro.example", user=user)
    come_to(event, email="stranger@okoro.example")

    assert "at 1 event and saved $10" in sentence_of(ellerys)


def test_the_reminder_says_it(level):
    household(level)
    give(5_000)

    reminders.tick(datetime(2027, 6, 1, 15, 0, tzinfo=UTC))

    mail = Email.objects.get()
    assert "This year your household gave $50." in mail.message
    assert "This year your household gave $50." in mail.html_message


def test_many_households_cost_as_many_queries_as_one(level):
    event = make_event(starts_at=MARCH)
    names = ["Ellery", "Okoro", "Lindqvist", "Baker", "Sato"]
    made = [household(level, name) for name in names]
    for name in names:
        come_to(event, email=f"ada@{name.lower()}.example")
        give(1_000, email=f"ada@{name.lower()}.example")
    terms = [each.terms.get() for each in made]

    with CaptureQueriesContext(
        connection,
    ) as one:
        years_used(terms[:1], ON)
    with CaptureQueriesContext(connection) as many:
        found = years_used(terms, ON)

    assert len(many) == len(one)
    assert all("saved $10, and gave $10" in each.sentence for each in found.values())
