"""The poster of a city, a pure function of its record: same record, same poster.

The latitude sets the height of the horizon; the bearing home to Norfolk
sets the position of the disc; the distance its size; decades of friendship the bands of sky;
a checksum of the slug sets waves, roofs and reeds. The lettering is not in the drawing: it is live
text beneath, so that it is read, translated and selected.
"""

import math
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from nsca.lib.geo import NORFOLK, Coordinates, polar

from .motifs import MOTIFS
from .pen import H, W, rnd

COUNTED_TO = (
    2026  # decades are counted to the association's fiftieth year, so that posters stay as printed
)

# Advance widths of Public Sans 900 capitals, in em: a name on a poster is set to the full measure.
ADVANCES = {
    "A": 0.74, "B": 0.7, "C": 0.74, "D": 0.74, "E": 0.65, "F": 0.63, "G": 0.78, "H": 0.77,
    "I": 0.33, "J": 0.41, "K": 0.75, "L": 0.58, "M": 0.95, "N": 0.81, "O": 0.79, "P": 0.67,
    "Q": 0.8, "R": 0.71, "S": 0.71, "T": 0.64, "U": 0.75, "V": 0.73, "W": 0.98, "X": 0.74,
    "Y": 0.72, "Z": 0.7, " ": 0.21, "–": 0.63, "-": 0.41, "'": 0.27, "’": 0.29, ".": 0.31,
    "À": 0.74, "Â": 0.74, "É": 0.65, "È": 0.65, "Ê": 0.65, "Î": 0.33, "Ô": 0.79, "Ö": 0.79,
    "Ü": 0.75, "Ç": 0.74, "Ñ": 0.81, "Å": 0.74, "Ø": 0.8,
}  # fmt: skip


def name_em(name):
    """The width of the poster's lettering in em, letter-spacing included."""
    return round(
        max(4.3, sum(ADVANCES.get(letter, 0.72) - 0.035 for letter in name.upper()) + 0.05), 2
    )


@dataclass(frozen=True)
class Inks:
    ground: str
    sky: str
    sea: str
    sun: str
    accent: str


@dataclass(frozen=True)
class Scene:
    """The quantities that every poster shares."""

    p: Inks
    r: Callable  # the scene's own chance, seeded by the slug
    km: float
    hz: float  # the horizon
    sx: float  # the disc: position and size
    sy: float
    sr: float
    bands: int
    uid: str


def scene(record):
    checksum = zlib.crc32(record.slug.encode())
    away = polar(record.latitude, record.longitude)
    home = polar(
        NORFOLK.latitude, NORFOLK.longitude, Coordinates(record.latitude, record.longitude)
    )
    horizon = round(540 - abs(record.latitude) / 60 * 80)
    decades = (COUNTED_TO - record.since_year) // 10 if record.since_year else 3
    inks = Inks(
        record.ink_ground, record.ink_sky, record.ink_sea, record.ink_sun, record.ink_accent
    )
    return Scene(
        p=inks,
        r=rnd(checksum),
        km=away.km,
        hz=horizon,
        sx=300 + 165 * math.sin(math.radians(home.bearing)),
        sy=horizon - 265,
        sr=150 - away.km / 15000 * 42,
        bands=max(2, min(7, decades)),
        uid=f"{checksum:x}",
    )


def poster(record):
    """The poster as SVG. An unknown or empty motif is drawn as rings."""
    parts = MOTIFS.get(record.motif or "rings", MOTIFS["rings"])(scene(record))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {W} {H}" aria-hidden="true" '
        f'focusable="false">{"".join(parts)}</svg>'
    )
