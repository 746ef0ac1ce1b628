"""Many buy in the same moment: everyone is answered by how it is now."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache, caches
from django.test import Client

from events.models import Event, Ticket, TicketType
from nsca.lib.secrets.codes import link_token
from nsca.lib.web.caching import content_changed
from orders.models import Line, Order
from tests.events.sales.test_buying import filled, text_of
from tests.events.selling import BEN, sell
from tests.factories import NOON, make_event, make_ticket_type

pytestmark = pytest.mark.django_db
SECOND, TICK = timedelta(seconds=1), timedelta(microseconds=1)


@pytest.fixture(autouse=True)
def noon():
    cache.clear()
    caches["pages"].clear()
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def event():
    return make_event(slug="tea")


@pytest.fixture
def seat(event):
    return make_ticket_type(event, capacity=10)


def buy(seat, typed="1", *, name="Ada", **fields):
    """A browser that was never here sends the form."""
    fields = {"submission_key": "", "email": f"{name}@ellery.example"} | fields
    form = filled((seat, typed), **fields)
    return Client().post("/events/tea/tickets/", form)


@pytest.mark.parametrize("at, orders", [(SECOND - TICK, 2), (SECOND, 1)])
def test_it_is_over_when_the_sale_is(seat, noon, at, orders):
    TicketType.objects.filter(pk=seat.pk).update(sales_close_at=NOON + SECOND)
    buy(seat)
    noon.move_to(NOON + at)

    buy(seat, name="ben")

    assert Order.objects.count() == orders


def test_a_new_price_holds_from_the_edit_on(seat):
    buy(seat)
    TicketType.objects.filter(pk=seat.pk).update(price_cents=12000)
    content_changed()

    buy(seat, name="ben")

    assert set(Line.objects.values_list("unit_cents", flat=True)) == {9500, 12000}


def test_who_comes_too_late_reads_how_it_is_now_and_not_how_it_was(event, seat):
    buy(seat)
    sell(event, (seat, 9), buyer=BEN)

    words = text_of(buy(seat, name="cy"))

    assert "sold out" in words.lower()
    assert "9 seats left" not in words
    assert Ticket.objects.count() == 10


def test_who_wants_more_than_is_left_is_told_what_is_left_now(event, seat):
    buy(seat)
    sell(event, (seat, 7), buyer=BEN)

    words = text_of(buy(seat, "3", name="cy"))

    assert "Only 2 seats are left." in words
    assert "2 seats left" in words


def test_a_canceled_event_sells_nothing_to_who_comes_a_moment_later(event, seat):
    buy(seat)
    Event.objects.filter(pk=event.pk).update(state=Event.State.CANCELED)

    response = buy(seat, name="ben")

    assert response.status_code == 200
    assert Order.objects.count() == 1


def test_a_mistake_is_told_on_a_page_of_its_own_instant(event, seat):
    buy(seat)
    sell(event, (seat, 4), buyer=BEN)

    response = buy(seat, email="nowhere", name="cy")

    assert "5 seats left" in text_of(response)
    assert response.status_code == 200


# --- Nothing left ------------------------------------------------------------------------------


@pytest.fixture
def sold_out(event, seat):
    """All ten are sold, and one visitor has read so."""
    sell(event, (seat, 10), buyer=BEN)
    assert "sold out" in text_of(buy(seat, name="ada")).lower()


def test_a_seat_that_is_free_again_is_sold_in_the_same_moment(sold_out, seat):
    Ticket.objects.filter(number=1).update(canceled_at=NOON)

    response = buy(seat, name="cy")

    assert response.status_code == 302
    assert Order.objects.count() == 2


@pytest.mark.parametrize(
    "at, is_bought", [(SECOND - TICK, False), (SECOND, True), (SECOND + TICK, True)]
)
def test_a_hold_that_expires_lets_the_next_buy_the_very_instant(event, seat, noon, at, is_bought):
    sell(event, (seat, 9), buyer=BEN)
    buy(seat, name="ada")
    Order.objects.filter(state="held").update(held_until=NOON + SECOND)
    buy(seat, name="cy")
    noon.move_to(NOON + at)

    assert (buy(seat, name="dee").status_code == 302) is is_bought


def test_who_comes_next_reads_the_same_page(sold_out, seat, django_assert_num_queries):
    with django_assert_num_queries(3):  # what decides is read for each
        response = buy(seat, name="cy")

    assert "sold out" in text_of(response).lower()
    assert "no-store" in response.headers["Cache-Control"]
    assert Order.objects.count() == 1


def test_new_seats_are_sold_from_the_edit_on(sold_out, seat):
    TicketType.objects.filter(pk=seat.pk).update(capacity=11)
    content_changed()

    assert buy(seat, name="cy").status_code == 302


def test_a_second_click_finds_its_order_even_where_nothing_is_left(event, seat):
    key = link_token()  # of a form that was opened once, and sent twice
    first = buy(seat, name="ada", submission_key=key)
    sell(event, (seat, 9), buyer=BEN)
    buy(seat, name="cy")

    assert buy(seat, name="ada", submission_key=key).url == first.url
