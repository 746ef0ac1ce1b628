"""Where somebody is signed in, and how that ends: at once, everywhere, by whatever path."""

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from membership.accounts import sessions
from membership.models import BrowserSession, SecurityEvent, SignInCode, User
from membership.people import bereavement
from membership.privacy import erasure
from membership.security import devices, network
from nsca.desk.groups import ensure_groups
from tests.factories import NOON, make_member, make_user, sign_in_now

pytestmark = pytest.mark.django_db
HOME, OWN, END = "/membership/", "/accounts/sessions/", "/accounts/sessions/end/"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile Safari/604.1"
LAPTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def browser_of(user, agent=LAPTOP, address="9.9.30.7") -> Client:
    client = Client(headers={"user-agent": agent}, REMOTE_ADDR=address)
    sign_in_now(client, user)
    assert is_in(client)
    return client


def is_in(client) -> bool:
    return client.get(HOME).status_code == 200


@pytest.fixture
def director():
    ensure_groups()
    user = make_user("director@nsca.example", name="Dee Director", is_staff=True)
    user.groups.add(Group.objects.get(name="director"))
    return user


@pytest.fixture
def colleague():
    ensure_groups()
    user = make_user("colleague@nsca.example", name="Cy Colleague", is_staff=True)
    user.groups.add(Group.objects.get(name="door"))
    return user


# --- One's own ---------------------------------------------------------------------------------


def test_one_sees_where_one_is_signed_in_in_plain_words_and_ends_the_lost_phone():
    ada = make_member()
    here, lost = browser_of(ada), browser_of(ada, PHONE, "8.26.56.26")

    page = here.get(OWN).content.decode()
    row = BrowserSession.objects.get(device="Safari on an iPhone")
    ended = here.post(END, {"session": row.pk}, follow=True)

    assert "Firefox on Windows</b> (this browser)" in page
    assert "Safari on an iPhone" in page and "8.26.…" in page
    assert "8.26.56.26" not in page and "9.9.30.7" not in page
    assert "Signed out: Safari on an iPhone." in ended.content.decode()
    assert (is_in(here), is_in(lost)) == (True, False)


def test_all_others_end_and_this_one_stays_and_its_list_says_so():
    ada = make_member()
    here, other, third = browser_of(ada), browser_of(ada, PHONE), browser_of(ada)

    here.post("/membership/sign-out-everywhere/")

    assert [is_in(client) for client in (here, other, third)] == [True, False, False]
    assert len(here.get(OWN).context["rows"]) == 1


def test_nobody_ends_somebody_else_s_session():
    ada, ben = make_member(), make_member("ben@ellery.example")
    hers, his = browser_of(ada), browser_of(ben)
    row = BrowserSession.objects.get(user=ben)

    assert hers.post(END, {"session": row.pk}).status_code == 404
    assert hers.get(END).status_code == 405
    assert is_in(his)


def test_this_browser_is_left_by_signing_out_and_not_by_its_row():
    here = browser_of(make_member())

    assert here.post(END, {"session": here.session[sessions.ROW]}).status_code == 404
    assert is_in(here)


def test_an_ended_session_does_not_come_back_with_its_cookie():
    ada = make_member()
    here, lost = browser_of(ada), browser_of(ada, PHONE)
    cookie = lost.cookies["nsca_session"].value
    here.post(END, {"session": lost.session[sessions.ROW]})
    assert not is_in(lost)

    thief = Client()
    thief.cookies["nsca_session"] = cookie

    assert not is_in(thief)


@pytest.mark.parametrize(
    ("later", "shown"),
    [
        (timedelta(days=60) - timedelta(seconds=1), True),
        (timedelta(days=60), False),
        (timedelta(days=60, seconds=1), False),
    ],
)
def test_a_session_that_is_over_by_its_age_is_not_shown(later, shown, clock):
    ada = make_member()
    browser_of(ada, PHONE)

    clock.move_to(NOON + later)

    rows = browser_of(ada).get(OWN).context["rows"]
    assert ("Safari on an iPhone" in [row.device for row in rows]) is shown


def test_the_row_says_when_it_was_used_last(clock):
    client = browser_of(make_member())
    for seconds in (299, 300):
        clock.move_to(NOON + timedelta(seconds=seconds))
        client.get(HOME)

    row = BrowserSession.objects.get()
    assert (row.began_at, row.seen_at) == (NOON, NOON + timedelta(seconds=300))


