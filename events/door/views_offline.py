"""The door without a network: a page for it, and the service worker that keeps that page.

Both are the same for everybody and know no event: no guest, venue or title is in what a phone
keeps (docs/reveal.md §3). What the worker caches is listed here; it adds nothing later.
"""

import hashlib
import json
from urllib.parse import urljoin

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from nsca.lib.web.caching import public_cache

FILES = (
    "css/tokens.css", "css/reset.css", "css/base.css", "css/layout.css", "css/components.css",
    "css/atlas.css", "css/forms.css", "css/door.css", "css/utilities.css", "css/print.css",
    "fonts/public-sans.woff2", "img/mark.svg", "js/site.js", "js/door.js",
)  # fmt: skip
DECODER = "js/vendor/qr/decode.js"
IMPORTED = ("index.js",)  # by the decoder, under these names


def kept_assets() -> list[str]:
    """The URLs of everything the offline page needs."""
    decoder = static(DECODER)
    return [*map(static, FILES), decoder, *(urljoin(decoder, name) for name in IMPORTED)]


@require_safe
@public_cache(seconds=3600)
def offline(request: HttpRequest) -> HttpResponse:
    """The page for a volunteer without a network: codes are saved and sent later."""
    return render(request, "events/door/offline.html")


@require_safe
@public_cache(seconds=300)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, only for URLs below /door/: its own URL is its scope."""
    assets = kept_assets()
    # A new release has new fingerprints. In development there are none, so each request is new.
    told = str(request.now) if settings.DEBUG else "".join(assets)
    context = {
        "version": hashlib.sha256(told.encode()).hexdigest()[:12],
        "shell": json.dumps(reverse("door:offline")),
        "assets": json.dumps(assets),
    }
    return render(request, "events/door/worker.js", context, content_type="text/javascript")
