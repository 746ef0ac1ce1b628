"""Pages are kept in memory between requests; no test may be answered from another's."""

import pytest
from django.core.cache import cache, caches


@pytest.fixture(autouse=True)
def nothing_is_kept(request):
    caches["pages"].clear()
    yield
    caches["pages"].clear()
    if "db" in request.fixturenames or "transactional_db" in request.fixturenames:
        cache.clear()


@pytest.fixture
def at_noon(db):
    """The clock stands at NOON. The content's version is made anew first, or it would be born in
    the future.
    """
    import time_machine

    from tests.factories import NOON

    with time_machine.travel(NOON, tick=False) as clock:
        yield clock
