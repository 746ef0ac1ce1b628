"""The map centered on Norfolk, with every city at its true distance and bearing.

The projection is azimuthal equidistant, so the great circle to a city is a straight line. The
land was drawn once in this projection (Natural Earth, public domain); 1000 units are 9,600 miles.
"""

import math
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

from nsca.lib.geo import polar

RADIUS = 1000
RIM_MILES = 9600  # a little more than to Cagayan de Oro, the farthest partner
RINGS_MILES = (2000, 4000, 6000, 8000)

LABEL, NUMBER = 22, 50  # font sizes in map units, on a desktop and on a phone
DIAL_LETTER = 36  # the width of a letter on the dial
WIDE_VIEW = (-1206, -1032, 676, 122)  # left, top, right, bottom: fits the first eight


@cache
def land():
    """The path data of the world's land in this projection."""
    return (Path(__file__).parent / "land.path").read_text().strip()


def number(value):
    """A coordinate as short as SVG allows."""
    text = f"{value:.1f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def on_chart(miles, bearing):
    """Distance and bearing as a point of the map, moved to the rim if beyond it."""
    r = min(miles / RIM_MILES, 0.985) * RADIUS
    angle = math.radians(bearing)
    return r * math.sin(angle), -r * math.cos(angle)


@dataclass(frozen=True)
class Spot:
    """A city on the map."""

    slug: str
    name: str
    miles: int
    bearing: float
    x: float
    y: float
    nudge: tuple | None  # the staff's own place for the name: dx, dy, anchor


def spot(record):
    seen = polar(record.latitude, record.longitude)
    x, y = on_chart(seen.miles, seen.bearing)
    nudge = None
    if record.label_dx is not None or record.label_dy is not None:
        anchor = record.label_anchor or ("start" if seen.bearing < 180 else "end")
        nudge = (record.label_dx or 0, record.label_dy or 0, anchor)
    return Spot(record.slug, record.name, round(seen.miles), seen.bearing, x, y, nudge)


# ------------------------------------------------------------------ where the names stand
_WAYS = (  # dx and dy in shares of the font size, and which end of the text the point holds
    (0.9, 0.3, "start"),
    (-0.9, 0.3, "end"),
    (0.8, -0.45, "start"),
    (-0.8, -0.45, "end"),
    (0.8, 1.0, "start"),
    (-0.8, 1.0, "end"),
    (0, -0.95, "middle"),
    (0, 1.55, "middle"),
)


def text_box(x, y, text_width, size, anchor):
    left = x - {"start": 0, "middle": text_width / 2, "end": text_width}[anchor]
    return left, y - 0.8 * size, left + text_width, y + 0.25 * size


def overlap(a, b):
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    return width * height if width > 0 and height > 0 else 0


def _crossed(box, end):
    """How much of the line from Norfolk to a city crosses a label."""
    steps = 60
    inside = 0
    for i in range(steps):
        x, y = end[0] * i / steps, end[1] * i / steps
        inside += box[0] < x < box[2] and box[1] < y < box[3]
    return inside


def place_labels(spots, texts, size, window):
    """Positions (x, y, anchor) for the labels beside their spots, without collisions.

    Greedy and deterministic: the same cities always give the same map. Staff's own nudges
    win. `window` is the left and right edge of what is seen.
    """
    taken = [(-20.0, -20.0, 20.0, 20.0)]
    taken += [(s.x - 14, s.y - 14, s.x + 14, s.y + 14) for s in spots]
    placed = []
    for at, text in zip(spots, texts, strict=True):
        width = 0.58 * size * len(text)
        ways = [(dx * size, dy * size, anchor) for dx, dy, anchor in _WAYS]
        if at.bearing >= 180:
            ways[0], ways[1] = ways[1], ways[0]
        if at.nudge and size == LABEL:
            ways = [at.nudge]
        best = None
        for rank, (dx, dy, anchor) in enumerate(ways):
            box = text_box(at.x + dx, at.y + dy, width, size, anchor)
            cost = rank * 8 + sum(overlap(box, other) for other in taken)
            cost += 60 * sum(_crossed(box, (other.x, other.y)) for other in spots)
            cost += 200 * (max(0, window[0] - box[0]) + max(0, box[2] - window[1]))
            if best is None or cost < best[0]:
                best = (cost, at.x + dx, at.y + dy, anchor, box)
        taken.append(best[4])
        placed.append(best[1:4])
    return placed


