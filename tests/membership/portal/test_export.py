"""One's own data: all of it, to oneself alone, asked for twice."""

import json
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.utils.html import escape
from post_office.models import Email

from membership.models import SignInCode, Stamp
from membership.people import consents
from membership.privacy import export as my_data
from membership.privacy.personal_data import everything
from pages.models import Message
from tests.factories import (
    NOON,
    make_city,
    make_event,
    make_member,
    make_order,
    make_person,
    make_ticket,
)

pytestmark = pytest.mark.django_db
HERS = "ada@ellery.example"


@pytest.fixture
def ada():
    person = make_member().people.get()
    person.name, person.phone = "Ada Ellery", "757 555 0123"
    person.save()
    return person


def held_on(person) -> dict:
    parcel = ZipFile(BytesIO(my_data.archive(person, at=NOON)))
    assert sorted(parcel.namelist()) == ["my-data.html", "my-data.json"]
    said = json.loads(parcel.read("my-data.json"))
    page = parcel.read("my-data.html").decode()
    for rows in said["held"].values():
        for row in rows:
            for term in row:
                assert escape(term).lower() in page.lower()
    return said["held"]


def words_of(held) -> str:
    return json.dumps(held, ensure_ascii=False)


def test_it_holds_what_every_part_of_the_site_knows(ada):
    city = make_city()
    make_ticket(make_event(city=city, title="The harbor walk"), needs="No nuts")
    make_order(state="paid", lines=({"label": "A gift for the harbor"},))
    Stamp.objects.create(person=ada, city=city, kind="hosting", on=NOON.date(), recorded_at=NOON)
    Message.objects.create(
        name="Ada", email=HERS, text="Is there parking?", submission_key="k", received_at=NOON
    )
    Email.objects.create(from_email="us@x.example", to=[HERS], subject="Your receipt", message="!")
    consents.decide(ada, {"news_flash": True}, at=NOON)

    held = words_of(held_on(ada))

    for word in (
        "The harbor walk", "No nuts", "A gift for the harbor", "hosted", "Is there parking?",
        "Your receipt", "the News Flash", "757 555 0123", "Individual", HERS,
    ):  # fmt: skip
        assert word in held, word


def test_each_keeper_has_its_chapter_even_where_it_holds_nothing(ada):
    assert list(held_on(ada)) == [keeper.title for keeper in everything()]
    assert len(everything()) >= 6


def test_nobody_else_is_in_it(ada):
    make_order(state="paid", buyer_name="Eve Else", buyer_email="eve@else.example")
    Email.objects.create(from_email="us@x.example", to=["eve@else.example"], subject="Hers")

    held = words_of(held_on(ada))

    assert "eve@else.example" not in held and "Eve Else" not in held and "Hers" not in held


def test_no_key_to_anything_is_in_it(ada):
    order = make_order(state="paid")
    ticket = make_ticket(make_event())

    held = words_of(held_on(ada))

    for secret in (order.token, ticket.token, order.submission_key, ada.user.password):
        assert secret not in held


def test_it_is_given_once_a_code_has_shown_that_it_is_they(client, ada):
    client.force_login(ada.user)

    refused = client.post("/membership/data/export/")
    code = SignInCode.objects.get().code()
    wrong = client.post("/membership/data/export/", {"code": "00000000"})
    given = client.post("/membership/data/export/", {"code": code})

    assert refused.status_code == wrong.status_code == 200
    assert "A code is on its way" in refused.text
    assert given["Content-Type"] == "application/zip"
    assert "no-store" in given["Cache-Control"]


def test_a_get_gives_nothing_away(client, ada):
    client.force_login(ada.user)

    page = client.get("/membership/data/export/")

    assert page["Content-Type"].startswith("text/html")


def test_of_two_who_share_an_address_each_gets_their_own(ada):
    ben = make_person(name="Ben Okoro", email=HERS, user=ada.user)
    make_order(state="paid", buyer_name="Ben Okoro", lines=({"label": "Ben's gift"},))
    make_order(state="paid", buyer_name="Ada Ellery", lines=({"label": "Ada's gift"},))

    assert "Ben's gift" in words_of(held_on(ben))
    assert "Ada's gift" not in words_of(held_on(ben))
    assert "Ben's gift" not in words_of(held_on(ada))
