"""Pictures for links that people share: 1200 by 630 pixels, drawn from the cities' records.

A picture of an event is drawn from its title, its day, its public area and its city's poster. It
knows no venue.
"""

import io
import re
from dataclasses import dataclass
from functools import cache, lru_cache

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe
from PIL import Image

from cities.art.chart import norfolk_map
from cities.art.ink import lettering
from cities.art.poster import poster
from cities.art.record import Record
from cities.models import City
from events.models import Event
from nsca.lib import timing
from nsca.lib.media.raster import FONTS, ITALIC, digest_of, fitted, line, png
from nsca.lib.web.caching import public_cache

WIDTH, HEIGHT = 1200, 630
BAND, ON_BAND, QUIET, SIGNAL, SEA, LAND = (
    "#0B0D10",
    "#FFFFFF",
    "#B9BEC5",
    "#FF6A47",
    "#0D4468",
    "#276A92",
)
PAPER, INK = "#FFFFFF", "#12151A"
HOUSE = ("Norfolk Sister City Association", "Virginia")
# The map's colors from atlas.css, as a picture needs them.
MAP_STYLES = (
    f".sea{{fill:{SEA}}}.land{{fill:{LAND}}}.ring{{fill:none;stroke:#fff;stroke-opacity:.26;stroke-width:2}}"
    f".spoke{{fill:none;stroke:{SIGNAL};stroke-width:7}}.dot{{fill:#fff;stroke:{SIGNAL};stroke-width:6}}"
    f".home{{fill:{SIGNAL};stroke:#fff;stroke-width:5}}"
)
HOUR = 3600  # seconds


@dataclass(frozen=True)
class Billing:
    """What the picture of an event says, and nothing else."""

    title: str
    day: str
    area: str
    is_soiree: bool
    city: Record | None

    @classmethod
    def of(cls, event: Event) -> "Billing":
        return cls(
            title=event.title,
            day=timing.long_day(event.starts_at),
            area=event.area,
            is_soiree=event.kind == Event.Kind.SOIREE,
            city=Record.of(event.city) if event.city else None,
        )


# --- Drawing -------------------------------------------------------------------------------------
@lru_cache(maxsize=64)
def city_png(record: Record) -> bytes:
    ground, sea = record.ink_ground, lettering(record.ink_sea, record.ink_ground)
    drawn = [_ground(ground), _placed(poster(record), 0, 0, 497, HEIGHT)]
    drawn += _title(record.name, 545, 610, 250, sea)
    drawn += _house(545, sea, sea)
    return png(_svg(drawn), WIDTH)


@lru_cache(maxsize=8)
def site_png(records: tuple[Record, ...]) -> bytes:
    drawn = [_ground(BAND), _map(records, 560, -30, 690, 690)]
    drawn += _title("Norfolk, and the world", 64, 500, 250, ON_BAND)
    drawn += _house(64, ON_BAND, QUIET)
    return png(_svg(drawn), WIDTH, styles=MAP_STYLES)


@lru_cache(maxsize=64)
def event_png(billing: Billing, records: tuple[Record, ...]) -> bytes:
    ground, ink, quiet = (PAPER, INK, "#565B63") if billing.is_soiree else (BAND, ON_BAND, QUIET)
    drawn = [_ground(ground)]
    if billing.city:
        drawn.append(_placed(poster(billing.city), WIDTH - 497, 0, 497, HEIGHT))
    else:
        drawn.append(_map(records, 720, -30, 690, 690))
    hand = {"font": ITALIC, "tight": 0.03} if billing.is_soiree else {"tight": 0.035}
    drawn += _title(billing.title, 64, 590, 220, ink, **hand)
    drawn.append(_short(billing.day, 64, 400, 34, 590, ink, weight=700))
    area, size = fitted(billing.area, 590, 30, 20, weight=500)
    drawn += [line(part, 64, 446 + i * 32, size, quiet, weight=500) for i, part in enumerate(area)]
    drawn += _house(64, ink, quiet)
    return png(_svg(drawn), WIDTH, styles=MAP_STYLES)


@lru_cache(maxsize=4)
def mark_png(size: int) -> bytes:
    """The association's mark on its black, `size` pixels square."""
    mark = _inner((FONTS.parent / "img" / "mark.svg").read_text())
    return png(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-116 -116 232 232">'
        f'<path d="M-116-116H116V116H-116z" fill="{BAND}"/>{mark}</svg>',
        size,
    )


