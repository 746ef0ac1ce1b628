"""The security log: who did what and when, for the director and a monitor; no addresses."""

import json
import logging
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import Group
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from post_office.models import Email

from events.models import VenueAccess
from membership.accounts import sign_in
from membership.models import SecurityEvent, SignInCode
from membership.models.security import AppendOnly
from membership.security import alarms, network
from membership.security import log as security_log
from membership.security.log import Kind
from nsca.desk.groups import ensure_groups
from nsca.ops import retention
from nsca.ops.logs import JsonFormatter
from tests.factories import NOON, make_event, make_member, make_person, make_user, sign_in_now

pytestmark = pytest.mark.django_db
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
LAPTOP = "Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1"
CONFIRM = "/accounts/login/code/confirm/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def staff(group, **fields):
    ensure_groups()
    user = make_user(f"{group}@nsca.example", name=group.title(), is_staff=True, **fields)
    user.groups.add(Group.objects.get(name=group))
    return user


@pytest.fixture
def director():
    return staff("director")


def ask(client, email):
    client.post("/accounts/login/", {"email": email})
    return SignInCode.objects.latest("pk").code()


def sign_in_by_code(email, agent=LAPTOP, address="9.9.30.7"):
    client = Client(headers={"user-agent": agent}, REMOTE_ADDR=address)
    client.post(CONFIRM, {"code": ask(client, email)})
    return client


def events(*kinds):
    return list(SecurityEvent.objects.filter(kind__in=kinds).order_by("pk"))


def alarms_to(address):
    found = Email.objects.filter(to=address).order_by("pk")
    return [mail.subject for mail in found if mail.message.count("Security log: ")]


# --- What is written down ----------------------------------------------------------------------


def test_a_sign_in_is_written_down_with_its_network_as_a_digest():
    ada = make_member()

    sign_in_by_code(ada.email)

    (event,) = events("signed-in")
    assert (event.at, event.who, event.detail) == (NOON, ada, "an e-mailed code")
    assert event.network == network.digest("9.9.30.7")
    assert len(event.network) == network.DIGEST
    assert "9.9" not in event.network


def test_the_digest_needs_the_key(settings):
    before = network.digest("9.9.30.7")
    settings.SECRET_KEY = "another key, as long as a key has to be: 4c1f9d2e8a7b6053"

    assert network.digest("9.9.30.7") != before
    assert network.digest("") == ""


def test_a_refused_code_is_written_down_of_known_and_unknown_alike():
    ada = make_member()
    for email in (ada.email, "stranger@else.example"):
        client = Client()
        ask(client, email)
        client.post(CONFIRM, {"code": "12345678"})

    known, unknown = events("refused")
    assert known.detail == unknown.detail == "a code to sign in, try 1 of 5"
    assert known.mailbox == sign_in.disguised(ada.email)
    assert (known.who, known.whom, unknown.whom) == (None, None, None)
    assert "ellery" not in repr(vars(known))


def test_a_refused_second_factor_is_written_down(settings):
    boss = staff("treasurer")
    TOTP.activate(boss, "JBSWY3DPEHPK3PXP")
    client = sign_in_by_code(boss.email)

    client.post("/accounts/2fa/authenticate/", {"code": "000000"})

    assert [(e.whom, e.detail) for e in events("refused")] == [(boss, "an authenticator code")]
    assert events("signed-in") == []


def test_a_fresh_proof_and_its_refusal_are_written_down(clock):
    boss = staff("members")
    client = Client()
    sign_in_now(client, boss)
    clock.shift(HOUR)
    url = reverse("admin:membership_person_export")
    client.post(url)

    client.post(url, {"code": "12345678"})
    client.post(url, {"code": SignInCode.objects.latest("pk").code()})

    assert [(e.whom, e.detail) for e in events("refused")] == [(boss, "a code as fresh proof")]
    assert [(e.who, e.detail) for e in events("proven")] == [(boss, "an e-mailed code")]
    assert [(e.who, e.detail) for e in events("export")] == [(boss, "people: 0 of 0")]


def test_another_group_is_written_down_by_whom_and_of_whom(director):
    door = staff("door")
    client = Client()
    sign_in_now(client, director)
    data = {"email": door.email, "name": door.name, "is_active": "on", "is_staff": "on"}
    data["groups"] = Group.objects.get(name="treasurer").pk

    client.post(reverse("admin:membership_user_change", args=[door.pk]), data)

    (event,) = events("rights")
    assert (event.who, event.whom) == (director, door)
    assert event.detail == "active; admin; groups: treasurer"


