"""The pages of open tables, as a captain, a friend and a single guest meet them."""

import pytest
from django.urls import reverse
from post_office.models import Email

from events.models import Event, SeatRequest, Table
from tests.events.captains import MICROSECOND, UNTIL, ask_for, keep, make_evening
from tests.events.selling import hold, sell
from tests.factories import NOON, make_ticket, make_ticket_type

pytestmark = pytest.mark.django_db
REQUEST = {
    "captain_name": "Cy Captain",
    "captain_email": "cy@captain.example",
    "name": "The Granby Street Eight",
    "seats": "8",
}


@pytest.fixture
def evening(travel):
    travel(NOON)
    return make_evening(slug="evening")


@pytest.fixture
def event(evening):
    return evening[0]


@pytest.fixture
def seat(evening):
    return evening[1]


def captains(table):
    return reverse("events:table", args=[table.event.slug, table.token])


def text_of(response):
    return " ".join(response.content.decode().split())


# --- Opening -----------------------------------------------------------------------------------


def test_the_event_s_page_offers_a_table_while_one_can_be_opened(client, event, travel):
    travel(UNTIL - MICROSECOND)
    assert 'href="/events/evening/tables/"' in text_of(client.get("/events/evening/"))

    travel(UNTIL)
    assert 'href="/events/evening/tables/"' not in text_of(client.get("/events/evening/"))


def test_a_captain_asks_for_a_table_and_is_told_to_check_their_email(client, event):
    response = client.post("/events/evening/tables/", REQUEST)

    assert (response.status_code, response.url) == (302, "/events/evening/tables/asked/")
    assert "Check your e-mail" in text_of(client.get(response.url))
    assert Email.objects.get().to == ["Cy Captain <cy@captain.example>"]
    assert Table.objects.get().confirmed_at is None


def test_a_form_with_an_error_keeps_what_was_typed(client, event):
    response = client.post("/events/evening/tables/", REQUEST | {"captain_email": "cy"})

    assert 'value="The Granby Street Eight"' in text_of(response)
    assert "with an @" in text_of(response)
    assert not Table.objects.exists()


@pytest.mark.parametrize("seats, words", [("1", "Enter at least 2"), ("11", "Enter at most 10")])
def test_a_table_has_two_to_ten_seats(client, event, seats, words):
    response = client.post("/events/evening/tables/", REQUEST | {"seats": seats})

    assert words in text_of(response)


def test_a_captain_chooses_what_friends_pay_for_and_never_a_whole_table(client, event, seat):
    patron = make_ticket_type(event, name="Patron", price_cents=25_000)
    make_ticket_type(event, name="Table of eight", covers=8)

    shown = text_of(client.get("/events/evening/tables/"))
    client.post("/events/evening/tables/", REQUEST | {"kind": patron.pk})

    assert "Patron, $250" in shown
    assert "Table of eight" not in shown
    assert Table.objects.get().ticket_type == patron


def test_the_page_says_so_when_tables_can_no_longer_be_opened(client, event, travel):
    travel(UNTIL)

    assert "Tables can no longer be opened" in text_of(client.get("/events/evening/tables/"))
    client.post("/events/evening/tables/", REQUEST)
    assert not Table.objects.exists()


def test_nobody_s_mailbox_is_filled_with_links(client, event):
    for _ in range(4):
        response = client.post("/events/evening/tables/", REQUEST)

    assert response.status_code == 429
    assert Email.objects.count() == 3


