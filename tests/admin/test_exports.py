"""Lists for spreadsheets: bound to permissions, noted, and without a formula in them."""

import csv
import io
from datetime import UTC, datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.models import Table, Ticket, Transfer
from nsca.lib.desk.exports import plain
from pages.models import Message
from tests.admin.conftest import CANARY
from tests.factories import make_line, make_order, make_ticket


def rows_of(response):
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


@pytest.mark.parametrize(
    "typed",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1+1",
        "＝1+1",
        "＋1",
        "－1",
        "＠A1",
        "|calc",
        "\u200b=1",
        "\ufeff=1",
        "\u2060\u200d+1",
        "\u202e@A1",
        "\u00ad-1",
    ],
)
def test_what_a_spreadsheet_would_compute_stays_text(typed):
    assert plain(typed) == "'" + typed


@pytest.mark.parametrize("typed", ["Ada", "a=b", "3 − 1", "", 5, -5, None, 9.5])
def test_everything_else_is_left_as_it_is(typed):
    assert plain(typed) == typed


def test_a_stranger_s_formula_arrives_as_text(sign_in, one_of_each, at):
    Message.objects.create(
        name='=HYPERLINK("https://x.example","Ada")',
        email="e@x.example",
        text="@SUM(1)",
        submission_key="f",
        received_at=at,
    )

    rows = rows_of(sign_in("members").post(reverse("admin:pages_message_export")))

    assert {row["name"] for row in rows} == {"Cy", '\'=HYPERLINK("https://x.example","Ada")'}
    assert "'@SUM(1)" in {row["text"] for row in rows}


@pytest.fixture
def guest(soiree, at):
    order = make_order(at=at, state="paid", lines=(), payments=False)
    kind = soiree.ticket_types.get()
    line = make_line(
        order,
        kind="ticket",
        label="Chair",
        subject_id=kind.pk,
        unit_cents=9500,
        details={"event_id": soiree.pk, "ticket_type": "Chair"},
    )
    return Ticket.objects.create(
        event=soiree,
        ticket_type=kind,
        line=line,
        number=1,
        guest_name="-Bo",
        guest_email="bo@x.example",
        choice=soiree.choices.get(),
        needs="No nuts",
    )


def test_the_guest_list_has_suppers_and_never_the_venue(sign_in, sealed_soiree, guest):
    response = sign_in("events").post(
        reverse("admin:events_ticket_export") + f"?event__id__exact={sealed_soiree.pk}"
    )

    (row,) = rows_of(response)
    assert (row["guest"], row["supper"], row["allergies"]) == ("'-Bo", "Garden box", "No nuts")
    assert (row["guest's e-mail"], row["transfer"]) == ("bo@x.example", "")
    assert CANARY not in response.content.decode()


def test_the_guest_list_has_the_table_and_the_day_a_ticket_was_given_on(sign_in, guest):
    table = Table.objects.create(
        event=guest.event, number=4, name="The Elms", opened_at=guest.event.publish_at
    )
    # Half past ten in the evening of the 12th in Norfolk.
    given_at = datetime(2027, 3, 13, 3, 30, tzinfo=UTC)
    Ticket.objects.filter(pk=guest.pk).update(table=table, transfer_count=1, given_on_at=given_at)

    (row,) = rows_of(sign_in("events").post(reverse("admin:events_ticket_export")))

    assert (row["table"], row["transfer"]) == ("4. The Elms", "transferred 2027-03-12")


def test_the_door_s_list_says_who_comes_and_not_how_to_reach_them(sign_in, guest):
    response = sign_in("door").post(reverse("admin:events_ticket_export"))

    assert list(rows_of(response)[0]) == [
        "event",
        "code",
        "guest",
        "ticket type",
        "table",
        "supper",
        "access needs",
        "valid",
        "transfer",
    ]
    assert "bo@x.example" not in response.content.decode()


def test_what_guests_and_captains_typed_is_no_formula_in_any_column(sign_in, guest):
    table = Table.objects.create(
        event=guest.event, name="=cmd|'/C calc'!A0", opened_at=guest.event.publish_at
    )
    Ticket.objects.filter(pk=guest.pk).update(
        table=table, guest_name="+1", needs="@SUM(1)", access="-1", postal_address="=2"
    )

    (row,) = rows_of(sign_in("events").post(reverse("admin:events_ticket_export")))

    typed = ("table", "guest", "allergies", "access needs", "postal address")
    assert [row[name][:2] for name in typed] == ["'=", "'+", "'@", "'-", "'="]


