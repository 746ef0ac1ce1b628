"""The staff's seating page: who sits where, what does not fit, and the moves."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import CatererLink, Choice, SeatRequest, Table, Ticket
from events.seating import plan as seating_plan
from events.seating.plan import NumberTaken, StillSeated, plan_of
from nsca.desk.groups import ensure_groups
from tests.events.captains import UNTIL
from tests.factories import (
    NOON,
    make_event,
    make_order,
    make_ticket,
    make_ticket_type,
    make_user,
    sign_in_now,
)
from tests.pdf_text import text_of as pdf_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    event = make_event(slug="evening")
    make_ticket_type(event)
    return event


@pytest.fixture
def elms(event):
    return make_table(event, number=4, name="The Elms")


def make_table(event, **fields):
    return Table.objects.create(event=event, opened_at=NOON, confirmed_at=NOON, **fields)


def make_party(event, *tables, name="Ada Ellery", **fields):
    """One order, a ticket at each of these tables."""
    order = make_order(state="paid", lines=(), payments=False, buyer_name=name)
    return [make_ticket(event, order=order, table=table, **fields) for table in tables]


def conflicts(event):
    return list(plan_of(event, NOON).conflicts)


# --- What does not fit -------------------------------------------------------------------------


def test_a_party_that_is_split_is_told(event, elms):
    oaks = make_table(event, number=5, name="The Oaks")
    make_party(event, elms, oaks)

    assert conflicts(event) == ["The party of Ada Ellery is split: 4. The Elms, and 5. The Oaks."]


def test_a_party_of_which_one_stands_is_told(event, elms):
    make_party(event, elms, elms, None)

    assert conflicts(event) == [
        "The party of Ada Ellery is at 4. The Elms, but one has no table yet."
    ]


def test_a_party_of_which_nobody_sits_yet_is_no_conflict(event, elms):
    make_party(event, None, None)

    assert conflicts(event) == []


def test_a_guest_to_whom_a_ticket_was_given_splits_no_party(event, elms):
    oaks = make_table(event, number=5, name="The Oaks")
    _, gone = make_party(event, elms, oaks)
    Ticket.objects.filter(pk=gone.pk).update(
        transfer_count=1, given_on_at=NOON, guest_email="eve@new.example"
    )

    assert conflicts(event) == []


def test_more_guests_than_seats_are_told(event):
    small = make_table(event, number=1, name="The Nook", seats=1)
    make_party(event, small, small)

    assert conflicts(event) == ["1. The Nook: more guests (2) than seats (1)."]


def test_an_access_need_without_a_table_is_told(event):
    make_ticket(event, guest_name="Sol", access="A wheelchair")

    assert conflicts(event) == ["Sol has an access need and no table yet."]


def test_a_table_with_guests_and_no_number_is_told(event):
    make_party(event, make_table(event, name="The Elms"))

    assert conflicts(event) == ["The Elms has guests but no number."]


def test_who_has_not_paid_or_was_refunded_is_not_on_the_plan(event, elms):
    make_ticket(event, state="held")
    make_ticket(event, table=elms, canceled_at=NOON)

    assert plan_of(event, NOON).guests == 0


def test_a_table_that_nobody_confirmed_is_not_on_the_plan(event):
    Table.objects.create(
        event=event, kind="open", name="x", opened_at=NOON, held_until=UNTIL,
        ticket_type=event.ticket_types.get(),
    )  # fmt: skip

    assert plan_of(event, NOON).laid == ()


# --- Moves -------------------------------------------------------------------------------------


def test_tables_are_numbered_on_from_the_last(event, elms):
    laid = seating_plan.lay(event, number=None, name="", seats=10, count=2, at=NOON)

    assert [(t.number, t.name, t.seats) for t in laid] == [(5, "Table 5", 10), (6, "Table 6", 10)]


def test_no_two_tables_of_an_event_have_one_number(event, elms):
    with pytest.raises(NumberTaken):
        seating_plan.lay(event, number=3, name="", seats=8, count=2, at=NOON)
    other = make_table(event, number=9, name="Nine")
    with pytest.raises(NumberTaken):
        seating_plan.relay(other, number=4, name="Nine", seats=8)

    assert sorted(Table.objects.values_list("number", flat=True)) == [4, 9]


def test_the_seats_of_an_open_table_are_its_captain_s_to_say(event):
    table = make_table(
        event, kind="open", name="Cy’s", seats=8, held_until=UNTIL,
        ticket_type=event.ticket_types.get(),
    )  # fmt: skip

    seating_plan.relay(table, number=7, name="Cy’s", seats=20)

    table.refresh_from_db()
    assert (table.number, table.seats) == (7, 8)


def test_a_table_at_which_somebody_sits_is_not_put_away(event, elms):
    make_ticket(event, table=elms)

    with pytest.raises(StillSeated):
        seating_plan.put_away(elms, at=NOON)


def test_an_empty_house_table_is_put_away(event, elms):
    make_ticket(event, table=elms, canceled_at=NOON)

    seating_plan.put_away(elms, at=NOON)

    assert not Table.objects.exists()


# --- The page ----------------------------------------------------------------------------------


@pytest.fixture
def desk(client):
    """The test's client as somebody of the events group."""
    ensure_groups()
    user = make_user("evan@nsca.example", is_staff=True)
    user.groups.add(Group.objects.get(name="events"))
    sign_in_now(client, user)
    return client


