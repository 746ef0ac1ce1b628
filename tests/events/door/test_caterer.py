"""What the kitchen reads, and what it does not."""

from datetime import timedelta

import pytest

from events.door import caterer
from events.door.caterer import sheet_of, without
from events.models import CatererLink, Choice, Table
from tests.factories import NOON, make_event, make_order, make_ticket, make_ticket_type, make_user

pytestmark = pytest.mark.django_db
CLOSES = NOON + timedelta(days=10)
MICROSECOND = timedelta(microseconds=1)


@pytest.fixture
def event(travel):
    travel(NOON)
    event = make_event(choices_close_at=CLOSES)
    make_ticket_type(event)
    return event


@pytest.fixture
def salmon(event):
    return Choice.objects.create(event=event, label="Salmon box")


@pytest.fixture
def garden(event, salmon):
    return Choice.objects.create(event=event, label="Garden box", position=1)


@pytest.fixture
def evening(event, salmon, garden):
    """Table 4 with two salmon and a garden box; one guest without a table, who has not chosen."""
    table = Table.objects.create(
        event=event, number=4, name="Captain Cy’s", captain_name="Cy Captain", opened_at=NOON
    )
    make_ticket(event, table=table, choice=salmon, guest_name="Ben Okoro", needs="No nuts")
    make_ticket(event, table=table, choice=salmon, guest_name="Di Doe", needs="No nuts")
    make_ticket(event, table=table, choice=garden, guest_name="Ed Eel", access="A ramp")
    make_ticket(event, guest_name="Flo Fay", needs="Flo Fay cannot eat celery")
    return event


@pytest.fixture
def link(evening):
    by = make_user("dee@nsca.example", is_staff=True)
    return caterer.make_link(evening, by=by, at=NOON)


def page_of(client, link):
    return client.get(f"/events/caterer/{link.token}/")


def test_suppers_are_counted_in_all_and_by_table(evening):
    sheet = sheet_of(evening, at=NOON)

    assert sheet.rows == [("Salmon box", 2), ("Garden box", 1), ("Not chosen yet", 1)]
    assert [(table.words, table.guests, table.counts) for table in sheet.tables] == [
        ("Table 4", 3, (2, 1, 0)),
        ("No table yet", 1, (0, 0, 1)),
    ]


def test_allergies_are_told_by_table_and_count(evening):
    table, unseated = sheet_of(evening, at=NOON).with_notes

    assert [(note.text, note.guests) for note in table.notes] == [("No nuts", 2)]
    assert table.seats == 8
    assert [note.text for note in unseated.notes] == ["the guest cannot eat celery"]


@pytest.mark.parametrize(
    "fields",
    [{"state": "held"}, {"state": "expired"}, {"canceled_at": NOON}],
    ids=["not paid yet", "expired", "refunded"],
)
def test_who_has_not_paid_or_was_refunded_is_not_cooked_for(event, salmon, fields):
    make_ticket(event, choice=salmon, **fields)

    assert sheet_of(event, at=NOON).guests == 0


def test_a_guest_in_dispute_may_come_after_all_and_is_cooked_for(event, salmon):
    make_ticket(event, choice=salmon, suspended_at=NOON)

    assert sheet_of(event, at=NOON).rows == [("Salmon box", 1)]


@pytest.mark.parametrize("at, is_final", [(CLOSES - MICROSECOND, False), (CLOSES, True)])
def test_the_counts_are_final_at_the_caterer_s_instant(evening, at, is_final):
    assert sheet_of(evening, at=at).is_final is is_final


def test_the_page_names_no_person_and_no_table_s_captain(client, link):
    response = page_of(client, link)

    shown = response.content.decode().replace(link.token, "")  # e-mails by chance
    assert "No nuts" in shown
    assert "As of" in shown
    names = ["Ben", "Okoro", "Flo", "Ada", "Ellery", "Cy", "Captain", "A ramp"]
    assert [name for name in names if name in shown] == []


def test_the_page_is_private_and_asks_again_by_itself(client, link):
    response = page_of(client, link)

    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Refresh"] == "300"


def test_a_new_link_ends_the_old_one(client, link, evening):
    old = link.token

    new = caterer.make_link(evening, by=link.made_by, at=NOON)

    assert client.get(f"/events/caterer/{old}/").status_code == 404
    assert page_of(client, new).status_code == 200
    assert CatererLink.objects.count() == 1


def test_an_ended_link_leads_nowhere(client, link, evening):
    caterer.end_link(evening)

    assert page_of(client, link).status_code == 404


def test_the_page_is_read_only(client, link):
    assert client.post(f"/events/caterer/{link.token}/").status_code == 405


def test_the_spreadsheet_has_a_row_a_table_and_no_formula(client, link, evening):
    make_ticket(evening, needs="=1+1")

    rows = client.get(f"/events/caterer/{link.token}/suppers.csv").content.decode("utf-8-sig")

    assert rows.splitlines()[:3] == [
        "table,seats,guests,Salmon box,Garden box,Not chosen yet,allergies",
        "Table 4,8,3,2,1,0,2 × No nuts",
        "No table yet,,2,0,0,2,1 × the guest cannot eat celery; 1 × =1+1",
    ]


def test_the_counts_cost_the_same_for_one_guest_and_for_fifty(evening, django_assert_num_queries):
    order = make_order(state="paid", lines=(), payments=False)
    for _ in range(50):
        make_ticket(evening, order=order)

    with django_assert_num_queries(4):
        assert sheet_of(evening, at=NOON).guests == 54


@pytest.mark.parametrize(
    "text, revealed",
    [
        ("Ada Ellery: no nuts", "the guest: no nuts"),
        ("ada  ellery’s diet is vegan", "the guest’s diet is vegan"),
        ("No nuts", "No nuts"),
        ("Olive oil is fine", "Olive oil is fine"),
    ],
)
def test_a_guest_s_full_name_is_left_out_and_no_single_word(text, revealed):
    assert without(text, ["Ada Ellery", "Olive"]) == revealed
