"""What every page needs: the association's facts, the footer's cities, whether it's a demo."""

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from cities.models import City
from nsca.lib.web.caching import recent_content_version
from pages.models import SiteSettings

_kept: dict = {"version": None}  # replaced as a whole: another thread sees the old or the new one


def _particulars() -> dict:
    """Settings and city names, read again when the content's version changes.

    Two queries per edit, not per page.
    """
    global _kept
    version, kept = recent_content_version(), _kept
    if kept["version"] != version:
        kept = _kept = {
            "version": version,
            "site": SiteSettings.load(),
            "cities": list(City.objects.published().defer("story")),
            "parts": {},  # finished parts of pages: see the tags bar and kept
        }
    return kept


def published_cities() -> list[City]:
    """The published cities by name, without their stories; shared, so don't change them."""
    return _particulars()["cities"]


def site(request):
    """Context for every template; lazy, so a page without a footer queries nothing."""
    particulars = SimpleLazyObject(_particulars)  # the version is asked once per page
    return {
        "site": SimpleLazyObject(lambda: particulars["site"]),
        "footer_cities": SimpleLazyObject(lambda: particulars["cities"]),
        "parts": SimpleLazyObject(lambda: particulars["parts"]),
        "site_url": settings.SITE_URL,
        "demo": settings.DEMO,
        "now": getattr(request, "now", None),
        # A public page is the same for everybody: base.html shows messages only on the others.
        "is_public": getattr(request, "public_until", None) is not None,
    }
