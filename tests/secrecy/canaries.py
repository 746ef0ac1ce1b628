"""Unmistakable words in every field of the venue, and the shapes in which they could get out."""

import base64
import html
import io
import json
import re
import struct
from functools import cache, lru_cache
from random import Random
from urllib.parse import quote, quote_plus

from PIL import Image

from events.reveal import Kind, VenueDetails

VENUE = VenueDetails(
    name="Quillmoth & Zephyr’s Ropery",
    lines=("7719 Xanthic Ferry Wynd", "Vrennick Quarter"),
    postcode="83917",
    latitude=36.8473619,
    longitude=-76.2915473,
    phone="757-555-0183",
    parking="Gloomhaven car park, deck Yankee",
    directions="Ring at the Bluestem wicket",
    plan_b="Under the Oriflamme arcade",
)
LINK = VenueDetails(
    kind=Kind.ONLINE,
    name="Tanglewick parlour",
    join_url="https://meet.example/j/kestrel-4417",
    directions="Knock twice and say Wolfsbane",
)
OTHER_VENUE = VenueDetails(name="Somewhere else entirely", lines=("1 Plain Street",))
OTHER_LINK = VenueDetails(kind=Kind.ONLINE, name="Elsewhere", join_url="https://meet.example/j/1")

PICTURE_ALT = "The wrought gate at Marlspike Court"

WORDS = [
    VENUE.name,
    PICTURE_ALT,
    "Marlspike",
    "Quillmoth",
    *VENUE.lines,
    VENUE.postcode,
    VENUE.phone,
    VENUE.parking,
    VENUE.directions,
    VENUE.plan_b,
    LINK.name,
    LINK.join_url,
    LINK.directions,
]
POINT = (VENUE.latitude, VENUE.longitude)


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
# Where a longer one is, its part is found anyway.
SHAPES = {
    shape: word
    for shape, word in SHAPES.items()
    if not any(part in shape and part != shape and SHAPES[part] == word for part in SHAPES)
}
# Five digits stand in many a number: they count where they stand alone.
ALONE = re.compile(rf"(?<![\w.]){VENUE.postcode}(?![\w.])")
# The same for bytes: a page is searched as it is, without making a text of it first.
SHAPES_IN_BYTES = {shape.encode(): word for shape, word in SHAPES.items()}
ALONE_IN_BYTES = re.compile(ALONE.pattern.encode())
# A file of the calendar kind breaks its lines anywhere (RFC 5545 §3.1).
FOLDS = [("\r\n ", ""), ("\\,", ","), ("\\;", ";")]
FOLDS_IN_BYTES = [(fold.encode(), plain.encode()) for fold, plain in FOLDS]


# --- The venue's picture -----------------------------------------------------------------------


def _degrees(value: float) -> tuple:
    """Degrees, minutes and seconds as EXIF has them: each a fraction."""
    whole, minutes = int(value), int(value % 1 * 60)
    return float(whole), float(minutes), round((value * 60 % 1) * 60, 4)


def picture(number=4) -> io.BytesIO:
    """A photograph of the venue as a phone makes it: where it was taken is in its EXIF.
    Another number is another picture, made at the same spot.
    """
    noise = Random(number).randbytes(96 * 96 * 3)  # cannot be mistaken for another
    exif = Image.Exif()
    exif[0x010E] = VENUE.name  # ImageDescription
    exif.get_ifd(0x8825).update(  # GPS: latitude and longitude
        {1: "N", 2: _degrees(POINT[0]), 3: "W", 4: _degrees(-POINT[1])}
    )
    file = io.BytesIO()
    file.name = "Quillmoth-gate.jpg"
    Image.frombytes("RGB", (96, 96), noise).save(file, "JPEG", exif=exif, comment=PICTURE_ALT)
    file.seek(0)
    return file


CORES: dict[bytes, str] = {}  # runs of bytes, and what they tell


def note_picture(content: bytes) -> None:
    """From now on the net catches this picture: as it came in, and as the site keeps it."""
    middle = len(content) // 2
    CORES[content[middle : middle + 32]] = "its picture"


for _value in POINT:
    _seconds = round(_degrees(abs(_value))[2], 4)
    for _order in "<>":  # a fraction of which the denominator is a power of ten
        _whole = round(_seconds * 10_000)
        CORES |= {
            struct.pack(f"{_order}II", _whole // _cut, 10_000 // _cut): "its coordinates in EXIF"
            for _cut in (1, 2, 4, 5, 10, 8, 16, 20, 25, 40, 50, 80, 100)
            if _whole % _cut == 0 and 10_000 % _cut == 0
        }


@cache
def _forms_in_bytes(core: bytes) -> tuple[bytes, ...]:
    return core, core.hex().encode(), *(coded.encode() for coded in _base64_cores(core))


@cache
def _forms_in_words(core: bytes) -> tuple[str, ...]:
    """Of bytes that somebody made a text of: one character a byte, or as Python shows them."""
    return core.decode("latin-1"), repr(core)[2:-1], core.hex(), *_base64_cores(core)


# --- The net -----------------------------------------------------------------------------------


@lru_cache(maxsize=500)  # the same page is read for many a viewer
def found_in(text: str | bytes) -> list[str]:
    """Which canaries are in a text, in whatever shape."""
    if isinstance(text, str):
        found = _found(text, SHAPES, FOLDS, ALONE, _forms_in_words)
    else:
        found = _found(text, SHAPES_IN_BYTES, FOLDS_IN_BYTES, ALONE_IN_BYTES, _forms_in_bytes)
        if b"\0" in text:  # every shape has Latin letters or figures: in UTF-16, each with a zero
            wide = text.decode("utf-16-be", "replace")
            found |= _found(wide, SHAPES, FOLDS, ALONE, lambda core: ())
    return sorted(found)


def _found(text, shapes, folds, alone, forms_of) -> set[str]:
    unfolded = text
    for fold, plain in folds:
        unfolded = unfolded.replace(fold, plain)
    texts = (text,) if unfolded == text else (text, unfolded)
    found = {word for shape, word in shapes.items() if any(shape in each for each in texts)}
    found |= {word for core, word in CORES.items() if any(form in text for form in forms_of(core))}
    if alone.search(text):
        found.add(VENUE.postcode)
    return found
