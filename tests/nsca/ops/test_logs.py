"""What leaves the site when something breaks: never an address that is a key, never a person."""

import json
import logging
import re

import pytest
import sentry_sdk
from django.urls import URLResolver, get_resolver
from sentry_sdk.transport import Transport

from nsca.ops.logs import masked, start_sentry

TOKEN = "gwHL71qXNb-qlro6iiAcXJpH_UnOhAfH"
# In two pieces each: a report quotes the lines of code around a failure, and these are such lines.
GUEST = "ada@" + "ellery.example"
VENUE = "Chart" + " House Lawn"


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
        raise ValueError(VENUE)
    except ValueError:
        logging.getLogger("nsca.test").exception(
            "%s failed at /tickets/%s/", GUEST, TOKEN, extra={"request": request}
        )
    sentry_sdk.flush()

    told = "\n".join(reported)
    assert "ValueError" in told
    found = [word for word in (TOKEN, GUEST, VENUE) if word in told]
    assert found == []


def test_a_line_without_an_exception_is_scrubbed_as_well(reported):
    logging.getLogger("nsca.test").error("%s at /orders/%s/", GUEST, TOKEN)
    sentry_sdk.flush()

    told = "\n".join(reported)
    assert json.dumps("…@… at /orders/…/")[1:-1] in told
    assert TOKEN not in told
    assert GUEST not in told


def addresses_with_a_key(resolver=None, prefix="/"):
    """Every address of the URLconf that takes a key, with TOKEN in its place."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses_with_a_key(pattern, route)
        elif "<str:" in route:
            known = route.replace("<slug:slug>", "tea").replace("<int:number>", "1")
            yield re.sub(r"<str:\w+>", TOKEN, known)


ADDRESSES = sorted(addresses_with_a_key())


def test_the_urlconf_has_addresses_that_are_keys():
    starts = {address.split(TOKEN)[0] for address in ADDRESSES}

    assert {"/orders/", "/tickets/", "/giving/", "/auto-renewal/", "/join/claim/"} <= starts
    assert {"/join/card/", "/door/", "/renew/", "/newsletter/leave/"} <= starts


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    "line",
    [
        "Gone: {}",
        "Not Found: https://norfolk.example{}?at=1",
        'POST "{}" broke',
        "No such address: {}nowhere/",
        "({}).",
    ],
)
def test_a_line_in_the_log_opens_nobody_s_ticket(line, address):
    said = masked(line.format(address))

    assert TOKEN not in said
    assert said.startswith(line.partition("{")[0])


def test_an_address_without_its_last_stroke_is_masked_too():
    assert masked(f"Gone: /orders/{TOKEN}") == "Gone: /orders/…"


@pytest.mark.parametrize(
    "path",
    ["/events/2027-soiree-en-blanc/tickets/", "/about/history/of-the-association/", "/admin/"],
)
def test_a_public_address_can_be_read_in_the_log(path):
    assert masked(f"Gone: {path}?q=ada") == f"Gone: {path}"


def test_a_query_and_a_person_are_masked():
    assert masked(f"{GUEST} asked /search/?q=ada") == "…@… asked /search/"


@pytest.mark.parametrize(
    ("status", "broke", "level"),
    [(503, False, "WARNING"), (500, False, "ERROR"), (503, True, "ERROR")],
    ids=["a view said so", "broken", "the database is away"],
)
def test_a_503_that_a_view_chose_is_a_warning_and_nothing_else_is(status, broke, level):
    """A task and /readyz say already that payments are down."""
    error = (OSError, OSError(), None) if broke else None
    log = logging.getLogger("django.request")
    record = log.makeRecord(log.name, logging.ERROR, "", 1, "%s", ("/",), error)
    record.status_code = status

    assert log.filter(record)
    assert (record.levelname, record.levelno) == (level, logging.getLevelName(level))
