"""Admin actions on an event: preview, duplicate, sell by cash, check, or invoice."""

from copy import copy
from dataclasses import replace
from datetime import timedelta

from django.shortcuts import render
from django.urls import reverse

from events.access.private import private
from events.access.tickets import State
from events.hints.hints import cards
from events.models import Event, Ticket, TicketType
from events.public.duplicating import duplicate
from events.public.forms_admin import DuplicateForm, PreviewForm, SellForm
from events.public.views import event_page
from events.reveal import VISITOR, Opened, Sealed, Why, reveal_for
from events.tickets.views import TicketStatus, door_code
from events.venue import envelope
from events.venue.details import Kind, VenueDetails
from events.venue.sketch import sketch_of
from nsca.lib.desk.base import previewed
from nsca.lib.desk.pages import AdminPage
from nsca.lib.geo import NORFOLK
from nsca.lib.media import qr
from nsca.lib.secrets import codes
from nsca.lib.timing import exactly
from orders.checkout.placing import Buyer, record_offline
from orders.lines.kinds import Refusal
from orders.models import Line, Order

AN_EXAMPLE = VenueDetails(
    name="An Example Hall",
    lines=("1 Example Street", "Norfolk, Virginia"),
    postcode="23510",
    latitude=NORFOLK.latitude,
    longitude=NORFOLK.longitude,
    directions="An example: through the gate, then left.",
    parking="An example: the garage across the street.",
    plan_b="An example: the hall next door.",
)
A_LINK = VenueDetails(
    kind=Kind.ONLINE, name="An example class", join_url="https://example.org/class"
)


def _as_a_holder_would(event: Event, at):
    """What a ticket's page would show at an instant, with an example venue, or nothing."""
    if event.is_canceled:
        return None
    if event.is_secret and at < event.opens_at:
        return Sealed(event.opens_at)
    if event.is_secret and event.reveal_held_at is not None:
        return Sealed(event.opens_at, Why.HELD)
    venue = A_LINK if event.kind == Event.Kind.ONLINE else AN_EXAMPLE
    return Opened(venue=venue, opens_at=event.opens_at, version=1, written_at=at)


# --- Preview -----------------------------------------------------------------------------------


def preview_view(model_admin, request, event):
    """The page as visitors see it, or the ticket as a holder does, now or at another instant.

    For staff who may edit the event: at a later instant its hints are shown. The venue is never
    revealed.
    """
    form = PreviewForm(request.GET if "at_0" in request.GET else None, initial={"at": request.now})
    if not form.is_bound or not form.is_valid():
        return _ask_when(model_admin, request, event, form)
    at, as_holder = form.cleaned_data["at"], form.cleaned_data["who"] == "holder"
    who = "a ticket holder" if as_holder else "a visitor"
    words = f"This is a preview: “{event.title}” as {who} sees it on {exactly(at)}."
    if as_holder:
        words += " The location on it is an example: a preview never shows the real one."
    previewed(request, words, back=model_admin.url("preview", event.pk), to="Another instant")
    if as_holder:
        return _ticket_page(request, event, at)
    return event_page(request, _shown_closed(event, request.now), VISITOR, at=at)


def _ticket_page(request, event, at):
    """An example ticket at an instant, with an example venue. It is not saved, and the sealed
    venue is not read.
    """
    order = Order(
        buyer_name="A guest",
        state=Order.State.PAID,
        placed_at=request.now,
        paid_at=request.now,
    )
    kind = event.ticket_types.first() or TicketType(event=event, name="Seat", price_cents=0)
    line = Line(order=order, kind=Line.Kind.TICKET, label=kind.name, unit_cents=kind.price_cents)
    ticket = Ticket(event=event, ticket_type=kind, line=line, number=1, guest_name="A guest")
    state = State.PAST if event.is_past(at) else State.VALID
    state = State.EVENT_CANCELED if event.is_canceled else state
    reveal = _as_a_holder_would(event, at)
    status = TicketStatus(state, reveal, may_change=False)
    context = {
        "ticket": ticket,
        "event": event,
        "order": order,
        "status": status,
        "state": state,
        "reveal": reveal,
        "form": None,
        "line_cents": kind.price_cents,
        "covers": kind.covers,
        "cards": cards(event, at=at, for_holders=True) if status.lets_in else [],
        "envelope_first": status.lets_in
        and isinstance(reveal, Opened)
        and at < (event.doors_at or event.starts_at),
        "seal": envelope.published(event) if isinstance(reveal, Sealed) else None,
        "sketch": sketch_of(reveal.venue) if isinstance(reveal, Opened) else None,
        "qr": qr.svg(door_code(ticket), label="Code of an example ticket"),
    }
    return private(render(request, "events/tickets/ticket.html", context))