def test_the_list_costs_the_same_for_two_and_for_twenty(django_assert_max_num_queries):
    ada = make_member()
    here = browser_of(ada)
    with django_assert_max_num_queries(12):
        here.get(OWN)
    for _ in range(20):
        browser_of(ada, PHONE)

    with django_assert_max_num_queries(12):
        assert len(here.get(OWN).context["rows"]) == 21


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (PHONE, "Safari on an iPhone"),
        (LAPTOP, "Firefox on Windows"),
        ("(X11; CrOS x86_64) Chrome/126.0 Safari/537.36", "Chrome on a Chromebook"),
        ("(Windows NT 10.0) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge on Windows"),
        ("(Linux; Android 14) SamsungBrowser/25.0 Chrome/121.0", "Samsung Internet on Android"),
        ("(Macintosh; Intel Mac OS X 10_15_7) Version/17 Safari/605", "Safari on a Mac"),
        ("(iPad; CPU OS 17_5 like Mac OS X) CriOS/126.0 Mobile", "Chrome on an iPad"),
        ("curl/8.5.0", "An unknown device"),
        ("<script>alert(1)</script>", "An unknown device"),
        ("", "An unknown device"),
    ],
)  # fmt: skip
def test_a_device_is_named_in_our_words_alone(agent, words):
    assert devices.in_words(agent) == words


@pytest.mark.parametrize(
    ("address", "roughly"),
    [
        ("203.1.113.7", "203.1.…"),
        ("2606:4700:4700::1111", "2606:4700:…"),
        ("127.0.0.1", ""),
        ("192.168.1.20", ""),
        ("::1", ""),
        ("", ""),
        ("a socket", ""),
    ],
)
def test_of_a_network_half_an_address_is_kept_at_the_most(address, roughly, rf, settings):
    settings.TRUSTED_PROXIES = 0
    request = rf.get("/", REMOTE_ADDR=address)

    assert network.roughly(request) == roughly


# --- Ended by what somebody may do -------------------------------------------------------------


def change(client, user, **fields):
    data = {"email": user.email, "name": user.name, **fields}
    return client.post(reverse("admin:membership_user_change", args=[user.pk]), data)


def door():
    return Group.objects.get(name="door").pk


def unticked(client, user):
    change(client, user, is_staff="on", groups=door())


def another_group(client, user):
    groups = [door(), Group.objects.get(name="members").pk]
    change(client, user, is_active="on", is_staff="on", groups=groups)


def a_single_permission(client, user):
    one = Permission.objects.get(codename="see_venue").pk
    change(client, user, is_active="on", is_staff="on", groups=door(), user_permissions=one)


def out_of_the_admin(client, user):
    change(client, user, is_active="on", groups=door())


def forgotten(client, user):
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    client.post(reverse("admin:membership_user_forget", args=[user.pk]))


@pytest.mark.parametrize(
    "act", [unticked, another_group, a_single_permission, out_of_the_admin, forgotten]
)
def test_who_may_do_something_else_from_now_on_is_signed_out_everywhere(act, director, colleague):
    desk, phone, laptop = browser_of(director), browser_of(colleague, PHONE), browser_of(colleague)

    act(desk, colleague)
    User.objects.filter(pk=colleague.pk).update(is_active=True)  # whatever comes afterwards

    assert (is_in(phone), is_in(laptop), is_in(desk)) == (False, False, True)
    assert BrowserSession.objects.open().filter(user=colleague).count() == 0


def test_a_new_name_signs_nobody_out(director, colleague):
    desk, phone = browser_of(director), browser_of(colleague, PHONE)

    change(desk, colleague, is_active="on", is_staff="on", groups=door(), name="Cynthia")

    assert is_in(phone)


@pytest.mark.parametrize("field", ["is_active", "is_staff", "is_superuser"])
@pytest.mark.parametrize("way", ["save", "save of the field", "update"])
def test_no_path_past_the_admin_keeps_a_session(field, way):
    """A command, a script, a later feature: what somebody may do is changed where it is stored."""
    user = make_user("any@nsca.example", is_staff=field != "is_staff")
    client = browser_of(user)
    new = not getattr(user, field)

    if way == "update":
        User.objects.filter(pk=user.pk).update(**{field: new})
        User.objects.filter(pk=user.pk).update(**{field: not new})
    else:
        for value in (new, not new):
            setattr(user, field, value)
            user.save(update_fields=[field] if way == "save of the field" else None)

    assert not is_in(client)


