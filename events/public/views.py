"""The public pages of events. Each is the same for everyone, cached until it changes."""

from dataclasses import dataclass
from itertools import groupby
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.db.models import F
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from events.hints.hints import cards, turns
from events.models import Event
from events.public.feeds import next_publication
from events.public.structured import event_data
from events.reveal import VISITOR, Opened, reveal_for
from events.sales.availability import Availability, availabilities, availability
from events.venue import envelope
from events.venue.sketch import sketch_of
from nsca.lib.mail.letterhead import letterhead
from nsca.lib.timing import NORFOLK, hour
from nsca.lib.web.caching import changes_at, public_cache

PAST_ROWS = 30  # a page of the archive
TRAIL = [("Events", "/events/")]


@dataclass(frozen=True)
class Listed:
    """One line of the list."""

    event: Event
    offer: Availability


@require_safe
@public_cache(seconds=600, query=("kind", "city", "free"))
def event_list(request):
    """Upcoming events by month; ?kind= ?city= ?free=1 filter them."""
    at = request.now
    coming = list(
        Event.objects.published(at)
        .upcoming(at)
        .narrow()
        .annotate(city_name=F("city__name"), city_slug=F("city__slug"))
    )
    offers = availabilities(coming, at=at)
    changes_at(
        request,
        next_publication(at),
        *(event.ends_at for event in coming),
        *(event.opens_at for event in coming),
        *(offer.next_change_at for offer in offers.values()),
    )
    kinds = {event.kind: event.get_kind_display() for event in coming}
    cities = {event.city_slug: event.city_name for event in coming if event.city_id}
    kind = request.GET.get("kind") if request.GET.get("kind") in kinds else ""
    city = request.GET.get("city") if request.GET.get("city") in cities else ""
    free = request.GET.get("free") == "1"
    shown = [
        Listed(event, offers[event.pk])
        for event in coming
        if (not kind or event.kind == kind)
        and (not city or event.city_slug == city)
        and (not free or offers[event.pk].is_free)
    ]
    context = {
        "months": [
            (month, list(rows))
            for month, rows in groupby(shown, lambda row: f"{_local(row.event):%B %Y}")
        ],
        "kinds": sorted(kinds.items(), key=lambda pair: pair[1]),
        "cities": sorted(cities.items(), key=lambda pair: pair[1]),
        "kind": kind,
        "city": city,
        "free": free,
        "is_narrowed": bool(kind or city or free),
        "has_events": bool(coming),
    }
    return render(request, "events/public/list.html", context)


def _local(event):
    return event.starts_at.astimezone(NORFOLK)


@require_safe
@public_cache(seconds=600, query=("page",))
def event_past(request):
    """The archive, newest first."""
    at = request.now
    past = Event.objects.published(at).past(at).order_by("-starts_at", "-pk")
    page = Paginator(
        past.select_related("city").defer("body", "refund_policy", "bring", "thanks"), PAST_ROWS
    ).get_page(request.GET.get("page"))
    running = Event.objects.published(at).upcoming(at).order_by("ends_at")
    changes_at(request, next_publication(at), running.values_list("ends_at", flat=True).first())
    return render(request, "events/public/past.html", {"page_obj": page, "trail": TRAIL})


@require_safe
@public_cache(seconds=600)
def event_detail(request, slug):
    """One event as everyone may see it."""
    event = get_object_or_404(
        Event.objects.published(request.now).select_related("city"), slug=slug
    )
    return event_page(request, event, VISITOR, at=request.now)


def event_page(request, event, viewer, *, at):
    """The page of an event for a viewer at an instant (UTC); previews ask for other instants."""
    reveal = reveal_for(event, viewer, at=at)
    offer = availability(event, at=at)
    shown = cards(event, at=at)
    changes_at(
        request,
        event.opens_at,
        event.starts_at,
        event.ends_at,
        event.sales_open_at,
        event.last_sale_at,
        event.returns_until,
        event.tables_until,
        event.post_by,
        *turns(shown),
        offer.next_change_at,
    )
    is_past = event.is_past(at)
    heading = letterhead()
    context = {
        "event": event,
        "reveal": reveal,
        "offer": offer,
        "cards": shown,
        "seal": envelope.published(event) if event.is_secret else None,
        "pictures": event.pictures.filter(has_consent=True) if is_past else [],
        "sketch": sketch_of(reveal.venue) if isinstance(reveal, Opened) else None,
        "is_past": is_past,
        "is_running": event.starts_at <= at < event.ends_at,
        "has_envelope": event.is_secret
        and not event.is_canceled
        and not _is_memory(is_past, reveal),
        "at": at,
        "trail": [*TRAIL, ("Past", reverse("events:past"))] if is_past else TRAIL,
        "there": _hours_there(event),
        "may_deduct": heading.may_speak_of_deductibility,
        "office": heading,
        "structured": event_data(event, reveal, offer, organizer=heading.name),
    }
    return render(request, "events/public/detail.html", context)


def _is_memory(is_past, reveal) -> bool:
    """Past, and the envelope is not public."""
    return is_past and not (reveal and reveal.is_open)


def _hours_there(event) -> str:
    """An online class's day and hours in the city it honors, where it may already be tomorrow:
    "Sunday, 3:00 – 5:00 a.m.", "Saturday, 11:00 p.m. – Sunday, 1:00 a.m.".
    """
    if event.kind != Event.Kind.ONLINE or not event.city or not event.hour_is_known:
        return ""
    zone = ZoneInfo(event.city.time_zone)
    first, last = event.starts_at.astimezone(zone), event.ends_at.astimezone(zone)
    day_after = "" if first.date() == last.date() else f"{last:%A}, "
    return f"{first:%A}, {hour(event.starts_at, zone)} – {day_after}{hour(event.ends_at, zone)}"
