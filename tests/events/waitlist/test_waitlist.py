"""The waitlist: one entry an address, in order, and never a word of the venue."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import IntegrityError
from post_office.models import Email

from events.models import Event, WaitlistEntry
from events.waitlist import entries as waitlist
from events.waitlist import joining
from events.waitlist import views as views_waitlist
from events.waitlist.joining import NoNeedToWait, WaitlistClosed
from tests.events.reveal_kit import DAY, LONG_BEFORE
from tests.events.sales.test_buying import text_of
from tests.events.selling import sell
from tests.factories import NOON, make_event, make_ticket_type

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=1)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def noon():
    cache.clear()
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def full():
    """An event whose one seat is sold."""
    event = make_event(slug="tea")
    sell(event, (make_ticket_type(event, capacity=1), 1))
    return event


def ask(client, **fields):
    data = {"name": "Cy Marsh", "email": "cy@marsh.example", "party": "2", **fields}
    return client.post("/events/tea/waitlist/", data)


def waiting(event, email="cy@marsh.example", *, party=2, at=NOON):
    entry, _ = joining.join(event=event, name="Cy", email=email, party=party, at=at)
    return entry


# --- Joining -----------------------------------------------------------------------------------


def test_a_party_joins_and_is_told_its_place_by_mail(client, full):
    waiting(full, "first@example.org")

    response = ask(client)

    entry = WaitlistEntry.objects.get(email="cy@marsh.example")
    mail = Email.objects.get(to__contains="cy@marsh.example")
    assert response.url == "/events/tea/waitlist/joined/"
    assert (entry.name, entry.party, entry.joined_at) == ("Cy Marsh", 2, NOON)
    for body in (mail.message, mail.html_message):
        assert "You’re number 2 in line." in body
        assert f"/events/waitlist/{entry.token}/" in body


def test_one_address_has_one_request_and_keeps_its_place(client, full):
    ask(client)
    waiting(full, "second@example.org")

    again = ask(client, email="CY@Marsh.example", party="5")

    entry = WaitlistEntry.objects.get(email="cy@marsh.example")
    assert again.url == "/events/tea/waitlist/joined/"
    assert entry.party == 2
    assert waitlist.turn_of(entry).number == 1
    assert Email.objects.filter(to__contains="cy@marsh.example").count() == 1


def test_the_database_stands_behind_it(full):
    waiting(full)

    with pytest.raises(IntegrityError):
        WaitlistEntry.objects.create(
            event=full, name="Cy", email="cy@marsh.example", joined_at=NOON
        )


def test_who_has_left_may_join_again_at_the_end(full):
    first = waiting(full)
    waitlist.leave(first, at=NOON)
    waiting(full, "second@example.org")

    again = waiting(full, at=LATER)

    assert waitlist.turn_of(again).number == 2


@pytest.mark.parametrize(
    "name, typed, words",
    [
        ("name", "", "Enter your name."),
        ("email", "nobody", "Enter an e-mail address with an @"),
        ("email", "", "Enter your e-mail address. We write to you there."),
        ("party", "0", "Enter at least one seat."),
        ("party", "-1", "Enter at least one seat."),
        ("party", "99999", "The limit is 8 per party."),
        ("party", "two", "Enter a number, like 2."),
        ("party", "", "Enter how many seats you want."),
    ],
)
def test_what_cannot_be_is_said_in_words_and_the_rest_kept(client, full, name, typed, words):
    response = ask(client, **{name: typed})

    assert list(response.context["form"].errors) == [name]
    assert words in response.context["form"].errors[name][0]
    assert not WaitlistEntry.objects.exists()


def test_a_flood_from_one_address_waits(client, full, monkeypatch):
    monkeypatch.setattr(views_waitlist, "JOINS_AN_ADDRESS", 3)
    for number in range(3):
        ask(client, email=f"guest{number}@example.org")

    response = ask(client)

    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 3600
    assert 'value="Cy Marsh"' in response.content.decode()
    assert WaitlistEntry.objects.count() == 3


def test_another_site_cannot_put_anyone_on_the_list(client, full):
    response = client.post("/events/tea/waitlist/", {}, headers={"Sec-Fetch-Site": "cross-site"})

    assert response.status_code == 403


# --- When there is nothing to wait for ---------------------------------------------------------


def test_while_seats_can_be_had_the_page_leads_to_them(client, full):
    full.ticket_types.update(capacity=9)

    response = ask(client)

    assert "No need to wait" in text_of(response)
    assert 'href="/events/tea/tickets/"' in response.content.decode()
    assert not WaitlistEntry.objects.exists()


@pytest.mark.parametrize("party, may_join", [(1, False), (2, False), (3, True)])
def test_a_party_joins_that_is_larger_than_what_is_left(client, full, party, may_join):
    full.ticket_types.update(capacity=3)

    page = client.get("/events/tea/waitlist/")
    response = ask(client, party=str(party))

    assert "2 seats available now" in text_of(page)
    assert WaitlistEntry.objects.exists() == may_join
    if not may_join:
        assert "No need to wait" in response.context["form"].errors["party"][0]


def test_where_there_is_no_limit_nobody_waits(full):
    full.ticket_types.update(capacity=None)

    with pytest.raises(NoNeedToWait):
        waiting(full)


@pytest.mark.parametrize("second, may_join", [(-1, True), (0, False), (1, False)])
def test_the_list_itself_refuses_from_the_last_instant_of_the_sale_on(full, second, may_join):
    closes_at = NOON + DAY
    Event.objects.update(sales_close_at=closes_at)
    full.refresh_from_db()

    if may_join:
        assert waiting(full, at=closes_at + second * SECOND)
    else:
        with pytest.raises(WaitlistClosed):
            waiting(full, at=closes_at + second * SECOND)


def test_the_list_is_not_open_before_the_sale(full):
    Event.objects.update(sales_open_at=NOON + DAY)
    full.refresh_from_db()

    with pytest.raises(WaitlistClosed):
        waiting(full)


@pytest.mark.parametrize(
    "fields, words",
    [
        ({"state": Event.State.CANCELED}, "This event is canceled."),
        ({"sales_close_at": NOON}, "Sales have closed, so no seats will come back."),
        ({"starts_at": NOON - DAY, "ends_at": NOON}, "This event is over."),
    ],
)
def test_the_list_is_closed_with_the_sale(client, full, fields, words):
    Event.objects.update(**fields)

    response = ask(client)

    assert words in text_of(response)
    assert not WaitlistEntry.objects.exists()


@pytest.mark.parametrize(
    "path", ["/events/nothing/waitlist/", "/events/waitlist/no-such-token-as-this-one/"]
)
def test_what_is_unknown_is_not_found(client, full, path):
    assert client.get(path).status_code == 404


# --- The secret --------------------------------------------------------------------------------


def test_no_page_and_no_mail_of_the_list_knows_the_place(client, soiree):
    Event.objects.update(slug="tea", sales_close_at=soiree.ends_at)
    sell(soiree, (make_ticket_type(soiree, capacity=1), 1), at=LONG_BEFORE)
    with time_machine.travel(soiree.opens_at, tick=False):
        page = client.get("/events/tea/waitlist/").content.decode()
        ask(client)
        entry = WaitlistEntry.objects.get()
        own = client.get(f"/events/waitlist/{entry.token}/").content.decode()

    emails = [m.message + m.html_message for m in Email.objects.filter(to__contains="marsh")]
    assert len(emails) == 1
    assert "Join the waitlist" in page
    for revealed in (page, own, *emails):
        assert "Chart House" not in revealed
        assert "Ropewalk" not in revealed
