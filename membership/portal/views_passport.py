"""The passport: one's own, and the shared page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from membership.models import FavoriteCity, PassportLink
from membership.portal import passport as book
from membership.portal.context import mine
from membership.portal.forms import PassportLinkForm
from nsca.lib.web.throttle import address_of, spend


def _cities():
    """Every published city."""
    return list(
        FavoriteCity._meta.get_field("city").related_model.objects.filter(is_published=True)
    )


@login_required
@require_safe
def passport(request):
    me = mine(request)
    if me.person is None:
        raise Http404("no record to stamp")
    visas = book.visas_of(me.person)
    link = PassportLink.objects.filter(person=me.person).first()
    return render(
        request,
        "membership/portal/passport.html",
        {
            "me": me,
            "leaves": book.leaves(visas, _cities()),
            "visas": visas,
            "link": link,
            "form": PassportLinkForm(
                initial={
                    "is_shown": link is not None,
                    "shows_name": bool(link and link.shows_name),
                }
            ),
        },
    )


@login_required
@require_POST
def show_passport(request):
    """Turn the link on or off; turning it on again makes a new one."""
    me = mine(request)
    if me.person is None:
        raise Http404("no record to stamp")
    form = PassportLinkForm(request.POST)
    if form.is_valid() and form.cleaned_data["is_shown"]:
        book.show(me.person, shows_name=form.cleaned_data["shows_name"], at=request.now)
        messages.success(request, "Anyone with the link can now see your passport.")
    else:
        book.hide(me.person)
        messages.success(request, "Only you can see your passport.")
    return redirect("membership:passport")


@require_safe
def shown_passport(request, token):
    """For anyone with the link: stamps, and the name only if its owner chose so."""
    spend("passport", address_of(request), limit=120, seconds=600, at=request.now)
    person = book.shown(token)
    if person is None:
        raise Http404("shown to nobody")
    visas = book.visas_of(person)
    answer = render(
        request,
        "membership/portal/passport_shown.html",
        {
            "name": person.name if person.passport_link.shows_name else "",
            "number": person.member_number,
            "leaves": [leaf for leaf in book.leaves(visas, _cities()) if leaf.visas],
            "visas": visas,
        },
    )
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex"
    return answer
