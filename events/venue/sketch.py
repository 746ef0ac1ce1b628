"""A sketch of the venue among landmarks that everybody in Norfolk knows, drawn here.

It is not a map and uses no outside service: true north, straight lines, no streets. It is drawn
while the page is made, from a revealed venue, and is not stored.
"""

import math
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from events.venue.details import VenueDetails
from nsca.lib.geo import NORFOLK, polar
from nsca.lib.geo import Coordinates as Point

WIDTH, HEIGHT, EDGE = 420, 330, 54  # units of the drawing; EDGE is left free for words
_measured = polar.__wrapped__  # without the memory that it has: it would keep a venue
NEAREST = 4  # landmarks drawn, at most
NEAR_MILES = 1.5  # landmarks within it are drawn, and those up to three times as far as the
# nearest
LETTER = 7.6  # average width of a letter, in units
BARS = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)  # miles
FRACTIONS = {0.05: "250 feet", 0.1: "500 feet", 0.25: "¼ mile", 0.5: "½ mile", 1: "1 mile"}
FEET = {0.05: 250 / 5280, 0.1: 500 / 5280}
MILES_A_DEGREE = 69.0936  # of latitude, on the sphere that geo.py measures on
WALK = 3.0  # miles an hour, at an easy pace


@dataclass(frozen=True)
class Landmark:
    """What people find without help. Degrees, to four digits (about thirty feet)."""

    name: str
    point: Point


LANDMARKS = (
    Landmark("the center of Norfolk", NORFOLK),
    Landmark("the MacArthur Memorial", Point(36.8472, -76.2885)),
    Landmark("Town Point Park", Point(36.8453, -76.2940)),
    Landmark("the Chrysler Museum", Point(36.8564, -76.2931)),
    Landmark("the Botanical Garden", Point(36.9016, -76.2002)),
    Landmark("Ocean View Beach Park", Point(36.9546, -76.2509)),
)


@dataclass(frozen=True, repr=False)
class Sketch:
    """The drawing, and the same in words. `bearings` are sentences, nearest landmark first."""

    svg: SafeString
    bearings: tuple[str, ...]
    coordinates: str  # "36.846512, -76.291734", for GPS

    def __repr__(self):
        return "<Sketch: sealed>"


def sketch_of(venue: VenueDetails) -> Sketch | None:
    """The sketch of a venue; None for an online event or without coordinates."""
    if venue.is_online or not venue.has_point:
        return None
    here = Point(venue.latitude, venue.longitude)
    known = _known(here)
    bearings = tuple(_bearing(landmark, here) for landmark in known[:2])
    return Sketch(
        svg=mark_safe(_drawn(venue.name, here, known, bearings[0])),  # names are escaped in it
        bearings=bearings,
        coordinates=f"{venue.latitude:.6f}, {venue.longitude:.6f}",
    )


def _known(here: Point) -> list[Landmark]:
    """The nearest landmarks, except those much farther than the nearest."""
    by_distance = sorted((_miles(each.point, here), i) for i, each in enumerate(LANDMARKS))
    reach = max(NEAR_MILES, 3 * by_distance[0][0])
    return [LANDMARKS[i] for miles, i in by_distance if miles <= reach][:NEAREST]


def _miles(origin: Point, here: Point) -> float:
    return _measured(here.latitude, here.longitude, origin).miles


def _bearing(landmark: Landmark, here: Point) -> str:
    """ "From Town Point Park: 0.4 miles to the north-northwest, in a straight line"."""
    way = _measured(here.latitude, here.longitude, landmark.point)
    if way.miles < 0.02:
        return f"At {landmark.name} itself."
    minutes = math.ceil(way.miles / WALK * 60)
    walk = f"; about {minutes} minutes on foot" if minutes <= 45 else ""
    return (
        f"From {landmark.name}: {_length(way.miles)} to the {way.spoken} "
        f"({round(way.bearing) % 360}°), in a straight line{walk}."
    )


def _length(miles: float) -> str:
    if miles < 0.2:
        return f"{max(50, round(miles * 5280 / 50) * 50)} feet"
    rounded = f"{miles:.1f}" if miles < 10 else f"{miles:,.0f}"
    return "1 mile" if rounded in ("1.0", "1") else f"{rounded.removesuffix('.0')} miles"


# --- The drawing -------------------------------------------------------------------------------