@pytest.mark.parametrize(
    "day, until",
    [(None, "offered until 2127-03-12"), ("withdrawn_at", ""), ("accepted_at", "")],
)
def test_the_guest_list_says_which_ticket_is_on_its_way_to_somebody_else(
    day, until, sign_in, guest, at
):
    Transfer.objects.create(
        ticket=guest, to_email="ben@x.example", offered_at=at,
        ends_at=datetime(2127, 3, 13, 3, 30, tzinfo=UTC), **({day: at} if day else {}),
    )  # fmt: skip

    (row,) = rows_of(sign_in("events").post(reverse("admin:events_ticket_export")))

    assert row["transfer"] == until
    assert "ben@x.example" not in row.values()


def test_the_treasurer_s_list_adds_up_and_knows_nobody_s_health(sign_in, soiree, at):
    order = make_order(at=at, state="paid", lines=(), payments=False)
    details = {"event_id": soiree.pk, "ticket_type": "Table of two", "covers": 2}
    line = make_line(order, kind="ticket", label="Table", unit_cents=18050, details=details)
    kind = soiree.ticket_types.get()
    for number in (1, 2, 3, 4):
        Ticket.objects.create(
            event=soiree, line=line, ticket_type=kind, number=number, needs="No nuts",
            access="A ramp", canceled_at=at if number > 2 else None,
        )  # fmt: skip

    response = sign_in("treasurer").post(reverse("admin:events_ticket_export"))

    rows = rows_of(response)
    assert [row["price (dollars)"] for row in rows] == ["180.5", "", "180.5", ""]
    assert [row["valid"] for row in rows] == ["yes", "yes", "no", "no"]
    assert {row["order"] for row in rows} == {order.number}
    assert "No nuts" not in response.content.decode()
    assert "A ramp" not in response.content.decode()


def test_a_list_of_many_guests_costs_no_more_queries_than_of_one(
    sign_in, guest, django_assert_max_num_queries
):
    client, url = sign_in("events"), reverse("admin:events_ticket_export")
    with CaptureQueriesContext(connection) as of_one:
        client.post(url)
    for _ in range(3):
        make_ticket(guest.event, ticket_type=guest.ticket_type, choice=guest.choice)

    with django_assert_max_num_queries(len(of_one)):
        client.post(url)


@pytest.mark.parametrize(
    ("group", "name", "status"),
    [
        ("treasurer", "orders_order", 200),
        ("editor", "orders_order", 403),
        ("members", "membership_person", 200),
        ("editor", "membership_person", 403),
        ("door", "pages_message", 403),
        ("members", "pages_subscriber", 200),
        ("treasurer", "pages_subscriber", 403),
        ("members", "events_ticket", 403),
    ],
)
def test_a_list_is_taken_only_by_those_who_may_see_it(group, name, status, sign_in, one_of_each):
    assert sign_in(group).post(reverse(f"admin:{name}_export")).status_code == status


def test_taking_a_list_is_noted_without_what_was_on_it(sign_in, one_of_each):
    sign_in("members").post(reverse("admin:membership_person_export"))

    (entry,) = LogEntry.objects.all()
    assert (entry.user.email, entry.object_repr, entry.change_message) == (
        "members@nsca.example",
        "people",
        "Exported 1 rows as CSV.",
    )


def test_an_export_obeys_the_list_s_filters(sign_in, at, groups):
    make_order(at=at, state="paid", lines=[{}], buyer_name="Paid")
    make_order(at=at, lines=[{}], buyer_name="Held")

    rows = rows_of(
        sign_in("treasurer").post(reverse("admin:orders_order_export") + "?state__exact=paid")
    )

    assert [(row["buyer_name"], row["total (dollars)"]) for row in rows] == [("Paid", "50.0")]


def test_only_those_who_said_yes_twice_are_on_the_newsletter_s_list(sign_in, one_of_each, at):
    from pages.models import Subscriber

    Subscriber.objects.create(email="once@x.example", asked_at=at)
    Subscriber.objects.create(email="gone@x.example", asked_at=at, confirmed_at=at, left_at=at)

    rows = rows_of(sign_in("members").post(reverse("admin:pages_subscriber_export")))

    assert [row["email"] for row in rows] == ["dee@x.example"]
