"""The seed of a second factor is useless to someone who has only the database."""

from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from post_office.models import Email

from nsca.lib.mail import mail
from tests.factories import make_user

SEED = "JBSWY3DPEHPK3PXP"
FIRST, SECOND = "the first key, long enough for a test", "the second key, long enough as well"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def first_key(settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = FIRST, []


@pytest.fixture
def director():
    return make_user("director@nsca.example", is_staff=True)


def everything_kept() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        return str(cursor.fetchall())


def code_of(seed):
    now = next(iter(totp.yield_hotp_counters_from_time()))
    return totp.format_hotp_value(totp.hotp_value(seed, now))


def test_a_stolen_database_makes_no_codes_of_the_directors_phone(director):
    kept = totp.TOTP.activate(director, SEED).instance

    assert SEED not in everything_kept()
    assert Authenticator.objects.get(pk=kept.pk).wrap().validate_code(code_of(SEED))


def test_a_stolen_database_holds_no_recovery_code(director):
    codes = RecoveryCodes.activate(director)
    shown = codes.get_unused_codes()

    again = Authenticator.objects.get(pk=codes.instance.pk).wrap()
    seed = again.instance.data["seed"]
    assert seed.startswith("sealed:") and len(set(shown)) == 10
    assert again.get_unused_codes() == shown and again.validate_code(shown[0])
    assert not again.validate_code(shown[0])


def test_the_former_key_can_go_once_all_is_sealed_anew(director, settings):
    kept = totp.TOTP.activate(director, SEED).instance
    shown = RecoveryCodes.activate(director).get_unused_codes()
    mail.outbox.send(["ada@ellery.example"], "us@nsca.example", subject="Hi", message="00420815")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = SECOND, [FIRST]

    call_command("reseal", stdout=(told := StringIO()))
    settings.SECRET_KEY_FALLBACKS = []

    assert told.getvalue() == "Resealed: 2 second factors, 1 e-mails.\n"
    assert Authenticator.objects.get(pk=kept.pk).wrap().validate_code(code_of(SEED))
    codes = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).wrap()
    assert codes.get_unused_codes() == shown
    assert "00420815" in Email.objects.get().message


def test_what_no_key_opens_is_said_and_left_as_it_is(director, settings):
    totp.TOTP.activate(director, SEED)
    settings.SECRET_KEY = SECOND

    call_command("reseal", stdout=StringIO(), stderr=(warned := StringIO()))

    assert "1 were left alone" in warned.getvalue()
    settings.SECRET_KEY = FIRST
    assert Authenticator.objects.get().wrap().validate_code(code_of(SEED))


def test_they_are_good_after_the_key_was_changed_and_refused_when_it_is_lost(director, settings):
    kept = totp.TOTP.activate(director, SEED).instance
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = SECOND, [FIRST]
    assert Authenticator.objects.get(pk=kept.pk).wrap().validate_code(code_of(SEED))

    cache.clear()  # of the codes that were used
    settings.SECRET_KEY_FALLBACKS = []
    assert not Authenticator.objects.get(pk=kept.pk).wrap().validate_code(code_of(SEED))
