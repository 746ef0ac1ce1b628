import pytest

from tests.production.stage import stage


@pytest.fixture(scope="module")
def processes(django_db_setup):
    """The site's processes, once for all journeys of a module."""
    with stage() as site:
        yield site


@pytest.fixture
def site(processes, transactional_db):
    """The site with one Soirée on sale and a director who has never signed in."""
    processes.seed()
    return processes
