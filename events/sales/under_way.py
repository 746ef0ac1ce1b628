"""A browser's unfinished order: going back and ordering again releases the first hold.

Otherwise "Back, then Pay" would hold twice the seats for half an hour. A private cookie of that
one page knows the order; nothing else is remembered.
"""

from contextlib import suppress
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from events.models import Event
from orders.checkout import settling
from orders.lines.kinds import Refusal
from orders.models import Order
from orders.payments.stripe import GatewayUnavailable

COOKIE = "nsca_under_way"


def remember(response: HttpResponse, order: Order, event: Event, *, at: datetime) -> HttpResponse:
    """Set the cookie as payment begins, for this event's ticket page and as long as the hold."""
    response.set_cookie(
        COOKIE,
        order.token,
        max_age=max(0, int((order.held_until - at).total_seconds())),
        path=reverse("events:tickets", args=[event.slug]),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def under_way(request: HttpRequest, event: Event) -> Order | None:
    """The order for this event that this browser placed last, while its hold is live."""
    token = request.COOKIES.get(COOKIE, "")
    if not 16 <= len(token) <= 64:
        return None
    order = Order.objects.filter(token=token, lines__tickets__event=event).distinct().first()
    return order if order and order.is_held(request.now) else None


def let_go(request: HttpRequest, event: Event) -> None:
    """Release the unfinished order before another is held in its place."""
    order = under_way(request, event)
    if order is None or order.is_of_form(request.POST.get("submission_key", "")):
        return
    with suppress(GatewayUnavailable, Refusal):  # it has ended, or the ticker will release it
        settling.give_up(order, at=request.now)
