"""Drawings for templates. Screen readers skip them, so say the same in words too.

{% inks %}              in block css: the cities' colors, for posters, map and greeting
{% poster city %}       a poster with its lettering, linked to its page; link=False inline=True
{% poster_art city %}   only the drawing
{% norfolk_map sightings %}  the whole map (contains #land)
{% dial city %}         the compass dial of one city (contains #land)
{% land_symbol %}       once on a page with a seal and no map: the hidden #land
{% seal "uid" %}        blind embossing; uid is unique on the page; land= text= slope= size=
{% envelope "sealed" %} with {% seal %} inside .env__seal
{% envelope "back" %} and {% envelope "front" %}  opened: the card comes between them
{% guilloche number %}  the rosette of a member's card
{% stamp city visa %}   a stamp in a passport: visa has kind, on (a date) and words
{% mark %}              the association's mark
{% arrow %}             the arrow of a button
{% flag city %}         the flag as a label, never as decoration
{% clock sighting %}    the local time
{% norfolk_clock %}     the time in Norfolk
"""

import re
from functools import cache, lru_cache

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from cities.art import (
    card,
    chart,
)
from cities.art import (
    envelope as envelopes,
)
from cities.art import (
    inks as sheet,
)
from cities.art import (
    mark as marks,
)
from cities.art import (
    poster as posters,
)
from cities.art import seal as seals
from cities.art import stamp as stamps
from cities.art.record import Record
from cities.sightings import sighting
from nsca.lib.geo import NORFOLK_ZONE
from nsca.lib.media.raster import digest_of

register = template.Library()

FLAGS = settings.BASE_DIR / "static" / "img" / "flags"
_COUNTRY = re.compile(r"[a-z]{2}\Z")

# Drawings cost milliseconds and are wanted on every page: each is remembered by the values it was
# drawn from, so an edited record is a new drawing and nothing has to be cleared.
_poster = lru_cache(maxsize=64)(posters.poster)
_map = lru_cache(maxsize=8)(chart.norfolk_map)
_dial = lru_cache(maxsize=64)(chart.dial)
_mark = lru_cache(maxsize=8)(marks.mark)
_seal = lru_cache(maxsize=64)(seals.seal)
_back = lru_cache(maxsize=8)(envelopes.opened_back)
_guilloche = lru_cache(maxsize=256)(card.guilloche)
_stamp = lru_cache(maxsize=512)(stamps.stamp)
_land = lru_cache(maxsize=1)(chart.land_symbol)


@lru_cache(maxsize=8)
def _sheet(records):
    text = sheet.stylesheet(records)
    return text, sheet.digest(text)


@lru_cache(maxsize=64)
def _digest(record):
    return sheet.digest(_poster(record))


def records_of(cities):
    return tuple(Record.of(city) for city in cities or ())


def ink_sheet(cities):
    """The style sheet of these cities and its digest."""
    return _sheet(records_of(cities))


def poster_of(city):
    """The poster of a city as SVG, and the digest of this version."""
    record = Record.of(city)
    return _poster(record), _digest(record)


def _svg(text):
    return mark_safe(text)  # drawn by us from checked values; names in it are escaped


def _known(context, cities=None):
    return records_of(cities if cities is not None else context.get("footer_cities"))


@register.simple_tag(takes_context=True)
def inks(context, cities=None):
    """The link to the cities' style sheet, cached forever: new colors get a new address."""
    _, version = _sheet(_known(context, cities))
    return format_html('<link rel="stylesheet" href="{}">', reverse("cities:inks", args=[version]))


@register.simple_tag
def poster_art(city):
    """The drawing of a city's poster, inline."""
    return _svg(_poster(Record.of(city)))


@lru_cache(maxsize=64)
def _poster_url(record):
    return f"{reverse('cities:poster', args=[record.slug])}?v={_digest(record)}"


@register.simple_tag
def poster_url(city):
    """The address of the poster as a picture; it changes with the record."""
    return _poster_url(Record.of(city))


@register.inclusion_tag("components/poster.html", takes_context=True)
def poster(context, city, inline=False, link=True, lazy=True):
    """A poster with its lettering. Accepts a city or a Sighting."""
    seen = city if hasattr(city, "polar") else sighting(city, at=context["request"].now)
    return {"seen": seen, "city": seen.city, "inline": inline, "link": link, "lazy": lazy}


