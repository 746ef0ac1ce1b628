"""What the ticket page refuses, in words, with the form kept; and when nothing can be bought."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from post_office.models import Email

from events.models import Choice, Event, Ticket
from events.sales import views as views_tickets
from orders.models import Order
from tests.events.sales.test_buying import KEY, buy, filled, make_tier, text_of
from tests.events.selling import sell
from tests.factories import NOON, make_event, make_ticket_type

pytestmark = pytest.mark.django_db


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


# --- What is refused, in words -----------------------------------------------------------------


@pytest.mark.parametrize(
    "typed, words",
    [
        ("0", "Choose at least one seat."),
        ("", "Choose at least one seat."),
        ("-1", "Enter 0 for none, or how many you want."),
        ("99999", "The limit is 8 per order."),
        ("9" * 5000, "Enter a number, like 2."),
        ("9", "The limit is 8 per order."),
        ("two", "Enter a number, like 2."),
        ("1.5", "Enter a number, like 2."),
        ("1e3", "Enter a number, like 2."),
        ("٣٣٣", "The limit is 8 per order."),
        ("<script>", "Enter a number, like 2."),
        ("' OR 1=1 --", "Enter a number, like 2."),
    ],
)
def test_a_quantity_that_cannot_be_gets_the_form_again_with_words(
    client, event, seat, typed, words
):
    response = buy(client, event, (seat, typed), g1_name="Marcus")

    assert response.status_code == 200
    assert words in response.context["form"].errors[f"qty_{seat.pk}"][0]
    assert "<script>" not in response.content.decode().replace('<script type="module"', "")
    assert "Ada Ellery" in response.content.decode()
    assert Order.objects.count() == 0


def test_more_than_are_left_says_how_many_are(client, event, seat):
    sell(event, (seat, 8))

    response = buy(client, event, (seat, "3"))

    assert response.context["form"].errors == {f"qty_{seat.pk}": ["Only 2 seats are left."]}


@pytest.mark.parametrize(
    "name, typed, words",
    [
        ("name", "", "Enter your name."),
        ("name", " \t ", "Enter your name."),
        ("email", "", "Enter your e-mail address. We send your tickets there."),
        ("email", "marcus.ellery.example", "Enter an e-mail address with an @"),
        ("email", "a@b.example\nBcc: c@d.example", "Enter an e-mail address with an @"),
        ("g1_email", "nobody", "Enter an e-mail address with an @"),
        ("gift", "a lot", "Enter an amount in dollars, like 25 or 25.50."),
        ("gift", "NaN", "Enter an amount in dollars, like 25 or 25.50."),
        ("gift", "1e3", "Enter an amount in dollars, like 25 or 25.50."),
        ("gift", "１００", "Enter an amount in dollars, like 25 or 25.50."),
        ("gift", "1e999999", "Enter an amount in dollars, like 25 or 25.50."),
        ("gift", "-5", "Enter an amount in dollars, like 25 or 25.50."),
        ("gift", "12.345", "Enter an amount in dollars, like 25 or 25.50."),
        ("gift", "9999999", "The online maximum is $25,000. For more, please call us."),
        ("gift", "0.99", "The minimum is $1."),
        ("terms", "", "Please read the refund terms"),
        ("code", "NICE", "We don’t know the code “NICE”."),
        ("g1_choice", "abc", "Choose a supper from the list."),
        ("g1_choice", "99999999", "Choose a supper from the list."),
        ("join", "emperor", "Choose a membership from the list, or “Not today”."),
    ],
)
def test_a_field_that_cannot_be_says_why_and_keeps_the_rest(
    client, event, seat, name, typed, words
):
    Choice.objects.create(event=event, label="Salmon")
    seat.member_price_cents = 9000
    seat.save()
    make_tier()

    response = buy(client, event, (seat, "1"), **{name: typed})

    assert words in response.context["form"].errors[name][0]
    assert list(response.context["form"].errors) == [name]
    assert Order.objects.count() == 0


@pytest.mark.parametrize("typed", ["0", " 0.00 ", "$0", ""])
def test_a_buyer_who_types_zero_as_a_gift_buys_without_one(client, event, seat, typed):
    buy(client, event, (seat, "1"), gift=typed)

    assert [line.kind for line in Order.objects.get().lines.all()] == ["ticket"]


def test_a_name_cannot_break_the_head_of_a_mail(client, event):
    seat = make_ticket_type(event, price_cents=0)

    buy(client, event, (seat, "1"), name="Ada\r\nBcc: all@example.org\x07 Ellery")

    assert Order.objects.get().buyer_name == "Ada Bcc: all@example.org Ellery"
    assert all(
        mail.to == ['"Ada Bcc: all@example.org Ellery" <ada@ellery.example>']
        for mail in Email.objects.all()
    )


def test_a_supper_that_has_run_out_is_refused_at_the_guest_who_is_one_too_many(
    client, event, seat
):
    salmon = Choice.objects.create(event=event, label="Salmon", capacity=1)

    response = buy(client, event, (seat, "2"), g1_choice=salmon.pk, g2_choice=salmon.pk)

    assert response.context["form"].errors == {
        "g2_choice": ["“Salmon” is sold out. Please choose another supper."]
    }


@pytest.mark.parametrize("after, is_refused", [(-1, False), (0, True)])
def test_names_may_come_later_until_the_caterers_deadline(client, event, seat, after, is_refused):
    event.needs_guest_names = True
    event.choices_close_at = NOON - timedelta(microseconds=after)
    event.save()

    response = buy(client, event, (seat, "1"))

    assert (Order.objects.count() == 0) is is_refused
    if is_refused:
        assert response.context["form"].errors == {
            "g1_name": ["Enter the name for the place card."]
        }


def test_an_error_is_above_the_fields_and_in_the_summary(client, event, seat):
    html = buy(client, event, (seat, "1"), email="nobody").content.decode()

    assert (
        html.index('href="#id_email"')
        < html.index('id="id_email_error"')
        < html.index('id="id_email"')
    )


def test_the_summary_follows_the_page(client, event, seat):
    response = buy(client, event, (seat, "two"), email="nobody", gift="a lot", g1_email="nobody")

    errors = response.context["form"]
    assert [field.name for field in errors if field.errors] == [
        f"qty_{seat.pk}", "g1_email", "email", "gift",
    ]  # fmt: skip


def test_a_guest_without_a_seat_is_not_judged(client, event, seat):
    response = buy(client, event, (seat, "1"), g2_email="nobody")

    assert response.status_code == 302


def test_codes_cannot_be_guessed_by_trying(client, event, seat, monkeypatch):
    monkeypatch.setattr(views_tickets, "CODES_AN_ADDRESS", 3)
    for number in range(3):
        buy(client, event, (seat, "1"), code=f"GUESS{number}", update="1")

    response = buy(client, event, (seat, "1"), code="GUESS", update="1")

    assert "Too many codes tried." in response.context["form"].errors["code"][-1]


def test_a_member_of_a_table_is_a_guest_of_eight(client, event):
    table = make_ticket_type(event, name="Table of eight", covers=8, price_cents=72000)

    buy(client, event, (table, "1"), g8_name="Marcus")

    assert Order.objects.get().total_cents == 72000
    assert [t.guest_name for t in Ticket.objects.all()] == [""] * 7 + ["Marcus"]


def test_another_site_cannot_buy(client, event, seat):
    response = client.post(
        "/events/tea/tickets/", filled((seat, "1")), headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert response.status_code == 403
    assert Order.objects.count() == 0


def test_a_ticket_s_own_page_is_changed_by_a_browser_that_says_only_null(client, event, seat):
    """Its page sends no referrer, so without Fetch Metadata (http, older Safari) that is all."""
    ticket = sell(event, (seat, 1)).lines.get().tickets.get()

    for sent in ({"Origin": "null"}, {"Origin": "null", "Sec-Fetch-Site": "same-origin"}):
        answer = client.post(ticket.get_absolute_url(), {"name": "Marcus"}, headers=sent)
        assert answer.status_code == 302
    for sent in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = client.post(ticket.get_absolute_url(), {"name": "Eve"}, headers=sent)
        assert answer.status_code == 403
    assert buy(client, event, (seat, "1")).status_code == 302
    of_nowhere = {"Origin": "null"}
    answer = client.post("/events/tea/tickets/", filled((seat, "1")), headers=of_nowhere)
    assert answer.status_code == 403
    ticket.refresh_from_db()
    assert ticket.guest_name == "Marcus"


def test_a_flood_of_orders_from_one_address_waits_and_keeps_the_form(client, event, monkeypatch):
    monkeypatch.setattr(views_tickets, "ORDERS_AN_ADDRESS", 3)
    seat = make_ticket_type(event, price_cents=0)
    for number in range(3):
        theirs = {"submission_key": f"{KEY}-{number}", "email": f"buyer{number}@x.example"}
        buy(client, event, (seat, "1"), **theirs)

    response = buy(client, event, (seat, "1"), g1_name="Marcus")

    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) <= 600
    assert 'value="Marcus"' in response.content.decode()
    assert Order.objects.count() == 3


# --- When nothing can be bought ----------------------------------------------------------------


def test_sold_out_shows_the_way_to_the_waitlist(client, event, seat):
    for _ in range(5):
        sell(event, (seat, 2))

    html = client.get("/events/tea/tickets/").content.decode()

    assert "Sold out" in html
    assert 'href="/events/tea/waitlist/"' in html


@pytest.mark.parametrize(
    "fields, words",
    [
        ({"state": Event.State.CANCELED, "canceled_note": "A storm."}, "A storm."),
        ({"sales_close_at": NOON}, "Sales have closed"),
        ({"sales_open_at": NOON + timedelta(hours=1)}, "Sales open on Thursday, April 1, 2027"),
        (
            {"starts_at": NOON - timedelta(hours=5), "ends_at": NOON},
            "This event is over",
        ),
    ],
)
def test_a_page_that_sells_nothing_says_why(client, event, seat, fields, words):
    Event.objects.update(**fields)

    for response in (client.get("/events/tea/tickets/"), buy(client, event, (seat, "1"))):
        assert words in text_of(response)
    assert Order.objects.count() == 0


@pytest.mark.parametrize("slug", ["draft", "unknown"])
def test_a_draft_and_an_unknown_event_are_not_found(client, slug):
    make_ticket_type(make_event(slug="draft", state=Event.State.DRAFT))

    assert client.get(f"/events/{slug}/tickets/").status_code == 404
