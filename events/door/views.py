"""The door pages for volunteers, by a personal link: on a phone, outdoors, at dusk.

Each act is answered at once, not by a redirect: it carries its device's own number, so that
sending it again changes nothing, and a second trip over a weak network would cost time.
"""

import functools
from datetime import datetime

from csp.constants import SELF
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods

from events.access.private import private
from events.door import door, walk_up
from events.door import lists as door_lists
from events.door.answers import Tone, not_found
from events.door.door import Device, DoorClosed
from events.door.forms_walk_up import WalkUpForm
from events.models import DoorLink, Ticket
from events.reveal import reveal_for_volunteer
from events.sales import addons
from nsca.lib.media import qr
from nsca.lib.secrets import codes
from nsca.lib.web.origins import same_origin_form
from nsca.lib.web.throttle import spend
from orders.lines.kinds import Refusal
from orders.lines.locks import Busy
from orders.models import Order

DEVICE_COOKIE = "__Secure-nsca_door" if settings.IS_HTTPS else "nsca_door"
DEVICE_LIFE = 30 * 24 * 3600  # seconds
ACTS_A_LINK = 900  # in ten minutes: one and a half a second, for all who share the link
LOOKS_A_LINK = 900  # in ten minutes: pages and counts
SALES_A_LINK = 120  # in ten minutes: totals shown and sales
PART = "X-Door"  # header of door.js: it wants only the answer, without the page
LONGEST = 200  # characters typed or scanned


def behind_link(*methods: str):
    """A door view: for a link that is valid now, with the phone's own signed id."""

    def decorate(view):
        @require_http_methods(methods)
        @same_origin_form
        @functools.wraps(view)
        def guarded(request: HttpRequest, token: str) -> HttpResponse:
            link = get_link(token)
            request.door_device, is_new = _device_id(request, link)
            is_act = request.method == "POST"
            scope, limit = ("door", ACTS_A_LINK) if is_act else ("door-look", LOOKS_A_LINK)
            spend(scope, str(link.pk), limit=limit, seconds=600, at=request.now)
            try:
                door.check_open(link, at=request.now, read_at=_read_at(request))
                response = view(request, link)
            except DoorClosed:
                response = _closed(request, link)
            except Busy:
                response = _part(request, link, "events/door/busy.html", status=503)
            if is_new:
                response.set_signed_cookie(
                    DEVICE_COOKIE,
                    is_new,
                    salt="door",
                    max_age=DEVICE_LIFE,
                    path="/door/",
                    secure=settings.IS_HTTPS,
                    httponly=True,
                    samesite="Lax",
                )
            # This page registers the service worker that opens it offline; no other page may.
            response._csp_replace = {"worker-src": [SELF]}
            return private(response)

        return guarded

    return decorate


def get_link(token: str) -> DoorLink:
    """The link with this token, whether it is valid or not."""
    links = DoorLink.objects.select_related("event", "created_by")
    return get_object_or_404(links, token=token)


@behind_link("GET", "HEAD")
def home(request: HttpRequest, link: DoorLink) -> HttpResponse:
    """Where volunteers scan and type, and how many guests are in."""
    reveal = reveal_for_volunteer(link.event, link, at=request.now)
    return _page(request, link, "events/door/door.html", reveal=reveal)


@behind_link("POST")
def read(request: HttpRequest, link: DoorLink) -> HttpResponse:
    """Check in by a code; an order number shows the party; anything else is a name."""
    text = request.POST.get("text", "").strip()[:LONGEST]
    if code := door.code_in(text):
        answer = door.read(link, code, device=_device(request), at=request.now)
        return _answer(request, link, answer)
    if ":" in text:  # a QR code that is not ours
        return _answer(request, link, not_found(link, text[:40]))
    number = door.order_number_in(text)
    if number and (party := door_lists.party_by_number(link.event, number)):
        bought = addons.of_order(party.order.pk, link.event_id)
        return _part(request, link, "events/door/party.html", party=party, bought=bought)
    found = door_lists.find(link.event, text)
    return _part(request, link, "events/door/found.html", found=found, text=text)


@behind_link("POST")
def enter(request: HttpRequest, link: DoorLink) -> HttpResponse:
    """Check in one or several of a party."""
    typed = [door.code_in(text[:LONGEST]) for text in request.POST.getlist("ticket")[:100]]
    answers = door.let_in(link, list(filter(None, typed)), device=_device(request), at=request.now)
    if len(answers) == 1:
        return _answer(request, link, answers[0])
    return _several(request, link, answers)


@behind_link("POST")
def undo(request: HttpRequest, link: DoorLink) -> HttpResponse:
    code = door.code_in(request.POST.get("ticket", "")[:LONGEST])
    answer = door.undo(link, code, device=_device(request), at=request.now)
    return _answer(request, link, answer)


