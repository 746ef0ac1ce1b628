"""The buyer's page for all guests of an order: names, suppers, needs."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from events.access.private import private
from events.models import Ticket
from events.sales import unasked
from events.sales.availability import suppers_left
from events.sales.refusals import ChoiceUnavailable
from events.tickets.forms_guests import OrderGuestsForm
from events.tickets.guests import closes_at, is_open, name_guests
from nsca.lib.web.origins import same_origin_form
from nsca.lib.web.throttle import TooOften, address_of, spend
from orders.lines.kinds import Refusal
from orders.models import Order

SAVES_AN_ORDER = 60  # an hour
MAILS_AN_ORDER = 30  # a day: every guest of a large party, once, and some corrections
MAILS_A_TICKET = 3  # a day
HOUR, DAY = 3600, 86_400


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_form
def guests(request: HttpRequest, token: str) -> HttpResponse:
    order, tickets = get_guests(token)
    at = request.now
    theirs = [t for t in tickets if t.given_on_at is None and is_open(t.event, at)]
    events = {ticket.event for ticket in theirs}
    suppers = {event.pk: suppers_left(event, at=at) for event in events}
    is_sent = request.method == "POST"
    form = OrderGuestsForm(request.POST if is_sent else None, tickets=theirs, suppers=suppers)
    if is_sent and not theirs:
        messages.warning(request, "These guests can no longer be changed here. Please call us.")
        return redirect("tickets:guests", token=order.token)
    if is_sent and form.is_valid() and _saved(request, order, form):
        return redirect("tickets:guests", token=order.token)
    closed = [ticket for ticket in tickets if ticket not in theirs]
    context = {
        "order": order,
        "event": tickets[0].event,
        "form": form if theirs else None,
        "closed": closed,
        "is_closed": any(not is_open(t.event, at) for t in tickets),
        "deadlines": [(e, closes_at(e)) for e in sorted(events, key=lambda e: e.pk)],
        "is_of_several": len({ticket.event_id for ticket in tickets}) > 1,
    }
    status = 422 if form.errors else 200
    return private(render(request, "events/tickets/order_guests.html", context, status=status))


def get_guests(token: str) -> tuple[Order, list[Ticket]]:
    """The paid order of a link, and its valid tickets. Raises Http404."""
    order = Order.objects.filter(token=token[:64], state=Order.State.PAID).first()
    tickets = list(_of(order)) if order else []
    if not tickets:
        raise Http404("No guests have this address.")
    return order, tickets


def _of(order: Order) -> QuerySet[Ticket]:
    return (
        Ticket.objects.valid()
        .filter(line__order=order)
        .select_related("event", "line__order", "ticket_type", "choice", "table")
        .order_by("event__starts_at", "line__position", "line_id", "number")
    )


def _saved(request, order: Order, form: OrderGuestsForm) -> bool:
    """Save everything, or show at the fields why nothing was saved."""
    at = request.now
    try:
        spend("name-guests", str(order.pk), limit=SAVES_AN_ORDER, seconds=HOUR, at=at)
        for ticket in form.newly_written_to():
            spend("guest-letters", str(order.pk), limit=MAILS_AN_ORDER, seconds=DAY, at=at)
            spend("guest-letter", ticket.code, limit=MAILS_A_TICKET, seconds=DAY, at=at)
        if order.total_cents == 0:
            unasked.spend_mails(form.new_addresses(), network=address_of(request), at=at)
        mailed = name_guests(order, form.said(), at=at)
    except TooOften as error:
        form.add_error(None, f"Too many changes or e-mails. {error}")
        return False
    except ChoiceUnavailable as refusal:
        form.refuse_supper(refusal.choice_id, str(refusal))
        return False
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    words = "Saved."
    if mailed:
        one = len(mailed) == 1
        words += f" We e-mailed {'one guest' if one else f'{len(mailed)} guests'} a ticket."
    messages.success(request, words)
    return True
