"""The front page: the map, the next event on linen, the cities, the mission, the agenda."""

from itertools import chain

from django.shortcuts import render
from django.views.decorators.http import require_safe

from cities.sightings import company, sightings
from cities.views import KEPT_SECONDS, changes_with_clocks
from events.models import Event
from events.public.agenda import agenda, by_month
from events.public.feeds import next_publication
from nsca.lib.web.caching import changes_at, public_cache
from nsca.site.context import published_cities

AGENDA_ROWS = 4


@require_safe
@public_cache(seconds=KEPT_SECONDS)
def home(request):
    at = request.now
    seen = sightings(published_cities(), at=at)
    changes_with_clocks(request, seen)
    cities = [sighting.city for sighting in seen]
    coming, next_event = _what_is_coming(at)
    rows = {row.event: row for row in agenda({*coming, *filter(None, [next_event])}, at=at)}
    changes_at(request, next_publication(at), *chain(*(row.changes for row in rows.values())))
    context = {
        "sightings": seen,
        "cities": cities,
        "company": company(cities),
        "next": rows.get(next_event),
        "months": by_month(rows[event] for event in coming),
    }
    return render(request, "home/home.html", context)


def _what_is_coming(at):
    """The first rows of the agenda, and the event that gets the linen.

    That is the next Soirée or, in a season without one, the first event that is not canceled.
    """
    ahead = Event.objects.published(at).upcoming(at).narrow().order_by("starts_at", "pk")
    coming = list(ahead[:AGENDA_ROWS])
    taking_place = [event for event in coming if not event.is_canceled]
    soirees = [event for event in taking_place if event.kind == Event.Kind.SOIREE]
    if not soirees and len(coming) == AGENDA_ROWS:  # it may be further ahead
        soirees = ahead.filter(kind=Event.Kind.SOIREE).exclude(state=Event.State.CANCELED)[:1]
    return coming, next(iter([*soirees, *taking_place]), None)
