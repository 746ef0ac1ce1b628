"""Giving a ticket on as people do it: the giver's page, the other's page, the dead link."""

import pytest
from django.core.cache import cache
from post_office.models import Email

from events.models import Event, Ticket, Transfer
from events.tickets import transfers
from events.tickets.views_transfer import MAILS_A_MAILBOX, OFFERS_A_TICKET
from tests.events.reveal_kit import LONG_BEFORE, STARTS, T
from tests.events.sales.test_buying import text_of
from tests.events.tickets.test_transfers import BEN, WEEK, offer
from tests.events.tickets.test_transfers_accepted import give
from tests.factories import make_event, make_ticket, make_user

pytestmark = pytest.mark.django_db
PATHS = ["", "give/", "ticket.pdf", "event.ics"]


@pytest.fixture(autouse=True)
def long_before(travel, db):
    cache.clear()
    travel(LONG_BEFORE)


@pytest.fixture
def tea():
    return make_ticket(make_event(starts_at=STARTS), guest_name="Ada Ellery")


def post_offer(client, ticket, *, email=BEN, name="Ben Okoro", **fields):
    data = {"email": email, "name": name, "sure": "1"} | fields
    return client.post(f"/tickets/{ticket.token}/give/", data)


def accept_path(transfer):
    return f"/tickets/accept/{transfer.token}/"


# --- The giver ---------------------------------------------------------------------------------


def test_the_ticket_leads_to_the_page_and_the_page_says_what_will_happen(client, tea):
    ticket_page = client.get(f"/tickets/{tea.token}/")

    words = text_of(client.get(f"/tickets/{tea.token}/give/"))

    assert f"/tickets/{tea.token}/give/" in ticket_page.content.decode()
    assert "No money changes hands" in words
    assert "Possible until Thursday, May 20, 2027 at 6:00 p.m. EDT" in words


def test_a_second_look_comes_before_anyone_is_written_to(client, tea):
    response = client.post(f"/tickets/{tea.token}/give/", {"email": BEN, "name": "Ben Okoro"})

    assert f"We’ll e-mail Ben Okoro at {BEN}" in text_of(response)
    assert (Transfer.objects.count(), Email.objects.count()) == (0, 0)


def test_then_it_is_offered_by_mail_and_the_ticket_says_so(client, tea):
    response = post_offer(client, tea)

    page = client.get(response.url)
    email = Email.objects.get()
    transfer = Transfer.objects.get()
    assert response.url == f"/tickets/{tea.token}/"
    assert f"We’ve e-mailed {BEN}" in text_of(page)
    assert "Offered to Ben Okoro until" in text_of(page)
    assert email.to == ["Ben Okoro <ben@okoro.example>"]
    for words in (email.message, email.html_message):
        assert accept_path(transfer) in words
        assert "Ada Ellery would like to give you a ticket" in words
        assert tea.token not in words
        assert tea.code not in words


def test_it_is_withdrawn_on_the_same_page(client, tea):
    transfer = offer(tea)

    client.post(f"/tickets/{tea.token}/give/", {"withdraw": "1"})

    assert transfers.open_offer(tea, at=LONG_BEFORE) is None
    assert client.get(accept_path(transfer)).status_code == 410


def test_an_address_that_is_none_is_refused_in_words(client, tea):
    response = post_offer(client, tea, email="ben")

    assert "Enter an e-mail address with an @" in text_of(response)
    assert Transfer.objects.count() == 0


def test_its_own_address_is_refused_beside_the_field(client, tea):
    response = post_offer(client, tea, email="ada@ellery.example")

    assert "already belongs to that address" in text_of(response)


def test_after_the_hour_the_page_says_so_and_the_ticket_no_longer_offers_it(
    client, ticket, travel
):
    travel(T)

    assert "The time to transfer tickets ended" in text_of(
        client.get(f"/tickets/{ticket.token}/give/")
    )
    assert f"{ticket.token}/give/" not in client.get(f"/tickets/{ticket.token}/").content.decode()
    post_offer(client, ticket)
    assert Transfer.objects.count() == 0


def test_one_ticket_writes_to_few_people_a_day(client, tea):
    for number in range(OFFERS_A_TICKET):
        post_offer(client, tea, email=f"g{number}@x.example")
        client.post(f"/tickets/{tea.token}/give/", {"withdraw": "1"})

    response = post_offer(client, tea, email="one-more@x.example")

    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    assert Transfer.objects.count() == OFFERS_A_TICKET


def test_one_mailbox_is_not_written_to_by_many_tickets(client, tea):
    for _ in range(MAILS_A_MAILBOX):
        post_offer(client, make_ticket(tea.event))

    response = post_offer(client, tea)

    assert response.status_code == 429
    assert Email.objects.count() == MAILS_A_MAILBOX


# --- Whom it is offered to ---------------------------------------------------------------------


def test_the_page_says_who_gives_what_and_opening_it_changes_nothing(client, tea):
    transfer = offer(tea)

    response = client.get(accept_path(transfer))

    words = text_of(response)
    assert "Ada Ellery would like to give you a ticket for Tea in the garden" in words
    assert "Seat at the long table" in words
    assert tea.token not in response.content.decode()
    assert tea.code not in response.content.decode()
    assert Ticket.objects.get().token == tea.token


