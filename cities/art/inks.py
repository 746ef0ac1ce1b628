"""The style sheet of the cities: every city's inks and measures as custom properties.

The strict Content-Security-Policy allows no style attribute, so what differs from city to city
comes from one generated sheet, keyed by data-city. Nothing that could break out of a rule gets in:
slugs and inks are checked again here.
"""

import hashlib
import re
from dataclasses import fields
from unicodedata import east_asian_width

from nsca.lib.geo import polar

from .ink import is_ink, lettering, readable_on
from .poster import name_em
from .record import Record

_SLUG = re.compile(r"[a-z0-9_-]+\Z", re.IGNORECASE)
_DEFAULTS = {field.name: field.default for field in fields(Record)}
FARTHEST_MILES = 9023  # to Cagayan de Oro: its line is the last to arrive, after 1750 ms


def greeting_measure(greeting):
    """The number of characters in a greeting, and their average width in em."""
    wide = sum(east_asian_width(letter) in "WF" for letter in greeting)
    return max(len(greeting), 3), (1.02 if wide * 2 > len(greeting) else 0.46)


def _ink(record, name):
    value = getattr(record, name)
    return value if is_ink(value) else _DEFAULTS[name]


def rule(record):
    """One city's rule, or nothing if its slug is not safe."""
    if not _SLUG.match(record.slug):
        return ""
    ground, sky, sea = (_ink(record, name) for name in ("ink_ground", "ink_sky", "ink_sea"))
    letters, width = greeting_measure(record.greeting)
    flight = round(polar(record.latitude, record.longitude).miles / FARTHEST_MILES * 1500 + 250)
    declarations = {
        "--pg": ground,
        "--pi": lettering(sea, ground),
        "--em": name_em(record.name),
        "--cg": sky,
        "--ci": readable_on(sky),
        "--glen": letters,
        "--gw": width,
        "--d": flight,
    }
    body = ";".join(f"{name}:{value}" for name, value in declarations.items())
    return f'[data-city="{record.slug}"]{{{body}}}\n'


def stylesheet(records):
    """The whole sheet, valid even without cities."""
    return "@layer components{\n" + "".join(map(rule, records)) + "}\n"


def digest(text):
    """A version's name: twelve hexadecimal digits of the text's SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]
