"""The admin pages of giving: statements, what to print, cards, gifts in kind."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse
from post_office.models import Email

from membership.giving import statements_run
from membership.giving.gifts import Honoring
from membership.models import GiftFigure, GiftInKind, Statement, StatementRun, Tribute
from nsca.desk.groups import ensure_groups
from orders.checkout.placing import Buyer
from tests.factories import make_user, sign_in_now
from tests.membership.gifts import JANUARY, MARCH, give, give_back, set_ein
from tests.pdf_text import text_of

pytestmark = pytest.mark.django_db
RUN = "/admin/membership/statement/run/"


@pytest.fixture(autouse=True)
def in_january():
    with time_machine.travel(JANUARY, tick=False):
        yield


@pytest.fixture
def desk(client):
    """The client of a staff member in a group."""

    def of(group):
        from django.contrib.auth.models import Group

        ensure_groups()
        user = make_user(f"{group}@role.example", is_staff=True)
        user.groups.add(Group.objects.get(name=group))
        sign_in_now(client, user)
        return client

    return of


def test_one_button_writes_everybodys_statement(desk):
    set_ein()
    give(5_000)
    give(3_000, buyer=Buyer("Cash in a box", ""))
    treasurer = desk("treasurer")

    seen = treasurer.get(RUN).text
    treasurer.post(RUN, {"year": 2026})
    while statements_run.tick(JANUARY):
        pass
    after = treasurer.get(RUN).text

    assert "Statements for 2026" in seen and "$80" in seen
    assert sorted(Statement.objects.values_list("name", flat=True)) == [
        "Ada Ellery",
        "Cash in a box",
    ]
    assert "done" in after and "1 statement to print" in after
    assert Email.objects.filter(subject__startswith="Your gifts in 2026").count() == 1


def test_a_running_page_shows_progress_and_a_second_press_starts_nothing(desk):
    set_ein()
    give(5_000)
    treasurer = desk("treasurer")
    treasurer.post(RUN, {"year": 2026})

    page = treasurer.get(RUN)
    again = treasurer.post(RUN, {"year": 2026}, follow=True)

    assert "0 of 1" in page.text and page.headers["Refresh"] == "5"
    assert "already being written" in again.text
    assert StatementRun.objects.count() == 1


@pytest.mark.parametrize("data, runs", [({}, 0), ({"knows": "on"}, 1)])
def test_without_an_ein_staff_confirm_first(desk, data, runs):
    set_ein("")
    give(5_000)

    answer = desk("treasurer").post(RUN, {"year": 2026, **data})

    assert answer.status_code == (302 if runs else 422)
    assert StatementRun.objects.count() == runs


@pytest.mark.parametrize("year, status", [(2026, 302), (2027, 404), (1975, 404)])
def test_statements_are_written_once_the_year_is_over(desk, year, status):
    set_ein()
    give(5_000)

    answer = desk("treasurer").post(f"{RUN}?year={year}", {"year": year})

    assert answer.status_code == status


@pytest.mark.parametrize("group, status", [("treasurer", 200), ("members", 403), ("editor", 403)])
def test_only_the_treasurer_may_write_statements(desk, group, status):
    assert desk(group).get(RUN).status_code == status


def test_statements_without_an_address_are_one_pdf_and_marked_as_printed(desk):
    for name in ("Cash in a box", "Zoë 王"):
        give(3_000, buyer=Buyer(name, ""))
    run = statements_run.start(2026, by=None, at=JANUARY)
    statements_run.tick(JANUARY)
    treasurer = desk("treasurer")

    paper = text_of(treasurer.post("/admin/membership/statement/letters.pdf").content)
    page = treasurer.get("/admin/membership/statement/print/")
    treasurer.post("/admin/membership/statement/print/", {"upto": page.context["last"]})

    assert "Cash in a box" in paper and "Zoë 王" in paper
    assert run.statements.filter(printed_at=JANUARY).count() == 2
    assert treasurer.get("/admin/membership/statement/letters.pdf").status_code == 404


def test_a_statement_cannot_be_edited_only_replaced(desk):
    order = give(5_000)
    statements_run.start(2026, by=None, at=JANUARY)
    statements_run.tick(JANUARY)
    letter = Statement.objects.get()
    give_back(order, cents=1_000)
    treasurer = desk("treasurer")
    url = reverse("admin:membership_statement_change", args=[letter.pk])

    edited = treasurer.post(url, {"name": "Somebody else"})
    treasurer.post(reverse("admin:membership_statement_correct", args=[letter.pk]))

    assert edited.status_code == 403
    assert Statement.objects.get(replaces=letter).total_cents == 4_000


def test_a_card_is_printed_and_marked_as_mailed(desk):
    by_post = Honoring("honor", "Li Wei", "The Wei family", family_address="1 Main St")
    give(5_000, honoring=by_post)
    card = Tribute.objects.get()
    members = desk("members")
    listed = members.get("/admin/membership/tribute/?card=print").text

    paper = members.get(reverse("admin:membership_tribute_card", args=[card.pk]))
    members.post(reverse("admin:membership_tribute_posted", args=[card.pk]))

    assert "Li Wei" in listed
    assert "in honor of Li Wei" in text_of(paper.content)
    assert Tribute.objects.get().posted_by.email == "members@role.example"
    assert "Li Wei" not in members.get("/admin/membership/tribute/?card=print").text


def test_a_gift_in_kind_is_recorded_acknowledged_and_mailed(desk):
    set_ein()
    members = desk("members")
    members.post(
        "/admin/membership/giftinkind/add/",
        {
            "giver_name": "Ben Okoro",
            "giver_email": "ben@okoro.example",
            "description": "Twelve folding tables, used",
            "received_on": "2026-12-12",
        },
    )
    gift = GiftInKind.objects.get()

    members.post(reverse("admin:membership_giftinkind_acknowledgment", args=[gift.pk]))

    letter = Statement.objects.get()
    assert gift.recorded_by.email == "members@role.example"
    assert (letter.kind, letter.number, letter.mailed_at) == ("in_kind", "2026-00001", JANUARY)
    assert "Twelve folding tables, used." in Email.objects.get().message


def test_a_returned_gift_in_kind_gets_a_correction_naming_the_first(desk):
    gift = GiftInKind.objects.create(
        giver_name="Ben", description="Tables", received_on=MARCH.date()
    )
    members = desk("members")
    url = reverse("admin:membership_giftinkind_acknowledgment", args=[gift.pk])
    members.post(url)
    GiftInKind.objects.update(returned_on=date(2026, 5, 1))

    members.post(url)

    second = Statement.objects.latest("pk")
    assert "replaces no. 2026-00001" in second.content["replaces"]
    assert "Tables" not in second.content["opening"]


@pytest.mark.parametrize(
    "figures, is_taken",
    [
        ({"number": "14"}, True),
        ({"amount_cents": "1,200"}, True),
        ({"counted": "given"}, True),
        ({}, False),
        ({"number": "14", "amount_cents": "12"}, False),
        ({"number": "14", "counted": "gifts"}, False),
    ],
)
def test_a_figure_says_one_thing(desk, figures, is_taken):
    data = {"words": "students", "year": "2026", "position": "0", "is_shown": "on", **figures}

    answer = desk("editor").post("/admin/membership/giftfigure/add/", data)

    assert (answer.status_code == 302) is is_taken
    assert GiftFigure.objects.exists() is is_taken
