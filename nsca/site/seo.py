"""What machines ask for: the site map, robots.txt, security.txt, the web manifest."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from urllib.parse import urljoin

from django.conf import settings
from django.http import JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from cities.models import City
from events.models import Event
from nsca.lib.web.caching import changes_at, public_cache
from pages.content.particulars import particulars
from pages.models import Page, Post

HOUR = 3600  # seconds
# RFC 9116 §2.5.5 wants an expiry less than a year ahead; this one moves on every month.
SECURITY_WORD_HOLDS = timedelta(days=180)


@dataclass(frozen=True)
class Entry:
    """One address in the site map; `alternates` are (language, address) pairs, itself included."""

    address: str
    changed_at: datetime | None = None
    alternates: tuple[tuple[str, str], ...] = ()


def entries(at: datetime) -> tuple[list[Entry], list[datetime]]:
    """Every public address with the instant of its last true change, and upcoming publications.

    An event's date is that of its public record alone. Typing, moving or revealing a venue does
    not change it; otherwise the date would give away that there is one.
    """
    listed = Event.objects.exclude(state=Event.State.DRAFT).only(
        "slug", "publish_at", "updated_at"
    )
    all_events = list(listed.order_by("pk"))
    all_pages = list(
        Page.objects.filter(is_draft=False)
        .only("path", "publish_at", "updated_at")
        .order_by("path")
    )
    all_posts = list(
        Post.objects.filter(is_draft=False).only("slug", "publish_at", "updated_at").order_by("pk")
    )
    dated = [*all_events, *all_pages, *all_posts]
    cities = list(City.objects.published().only("slug", "updated_at").prefetch_related("welcomes"))
    events = [_absolute(event, event.updated_at) for event in all_events if event.publish_at <= at]
    pages = [
        _absolute(p, max(p.updated_at, p.publish_at)) for p in all_pages if p.publish_at <= at
    ]
    posts = [
        _absolute(p, max(p.updated_at, p.publish_at)) for p in all_posts if p.publish_at <= at
    ]
    found = [
        Entry(_url("home"), _latest([*posts, *events])),
        Entry(_url("cities:index"), max((city.updated_at for city in cities), default=None)),
        *(entry for city in cities for entry in _of_city(city)),
        *_list_of("/events/", events),
        *pages,
        *_list_of(reverse("pages:news"), posts),
        Entry(_url("pages:contact")),
        Entry(_url("pages:newsletter")),
    ]
    return found, [thing.publish_at for thing in dated if thing.publish_at > at]


def _of_city(city: City) -> Iterable[Entry]:
    welcomes = list(city.welcomes.all())
    for welcome in welcomes:
        welcome.city = city  # saves a query for its address
    address = urljoin(settings.SITE_URL, city.get_absolute_url())
    spoken = [
        (w.lang, urljoin(settings.SITE_URL, w.get_absolute_url()), w.updated_at) for w in welcomes
    ]
    others = tuple((lang, other) for lang, other, _ in spoken)
    alternates = (("en-US", address), *others) if others else ()
    yield Entry(address, city.updated_at, alternates)
    for _lang, other, changed_at in spoken:
        yield Entry(other, changed_at, alternates)


def _list_of(path: str, found: list[Entry]) -> list[Entry]:
    return [Entry(urljoin(settings.SITE_URL, path), _latest(found)), *found]


def _absolute(thing, changed_at: datetime) -> Entry:
    return Entry(urljoin(settings.SITE_URL, thing.get_absolute_url()), changed_at)


def _latest(found: list[Entry]) -> datetime | None:
    return max((entry.changed_at for entry in found if entry.changed_at), default=None)


def _url(view: str) -> str:
    return urljoin(settings.SITE_URL, reverse(view))


@require_safe
@public_cache(seconds=HOUR)
def sitemap(request):
    found, ahead = entries(request.now)
    changes_at(request, *ahead)
    return render(request, "sitemap.xml", {"entries": found}, content_type="application/xml")


@require_safe
@public_cache(seconds=HOUR)
def robots(request):
    context = {"sitemap": _url("sitemap")}
    return render(request, "robots.txt", context, content_type="text/plain; charset=utf-8")


@require_safe
@public_cache(seconds=HOUR)
def security(request):
    """Whom to inform about a vulnerability (RFC 9116)."""
    month = request.now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    context = {
        "contact": particulars().email or parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        "expires": (month + SECURITY_WORD_HOLDS).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "canonical": _url("security_txt"),
    }
    return render(request, "security.txt", context, content_type="text/plain; charset=utf-8")


@require_safe
@public_cache(seconds=HOUR)
def manifest(request):
    """The name and icon with which a phone saves the site."""
    site = particulars()
    return JsonResponse(
        {
            "name": site.name,
            "short_name": site.short_name,
            "start_url": "/",
            "display": "browser",
            "background_color": "#F6F6F3",
            "theme_color": "#0B0D10",
            "icons": [
                {"src": static("img/mark.svg"), "sizes": "any", "type": "image/svg+xml"},
                {"src": reverse("touch_icon"), "sizes": "180x180", "type": "image/png"},
            ],
        },
        content_type="application/manifest+json",
    )
