"""E-mails that a holder asks for on the ticket page, and the link that stops them."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from events.access.private import private
from events.access.tickets import CHANGES_A_TICKET, State, get_ticket, state_of
from events.hints import opt_ins
from events.models import OptIn
from nsca.lib.mail import mail
from nsca.lib.web.origins import same_origin_form
from nsca.lib.web.throttle import TooOften, spend

RECEIPTS_AN_ORDER = 3  # a day: each is an e-mail
WORDS = {
    (OptIn.Kind.HINTS, True): "Done. We’ll e-mail you each new hint.",
    (OptIn.Kind.HINTS, False): "Done. No more hint e-mails.",
    (OptIn.Kind.FIRST_ACCESS, True): "Done. We’ll e-mail you next year before sales open.",
    (OptIn.Kind.FIRST_ACCESS, False): "Done. You’re off the list.",
}
WHILE = {OptIn.Kind.HINTS: State.VALID, OptIn.Kind.FIRST_ACCESS: State.PAST}


@require_POST
@same_origin_form
def opt_in(request: HttpRequest, token: str) -> HttpResponse:
    """Opt in to one kind of e-mail, or out: kind=hints, act=ask."""
    ticket = get_ticket(token)
    kind, is_asked = request.POST.get("kind", ""), request.POST.get("act") == "ask"
    if kind not in OptIn.Kind.values or not ticket.holder_email:
        return redirect(ticket)
    if is_asked and state_of(ticket, at=request.now) != WHILE[kind]:
        messages.warning(request, "You can’t ask for this now.")
        return redirect(ticket)
    try:
        spend("change-ticket", ticket.code, limit=CHANGES_A_TICKET, seconds=3600, at=request.now)
    except TooOften as error:
        messages.warning(request, f"That was a lot of changes. {error}")
        return redirect(ticket)
    (opt_ins.ask if is_asked else opt_ins.leave)(ticket, kind, at=request.now)
    messages.success(request, WORDS[kind, is_asked])
    return redirect(ticket)


@require_POST
@same_origin_form
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """E-mail the receipt's link to the buyer. It opens the whole order, which a ticket
    does not.
    """
    ticket = get_ticket(token)
    order = ticket.line.order
    if (
        state_of(ticket, at=request.now) != State.PAST
        or ticket.transfer_count
        or not order.buyer_email
    ):
        return redirect(ticket)
    try:
        spend(
            "mail-receipt", order.number, limit=RECEIPTS_AN_ORDER, seconds=86_400, at=request.now
        )
    except TooOften:
        messages.warning(
            request, "We already sent it several times today. Please check your e-mail."
        )
        return redirect(ticket)
    mail.post(
        "receipt_link",
        to=order.buyer_email,
        to_name=order.buyer_name,
        context={
            "order": order,
            "event": ticket.event,
            "receipt_url": settings.SITE_URL + reverse("orders:receipt", args=[order.token]),
        },
    )
    messages.success(request, "The receipt is on its way to the buyer.")
    return redirect(ticket)


@csrf_exempt  # RFC 8058: mail programs post without cookies; the link itself is the permission
@require_http_methods(["GET", "HEAD", "POST"])
def hints_leave(request: HttpRequest, token: str) -> HttpResponse:
    """The link in an e-mail. A visit asks first; a POST stops the e-mails."""
    rows = OptIn.objects.filter(kind=OptIn.Kind.HINTS).select_related("ticket__event")
    row = get_object_or_404(rows, token=token)
    if request.method == "POST":
        opt_ins.leave_by_mail(row, at=request.now)
        row.refresh_from_db()
        if request.POST.get("List-Unsubscribe") == "One-Click":
            return private(HttpResponse("No more hint e-mails.\n", content_type="text/plain"))
    context = {"event": row.ticket.event, "has_left": row.left_at is not None}
    return private(render(request, "events/hints/leave.html", context))
