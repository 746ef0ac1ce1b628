"""The staff's side of the door: links are made, shown once, mailed and revoked; the paper list."""

import re
from datetime import UTC, datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from post_office.models import Email

from events.models import Choice, DoorLink, Scan, Table
from nsca.desk.groups import ensure_groups
from tests.events.door_kit import DOORS, HOUR, RUTHS, SEVEN, make_door_link, read
from tests.events.reveal_kit import LONG_BEFORE, STARTS, VENUE, T
from tests.factories import make_ticket, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def sign_in(client, db):
    """A function that signs the test's client in as a member of a group."""
    ensure_groups()

    def enter(group):
        user = make_user(f"{group}@nsca.example", name=group.title(), is_staff=True)
        user.groups.add(Group.objects.get(name=group))
        client.force_login(user)
        return client

    return enter


ADD = reverse("admin:events_doorlink_add")
FORM = {
    "name": "Ruth",
    "gate": "west gate",
    "opens_at_0": "2027-05-20",
    "opens_at_1": "15:30",
    "ends_at_0": "2027-05-20",
    "ends_at_1": "23:00",
}


# --- Making a link -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("doors_at", "opens_at"),
    [(DOORS, DOORS - 2 * HOUR), (None, STARTS - 2 * HOUR)],
)
def test_the_usual_hours_are_two_around_the_evening(doors_at, opens_at, sign_in, soiree, travel):
    soiree.doors_at = doors_at
    soiree.save()
    travel(LONG_BEFORE)

    form = sign_in("events").get(f"{ADD}?event={soiree.pk}").context["adminform"].form

    assert int(form.initial["event"]) == soiree.pk
    assert (form.initial["opens_at"], form.initial["ends_at"]) == (
        opens_at,
        soiree.ends_at + 2 * HOUR,
    )


def test_a_new_link_is_shown_once_with_its_square(sign_in, soiree, travel):
    travel(T)
    client = sign_in("events")

    response = client.post(ADD, FORM | {"event": soiree.pk}, follow=True)
    link = DoorLink.objects.get()
    again = client.get(response.redirect_chain[-1][0])

    assert (link.opens_at, link.ends_at) == (
        datetime(2027, 5, 20, 19, 30, tzinfo=UTC),
        datetime(2027, 5, 21, 3, 0, tzinfo=UTC),
    )
    assert (link.created_by.name, link.created_at) == ("Events", T)
    page = response.content.decode()
    assert f"http://testserver/door/{link.token}/" in page
    assert 'aria-label="Door link of Ruth"' in page
    assert link.token not in again.content.decode()
    assert "can’t be shown again" in again.content.decode()


def test_no_other_page_of_the_admin_shows_it(sign_in, soiree, travel):
    travel(T)
    link = make_door_link(soiree)
    client = sign_in("director")

    pages = [
        client.get(reverse("admin:events_doorlink_changelist")),
        client.get(reverse("admin:events_doorlink_change", args=[link.pk])),
        client.get(reverse("admin:events_doorlink_history", args=[link.pk])),
        client.get(reverse("admin:events_doorlink_link", args=[link.pk])),
    ]

    assert [link.token in page.content.decode() for page in pages] == [False] * 4


def test_a_link_may_be_mailed_and_the_address_is_not_kept(sign_in, soiree, travel):
    travel(T)

    sign_in("events").post(ADD, FORM | {"event": soiree.pk, "mail_to": "ruth@x.example"})

    link, email = DoorLink.objects.get(), Email.objects.get()
    assert email.to == ["Ruth <ruth@x.example>"]
    assert email.subject == "Your door link for Soirée en Blanc, May 20, 2027"
    address = f"http://testserver/door/{link.token}/"
    assert address in email.message
    assert address in email.html_message
    assert "Thursday, May 20, 2027 at 3:30 p.m. EDT" in email.message
    assert VENUE.name not in email.message + email.html_message


def test_an_end_before_the_beginning_is_refused_in_words(sign_in, soiree, travel):
    travel(T)

    response = sign_in("events").post(ADD, FORM | {"event": soiree.pk, "ends_at_1": "15:00"})

    assert "The link ends before it starts." in response.content.decode()
    assert DoorLink.objects.count() == 0


# --- Revoking one ------------------------------------------------------------------------------


def test_a_link_is_revoked_after_a_question(sign_in, soiree, travel):
    link = make_door_link(soiree)
    travel(SEVEN)
    client, address = sign_in("events"), reverse("admin:events_doorlink_revoke", args=[link.pk])

    asked = client.get(address)
    link.refresh_from_db()
    assert "stops working at once" in asked.content.decode()
    assert link.revoked_at is None

    client.post(address)
    link.refresh_from_db()
    assert link.revoked_at == SEVEN
    assert client.get(reverse("door:home", args=[link.token])).status_code == 410


@pytest.mark.parametrize("group", ["treasurer", "members", "editor", "door"])
def test_who_may_not_make_links_does_not_revoke_them_either(group, sign_in, soiree):
    link = make_door_link(soiree)

    response = sign_in(group).post(reverse("admin:events_doorlink_revoke", args=[link.pk]))

    link.refresh_from_db()
    assert response.status_code == 403
    assert link.revoked_at is None