# ------------------------------------------------------------------ drawing
def _rings(with_names):
    drawn = []
    for miles in RINGS_MILES:
        r = miles / RIM_MILES * RADIUS
        drawn.append(f'<circle class="ring" r="{number(r)}"/>')
        if with_names:
            x, y = on_chart(miles, 15)
            unit = " mi" if miles == RINGS_MILES[0] else ""
            drawn.append(
                f'<text class="ring-n" x="{number(x)}" y="{number(y)}" dx="6">'
                f"{miles:,}{unit}</text>"
            )
    return "".join(drawn)


def _label(css_class, place, body):
    x, y, anchor = place
    return (
        f'<text class="label{css_class}" x="{number(x)}" y="{number(y)}" '
        f'text-anchor="{anchor}">{body}</text>'
    )


def _sea_and_land():
    return f'<circle class="sea" r="{RADIUS}"/><path id="land" class="land" d="{land()}"/>'


def _svg(css_class, view, body):
    left, top, right, bottom = view
    return (
        f'<svg class="map {css_class}" viewBox="{left} {top} {right - left} {bottom - top}" '
        f'preserveAspectRatio="xMaxYMax meet" aria-hidden="true" focusable="false">{body}</svg>'
    )


def wide_view(spots):
    """What the hero shows: the first eight cities' window, widened for new cities."""
    left, top, right, bottom = WIDE_VIEW
    right = max([right, *(round(s.x) + 130 for s in spots)])
    bottom = max([bottom, *(round(s.y) + 80 for s in spots)])
    return left, top, right, bottom


def norfolk_map(records, hrefs):
    """The hero: the whole map with a line to each city; the timetable says it in words."""
    spots = [spot(record) for record in records]
    view = wide_view(spots)
    left, width = view[0], view[2] - view[0]
    on_a_telephone = (left + 0.365 * width, left + 0.955 * width)  # .hero__map crops the rest
    names = place_labels(
        spots, [f"{s.name} {s.miles:,}" for s in spots], LABEL, (left + 10, view[2] - 10)
    )
    figures = place_labels(spots, [str(i + 1) for i in range(len(spots))], NUMBER, on_a_telephone)
    drawn = [_sea_and_land(), _rings(with_names=True)]
    for i, at in enumerate(spots):
        name = f'{escape(at.name)}<tspan dx=".4em">{at.miles:,}</tspan>'
        drawn.append(
            f'<a href="{escape(hrefs[i])}" tabindex="-1" data-city="{escape(at.slug)}">'
            f'<path class="spoke" pathLength="1" d="M0 0L{number(at.x)} {number(at.y)}"/>'
            f'<circle class="dot" cx="{number(at.x)}" cy="{number(at.y)}" r="9"/>'
            + _label(" label-long", names[i], name)
            + _label(" label-number", figures[i], str(i + 1))
            + "</a>"
        )
    drawn.append('<circle class="home" r="13"/>' + _label("", (-22, 36, "end"), "Norfolk"))
    return _svg("map--draw", view, "".join(drawn))


def dial(record, others):
    """The map as a dial with one hand to this city; the others are pale points."""
    at = spot(record)
    drawn = [_sea_and_land(), _rings(with_names=False)]
    for other in map(spot, others):
        if other.slug != at.slug:
            drawn.append(
                f'<circle class="dot dim" cx="{number(other.x)}" cy="{number(other.y)}" r="13"/>'
            )
    eastward = at.bearing < 180
    length = DIAL_LETTER * len(at.name)
    reach = (
        math.sqrt(max(0, RADIUS**2 - at.y**2)) - 20
    )  # from the middle to the rim at that height
    outward = at.x + 26 + length if eastward else -(at.x - 26 - length)
    if eastward == (outward <= reach):  # outside the point, unless the name would leave the dial
        dx, anchor = (26 if eastward else 20), "start"
    else:
        dx, anchor = (-20 if eastward else -26), "end"
    below = at.y > 0
    home = (-24, -30 if below else 62, "end") if eastward else (24, -30 if below else 62, "start")
    drawn += [
        f'<path class="spoke" d="M0 0L{number(at.x)} {number(at.y)}"/>',
        f'<circle class="dot" cx="{number(at.x)}" cy="{number(at.y)}" r="22"/>',
        _label("", (at.x + dx, at.y + (70 if below else -26), anchor), escape(at.name)),
        '<circle class="home" r="24"/>',
        _label("", home, "Norfolk"),
    ]
    return _svg("map--dial", (-1010, -1010, 1010, 1010), "".join(drawn))


def land_symbol():
    """The hidden land for seals on pages without a map."""
    return (
        '<svg class="sprite" width="0" height="0" aria-hidden="true" focusable="false">'
        f'<path id="land" d="{land()}"/></svg>'
    )