@cache
def mark_ico() -> bytes:
    """The mark as an icon of 16, 32 and 48 pixels."""
    icon = io.BytesIO()
    sizes = [(16, 16), (32, 32), (48, 48)]
    Image.open(io.BytesIO(mark_png(48))).save(icon, "ICO", sizes=sizes)
    return icon.getvalue()


def _svg(drawn: list[str]) -> str:
    view = f"0 0 {WIDTH} {HEIGHT}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}">{"".join(drawn)}</svg>'


def _ground(ink: str) -> str:
    return f'<path d="M0 0H{WIDTH}V{HEIGHT}H0z" fill="{ink}"/>'


def _inner(svg: str) -> str:
    return re.sub(r"^.*?<svg[^>]*>|</svg>\s*$", "", svg, flags=re.DOTALL)


def _placed(
    svg: str, x: float, y: float, width: float, height: float, view: str = "0 0 600 760"
) -> str:
    return (
        f'<svg x="{x}" y="{y}" width="{width}" height="{height}" viewBox="{view}" '
        f'preserveAspectRatio="xMidYMid slice">{_inner(svg)}</svg>'
    )


def _map(records: tuple[Record, ...], x: int, y: int, width: int, height: int) -> str:
    """The map without its names, which would be illegible at this size."""
    drawing = norfolk_map(records, ("",) * len(records))
    drawing = re.sub(r"<text.*?</text>|</?a\b[^>]*>", "", drawing, flags=re.DOTALL)
    return _placed(drawing, x, y, width, height, "-1010 -1010 2020 2020")


def _title(text: str, x: int, width: int, largest: int, ink: str, **face) -> list[str]:
    face = {"tight": 0.04, **face}
    lines, size = fitted(text, width, largest, 80, **face)
    top = 64 + size * 0.74
    return [
        line(part, x, top + i * size * 0.98, size, ink, **face) for i, part in enumerate(lines)
    ]


def _short(text: str, x: int, y: int, size: int, width: int, ink: str, *, weight: int) -> str:
    """One line, smaller if it is long."""
    _lines, fitting = fitted(text.replace(" ", "\u00a0"), width, size, 1, weight=weight)
    return line(text, x, y, fitting, ink, weight=weight)


def _house(x: int, ink: str, quiet: str) -> list[str]:
    return [
        line(HOUSE[0], x, 548, 30, ink, weight=700),
        line(HOUSE[1], x, 586, 26, quiet, weight=500),
    ]


# --- Addresses -----------------------------------------------------------------------------------
@require_safe
@public_cache(seconds=HOUR)
def of_city(request, slug):
    city = get_object_or_404(City.objects.published().defer("story"), slug=slug)
    record = Record.of(city)
    return _picture(city_png(record), digest_of(record))


@require_safe
@public_cache(seconds=HOUR)
def of_event(request, slug):
    event = get_object_or_404(
        Event.objects.published(request.now).select_related("city").defer("city__story"), slug=slug
    )
    billing, records = Billing.of(event), _records()
    return _picture(event_png(billing, records), event_digest(billing))


@require_safe
@public_cache(seconds=HOUR)
def of_site(request):
    records = _records()
    return _picture(site_png(records), digest_of(records))


@require_safe
@public_cache(seconds=HOUR)
def touch_icon(request):
    return _picture(mark_png(180), "")


@require_safe
@public_cache(seconds=HOUR)
def favicon(request):
    """For clients that ask for /favicon.ico and read no <link>: feed readers, old browsers."""
    return _picture(mark_ico(), "", content_type="image/vnd.microsoft.icon")


def _records() -> tuple[Record, ...]:
    return tuple(Record.of(city) for city in City.objects.published().defer("story"))


def event_digest(billing: Billing) -> str:
    return digest_of(billing)


def _picture(body: bytes, digest: str, content_type="image/png") -> HttpResponse:
    """Cached for an hour; forever under the name of this very version (`?v=`)."""
    response = HttpResponse(body, content_type=content_type)
    response.public_name = digest
    # Other sites' servers fetch a preview and show it on their pages.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