def test_accepted_it_leads_to_a_ticket_of_their_own(client, tea):
    transfer = offer(tea)

    response = client.post(accept_path(transfer), {"name": "Ben Okoro"})

    ticket = Ticket.objects.get()
    page = client.get(response.url)
    assert response.url == f"/tickets/{ticket.token}/"
    assert "It’s yours." in text_of(page)
    assert ticket.code in text_of(page)
    assert "Paid" not in text_of(page)
    assert "Ada" not in text_of(page)


def test_a_name_is_needed(client, tea):
    response = client.post(accept_path(offer(tea)), {"name": " "})

    assert "Enter your name. It goes on the ticket." in text_of(response)
    assert Ticket.objects.get().transfer_count == 0


def test_no_thank_you_is_an_answer(client, tea):
    transfer = offer(tea)

    response = client.post(accept_path(transfer), {"decline": "1"}, follow=True)

    assert "withdrawn or declined" in text_of(response)
    assert response.status_code == 410
    assert Ticket.objects.get().transfer_count == 0


def test_a_second_click_gets_neither_a_second_ticket_nor_the_first_ones_link(client, tea):
    transfer = offer(tea)
    client.post(accept_path(transfer), {"name": "Ben Okoro"})

    response = client.post(accept_path(transfer), {"name": "Mallory"}, follow=True)

    ticket = Ticket.objects.get()
    assert (ticket.guest_name, ticket.transfer_count) == ("Ben Okoro", 1)
    assert "We e-mailed you its new link" in text_of(response)
    assert ticket.token not in response.content.decode()


def test_after_a_week_the_offer_is_over(client, tea, travel):
    transfer = offer(tea)
    travel(LONG_BEFORE + WEEK)

    response = client.post(accept_path(transfer), {"name": "Ben Okoro"}, follow=True)

    assert response.status_code == 410
    assert "This offer expired on" in text_of(response)
    assert Ticket.objects.get().transfer_count == 0


def test_a_form_on_another_site_accepts_nothing(client, tea):
    headers = {"Origin": "https://elsewhere.example"}

    response = client.post(accept_path(offer(tea)), {"name": "Ben"}, headers=headers)

    assert response.status_code == 403
    assert Ticket.objects.get().transfer_count == 0


@pytest.mark.parametrize("path", ["give/", "accept"])
def test_nothing_of_it_is_kept_indexed_or_passed_on(client, tea, path):
    address = accept_path(offer(tea)) if path == "accept" else f"/tickets/{tea.token}/{path}"

    response = client.get(address)

    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response.headers["X-Robots-Tag"]


def test_an_unknown_offer_is_not_found(client):
    assert client.get("/tickets/accept/nobody-knows-this-token-at-all/").status_code == 404


# --- The dead link -----------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
def test_the_old_link_says_what_became_of_the_ticket_and_not_whose_it_is(client, tea, path):
    give(tea)

    response = client.get(f"/tickets/{tea.token}/{path}")

    words = text_of(response)
    assert response.status_code == 410
    assert "This ticket was transferred" in words
    assert "It went to someone else on Saturday, March 20, 2027" in words
    assert "Ben" not in words
    assert response.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("path", ["", "give/"])
def test_the_old_link_changes_nothing_any_more(client, tea, path):
    given = give(tea)

    response = client.post(f"/tickets/{tea.token}/{path}", {"name": "Ada", "withdraw": "1"})

    assert response.status_code == 410
    assert Ticket.objects.get().guest_name == given.guest_name


@pytest.mark.parametrize("path", ["", "ticket.pdf", "event.ics"])
def test_the_old_link_reveals_no_venue_after_t(client, ticket, travel, path):
    Event.objects.update(transfers_after_reveal=True)
    give(ticket)
    travel(T)

    response = client.get(f"/tickets/{ticket.token}/{path}")

    assert response.status_code == 410
    assert "Chart House" not in response.content.decode()


def test_the_page_of_an_offer_reveals_no_venue_after_t_and_the_ticket_does(client, ticket, travel):
    Event.objects.update(transfers_after_reveal=True)
    travel(T)
    ticket.refresh_from_db()
    transfer = offer(Ticket.objects.get(), at=T)

    offered = client.get(accept_path(transfer))
    accepted = client.post(accept_path(transfer), {"name": "Ben Okoro"}, follow=True)

    assert "Chart House" not in offered.content.decode()
    assert "The location is on the ticket once it’s yours" in text_of(offered)
    assert "Chart House Lawn" in text_of(accepted)


# --- In the member's area ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "email, is_confirmed, is_shown",
    [
        (BEN, True, True),
        (BEN.upper(), True, True),
        (BEN, False, False),
        ("eve@x.example", True, False),
    ],
)
def test_a_transferred_ticket_is_in_its_new_holders_area(
    client, tea, email, is_confirmed, is_shown
):
    given = give(tea)
    client.force_login(make_user(email, is_confirmed=is_confirmed))

    page = client.get("/membership/").content.decode()

    assert (f"/tickets/{given.token}/" in page) is is_shown
    assert ("transferred to you" in page) is is_shown


def test_the_old_holders_area_does_not_open_what_was_transferred(client, tea):
    given = give(tea)
    client.force_login(make_user(tea.line.order.buyer_email))

    page = client.get("/membership/").content.decode()

    assert given.token not in page
    assert "transferred on" in page


def test_a_returned_ticket_leaves_the_new_holders_area(client, tea):
    given = give(tea)
    Ticket.objects.filter(pk=given.pk).update(canceled_at=LONG_BEFORE)
    client.force_login(make_user(BEN))

    assert given.token not in client.get("/membership/").content.decode()