class _Sheet:
    """Miles east and north of the venue, fitted into the drawing."""

    def __init__(self, here: Point, points: list[Point]):
        self.here = here
        flat = [(0.0, 0.0), *(self.flat(point) for point in points)]
        xs, ys = [x for x, _ in flat], [y for _, y in flat]
        self.mid = ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)
        wide, high = max(max(xs) - min(xs), 0.1), max(max(ys) - min(ys), 0.1)
        self.units = min((WIDTH - 2 * EDGE) / wide, (HEIGHT - 2 * EDGE - 24) / high)  # a mile

    def flat(self, point: Point) -> tuple[float, float]:
        east = (point.longitude - self.here.longitude) * math.cos(math.radians(self.here.latitude))
        return east * MILES_A_DEGREE, (point.latitude - self.here.latitude) * MILES_A_DEGREE

    def at(self, point: Point) -> tuple[float, float]:
        x, y = self.flat(point)
        return (
            WIDTH / 2 + (x - self.mid[0]) * self.units,
            (HEIGHT - 24) / 2 - (y - self.mid[1]) * self.units,
        )


class _Names:
    """Places names beside dots so that they cover neither each other nor a dot."""

    def __init__(self, dots):
        self.taken = [(x - 9, y - 9, x + 9, y + 9) for x, y in dots]

    def venue(self, text: str, x: float, y: float, *, size: int, weight: int) -> str:
        wide = len(text) * LETTER * size / 14
        choices = [
            ("start", x + 13, y + 5, (x + 12, y - 9, x + 13 + wide, y + 9)),
            ("end", x - 13, y + 5, (x - 13 - wide, y - 9, x - 12, y + 9)),
            ("middle", x, y - 15, (x - wide / 2, y - 29, x + wide / 2, y - 11)),
            ("middle", x, y + 26, (x - wide / 2, y + 11, x + wide / 2, y + 31)),
        ]
        anchor, tx, ty, box = next(
            (c for c in choices if self._is_free(c[3])), choices[0 if x < WIDTH / 2 else 1]
        )
        self.taken.append(box)
        return (
            f'<text x="{tx:.1f}" y="{ty:.1f}" text-anchor="{anchor}" font-size="{size}" '
            f'font-weight="{weight}">{escape(text)}</text>'
        )

    def _is_free(self, box) -> bool:
        left, top, right, bottom = box
        if left < 2 or right > WIDTH - 2 or top < 2 or bottom > HEIGHT - 26:
            return False
        return all(
            right <= other[0] or left >= other[2] or bottom <= other[1] or top >= other[3]
            for other in self.taken
        )


def _drawn(name: str, here: Point, known: list[Landmark], words: str) -> str:
    sheet = _Sheet(here, [each.point for each in known])
    x, y = sheet.at(here)
    dots = [sheet.at(each.point) for each in known]
    names = _Names([(x, y), *dots, (WIDTH - 26, 28)])
    title = names.venue(_short(name), x, y, size=16, weight=800)
    labels = [
        names.venue(_short(_capital(each.name)), dx, dy, size=13, weight=500)
        for each, (dx, dy) in zip(known, dots, strict=True)
    ]
    return "".join(
        [
            f'<svg class="sketch" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
            f'aria-label="{escape("A sketch with north at the top. " + words)}">',
            f'<path class="sketch__paper" d="M0 0H{WIDTH}V{HEIGHT}H0Z"/>',
            f'<path class="sketch__line" d="M{dots[0][0]:.1f} {dots[0][1]:.1f}L{x:.1f} {y:.1f}"/>',
            *(f'<circle class="sketch__known" cx="{a:.1f}" cy="{b:.1f}" r="5"/>' for a, b in dots),
            f'<circle class="sketch__here" cx="{x:.1f}" cy="{y:.1f}" r="9"/>',
            *labels,
            title,
            _north(),
            _bar(sheet.units),
            "</svg>",
        ]
    )


def _capital(name: str) -> str:
    bare = name.removeprefix("the ")
    return bare[0].upper() + bare[1:]


def _short(text: str) -> str:
    return text if len(text) <= 30 else text[:29].rstrip() + "…"


def _north() -> str:
    x = WIDTH - 26
    return (
        f'<path class="sketch__north" d="M{x} 16l7 20-7-5-7 5z"/>'
        f'<text x="{x}" y="52" text-anchor="middle" font-size="13" font-weight="800">N</text>'
    )


def _bar(units: float) -> str:
    """A scale bar between a sixth and less than half of the drawing."""
    miles = next((bar for bar in BARS if bar * units >= WIDTH / 6), BARS[-1])
    length = min(FEET.get(miles, miles) * units, WIDTH - 32)
    y = HEIGHT - 14
    words = FRACTIONS.get(miles, f"{miles:,} miles")
    return (
        f'<path class="sketch__bar" d="M16 {y - 5}v5h{length:.1f}v-5"/>'
        f'<text x="{16 + length + 9:.1f}" y="{y + 1}" font-size="13" font-weight="500">'
        f"{words}</text>"
    )
