"""What staff do for members' passports and erasure requests."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.urls import reverse

from membership.models import Person, Stamp
from nsca.desk.groups import ensure_groups
from tests.factories import (
    NOON,
    make_city,
    make_event,
    make_member,
    make_ticket,
    make_user,
    sign_in_now,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    person = make_member().people.get()
    person.name, person.member_number = "Ada Ellery", 100_123
    person.save()
    return person


def signed_in(client, group):
    ensure_groups()
    user = make_user(f"{group}@nsca.example", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    sign_in_now(client, user)
    return user


def erase(client, person, **typed):
    return client.post(reverse("admin:membership_person_erase", args=[person.pk]), typed)


def test_staff_erase_at_once_and_the_log_knows_no_name(client, ada):
    signed_in(client, "members")

    erase(client, ada, number="100123")

    assert Person.objects.get().name == "Former member 100123"
    assert [str(entry.object_repr) for entry in LogEntry.objects.all()] == ["Former member 100123"]


@pytest.mark.parametrize("typed", ["", "100124", "Ada Ellery"])
def test_the_number_is_typed_back_first(client, ada, typed):
    signed_in(client, "members")

    page = erase(client, ada, number=typed)

    assert page.status_code == 422
    assert Person.objects.get().name == "Ada Ellery"


def test_a_guest_whom_the_door_expects_is_not_erased_by_staff_either(client, ada):
    signed_in(client, "members")
    event = make_event(starts_at=NOON.replace(year=2099), title="The far evening")
    make_ticket(event, guest_email="ada@ellery.example")

    page = erase(client, ada, number="100123")

    assert "Not possible yet: You have tickets for The far evening" in page.text
    assert Person.objects.get().name == "Ada Ellery"


@pytest.mark.parametrize("group", ["treasurer", "editor", "door", "events"])
def test_nobody_else_erases(client, ada, group):
    signed_in(client, group)

    assert erase(client, ada, number="100123").status_code == 403
    assert Person.objects.get().erased_at is None


def test_a_stamp_knows_who_wrote_it_down(client, ada):
    user = signed_in(client, "members")
    city = make_city()

    client.post(
        reverse("admin:membership_stamp_add"),
        {"person": ada.pk, "city": city.pk, "kind": "hosting", "on": "2026-07-01", "words": "Two"},
    )

    stamp = Stamp.objects.get()
    assert (stamp.by, stamp.person, stamp.on.isoformat()) == (user, ada, "2026-07-01")