@pytest.mark.parametrize("way", ["add", "remove", "from the group", "permission", "group deleted"])
def test_other_groups_end_a_session_by_whatever_path_they_came(way, colleague):
    """`groups.add(…)` in a shell, a command, a later feature."""
    phone, door, members = browser_of(colleague, PHONE), *_two_groups()

    if way == "add":
        colleague.groups.add(members)
    elif way == "remove":
        colleague.groups.remove(door)
    elif way == "from the group":
        members.user_set.add(colleague)
    elif way == "permission":
        colleague.user_permissions.add(Permission.objects.get(codename="see_venue"))
    else:
        door.delete()

    assert not is_in(phone)
    assert not BrowserSession.objects.open().filter(user=colleague).exists()
    event = SecurityEvent.objects.get(kind="session-ended")
    assert (event.whom, event.detail) == (colleague, "one: rights changed")
    assert is_in(browser_of(colleague))


def _two_groups():
    return Group.objects.get(name="door"), Group.objects.get(name="members")


def test_a_sign_in_does_not_end_the_others(clock):
    """Django notes the last sign-in on the same row."""
    ada = make_member()
    first = browser_of(ada)

    browser_of(ada, PHONE)

    assert is_in(first)


def test_who_is_recorded_as_dead_is_signed_out():
    ada, office = make_member(), make_user("office@nsca.example", is_staff=True)
    client = browser_of(ada)

    bereavement.record(ada.people.get(), died_on=NOON.date(), by=office, at=NOON)

    assert not is_in(client)


def test_who_is_erased_is_signed_out_and_where_they_were_is_forgotten():
    ada = make_member()
    client = browser_of(ada)

    erasure.forget(ada.people.get(), at=NOON)

    assert not is_in(client)
    assert not BrowserSession.objects.exists()


def test_who_is_made_a_director_by_command_signs_in_anew():
    ada = make_member()
    client = browser_of(ada)

    call_command("create_director", email=ada.email)

    assert not is_in(client)
    event = SecurityEvent.objects.get(kind="rights")
    assert (event.whom, event.detail) == (ada, "made a director by command")


# --- The director ------------------------------------------------------------------------------


def test_the_director_sees_and_ends_a_colleague_s_sessions(director, colleague):
    desk, phone, laptop = browser_of(director), browser_of(colleague, PHONE), browser_of(colleague)
    url = reverse("admin:membership_user_sessions", args=[colleague.pk])

    page = desk.get(url)
    row = next(row for row in page.context["rows"] if row.device == "Safari on an iPhone")
    desk.post(url, {"session": row.pk})
    after_one = (is_in(phone), is_in(laptop))
    desk.post(url, {"all": "yes"})

    assert "Firefox on Windows" in page.content.decode()
    assert after_one == (False, True)
    assert not is_in(laptop)
    ended = SecurityEvent.objects.filter(kind="session-ended").order_by("pk")
    assert [(event.who, event.whom, event.detail) for event in ended] == [
        (director, colleague, "one: Safari on an iPhone"),
        (director, colleague, "all: by staff"),
    ]


def test_a_colleague_who_may_not_change_sign_ins_ends_none(director, colleague):
    mine = browser_of(director)
    url = reverse("admin:membership_user_sessions", args=[director.pk])

    assert browser_of(colleague).post(url, {"all": "yes"}).status_code == 403
    assert is_in(mine)


# --- Signing out -------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["/accounts/logout/", "/admin/logout/"])
def test_who_signs_out_leaves_nothing_in_the_browser_and_no_row(way, director):
    client = browser_of(director)

    left = client.post(way)

    assert left.headers["Clear-Site-Data"] == '"cache", "cookies"'
    assert left.status_code == 302
    assert not is_in(client)
    assert not BrowserSession.objects.open().exists()
    assert SecurityEvent.objects.filter(kind="signed-out", who=director).count() == 1


# --- A passkey or an authenticator -------------------------------------------------------------


def test_who_takes_their_own_factor_away_is_signed_out_elsewhere_and_here_goes_on():
    ada = make_member()
    kind = Authenticator.Type.WEBAUTHN
    passkey = Authenticator.objects.create(user=ada, type=kind, data={"name": "Phone"})
    here, there = browser_of(ada), browser_of(ada, PHONE)

    here.post(f"/accounts/2fa/webauthn/keys/{passkey.pk}/remove/")

    assert (is_in(here), is_in(there)) == (True, False)


def test_codes_on_their_way_open_nothing_after_a_session_was_ended_by_the_office(
    director, colleague
):
    from membership.accounts import sign_in

    key = sign_in.ask(colleague.email, network="n", at=NOON)
    url = reverse("admin:membership_user_sessions", args=[colleague.pk])

    browser_of(director).post(url, {"all": "yes"})

    with pytest.raises(sign_in.Over):
        sign_in.prove(key, SignInCode.objects.get().code(), network="n", at=NOON)
