import pytest

from nsca.content import loader, reading


@pytest.fixture
def loaded(db):
    """The association's content, loaded once; the tally of that loading."""
    return loader.load(reading.all_items())
