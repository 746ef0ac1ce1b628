"""Transferring a ticket: the giver's page, the recipient's page, and the old link's."""

import functools

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from events import reveal
from events.access.private import private
from events.access.tickets import get_ticket
from events.models import Ticket, Transfer
from events.tickets import transfers
from events.tickets.forms import AcceptForm, GiveForm
from nsca.lib.secrets.codes import derived_token
from nsca.lib.web.origins import same_origin_form
from nsca.lib.web.throttle import TooOften, address_of, spend
from orders.lines.kinds import Refusal

HOUR, DAY = 3600, 86_400  # seconds
OFFERS_A_TICKET = 5  # a day: each is an e-mail to someone who did not ask for it
OFFERS_AN_ADDRESS = 20  # an hour, per network address
MAILS_A_MAILBOX = 5  # a day
ANSWERS_AN_ADDRESS = 60  # an hour


def or_given_on(view):
    """A view of a ticket by its token that explains an old link after a transfer."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        try:
            return view(request, token=token)  # by name: see same_origin_form
        except Http404:
            transfer = transfers.by_old_link(token)
            if transfer is None:
                raise
            context = {"transfer": transfer, "event": transfer.ticket.event}
            return private(
                render(request, "events/tickets/transfer_gone.html", context, status=410)
            )

    return guarded


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_form
def give(request: HttpRequest, token: str) -> HttpResponse:
    """Offer the ticket to someone after a confirmation, or withdraw the offer."""
    ticket = get_ticket(token)
    form = GiveForm(request.POST if "email" in request.POST else None)
    if "withdraw" in request.POST:
        return _withdraw(request, ticket)
    is_asked = form.is_bound and form.is_valid() and "sure" not in request.POST
    status, retry_after = 200, None
    if form.is_bound and form.is_valid() and "sure" in request.POST:
        try:
            _spend_offer(request, ticket, form.cleaned_data["email"])
            transfer = transfers.offer(
                ticket,
                to_email=form.cleaned_data["email"],
                to_name=form.cleaned_data["name"],
                at=request.now,
            )
        except TooOften as error:
            form.add_error(None, f"Too many offers. {error}")
            status, retry_after = 429, error.retry_after
        except transfers.HasItAlready as refusal:
            form.add_error("email", str(refusal))
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request,
                f"Offered. We’ve e-mailed {transfer.to_email}. "
                "The ticket stays yours until they accept it.",
            )
            return redirect(ticket)
    context = {
        "ticket": ticket,
        "event": ticket.event,
        "form": form,
        "is_asked": is_asked,
        "offer": transfers.open_offer(ticket, at=request.now),
        "refusal": transfers.why_not(ticket, at=request.now),
        "closes_at": transfers.closes_at(ticket.event),
    }
    response = private(render(request, "events/tickets/transfer.html", context, status=status))
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _withdraw(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    try:
        was_open = transfers.withdraw(ticket, at=request.now)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        if was_open:
            messages.success(request, "Withdrawn. The ticket stays yours.")
    return redirect(ticket)


def _spend_offer(request: HttpRequest, ticket: Ticket, email: str) -> None:
    """Count the offer before anyone is e-mailed. Raises TooOften."""
    at = request.now
    mailbox = derived_token("mailbox", email)  # no address in the cache's keys
    spend("offer-of", ticket.code, limit=OFFERS_A_TICKET, seconds=DAY, at=at)
    spend("offer-from", address_of(request), limit=OFFERS_AN_ADDRESS, seconds=HOUR, at=at)
    spend("offer-to", mailbox, limit=MAILS_A_MAILBOX, seconds=DAY, at=at)


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_form
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """The recipient's page and their answer. Opening it changes nothing."""
    transfer = get_object_or_404(
        Transfer.objects.select_related("ticket__event", "ticket__line__order", "ticket__choice",
                                        "ticket__ticket_type"),
        token=token,
    )  # fmt: skip
    over = transfers.why_over(transfer, at=request.now)
    is_answer = request.method == "POST" and not over
    is_no = is_answer and "decline" in request.POST
    form = AcceptForm(
        request.POST if is_answer and not is_no else None, initial={"name": transfer.to_name}
    )
    if is_no or (form.is_bound and form.is_valid()):
        return _answered(request, transfer, name="" if is_no else form.cleaned_data["name"])
    ticket = transfer.ticket
    context = {
        "transfer": transfer,
        "ticket": ticket,
        "event": ticket.event,
        "giver": transfers.giver_name(ticket),
        "over": over,
        "form": form,
        "is_revealed": ticket.event.reveal_held_at is None
        and reveal.is_revealed(ticket.event, at=request.now),
    }
    page = render(
        request, "events/tickets/transfer_accept.html", context, status=410 if over else 200
    )
    return private(page)


def _answered(request: HttpRequest, transfer: Transfer, *, name: str) -> HttpResponse:
    """Record their yes, with a name, or their no."""
    back = redirect("tickets:accept", token=transfer.token)
    try:
        spend("answer-offer", address_of(request), limit=ANSWERS_AN_ADDRESS, seconds=HOUR,
              at=request.now)  # fmt: skip
        if not name:
            transfers.decline(transfer, at=request.now)
            return back
        ticket = transfers.accept(transfer, name=name, at=request.now)
    except transfers.OfferOver:
        return back  # that page shows its state
    except (TooOften, Refusal) as refusal:
        messages.warning(request, str(refusal))
        return back
    messages.success(
        request, "It’s yours. This page is your ticket. We’ve also e-mailed you its link."
    )
    return redirect(ticket)
