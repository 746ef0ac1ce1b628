"""Events for calendars and feed readers. Everything here is public: areas, never venues."""

from datetime import UTC, datetime
from urllib.parse import urljoin

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from cities.models import City
from events.models import Event
from events.reveal.calendars import event_ics, subscription_ics
from nsca.lib.mail.letterhead import letterhead
from nsca.lib.media.ics import CONTENT_TYPE
from nsca.lib.timing import exactly
from nsca.lib.web.caching import changes_at, public_cache

HOUR = 3600  # seconds
NEWEST = 30
SUBSCRIBED = 500  # a subscription keeps past events, so that they do not vanish from calendars
NOTHING_YET = datetime(1976, 1, 1, tzinfo=UTC)  # an empty feed is as old as the association


def next_publication(at: datetime) -> datetime | None:
    """The instant at which the next scheduled event is published."""
    coming = Event.objects.exclude(state=Event.State.DRAFT).filter(publish_at__gt=at)
    return coming.order_by("publish_at").values_list("publish_at", flat=True).first()


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=CONTENT_TYPE)
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


@require_safe
@public_cache(seconds=HOUR)
def event_calendar(request, slug):
    """One event."""
    event = get_object_or_404(Event.objects.published(request.now), slug=slug)
    return _file(event_ics(event), f"{event.slug}.ics")


def _subscription(request, events, name, filename):
    changes_at(request, next_publication(request.now))
    newest = events.published(request.now).order_by("-starts_at", "-pk")[:SUBSCRIBED]
    return _file(subscription_ics(reversed(newest), name=name), filename)


@require_safe
@public_cache(seconds=HOUR)
def calendar(request):
    """All events, to subscribe to."""
    return _subscription(request, Event.objects, f"Events, {letterhead().name}", "nsca-events.ics")


@require_safe
@public_cache(seconds=HOUR)
def city_calendar(request, slug):
    """The events of one city, to subscribe to."""
    city = get_object_or_404(City.objects.published(), slug=slug)
    name = f"{city.name}, {letterhead().name}"
    return _subscription(request, city.events, name, f"nsca-{city.slug}.ics")


class DatedFeed(Atom1Feed):
    """Dated by its newest entry: Django's own reads the clock for an empty feed."""

    def latest_post_date(self):
        return max((item["updateddate"] for item in self.items), default=NOTHING_YET)


@require_safe
@public_cache(seconds=HOUR)
def feed(request):
    """The newest announcements (Atom, RFC 4287)."""
    changes_at(request, next_publication(request.now))
    name = letterhead().name
    atom = DatedFeed(
        title=f"Events of the {name}",
        link=urljoin(settings.SITE_URL, reverse("events:list")),
        description="What is on, when, and in which area.",
        language="en-US",
        author_name=name,
        feed_url=urljoin(settings.SITE_URL, reverse("events:feed")),
    )
    newest = Event.objects.published(request.now).order_by("-publish_at", "-pk")[:NEWEST]
    for event in newest:
        address = urljoin(settings.SITE_URL, event.get_absolute_url())
        when = exactly(event.starts_at)
        off = f"Canceled. {event.canceled_note} " if event.is_canceled else ""
        if event.moved_from and not event.is_canceled:
            off = f"Moved from {exactly(event.moved_from)}. "
        atom.add_item(
            title=event.title,
            link=address,
            description=f"{off}{when}, {event.area}. {event.summary}",
            content=event.body,
            unique_id=address,
            pubdate=event.publish_at,
            updateddate=max(event.updated_at, event.publish_at),
        )
    return HttpResponse(
        atom.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8"
    )
