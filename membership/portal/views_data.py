"""One's own data: download or erase it; and the ways to sign in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from membership.accounts import reauthenticate
from membership.models import ErasureRequest, Person
from membership.portal.context import Mine, mine
from membership.privacy import erasure
from membership.privacy import export as my_data
from membership.security import log as security_log
from nsca.lib.secrets import codes
from nsca.lib.web.throttle import spend

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@require_safe
def data(request):
    me = mine(request)
    theirs = _who_may_be_asked_for(me)
    erasures = ErasureRequest.objects.filter(person__in=theirs).select_related("person")
    return render(
        request,
        "membership/portal/data.html",
        {"me": me, "theirs": theirs, "erasures": list(erasures)},
    )


@sensitive_post_parameters("code")
@login_required
@get_or_post
def export(request):
    """A ZIP of all their data, after a fresh proof."""
    me = mine(request)
    if me.person is None:
        return redirect("membership:data")
    asking = None
    if request.method == "POST":
        spend("export", str(request.user.pk), limit=10, seconds=3600, at=request.now)
        asking = reauthenticate.ask(request)
        if asking is None:
            kind, who = security_log.Kind.EXPORT, request.user
            security_log.note(kind, at=request.now, who=who, detail="their own data")
            answer = HttpResponse(
                my_data.archive(me.person, at=request.now), content_type="application/zip"
            )
            answer["Content-Disposition"] = 'attachment; filename="my-data.zip"'
            return answer
    return render(request, "membership/portal/data_export.html", {"me": me, "asking": asking})


@sensitive_post_parameters("code")
@login_required
@get_or_post
def erase(request, person: int):
    """What is erased, what stays and when; needs a fresh proof."""
    me = mine(request)
    one = _asked_for(me, person)
    waits = erasure.waits_for(one, at=request.now)
    blocked = [wait for wait in waits if wait.until is None]
    week = request.now + erasure.THINK_AGAIN
    asking = None
    if request.method == "POST" and not blocked:
        asking = reauthenticate.ask(request)
        if asking is None:
            asked = erasure.ask(one, at=request.now, by=request.user)
            messages.success(
                request,
                f"We’ll erase this on {asked.due_at:%B %-d, %Y}. You can cancel until then.",
            )
            return redirect("membership:data")
    return render(
        request,
        "membership/portal/data_erase.html",
        {
            "me": me,
            "one": one,
            "waits": [wait for wait in waits if wait.until and wait.until > week],
            "blocked": blocked,
            "due_at": max([week, *(wait.until for wait in waits if wait.until)]),
            "asking": asking,
        },
        status=422 if blocked and request.method == "POST" else 200,
    )


@login_required
@require_POST
def keep_me(request):
    """Cancel the erasure."""
    me = mine(request)
    one = _asked_for(me, codes.primary_key(request.POST.get("person")))
    if erasure.keep(one):
        messages.success(request, "The erasure is canceled. Thank you for staying.")
    return redirect("membership:data")


def _who_may_be_asked_for(me: Mine) -> list[Person]:
    """Oneself and, for adults, the children of one's households."""
    if me.person is None:
        return []
    children = {
        one.pk: one
        for home in me.homes
        for one in home.people
        if me.is_adult and one.is_minor(me.on) and one.pk != me.person.pk
    }
    return [me.person, *children.values()]


def _asked_for(me: Mine, pk: int) -> Person:
    """One of those. Raises Http404."""
    for one in _who_may_be_asked_for(me):
        if one.pk == pk:
            return one
    return me.person_of(0)  # nobody has this number: a 404
