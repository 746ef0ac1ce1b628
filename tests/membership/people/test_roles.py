"""Who of staff reads of people: every page of the admin, searched for a person who is nowhere
else.

What each address answers to whom is tests/test_role_matrix.py's; this looks into the answers.
"""

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.cache import cache, caches
from django.test import Client

from membership.models import (
    Address,
    FavoriteCity,
    Household,
    Mailing,
    MailingRecipient,
    Person,
    User,
)
from tests.factories import make_city, make_user
from tests.secrecy.addresses import addresses
from tests.secrecy.world import LONG_BEFORE, SECOND, T, Viewer, build

pytestmark = pytest.mark.django_db

NAME, EMAIL, PHONE = "Quilla Canary", "quilla@person.example", "757-555-0147"
FURTHER = "second-quilla@person.example"
STREET = "99 Canary Street"
OF_PEOPLE = (NAME, EMAIL, FURTHER, PHONE, STREET)
GUESTS = "@guest.example"  # whoever bought or asked for something in the world of the walk


@pytest.fixture
def world():
    world = build()
    person = Person.objects.get(name="Ada Ellery")
    Person.objects.filter(pk=person.pk).update(name=NAME, email=EMAIL, phone=PHONE)
    Household.objects.update(name=NAME, postal_address=STREET)
    Address.objects.create(person=person, email=FURTHER)
    FavoriteCity.objects.create(person=person, city=make_city("kochi"))
    mailing = Mailing.objects.first()
    MailingRecipient.objects.create(mailing=mailing, email=EMAIL, name=NAME, person=person)
    return world


def read_by(role, world) -> dict[str, str]:
    """Every page of the admin that opens to a role, by its address."""
    caches["pages"].clear()
    cache.clear()
    user = User.objects.filter(email=f"{role}@role.example").first()
    if user is None:
        user = make_user(f"{role}@role.example", is_staff=True)
        user.groups.add(Group.objects.get(name=role))
    holder, waiting = world.viewers["holder"], world.viewers["party that waits"]
    viewer = Viewer(
        role, holder.ticket, holder.order, waiting.entry,
        world.viewers["somebody who is offered a ticket"].offer,
        world.viewers["door volunteer"].door, is_staff=True,
    )  # fmt: skip
    client = Client(raise_request_exception=False)
    pages = {}
    with time_machine.travel(T - SECOND, tick=False):
        client.force_login(user)
        paths = [
            address.path
            for address in addresses(world, viewer)
            if address.path.startswith("/admin/")
        ]
        for path in paths:
            answer = client.get(path)
            if answer.status_code == 200 and not answer.streaming:
                pages[path] = answer.content.decode(errors="replace")
    assert "/admin/" in pages
    return pages


def found(pages: dict[str, str], *words: str) -> list[tuple[str, str]]:
    return [(path, word) for path, body in pages.items() for word in words if word in body]


def test_the_door_reads_no_address_of_anybody(world):
    pages = read_by("door", world)

    assert found(pages, GUESTS, *OF_PEOPLE) == []


@pytest.mark.parametrize("role", ["editor", "events"])
def test_who_writes_words_or_runs_evenings_reads_of_no_member(role, world):
    pages = read_by(role, world)

    assert found(pages, *OF_PEOPLE) == []


@pytest.mark.parametrize("role", ["members", "director"])
def test_who_works_with_members_does(role, world):
    """Otherwise the tests above would find nothing because nothing is there."""
    pages = read_by(role, world)

    seen = {word for _path, word in found(pages, *OF_PEOPLE)}
    assert seen == set(OF_PEOPLE)


def test_the_treasurer_reads_money_and_writes_to_nobody(world):
    pages = read_by("treasurer", world)

    assert any(path.startswith("/admin/orders/ledgerentry/report") for path in pages)
    assert not any("/mailing/" in path or "/emailsuppression/" in path for path in pages)


def test_members_staff_read_no_ledger(world):
    pages = read_by("members", world)

    assert not any("ledgerentry" in path or "payout" in path for path in pages)


def test_nobody_who_is_not_staff_reads_any_of_it(world):
    client = Client()
    client.force_login(world.viewers["member"].user)

    for path in ("/admin/", "/admin/membership/person/", "/admin/membership/mailing/"):
        assert client.get(path).status_code in (302, 403)
    assert LONG_BEFORE < T
