"""One stage for all races: processes need seconds to learn what they sell, and a database to be
emptied. So what a race writes is committed and stays until the last one is over; each has an
event, buyers and orders of its own.
"""

import pytest
from django.db import connection

from tests.slow.races.stage import Stage


@pytest.fixture(scope="package")
def common_stage(django_db_setup, django_db_blocker):
    stage = Stage(str(connection.settings_dict["NAME"]))
    with django_db_blocker.unblock(), django_db_setup.keep():
        yield stage
        stage.dismiss()


@pytest.fixture
def stage(common_stage, transactional_db):
    """The common stage, on a database to which the test commits."""
    return common_stage
