"""One ticket by its own unguessable link: the page works even if e-mail fails."""

import math
from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events.access.private import private
from events.access.tickets import CHANGES_A_TICKET, State, get_ticket, state_of
from events.hints import opt_ins
from events.hints.hints import Card, cards
from events.models import OptIn, SeatRequest, Ticket
from events.returns import offered_back
from events.reveal import Opened, Sealed, Viewer, opened, reveal_for
from events.reveal.calendars import ticket_ics
from events.sales.availability import suppers_left
from events.sales.refusals import ChoiceUnavailable
from events.tables import strangers
from events.tickets import kits, transfers
from events.tickets import pdf as ticket_pdf
from events.tickets.forms_guests import GuestForm
from events.tickets.guests import GuestsClosed, change_guest
from events.venue import envelope
from events.venue.sketch import sketch_of
from nsca.lib.media import qr
from nsca.lib.secrets.codes import primary_key
from nsca.lib.web.origins import same_origin_form
from nsca.lib.web.throttle import TooOften, spend
from orders.lines.locks import Busy

SOON = timedelta(days=1)  # within it the page reloads at T
SPREAD = 15  # seconds over which an event's guests are spread at T
ASK_AGAIN = 60  # seconds, while the committee holds the reveal
PDFS_A_TICKET = 60  # an hour


@dataclass(frozen=True)
class TicketStatus:
    """A ticket at one instant: its state, and what its holder may know of the venue."""

    state: State
    reveal: None | Sealed | Opened
    may_change: bool

    @property
    def lets_in(self) -> bool:
        return self.state == State.VALID

    @property
    def is_past(self) -> bool:
        return self.state == State.PAST


def status_of(ticket: Ticket, *, at) -> TicketStatus:
    """By the ticket's own link alone: being signed in opens nothing more."""
    state = state_of(ticket, at=at)
    reveal = None
    if state in (State.VALID, State.PAST):
        reveal = reveal_for(ticket.event, Viewer(tokens=frozenset({ticket.token})), at=at)
    deadline = ticket.event.choices_close_at or ticket.event.starts_at
    return TicketStatus(state, reveal, may_change=state == State.VALID and at < deadline)


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_form
def detail(request: HttpRequest, token: str) -> HttpResponse:
    ticket = get_ticket(token)
    status = status_of(ticket, at=request.now)
    form = None
    if status.may_change:
        suppers = suppers_left(ticket.event, at=request.now)
        form = GuestForm(
            request.POST if request.method == "POST" else None, ticket=ticket, suppers=suppers
        )
    if request.method == "POST":
        if form is None:
            messages.warning(request, "This ticket can no longer be changed here. Please call us.")
            return redirect(ticket)
        if form.is_valid() and _changed(request, ticket, form):
            messages.success(request, "Saved. Your ticket is up to date.")
            return redirect(ticket)
    shown = cards(ticket.event, at=request.now, for_holders=True) if status.lets_in else []
    context = {
        "ticket": ticket,
        "event": ticket.event,
        "order": ticket.line.order,
        "status": status,
        "state": status.state,
        "reveal": status.reveal,
        "cards": shown,
        "line_cents": ticket.line.unit_cents,
        "covers": ticket.line.details.get("covers", 1),
        "form": form,
        "kit": kits.parcel_of(ticket),
        "asked": _asked(ticket, status),
        "transfer": transfers.open_offer(ticket, at=request.now) if status.lets_in else None,
        "may_give": status.lets_in
        and ticket.offered_back_at is None
        and transfers.is_time(ticket.event, at=request.now),
        "may_return": status.lets_in and not offered_back.why_not(ticket, at=request.now),
        "qr": qr.svg(door_code(ticket), label=f"Code of ticket {ticket.code}"),
        # From T until the doors open, the location comes first; then, the ticket.
        "envelope_first": status.lets_in
        and isinstance(status.reveal, Opened)
        and request.now < (ticket.event.doors_at or ticket.event.starts_at),
        "asks_if_seen": status.lets_in
        and isinstance(status.reveal, Opened)
        and ticket.seen_version < status.reveal.version,
        "asks_again": (seconds := _ask_again_in(ticket, status.reveal, at=request.now)),
        **_seal_and_hints(ticket, status),
        **_opt_in(ticket, status, shown),
    }
    response = private(render(request, "events/tickets/ticket.html", context))
    if seconds:
        response.headers["Refresh"] = str(seconds)
    return response


def _asked(ticket: Ticket, status: TicketStatus) -> SeatRequest | None:
    """The open request of a guest without a table, if the event has tables."""
    if not status.lets_in or ticket.table_id is not None or not ticket.event.tables_until:
        return None
    return strangers.open_request_of(ticket)