@register.simple_tag
def norfolk_map(sightings):
    """The map centered on Norfolk, with a line to each city, in the order of the Sightings."""
    records = records_of(seen.city for seen in sightings)
    return _svg(_map(records, tuple(seen.href for seen in sightings)))


@register.simple_tag(takes_context=True)
def dial(context, city, cities=None):
    """The dial of one city; the others (default: all) are pale points on it."""
    return _svg(_dial(Record.of(city), _known(context, cities)))


@register.simple_tag(takes_context=True)
def mark(context):
    """The association's mark, drawn from its cities."""
    return _svg(_mark(_known(context)))


@register.simple_tag
def land_symbol():
    """The hidden land that seals use, once on a page with a seal and no map."""
    return _svg(_land())


@register.simple_tag(takes_context=True)
def seal(context, uid, land=True, text=True, slope=0.5, size=1.0):
    """The seal; with land=True the page has #land, and each seal needs its own uid."""
    return _svg(_seal(_known(context), str(uid), land=land, text=text, slope=slope, size=size))


@register.simple_tag(takes_context=True)
def envelope(context, part="sealed"):
    """The envelope: "sealed", or opened, "back" and "front", with the card between them."""
    if part == "sealed":
        return _svg(envelopes.sealed())
    return _svg(_back(_known(context)) if part == "back" else envelopes.opened_front())


@register.simple_tag
def guilloche(number):
    """The rosette of a membership number, from its digits."""
    digits = "".join(letter for letter in str(number) if letter.isdigit()) or "0"
    return _svg(_guilloche(int(digits)))


@register.simple_tag
def stamp(city, visa):
    """One stamp of a passport (membership.portal.passport.Visa), in the city's ink."""
    on = visa.on
    day, month, year = f"{on:%-d}", f"{on:%b}".upper(), f"{on:%Y}"
    return _svg(_stamp(Record.of(city), visa.kind, day, month, year, visa.words))


@register.simple_tag
def arrow():
    return _svg(
        '<svg class="arrow" viewBox="0 0 16 12" fill="none" stroke="currentColor" '
        'stroke-width="2.2" aria-hidden="true" focusable="false">'
        '<path d="M0 6h14M9 1l5 5-5 5"/></svg>'
    )


@cache
def _flag(country_code):
    path = FLAGS / f"{country_code}.svg"
    if not _COUNTRY.match(country_code) or not path.is_file():
        return ""
    # Inline: eight tiny files would cost more in headers than in flags.
    drawing = re.sub(r'\s(?:xmlns(?::xlink)?="[^"]*"|id="flag-[^"]*")', "", path.read_text())
    drawing = re.sub(r">\s+<", "><", drawing.replace("xlink:href", "href")).strip()
    return drawing.replace("<svg", '<svg class="flag" aria-hidden="true" focusable="false"', 1)


@register.simple_tag
def flag(city):
    """The flag of a city's country as a label beside its name, if we have it."""
    return _svg(_flag(city.country_code))


@register.simple_tag
def clock(seen):
    """A city's local time as the script shows it; without a script, the time difference.

    The page is cached, so it must not contain the time at which it was made.
    """
    return _clock(seen.city.time_zone, seen.shift)


@register.simple_tag
def norfolk_clock():
    """The time in Norfolk, shown the same way; without a script, no difference."""
    return _clock(NORFOLK_ZONE, "\u00b10 h")


def _clock(zone, shift):
    return format_html('<world-clock zone="{}">{}</world-clock>', zone, shift)


@register.simple_tag
def calendar_link(city):
    """A link to the city's calendar, which the events app provides."""
    address = reverse("city_calendar", args=[city.slug])
    return format_html('<a class="more" href="{}">Add its events to your calendar</a>', address)


@register.filter
def poster_picture(city):
    """The address of a city's picture for link previews; empty without a city."""
    if not city:
        return ""
    # Readers of shared links want a PNG: nsca/site/seo_pictures.py draws it, the digest names it.
    address = reverse("city_picture", args=[city.slug])
    return f"{address}?v={digest_of(Record.of(city))}"
