"""Signing in by an e-mailed code: eight digits, ten minutes, five tries, in one browser."""

import re
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.serializers import serialize
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from post_office.models import Email

from membership.accounts import mail as sign_in_mails
from membership.accounts import sign_in
from membership.models import Address, SignInCode, User
from nsca.lib.models import Throttle
from nsca.lib.web.sessions import kept_as
from nsca.lib.web.throttle import TooOften
from tests.factories import NOON, make_member, make_person, make_user
from tests.threads import at_once

pytestmark = pytest.mark.django_db
ASK, CONFIRM, HOME = "/accounts/login/", "/accounts/login/code/confirm/", "/membership/"
ADA = "ada@ellery.example"
MEMORY = "django.core.mail.backends.locmem.EmailBackend"
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def clock(settings):
    settings.OUTGOING_EMAIL_BACKEND = MEMORY
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada():
    return make_member(ADA)


def asked(client, email=ADA):
    return client.post(ASK, {"email": email})


def the_code(at=NOON) -> str:
    """The eight digits of the last e-mail, once the ticker has run."""
    sign_in_mails.send_due(at=at)
    subject = mail.outbox[-1].subject
    return "".join(sign for sign in subject if sign.isdigit())


def typed(client, code):
    return client.post(CONFIRM, {"code": code})


def is_in(client) -> bool:
    return client.get(HOME).status_code == 200


def another_than(code: str) -> str:
    return f"{(int(code) + 1) % 10**8:08}"


# --- The code ----------------------------------------------------------------------------------


def test_an_address_and_eight_digits_sign_a_member_in(client, ada):
    page = client.post(ASK, {"email": " Ada@Ellery.example "}, follow=True)
    code = the_code()
    answer = typed(client, code)

    assert "a code is on its way" in page.text
    assert len(code) == 8
    assert (answer.status_code, answer.url) == (302, HOME)
    assert is_in(client)


@pytest.mark.parametrize("shape", ["{} {}", "{}-{}", " {}{} ", "{}\u2009{}", "{} – {}"])
def test_a_code_may_be_pasted_as_it_stands_in_the_mail(client, ada, shape):
    asked(client)
    code = the_code()

    typed(client, shape.format(code[:4], code[4:]))

    assert is_in(client)


def test_the_wide_digits_of_a_japanese_keyboard_are_digits(client, ada):
    asked(client)

    typed(client, the_code().translate({ord("0") + n: ord("0") + n for n in range(10)}))

    assert is_in(client)


@pytest.mark.parametrize(
    ("age", "opens"),
    [(timedelta(minutes=10) - SECOND, True), (timedelta(minutes=10), False),
     (timedelta(minutes=10) + SECOND, False)],
)  # fmt: skip
def test_a_code_is_good_for_ten_minutes(client, ada, clock, age, opens):
    asked(client)
    code = the_code()
    clock.move_to(NOON + age)

    typed(client, code)

    assert is_in(client) is opens


@pytest.mark.parametrize(("wrong", "opens"), [(3, True), (4, True), (5, False), (6, False)])
def test_a_code_is_tried_five_times(client, ada, wrong, opens):
    asked(client)
    code = the_code()
    for _ in range(wrong):
        typed(client, another_than(code))

    typed(client, code)

    assert is_in(client) is opens
    assert SignInCode.objects.get().tries == min(wrong + 1, 5)


def test_what_cannot_be_a_code_is_no_try(client, ada):
    asked(client)
    code = the_code()

    answers = [typed(client, nonsense) for nonsense in ("", "1234", "ABCDEFGH", "123456789")]

    assert [answer.status_code for answer in answers] == [422] * 4
    assert SignInCode.objects.get().tries == 0
    typed(client, code)
    assert is_in(client)


def test_a_wrong_code_says_how_many_tries_are_left(client, ada):
    asked(client)

    answer = typed(client, another_than(the_code()))

    assert answer.status_code == 422
    assert "4 tries left" in answer.text


def test_a_code_opens_once(client, ada):
    asked(client)
    code, key = the_code(), client.session["sign_in"]["key"]
    typed(client, code)

    with pytest.raises(sign_in.Over):
        sign_in.prove(key, code, network="n", at=NOON)


def test_the_next_code_of_a_browser_replaces_the_one_before(client, ada):
    asked(client)
    first = the_code()
    client.post(CONFIRM, {"again": "yes"})
    second = the_code()

    typed(client, first)
    assert not is_in(client)
    typed(client, second)
    assert is_in(client)


