"""How long a sign-in lasts, by role, and signing out everywhere."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.test import Client

from membership.accounts import sessions, sign_in
from membership.models import SignInCode
from nsca.lib.web.sessions import kept_as
from tests.factories import NOON, make_member, make_user

pytestmark = pytest.mark.django_db
HOME, EVERYWHERE = "/membership/", "/membership/sign-out-everywhere/"
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
STORES = [
    "django.contrib.sessions.backends.db",
    "django.contrib.sessions.backends.cache",
    "django.contrib.sessions.backends.cached_db",
    "django.contrib.sessions.backends.signed_cookies",
]


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture(params=STORES)
def every_store(request, settings):
    settings.SESSION_ENGINE = request.param


def browser_of(user) -> Client:
    client = Client()
    client.force_login(user)
    assert is_in(client)
    return client


def is_in(client) -> bool:
    return client.get(HOME).status_code == 200


def volunteer():
    user = make_user("door@nsca.example", is_staff=True)
    user.groups.add(Group.objects.get_or_create(name="door")[0])
    return user


def colleague(*groups):
    user = make_user("staff@nsca.example", is_staff=True)
    user.groups.add(*(Group.objects.get_or_create(name=name)[0] for name in groups))
    return user


WHO = {
    "a member": make_member,
    "a colleague": lambda: colleague("members"),
    "a volunteer of the door": volunteer,
    "a colleague who also helps at the door": lambda: colleague("members", "door"),
    "the director": lambda: make_user("d@nsca.example", is_staff=True, is_superuser=True),
}


def triple(who, limit):
    return [(who, limit - SECOND, True), (who, limit, False), (who, limit + SECOND, False)]


@pytest.mark.parametrize(
    ("who", "later", "holds"),
    [
        *triple("a member", 60 * DAY),
        *triple("a colleague", 8 * HOUR),
        *triple("a volunteer of the door", 12 * HOUR),
        *triple("a colleague who also helps at the door", 8 * HOUR),
        *triple("the director", 8 * HOUR),
    ],
)
def test_a_session_that_nobody_uses_ends(clock, who, later, holds):
    client = browser_of(WHO[who]())

    clock.move_to(NOON + later)

    assert is_in(client) is holds


@pytest.mark.parametrize(
    ("who", "often", "later", "holds"),
    [
        *((who, 30 * DAY, later, holds) for who, later, holds in triple("a member", 365 * DAY)),
        *((who, 4 * HOUR, later, holds) for who, later, holds in triple("a colleague", DAY)),
        *(
            (who, 4 * HOUR, later, holds)
            for who, later, holds in triple("a volunteer of the door", 16 * HOUR)
        ),
    ],
)
def test_no_use_prolongs_a_session_for_ever(clock, who, often, later, holds):
    client = browser_of(WHO[who]())
    at = often
    while at < later - SECOND:
        clock.move_to(NOON + at)
        assert is_in(client)
        at += often

    clock.move_to(NOON + later)

    assert is_in(client) is holds


def test_whoever_becomes_staff_has_the_shorter_limits_at_once(clock):
    member = make_member()
    client = browser_of(member)
    clock.move_to(NOON + 9 * HOUR)
    assert is_in(client)

    member.is_staff = True
    member.save()
    clock.move_to(NOON + 18 * HOUR)

    assert not is_in(client)


def test_a_session_in_use_is_written_every_five_minutes_and_no_oftener(clock):
    client = browser_of(make_member())

    seen = []
    for later in (299, 300, 301, 599, 600):
        clock.move_to(NOON + timedelta(seconds=later))
        client.get(HOME)
        seen.append(client.session[sessions.SEEN] - int(NOON.timestamp()))

    assert seen == [0, 300, 300, 300, 600]


def test_a_session_that_is_over_is_gone_from_its_store(clock):
    client = browser_of(colleague("members"))
    key = client.session.session_key

    clock.move_to(NOON + 8 * HOUR)
    client.get(HOME)

    assert not Session.objects.filter(session_key=kept_as(key)).exists()


def test_a_public_page_touches_no_session(clock):
    client = browser_of(make_member())
    clock.move_to(NOON + HOUR)

    answer = client.get("/cities/")

    assert not answer.cookies
    assert client.session[sessions.SEEN] == int(NOON.timestamp())


# --- Signing out everywhere --------------------------------------------------------------------


def test_every_other_browser_is_signed_out_and_this_one_goes_on(every_store):
    ada = make_member()
    mine, lost, lent = browser_of(ada), browser_of(ada), browser_of(ada)

    answer = mine.post(EVERYWHERE)

    assert (answer.status_code, answer.url) == (302, HOME)
    assert [is_in(client) for client in (mine, lost, lent)] == [True, False, False]


def test_nobody_else_is_signed_out():
    mine, bens = browser_of(make_member()), browser_of(make_member("ben@ellery.example"))

    mine.post(EVERYWHERE)

    assert is_in(bens)


def test_this_browser_gets_a_new_key():
    mine = browser_of(make_member())
    before = mine.session.session_key

    mine.post(EVERYWHERE)

    assert mine.session.session_key != before


def test_codes_on_their_way_open_nothing_any_more():
    ada = make_member()
    key = sign_in.ask(ada.email, network="n", at=NOON)

    browser_of(ada).post(EVERYWHERE)

    with pytest.raises(sign_in.Over):
        sign_in.prove(key, SignInCode.objects.get().code(), network="n", at=NOON)


def test_it_is_an_act_and_no_address_to_open():
    ada = make_member()
    mine, other = browser_of(ada), browser_of(ada)

    assert mine.get(EVERYWHERE).status_code == 405
    assert is_in(other)


def test_a_stranger_is_asked_to_sign_in():
    answer = Client().post(EVERYWHERE)

    assert answer.url.startswith("/accounts/login/")


def test_all_sessions_of_somebody_can_be_ended_for_them():
    ada = make_member()
    client = browser_of(ada)

    sessions.end_all(ada, at=NOON)

    assert not is_in(client)
