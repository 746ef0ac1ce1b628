"""The page on which seats are bought, as a visitor and as a member meets it."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache

from events.models import Choice, PromoCode, Ticket
from membership.models import Household, Term, Tier
from orders.checkout import placing as checkout
from orders.lines.locks import Busy
from orders.models import Line, Order
from orders.payments.stripe import GatewayUnavailable
from tests.events.selling import hold, sell
from tests.factories import NOON, make_event, make_person, make_ticket_type, make_user

pytestmark = pytest.mark.django_db
KEY = "a-key-of-a-form-of-thirty-two-or-more"


@pytest.fixture(autouse=True)
def noon():
    cache.clear()
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def event():
    return make_event(slug="tea")


@pytest.fixture
def seat(event):
    return make_ticket_type(event, capacity=10)


def filled(*wanted, **fields):
    """What a browser sends; `wanted` are pairs of a kind and what was typed as its quantity."""
    quantities = {f"qty_{kind.pk}": typed for kind, typed in wanted}
    return {
        "submission_key": KEY,
        "name": "Ada Ellery",
        "email": "ada@ellery.example",
        "phone": "",
        "terms": "on",
        **quantities,
        **fields,
    }


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def buy(client, event, *wanted, **fields):
    return client.post(f"/events/{event.slug}/tickets/", filled(*wanted, **fields))


# --- The page ----------------------------------------------------------------------------------


def test_the_page_says_kinds_prices_and_what_is_left(client, event, seat):
    make_ticket_type(event, name="Patron", price_cents=18000, description="The same chair.")
    sell(event, (seat, 9))

    words = text_of(client.get("/events/tea/tickets/"))

    assert "Seat at the long table, $95 Last seat." in words
    assert "Patron, $180 The same chair." in words


def test_a_guest_gets_no_cookie(client, event, seat):
    response = client.get("/events/tea/tickets/")

    assert response.cookies == {}
    assert response.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("sold", [0, 8])
def test_no_query_is_made_for_each_guest(client, event, seat, sold, django_assert_max_num_queries):
    Choice.objects.create(event=event, label="Salmon", capacity=9)
    seat.member_price_cents = 8500
    seat.save()
    if sold:
        sell(event, (seat, sold))
    client.get("/events/tea/tickets/")

    with django_assert_max_num_queries(8):
        client.get("/events/tea/tickets/")


def test_a_member_costs_no_more_queries(client, event, seat, django_assert_max_num_queries):
    Choice.objects.create(event=event, label="Salmon", capacity=9)
    seat.member_price_cents = 8500
    seat.save()
    client.force_login(make_member())
    client.get("/events/tea/tickets/")

    with django_assert_max_num_queries(9):  # one of them: whether this session was ended
        client.get("/events/tea/tickets/")


def test_update_draws_as_many_guests_as_there_are_seats_and_keeps_what_was_typed(
    client, event, seat
):
    response = buy(client, event, (seat, "3"), update="1", name="", g1_name="Ada", gift="20")

    html = response.content.decode()
    assert response.status_code == 200
    assert len(re.findall(r'<fieldset data-guest class="form form--snug">', html)) == 3
    assert 'value="Ada"' in html
    assert "$305" in html  # three seats and the gift
    assert "Enter your name" not in html
    assert Order.objects.count() == 0


# --- Buying ------------------------------------------------------------------------------------


def test_a_guest_buys_two_seats(client, event, seat):
    response = buy(client, event, (seat, "2"), g1_name="Ada", g2_name="Ben", g2_needs="nuts")

    order = Order.objects.get()
    assert response.status_code == 302
    assert response.url == checkout.payment_url(order, at=NOON)
    assert (order.state, order.total_cents, order.buyer_email) == (
        "held", 19000, "ada@ellery.example",
    )  # fmt: skip
    assert [(t.guest_name, t.needs) for t in Ticket.objects.all()] == [
        ("Ada", ""),
        ("Ben", "nuts"),
    ]


def test_a_second_click_finds_the_same_order_even_for_the_last_seat(client, event):
    last = make_ticket_type(event, capacity=1)

    first = buy(client, event, (last, "1"))
    second = buy(client, event, (last, "1"))

    assert first.url == second.url
    assert Order.objects.count() == 1


def test_what_the_buyer_agreed_to_is_frozen(client, event, seat):
    event.refund_policy = "<p>Until a week before.</p>"
    event.save()

    buy(client, event, (seat, "1"))

    assert "Until a week before." in Order.objects.get().terms_text


def test_a_free_event_takes_the_same_path_without_a_gateway(client, event):
    seat = make_ticket_type(event, price_cents=0)
    page = text_of(client.get("/events/tea/tickets/"))

    response = buy(client, event, (seat, "2"), terms="")

    order = Order.objects.get()
    assert "Reserve" in page
    assert "Pay " not in page
    assert (order.state, response.url) == ("paid", order.get_absolute_url())
    assert Ticket.objects.valid().count() == 2


def test_a_gift_on_top_is_a_line_of_the_same_order(client, event, seat):
    buy(client, event, (seat, "1"), gift="$25.50")

    assert [(line.kind, line.total_cents) for line in Line.objects.all()] == [
        ("ticket", 9500),
        ("gift", 2550),
    ]


def test_a_kit_needs_a_postal_address(client, event, seat):
    seat.is_posted = True
    seat.save()

    refused = buy(client, event, (seat, "1"))
    buy(client, event, (seat, "1"), postal_address="1 Botetourt St\nNorfolk VA 23510")

    assert "Enter the address to mail it to." in text_of(refused)
    assert Ticket.objects.get().postal_address == "1 Botetourt St\nNorfolk VA 23510"


def test_a_code_lowers_the_sum_before_and_after(client, event, seat):
    PromoCode.objects.create(event=event, code="TOULON", percent_off=10)

    shown = buy(client, event, (seat, "2"), code="toulon", update="1")
    buy(client, event, (seat, "2"), code="toulon")

    assert "with code TOULON $171" in text_of(shown)
    assert Order.objects.get().total_cents == 17100


def test_the_gateway_being_away_keeps_the_order(client, event, seat, monkeypatch):
    def away(order, *, at):
        raise GatewayUnavailable

    monkeypatch.setattr("events.sales.views.payment_url", away)

    response = client.post("/events/tea/tickets/", filled((seat, "1")), follow=True)

    assert response.redirect_chain == [(Order.objects.get().get_absolute_url(), 302)]
    assert "You weren&#x27;t charged, and your order is saved" in text_of(response)


def test_a_crowd_keeps_the_form(client, event, seat, monkeypatch):
    def busy(**kwargs):
        raise Busy

    monkeypatch.setattr("events.sales.views.place", busy)

    response = buy(client, event, (seat, "1"), g1_name="Marcus")

    assert "Many people are buying right now" in text_of(response)
    assert 'value="Marcus"' in response.content.decode()


def test_the_last_seat_that_went_meanwhile_is_said_beside_its_kind(
    client, event, seat, monkeypatch
):
    patron = make_ticket_type(event, name="Patron")
    place = checkout.place

    def too_late(**kwargs):
        hold(event, (seat, 10))
        return place(**kwargs)

    monkeypatch.setattr("events.sales.views.place", too_late)

    response = buy(client, event, (seat, "1"), (patron, "1"))

    assert response.context["form"].errors == {
        f"qty_{seat.pk}": ["“Seat at the long table” has just sold out."]
    }


# --- Members -----------------------------------------------------------------------------------


def make_tier():
    return Tier.objects.create(name="Individual", slug="individual", dues_cents=4000)


def make_member(email="ada@ellery.example"):
    user = make_user(email)
    household = Household.objects.create(name="Ada")
    make_person(household, user=user, name="Ada", email=email)
    Term.objects.create(
        household=household, tier=make_tier(), starts_on=NOON.date(), reason="Honorary"
    )
    return user


@pytest.fixture
def member_seat(event):
    return make_ticket_type(event, member_price_cents=8500)


def test_a_member_who_is_signed_in_pays_the_member_price(client, event, member_seat):
    client.force_login(make_member())

    page = text_of(client.get("/events/tea/tickets/"))
    buy(client, event, (member_seat, "2"))

    assert "Your member price: $85, for one." in page
    assert Order.objects.get().total_cents == 8500 + 9500
    assert Order.objects.get().user.email == "ada@ellery.example"


def test_a_nonmember_pays_the_whole_price(client, event, member_seat):
    client.force_login(make_user())

    buy(client, event, (member_seat, "1"))

    assert Order.objects.get().total_cents == 9500


def test_a_membership_that_ends_before_the_event_gives_no_member_price(client, event, member_seat):
    client.force_login(make_member())
    Term.objects.update(ends_on=event.starts_at.date() - timedelta(days=1))

    buy(client, event, (member_seat, "1"))

    assert Order.objects.get().total_cents == 9500


def test_joining_in_the_same_order_gives_the_member_price(client, event, member_seat):
    make_tier()

    buy(client, event, (member_seat, "2"), join="individual")

    assert [(line.kind, line.total_cents) for line in Line.objects.all()] == [
        ("ticket", 8500),
        ("ticket", 9500),
        ("dues", 4000),
    ]
    assert Line.objects.get(kind="dues").details["email"] == "ada@ellery.example"


def test_what_joining_saves_is_said_beside_it(client, event, member_seat):
    make_tier()

    page = client.get(f"/events/{event.slug}/tickets/").text

    assert "Save $10: members pay $85 instead of $95 for one" in page


@pytest.mark.parametrize(
    ("evening", "offered"),
    [
        (datetime(2028, 3, 15, 22, tzinfo=UTC), True),
        (datetime(2028, 3, 16, 22, tzinfo=UTC), False),
    ],
    ids=["the year's last day", "the day after"],
)
def test_who_is_in_grace_is_offered_to_join_where_the_year_from_the_old_end_reaches(
    client, evening, offered
):
    event = make_event(starts_at=evening, publish_at=NOON - timedelta(days=1))
    make_ticket_type(event, member_price_cents=8500)
    user = make_member()
    Term.objects.update(starts_on=date(2026, 3, 16), ends_on=date(2027, 3, 15))
    Tier.objects.update(dues_cents=4000)
    client.force_login(user)

    page = client.get(f"/events/{event.slug}/tickets/").text

    assert ("Join now and pay the member price" in page) is offered


def test_who_joins_a_second_time_has_used_the_entitlement(client, event, member_seat):
    make_tier()
    buy(client, event, (member_seat, "1"), join="individual")
    client.cookies.clear()  # from another machine, so that the first stays

    buy(client, event, (member_seat, "1"), join="individual", submission_key=KEY + "-2")

    assert Order.objects.latest("pk").total_cents == 9500 + 4000
