"""The user's own sessions, each with a button to end it, and signing out."""

from allauth.account.views import LogoutView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from membership.accounts import sessions
from membership.models import BrowserSession
from membership.security import log as security_log
from membership.security.log import Kind
from nsca.lib.secrets import codes

# What a browser clears when somebody signs out. Not "storage": only the door page uses it, for
# scans that this phone could not send yet (static/js/door.js).
FORGET = '"cache", "cookies"'


@login_required
@require_http_methods(["GET", "HEAD"])
def own_sessions(request):
    here = request.session.get(sessions.ROW)
    rows = sessions.open_of(request.user, at=request.now)
    rows.sort(key=lambda row: row.pk != here)  # this browser first, then by last use
    return render(request, "account/sessions.html", {"rows": rows, "here": here})


@require_POST
@login_required
def end_session(request):
    """End one of the user's other sessions; this one ends by signing out."""
    mine = BrowserSession.objects.filter(user=request.user).exclude(
        pk=request.session.get(sessions.ROW)
    )
    row = mine.filter(pk=codes.primary_key(request.POST.get("session"))).first()
    if row is None:
        raise Http404("not a session of this user")
    sessions.end(row, at=request.now, by=request.user)
    messages.success(request, f"Signed out: {row.device}.")
    return redirect("account_sessions")


class SignOutView(LogoutView):
    """GET asks, POST signs out. The browser then clears the pages it kept."""

    def post(self, request, *args, **kwargs):
        if request.user.is_authenticated:
            at = request.now
            row = BrowserSession.objects.open().filter(pk=request.session.get(sessions.ROW))
            row.update(ended_at=at)
            security_log.note(Kind.SIGNED_OUT, at=at, who=request.user)
        response = super().post(request, *args, **kwargs)
        response.headers["Clear-Site-Data"] = FORGET
        return response


sign_out = SignOutView.as_view()
