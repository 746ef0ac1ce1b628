"""The waiting list: join, see where one stands, leave. No place is known here, ever."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from events import boxoffice, waitlist
from events.guest_forms import WaitlistForm
from events.models import Event, WaitlistEntry
from events.views_ticket import private
from nsca.lib.origins import same_origin_form
from nsca.lib.throttle import TooOften, address_of, spend

JOINS_AN_ADDRESS = 20  # an hour


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_form
def join(request: HttpRequest, slug: str) -> HttpResponse:
    event = get_object_or_404(Event.objects.published(request.now), slug=slug)
    offer = boxoffice.availability(event, at=request.now)
    context = {"event": event, "offer": offer}
    if not offer.is_sold_out:
        return render(request, "events/waitlist_closed.html", context)
    most = min(event.max_per_order, waitlist.MOST_CHAIRS)
    form = WaitlistForm(request.POST if request.method == "POST" else None, most=most)
    status, retry_after = 200, None
    if form.is_bound and form.is_valid():
        try:
            spend(
                "waitlist", address_of(request), limit=JOINS_AN_ADDRESS, seconds=3600,
                at=request.now,
            )  # fmt: skip
        except TooOften as error:
            form.add_error(None, f"Many wishes came from your address. {error}")
            status, retry_after = 429, error.retry_after
        else:
            waitlist.join(event=event, at=request.now, **form.cleaned_data)
            # The same answer to all: whether an address was on the list is its owner's affair.
            return redirect(reverse("events:waitlist_joined", args=[event.slug]))
    context |= {"form": form, "parties": waitlist.waiting(event).count()}
    response = private(render(request, "events/waitlist.html", context, status=status))
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


def joined(request: HttpRequest, slug: str) -> HttpResponse:
    event = get_object_or_404(Event.objects.published(request.now), slug=slug)
    return private(render(request, "events/waitlist_joined.html", {"event": event}))


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_form
def wish(request: HttpRequest, token: str) -> HttpResponse:
    """One party's own page: its place in line, and the button to leave."""
    entry = get_object_or_404(WaitlistEntry.objects.select_related("event"), token=token)
    if request.method == "POST":
        waitlist.leave(entry, at=request.now)
        return redirect("events:wish", token=entry.token)
    context = {
        "entry": entry,
        "event": entry.event,
        "turn": None if entry.left_at else waitlist.turn_of(entry),
        "is_over": entry.event.is_past(request.now) or entry.event.is_cancelled,
    }
    return private(render(request, "events/waitlist_wish.html", context))