def _ask_when(model_admin, request, event, form):
    moments = [("now", request.now), ("when it is published", event.publish_at)]
    if event.is_secret:
        second = timedelta(seconds=1)
        moments += [
            ("a second before the reveal", event.opens_at - second),
            ("at the reveal", event.opens_at),
        ]
    moments += [("when it begins", event.starts_at), ("when it is over", event.ends_at)]
    return model_admin.page(
        request,
        "admin/events/event/preview.html",
        obj=event,
        title="Preview",
        form=form,
        moments=[(words, at, form["at"].field.widget.decompress(at)) for words, at in moments],
        viewers=PreviewForm.base_fields["who"].choices,
        status=422 if form.errors else 200,
    )


def _shown_closed(event: Event, now) -> Event:
    """The same event with its envelope shut, unless it is already open to everyone.

    A preview of tomorrow must not reveal today what tomorrow reveals.
    """
    opened = event.is_published(now) and getattr(
        reveal_for(event, VISITOR, at=now), "is_open", False
    )
    if opened:
        return event
    shut = copy(event)
    if shut.lead is not None:
        shut.audience = Event.Audience.HOLDERS
    return shut


# --- Duplicate ---------------------------------------------------------------------------------


def duplicate_view(model_admin, request, event):
    suggested = event.starts_at + timedelta(days=364)  # the same weekday, a year on
    form = DuplicateForm(request.POST or None, initial={"starts_at": suggested})
    if request.method == "POST" and form.is_valid():
        new = duplicate(
            event, starts_at=form.cleaned_data["starts_at"], by=request.user, at=request.now
        )
        model_admin.log_addition(request, new, f"Duplicated from {event}.")
        return model_admin.done(request, new, "This is the new draft. Check it, then publish it.")
    return model_admin.act_page(
        request,
        event,
        title="Duplicate",
        words=[
            "The new draft gets the same texts, ticket types, suppers, add-ons, and codes.",
            "Hints are copied without their dates.",
            "The venue, the orders, and the waitlist are not copied.",
        ],
        button="Duplicate",
        form=form,
    )


# --- Sell --------------------------------------------------------------------------------------


def sell_view(model_admin, request, event):
    """Sell for cash, a check, or an invoice, or give a seat away."""
    # The key travels with the form: a second click finds the first order.
    key = request.POST.get("key") or codes.link_token()
    form = SellForm(request.POST or None, event=event)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        items = form.items(staff=str(request.user))
        if data["channel"] == Order.Channel.COMPLIMENTARY:
            items = [
                replace(item, unit_cents=0, label=f"{item.label}, complimentary"[:200])
                for item in items
            ]
        try:
            order = record_offline(
                items=items,
                buyer=Buyer(data["buyer_name"], data["buyer_email"], data["buyer_phone"]),
                channel=data["channel"],
                by=request.user,
                at=request.now,
                note=data["note"],
                submission_key=key,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return model_admin.done(
                request,
                event,
                f"Order {order.number} is created.",
                url=_order_url(order),
            )
    return model_admin.act_page(
        request,
        event,
        title="Sell by cash, check or invoice",
        words=["The tickets are valid right away, and the e-mails go out."],
        button="Create order",
        form=form,
        key=key,
    )


def _order_url(order) -> str:
    return reverse("admin:orders_order_change", args=[order.pk])


def _is_sold(request, event) -> bool:
    return event.state == Event.State.PUBLISHED


PAGES = [
    AdminPage("preview", preview_view, label="Preview"),
    AdminPage(
        "duplicate",
        duplicate_view,
        permission="view",
        needs=("events.add_event",),
        label="Duplicate",
    ),
]
SELL = AdminPage(
    "sell",
    sell_view,
    permission="view",
    needs=("orders.add_order",),
    may=_is_sold,
    label="Sell by cash, check or invoice",
)
