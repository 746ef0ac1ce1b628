"""Addresses of the pictures that a shared link shows.

`{% head_meta event.title image=event|social_picture %}`
"""

from django import template
from django.urls import reverse

from cities.art.record import Record
from cities.models import City
from events.models import Event
from nsca.lib.media.raster import digest_of
from nsca.site.seo_pictures import Billing, event_digest

register = template.Library()


@register.filter
def social_picture(thing):
    """The address of a city's or event's picture; it changes with what is drawn."""
    if isinstance(thing, City):
        return f"{reverse('city_picture', args=[thing.slug])}?v={digest_of(Record.of(thing))}"
    if isinstance(thing, Event):
        address = reverse("event_picture", args=[thing.slug])
        return f"{address}?v={event_digest(Billing.of(thing))}"
    return ""


@register.simple_tag(takes_context=True)
def site_picture(context):
    """The address of the picture for pages that have none of their own."""
    records = tuple(Record.of(city) for city in context.get("footer_cities") or ())
    return f"{reverse('site_picture')}?v={digest_of(records)}"