def test_each_access_to_a_venue_is_written_down_and_never_what_was_seen(director):
    event = make_event(slug="soiree")
    VenueAccess.objects.create(event=event, user=director, act="looked", at=NOON)

    (noted,) = events("venue")
    assert (noted.at, noted.who, noted.detail) == (
        NOON,
        director,
        f"viewed the venue, event {event.pk}",
    )


# --- Append-only, and forgotten by its rule ----------------------------------------------------


def test_nobody_rewrites_the_log():
    event = security_log.note(Kind.EXPORT, at=NOON, detail="people: 3 of 3")

    event.detail = "people: 0 of 3"
    with pytest.raises(AppendOnly):
        event.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        SecurityEvent.objects.filter(pk=event.pk).update(detail="people: 0 of 3")
    assert SecurityEvent.objects.get().detail == "people: 3 of 3"


@pytest.mark.parametrize(
    ("age", "is_kept"),
    [(365 * DAY - SECOND, True), (365 * DAY, False), (365 * DAY + SECOND, False)],
)
def test_the_log_is_forgotten_after_a_year(age, is_kept):
    security_log.note(Kind.SIGNED_IN, at=NOON)

    retention.forget_due(NOON + age)

    assert SecurityEvent.objects.exists() is is_kept


# --- For a monitor -----------------------------------------------------------------------------


def test_a_monitor_reads_a_line_of_json_with_ids_and_nobody_s_name_or_address(caplog):
    ada = make_member()
    caplog.set_level(logging.INFO, logger="nsca.security")

    sign_in_by_code(ada.email)

    records = [record for record in caplog.records if record.name == "nsca.security"]
    (line,) = [json.loads(JsonFormatter().format(record)) for record in records]
    assert line["logger"] == "nsca.security"
    assert (line["kind"], line["who"], line["event"]) == (
        "signed-in", ada.pk, SecurityEvent.objects.get().pk,
    )  # fmt: skip
    assert line["network"] == network.digest("9.9.30.7")
    assert "ellery" not in json.dumps(line) and "9.9.30" not in json.dumps(line)


# --- In the admin ------------------------------------------------------------------------------


def page_for(user, method="get", *args):
    client = Client()
    sign_in_now(client, user)
    return getattr(client, method)(reverse("admin:membership_securityevent_changelist"))


def test_the_director_reads_it_with_names():
    boss = staff("director")
    ada = make_member(name="Ada Ellery")
    security_log.note(Kind.SIGNED_IN, at=NOON, who=ada, detail="an e-mailed code")
    security_log.refused("a code", at=NOON, mailbox=sign_in.disguised(ada.email))
    security_log.refused("a code", at=NOON, mailbox=sign_in.disguised("who@else.example"))

    page = page_for(boss).content.decode()

    assert page.count("Ada Ellery") == 2
    assert "unknown address" in page


@pytest.mark.parametrize("group", ["events", "treasurer", "members", "editor", "door"])
def test_no_other_colleague_reads_it(group):
    assert page_for(staff(group)).status_code == 403


def test_not_even_the_director_adds_changes_or_deletes_an_entry(director):
    event = security_log.note(Kind.SIGNED_IN, at=NOON)
    client = Client()
    sign_in_now(client, director)

    for act, args in (("add", []), ("change", [event.pk]), ("delete", [event.pk])):
        url = reverse(f"admin:membership_securityevent_{act}", args=args)
        assert client.post(url, {"post": "yes", "detail": "x"}).status_code == 403
    assert SecurityEvent.objects.filter(pk=event.pk, detail="").exists()


# --- Alarms ------------------------------------------------------------------------------------


def test_a_colleague_on_a_new_device_is_mailed_to_the_directors_and_to_them(director):
    boss = staff("treasurer")
    sign_in_by_code(boss.email)
    sign_in_by_code(boss.email)
    assert Email.objects.count() == 0  # the first of all, and the same again

    sign_in_by_code(boss.email, PHONE)

    title = "New device: a staff member signed in"
    assert alarms_to(director.email) == alarms_to(boss.email) == [title]
    text = Email.objects.first().message
    assert "Treasurer signed in on Safari on an iPhone" in text
    assert "Treasurer signed in on Safari on an iPhone" in Email.objects.first().html_message


