"""Suppers at an extra price, and add-ons, on the pages of those who buy, cook, open and edit."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.cache import cache

from events.door.caterer import make_link, sheet_of
from events.door.lists import sheets_by_name
from events.models import AddOnSold, Event, Table, Ticket
from events.public.forms_admin import SellForm
from events.sales.admin_addons import AddOnSoldResource
from nsca.desk.groups import ensure_groups
from nsca.lib.mail import letterhead
from nsca.lib.mail.letterhead import Letterhead
from orders.lines.kinds import kind_of
from orders.models import Line, Order
from orders.refunds.refunds import give_back
from tests.events.addons_kit import buy, make_tea
from tests.events.door_kit import make_door_link
from tests.events.sales.test_buying import text_of
from tests.events.selling import BEN, supper_guests
from tests.factories import NOON, make_ticket_type, make_user
from tests.pdf_text import text_of as pdf_text_of

pytestmark = pytest.mark.django_db
KEY = "k" * 40


@pytest.fixture(autouse=True)
def noon():
    cache.clear()
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def event():
    return make_tea()


@pytest.fixture
def seat(event):
    return event.ticket_types.get()


@pytest.fixture
def garden(event):
    return event.choices.get(label="Garden box")


@pytest.fixture
def lobster(event):
    return event.choices.get(label="Lobster")


@pytest.fixture
def wine(event):
    return event.add_ons.get()


# --- The page ----------------------------------------------------------------------------------


def form(seat, **fields):
    return {"submission_key": KEY, f"qty_{seat.pk}": "1", "name": "Ada Ellery",
            "email": "ada@ellery.example", "terms": "on", **fields}  # fmt: skip


def test_the_ticket_offers_only_what_was_paid_for(client, event, seat, garden, lobster):
    buy(event, [(seat, 1)], guests=supper_guests(garden))

    words = text_of(client.get(f"/tickets/{Ticket.objects.get().token}/"))

    assert "Lobster" not in words
    assert "To upgrade to a supper that costs more, call us." in words


def test_receipt_page_and_paper_say_the_same_of_supper_and_wine(
    client, event, seat, lobster, wine, monkeypatch
):
    who = Letterhead("NSCA", "office@nsca.example", "", "", ein="54-1234567", disclosure="")
    monkeypatch.setattr(letterhead, "_source", lambda: who)
    order = buy(event, [(seat, 1)], guests=supper_guests(lobster), extras=[(wine, 2)])

    page = text_of(client.get(f"/orders/{order.token}/receipt/"))
    paper = " ".join(pdf_text_of(client.get(f"/orders/{order.token}/receipt.pdf").content).split())

    for words in (
        "Tea in the garden: Seat at the long table, including $40 for supper",
        "Tea in the garden: A bottle of wine",
        "$191",  # 95 + 40 + 2 × 28
        "$76 of this payment is tax-deductible",  # less 60 + 25 + 2 × 15
    ):
        assert words in page
        assert words in paper


def test_the_page_sells_supper_and_wine_with_the_seat(client, event, seat, lobster, wine):
    data = form(seat, g1_choice=str(lobster.pk), **{f"add_{wine.pk}": "2"})
    response = client.post("/events/tea/tickets/", data)

    assert response.status_code == 302, response.content.decode()
    order = Order.objects.get()
    assert order.total_cents == 9500 + 4000 + 2 * 2800
    page = text_of(client.get(order.get_absolute_url()))
    assert "2 × Tea in the garden: A bottle of wine" in page or "A bottle of wine" in page


def test_the_page_says_the_prices_and_what_is_left(client, event, seat, lobster, wine):
    words = text_of(client.get("/events/tea/tickets/"))

    assert "Lobster, $40 more" in words
    assert "A bottle of wine, $28" in words
    assert "2 left." in words


def test_more_than_there_are_is_refused_beside_its_field(client, event, seat, wine):
    response = client.post("/events/tea/tickets/", form(seat, **{f"add_{wine.pk}": "3"}))

    assert "Only 2 of “A bottle of wine” left." in text_of(response)
    assert not Order.objects.exists()


@pytest.mark.parametrize("with_wine, asks", [(True, True), (False, False)])
def test_terms_are_asked_for_where_a_free_seat_brings_wine(client, event, wine, with_wine, asks):
    free = make_ticket_type(event, price_cents=0)
    data = form(free, **({f"add_{wine.pk}": "1"} if with_wine else {}))
    del data["terms"]

    response = client.post("/events/tea/tickets/", data)

    assert ("Please read the refund terms" in response.content.decode()) is asks
    assert Order.objects.exists() is not asks


def test_the_buyer_sees_what_will_be_given_out_and_returns_it(client, event, seat, wine):
    Event.objects.update(refunds_until=NOON + timedelta(days=1))
    order = buy(event, [(seat, 1)], extras=[(wine, 1)])

    assert "1, handed out at the event" in text_of(client.get(order.get_absolute_url()))
    line = order.lines.get(kind=Line.Kind.ADDON)
    found = kind_of(line.kind).returnable(line, at=NOON)
    assert [unit.title for unit in found.units] == ["Tea in the garden: A bottle of wine"]
    too_late = kind_of(line.kind).returnable(line, at=NOON + timedelta(days=1))
    assert not too_late.units


# --- Who hands it out --------------------------------------------------------------------------


@pytest.fixture
def evening(event, seat, garden, lobster, wine):
    """Ada's two at table 4 with both bottles, and Ben without a table."""
    order = buy(event, [(seat, 2)], guests=supper_guests(lobster, garden), extras=[(wine, 2)])
    table = Table.objects.create(event=event, number=4, name="Ada’s", opened_at=NOON)
    Ticket.objects.filter(line__order=order).update(table=table)
    buy(event, [(seat, 1)], guests=supper_guests(garden), buyer=BEN)
    return event