def test_a_code_is_of_no_use_in_another_browser(client, ada):
    asked(client)
    other = Client()

    answer = typed(other, the_code())
    asked(other)
    in_time = typed(other, the_code_of_the_first())

    assert (answer.status_code, answer.url) == (302, ASK)
    assert in_time.status_code == 422
    assert not is_in(other)


def the_code_of_the_first() -> str:
    return "".join(sign for sign in mail.outbox[0].subject if sign.isdigit())


def test_nobody_can_stop_a_code_on_its_way_by_asking_for_another_elsewhere(client, ada):
    asked(client)
    code = the_code()
    asked(Client())

    typed(client, code)

    assert is_in(client)


# --- What is kept ------------------------------------------------------------------------------


def test_no_table_holds_the_code_before_the_email_or_after(client, ada):
    asked(client)
    before = everything_stored()
    code = the_code()
    after = everything_stored()

    for text in (before, after):
        assert code not in text
        assert f"{code[:4]} {code[4:]}" not in text
    assert Email.objects.count() == 0


def everything_stored() -> str:
    rows = serialize(
        "json", [*SignInCode.objects.all(), *Email.objects.all(), *Throttle.objects.all()]
    )
    return rows + str([session.get_decoded() for session in Session.objects.all()])


def test_the_counting_table_is_no_list_of_addresses(client, ada):
    asked(client)

    assert Throttle.objects.exists()
    assert not [row for row in Throttle.objects.all() if "ada" in row.key]


def test_another_key_gives_another_code(ada, settings):
    row = SignInCode.objects.get(pk=sign_in.ask(ADA, network="n", at=NOON))
    code = row.code()

    settings.SECRET_KEY = settings.SECRET_KEY[::-1]

    assert row.code() != code


# --- The same for known and unknown ------------------------------------------------------------

UNKNOWN = "eve@nowhere.example"


def answers_to(email) -> list[tuple]:
    """Status, headers that a stranger sees and words, of the asking and of five wrong codes."""
    client = Client()
    answers = [client.post(ASK, {"email": email}), client.get(CONFIRM)]
    answers += [typed(client, f"0000000{n}") for n in range(5)] + [client.get(ASK)]
    return [
        (
            answer.status_code,
            answer.headers.get("Location"),
            sorted(answer.headers),
            without_tokens(answer.text.replace(email, "…")),
        )
        for answer in answers
    ]


def without_tokens(text: str) -> str:
    return re.sub(r'(csrfmiddlewaretoken" value|nonce)="[^"]+"', r'\1=""', text)


def test_status_headers_and_words_do_not_tell_whether_we_know_an_address(ada):
    assert answers_to(ADA) == answers_to(UNKNOWN)


def work_for(email) -> list[str]:
    """Every statement that the database is asked, without what differs between two of a kind."""
    client = Client()
    with CaptureQueriesContext(connection) as asked_of_it:
        client.post(ASK, {"email": email})
        typed(client, "00000000")
    statements = [re.split("VALUES|WHERE|POINT", query["sql"])[0] for query in asked_of_it]
    # Once a second a process asks whether the content has changed.
    return [statement for statement in statements if "nsca_cache" not in statement]


def test_the_work_is_the_same_for_known_and_unknown_200_times(ada, monkeypatch):
    """Equality of work, which does not flake as times do."""
    monkeypatch.setattr(sign_in, "spend", lambda *args, **kwargs: None)
    work_for(ADA)  # what a process asks once in its life
    known = [work_for(ADA) for _ in range(100)]
    unknown = [work_for(f"{number}@nowhere.example") for number in range(100)]

    assert known == unknown
    assert mail.outbox == [] and Email.objects.count() == 0


def test_asking_looks_nobody_up(ada):
    client = Client()
    with CaptureQueriesContext(connection) as asked_of_it:
        client.post(ASK, {"email": ADA})

    of_people = [q for q in asked_of_it if "membership_user" in q["sql"] or "person" in q["sql"]]
    assert of_people == []


# --- E-mails -----------------------------------------------------------------------------------


def test_a_stranger_gets_one_kind_email_a_day_and_no_code(client, clock):
    for minutes in (0, 30, 24 * 60):
        clock.move_to(NOON + timedelta(minutes=minutes))
        asked(client, UNKNOWN)
        sign_in_mails.send_due(at=NOON + timedelta(minutes=minutes))

    assert [email.to for email in mail.outbox] == [[UNKNOWN], [UNKNOWN]]
    assert not any(sign.isdigit() for sign in mail.outbox[0].subject)
    assert "/join/" in mail.outbox[0].body


