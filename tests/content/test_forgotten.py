"""Whoever is forgotten after a whole season is in no text column of the database any more."""

from datetime import timedelta

import pytest
from django.utils import timezone
from post_office.models import STATUS, Email

from events.models import Slot, Ticket
from membership.models import Person
from membership.privacy import erasure
from membership.privacy.personal_data import subject_of
from orders.models import Line, RecurringPayment
from tests.content.test_demo_season import AT, demo, seeded  # noqa: F401 - fixtures
from tests.personal import tables_with

pytestmark = pytest.mark.django_db

# What stays by rule, and says so in docs/handbook/members.md: e-mails about gifts, as issued, for
# four years.
STAYS = {"membership_statement.name", "membership_statement.email", "membership_statement.content"}
LATER = AT + timedelta(days=500)  # every evening of the season is over


def everybody():
    """Members and buyers of the season with a record, but for who works here."""
    people = Person.objects.living().filter(user__is_staff=False).order_by("pk")
    return [person for person in people if person.email]


def words_of(person):
    """The addresses that are theirs alone, and the name where it is more than one word."""
    name = [person.name] if " " in person.name else []
    return {*subject_of(person).own, *name, *([person.phone] if person.phone else [])}


def test_after_a_season_no_text_column_knows_whoever_was_forgotten(demo):  # noqa: F811
    Email.objects.update(status=STATUS.sent)
    RecurringPayment.objects.filter(ended_at=None).update(state="ended", ended_at=AT)
    people = everybody()
    words = {word for person in people for word in words_of(person)}
    known_before = tables_with(words)

    for person in people:
        erasure.forget(person, at=LATER)

    left = {name: hits for name, hits in tables_with(words).items() if name not in STAYS}
    assert left == {}
    assert len(people) >= 6
    assert {"orders_order.buyer_email", "membership_person.name", "orders_line.details"} <= (
        known_before.keys()
    )


@pytest.mark.parametrize("column", ["events_slot.scarce", "orders_line.details"])
def test_the_guard_sees_an_address_in_any_column(demo, column):  # noqa: F811
    address = "nobody.else@ellery.example"
    if column == "events_slot.scarce":
        ticket = Ticket.objects.first()
        Slot.objects.create(scarce=f"person at event 1, {address}", number=1, ticket=ticket)
    else:
        line = Line.objects.first()
        line.details = {"deep": [{"in": address.upper()}]}
        line.save(update_fields=["details"])

    assert tables_with([address]) == {column: [address]}
    assert timezone.now().year == AT.year