def address_of(event, page="seating"):
    return f"/admin/events/event/{event.pk}/{page}/"


def text_of(response):
    return " ".join(response.content.decode().split())


def test_staff_seat_a_guest_by_choosing_a_table(desk, event, elms):
    ticket = make_ticket(event, guest_name="Sol Single")

    response = desk.post(
        address_of(event), {"act": "seat", "ticket": ticket.pk, "table": elms.pk}, follow=True
    )

    ticket.refresh_from_db()
    assert ticket.table == elms
    assert "Sol Single: 4. The Elms." in text_of(response)


def test_a_choice_is_saved_at_once_where_there_is_a_script(desk, event, elms):
    ticket = make_ticket(event, guest_name="Sol Single", table=elms)

    response = desk.post(
        address_of(event),
        {"act": "seat", "ticket": ticket.pk, "table": ""},
        headers={"Accept": "application/json"},
    )

    assert response.json() == {
        "said": "Sol Single: no table.",
        "tally": {str(elms.pk): 0, "unseated": 1},
    }


def test_each_move_is_in_the_ticket_s_history(desk, event, elms):
    oaks = make_table(event, number=5, name="The Oaks")
    ticket = make_ticket(event)
    for table in (elms.pk, oaks.pk, oaks.pk, ""):  # the third moves nobody
        desk.post(address_of(event), {"act": "seat", "ticket": ticket.pk, "table": table})

    log = LogEntry.objects.filter(object_id=str(ticket.pk)).order_by("pk")
    assert [(str(entry.user), entry.change_message) for entry in log] == [
        ("evan@nsca.example", "Moved from no table to 4. The Elms."),
        ("evan@nsca.example", "Moved from 4. The Elms to 5. The Oaks."),
        ("evan@nsca.example", "Moved from 5. The Oaks to no table."),
    ]


def test_a_guest_sits_at_no_other_event_s_table(desk, event):
    elsewhere = make_table(make_event(), number=1, name="Elsewhere")
    ticket = make_ticket(event)

    response = desk.post(
        address_of(event), {"act": "seat", "ticket": ticket.pk, "table": elsewhere.pk}
    )

    assert response.status_code == 404


def test_staff_lay_number_and_put_away_tables(desk, event):
    desk.post(address_of(event), {"act": "lay", "count": 2, "seats": 8, "number": "", "name": ""})
    first, second = Table.objects.order_by("number")
    desk.post(
        address_of(event),
        {"act": "relay", "at": first.pk, "number": 12, "name": "The Bay", "seats": 9},
    )
    desk.post(address_of(event), {"act": "put_away", "at": second.pk})

    assert [(t.number, t.name, t.seats) for t in Table.objects.all()] == [(12, "The Bay", 9)]