@pytest.mark.parametrize(("before", "emails"), [(48, 1), (49, 1), (50, 0)])
def test_no_more_than_fifty_strangers_a_day_are_written_to(before, emails, settings):
    Throttle.objects.create(
        key=f"sign-in-strangers:all:{int(NOON.timestamp()) // 86400}",
        spent=before,
        ends_at=NOON + timedelta(days=1),
    )
    sign_in.ask(UNKNOWN, network="n", at=NOON)

    assert sign_in_mails.send_due(at=NOON) == emails
    assert len(mail.outbox) == emails


def test_an_inactive_user_is_a_stranger(client):
    make_user(ADA, is_active=False)
    asked(client)
    sign_in_mails.send_due(at=NOON)

    assert "We don’t know" in mail.outbox[0].body


def test_each_code_is_mailed_once_however_many_tickers_run(client, ada):
    asked(client)

    assert [sign_in_mails.send_due(at=NOON) for _ in range(3)] == [1, 0, 0]


def test_an_email_that_a_ticker_has_in_hand_is_left_to_it_until_its_lease_runs_out(client, ada):
    asked(client)
    SignInCode.objects.update(leased_until=NOON + SECOND)

    assert sign_in_mails.send_due(at=NOON) == 0
    assert sign_in_mails.send_due(at=NOON + SECOND) == 1


def test_a_mail_server_that_fails_is_asked_again_soon(client, ada, settings, caplog):
    settings.OUTGOING_EMAIL_BACKEND = "tests.membership.accounts.test_sign_in.Broken"
    asked(client)

    assert sign_in_mails.send_due(at=NOON) == 0
    settings.OUTGOING_EMAIL_BACKEND = MEMORY
    assert sign_in_mails.send_due(at=NOON + 14 * SECOND) == 0
    assert sign_in_mails.send_due(at=NOON + 15 * SECOND) == 1
    assert "OSError" in caplog.text and ADA not in caplog.text


class Broken:
    def __init__(self, *args, **kwargs):
        pass

    def open(self):
        raise OSError(f"no route to {ADA}")

    def close(self):
        pass


def test_no_email_is_sent_for_a_code_that_is_too_old(client, ada):
    asked(client)

    assert sign_in_mails.send_due(at=NOON + timedelta(minutes=10)) == 0


# --- Limits, before anything is written --------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "emails", "networks"),
    [
        (sign_in.AN_ADDRESS, lambda n: ADA, lambda n: "one net"),
        (sign_in.A_NETWORK, lambda n: f"{n}@x.example", lambda n: "one net"),
    ],
)
def test_codes_are_limited_by_address_and_by_network(limit, emails, networks):
    for number in range(limit):
        sign_in.ask(emails(number), network=networks(number), at=NOON)
    written = SignInCode.objects.count()

    with pytest.raises(TooOften):
        sign_in.ask(emails(limit), network=networks(limit), at=NOON)

    assert (written, SignInCode.objects.count()) == (limit, limit)
    sign_in.ask(emails(limit), network=networks(limit), at=NOON + timedelta(minutes=15))


