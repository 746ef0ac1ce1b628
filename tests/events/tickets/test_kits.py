"""The rulebook of kits by mail: who is asked for an address, how many kits, when each moves."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.management import call_command
from post_office.models import Email

from events.models import Event, Ticket
from events.sales import availability
from events.sales.forms import TicketsForm
from events.sales.refusals import SalesClosed
from events.tickets import kits, transfers
from events.tickets.kits import AlreadyPacked, State
from nsca.lib.models import Heartbeat
from orders.models import Order
from tests.events.reveal_kit import DAY, LINK, LONG_BEFORE, POST_BY, TICK, T
from tests.events.sales.test_buying import text_of
from tests.events.selling import hold, sell
from tests.factories import make_ticket, make_ticket_type

pytestmark = pytest.mark.django_db
HOME = "1 Botetourt St\nNorfolk VA 23510"


@pytest.fixture(autouse=True)
def long_before(travel, db):
    cache.clear()
    travel(LONG_BEFORE)


@pytest.fixture
def pair(lesson):
    return make_ticket_type(lesson, name="A kit for two", is_posted=True, covers=2, position=2)


@pytest.fixture
def link(lesson):
    return make_ticket_type(lesson, name="Without a kit", price_cents=1500, position=3)


def make_kit(kit, *, address=HOME, **fields):
    return make_ticket(kit.event, ticket_type=kit, postal_address=address, **fields)


def buy(client, *wanted, **fields):
    data = {f"qty_{kind.pk}": count for kind, count in wanted}
    data |= {"name": "Ada Ellery", "email": "ada@ellery.example", "terms": "on"} | fields
    return client.post("/events/lesson/tickets/", data)


def parcels_of(event):
    return kits.parcels(event)


def states(event):
    return [parcel.state for parcel in parcels_of(event)]


# --- Asked for an address ----------------------------------------------------------------------


def test_an_address_is_not_asked_where_nothing_is_mailed(client, lesson, link):
    assert "Postal address" not in text_of(client.get("/events/lesson/tickets/"))


def test_who_wants_a_kit_must_say_where_it_goes(client, kit, link):
    response = buy(client, (kit, 1), postal_address="")

    assert "Enter the address to mail it to." in text_of(response)
    assert Ticket.objects.count() == 0


def test_who_wants_none_need_not(client, kit, link):
    page = text_of(client.get("/events/lesson/tickets/"))

    buy(client, (link, 1), postal_address="")

    assert "Postal address (optional)" in page
    assert Ticket.objects.get().ticket_type == link


def test_an_address_that_was_typed_for_nothing_is_not_kept(client, kit, link):
    buy(client, (link, 1), postal_address=HOME)

    assert Ticket.objects.get().postal_address == ""


def test_an_address_is_kept_line_by_line(client, kit):
    buy(client, (kit, 1), postal_address=" 1  Botetourt St \r\n\r\nNorfolk VA 23510\x07")

    assert Ticket.objects.get().postal_address == HOME


# --- The mailing cut-off -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "at, sold", [(POST_BY - TICK, True), (POST_BY, False), (POST_BY + TICK, False)]
)
def test_a_kit_is_sold_until_the_mail_can_no_longer_bring_it(kit, link, at, sold):
    offer = availability.availability(kit.event, at=at)

    on_sale = {seat.ticket_type: seat.is_on_sale for seat in offer.seats}
    assert on_sale == {kit: sold, link: True}


def test_after_it_not_even_a_form_that_was_open_buys_one(kit):
    with pytest.raises(SalesClosed):
        hold(kit.event, (kit, 1), at=POST_BY)


def test_after_it_the_page_says_that_one_can_join_without(client, kit, link, travel):
    before = text_of(client.get("/events/lesson/tickets/"))
    travel(POST_BY)

    after = client.get("/events/lesson/tickets/")

    words = "It’s too late to mail a kit; you can still join without one."
    assert (words in before, words in text_of(after)) == (False, True)
    assert "Postal address" not in text_of(after)
    assert "Too late to mail" in text_of(client.get("/events/lesson/"))


def test_the_form_is_too_late_for_kits_only_where_there_were_some(link):
    offer = availability.availability(link.event, at=POST_BY)

    form = TicketsForm(event=link.event, offer=offer, suppers=(), at=POST_BY)

    assert form.is_too_late_for_kits is False


# --- Parcels -----------------------------------------------------------------------------------


def test_each_kit_has_its_own_label(client, kit):
    buy(client, (kit, 2), postal_address=HOME)
    Order.objects.update(state="paid", paid_at=LONG_BEFORE)

    assert [parcel.lines for parcel in parcels_of(kit.event)] == [HOME.splitlines()] * 2


def test_a_kit_for_two_is_one_for_the_household(pair):
    order = sell(pair.event, (pair, 2))
    Ticket.objects.update(postal_address=HOME)

    found = parcels_of(pair.event)

    assert [(parcel.ticket.number, parcel.seats) for parcel in found] == [(1, 2), (3, 2)]
    assert order.lines.get().tickets.count() == 4


def test_the_address_stands_on_the_seat_that_carries_the_kit(client, pair):
    buy(client, (pair, 1), postal_address=HOME)

    assert list(Ticket.objects.values_list("number", "postal_address")) == [(1, HOME), (2, "")]


def test_a_seat_without_a_kit_is_no_kit_nor_is_one_that_is_not_valid(kit, link):
    make_ticket(link.event, ticket_type=link)
    make_kit(kit, state="held")
    make_kit(kit, canceled_at=LONG_BEFORE)
    make_kit(kit, suspended_at=LONG_BEFORE)

    assert parcels_of(kit.event) == []


def test_those_without_an_address_come_first(kit):
    make_kit(kit, guest_name="Ada")
    make_kit(kit, guest_name="Ben", packed_at=LONG_BEFORE)
    make_kit(kit, guest_name="Cy", address="")

    assert states(kit.event) == [State.NO_ADDRESS, State.TO_PACK, State.PACKED]


def test_a_name_that_stands_above_the_address_is_not_printed_twice(kit):
    make_kit(kit, guest_name="Ada Ellery", address="ADA ELLERY\n1 Botetourt St")

    assert parcels_of(kit.event)[0].lines == ["1 Botetourt St"]


# --- Packed and mailed -------------------------------------------------------------------------


def test_several_are_packed_at_once_and_none_twice(kit):
    make_kit(kit)
    make_kit(kit, packed_at=LONG_BEFORE - DAY)
    make_kit(kit, address="")

    done = kits.pack(parcels_of(kit.event), at=LONG_BEFORE)

    assert [ticket.packed_at for ticket in done] == [LONG_BEFORE]
    assert states(kit.event) == [State.NO_ADDRESS, State.PACKED, State.PACKED]


def test_what_was_packed_by_mistake_is_packed_again_until_it_is_mailed(kit):
    make_kit(kit, packed_at=LONG_BEFORE)
    make_kit(kit, packed_at=LONG_BEFORE, posted_at=LONG_BEFORE)

    assert len(kits.unpack(parcels_of(kit.event))) == 1

    assert states(kit.event) == [State.TO_PACK, State.SENT]


def test_who_gets_a_kit_is_emailed_once(kit):
    ticket = make_kit(kit, guest_name="Ada Ellery")

    first = kits.post(parcels_of(kit.event), at=LONG_BEFORE)
    again = kits.post(parcels_of(kit.event), at=LONG_BEFORE)

    email = Email.objects.get()
    ticket.refresh_from_db()
    assert (len(first), len(again)) == (1, 0)
    assert (ticket.packed_at, ticket.posted_at) == (LONG_BEFORE, LONG_BEFORE)
    assert email.subject == "Your kit for Furoshiki is on the way"
    for words in (email.message, email.html_message):
        assert f"/tickets/{ticket.token}/" in words
        assert "Botetourt" not in words


def test_two_kits_for_one_household_are_one_email(kit):
    sell(kit.event, (kit, 2))
    Ticket.objects.update(postal_address=HOME)
    Email.objects.all().delete()

    kits.post(parcels_of(kit.event), at=LONG_BEFORE)

    assert Email.objects.get().subject == "Your 2 kits for Furoshiki are on the way"


def test_a_kit_without_an_address_is_not_mailed(kit):
    make_kit(kit, address="")

    assert kits.post(parcels_of(kit.event), at=LONG_BEFORE) == []
    assert Email.objects.count() == 0


# --- On the ticket -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "stamps, words",
    [
        ({}, "We’ll mail it to 1 Botetourt St Norfolk VA 23510 Correct address"),
        ({"address": ""}, "We need an address to mail it to. Add address"),
        ({"packed_at": LONG_BEFORE}, "Packed; it will be mailed soon"),
        ({"packed_at": LONG_BEFORE, "posted_at": LONG_BEFORE}, "Mailed on Saturday, March 20"),
    ],
)
def test_the_ticket_says_the_state_of_its_kit(client, kit, stamps, words):
    ticket = make_kit(kit, **stamps)

    assert words in text_of(client.get(f"/tickets/{ticket.token}/"))


def test_the_partners_ticket_says_it_too_and_shows_no_address(client, pair):
    sell(pair.event, (pair, 1))
    Ticket.objects.filter(number=1).update(postal_address=HOME)
    partner = Ticket.objects.get(number=2)

    words = text_of(client.get(f"/tickets/{partner.token}/"))

    assert "One kit for the 2 of you; not packed yet" in words
    assert "Botetourt" not in words


def test_the_holder_corrects_the_address_until_the_kit_is_packed(client, kit):
    ticket = make_kit(kit)
    path = f"/tickets/{ticket.token}/kit/"

    client.post(path, {"address": "2 Granby St\nNorfolk VA 23510"})
    kits.pack(parcels_of(kit.event), at=LONG_BEFORE)
    refused = client.post(path, {"address": "3 Elsewhere"}, follow=True)

    ticket.refresh_from_db()
    assert ticket.postal_address == "2 Granby St\nNorfolk VA 23510"
    assert "Packed; it will be mailed soon" in text_of(refused)
    with pytest.raises(AlreadyPacked):
        kits.send_to(ticket, "3 Elsewhere")


def test_an_empty_address_is_refused_in_words(client, kit):
    ticket = make_kit(kit)

    response = client.post(f"/tickets/{ticket.token}/kit/", {"address": " \n "})

    assert "Enter the address to mail it to." in text_of(response)
    assert Ticket.objects.get().postal_address == HOME


def test_a_ticket_without_a_kit_has_no_such_page(client, link):
    ticket = make_ticket(link.event, ticket_type=link)

    response = client.get(f"/tickets/{ticket.token}/kit/")

    assert response.url == f"/tickets/{ticket.token}/"


@pytest.mark.parametrize("at, knows", [(T - TICK, False), (T, True), (T + TICK, True)])
def test_the_link_to_join_is_revealed_at_its_instant_and_not_before(
    client, kit, travel, at, knows
):
    ticket = make_kit(kit)
    travel(at)

    page = client.get(f"/tickets/{ticket.token}/").content.decode()

    assert (LINK.join_url in page) is knows


# --- Transferred -------------------------------------------------------------------------------


def given_on(ticket):
    offered = transfers.offer(ticket, to_email="ben@okoro.example", at=LONG_BEFORE)
    return transfers.accept(offered, name="Ben Okoro", at=LONG_BEFORE)


@pytest.mark.parametrize("packed_at", [None, LONG_BEFORE])
def test_a_kit_that_has_not_left_goes_to_the_new_holder_who_is_asked_where(kit, packed_at):
    given_on(make_kit(kit, packed_at=packed_at))

    (parcel,) = parcels_of(kit.event)
    assert (parcel.state, parcel.name, parcel.lines) == (State.NO_ADDRESS, "Ben Okoro", [])


def test_a_kit_that_has_left_is_with_the_former_holder_and_their_address_stays_theirs(client, kit):
    sent = LONG_BEFORE - DAY
    ticket = given_on(make_kit(kit, packed_at=sent, posted_at=sent))

    words = text_of(client.get(f"/tickets/{ticket.token}/"))

    assert "to the previous ticket holder" in words
    assert "Botetourt" not in words


# --- Where an address never goes ---------------------------------------------------------------


def test_nothing_of_an_address_is_frozen_on_the_order_of_which_the_gateway_is_told(client, kit):
    buy(client, (kit, 1), postal_address=HOME)

    order = Order.objects.get()
    revealed = [*Order.objects.values(), *order.lines.values(), *order.payments.values()]
    assert "Botetourt" not in str(revealed)
    assert Ticket.objects.get().postal_address == HOME


@pytest.mark.parametrize("after, kept", [(-TICK, True), (timedelta(0), False), (TICK, False)])
def test_addresses_are_forgotten_a_month_after_the_event(kit, after, kept):
    make_kit(kit)
    at = kit.event.ends_at + kits.ADDRESSES_KEPT + after

    forgotten = kits.forget_addresses(at=at)

    assert (forgotten == 0) is kept
    assert (Ticket.objects.get().postal_address != "") is kept


def test_the_tick_forgets_them(kit, travel):
    make_kit(kit)
    travel(kit.event.ends_at + kits.ADDRESSES_KEPT)
    Heartbeat.objects.filter(name="housekeeping").delete()

    call_command("tick")

    assert Ticket.objects.get().postal_address == ""
    assert Event.objects.count() == 1
