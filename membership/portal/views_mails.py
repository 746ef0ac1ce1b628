"""Which e-mails somebody gets, and the members' directory."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from membership.models import Consent, Listing
from membership.people import consents
from membership.people import directory as book
from membership.portal.context import confirmed_addresses, mine
from membership.portal.forms import ListingForm

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
MOST_DECISIONS = 20  # on the page; the export has all


@login_required
@get_or_post
def mails(request):
    """A checkbox for each topic; an empty one withdraws consent."""
    me = mine(request)
    if me.person is None:
        raise Http404("no record to decide for")
    if request.method == "POST":
        wanted = {topic: topic in request.POST for topic in Consent.Topic.values}
        is_proven = me.person.email in confirmed_addresses(request.user)
        written = consents.decide(me.person, wanted, at=request.now, is_proven=is_proven)
        asked = not is_proven and any(
            one.topic == Consent.Topic.NEWSLETTER and one.is_given for one in written
        )
        words = "Your choices are saved." if written else "Nothing was changed."
        if asked and me.person.email:
            words += (
                f" We’ve e-mailed {me.person.email}. Use the link in it to start the newsletter."
            )
        messages.success(request, words)
        return redirect("membership:mails")
    return render(
        request,
        "membership/portal/mails.html",
        {
            "me": me,
            "choices": consents.choices_of(me.person),
            "always": consents.ALWAYS,
            "history": me.person.consents.all()[:MOST_DECISIONS],
        },
    )


@login_required
@require_safe
def directory(request):
    """For current members only."""
    me = mine(request)
    sought = request.GET.get("q", "")[:100].replace("\x00", "")
    found, has_more = book.entries(me.on, sought=sought) if me.is_member else ([], False)
    listing = Listing.objects.filter(person=me.person).first() if me.person else None
    return _noindex(
        render(
            request,
            "membership/portal/directory.html",
            {
                "me": me,
                "entries": found,
                "has_more": has_more,
                "most": book.MOST,
                "q": sought,
                "listing": listing,
            },
        )
    )


@login_required
@get_or_post
def listing(request):
    """One's own entry, never somebody else's or a child's."""
    me = mine(request)
    if me.person is None or not book.may_be_listed(me.person, me.on):
        raise Http404("nobody who may be listed")
    known = Listing.objects.filter(person=me.person).first()
    initial = {"is_listed": known is not None}
    if known:
        initial |= {"shows_email": known.shows_email, "shows_phone": known.shows_phone}
    form = ListingForm(request.POST or None, initial=initial)
    if request.method == "POST":
        form = ListingForm(request.POST)
        if form.is_valid() and form.cleaned_data["is_listed"]:
            book.put(
                me.person,
                shows_email=form.cleaned_data["shows_email"],
                shows_phone=form.cleaned_data["shows_phone"],
                at=request.now,
            )
            messages.success(request, "You’re in the directory, as you chose.")
        else:
            book.take_out(me.person)
            messages.success(request, "You’re not in the directory.")
        return redirect("membership:directory")
    return _noindex(
        render(request, "membership/portal/directory_listing.html", {"me": me, "form": form})
    )


def _noindex(answer):
    answer["X-Robots-Tag"] = "noindex"
    return answer