def test_an_address_gets_twenty_codes_a_day_and_no_more():
    day = datetime(2027, 4, 2, tzinfo=UTC)
    asked_at = [day + timedelta(minutes=15 * (n // 4)) for n in range(21)]
    for at in asked_at[:20]:
        sign_in.ask(ADA, network="n", at=at)

    with pytest.raises(TooOften):
        sign_in.ask(ADA, network="n", at=asked_at[20])


def test_too_many_codes_are_answered_with_how_long_to_wait_known_or_not(ada):
    for email in (ADA, UNKNOWN):
        answers = [asked(Client(), email) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [302] * 5 + [429]
        assert "Retry-After" in answers[-1].headers


def test_one_network_may_not_guess_for_ever():
    for _ in range(sign_in.TRIES_A_NETWORK):
        with pytest.raises(sign_in.Over):
            sign_in.prove(0, "12345678", network="n", at=NOON)
    with pytest.raises(TooOften):
        sign_in.prove(0, "12345678", network="n", at=NOON)


# --- Browsers ----------------------------------------------------------------------------------


def test_a_get_signs_nobody_in_and_mails_nothing(client, ada):
    asked(client)
    code = the_code()
    mailed = len(mail.outbox)

    for address in (f"{CONFIRM}?code={code}", f"{ASK}?email={ADA}", "/accounts/login/code/"):
        client.get(address)
    client.head(f"{CONFIRM}?code={code}")

    assert not is_in(client)
    assert SignInCode.objects.count() == 1 and SignInCode.objects.get().used_at is None
    assert sign_in_mails.send_due(at=NOON) == 0 and len(mail.outbox) == mailed


def test_the_email_has_no_link_that_signs_in(client, ada):
    asked(client)
    the_code()

    email = mail.outbox[-1]
    assert "/accounts/" not in email.body + email.alternatives[0][0]


def test_the_session_gets_a_new_key_when_somebody_signs_in(client, ada):
    asked(client)
    before = client.session.session_key

    typed(client, the_code())

    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=kept_as(before)).exists()


def test_forms_of_other_sites_ask_for_nothing(ada):
    client = Client(enforce_csrf_checks=True)

    answer = client.post(ASK, {"email": ADA})

    assert answer.status_code == 403
    assert not SignInCode.objects.exists()


def test_the_address_is_in_no_address(client, ada):
    answer = client.post(f"{ASK}?next=/membership/", {"email": ADA, "next": "/membership/"})
    answers = [answer, client.get(answer.url), typed(client, the_code())]

    assert not [one for one in answers if "ada" in one.headers.get("Location", "")]


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [("/give/", "/give/"), ("https://evil.example/", HOME), ("//evil.example", HOME), ("", HOME)],
)
def test_whoever_wanted_to_go_somewhere_on_this_site_gets_there(client, ada, wanted, led_to):
    client.post(ASK, {"email": ADA, "next": wanted})

    assert typed(client, the_code()).url == led_to


def test_the_field_asks_telephones_for_the_code_of_the_message(client, ada):
    page = client.post(ASK, {"email": ADA}, follow=True).text

    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page


def test_an_address_that_is_none_is_asked_for_again(client):
    for email in ("", "ada", "a@b", "ada@ellery.example\r\nBcc: x@y.example"):
        assert asked(client, email).status_code == 422
    assert not SignInCode.objects.exists()


# --- Whose address it is -----------------------------------------------------------------------


def test_a_member_the_office_wrote_down_gets_a_sign_in_with_the_first_code(client):
    person = make_person(name="Grace Hopper", email="grace@navy.example")
    asked(client, "grace@navy.example")
    assert not User.objects.exists()

    typed(client, the_code())

    person.refresh_from_db()
    assert person.user.email == "grace@navy.example"
    assert is_in(client)


def test_a_further_address_that_the_office_wrote_down_signs_in_as_well(client, ada):
    Address.objects.create(person=ada.people.get(), email="countess@lovelace.example")
    asked(client, "countess@lovelace.example")
    typed(client, the_code())

    assert is_in(client) and User.objects.get() == ada
    assert Address.objects.get().confirmed_at == NOON


def test_two_who_share_an_address_share_the_sign_in(client):
    people = [make_person(name=name, email=ADA) for name in ("Ada", "Ben")]
    asked(client)
    typed(client, the_code())

    assert {p.refresh_from_db() or p.user for p in people} == {User.objects.get()}


@pytest.mark.parametrize(
    ("born_on", "is_known"),
    [(date(2009, 4, 1), True), (date(2009, 4, 2), False)],
)
def test_a_child_s_own_address_signs_nobody_in_before_they_are_18(born_on, is_known):
    make_person(name="Kit", email="kit@ellery.example", born_on=born_on)

    assert bool(sign_in.stored_address("kit@ellery.example", NOON)) is is_known


def test_the_code_proves_the_address(client):
    user = make_user(ADA, is_confirmed=False)
    asked(client)
    typed(client, the_code())

    assert EmailAddress.objects.get(user=user).verified


@pytest.mark.django_db(transaction=True)
def test_of_many_guesses_at_once_five_are_read(ada, monkeypatch):
    key = sign_in.ask(ADA, network="n", at=NOON)
    read = []

    def code(row):
        read.append(row)
        return "12345678"

    monkeypatch.setattr(SignInCode, "code", code)

    def guess(number):
        with suppress(sign_in.Over):
            sign_in.prove(key, f"9999{number:04}", network=f"n{number}", at=NOON)

    at_once(*[lambda n=n: guess(n) for n in range(12)])

    assert len(read) == 5
