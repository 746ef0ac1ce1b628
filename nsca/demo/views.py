"""The mailbox of a demonstration, in the browser. Its addresses exist nowhere else."""

import functools

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from membership.accounts import mail as sign_in_letters
from nsca.demo import mailbox as demo_mail

# A mail has its styles inline; it may run nothing, send nothing and open nothing but links.
OF_A_MAIL = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)


def only_in_a_demonstration(view):
    """Also where somebody has registered the addresses by mistake: other people's mail is not for
    reading.
    """

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
        raise Http404("There is no such mail.") from error


@only_in_a_demonstration
def mailbox(request):
    """Sign-in codes are in no table: they are mailed now, for the ticker comes every few
    seconds and whoever looks here waits for one.
    """
    sign_in_letters.send_due(at=request.now)
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
        raise Http404("This mail is plain text.")
    response = HttpResponse(html)
    response.headers["Content-Security-Policy"] = OF_A_MAIL
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@only_in_a_demonstration
def mail_attachment(request, key, number):
    attachments = _mail(key).attachments
    if number >= len(attachments):
        raise Http404("This mail has no such attachment.")
    part = attachments[number]
    response = HttpResponse(
        part.get_payload(decode=True) or b"", content_type=part.get_content_type()
    )
    name = part.get_filename() or "attachment"
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
