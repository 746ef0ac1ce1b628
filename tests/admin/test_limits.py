"""A limit may be set below what is sold: staff are told so plainly, and nobody is canceled."""

import pytest

from events.models import Event, Ticket
from tests.admin.events.test_venue import form_data
from tests.events.selling import left_of, sell
from tests.factories import make_event, make_ticket_type

pytestmark = pytest.mark.django_db


@pytest.fixture
def sold_event():
    event = make_event(capacity=5)
    sell(event, (make_ticket_type(event), 3))
    return event


def save(admin_client, event, **changes):
    url = f"/admin/events/event/{event.pk}/change/"
    return admin_client.post(url, form_data(admin_client, url) | changes, follow=True)


def yes(asked):
    """What the second button of the page that asks sends along."""
    return {"confirmed": asked.context["outlook"].key}


def test_a_room_below_what_is_sold_is_saved_with_a_warning(admin_client, sold_event):
    asked = save(admin_client, sold_event, capacity="2")
    before = Event.objects.get(pk=sold_event.pk).capacity
    response = save(admin_client, sold_event, capacity="2", **yes(asked))

    assert before == 5
    assert "would be limited to 2, but 3 are sold or being paid for." in asked.text
    assert Event.objects.get(pk=sold_event.pk).capacity == 2
    assert "The room is limited to 2, but 3 are sold or being paid for." in response.text
    assert Ticket.objects.valid().count() == 3
    assert left_of(sold_event.ticket_types.get()) == 0


def test_a_room_with_place_left_is_saved_without_one(admin_client, sold_event):
    response = save(admin_client, sold_event, capacity="3")

    assert "is limited to" not in response.text


def test_a_kind_says_so_by_its_name(admin_client, sold_event):
    lowered = {"ticket_types-0-capacity": "1"}
    asked = save(admin_client, sold_event, **lowered)
    response = save(admin_client, sold_event, **lowered, **yes(asked))

    assert "“Seat at the long table” would be limited to 1, but 3 are sold" in asked.text
    assert "“Seat at the long table” is limited to 1, but 3 are sold" in response.text
