"""The waitlist: join, see your number in line, change a request, answer an offer, leave. The venue
is never known here.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from events.access.private import private
from events.models import Event, WaitlistEntry
from events.sales import availability, unasked
from events.waitlist import entries as waitlist
from events.waitlist import joining, offers
from events.waitlist.forms import EntryForm, WaitlistForm
from events.waitlist.joining import EntryStatus, NoNeedToWait, WaitlistClosed
from nsca.lib.web.origins import same_origin_form
from nsca.lib.web.throttle import TooOften, address_of, spend
from orders.lines.kinds import Refusal

JOINS_AN_ADDRESS = 20  # an hour
ACTS_AN_ENTRY = 30  # an hour


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_form
def join(request: HttpRequest, slug: str) -> HttpResponse:
    event = get_object_or_404(Event.objects.published(request.now), slug=slug)
    offer = availability.availability(event, at=request.now)
    door = joining.door_of(event, offer, at=request.now)
    most = min(event.max_per_order, waitlist.MOST_SEATS)
    noun = availability.noun_of(event)
    context = {"event": event, "offer": offer, "door": door, "noun": noun}
    if not door.admits(most):
        return render(request, "events/waitlist/closed.html", context)
    form = WaitlistForm(
        request.POST if request.method == "POST" else None,
        most=most,
        noun=noun,
        party=min(most, max(2, door.to_be_had + 1)),
    )
    status, retry_after = 200, None
    if form.is_bound and form.is_valid():
        try:
            spend(
                "waitlist", address_of(request), limit=JOINS_AN_ADDRESS, seconds=3600,
                at=request.now,
            )  # fmt: skip
            unasked.spend_mails(
                [form.cleaned_data["email"]], network=address_of(request), at=request.now
            )
            joining.join(event=event, at=request.now, **form.cleaned_data)
        except TooOften as error:
            form.add_error(None, f"Too many requests from your network. {error}")
            status, retry_after = 429, error.retry_after
        except NoNeedToWait as refusal:
            form.add_error("party", str(refusal))
        except WaitlistClosed:
            return render(request, "events/waitlist/closed.html", context)
        else:
            # The same answer for everyone: only the owner may learn whether an address is listed.
            return redirect(reverse("events:waitlist_joined", args=[event.slug]))
    context |= {"form": form, "parties": waitlist.waiting(event).count()}
    response = private(render(request, "events/waitlist/waitlist.html", context, status=status))
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


@require_safe
def joined(request: HttpRequest, slug: str) -> HttpResponse:
    event = get_object_or_404(Event.objects.published(request.now), slug=slug)
    return private(render(request, "events/waitlist/joined.html", {"event": event}))


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_form
def entry_page(request: HttpRequest, token: str) -> HttpResponse:
    """A party's own page: its number in line, its offer, and what it can do."""
    entry = get_object_or_404(
        WaitlistEntry.objects.select_related("event", "offer"), token=token[:64]
    )
    event = entry.event
    status = joining.status_of(
        entry, availability.availability(event, at=request.now), at=request.now
    )
    form = None
    if status == EntryStatus.WAITING:
        most = max(entry.party, min(event.max_per_order, waitlist.MOST_SEATS))
        is_change = request.POST.get("act") == "change"
        form = EntryForm(
            request.POST if is_change else None,
            most=most,
            noun=availability.noun_of(event),
            party=entry.party,
            fewest=entry.fewest if entry.fewest < entry.party else None,
        )
    if request.method == "POST" and _done(request, entry, status, form):
        return redirect("events:waitlist_entry", token=entry.token)
    context = {
        "entry": entry,
        "event": event,
        "noun": availability.noun_of(event),
        "status": status,
        "order": entry.offer,
        "seats": sum(line.quantity for line in entry.offer.lines.all()) if entry.offer else 0,
        "turn": waitlist.turn_of(entry) if status == EntryStatus.WAITING else None,
        "form": form,
    }
    return private(render(request, "events/waitlist/entry.html", context))


def _done(request, entry: WaitlistEntry, status: EntryStatus, form: EntryForm | None) -> bool:
    """Do what was asked and say so; False if the form must be shown again."""
    act, at = request.POST.get("act"), request.now
    try:
        spend("waitlist-entry", str(entry.pk), limit=ACTS_AN_ENTRY, seconds=3600, at=at)
        if act == "decline" and status == EntryStatus.OFFERED:
            offers.decline(entry, at=at)
            messages.success(request, "Thanks for letting us know. They go to the next in line.")
        elif act == "leave" and status == EntryStatus.WAITING:
            waitlist.leave(entry, at=at)
        elif act == "change" and form is not None:
            if not form.is_valid():
                return False
            joining.change(entry, **form.cleaned_data)
            messages.success(request, "Saved. You keep your turn.")
    except TooOften as error:
        messages.warning(request, f"Too many changes. {error}")
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    return True
