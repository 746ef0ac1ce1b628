"""News for feed readers (Atom, RFC 4287)."""

from datetime import UTC, datetime
from urllib.parse import urljoin

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from nsca.lib.web.caching import public_cache
from pages.content.particulars import particulars
from pages.models import Post
from pages.views import end_at_next_post

NEWEST = 20
NOTHING_YET = datetime(1976, 1, 1, tzinfo=UTC)  # the date of an empty feed


class DatedFeed(Atom1Feed):
    """A feed dated by its newest entry; Django's would read the clock if it is empty."""

    def latest_post_date(self):
        return max((item["updateddate"] for item in self.items), default=NOTHING_YET)


@require_safe
@public_cache(seconds=3600)
def news(request):
    end_at_next_post(request)
    site = particulars()
    feed = DatedFeed(
        title=f"News of the {site.name}",
        link=urljoin(settings.SITE_URL, reverse("pages:news")),
        description=site.tagline,
        language="en-US",
        author_name=site.name,
        feed_url=urljoin(settings.SITE_URL, reverse("pages:feed")),
    )
    for post in Post.objects.published(request.now).defer("body")[:NEWEST]:
        address = urljoin(settings.SITE_URL, post.get_absolute_url())
        feed.add_item(
            title=post.title,
            link=address,
            description=post.summary,
            unique_id=address,
            pubdate=post.publish_at,
            updateddate=max(post.updated_at, post.publish_at),
        )
    return HttpResponse(
        feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8"
    )
