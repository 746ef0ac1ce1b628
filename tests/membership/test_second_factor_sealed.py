"""The seed of a second factor is of no use to whoever has the database alone."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.db import connection

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


def test_a_stolen_database_makes_no_codes_of_the_directors_telephone(director):
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


def test_they_are_good_after_the_key_was_changed_and_refused_when_it_is_lost(director, settings):
    kept = totp.TOTP.activate(director, SEED).instance
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = SECOND, [FIRST]
    assert Authenticator.objects.get(pk=kept.pk).wrap().validate_code(code_of(SEED))

    cache.clear()  # of the codes that were used
    settings.SECRET_KEY_FALLBACKS = []
    assert not Authenticator.objects.get(pk=kept.pk).wrap().validate_code(code_of(SEED))
