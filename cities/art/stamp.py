"""A stamp in a passport: the frame shows the kind, the ink and the words come from the city.

The paper is the same in light and dark schemes. No two stamps look alike: slope and wear follow
from the day, so the same stamp is always the same.
"""

# A path is drawn in one breath.
# ruff: noqa: E501

import math
from zlib import crc32

from django.utils.html import escape

from nsca.lib.geo import polar

from .ink import READABLE, contrast, is_ink, mix
from .pen import f, rnd

PAPER = "#FBF8F0"
BLACK = "#12151A"
MOST_LETTERS = 24  # around the ring
_KINDS = {"event", "hosting", "volunteering", "exchange"}
_NAMES = {
    "event": "ATTENDED",
    "hosting": "HOSTED",
    "volunteering": "VOLUNTEERED",
    "exchange": "EXCHANGE",
}


def ink_of(record):
    """The city's sea color, darkened until it is readable on the passport's paper."""
    ink = record.ink_sea if is_ink(record.ink_sea) else BLACK
    for _ in range(10):
        if contrast(ink, PAPER) >= READABLE:
            return ink
        ink = mix(ink, BLACK, 0.2)
    return BLACK


def stamp(record, kind, day, month, year, words=""):
    """One stamp as SVG; `day` is "20", `month` "MAY", `year` "2027", `words` the reason."""
    kind = kind if kind in _KINDS else "event"
    seed = crc32(f"{record.slug}|{kind}|{day}{month}{year}|{words}".encode())
    r = rnd(seed)
    slope, ink = r(-11, 11), ink_of(record)
    name = record.name.upper()[:MOST_LETTERS]
    frame = {"event": _ring, "hosting": _house, "volunteering": _hexagon, "exchange": _oval}[kind]
    bearing = polar(record.latitude, record.longitude).bearing
    return (
        f'<svg class="stamp" viewBox="-130 -130 260 260" fill="none" stroke="{ink}" color="{ink}" role="img" '
        f'aria-label="{escape(_said(record, kind, day, month, year, words))}" focusable="false">'
        f'<g transform="rotate({f(slope)})">{frame(r)}'
        f"{_needle(bearing)}"
        f"{_on_arc(name, 88, top=True)}"
        f"{_on_arc(_NAMES[kind], 88, top=False)}"
        f'<g fill="{ink}" stroke="none" font-weight="800" text-anchor="middle">'
        f'<text class="stamp__day" y="14" font-size="44">{escape(day)}</text>'
        f'<text y="38" font-size="17">{escape(month)} {escape(year)}</text></g>'
        f"{_wear(r)}</g></svg>"
    )


def _said(record, kind, day, month, year, words):
    what = f": {words}" if words else ""
    return f"{record.name}, {_NAMES[kind].lower()}, {month.title()} {day}, {year}{what}"


def _ring(r):
    return '<circle r="120" stroke-width="5"/><circle r="111" stroke-width="1.6"/><circle r="68" stroke-width="1.6" stroke-dasharray="3 4"/>'


def _oval(r):
    return '<ellipse rx="126" ry="118" stroke-width="3"/><ellipse rx="117" ry="110" stroke-width="3"/><path stroke-width="2" d="M-66 0A66 66 0 0 1 60 -28l-12 1m12-1l3-12M66 0A66 66 0 0 1-60 28l12-1m-12 1l-3 12"/>'


def _house(r):
    return '<path stroke-width="5" stroke-linejoin="round" d="M0 -127L118 -66V112H-118V-66Z"/><path stroke-width="1.6" d="M0 -117L109 -60V103H-109V-60Z"/><circle r="68" stroke-width="1.6" stroke-dasharray="9 4"/>'


def _hexagon(r):
    points = [
        (126 * math.sin(a), -126 * math.cos(a)) for a in (math.radians(60 * i) for i in range(6))
    ]
    outer = "L".join(f"{f(x)} {f(y)}" for x, y in points)
    inner = "L".join(f"{f(x * 0.93)} {f(y * 0.93)}" for x, y in points)
    return f'<path stroke-width="4" stroke-linejoin="round" d="M{outer}Z"/><path stroke-width="1.6" d="M{inner}Z"/><circle r="68" stroke-width="1.6" stroke-dasharray="1 4"/>'


def _needle(bearing):
    """The bearing from Norfolk: a short line on the inner circle, as on the city's dial."""
    return f'<path stroke-width="3.4" d="M0 -68V-54" transform="rotate({f(bearing)})"/>'


def _on_arc(text, radius, *, top):
    """Characters set one by one around the ring, so that stamps need no path ids."""
    step = min(13.5, 150 / max(len(text), 1))
    drawn = []
    for i, letter in enumerate(text):
        place = (i - (len(text) - 1) / 2) * step
        if letter == " ":
            continue
        turn = place if top else -place
        y = -radius if top else radius
        base = 7 if top else 8
        drawn.append(
            f'<text transform="rotate({f(turn)})" y="{y + base}" font-size="{f(min(19, step * 1.5))}">{escape(letter)}</text>'
        )
    return f'<g stroke="none" fill="currentColor" class="stamp__ring" font-weight="700" text-anchor="middle" aria-hidden="true">{"".join(drawn)}</g>'


def _wear(r):
    """Worn spots: a few pale strokes in the paper's color."""
    strokes = []
    for _ in range(5):
        x, y, length = r(-110, 110), r(-110, 110), r(14, 46)
        strokes.append(f"M{f(x)} {f(y)}l{f(length)} {f(r(-8, 8))}")
    return f'<path stroke="{PAPER}" stroke-width="1.4" opacity=".75" d="{"".join(strokes)}"/>'
