"""What is somebody's is nobody else's: not on a page, in a cache, in an address, in the log."""

import logging
import re
import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.cache import caches
from django.test import Client
from django.urls import URLPattern, get_resolver

from membership.models import Person
from nsca.ops.logs import JsonFormatter
from tests.factories import NOON, make_member, make_order, make_person, proof_of_now

pytestmark = pytest.mark.django_db
ADA, EVE = "ada@secret.example", "eve@other.example"
OF_ADA = ("Ada Lovelace", "Kit Lovelace", ADA, "757-555-0142", "14 Pembroke")
AN_ADDRESS = re.compile(r"[^\s\"'?&=]+(?:@|%40)[^\s\"'&]+", re.IGNORECASE)
IN_THE_PAGE = re.compile(r'(?:href|action|src)="([^"]*)"')
MOST = 8  # numbers tried in an address: everything of the two households has a smaller one


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada():
    user = make_member(ADA)
    person = Person.objects.get(user=user)
    Person.objects.filter(pk=person.pk).update(name="Ada Lovelace", phone="757-555-0142")
    household = person.household
    household.postal_address = "14 Pembroke Avenue"
    household.save()
    make_person(household, name="Kit Lovelace", guardian=person)
    make_order(state="paid", buyer_name="Ada Lovelace", buyer_email=ADA, user=user)
    return user


@pytest.fixture
def eve():
    return make_member(EVE)


def addresses() -> list[str]:
    """Every address of membership and the sign-in, with numbers and words in the venue of keys."""
    found = []
    for pattern in get_resolver().url_patterns:
        if isinstance(pattern, URLPattern) or str(pattern.pattern) not in ("", "accounts/"):
            continue
        if pattern.app_name == "membership" or str(pattern.pattern) == "accounts/":
            found += _below(pattern, "/")
    return sorted({path for route in found for path in _filled(route)})


def _below(pattern, prefix):
    here = prefix + str(pattern.pattern)
    if isinstance(pattern, URLPattern):
        return [here.replace("^", "").replace("$", "")]
    return [path for each in pattern.url_patterns for path in _below(each, here)]


def _filled(route: str) -> list[str]:
    if "(?P" in route:  # links in e-mails of allauth's, which no e-mail of ours has
        return []
    words = re.sub(r"<(?!int:)[^>]+>", "A" * 32, route)
    if "<int:" not in words:
        return [words]
    return [re.sub(r"<int:[^>]+>", str(number), words) for number in range(1, MOST + 1)]


def visitor_of(user) -> Client:
    client = Client(raise_request_exception=False)
    if user:
        client.force_login(user)
        session = client.session
        session.update(proof_of_now(user))
        session.save()
    return client


def test_the_walk_knows_the_addresses():
    found = addresses()

    assert {"/membership/", "/join/", "/accounts/login/"} <= set(found)
    assert f"/accounts/2fa/webauthn/keys/{MOST}/remove/" in found


@pytest.mark.parametrize("who", ["a stranger", "another member"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_nothing_of_a_member_is_shown_to_others(ada, eve, who, method):
    client = visitor_of(eve if who == "another member" else None)
    told = []
    for path in addresses():
        if path in ("/accounts/logout/", "/membership/sign-out-everywhere/"):
            continue
        caches["pages"].clear()
        answer = getattr(client, method)(path)
        assert answer.status_code < 500, path
        text = "" if answer.streaming else answer.content.decode(errors="replace")
        told += [(path, word) for word in OF_ADA if word in text + str(answer.headers)]

    assert told == []
    person = Person.objects.get(user=ada)
    assert (person.name, person.email) == ("Ada Lovelace", ADA)
    assert person.household.people.count() == 2


@pytest.mark.parametrize("act", ["remove", "edit"])
def test_a_passkey_of_somebody_else_is_not_there(ada, eve, act):
    key = Authenticator.objects.create(
        user=ada, type=Authenticator.Type.WEBAUTHN, data={"name": "mine", "credential": {}}
    )
    client = visitor_of(eve)

    for answer in (
        client.get(f"/accounts/2fa/webauthn/keys/{key.pk}/{act}/"),
        client.post(f"/accounts/2fa/webauthn/keys/{key.pk}/{act}/", {"name": "hers"}),
    ):
        assert answer.status_code == 404
    key.refresh_from_db()
    assert key.data["name"] == "mine"


def test_what_a_member_sees_is_in_no_cache_no_address_and_no_line_of_the_log(ada, caplog):
    client = visitor_of(ada)
    kept, named = [], []
    with caplog.at_level(logging.INFO):
        for path in addresses():
            if path == "/accounts/logout/":
                continue
            answer = client.get(f"{path}?email={ADA}")
            text = "" if answer.streaming else answer.content.decode(errors="replace")
            if any(word in text for word in OF_ADA):
                kept += [path] * ("no-store" not in answer.headers["Cache-Control"])
            links = IN_THE_PAGE.findall(text) + [answer.headers.get("Location", "")]
            named += [
                (path, link)
                for link in links
                if AN_ADDRESS.search(link) and not link.startswith(("mailto:", "?", path))
            ]

    lines = [JsonFormatter().format(record) for record in caplog.records]
    assert kept == []
    assert named == []
    assert lines and not [line for line in lines for word in OF_ADA if word in line]


def test_no_page_asks_for_an_address_by_a_get(ada):
    """A form of that kind would put what is typed into the address, and so into logs."""
    client = visitor_of(None)
    for path in addresses():
        text = client.get(path).content.decode(errors="replace")
        for form in re.findall(r"<form[^>]*>.*?</form>", text, re.S):
            if 'type="email"' in form:
                assert 'method="post"' in form, path


def test_a_proof_of_now_lets_the_walk_reach_what_is_guarded(ada):
    client = visitor_of(ada)

    assert client.get("/accounts/2fa/webauthn/add/").status_code == 200
    assert time.time() == NOON.timestamp()
