"""Too many requests or tries are in the security log once per window, not once each."""

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.urls import reverse

from membership.accounts import sign_in
from membership.accounts.reauthenticate import CODES
from membership.models import SecurityEvent, SignInCode
from membership.models.sign_in import TRIES
from membership.security import network
from tests.factories import NOON, make_member, make_user, sign_in_now

pytestmark = pytest.mark.django_db
ASK, CONFIRM = "/accounts/login/", "/accounts/login/code/confirm/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def refusals():
    return list(SecurityEvent.objects.filter(kind="refused").order_by("pk"))


def details():
    return [event.detail for event in refusals()]


def test_a_network_that_asks_for_codes_of_everybody_is_written_down_once(clock):
    client = Client(REMOTE_ADDR="9.9.30.7")
    for number in range(sign_in.A_NETWORK + 5):
        answer = client.post(ASK, {"email": f"a{number}@else.example"})

    (event,) = refusals()
    assert answer.status_code == 429
    assert event.detail == "too many codes requested from one network"
    assert (event.network, event.mailbox) == (network.digest("9.9.30.7"), "")
    assert "9.9" not in event.network

    clock.shift(timedelta(seconds=sign_in.QUARTER))
    for number in range(sign_in.A_NETWORK + 5):
        client.post(ASK, {"email": f"a{number}@else.example"})

    assert len(refusals()) == 2


@pytest.mark.parametrize("is_known", [True, False])
def test_asks_for_one_address_are_written_down_by_its_digest_known_or_not(is_known):
    email = make_member().email if is_known else "stranger@else.example"
    for _ in range(sign_in.AN_ADDRESS + 5):
        Client().post(ASK, {"email": email})

    (event,) = refusals()
    assert event.detail == "too many codes requested for one address"
    assert event.mailbox == sign_in.disguised(email)
    assert event.whom is None


def test_an_address_that_many_networks_ask_for_is_written_down_once():
    for number in range(sign_in.FROM_ELSEWHERE_A_DAY + 5):
        Client(REMOTE_ADDR=f"9.9.{number}.7").post(ASK, {"email": "stranger@else.example"})

    assert details() == ["too many codes requested for one address"]


def test_a_network_that_guesses_at_codes_is_written_down_once_past_its_tries():
    for _ in range(sign_in.TRIES_A_NETWORK + 5):
        answer = _guess()

    throttled = [text for text in details() if text.startswith("too many")]
    assert answer is None
    assert throttled == ["too many codes tried from one network"]


def _guess():
    """One try of a code that is not there; None where it was one too many."""
    try:
        sign_in.prove(0, "12345678", network="9.9.30.7", at=NOON)
    except sign_in.Over:
        return "over"
    except sign_in.TooOften:
        return None


def test_who_tries_second_factors_past_the_limit_does_not_fill_the_log():
    boss = make_user("boss@nsca.example", is_staff=True)
    TOTP.activate(boss, "JBSWY3DPEHPK3PXP")
    client = Client()
    client.post(ASK, {"email": boss.email})
    client.post(CONFIRM, {"code": SignInCode.objects.latest("pk").code()})

    for _ in range(12):
        client.post("/accounts/2fa/authenticate/", {"code": "000000"})

    way = "an authenticator code"
    assert details() == [way] * 5 + [f"{way}: too many tries"]
    assert {event.whom for event in refusals()} == {boss}


def test_who_tries_fresh_proofs_past_the_limit_does_not_fill_the_log(clock):
    director = make_user("boss@nsca.example", is_staff=True, is_superuser=True)
    client = Client()
    sign_in_now(client, director)
    clock.shift(timedelta(hours=1))
    url = reverse("admin:membership_person_export")

    for _ in range(CODES * TRIES + 4):
        client.post(url, {"code": "12345678"})

    assert details().count("too many codes as fresh proof") == 1
    assert len(refusals()) == CODES * TRIES + 1
