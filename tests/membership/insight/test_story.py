"""A person's history and page in the admin."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from post_office.models import STATUS, Email

from events.models import Scan
from membership.insight import story
from membership.models import Address, Consent, Stamp, Term, Tier
from membership.terms.ending import end
from nsca.desk.groups import ensure_groups
from tests.factories import (
    NOON,
    make_city,
    make_event,
    make_order,
    make_person,
    make_ticket,
    make_user,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
INLINES = ("household_members", "addresses", "favorite_cities")


@pytest.fixture
def director():
    return make_user("dee@nsca.example", name="Dee Park", is_staff=True, is_superuser=True)


@pytest.fixture
def ada():
    return make_person(name="Ada Ellery", email="ada@ellery.example", member_number=100_001)


def texts(person, reader, **kwargs):
    return [entry.text for entry in story.page_of(person, reader=reader, **kwargs).entries]


def a_life(person):
    """Something of each kind."""
    tier, _ = Tier.objects.get_or_create(slug="individual", defaults={"name": "Individual"})
    term = Term.objects.create(
        household=person.household, tier=tier, starts_on=date(2026, 5, 1),
        ends_on=date(2027, 4, 30), reason="board",
    )  # fmt: skip
    end(term, on=date(2027, 1, 5), because="moved away")
    order = make_order(state="paid", lines=(), payments=False, buyer_email=person.email)
    ticket = make_ticket(make_event(lead=DAY), order=order, guest_name=person.name)
    Scan.objects.create(ticket=ticket, at=NOON)
    Consent.objects.create(
        person=person, topic="events", is_given=True, at=NOON, words="Yes", how="member"
    )
    city = make_city(f"city-{Stamp.objects.count()}")
    Stamp.objects.create(
        person=person, city=city, kind="hosting", on=date(2026, 6, 1), recorded_at=NOON
    )
    Email.objects.create(
        from_email="office@nsca.example", to=f"Ada <{person.email}>", subject="Your receipt",
        status=STATUS.failed,
    )  # fmt: skip


def test_it_lists_everything_that_happened(ada, director):
    a_life(ada)

    told = " ".join(texts(ada, director))

    for words in (
        "Individual membership starts, through April 30, 2027 (board)",
        "was ended: moved away",
        "Ticket for Ada Ellery",
        "Checked in: Soirée en Blanc",
        "Agreed to invitations to events",
        "Hosted, City 0",
        "“Your receipt”: could not be sent",
        "The record was created",
    ):
        assert words in told


def test_the_newest_is_first(ada, director):
    a_life(ada)

    instants = [entry.at for entry in story.page_of(ada, reader=director).entries]

    assert instants == sorted(instants, reverse=True)


def test_a_change_names_the_field_and_never_the_value(ada, director):
    ada.email = "new@ellery.example"
    ada._history_user = director
    ada.save()

    told = texts(ada, director, what="changes")

    assert told[0] == "Dee Park changed: e-mail."
    assert "ellery.example" not in " ".join(told)


def test_a_record_without_a_history_has_a_page(ada, director):
    ada.history.all().delete()

    assert texts(ada, director) == []


def test_a_sign_in_code_is_never_in_it(ada, director):
    Email.objects.create(
        from_email="a@x.example", to=ada.email, subject="12345678 is your sign-in code"
    )

    assert "12345678" not in " ".join(texts(ada, director))


def test_other_peoples_entries_are_not_listed(ada, director):
    other = make_person(name="Ben Okoro", email="ben@okoro.example")
    a_life(other)
    Email.objects.create(from_email="a@x.example", to="nada@ellery.example", subject="Not hers")

    assert len(texts(ada, director)) == 1  # the record was begun


def test_each_of_their_addresses_counts(ada, director):
    Address.objects.create(person=ada, email="work@ellery.example")
    Email.objects.create(from_email="a@x.example", to="Work@ellery.example", subject="At work")

    assert "“At work”: waiting." in " ".join(texts(ada, director))


def test_without_the_permission_no_tickets_are_listed(ada):
    a_life(ada)
    mel = make_user("mel@nsca.example", permissions=("membership.view_person",))

    told = " ".join(texts(ada, mel))

    assert "Ticket" not in told
    assert "Order" not in told
    assert "Hosted" in told


def test_a_long_history_costs_no_more_queries_than_a_short_one(ada, director):
    a_life(ada)
    with CaptureQueriesContext(
        connection,
    ) as short:
        story.page_of(ada, reader=director)
    for _ in range(5):
        a_life(ada)

    with CaptureQueriesContext(connection) as long:
        story.page_of(ada, reader=director)

    assert len(long) == len(short)


def test_pages_leave_nothing_out(ada, director, monkeypatch):
    monkeypatch.setattr(story, "A_PAGE", 3)
    a_life(ada)
    whole, number = [], 1
    while True:
        page = story.page_of(ada, reader=director, number=number)
        whole += page.entries
        if not page.has_more:
            break
        number += 1

    monkeypatch.setattr(story, "A_PAGE", 100)
    assert whole == list(story.page_of(ada, reader=director).entries)


# --- At the admin ------------------------------------------------------------------------------


@pytest.fixture
def desk(client):
    ensure_groups()

    def sign_in(group):
        user = make_user(f"{group}@nsca.example", name=group.title(), is_staff=True)
        user.groups.add(Group.objects.get(name=group))
        client.force_login(user)
        return client

    return sign_in


def at(name, *args):
    return reverse(f"admin:membership_person_{name}", args=args)


def test_a_persons_page_shows_history_and_actions(desk, ada):
    a_life(ada)

    page = desk("director").get(at("change", ada.pk)).content.decode()

    assert "What happened last" in page
    for act in ("Record a check", "Send renewal link", "Pause", "End membership",
                "Merge with another record", "Explain member status"):  # fmt: skip
        assert act in page
    assert "could not be sent" in page


def test_the_history_page_answers_odd_addresses(desk, ada):
    client = desk("members")

    for query in ("?page=0", "?page=x", "?page=99999999999", "?what=nothing", "?what=changes"):
        assert client.get(at("story", ada.pk) + query).status_code == 200


def test_ending_asks_why_and_notes_who(desk, ada):
    tier = Tier.objects.create(slug="i", name="Individual")
    term = Term.objects.create(
        household=ada.household, tier=tier, starts_on=date(2020, 1, 1), reason="board"
    )
    client = desk("members")
    assert client.post(at("end", ada.pk), {"on": "2027-04-01", "reason": ""}).status_code == 422

    client.post(at("end", ada.pk), {"on": "2027-04-01", "reason": "At their request"})

    term.refresh_from_db()
    assert term.ended_on == date(2027, 4, 1)
    assert term.ended_because == "At their request (Members)"


def test_a_treasurer_takes_money_but_ends_no_membership(desk, ada):
    client = desk("treasurer")
    page = client.get(at("change", ada.pk)).content.decode()

    assert "Record a check" in page
    assert "End membership" not in page
    assert client.get(at("end", ada.pk)).status_code == 403
    assert client.get(at("died", ada.pk)).status_code == 403


@pytest.mark.parametrize(("act", "template"), [("renewal_link", "renew"), ("sign_in", "sign in")])
def test_e_mails_go_to_the_person(desk, ada, act, template):
    client = desk("members")
    assert client.get(at(act, ada.pk)).status_code == 200

    client.post(at(act, ada.pk))

    assert "ada@ellery.example" in str(Email.objects.get().to)


@pytest.mark.parametrize("act", ["pause", "hardship", "died", "receipt", "alive", "merge_with"])
def test_each_action_has_its_page(desk, ada, act):
    assert desk("director").get(at(act, ada.pk)).status_code in (200, 302)


def test_few_staff_see_a_child(desk, ada):
    child = make_person(ada.household, name="Cy Ellery", born_on=date(2020, 1, 1), guardian=ada)

    members = desk("members").get(at("changelist")).content.decode()
    treasurer = desk("treasurer")
    money = treasurer.get(at("changelist")).content.decode()
    home = treasurer.get(
        reverse("admin:membership_household_change", args=[ada.household.pk])
    ).content.decode()
    take = reverse("admin:membership_household_take")

    assert ("Cy Ellery" in members, "Cy Ellery" in money, "Cy Ellery" in home) == (
        True, False, False,
    )  # fmt: skip
    assert treasurer.get(at("change", child.pk)).status_code != 200
    assert treasurer.get(f"{take}?person={child.pk}").status_code == 404


def test_a_possible_duplicate_is_shown_at_entry(desk, ada):
    client = desk("members")
    form = {
        "name": "Ada Elery", "email": "", "phone": "",
        **{f"{name}-TOTAL_FORMS": 0 for name in INLINES},
        **{f"{name}-INITIAL_FORMS": 0 for name in INLINES},
    }  # fmt: skip

    asked = client.post(at("add"), form)
    assert "We may already know this person" in asked.content.decode()
    assert at("change", ada.pk) in asked.content.decode()
    client.post(at("add"), form | {"is_another": "on"})

    assert type(ada).objects.filter(name="Ada Elery").count() == 1


def test_the_filters_follow_the_same_rule_as_the_row(desk, ada):
    tier = Tier.objects.create(slug="i", name="Individual")
    city = make_city("toulon")
    ada.favorite_cities.create(city=city)
    Term.objects.create(
        household=ada.household, tier=tier, starts_on=date(2020, 1, 1), reason="board"
    )
    make_person(name="Ben Okoro")
    client = desk("members")

    def names(query):
        page = client.get(at("changelist") + query)
        return {person.name for person in page.context["cl"].result_list}

    assert names("?status=life") == {"Ada Ellery"}
    assert names("?status=prospect") == {"Ben Okoro"}
    assert names(f"?level={tier.pk}") == {"Ada Ellery"}
    assert names(f"?city={city.pk}") == {"Ada Ellery"}
    assert names("?age=minor") == set()
    assert names("?status=x&level=y&city=z&age=q") == {"Ada Ellery", "Ben Okoro"}
    assert names("?q=ellery+ada") == {"Ada Ellery"}