def test_the_same_device_in_a_strange_network_is_new_as_well(director):
    boss = staff("treasurer")
    sign_in_by_code(boss.email)

    sign_in_by_code(boss.email, LAPTOP, "8.26.56.26")

    assert alarms_to(director.email) == ["New device: a staff member signed in"]


def test_a_member_on_a_new_phone_is_no_alarm(director):
    ada = make_member()
    sign_in_by_code(ada.email)

    sign_in_by_code(ada.email, PHONE)

    assert Email.objects.count() == 0


@pytest.mark.parametrize(("tries", "told"), [(9, 0), (10, 1), (11, 1)])
def test_ten_refusals_within_an_hour_are_one_alarm(tries, told, director):
    for number in range(tries):
        security_log.refused("a code", at=NOON + number * SECOND, mailbox="m" * 32)
        alarms.tick(NOON + number * SECOND)

    assert alarms_to(director.email) == ["Sign-in codes refused ten times in an hour"] * told


@pytest.mark.parametrize(("age", "told"), [(HOUR - SECOND, 1), (HOUR, 0), (HOUR + SECOND, 0)])
def test_refusals_of_another_hour_do_not_count(age, told, director):
    for number in range(10):
        at = NOON if number < 9 else NOON + age
        security_log.refused("a code", at=at, mailbox="m" * 32)
        alarms.tick(at)

    assert len(alarms_to(director.email)) == told


def test_who_guesses_at_one_mailbox_from_ten_networks_is_heard(director):
    ada = make_member()
    for number in range(2):
        client = Client(REMOTE_ADDR=f"9.9.{number}.1")
        ask(client, ada.email)
        for _ in range(5):
            client.post(CONFIRM, {"code": "12345678"})
    alarms.tick(NOON)

    assert alarms_to(director.email) == ["Sign-in codes refused ten times in an hour"]


def take(client, name="membership_person_export", query=""):
    return client.post(reverse(f"admin:{name}") + query)


@pytest.fixture
def members_desk():
    client = Client()
    sign_in_now(client, staff("members"))
    return client


@pytest.mark.parametrize(
    ("query", "told"), [("", 1), ("?q=Ellery", 0)], ids=["everybody", "some of them"]
)
def test_who_takes_everybody_away_is_named_to_the_directors(query, told, director, members_desk):
    for name in ("Ada Ellery", "Ben Ellery", "Cy Moss"):
        make_person(name=name)

    assert take(members_desk, query=query).status_code == 200

    assert alarms_to(director.email) == ["A full list was exported"] * told


@pytest.mark.parametrize(
    ("count", "whole", "told"),
    [(0, 0, 0), (20, 20, 1), (19, 20, 0), (89, 100, 0), (90, 100, 1), (91, 100, 1)],
)
def test_nine_tenths_of_a_long_list_are_all_of_it(count, whole, told, director):
    alarms.taken_away(director, "people", count, whole, at=NOON)

    assert len(alarms_to(director.email)) == told


def test_whoever_provokes_alarms_does_not_fill_the_mailbox(director):
    for number in range(30):
        boss = make_user(f"{number}@nsca.example", is_staff=True)
        for _ in range(3):
            alarms.taken_away(boss, "people", 100, 100, at=NOON)

    assert len(alarms_to(director.email)) == alarms.MOST_A_DAY


@pytest.mark.parametrize(("later", "told"), [(HOUR - SECOND, 1), (HOUR, 2), (HOUR + SECOND, 2)])
def test_the_same_alarm_comes_again_after_an_hour(later, told, director):
    for at in (NOON, NOON + later):
        alarms.taken_away(director, "people", 100, 100, at=at)

    assert len(alarms_to(director.email)) == told


def test_where_there_is_no_director_the_office_hears(settings):
    from pages.models import SiteSettings

    SiteSettings.objects.update_or_create(pk=1, defaults={"email": "office@nsca.example"})
    boss = make_user("boss@nsca.example", is_staff=True)

    alarms.taken_away(boss, "people", 100, 100, at=NOON)

    assert alarms_to("office@nsca.example") == ["A full list was exported"]
