"""City pages: the list, each city's page, and its page in its own language."""

import gzip
from datetime import timedelta
from functools import lru_cache

import brotli
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from cities.local_words import local_words, speaks
from cities.models import City, Welcome
from cities.sightings import company, gap_words, next_shift, sightings
from cities.templatetags.cities_art import ink_sheet, poster_of
from nsca.lib.web.caching import changes_at, public_cache

KEPT_SECONDS = 600
FOR_EVER = "public, max-age=31536000, immutable"
PAST_SHOWN = 12


@require_safe
@public_cache(seconds=KEPT_SECONDS)
def index(request):
    seen = sightings(City.objects.published().defer("story"), at=request.now)
    changes_with_clocks(request, seen)
    by_distance = sorted(seen, key=lambda sighting: sighting.polar.km)
    context = {
        "sightings": seen,
        "current": [s for s in seen if s.city.bond in ("sister", "friendship")],
        "rested": [s for s in seen if s.city.bond in ("suspended", "former")],
        "company": company([s.city for s in seen]),
        "nearest": by_distance[0] if by_distance else None,
        "farthest": by_distance[-1] if len(by_distance) > 1 else None,
    }
    return render(request, "cities/city_list.html", context)


@require_safe
@public_cache(seconds=KEPT_SECONDS)
def detail(request, slug):
    seen = sightings(City.objects.published(), at=request.now)
    here = next((sighting for sighting in seen if sighting.city.slug == slug), None)
    if here is None:
        raise Http404("No such city is published.")
    return city_page(request, here, seen)


def city_page(request, here, seen):
    """A city's page, also for previews: `here`, one of `seen`, may be unpublished."""
    city = here.city
    changes_with_clocks(request, seen)
    decided = list(city.events.exclude(state="draft").order_by("-starts_at", "-pk"))
    events = [event for event in decided if event.is_published(request.now)]
    upcoming = [event for event in reversed(events) if not event.is_past(request.now)]
    changes_at(
        request,
        *(event.publish_at for event in decided),
        *(event.ends_at for event in upcoming),
    )
    before, after = _neighbours(seen, here)
    context = {
        "city": city,
        "here": here,
        "cities": [sighting.city for sighting in seen],
        "gap": gap_words(city.time_zone, request.now),
        "milestones": city.milestones.all(),
        "links": city.links.all(),
        "welcomes": city.welcomes.all(),
        "photographs": city.photographs.all(),
        "upcoming": upcoming,
        "past": [event for event in events if event.is_past(request.now)][:PAST_SHOWN],
        "before": before,
        "after": after,
        "trail": _trail(),
    }
    return render(request, "cities/city_detail.html", context)


@require_safe
@public_cache(seconds=KEPT_SECONDS)
def welcome(request, slug, lang):
    """A page for the people of a city, in their language."""
    found = get_object_or_404(
        Welcome.objects.select_related("city"), city__slug=slug, city__is_published=True, lang=lang
    )
    (here,) = sightings([found.city], at=request.now)
    changes_with_clocks(request, [here])
    words = local_words(lang)
    # Its name in its own script, where that is the script of the page.
    is_own = found.city.local_name and found.city.local_lang == lang
    others = Welcome.objects.filter(city=found.city).exclude(pk=found.pk).defer("body")
    context = {
        "welcome": found,
        "city": found.city,
        "here": here,
        "words": words,
        "words_are_local": speaks(lang),
        "own_name": found.city.local_name if is_own else found.city.name,
        "wind": words.wind(here.polar.point),
        "distance": words.number(here.miles if words.miles else here.km),
        "others": others,
        "trail": [*_trail(), (found.city.name, found.city.get_absolute_url())],
    }
    return render(request, "cities/welcome.html", context)


def changes_with_clocks(request, seen):
    """Do not cache the page beyond the next clock change in any of these cities."""
    zones = {sighting.city.time_zone for sighting in seen}
    within = timedelta(seconds=KEPT_SECONDS)
    changes_at(request, next_shift(zones, at=request.now, within=within))


@require_safe
def poster(request, slug):
    """The poster as a picture, cached forever if `v` is the digest of this version."""
    city = get_object_or_404(City.objects.published().defer("story"), slug=slug)
    drawing, digest = poster_of(city)
    return _drawn(request, drawing, "image/svg+xml", is_named=request.GET.get("v") == digest)


@require_safe
def inks(request, digest):
    """The cities' colors. An older version's address gets today's sheet, but not forever."""
    sheet, current = ink_sheet(City.objects.published().defer("story"))
    return _drawn(request, sheet, "text/css; charset=utf-8", is_named=digest == current)


def _drawn(request, text, content_type, *, is_named):
    accepted = request.headers.get("Accept-Encoding", "")
    encoding = "br" if "br" in accepted else "gzip" if "gzip" in accepted else ""
    response = HttpResponse(_compressed(text, encoding), content_type=content_type)
    if encoding:
        response.headers["Content-Encoding"] = encoding
    if is_named:
        response.headers["Cache-Control"] = FOR_EVER
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


@lru_cache(maxsize=64)
def _compressed(text, encoding):
    body = text.encode()
    if encoding == "br":
        return brotli.compress(body)
    return gzip.compress(body, mtime=0) if encoding == "gzip" else body


def _neighbours(seen, here):
    """The next cities to the left and right, if there are any."""
    if len(seen) < 2:
        return None, None
    at = here.number - 1
    before, after = seen[at - 1], seen[(at + 1) % len(seen)]
    return (None, after) if before is after else (before, after)


def _trail():
    return [("Cities", reverse("cities:index"))]
