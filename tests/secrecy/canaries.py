"""Unmistakable words in every field of the place, and the shapes in which they could get out."""

import base64
import html
import json
import re
from urllib.parse import quote, quote_plus

from events.reveal import Place

PLACE = Place(
    name="Quillmoth & Zephyr’s Ropery",
    lines=("7719 Xanthic Ferry Wynd", "Vrennick Quarter"),
    postcode="83917",
    latitude=36.8473619,
    longitude=-76.2915473,
    phone="757-555-0183",
    parking="Gloomhaven car park, deck Yankee",
    directions="Ring at the Bluestem wicket",
    plan_b="Under the Oriflamme arcade",
    join_url="https://meet.example/j/kestrel-4417",
)
OTHER_PLACE = Place(name="Somewhere else entirely", lines=("1 Plain Street",))

WORDS = [
    PLACE.name,
    "Quillmoth",
    *PLACE.lines,
    PLACE.postcode,
    PLACE.phone,
    PLACE.parking,
    PLACE.directions,
    PLACE.plan_b,
    PLACE.join_url,
]
POINT = (PLACE.latitude, PLACE.longitude)


def _base64_cores(raw: bytes) -> list[str]:
    """What of a text stands unchanged in base64, at each of the three ways it may be aligned."""
    cores = []
    for shift in range(3):
        coded = base64.b64encode(b"\x00" * shift + raw).decode().rstrip("=")
        cores.append(coded[4 if shift else 0 : -2])
    return cores


def _shapes(word: str) -> set[str]:
    raw = word.encode()
    urlsafe = [core.replace("+", "-").replace("/", "_") for core in _base64_cores(raw)]
    return {
        word,
        word.lower(),
        word.upper(),
        html.escape(word),
        quote(word),
        quote_plus(word),
        json.dumps(word)[1:-1],
        word[::-1],
        raw.hex(),
        *_base64_cores(raw),
        *urlsafe,
    }


def _figures(degrees: float) -> set[str]:
    """A coordinate rounded and cut to three digits and more."""
    figures = {f"{abs(degrees):.{digits}f}" for digits in range(3, 8)}
    figures |= {f"{abs(degrees):.7f}"[: 3 + digits] for digits in range(3, 8)}
    backwards = {figure[::-1] for figure in figures if len(figure) > 7}  # shorter ones are in maps
    return figures | backwards | {figure.replace(".", ",") for figure in figures}


SHAPES = {shape: word for word in WORDS for shape in _shapes(word) if len(shape) > 5}
SHAPES |= {shape: "its coordinates" for degrees in POINT for shape in _figures(degrees)}
# Five digits stand in many a number: they count where they stand alone.
ALONE = re.compile(rf"(?<![\w.]){PLACE.postcode}(?![\w.])")


def found_in(text: str | bytes) -> list[str]:
    """Which canaries are in a text, in whatever shape."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace") + text.decode("utf-16-be", "replace")
    # A file of the calendar kind breaks its lines anywhere (RFC 5545 §3.1).
    unfolded = text.replace("\r\n ", "").replace("\\,", ",").replace("\\;", ";")
    found = {word for shape, word in SHAPES.items() if shape in text or shape in unfolded}
    if ALONE.search(text):
        found.add(PLACE.postcode)
    return sorted(found)
