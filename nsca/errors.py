"""Pages for what went wrong: each says what happened and where to go on."""

from django.conf import settings
from django.shortcuts import render


def _page(request, status: int):
    return render(request, f"{status}.html", {"site_url": settings.SITE_URL}, status=status)


def bad_request(request, exception=None):
    return _page(request, 400)


def forbidden(request, exception=None):
    return _page(request, 403)


def not_found(request, exception=None):
    return _page(request, 404)


def too_large(request):
    return _page(request, 413)


def too_often(request, retry_after: int):
    """429, with the seconds after which it is worth asking again (RFC 6585 §4)."""
    response = _page(request, 429)
    response.headers["Retry-After"] = str(retry_after)
    return response


def broken(request):
    """500: must not fail itself, so it asks neither the database nor a context processor."""
    from django.http import HttpResponse
    from django.template.loader import render_to_string

    return HttpResponse(render_to_string("500.html"), status=500)


def unavailable(request):
    response = _page(request, 503)
    response.headers["Retry-After"] = "60"
    return response
