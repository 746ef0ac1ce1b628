"""The door's pages, by a volunteer's link, in a browser that runs no script."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.models import Choice, Scan, Table
from tests.events.door_kit import DOORS, SEVEN, make_door_link
from tests.factories import make_event, make_order, make_ticket
from tests.markup import flat

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(soiree):
    return make_door_link(soiree)


def verdict(response) -> tuple[str, str]:
    """The color and the large word of an answer."""
    page = response.content.decode()
    tone = re.search(r'class="verdict" data-tone="(\w+)"', page)[1]
    return tone, re.search(r"<h1[^>]*>([^<]+)</h1>", page)[1]


# --- Reading -----------------------------------------------------------------------------------


def test_a_code_lets_its_guest_in_and_says_supper_and_table(at_the_door, soiree):
    table = Table.objects.create(event=soiree, name="Granby Street", number=14, opened_at=SEVEN)
    box = Choice.objects.create(event=soiree, label="Salmon box")
    ticket = make_ticket(
        soiree, guest_name="Ada Ellery", table=table, choice=box, access="A wheelchair",
        needs="Nuts",
    )  # fmt: skip

    response = at_the_door("read", text=ticket.code)

    page = response.content.decode()
    assert verdict(response) == ("green", "Welcome")
    assert '<p class="verdict__name">Ada Ellery</p>' in page
    assert '<p class="verdict__text">Table 14</p><' in flat(page)
    assert '<p class="verdict__text">Salmon box</p>' in page
    assert "A wheelchair" in page
    assert "Nuts" not in page  # the kitchen's matter
    assert ticket.line.order.buyer_email not in page
    assert Scan.objects.get().gate == "west gate"


def test_an_unknown_code_is_red(at_the_door):
    assert verdict(at_the_door("read", text="MMMM-NNNN")) == ("red", "Unknown code")


def test_a_square_that_is_none_of_ours_is_red(at_the_door):
    assert verdict(at_the_door("read", text="https://x.example/t/1")) == ("red", "Unknown code")


def test_the_same_phone_is_green_again_and_another_is_amber(
    at_the_door, client, soiree, link, django_user_model
):
    ticket = make_ticket(soiree, guest_name="Ada Ellery")
    at_the_door("read", text=ticket.code)

    again = at_the_door("read", text=ticket.code, number=2)
    client.cookies.clear()
    client.get(reverse("door:home", args=[link.token]))
    other = at_the_door("read", text=ticket.code, number=1)

    assert verdict(again) == ("green", "Welcome")
    assert verdict(other) == ("amber", "Already in")
    assert "Came in at 7:02 p.m., west gate, let in by Ruth." in other.content.decode()


def test_a_phone_s_id_is_signed_and_stays_with_the_door(client, travel, link):
    travel(SEVEN)

    response = client.get(reverse("door:home", args=[link.token]))

    cookie = response.cookies["nsca_door"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/door/", True, "Lax")
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"


def test_a_forged_id_is_nobody_s(at_the_door, client, soiree, link):
    ticket = make_ticket(soiree)
    client.cookies["nsca_door"] = "forged:1:2"

    at_the_door("read", text=ticket.code)

    assert Scan.objects.get().device == f"link-{link.pk}"


def test_for_the_script_the_answer_comes_alone(client, at_the_door, soiree, link):
    ticket = make_ticket(soiree)

    response = client.post(
        reverse("door:read", args=[link.token]),
        {"text": ticket.code, "number": 1},
        headers={"X-Door": "part"},
    )

    assert response.content.lstrip().startswith(b'<div class="verdict"')


@pytest.mark.parametrize("number", ["", "0", "-3", "one", "9" * 30, "٣"])
def test_a_number_that_is_none_gets_the_next(number, at_the_door, soiree):
    at_the_door("read", text=make_ticket(soiree).code, number=number)

    assert Scan.objects.get().number == 1


@pytest.mark.parametrize("read_at", ["", "yesterday", "2027-05-20", "2027-13-40T00:00:00Z"])
def test_a_time_that_is_none_is_not_noted(read_at, at_the_door, soiree):
    at_the_door("read", text=make_ticket(soiree).code, read_at=read_at)

    assert Scan.objects.get().read_at is None


def test_an_undo_by_its_button(at_the_door, soiree):
    ticket = make_ticket(soiree, guest_name="Ada Ellery")
    at_the_door("read", text=ticket.code)

    response = at_the_door("undo", ticket=ticket.code, number=2)

    assert verdict(response) == ("amber", "Undone")


def test_an_act_from_another_site_is_refused(client, link, travel):
    travel(SEVEN)

    response = client.post(
        reverse("door:read", args=[link.token]), {"text": "x"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )  # fmt: skip

    assert response.status_code == 403


@pytest.mark.parametrize("act", ["read", "enter", "undo"])
def test_an_act_is_never_a_mere_look(act, client, link, travel):
    travel(SEVEN)

    assert client.get(reverse(f"door:{act}", args=[link.token])).status_code == 405


# --- Names and parties -------------------------------------------------------------------------


@pytest.fixture
def ellerys(soiree):
    """Five seats bought by Ada, for herself and four others."""
    order = make_order(state="paid", lines=(), payments=False)
    names = ("Ada Ellery", "Zoë Ellery", "Cy Nakamura", "", "")
    return [make_ticket(soiree, order=order, guest_name=name) for name in names]


@pytest.mark.parametrize("typed", ["zoe", "ZOË", "Ellery zo", "lery"])
def test_a_name_shows_a_list_and_lets_nobody_in(typed, at_the_door, ellerys):
    page = at_the_door("read", text=typed).content.decode()

    assert "Zoë Ellery" in page
    assert 'aria-label="Let in Zoë Ellery"' in page
    assert Scan.objects.count() == 0


def test_a_name_that_nobody_has_says_so(at_the_door, ellerys):
    page = at_the_door("read", text="Quentin").content.decode()

    assert "Nobody found" in page
    assert "matches “Quentin”" in page


def test_guests_of_another_event_are_not_in_the_list(at_the_door):
    make_ticket(make_event(), guest_name="Quentin")

    assert "Nobody found" in at_the_door("read", text="Quentin").content.decode()


def test_who_never_paid_is_shown_only_where_nobody_else_is(at_the_door, soiree):
    make_ticket(soiree, guest_name="Ada Ellery", state="expired", code="CCCC-DDDD")
    alone = at_the_door("read", text="Ada").content.decode()
    make_ticket(soiree, guest_name="Ada Ellery", code="FFFF-GGGG")
    beside = at_the_door("read", text="Ada").content.decode()

    assert "Not paid" in alone
    assert "CCCC-DDDD" not in beside


def test_a_party_comes_in_parts(at_the_door, ellerys):
    ada, zoe, cy, *_ = ellerys
    first = at_the_door("read", text=ada.code).content.decode()

    second = at_the_door("enter", ticket=[zoe.code, cy.code], number=2)

    assert "1 of 5 is in" in first
    assert verdict(second) == ("green", "Welcome")
    assert "2 guests are in" in second.content.decode()
    assert "3 of 5 of this party are in." in second.content.decode()
    assert list(Scan.objects.values_list("number", flat=True)) == [1, 2, 3]


def test_several_sent_again_change_nothing(at_the_door, ellerys):
    codes = [ticket.code for ticket in ellerys]
    at_the_door("enter", ticket=codes)

    again = at_the_door("enter", ticket=codes)

    assert "5 guests are in" in again.content.decode()
    assert Scan.objects.count() == 5


def test_one_bad_ticket_of_several_is_named(at_the_door, soiree, ellerys):
    off = make_ticket(soiree, guest_name="Off", canceled_at=DOORS)

    page = at_the_door("enter", ticket=[ellerys[0].code, off.code])

    assert verdict(page) == ("amber", "Welcome")
    assert "<dt>Canceled</dt><dd>Off." in page.content.decode()


def test_nobody_ticked_is_said_kindly(at_the_door):
    assert verdict(at_the_door("enter")) == ("amber", "Nobody checked")


def test_an_order_s_number_shows_its_party(at_the_door, ellerys):
    number = ellerys[0].line.order.number

    page = at_the_door("read", text=number).content.decode()

    assert f"0 of 5 are in. Order {number}." in flat(page)
    assert Scan.objects.count() == 0


# --- Counting ----------------------------------------------------------------------------------


def test_the_figures_say_who_is_in_of_how_many_and_by_gate(
    at_the_door, client, soiree, link, ellerys
):
    east = make_door_link(soiree, name="Sam", gate="east gate")
    make_ticket(soiree, canceled_at=DOORS)
    at_the_door("read", text=ellerys[0].code)
    at_the_door("read", text=ellerys[1].code, number=2)
    client.post(reverse("door:read", args=[east.token]), {"text": ellerys[2].code, "number": 3})

    page = client.get(reverse("door:counts", args=[link.token])).content.decode()

    words = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert words == "3 of 5 in east gate 1 west gate 2"


def test_a_reading_costs_the_same_however_many_guests_there_are(at_the_door, soiree, ellerys):
    def queries(act, **fields):
        with CaptureQueriesContext(connection) as captured:
            at_the_door(act, **fields)
        return len([q for q in captured if "nsca_cache" not in q["sql"]])

    at_the_door("read", text=ellerys[0].code)  # whatever is made once is made
    few = queries("read", text=ellerys[1].code, number=2), queries("read", text="Ellery")
    for number in range(30):
        make_ticket(soiree, order=ellerys[0].line.order, guest_name=f"Guest {number}")
    many = queries("read", text=ellerys[2].code, number=3), queries("read", text="Ellery")

    assert many == few
    assert max(many) < 25
