"""Events for search engines (schema.org), with the area instead of an address."""

import re
from urllib.parse import urljoin

from django.conf import settings

from events.models import Event
from events.reveal import Opened
from events.sales.availability import Availability
from nsca.lib.timing import day_of, machine

_SCHEMA = "https://schema.org/"
_IN_NORFOLK = re.compile(r"\bNorfolk\b(?! County)")


def event_data(event: Event, reveal, availability: Availability, *, organizer: str) -> dict:
    """schema.org/Event as every visitor may know it. `reveal` must be VISITOR's."""
    address = urljoin(settings.SITE_URL, event.get_absolute_url())
    is_online = event.kind == Event.Kind.ONLINE
    mode = "OnlineEventAttendanceMode" if is_online else "OfflineEventAttendanceMode"
    data = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": event.title,
        "description": event.summary,
        "url": address,
        "startDate": _moment(event, event.starts_at),
        "endDate": _moment(event, event.ends_at),
        "doorTime": machine(event.doors_at) if event.doors_at else "",
        "eventStatus": _SCHEMA + _status(event),
        "previousStartDate": _moment(event, event.moved_from) if event.moved_from else "",
        "eventAttendanceMode": _SCHEMA + mode,
        # The event's own page: the link to join is for ticket holders.
        "location": {"@type": "VirtualLocation", "url": address}
        if is_online
        else _location(event, reveal),
        "image": urljoin(settings.SITE_URL, event.image.url) if event.image else "",
        "organizer": {"@type": "Organization", "name": organizer, "url": settings.SITE_URL + "/"},
        "isAccessibleForFree": True if availability.is_free else None,
        "offers": [_offer(seat, address) for seat in availability.seats],
    }
    return {name: value for name, value in data.items() if value not in ("", None, [])}


def _status(event: Event) -> str:
    if event.is_canceled:
        return "EventCancelled"
    return "EventRescheduled" if event.moved_from else "EventScheduled"


def _moment(event: Event, at) -> str:
    """An instant with its offset, or only the day if the hour is unknown."""
    return machine(at) if event.hour_is_known else day_of(at).isoformat()


def _location(event: Event, reveal) -> dict:
    """The area; the exact address only if everyone may know it."""
    if isinstance(reveal, Opened) and not reveal.venue.is_online:
        venue = reveal.venue
        return {
            "@type": "Place",
            "name": venue.name,
            "address": ", ".join(venue.address_lines) or event.area,
        }
    address = {"@type": "PostalAddress", "addressCountry": "US"}
    if _IN_NORFOLK.search(event.area):
        address |= {"addressLocality": "Norfolk", "addressRegion": "VA"}
        return {"@type": "Place", "name": event.area, "address": address}
    return {"@type": "Place", "name": event.area, "address": event.area}


def _offer(seat, address: str) -> dict:
    left = "InStock" if seat.is_on_sale else "SoldOut" if seat.is_open else "OutOfStock"
    return {
        "@type": "Offer",
        "name": seat.ticket_type.name,
        "price": f"{seat.price_cents // 100}.{seat.price_cents % 100:02d}",
        "priceCurrency": "USD",
        "availability": _SCHEMA + left,
        "validFrom": machine(seat.opens_at),
        "validThrough": machine(seat.closes_at),
        "url": f"{address}tickets/",
    }