@sensitive_variables()
def _seal_and_hints(ticket: Ticket, status: TicketStatus) -> dict:
    """What an opened envelope shows besides the location; before T, its seal."""
    event, reveal = ticket.event, status.reveal
    if not isinstance(reveal, Opened):
        return {"seal": envelope.published(event) if isinstance(reveal, Sealed) else None}
    return {
        "proof": envelope.proof_of(event, reveal) if event.is_secret else None,
        "proof_url": reverse("tickets:envelope", args=[ticket.token]),
        "sketch": sketch_of(reveal.venue),
        "picture_url": reverse("tickets:picture", args=[ticket.token]) if reveal.picture else "",
    }


def _opt_in(ticket: Ticket, status: TicketStatus, shown: list[Card]) -> dict:
    """The e-mails this holder can ask for now, and has asked for; otherwise no query."""
    kind = None
    if status.is_past:
        kind = OptIn.Kind.FIRST_ACCESS
    elif not isinstance(status.reveal, Opened) and any(not card.is_turned for card in shown):
        kind = OptIn.Kind.HINTS
    if kind is None or not ticket.holder_email:
        return {}
    return {"opt_in": kind, "has_asked": kind in opt_ins.kinds_of(ticket)}


def _changed(request, ticket: Ticket, form: GuestForm) -> bool:
    try:
        spend("change-ticket", ticket.code, limit=CHANGES_A_TICKET, seconds=3600, at=request.now)
        change_guest(
            ticket,
            name=form.cleaned_data["name"],
            needs=form.cleaned_data["needs"],
            access=form.cleaned_data["access"],
            choice_id=form.cleaned_data.get("choice", ticket.choice_id),
            at=request.now,
        )
    except ChoiceUnavailable as refusal:
        form.add_error("choice", str(refusal))
        return False
    except TooOften as error:
        form.add_error(None, f"Too many changes. {error}")
        return False
    except (GuestsClosed, Busy) as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


@require_POST
@same_origin_form
def seen(request: HttpRequest, token: str) -> HttpResponse:
    """The page was seen: its script says so, or its reader presses the button."""
    ticket = get_ticket(token)
    status = status_of(ticket, at=request.now)
    shown = primary_key(request.POST.get("version"))
    is_present = opened.note(ticket, status.reveal, shown=shown, request=request, at=request.now)
    if request.POST.get("by") == "page":
        return private(HttpResponse(status=204))
    if is_present:
        messages.success(request, "Thank you. We’ve noted that you have the location.")
    elif isinstance(status.reveal, Opened):
        messages.warning(request, "The location has changed since you opened the page. See below.")
    return redirect(ticket)


@require_safe
def pdf(request: HttpRequest, token: str) -> HttpResponse:
    """The ticket as a PDF, made for each request: no file with the venue is stored."""
    ticket = get_ticket(token)
    try:
        spend("ticket-pdf", ticket.code, limit=PDFS_A_TICKET, seconds=3600, at=request.now)
    except TooOften as error:
        response = HttpResponse(str(error), content_type="text/plain; charset=utf-8", status=429)
        response.headers["Retry-After"] = str(error.retry_after)
        return private(response)
    status = status_of(ticket, at=request.now)
    content = ticket_pdf.draw(
        ticket,
        code=door_code(ticket),
        state_words=STATE_WORDS.get(status.state, ""),
        reveal=status.reveal,
        at=request.now,
    )
    return _file(content, "application/pdf", f"ticket-{ticket.code}.pdf")


@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    ticket = get_ticket(token)
    content = ticket_ics(ticket, at=request.now)
    return _file(content, "text/calendar; charset=utf-8", f"ticket-{ticket.code}.ics")


STATE_WORDS = {
    State.HELD: "Not valid: not paid yet.",
    State.EXPIRED: "Not valid: the order expired.",
    State.CANCELED: "Not valid: canceled.",
    State.SUSPENDED: "Not valid while the payment is disputed. Please call us.",
    State.EVENT_CANCELED: "The event is canceled.",
    State.PAST: "The event is over.",
}


def door_code(ticket: Ticket) -> str:
    """The content of the QR code: enough for our door, no link for anyone who photographs it."""
    return f"NSCA:{ticket.code}"


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    response = private(HttpResponse(content, content_type=content_type))
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _ask_again_in(ticket: Ticket, reveal, *, at) -> int | None:
    """Seconds until the page should reload, just past T; None: no need to.

    Tickets are spread over some seconds, by number and not at random, so that 500 guests are no
    crowd and the page is always the same.
    """
    if not isinstance(reveal, Sealed):
        return None
    share = ticket.pk % SPREAD
    if reveal.is_due:
        return ASK_AGAIN + share
    wait = reveal.opens_at - at
    return math.ceil(wait.total_seconds()) + share if wait <= SOON else None
