"""Strangers ask for codes by the hundred, and everybody we know still gets in."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client

from events.models import Departure
from events.reveal import pace
from membership.accounts import mail as sign_in_mails
from membership.accounts import sign_in
from membership.accounts.mail import Share
from membership.models import SignInCode
from nsca.lib.models import Throttle
from nsca.management.commands import tick
from tests.factories import NOON, make_member, make_user

pytestmark = pytest.mark.django_db
ASK = "/accounts/login/"
ADA, BOSS, UNKNOWN = "ada@ellery.example", "boss@nsca.example", "cy@nowhere.example"
ELEVEN = [f"198.51.100.{number}" for number in range(1, 12)]
HOME = "203.0.113.7"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def clock(settings):
    settings.OUTGOING_EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada():
    return make_member(ADA)


@pytest.fixture
def boss():
    return make_user(BOSS, is_staff=True)


def post(email, network):
    return Client(REMOTE_ADDR=network).post(ASK, {"email": email})


def flood(email="{}@nowhere.example", networks=ELEVEN, each=sign_in.A_NETWORK):
    """As many requests as allowed from several networks; `email` with a number in it."""
    for number, network in enumerate(networks):
        for ask in range(each):
            sign_in.ask(email.format(f"{number}-{ask}"), network=network, at=NOON)


def signed_in_from(network, email=ADA):
    """Somebody proves their address from a network, the day before."""
    before = NOON - DAY
    row = SignInCode.objects.get(pk=sign_in.ask(email, network=network, at=before))
    sign_in.prove(row.pk, row.code(), network=network, at=before)


def emails():
    return [(email.to[0], any(map(str.isdigit, email.subject))) for email in mail.outbox]


def fill(pot, at=NOON):
    window = int(at.timestamp()) // pot.seconds
    Throttle.objects.create(
        key=f"{pot.scope}:{pot.who}:{window}", spent=pot.limit, ends_at=at + DAY
    )


# --- Asking ------------------------------------------------------------------------------------


def test_three_hundred_asks_from_eleven_networks_shut_nobodys_sign_in(ada, boss):
    flood()

    answers = [post(email, HOME).status_code for email in (ADA, BOSS)]
    sign_in_mails.send_due(at=NOON)

    assert answers == [302, 302]
    assert emails() == [(BOSS, True), (ADA, True)]


def test_in_a_flood_the_answer_does_not_tell_whether_we_know_an_address(ada, boss):
    flood()

    answers = [post(email, HOME) for email in (ADA, BOSS, UNKNOWN)]

    assert len({(answer.status_code, answer.url) for answer in answers}) == 1


def test_one_network_that_asks_too_often_is_told_to_wait_known_or_not(ada):
    flood(networks=[HOME])

    answers = [post(email, HOME) for email in (ADA, UNKNOWN)]

    assert [answer.status_code for answer in answers] == [429, 429]
    assert answers[0].headers["Retry-After"] == answers[1].headers["Retry-After"]


def test_a_stranger_cannot_use_up_the_codes_of_one_address_where_it_signs_in(boss):
    signed_in_from(HOME, BOSS)
    flood(BOSS, networks=ELEVEN[:8], each=sign_in.AN_ADDRESS)

    at_home = sign_in.ask(BOSS, network=HOME, at=NOON)
    elsewhere = sign_in.ask(BOSS, network=ELEVEN[9], at=NOON)

    owed = SignInCode.objects.unsent(NOON)
    assert owed.filter(pk=at_home).exists()
    assert not owed.filter(pk=elsewhere).exists()


@pytest.mark.parametrize("email", [BOSS, UNKNOWN])
@pytest.mark.parametrize(("before", "owed"), [(38, True), (39, True), (40, False)])
def test_forty_codes_a_day_for_one_address_leave_for_networks_new_to_it(boss, email, before, owed):
    Throttle.objects.create(
        key=f"sign-in-elsewhere:{sign_in.disguised(email)}:{int(NOON.timestamp()) // 86_400}",
        spent=before,
        ends_at=NOON + DAY,
    )

    answer = post(email, HOME)

    assert answer.status_code == 302
    assert SignInCode.objects.unsent(NOON).exists() is owed


def test_who_is_at_home_is_answered_like_who_is_not_when_an_address_was_asked_for_too_often(
    ada, boss
):
    signed_in_from(HOME)
    for email in (ADA, BOSS, UNKNOWN):
        flood(email, networks=ELEVEN[:9], each=sign_in.AN_ADDRESS)

    answers = [post(email, HOME) for email in (ADA, BOSS, UNKNOWN)]

    assert len({(answer.status_code, answer.url) for answer in answers}) == 1


def test_who_asked_in_vain_is_not_at_home_there(ada):
    sign_in.ask(ADA, network=HOME, at=NOON - MINUTE)

    key = sign_in.ask(ADA, network=HOME, at=NOON)

    assert SignInCode.objects.get(pk=key).is_from_home is False


def test_who_proved_an_address_is_at_home_with_it_and_with_no_other(ada, boss):
    signed_in_from(HOME)

    rows = [sign_in.ask(email, network=HOME, at=NOON) for email in (ADA, BOSS)]

    assert [SignInCode.objects.get(pk=key).is_from_home for key in rows] == [True, False]


# --- E-mails -----------------------------------------------------------------------------------


def test_staff_go_first_then_who_is_at_home_then_who_is_known_and_strangers_last(ada, boss):
    make_member("bea@ellery.example")
    signed_in_from(HOME, "bea@ellery.example")
    for email, network in (
        (UNKNOWN, HOME), (ADA, HOME), ("bea@ellery.example", HOME), (BOSS, HOME),
    ):  # fmt: skip
        sign_in.ask(email, network=network, at=NOON)

    rows = sign_in_mails.by_share(SignInCode.objects.unsent(NOON)).order_by("share")

    assert list(rows.values_list("email", "share")) == [
        (BOSS, Share.STAFF),
        ("bea@ellery.example", Share.HOME),
        (ADA, Share.KNOWN),
        (UNKNOWN, Share.STRANGER),
    ]


def test_strangers_get_no_email_while_somebody_we_know_waits(ada):
    sign_in.ask(UNKNOWN, network=HOME, at=NOON)
    sign_in.ask(ADA, network=HOME, at=NOON)

    sent = [sign_in_mails.send_due(at=NOON) for _ in range(2)]

    assert (sent, emails()) == ([1, 1], [(ADA, True), (UNKNOWN, False)])


def test_strangers_are_written_to_a_few_at_a_time():
    flood(networks=[HOME], each=10)

    assert sign_in_mails.send_due(at=NOON) == sign_in_mails.A_FEW


def test_once_the_days_emails_to_strangers_are_gone_a_flood_is_settled_at_once(ada):
    flood(networks=ELEVEN[:2])
    fill(sign_in_mails.STRANGERS)
    sign_in.ask(ADA, network=HOME, at=NOON)

    sent = [sign_in_mails.send_due(at=NOON) for _ in range(2)]

    assert (sent, emails()) == ([1, 0], [(ADA, True)])
    assert not SignInCode.objects.unsent(NOON + MINUTE).exists()


@pytest.mark.parametrize(
    ("email", "network", "leaves"),
    [(BOSS, HOME, True), (ADA, HOME, True), (ADA, "192.0.2.9", False)],
    ids=["staff", "a member at home", "a member from elsewhere"],
)
def test_who_asks_for_members_by_the_hundred_shuts_out_neither_staff_nor_members_at_home(
    ada, boss, email, network, leaves
):
    signed_in_from(HOME)
    fill(sign_in_mails.KNOWN)
    sign_in.ask(email, network=network, at=NOON)

    assert bool(sign_in_mails.send_due(at=NOON)) is leaves


def test_a_code_for_which_there_was_no_room_leaves_when_there_is(ada):
    fill(sign_in_mails.KNOWN)
    at = NOON + 14 * MINUTE
    sign_in.ask(ADA, network=HOME, at=at)

    sent = [sign_in_mails.send_due(at=at), sign_in_mails.send_due(at=NOON + 15 * MINUTE)]

    assert sent == [0, 1]


def test_an_hour_that_is_full_of_emails_still_has_one_for_staff(ada, boss, settings):
    settings.MAIL_PER_HOUR = 20
    for _ in range(19):
        pace.take(at=NOON, is_urgent=True)
    for email in (UNKNOWN, ADA, BOSS):
        sign_in.ask(email, network=HOME, at=NOON)

    sign_in_mails.send_due(at=NOON, may_leave=tick.has_room)

    assert emails() == [(BOSS, True)]
    assert pace.take(at=NOON, is_urgent=True) is False


def test_asks_for_which_no_email_leaves_use_up_nothing_of_the_hour(settings):
    settings.MAIL_PER_HOUR = 20
    fill(sign_in_mails.STRANGERS)
    flood(networks=[HOME])

    sign_in_mails.send_due(at=NOON, may_leave=tick.has_room)

    assert not Departure.objects.exists()
