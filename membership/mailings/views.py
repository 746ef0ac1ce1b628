"""Leaving a list by the link in an e-mail: one click, no sign-in, no cookie."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from membership.mailings.mailings import leave, topics_of
from membership.mailings.rendering import TEST, leave_url, list_name, read_token, token_of


@csrf_exempt  # RFC 8058: the mail program posts without cookies; the link itself is the permission
@require_http_methods(["GET", "HEAD", "POST"])
def mailing_leave(request, token):
    """Ask on GET, since mail scanners open links; leave on POST, and offer the other lists."""
    if token == TEST:
        return _page(request, state="test")
    found = read_token(token)
    if found is None:
        raise Http404
    row, topic = found
    if request.method == "POST":
        leave(topic, row.email, at=request.now)
        if request.POST.get("List-Unsubscribe") == "One-Click":
            return HttpResponse("You are off the list.\n", content_type="text/plain")
    still_on = topics_of(row.email)
    others = [
        (list_name(other), leave_url(token_of(row, other))) for other in still_on if other != topic
    ]
    return _page(
        request,
        state="leave" if topic in still_on else "left",
        email=row.email,
        list_name=list_name(topic),
        others=others,
    )


def _page(request, **context):
    response = render(
        request, "membership/mailings/mailing_leave.html", {"is_public": True, **context}
    )
    response.headers["Referrer-Policy"] = "no-referrer"  # the address is a key
    response.headers["X-Robots-Tag"] = "noindex"
    return response
