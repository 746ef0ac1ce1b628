"""The public pages of events. Each is the same for everyone, cached until it changes."""

from datetime import date, datetime, time, timedelta
from itertools import chain
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Max, Min
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from events.hints.hints import cards, turns
from events.models import Event
from events.public.agenda import Filter, agenda, by_month, next_soiree, weeks
from events.public.feeds import next_publication
from events.public.structured import event_data
from events.reveal import VISITOR, Opened, reveal_for
from events.sales.availability import availability
from events.venue import envelope
from events.venue.sketch import sketch_of
from nsca.lib.mail.letterhead import letterhead
from nsca.lib.timing import day_of, hour, to_instant
from nsca.lib.web.caching import changes_at, public_cache

PAST_ROWS = 30  # a page of the archive
DAY = timedelta(days=1)
TRAIL = [("Events", "/events/")]


@require_safe
@public_cache(seconds=600, query=("kind", "city", "free"))
def event_list(request):
    """Upcoming events by month, led by the Soirée; ?kind= ?city= ?free=1 filter them."""
    at = request.now
    coming = Event.objects.published(at).upcoming(at)
    rows = agenda(coming.narrow(), at=at)
    _changes_with(request, rows)
    chosen = Filter.of(request.GET, coming)
    shown = chosen.applied(rows)
    context = {
        "filter": chosen,
        "lead": None if chosen else next_soiree(rows),
        "months": by_month(shown),
        "calendar_month": shown[0].day if shown else None,
        "subscription": _subscription(),
    }
    return render(request, "events/public/list.html", context)


@require_safe
@public_cache(seconds=600, query=("kind", "city", "free"))
def event_month(request, month):
    """A month of events as a calendar, "2027-03". Months before the first published event or
    after the last are not there.
    """
    at = request.now
    first_day = _first_day(month)
    published = Event.objects.published(at)
    ends = published.aggregate(first=Min("starts_at"), last=Max("starts_at"))
    if not ends["first"]:
        raise Http404
    first, last = (day_of(ends[end]).replace(day=1) for end in ("first", "last"))
    if not first <= first_day <= last:
        raise Http404
    next_month, month_before = _next(first_day), (first_day - DAY).replace(day=1)
    within = published.filter(
        starts_at__gte=_midnight(first_day), starts_at__lt=_midnight(next_month)
    )
    rows = agenda(within.narrow(), at=at)
    _changes_with(request, rows)
    today = day_of(at)
    changes_at(request, _midnight(today + DAY))
    chosen = Filter.of(request.GET, published)
    shown = chosen.applied(rows)
    context = {
        "filter": chosen,
        "title": f"{first_day:%B %Y}",
        "address": request.path,
        "month": first_day,
        "before": month_before if month_before >= first else None,
        "after": next_month if next_month <= last else None,
        "weeks": weeks(first_day, shown),
        "today": today,
        "months": by_month(shown),
        "subscription": _subscription(),
        "trail": TRAIL,
    }
    return render(request, "events/public/month.html", context)


def _changes_with(request, rows):
    changes_at(request, next_publication(request.now), *chain(*(row.changes for row in rows)))


def _subscription() -> str:
    """The address at which a calendar program subscribes to all events."""
    calendar = urljoin(settings.SITE_URL, reverse("events:calendar"))
    return calendar.replace("https:", "webcal:", 1).replace("http:", "webcal:", 1)


def _first_day(month: str) -> date:
    """ "2027-03" as a date. Raises Http404 for a month that no calendar has."""
    try:
        return date.fromisoformat(f"{month}-01")
    except ValueError:
        raise Http404 from None


def _next(month: date) -> date:
    return (month + 31 * DAY).replace(day=1)


def _midnight(day: date) -> datetime:
    """The instant (UTC) at which a day begins in Norfolk."""
    return to_instant(datetime.combine(day, time.min))


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
