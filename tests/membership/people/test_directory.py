"""The directory: by one's own choice, each thing apart, for members of the day only."""

from datetime import date, timedelta

import pytest

from membership.models import FavoriteCity, Listing, Person
from membership.people import directory
from tests.factories import NOON, make_city, make_member, make_person

pytestmark = pytest.mark.django_db
ON = date(2027, 4, 1)
DAY = timedelta(days=1)


def a_member(email="ada@ellery.example", name="Ada Ellery", **fields):
    user = make_member(email, **fields)
    person = user.people.get()
    person.name, person.phone = name, "757 555 0123"
    person.save()
    return person


def listed(person, *, email=False, phone=False):
    return directory.put(person, shows_email=email, shows_phone=phone, at=NOON)


def names(on=ON, sought=""):
    return [entry.name for entry in directory.entries(on, sought=sought)[0]]


def test_nobody_is_listed_until_they_say_so():
    a_member()

    assert names() == []


@pytest.mark.parametrize(
    "email, phone, shown",
    [
        (False, False, ("", "")),
        (True, False, ("ada@ellery.example", "")),
        (False, True, ("", "757 555 0123")),
    ],
)
def test_each_thing_is_shown_by_its_own_tick(email, phone, shown):
    listed(a_member(), email=email, phone=phone)

    entry = directory.entries(ON)[0][0]

    assert (entry.email, entry.phone) == shown


@pytest.mark.parametrize("day, is_there", [(ON - DAY, True), (ON, True), (ON + DAY, False)])
def test_whoever_leaves_is_gone_the_same_day(day, is_there):
    listed(a_member(ends_on=ON))

    assert (names(day) == ["Ada Ellery"]) is is_there


@pytest.mark.parametrize(
    "born_on, is_there", [(date(2009, 4, 1), True), (date(2009, 4, 2), False)]
)
def test_a_child_is_never_listed(born_on, is_there):
    person = a_member()
    Person.objects.filter(pk=person.pk).update(born_on=born_on)
    listed(person)

    assert bool(names()) is is_there


def test_a_child_cannot_open_the_page_for_it(client):
    person = a_member()
    Person.objects.filter(pk=person.pk).update(born_on=date.today() - 3650 * DAY)
    client.force_login(person.user)

    assert client.get("/membership/directory/me/").status_code == 404


def test_searching_finds_names_and_cities_and_no_address_that_is_hidden():
    ada, ben = a_member(), a_member("ben@okoro.example", "Ben Okoro")
    listed(ada)
    listed(ben, email=True)
    FavoriteCity.objects.create(person=ada, city=make_city("toulon"))

    assert names(sought="toul") == ["Ada Ellery"]
    assert names(sought="okoro.ex") == ["Ben Okoro"]
    assert names(sought="ellery.ex") == []


def test_visitors_and_former_members_find_nobody(client):
    listed(a_member(ends_on=None))
    expired = make_member("cy@gone.example", ends_on=date(2026, 6, 1))
    client.force_login(expired)

    page = client.get("/membership/directory/")

    assert "Ada Ellery" not in page.text
    assert "while your membership is valid" in page.text


def test_a_member_lists_and_unlists_themselves(client):
    ada = a_member()
    client.force_login(ada.user)

    client.post("/membership/directory/me/", {"is_listed": "on", "shows_phone": "on"})
    entry = Listing.objects.get()
    client.post("/membership/directory/me/", {"shows_phone": "on"})

    assert (entry.person, entry.shows_email, entry.shows_phone) == (ada, False, True)
    assert Listing.objects.count() == 0


def test_the_page_is_kept_nowhere_and_found_by_no_search_engine(client):
    ada = a_member()
    listed(ada)
    client.force_login(ada.user)

    page = client.get("/membership/directory/")

    assert "Ada Ellery" in page.text
    assert page["X-Robots-Tag"] == "noindex"
    assert "no-store" in page["Cache-Control"]


def test_a_hundred_entries_cost_as_one_does(client, django_assert_max_num_queries):
    ada = a_member()
    city = make_city("toulon")
    for number in range(100):
        person = make_person(ada.household, name=f"Guest {number}")
        listed(person)
        FavoriteCity.objects.create(person=person, city=city)

    with django_assert_max_num_queries(2):
        found, _ = directory.entries(ON)

    assert len(found) == 100
