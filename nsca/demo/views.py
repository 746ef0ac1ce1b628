"""A demonstration's mailbox in the browser. Its addresses exist nowhere else."""

import functools

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from membership.accounts import mail as sign_in_mails
from nsca.demo import mailbox as demo_mail

# An e-mail has its styles inline; it may run nothing, send nothing and open only links.
OF_A_MAIL = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)


def only_in_a_demonstration(view):
    """404 unless this is a demonstration, even if somebody registers the addresses by mistake."""

    @functools.wraps(view)
    def guarded(request, *args, **kwargs):
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return require_safe(guarded)


def _mail(key: str) -> demo_mail.Mail:
    try:
        return demo_mail.find(key)
    except demo_mail.NoSuchMail as error:
        raise Http404("There is no such e-mail.") from error


@only_in_a_demonstration
def mailbox(request):
    """The list, newest first.

    Sends sign-in codes right away: they are in no table, the ticker comes only every few seconds,
    and people here are waiting for one.
    """
    sign_in_mails.send_due(at=request.now)
    return render(
        request, "pages/demo_mailbox.html", {"mails": demo_mail.newest(), "is_public": True}
    )


@only_in_a_demonstration
@csp_update({"frame-src": [SELF]})
def mail(request, key):
    trail = [("Mailbox", reverse("demo_mailbox"))]
    context = {"mail": _mail(key), "trail": trail, "is_public": True}
    return render(request, "pages/demo_mail.html", context)


@only_in_a_demonstration
def mail_html(request, key):
    html = _mail(key).html
    if not html:
        raise Http404("This e-mail is plain text.")
    response = HttpResponse(html)
    response.headers["Content-Security-Policy"] = OF_A_MAIL
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@only_in_a_demonstration
def mail_attachment(request, key, number):
    attachments = _mail(key).attachments
    if number >= len(attachments):
        raise Http404("This e-mail has no such attachment.")
    part = attachments[number]
    response = HttpResponse(
        part.get_payload(decode=True) or b"", content_type=part.get_content_type()
    )
    name = part.get_filename() or "attachment"
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
