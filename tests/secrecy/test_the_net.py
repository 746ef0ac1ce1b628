"""The net itself: what it catches, what it lets through, and that nothing slips past it."""

import dataclasses

import pytest

from events.venue.details import VenueDetails
from tests.secrecy.addresses import NoSample, addresses, patterns
from tests.secrecy.canaries import LINK, VENUE, _base64_cores, found_in

pytestmark = pytest.mark.django_db


def test_a_new_address_without_a_sample_fails_and_says_what_to_do(world, monkeypatch):
    strange = [*patterns(), ("events:oracle", "events/oracle/<str:token>/", 1)]
    monkeypatch.setattr("tests.secrecy.addresses.patterns", lambda: iter(strange))

    with pytest.raises(NoSample, match="Give it a sample"):
        list(addresses(world, world.viewers["visitor"]))


@pytest.mark.parametrize(
    "name", [f.name for f in dataclasses.fields(VenueDetails) if f.name != "kind"]
)
def test_every_field_of_a_venue_has_its_canary(name):
    value = getattr(VENUE, name) or getattr(LINK, name)

    assert value, f"tests/secrecy/canaries.py puts nothing into {name}"
    for each in value if isinstance(value, tuple) else (value,):
        assert found_in(f"<p>{each}</p>") != []


@pytest.mark.parametrize(
    "leak",
    [
        "<p>Quillmoth &amp; Zephyr’s Ropery</p>",
        "/map?q=Quillmoth+%26+Zephyr%E2%80%99s+Ropery",
        "UXVpbGxtb3RoICYgWmVwaHly",
        "htomlliuQ",
        "36.847",
        "36.8474",
        "36.84736",
        "36.847362",
        "36,84736",
        "-76.29155",
        "QUILLMOTH",
        "LOCATION:Quillmo\r\n th",
        '{"zip": "83917"}',
        "7719 Xanthic Ferry Wynd",
        "Quillmoth \\u0026 Zephyr\\u2019s Ropery",
        "https%3A%2F%2Fmeet.example%2Fj%2Fkestrel-4417",
        b"7719 Xanthic Ferry Wynd".hex(),
    ],
)
@pytest.mark.parametrize("written", [str, str.encode, lambda leak: leak.encode("utf-16-be")])
def test_the_net_catches_every_shape(leak, written):
    assert found_in(written(leak)) != []


@pytest.mark.parametrize("shift", range(3))
def test_the_net_catches_base64_wherever_it_is_aligned(shift):
    core = _base64_cores(VENUE.plan_b.encode())[shift]

    assert found_in(f"eyJ{core}==") == [VENUE.plan_b]


def test_the_net_does_not_catch_what_is_no_leak():
    assert found_in("Norfolk, ten minutes from downtown; 36.85° N, 76.29° W; order 1839172") == []