@behind_link("GET", "HEAD", "POST")
def sell(request: HttpRequest, link: DoorLink) -> HttpResponse:
    """Sell for cash in two steps: the total, then "I have the cash"."""
    if not link.may_sell:
        return _page(request, link, "events/door/no_sales.html", status=403)
    on_sale = walk_up.on_sale(link.event, at=request.now)
    form = WalkUpForm(request.POST or None, event=link.event, on_sale=on_sale)
    key = request.POST.get("key", "")[:64] or codes.link_token()
    is_confirmed = "confirm" in request.POST
    items = []
    if request.method == "POST" and form.is_valid():
        spend("door-sale", str(link.pk), limit=SALES_A_LINK, seconds=600, at=request.now)
        try:
            if is_confirmed:
                order = walk_up.sell(link, form.sale, submission_key=key, at=request.now)
                return _sold(request, link, order, let_in=form.cleaned_data["let_in"])
            walk_up.check_member(link.event, form.sale, at=request.now)
            items = walk_up.items_of(link.event, form.sale)
        except Busy:
            raise
        except Refusal as refusal:
            form.refuse(refusal)
    asks = request.method == "POST" and not form.errors and "back" not in request.POST
    return _page(
        request, link, "events/door/sell.html", form=form, key=key, asks=asks, items=items,
        cents=sum(item.quantity * item.unit_cents for item in items),
        status=422 if form.errors else 200,
    )  # fmt: skip


@behind_link("GET", "HEAD")
def counts(request: HttpRequest, link: DoorLink) -> HttpResponse:
    """Only the counts, for the script that refreshes them."""
    count = door_lists.count(link.event)
    return render(request, "events/door/count.html", {"count": count, "link": link})


# --- Answers -----------------------------------------------------------------------------------


def _answer(request, link, answer) -> HttpResponse:
    party = None
    if answer.ticket and answer.ticket.event_id == link.event_id:
        party = door_lists.party_of(link.event, answer.ticket.line.order)
    is_alone = party is None or len(party.rows) == 1
    return _part(
        request, link, "events/door/answer.html",
        answer=answer, party=None if is_alone else party,
        bought=addons.of_order(party.order.pk, link.event_id) if party and answer.is_in else [],
    )  # fmt: skip


def _several(request, link, answers, *, sold=None) -> HttpResponse:
    let_in = [answer for answer in answers if answer.tone == Tone.GREEN]
    others = [answer for answer in answers if answer.tone != Tone.GREEN]
    ticket = next((answer.ticket for answer in answers if answer.ticket), None)
    order = sold or (ticket.line.order if ticket else None)
    return _part(
        request, link, "events/door/several.html",
        let_in=let_in, others=others, sold=sold,
        tone=Tone.AMBER if others or not (let_in or sold) else Tone.GREEN,
        party=door_lists.party_of(link.event, order) if order else None,
        bought=addons.of_order(order.pk, link.event_id) if order else [],
        receipt=_receipt_square(sold),
    )  # fmt: skip


def _sold(request, link, order, *, let_in: bool) -> HttpResponse:
    answers = []
    if let_in:
        tickets = Ticket.objects.filter(line__order=order, event=link.event).order_by("number")
        typed = list(tickets.values_list("code", flat=True))
        answers = door.let_in(link, typed, device=_device(request), at=request.now)
    return _several(request, link, answers, sold=order)


def _receipt_square(sold: Order | None) -> str:
    """A QR code of the receipt, for a guest who left no address; else nothing."""
    if sold is None or sold.buyer_email:
        return ""
    return qr.svg(settings.SITE_URL + sold.get_absolute_url(), label="Link to the receipt")


def _part(request, link, template: str, *, status: int = 200, **context) -> HttpResponse:
    """An answer: on its own for door.js, within the page for a browser without scripts."""
    context = _context(request, link) | context
    if request.headers.get(PART):
        return render(request, template, context, status=status)
    return render(request, "events/door/result.html", {"part": template, **context}, status=status)


def _page(request, link, template: str, *, status: int = 200, **context) -> HttpResponse:
    return render(request, template, _context(request, link) | context, status=status)


def _context(request, link) -> dict:
    return {
        "link": link,
        "event": link.event,
        "count": door_lists.count(link.event),
        "number": door.next_number(request.door_device),
    }


def _closed(request, link) -> HttpResponse:
    """Not yet valid, expired or revoked, and whom to call. It has no counts and no names."""
    state = "early" if request.now < link.opens_at else "over"
    if link.revoked_at:
        state = "revoked"
    context = {
        "link": link,
        "event": link.event,
        "state": state,
        "reveal": reveal_for_volunteer(link.event, link, at=request.now),
    }
    early = 403 if request.method == "POST" else 200
    status = early if state == "early" else 410
    return render(request, "events/door/closed.html", context, status=status)


# --- The phone ---------------------------------------------------------------------------------


def _device_id(request, link: DoorLink) -> tuple[str, str]:
    """The phone's id, and the new one to give it ("" if it has one).

    A browser without cookies is identified by its link.
    """
    known = request.get_signed_cookie(DEVICE_COOKIE, default="", salt="door")
    if known:
        return known[:64], ""
    new = codes.link_token()
    return (f"link-{link.pk}" if request.method == "POST" else new), new


def _device(request) -> Device:
    typed = request.POST.get("number", "")
    number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0
    return Device(request.door_device, number, _read_at(request))


def _read_at(request) -> datetime | None:
    """When it was done by the phone's clock; None where it is sent at once."""
    try:
        read_at = parse_datetime(request.POST.get("read_at", "")[:40])
    except ValueError:
        return None
    return read_at if read_at is not None and read_at.tzinfo is not None else None