# --- Readings ----------------------------------------------------------------------------------


def test_what_was_read_can_be_looked_at_and_not_changed(sign_in, soiree):
    ticket = make_ticket(soiree, guest_name="Ada Ellery")
    read(make_door_link(soiree), ticket)
    client, scan = sign_in("door"), Scan.objects.get()

    listed = client.get(reverse("admin:events_scan_changelist")).content.decode()

    assert "Ada Ellery" in listed
    assert "west gate" in listed
    change = client.post(reverse("admin:events_scan_change", args=[scan.pk]), {"gate": "x"})
    assert change.status_code == 403


@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_database_itself_refuses_to_change_a_reading(act, soiree):
    read(make_door_link(soiree), make_ticket(soiree))
    acts = {
        "update": lambda: Scan.objects.update(gate="elsewhere"),
        "delete": lambda: Scan.objects.all().delete(),
    }

    with pytest.raises(DatabaseError), transaction.atomic():
        acts[act]()

    assert Scan.objects.get().gate == "west gate"


# --- On paper ----------------------------------------------------------------------------------


def paper(client, event, by="name") -> str:
    address = reverse("admin:events_event_door_list", args=[event.pk, by])
    return client.get(address).content.decode()


def words_of(page) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.fixture
def guests(soiree):
    table = Table.objects.create(event=soiree, name="Granby Street", number=14, opened_at=SEVEN)
    box = Choice.objects.create(event=soiree, label="Salmon box")
    return {
        "ada": make_ticket(
            soiree, guest_name="Zoë Ellery", table=table, choice=box, access="A wheelchair",
            needs="Nuts", code="CDF4-GHJ6",
        ),
        "ben": make_ticket(soiree, guest_name="Ben Okoro", code="MMMM-NNNN"),
        "off": make_ticket(soiree, guest_name="Off", canceled_at=DOORS),
    }  # fmt: skip


def test_the_list_by_name_has_supper_table_and_needs_of_the_door(sign_in, soiree, guests, travel):
    travel(SEVEN)

    words = words_of(paper(sign_in("door"), soiree))

    assert "2 guests, by name (as of 7:02 p.m.)." in words
    assert words.index("Ben Okoro") < words.index("Zoë Ellery")
    assert "Zoë Ellery 14. Granby Street Salmon box A wheelchair Ada Ellery CDF4-GHJ6" in words


def test_the_list_by_table_ends_with_those_who_sit_anywhere(sign_in, soiree, guests):
    words = words_of(paper(sign_in("door"), soiree, "table"))

    assert words.index("Table 14. Granby Street, 1 guest") < words.index("At any table, 1 guest")


def test_the_paper_has_no_allergies_no_addresses_and_never_the_venue(
    sign_in, soiree, guests, travel
):
    travel(T + HOUR)

    client = sign_in("director")

    pages = [paper(client, soiree, by) for by in ("name", "table")]

    for page in pages:
        assert "Nuts" not in page
        assert "@" not in page
        assert VENUE.name not in page
        assert "Off" not in words_of(page).split()


def test_who_is_in_already_is_ticked(sign_in, soiree, guests):
    read(make_door_link(soiree), guests["ben"], phone=RUTHS)

    assert "In at 7:02 p.m. Ben Okoro" in words_of(paper(sign_in("door"), soiree))


def test_nobody_yet_is_said(sign_in, soiree):
    assert "Nobody has a ticket yet." in paper(sign_in("door"), soiree)


def test_that_the_list_was_opened_is_noted_without_anybody_on_it(sign_in, soiree, guests):
    paper(sign_in("door"), soiree)

    entry = LogEntry.objects.get(object_repr="door list")
    assert entry.change_message == "Opened the door list of 2 guests, by name."


def test_a_list_costs_the_same_however_many_guests_there_are(sign_in, soiree, guests):
    client = sign_in("door")

    def queries():
        with CaptureQueriesContext(connection) as captured:
            paper(client, soiree, "table")
        return len([q for q in captured if "nsca_cache" not in q["sql"]])

    queries()
    few = queries()
    for _ in range(30):
        make_ticket(soiree)

    assert queries() == few


def test_another_order_of_the_list_is_not_there(sign_in, soiree):
    address = reverse("admin:events_event_door_list", args=[soiree.pk, "venue"])

    assert sign_in("door").get(address).status_code == 404


def test_the_event_s_page_leads_to_links_and_list(sign_in, soiree):
    page = sign_in("events").get(reverse("admin:events_event_change", args=[soiree.pk]))

    assert f"/admin/events/doorlink/?event__id__exact={soiree.pk}" in page.content.decode()
    assert reverse("admin:events_event_door_list", args=[soiree.pk, "name"]) in (
        page.content.decode()
    )


def test_the_instant_of_volunteers_is_set_by_those_who_may_reveal(sign_in, soiree):
    change = reverse("admin:events_event_change", args=[soiree.pk])

    assert 'name="volunteers_at_0"' in sign_in("events").get(change).content.decode()
    assert 'name="volunteers_at_0"' not in sign_in("editor").get(change).content.decode()