def test_the_caterer_reads_what_stands_on_which_table_once(evening):
    sheet = sheet_of(evening, at=NOON)

    assert sheet.rows == [("Garden box", 2), ("Lobster", 1)]
    assert sheet.extras == [("A bottle of wine", 2)]
    assert [(t.words, t.extras_words) for t in sheet.tables] == [
        ("Table 4", "2 × A bottle of wine"),
        ("No table yet", ""),
    ]


def test_the_caterers_page_and_spreadsheet_say_so(client, evening):
    link = make_link(evening, by=make_user("dee@nsca.example", is_staff=True), at=NOON)

    page = text_of(client.get(f"/events/caterer/{link.token}/"))
    rows = client.get(f"/events/caterer/{link.token}/suppers.csv").content.decode("utf-8-sig")

    assert "Add-ons A bottle of wine 2" in page
    assert rows.splitlines()[1] == "Table 4,8,2,1,1,,2 × A bottle of wine"


def test_what_went_back_is_not_laid_out(evening):
    line = Line.objects.get(kind=Line.Kind.ADDON)
    give_back(order=line.order, line=line, reason="Broken", at=NOON)

    assert sheet_of(evening, at=NOON).extras == []


def test_the_doors_paper_says_it_beside_one_guest_of_the_order(evening):
    rows = [row for sheet in sheets_by_name(evening) for row in sheet.rows]

    assert [row.bought for row in rows if row.bought] == ["2 × A bottle of wine"]
    assert next(row for row in rows if row.bought).ticket.line.order.buyer_name == "Ada Ellery"


def test_the_door_says_it_when_the_guest_comes(client, evening, travel):
    at = evening.starts_at
    travel(at)
    link = make_door_link(evening, opens_at=at, ends_at=at + timedelta(hours=9))
    ticket = Ticket.objects.filter(line__order__buyer_name="Ada Ellery").first()

    came = text_of(client.post(f"/door/{link.token}/read/", {"text": ticket.code}))
    looked_up = {"text": ticket.line.order.number}
    party = text_of(client.post(f"/door/{link.token}/read/", looked_up))

    assert "Add-ons 2 × A bottle of wine" in came
    assert "Add-ons 2 × A bottle of wine" in party


def test_the_list_for_a_spreadsheet_has_a_line_each(evening):
    rows = AddOnSoldResource().export(AddOnSold.objects.order_by("pk")).csv.splitlines()

    number = Order.objects.get(buyer_name="Ada Ellery").number
    assert rows == [
        "event,add-on,order,buyer,price (dollars),state",
        *[f"Tea in the garden,A bottle of wine,{number},Ada Ellery,28.0,paid"] * 2,
    ]


# --- Who edits them ----------------------------------------------------------------------------


@pytest.fixture
def colleague(client):
    ensure_groups()
    user = make_user("evan@nsca.example", is_staff=True)
    user.groups.add(Group.objects.get(name="events"))
    client.force_login(user)
    return user


def test_staff_edit_suppers_and_add_ons_in_dollars_with_help(client, colleague, event):
    page = client.get(f"/admin/events/event/{event.pk}/change/").content.decode()

    fields = dict(re.findall(r'name="((?:choices|add_ons)-\d-\w+)" value="([^"]*)"', page))
    assert fields["choices-1-price_cents"] == "40"
    assert fields["add_ons-0-price_cents"] == "28"
    assert fields["add_ons-0-fair_value_cents"] == "15"
    assert fields["add_ons-0-capacity"] == "2"
    assert "In dollars, on top of the ticket" in page
    assert "How many there are. Empty: no limit." in page


def test_what_was_bought_is_read_and_not_changed(client, colleague, evening):
    page = text_of(client.get("/admin/events/addonsold/"))
    add_on_sold = AddOnSold.objects.first()

    assert "A bottle of wine" in page
    assert "Ada Ellery" in page
    assert client.get("/admin/events/addonsold/add/").status_code == 403
    assert "Save" not in text_of(client.get(f"/admin/events/addonsold/{add_on_sold.pk}/change/"))


def test_staff_who_sell_by_hand_sell_them_too(event, seat, garden, lobster, wine):
    form = SellForm(
        {"channel": "cash", "buyer_name": "Ada", "guests": "Ada; Lobster", "submission_key": KEY,
         f"kind_{seat.pk}": "1", f"add_{wine.pk}": "2"},
        event=event,
    )  # fmt: skip

    assert form.is_valid(), form.errors
    items = form.items(staff="evan@nsca.example")
    assert [(item.unit_cents, item.quantity) for item in items] == [(13_500, 1), (2800, 2)]


def test_an_add_on_alone_is_sold_by_hand_for_who_changes_to_a_dearer_supper(event, wine):
    form = SellForm(
        {"channel": "cash", "buyer_name": "Ada", "submission_key": KEY, f"add_{wine.pk}": "1"},
        event=event,
    )

    assert form.is_valid(), form.errors
    assert [item.unit_cents for item in form.items(staff="evan@nsca.example")] == [2800]