def test_a_form_on_another_site_opens_no_table(client, event):
    response = client.post(
        "/events/evening/tables/", REQUEST, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert response.status_code == 403
    assert not Table.objects.exists()


# --- The captain's page ------------------------------------------------------------------------


def test_looking_at_the_page_keeps_nothing_and_its_button_does(client, event, seat):
    table = ask_for(event, seat)

    assert "Nothing is held yet" in text_of(client.get(captains(table)))
    table.refresh_from_db()
    assert table.confirmed_at is None

    client.post(captains(table), {"act": "keep"})
    table.refresh_from_db()
    assert table.confirmed_at == NOON


def test_the_page_shows_who_has_paid_what_is_left_and_the_friends_link(client, event, seat):
    table = keep(event, seat)
    make_ticket(event, ticket_type=seat, table=table, guest_name="Ben Okoro")
    hold(event, (seat, 1), table_id=table.pk)

    shown = text_of(client.get(captains(table)))

    assert "2 of 8 taken" in shown
    assert "Ben Okoro" in shown
    assert "A guest of Ada Ellery" in shown
    assert "is paying now" in shown
    assert f"/events/evening/tickets/?table={table.friends_token}" in shown
    assert "ada@ellery.example" not in shown


def test_the_page_is_private(client, event, seat):
    response = client.get(captains(keep(event, seat)))

    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response.headers["X-Robots-Tag"]


@pytest.mark.parametrize("whose", ["friends_token", "pk"])
def test_only_the_captain_s_own_link_opens_the_page(client, event, seat, whose):
    table = keep(event, seat)

    assert client.get(f"/events/evening/tables/{getattr(table, whose)}/").status_code == 404


def test_a_house_table_has_no_captain_s_page(client, event):
    table = Table.objects.create(event=event, name="House", opened_at=NOON)

    assert client.get(captains(table)).status_code == 404


def test_a_captain_gives_seats_back_closes_and_is_told_what_happened(client, event, seat):
    table = keep(event, seat)

    changed = client.post(
        captains(table), {"act": "change", "name": "Six", "seats": "6"}, follow=True
    )
    closed = client.post(captains(table), {"act": "close"}, follow=True)

    assert "Saved." in text_of(changed)
    assert "The empty seats are back on sale." in text_of(closed)
    assert not Table.objects.holding(NOON).exists()


def test_a_change_with_an_error_keeps_what_was_typed(client, event, seat):
    table = keep(event, seat)

    response = client.post(captains(table), {"act": "change", "name": "Nine", "seats": "9"})

    assert response.status_code == 422
    assert 'value="Nine"' in text_of(response)
    assert "Enter at most 8" in text_of(response)


def test_an_unknown_act_is_not_there(client, event, seat):
    assert client.post(captains(keep(event, seat)), {"act": "burn"}).status_code == 404


def test_after_the_day_the_page_says_that_the_empty_seats_went_back(client, event, seat, travel):
    table = keep(event, seat)
    travel(UNTIL)

    shown = text_of(client.get(captains(table)))

    assert "The empty seats are back on sale" in shown
    assert table.friends_token not in shown


def test_a_captain_answers_on_the_page(client, event, seat):
    table = keep(event, seat, is_open_to_strangers=True)
    ticket = make_ticket(event, ticket_type=seat, guest_name="Sol Single")
    client.post(f"/tickets/{ticket.token}/table/", {"ask": "1", "table": table.pk, "text": "Hi"})

    assert "Sol Single" in text_of(client.get(captains(table)))
    client.post(captains(table), {"act": "welcome", "who": SeatRequest.objects.get().pk})

    ticket.refresh_from_db()
    assert ticket.table == table


def test_a_captain_answers_for_no_other_table(client, event, seat):
    table = keep(event, seat, is_open_to_strangers=True)
    other = keep(event, seat, captain_email="di@captain.example", seats=2)
    ticket = make_ticket(event, ticket_type=seat)
    request = SeatRequest.objects.create(table=table, ticket=ticket, asked_at=NOON)

    response = client.post(captains(other), {"act": "welcome", "who": request.pk})

    assert response.status_code == 404
    request.refresh_from_db()
    assert request.answered_at is None


# --- Friends -----------------------------------------------------------------------------------


def test_a_friend_s_page_names_the_table_and_the_order_sits_there(client, event, seat):
    table = keep(event, seat)
    address = f"/events/evening/tickets/?table={table.friends_token}"
    form = {
        "name": "Ben Okoro",
        "email": "ben@okoro.example",
        "terms": "on",
    }

    page = client.get(address)
    form["submission_key"] = page.context["form"]["submission_key"].value()
    fields = {field.name for field in page.context["form"].seat_fields}
    form[fields.pop()] = "1"
    client.post(address, form)

    assert "The Granby Street Eight" in text_of(page)
    assert table.tickets.get().line.order.buyer_name == "Ben Okoro"


# --- Sitting with someone ----------------------------------------------------------------------


def test_a_ticket_without_a_table_leads_to_the_captains_who_welcome_others(client, event, seat):
    keep(event, seat, is_open_to_strangers=True)
    ticket = make_ticket(event, ticket_type=seat)

    assert f"/tickets/{ticket.token}/table/" in text_of(client.get(f"/tickets/{ticket.token}/"))
    shown = text_of(client.get(f"/tickets/{ticket.token}/table/"))
    assert "The Granby Street Eight, with Cy Captain (8 seats free)" in shown


def test_where_no_captain_welcomes_others_the_page_says_so(client, event, seat):
    keep(event, seat)
    ticket = make_ticket(event, ticket_type=seat)

    shown = text_of(client.get(f"/tickets/{ticket.token}/table/"))

    assert "No table has a free seat right now" in shown


def test_a_request_is_shown_and_can_be_taken_back(client, event, seat):
    table = keep(event, seat, is_open_to_strangers=True)
    ticket = make_ticket(event, ticket_type=seat)
    address = f"/tickets/{ticket.token}/table/"

    client.post(address, {"ask": "1", "table": table.pk, "text": ""})
    assert "You asked Cy Captain" in text_of(client.get(address))
    client.post(address, {"withdraw": "1"})

    assert SeatRequest.objects.get().answered_at == NOON


def test_a_ticket_s_page_names_its_table(client, event, seat):
    table = keep(event, seat)
    Table.objects.update(number=4)
    ticket = make_ticket(event, ticket_type=seat, table=table)

    assert "4. The Granby Street Eight" in text_of(client.get(f"/tickets/{ticket.token}/"))


def test_a_bought_table_has_a_page_of_its_own_without_a_friends_link(client, event):
    eight = make_ticket_type(event, name="Table of eight", covers=8)
    sell(event, (eight, 1))
    table = Table.objects.get()

    shown = text_of(client.get(captains(table)))

    assert "8 of 8 taken" in shown
    assert table.friends_token not in shown


def test_the_captain_of_a_canceled_event_reads_that_it_is_off(client, event, seat):
    table = keep(event, seat)
    Event.objects.update(state=Event.State.CANCELED, canceled_note="The cook is unwell.")

    assert "The cook is unwell." in text_of(client.get(captains(table)))
