"""Production refuses to start unsafe; a demonstration starts at once."""

import pytest
from django.test import override_settings

from nsca.lib.db.sqlite import wal_is_safe
from nsca.ops.checks import starts_safe

SAFE = {
    "DEBUG": False,
    "DEMO": False,
    "SECRET_KEY": "Zk3-9vQxW7bTn5rLmP2sYd8fHgJc4aEu6iOo1wRtBqXzCvNe0K",
    "STRIPE_SECRET_KEY": "sk_live_1",
    "STRIPE_WEBHOOK_SECRET": "whsec_1",
    "STRIPE_API_BASE": "",
    "OUTGOING_EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "IS_HTTPS": True,
    "ALLOWED_HOSTS": ["norfolksistercities.org"],
}


def refusals(**changed):
    with override_settings(**{**SAFE, **changed}):
        return [error.msg for error in starts_safe(None)]


def test_a_production_that_has_everything_starts():
    assert refusals() == []


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        (
            {"SECRET_KEY": "insecure-only-for-debug-and-demonstration-never-for-guests"},
            "SECRET_KEY",
        ),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": "a" * 60}, "SECRET_KEY"),
        ({"STRIPE_SECRET_KEY": ""}, "pretend payments"),
        ({"STRIPE_WEBHOOK_SECRET": ""}, "forged"),
        ({"STRIPE_API_BASE": "http://127.0.0.1:9"}, "test keys"),
        (
            {"OUTGOING_EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"},
            "EMAIL_URL",
        ),
        (
            {"OUTGOING_EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend"},
            "EMAIL_URL",
        ),
        ({"IS_HTTPS": False}, "https"),
        ({"ALLOWED_HOSTS": ["*"]}, "ALLOWED_HOSTS"),
    ],
)
def test_each_danger_is_refused_in_one_sentence(changed, word):
    (sentence,) = refusals(**changed)

    assert word in sentence


@pytest.mark.parametrize("kind", ["DEBUG", "DEMO"])
def test_trying_the_site_out_needs_no_keys(kind):
    assert refusals(**{kind: True, "SECRET_KEY": "short", "STRIPE_SECRET_KEY": ""}) == []


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 9), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
    ],
)
def test_a_write_ahead_log_is_kept_only_where_sqlite_cannot_corrupt_it(version, safe):
    assert wal_is_safe(version) is safe
