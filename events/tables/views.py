"""Tables of friends: opening one, the captain's page, and asking a captain for a seat."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from events.access.private import private
from events.access.tickets import State, get_ticket, state_of
from events.models import Event, SeatRequest, Table
from events.sales import availability, capacity
from events.tables import strangers, tables
from events.tables.forms import AskForm, OpenTableForm, TableForm
from events.tables.mail import friends_address_of
from nsca.lib.secrets.codes import derived_token, primary_key
from nsca.lib.web.origins import same_origin_form
from nsca.lib.web.throttle import TooOften, address_of, spend
from orders.lines.kinds import Refusal
from orders.models import Order

OPENED_AN_ADDRESS = 10  # an hour
MAILS_A_CAPTAIN = 3  # a day: so that nobody's mailbox is flooded
ACTS_A_TABLE = 60  # an hour
ASKED_A_TICKET = 6  # a day: so that captains are not pestered
HOUR, DAY = 3600, 86_400


# --- Opening one -------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_form
def open_table(request: HttpRequest, slug: str) -> HttpResponse:
    """A captain asks for a block of seats; none is held before the e-mailed link is followed."""
    event = get_object_or_404(Event.objects.published(request.now), slug=slug)
    offer = availability.availability(event, at=request.now)
    kinds = tables.kinds_for(offer) if tables.may_open(event, request.now) else []
    if not kinds:
        return _page(request, "events/tables/closed.html", {"event": event, "offer": offer})
    form = OpenTableForm(request.POST if request.method == "POST" else None, kinds=kinds)
    status = 200
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            spend(
                "open-table", address_of(request), limit=OPENED_AN_ADDRESS, seconds=HOUR,
                at=request.now,
            )  # fmt: skip
            spend(
                "table-letters", derived_token("mailbox", data["captain_email"]),
                limit=MAILS_A_CAPTAIN, seconds=DAY, at=request.now,
            )  # fmt: skip
            tables.open_table(
                event=event,
                captain_name=data["captain_name"],
                captain_email=data["captain_email"],
                name=data["name"],
                seats=data["seats"],
                ticket_type=form.kind,
                is_open_to_strangers=data["is_open_to_strangers"],
                at=request.now,
            )
        except TooOften as error:
            form.add_error(None, f"Too many tables requested from your network. {error}")
            status = 429
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            # The same answer for everyone: only its owner may learn that an address has a table.
            return redirect("events:table_asked", slug=event.slug)
    context = {"event": event, "offer": offer, "form": form, "kinds": kinds}
    return _page(request, "events/tables/open.html", context, status=status)


@require_safe
def asked(request: HttpRequest, slug: str) -> HttpResponse:
    event = get_object_or_404(Event.objects.published(request.now), slug=slug)
    return _page(request, "events/tables/asked.html", {"event": event})


# --- The captain's page ------------------------------------------------------------------------


def get_table(slug: str, token: str) -> Table:
    """The table that a captain's link opens. Raises Http404."""
    led = Table.objects.exclude(kind=Table.Kind.HOUSE).exclude(event__state=Event.State.DRAFT)
    led = led.select_related("event", "ticket_type")
    return get_object_or_404(led, event__slug=slug, token=token[:64])


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_form
def table(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    found = get_table(slug, token)
    if request.method == "POST":
        return _act(request, found)
    return _captains_page(request, found)


def _act(request: HttpRequest, found: Table) -> HttpResponse:
    """Anyone with the captain's link acts as the captain."""
    act, at = request.POST.get("act", ""), request.now
    try:
        spend("captain", str(found.pk), limit=ACTS_A_TABLE, seconds=HOUR, at=at)
        if act == "keep":
            tables.confirm(found, at=at)
            messages.success(request, "Your seats are held. Now send your friends the link.")
        elif act == "change":
            form = _form(request, found)
            if not form.is_valid():
                return _captains_page(request, found, form=form)
            data = form.cleaned_data
            tables.change_table(
                found,
                name=data["name"],
                seats=data.get("seats", found.seats),
                is_open_to_strangers=data["is_open_to_strangers"],
                at=at,
            )
            messages.success(request, "Saved.")
        elif act == "close":
            tables.close_table(found, at=at)
            messages.success(request, "The empty seats are back on sale.")
        elif act in ("welcome", "decline"):
            waiting = SeatRequest.objects.filter(
                table=found, pk=primary_key(request.POST.get("who"))
            )
            strangers.answer(get_object_or_404(waiting), is_welcome=act == "welcome", at=at)
            messages.success(request, "Answered. We’ve e-mailed them.")
        else:
            raise Http404
    except TooOften as error:
        messages.warning(request, f"Too many changes. {error}")
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    return redirect("events:table", slug=found.event.slug, token=found.token)


def _form(request, found: Table) -> TableForm:
    return TableForm(
        request.POST if request.method == "POST" else None,
        table=found,
        taken=tables.seated(found, request.now),
        may_give_back=found.is_holding(request.now),
    )


def _captains_page(request, found: Table, *, form: TableForm | None = None) -> HttpResponse:
    at, event = request.now, found.event
    guests = found.tickets.filter(capacity.occupying(at)).select_related("line__order")
    rows = [
        (strangers.name_of(ticket), ticket.line.order.state == Order.State.PAID)
        for ticket in guests.order_by("pk")
    ]
    is_over = event.is_canceled or event.is_past(at)
    context = {
        "event": event,
        "table": found,
        "rows": rows,
        "empty": max(0, found.seats - len(rows)),
        "is_holding": found.is_holding(at) and not is_over,
        "is_to_confirm": found.confirmed_at is None and tables.may_open(event, at),
        "is_over": is_over,
        "is_bought": found.kind == Table.Kind.BOUGHT,
        "friends_address": friends_address_of(found),
        "requests": [
            (each, strangers.name_of(each.ticket)) for each in strangers.waiting_at(found)
        ],
        "form": (form or _form(request, found)) if found.confirmed_at and not is_over else None,
    }
    return _page(request, "events/tables/table.html", context, status=422 if form else 200)


# --- Sitting with someone ----------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_form
def sit_with(request: HttpRequest, token: str) -> HttpResponse:
    """From a ticket's page: the tables that would welcome its holder."""
    ticket, at = get_ticket(token), request.now
    may_ask = state_of(ticket, at=at) == State.VALID and ticket.table_id is None
    found = list(strangers.welcoming(ticket.event, at)) if may_ask else []
    form = AskForm(request.POST if "ask" in request.POST else None, tables=found)
    if request.method == "POST":
        try:
            if "withdraw" in request.POST:
                strangers.withdraw(ticket, at=at)
                messages.success(request, "Withdrawn. You can ask at another table.")
                return redirect("tickets:sit_with", token=ticket.token)
            if form.is_valid():
                spend("ask-captain", str(ticket.pk), limit=ASKED_A_TICKET, seconds=DAY, at=at)
                chosen = next(t for t in found if t.pk == form.cleaned_data["table"])
                strangers.ask(ticket, chosen, text=form.cleaned_data["text"], at=at)
                messages.success(request, "Asked. We’ll e-mail you the answer.")
                return redirect("tickets:sit_with", token=ticket.token)
        except TooOften as error:
            form.add_error(None, f"Too many requests for one day. {error}")
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    last = strangers.last_request_of(ticket)
    context = {
        "ticket": ticket,
        "event": ticket.event,
        "may_ask": may_ask,
        "tables": found,
        "asked": last,
        "ended": last is not None and not may_ask and strangers.ended_unanswered(last, ticket),
        "form": form,
    }
    return _page(request, "events/tables/ask.html", context)


def _page(request, template: str, context: dict, *, status: int = 200) -> HttpResponse:
    return private(render(request, template, context, status=status))
