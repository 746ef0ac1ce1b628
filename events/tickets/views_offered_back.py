"""The holder's page to offer a ticket back after a confirmation, or to keep it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from events.access.private import private
from events.access.tickets import get_ticket
from events.returns import offered_back
from events.sales.availability import noun_of
from nsca.lib.web.origins import same_origin_form
from nsca.lib.web.throttle import TooOften, spend
from orders.lines.kinds import Refusal

CHANGES_A_TICKET = 20  # an hour


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_form
def offer(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks; POST acts."""
    ticket = get_ticket(token)
    if request.method == "POST":
        _do(request, ticket)
        return redirect(ticket)
    context = {
        "ticket": ticket,
        "event": ticket.event,
        "noun": noun_of(ticket.event),
        "refusal": offered_back.why_not(ticket, at=request.now),
        "is_offered": ticket.offered_back_at is not None and ticket.is_valid,
        "closes_at": offered_back.closes_at(ticket.event),
        "is_buyers": ticket.holder_email == ticket.line.order.buyer_email,
    }
    return private(render(request, "events/tickets/offer_back.html", context))


def _do(request: HttpRequest, ticket) -> None:
    try:
        spend("offer-back", str(ticket.pk), limit=CHANGES_A_TICKET, seconds=3600, at=request.now)
        if request.POST.get("act") == "keep":
            offered_back.keep_after_all(ticket, at=request.now)
            messages.success(request, "Great, it stays yours.")
        elif request.POST.get("act") == "offer":
            offered_back.offer_back(ticket, at=request.now)
            messages.success(
                request, "Done. Until someone else has paid for it, the ticket stays yours."
            )
    except TooOften as error:
        messages.warning(request, f"Too many changes. {error}")
    except Refusal as refusal:
        messages.warning(request, str(refusal))
