"""What leaves the site when something breaks: never an address that is a key, never a person."""

import json
import logging

import pytest
import sentry_sdk
from sentry_sdk.transport import Transport

from nsca.logs import start_sentry

TOKEN = "gwHL71qXNb-qlro6iiAcXJpH_UnOhAfH"
# In two pieces each: a report quotes the lines of code around a failure, and these are such lines.
GUEST = "ada@" + "ellery.example"
PLACE = "Chart" + " House Lawn"


class Kept(Transport):
    """Sends nothing; keeps what would be sent."""

    def __init__(self, options=None):
        super().__init__(options)
        self.envelopes = []

    def capture_envelope(self, envelope):
        self.envelopes.append(envelope.serialize().decode())


@pytest.fixture
def reported(monkeypatch):
    """What Sentry would be told, as text."""
    kept = Kept()
    init = sentry_sdk.init
    monkeypatch.setattr(sentry_sdk, "init", lambda **options: init(transport=kept, **options))
    start_sentry("https://key@sentry.example/1")
    yield kept.envelopes
    init()  # off again


def test_a_report_names_neither_the_ticket_nor_its_guest(reported, rf):
    request = rf.get(f"/tickets/{TOKEN}/?q=ada")

    try:
        raise ValueError(PLACE)
    except ValueError:
        logging.getLogger("nsca.test").exception(
            "%s failed at /tickets/%s/", GUEST, TOKEN, extra={"request": request}
        )
    sentry_sdk.flush()

    told = "\n".join(reported)
    assert "ValueError" in told
    found = [word for word in (TOKEN, GUEST, PLACE) if word in told]
    assert found == []


def test_a_line_without_an_exception_is_scrubbed_as_well(reported):
    logging.getLogger("nsca.test").error("%s at /orders/%s/", GUEST, TOKEN)
    sentry_sdk.flush()

    told = "\n".join(reported)
    assert json.dumps("…@… at /orders/…/")[1:-1] in told
    assert TOKEN not in told
    assert GUEST not in told
