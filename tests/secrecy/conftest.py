"""One evening for a whole module; what a test does to it is undone after the test."""

import pytest

from tests.secrecy import world as worlds
from tests.secrecy.keeping import all_logged
from tests.slow.machine.shop import undone


@pytest.fixture(scope="module")
def evening(django_db_setup, django_db_blocker):
    """Built once: a walk costs more than enough without it."""
    with django_db_blocker.unblock(), undone():
        yield worlds.build()


@pytest.fixture
def world(evening, db, settings, mailoutbox):
    """The evening, before anything of this test."""
    settings.OUTGOING_EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return evening


@pytest.fixture
def log():
    """A function that tells everything that has been logged."""
    with all_logged() as lines:
        yield lambda: "\n".join(lines)