def test_a_number_that_is_taken_is_refused_in_words(desk, event, elms):
    form = {"act": "lay", "count": 1, "seats": 8, "number": 4, "name": ""}

    response = desk.post(address_of(event), form, follow=True)

    assert "Table 4 already exists." in text_of(response)


def test_staff_answer_for_a_captain_who_does_not(desk, event, elms):
    ticket = make_ticket(event, guest_name="Sol Single")
    asked = SeatRequest.objects.create(table=elms, ticket=ticket, asked_at=NOON)

    assert "Sol Single</b> would like to sit at The Elms" in text_of(desk.get(address_of(event)))
    desk.post(address_of(event), {"act": "welcome", "who": asked.pk})

    ticket.refresh_from_db()
    assert ticket.table == elms
    entry = LogEntry.objects.get(object_id=str(ticket.pk))
    assert entry.change_message == ("Seated at 4. The Elms, as they asked; answered by staff.")


def test_an_event_without_guests_says_so(desk, event):
    assert "No guests yet." in text_of(desk.get(address_of(event)))


@pytest.mark.parametrize("group", ["treasurer", "editor", "door", "members"])
@pytest.mark.parametrize("page", ["seating", "place-cards", "caterer"])
def test_others_may_not_open_it(client, event, group, page):
    ensure_groups()
    user = make_user(f"{group}@nsca.example", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)

    assert client.get(address_of(event, page)).status_code == 403


def test_the_page_costs_the_same_for_two_guests_and_for_two_hundred(desk, event, elms):
    order = make_order(state="paid", lines=(), payments=False)

    def queries_with(guests):
        for number in range(event.tickets.count(), guests):
            make_ticket(event, order=order, guest_name=f"Guest {number}", access="A ramp")
        with CaptureQueriesContext(connection) as captured:
            assert f"Guest {guests - 1}" in text_of(desk.get(address_of(event)))
        # The content's version is asked at most once a second: chance, by the real clock.
        return len([query for query in captured if "nsca_cache" not in query["sql"]])

    queries_with(1)  # what is asked once

    assert queries_with(2) == queries_with(200)


# --- Place cards -------------------------------------------------------------------------------


@pytest.mark.parametrize("query, width", [("", "612"), ("?paper=a4", "595")])
def test_place_cards_have_the_name_the_table_and_the_supper(desk, event, elms, query, width):
    supper = Choice.objects.create(event=event, label="Garden box")
    make_ticket(event, table=elms, choice=supper, guest_name="Zoë Łukasiewicz-Ñuñez")

    response = desk.post(address_of(event, "place-cards") + query)

    words = pdf_text(response.content)
    assert response.headers["Content-Type"] == "application/pdf"
    assert f"/MediaBox [0 0 {width}".encode() in response.content
    assert words.count("Łukasiewicz-Ñuñez") == 2  # on both sides of the tent
    assert "Table 4" in words
    assert "Garden box" in words


def test_a_guest_without_a_name_has_a_card_all_the_same(desk, event, elms):
    make_ticket(event, table=elms)

    assert "Guest of Ada Ellery" in pdf_text(desk.post(address_of(event, "place-cards")).content)


def test_six_cards_stand_on_a_sheet(desk, event, elms):
    order = make_order(state="paid", lines=(), payments=False)
    for number in range(7):
        make_ticket(event, order=order, guest_name=f"Guest {number}", table=elms)

    assert b"/Count 2" in desk.post(address_of(event, "place-cards")).content


# --- The caterer's link ------------------------------------------------------------------------


def test_staff_make_a_link_for_the_caterer_and_end_it(desk, event):
    desk.post(address_of(event, "caterer"), {"act": "new"})
    link = CatererLink.objects.get()

    assert f"/events/caterer/{link.token}/" in text_of(desk.get(address_of(event, "caterer")))
    assert link.made_by.email == "evan@nsca.example"

    desk.post(address_of(event, "caterer"), {"act": "end"})
    assert not CatererLink.objects.exists()


def test_the_link_is_no_part_of_what_the_admin_remembers(desk, event):
    desk.post(address_of(event, "caterer"), {"act": "new"})

    token = CatererLink.objects.get().token
    assert token not in text_of(desk.get(address_of(event, "history")))
