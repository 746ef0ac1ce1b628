"""Headers of pages that only one person may read."""

from django.http import HttpResponse


def private(response: HttpResponse) -> HttpResponse:
    """No copy is stored, no address is passed on, no robot lists it (docs/reveal.md §4)."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def private_to_staff(response):
    # Not "no-referrer": its forms would send "Origin: null", which the CSRF check refuses.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    return response
