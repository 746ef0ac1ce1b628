"""The Monday mail: once a week to each of staff, from seven in Norfolk, and never a name in it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from post_office.models import Email

from membership.models import MondayMail
from nsca.desk import monday
from nsca.desk.groups import ensure_groups
from nsca.desk.home import Card, todo_list
from orders.models import Task
from tests.factories import make_event, make_user

# 7:00 in Norfolk on a Monday: in summer 11:00 UTC, in winter 12:00; and the Mondays after both
# changes of the clock.
SUMMER = datetime(2027, 5, 3, 11, 0, tzinfo=UTC)
WINTER = datetime(2027, 1, 4, 12, 0, tzinfo=UTC)
AFTER_MARCH = datetime(2027, 3, 15, 11, 0, tzinfo=UTC)
AFTER_NOVEMBER = datetime(2027, 11, 8, 12, 0, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def director():
    ensure_groups()
    user = make_user("director@staff.example", is_staff=True, name="Dot Rector")
    user.groups.add(Group.objects.get(name="director"))
    Task.objects.create(key="t", text="Call Ada Ellery", created_at=WINTER)
    return user


@pytest.mark.parametrize("seven", [SUMMER, WINTER, AFTER_MARCH, AFTER_NOVEMBER])
def test_it_leaves_from_seven_on_at_every_season(seven, director):
    monday.tick(seven - SECOND)
    assert Email.objects.count() == 0

    monday.tick(seven)

    assert Email.objects.count() == 1


def test_once_a_week_and_again_the_next(director):
    for at in (SUMMER, SUMMER + SECOND, SUMMER + 2 * DAY, SUMMER + 7 * DAY):
        monday.tick(at)

    assert list(MondayMail.objects.values_list("week", flat=True)) == ["2027-W19", "2027-W18"]
    assert Email.objects.count() == 2


@pytest.mark.parametrize(("days", "emails"), [(2, 1), (3, 0), (-1, 0)])
def test_a_ticker_that_slept_sends_it_until_wednesday(days, emails, director):
    monday.tick(SUMMER + days * DAY)

    assert Email.objects.count() == emails


@pytest.mark.parametrize(
    "change", [{"monday_mail": False}, {"is_staff": False}, {"is_active": False}]
)
def test_only_staff_who_want_it_get_it(change, director):
    type(director).objects.filter(pk=director.pk).update(**change)

    monday.tick(SUMMER)

    assert Email.objects.count() == 0


def test_a_week_without_work_sends_nothing(director):
    Task.objects.all().delete()

    monday.tick(SUMMER)

    assert (Email.objects.count(), MondayMail.objects.count()) == (0, 1)


def test_it_says_how_much_and_how_long_and_names_nobody(director):
    monday.tick(SUMMER)

    email = Email.objects.get()
    assert email.subject == "One thing, four minutes."
    assert "1. Do 1 open task. About 4 minutes." in email.message
    assert "Ellery" not in email.message + email.html_message
    assert "/admin/monday/" in email.message


def test_to_each_what_they_may_see(director):
    door = make_user("door@staff.example", is_staff=True)
    door.groups.add(Group.objects.get(name="door"))

    monday.tick(SUMMER)

    assert [email.to for email in Email.objects.all()] == [["Dot Rector <director@staff.example>"]]


def test_of_a_sealed_evening_it_says_the_same_whatever_is_missing(director):
    """The venue is not set here, three days before; the sentence does not say so."""
    make_event(starts_at=SUMMER + 3 * DAY, lead=DAY)

    monday.tick(SUMMER)

    email = Email.objects.get()
    assert "Check that everything is ready for the next reveal." in email.message
    assert "venue" not in email.message


def card(todo="Do it.", count=1, minutes=1, **fields):
    return Card("k", "Title", count, "/admin/", todo=todo, minutes=minutes, **fields)


def test_at_most_five_and_no_thing_takes_the_whole_day():
    found = todo_list([card(count=100), card(), card(count=0), card(todo=""), *[card()] * 5])

    assert [thing.minutes for thing in found.things] == [30, 1, 1, 1, 1]
    assert found.heading == "Five things, 34 minutes."
    assert found.more == 2


@pytest.mark.parametrize(
    ("cards", "heading"),
    [
        ([], "Nothing needs you."),
        ([card()], "One thing, one minute."),
        ([card(minutes=3), card(count=3, minutes=3)], "Two things, twelve minutes."),
        ([card(count=3, minutes=5, is_one=True)], "One thing, five minutes."),
    ],
)
def test_its_heading(cards, heading):
    assert todo_list(cards).heading == heading


def test_whoever_gets_it_can_stop_it_themselves(client, director):
    client.force_login(director)

    assert "You get it at director@staff.example." in client.get("/admin/monday/").content.decode()
    client.post("/admin/monday/")

    director.refresh_from_db()
    assert not director.monday_mail


@pytest.mark.parametrize(
    ("age", "rows"), [(60 * DAY - SECOND, 1), (60 * DAY, 1), (60 * DAY + SECOND, 0)]
)
def test_its_rows_go_after_sixty_days(age, rows, director):
    MondayMail.objects.create(user=director, week="2027-W18", sent_at=SUMMER)

    monday.forget(SUMMER + age)

    assert MondayMail.objects.count() == rows
