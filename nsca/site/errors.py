"""Error responses: each says what happened and what to do.

A browser gets a page; a program that asks for something else (a calendar, a picture, JSON) gets
one line.
"""

import sys

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from nsca.lib.web.origins import CrossSitePost

IN_ONE_LINE = {
    400: "We couldn’t read the request.",
    403: "You don’t have access to this.",
    404: "There is nothing at this address.",
    413: "This is too large for the site.",
    429: "Too many requests. Please wait a little.",
    503: "The site is restarting. Please try again in a minute.",
}

# What e-mails link to, each by a token: these answer 404 only if there is no such token.
LINKS_OF_MAILS = {"orders:detail", "orders:receipt", "tickets:detail", "tickets:pdf"}


def wants_html(request) -> bool:
    """Whether the reader accepts HTML; no Accept header accepts anything."""
    accept = request.headers.get("Accept", "")
    return not accept or "text/html" in accept or "*/*" in accept


def page(request, status: int, template: str = "", **context):
    """An error page without session or messages: it may come before both middlewares."""
    if not wants_html(request):
        return HttpResponse(
            IN_ONE_LINE[status] + "\n", status=status, content_type="text/plain; charset=utf-8"
        )
    context = {"site_url": settings.SITE_URL, "is_public": True, **context}
    return render(request, template or f"{status}.html", context, status=status)


def bad_request(request, exception=None):
    return page(request, 400)


def forbidden(request, exception=None):
    is_stray_form = isinstance(exception, CrossSitePost)
    return page(request, 403, "403_csrf.html" if is_stray_form else "")


def not_found(request, exception=None):
    """404; a dead order or ticket link says what to try, the same whether there ever was one."""
    found = getattr(request, "resolver_match", None)
    is_lost = found is not None and found.view_name in LINKS_OF_MAILS
    return page(request, 404, "lost_link.html" if is_lost else "")


def too_large(request):
    return page(request, 413, megabytes=settings.MAX_BODY_BYTES // 1_000_000)


def too_often(request, retry_after: int):
    """429, with the seconds until the next try (RFC 6585 §4)."""
    response = page(request, 429, minutes=-(-retry_after // 60), seconds=retry_after)
    response.headers["Retry-After"] = str(retry_after)
    return response


def broken(request):
    """500: must not fail itself, so it uses neither the database nor a context processor.

    A database that does not answer is not broken software: it is a 503, and comes back.
    """
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        return unavailable(request)
    return HttpResponse(render_to_string("500.html"), status=500)


def unavailable(request):
    """503: the database does not answer. As frugal as the 500."""
    response = HttpResponse(render_to_string("503.html"), status=503)
    response.headers["Retry-After"] = "60"
    return response
