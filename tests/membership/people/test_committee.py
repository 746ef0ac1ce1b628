"""A committee chair sees the people of their own city who agreed, and nobody else."""

from datetime import date

import pytest
import time_machine

from membership.models import CommitteeChair, FavoriteCity
from tests.factories import NOON, make_city, make_person, make_user

pytestmark = pytest.mark.django_db
PAGE = "/membership/committee/"


@pytest.fixture
def toulon():
    return make_city("toulon")


@pytest.fixture
def chair(client, toulon):
    user = make_user("chair@nsca.example", name="Cleo Hart")
    CommitteeChair.objects.create(user=user, city=toulon)
    with time_machine.travel(NOON, tick=False):
        client.force_login(user)
        yield client


def hearted(city, *, may_be_seen=True, **fields):
    person = make_person(**{"name": "Ada Ellery", "email": "ada@ellery.example", **fields})
    FavoriteCity.objects.create(person=person, city=city, may_be_seen=may_be_seen)
    return person


def seen(client):
    return client.get(PAGE).content.decode()


def test_a_chair_sees_name_and_address_of_who_agreed(chair, toulon):
    hearted(toulon, phone="757 555 0100")

    page = seen(chair)

    for words in ("Ada Ellery", "ada@ellery.example", "757 555 0100", "1 person"):
        assert words in page


@pytest.mark.parametrize(
    "who",
    [
        {"may_be_seen": False},
        {"died_on": date(2027, 1, 1)},
        {"erased_at": NOON},
        {"born_on": date(2009, 4, 2)},  # 18 tomorrow
    ],
)
def test_nobody_who_did_not_agree_who_died_or_is_a_child(chair, toulon, who):
    hearted(toulon, **who)

    assert "Ada Ellery" not in seen(chair)


def test_one_who_is_grown_since_today_is_seen(chair, toulon):
    hearted(toulon, born_on=date(2009, 4, 1))

    assert "Ada Ellery" in seen(chair)


def test_nobody_of_another_city(chair):
    hearted(make_city("tema"))

    assert "Ada Ellery" not in seen(chair)


def test_whoever_leads_no_committee_finds_nothing(client, toulon):
    hearted(toulon)
    client.force_login(make_user("mel@nsca.example", is_staff=True, is_superuser=True))

    assert client.get(PAGE).status_code == 404


def test_a_visitor_is_asked_to_sign_in(client):
    assert client.get(PAGE).url.startswith("/accounts/login/")


def test_it_is_stored_nowhere(chair):
    assert "no-store" in chair.get(PAGE).headers["Cache-Control"]
