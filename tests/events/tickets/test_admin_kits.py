"""The staff's page of kits: who may see it, what its buttons do, and the labels."""

import csv
import io

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from post_office.models import Email

from events.models import Ticket
from nsca.desk.groups import ensure_groups
from tests.events.reveal_kit import LONG_BEFORE
from tests.events.sales.test_buying import text_of
from tests.events.tickets.test_kits import HOME, make_kit, states
from tests.factories import make_user, sign_in_now

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def long_before(travel):
    travel(LONG_BEFORE)


@pytest.fixture
def packer(client, db):
    """Someone of the events group, signed in."""
    ensure_groups()
    user = make_user("packer@nsca.example", is_staff=True)
    user.groups.add(Group.objects.get(name="events"))
    sign_in_now(client, user)
    return user


def page_of(kit):
    return f"/admin/events/event/{kit.event.pk}/parcels/"


def test_the_page_is_for_those_who_may_read_an_address(client, kit):
    ensure_groups()
    user = make_user("till@nsca.example", is_staff=True)
    user.groups.add(Group.objects.get(name="treasurer"))
    client.force_login(user)

    assert client.get(page_of(kit)).status_code == 403
    assert client.get(page_of(kit) + "labels/").status_code == 403


def test_an_event_that_mails_something_leads_to_it(client, packer, kit, lesson):
    assert page_of(kit) in client.get(f"/admin/events/event/{lesson.pk}/change/").content.decode()


def test_it_begins_with_whose_address_is_missing(client, packer, kit):
    make_kit(kit, guest_name="Ada")
    make_kit(kit, guest_name="Cy", address="")

    words = text_of(client.get(page_of(kit)))

    assert words.index("Address missing: 1") < words.index("To pack: 1")


def test_without_a_kit_it_says_so(client, packer, kit):
    assert "No kits sold yet." in text_of(client.get(page_of(kit)))


def test_those_that_are_ticked_are_packed_and_the_log_says_by_whom(client, packer, kit):
    ticked, other = make_kit(kit), make_kit(kit)

    response = client.post(page_of(kit), {"act": "pack", "parcel": [ticked.pk]}, follow=True)

    entry = LogEntry.objects.get()
    assert "1 kit is packed." in text_of(response)
    assert states(kit.event) == ["to-pack", "packed"]
    assert (entry.user, entry.object_id) == (packer, str(ticked.pk))
    assert entry.change_message == "Kit: packed."
    assert Ticket.objects.get(pk=other.pk).packed_at is None


def test_mailing_asks_first_and_then_tells_the_holders(client, packer, kit):
    parcel = make_kit(kit)
    data = {"act": "post", "parcel": [parcel.pk]}

    asked = client.post(page_of(kit), data)
    nothing_yet = Email.objects.count()
    done = client.post(page_of(kit), data | {"sure": "1"}, follow=True)

    assert "we e-mail each ticket holder." in text_of(asked)
    assert f'name="parcel" value="{parcel.pk}"' in asked.content.decode()
    assert nothing_yet == 0
    assert "1 kit is mailed, and the ticket holders e-mailed." in text_of(done)
    assert Email.objects.count() == 1


def test_what_a_colleague_did_meanwhile_is_left_and_said(client, packer, kit):
    parcel = make_kit(kit, packed_at=LONG_BEFORE)

    response = client.post(page_of(kit), {"act": "pack", "parcel": [parcel.pk]}, follow=True)

    assert "1 kit was not changed" in text_of(response)
    assert LogEntry.objects.count() == 0


@pytest.mark.parametrize(
    "data, words",
    [
        ({"act": "pack"}, "Check at least one kit."),
        ({"act": "pack", "parcel": ["999999"]}, "One of these kits is gone."),
    ],
)
def test_nothing_ticked_or_nothing_there_is_said(client, packer, kit, data, words):
    assert words in text_of(client.post(page_of(kit), data, follow=True))


def test_the_labels_have_a_name_and_the_lines_and_harm_no_spreadsheet(client, packer, kit):
    make_kit(kit, guest_name="=HYPERLINK(1)")
    make_kit(kit, guest_name="Cy", address="")
    make_kit(kit, guest_name="Sent", packed_at=LONG_BEFORE, posted_at=LONG_BEFORE)

    response = client.post(page_of(kit) + "labels/")

    rows = list(csv.reader(io.StringIO(response.content.decode().lstrip("\ufeff"))))
    assert rows[0][:3] == ["name", "line 1", "line 2"]
    assert [row[:3] for row in rows[1:]] == [["'=HYPERLINK(1)", *HOME.splitlines()]]
    assert "Exported 1 rows" in LogEntry.objects.get().change_message
