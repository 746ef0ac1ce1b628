"""Buying: one page, one form, one order. Private: it may know who is signed in."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.html import strip_tags
from django.views.decorators.http import require_http_methods

from events.models import Event, PromoCode
from events.sales import availability, unasked
from events.sales.addons import add_on_items, add_ons_left
from events.sales.availability import Availability, Member
from events.sales.forms import TicketsForm
from events.sales.quotes import find_code, ticket_items
from events.sales.refusals import CodeRefusal
from events.sales.tables import lost_table, table_by_friends_token
from events.sales.under_way import let_go, remember, under_way
from membership.giving.gifts import gift_item
from membership.models import Rules, Tier
from membership.terms.dues import Joining, dues_item
from membership.terms.joining import person_of
from membership.terms.years import last_day, next_stretch
from nsca.lib.secrets.codes import is_form_key
from nsca.lib.text.money import known_sum
from nsca.lib.timing import day_of
from nsca.lib.web.caching import (
    changes_at,
    form_key,
    is_stranger,
    keep_a_moment,
    kept_a_moment,
    recent_content_version,
    same_for_strangers,
)
from nsca.lib.web.origins import same_origin_form
from nsca.lib.web.throttle import TooOften, address_of, spend
from orders.checkout.placing import Buyer, payment_url, place
from orders.lines.kinds import Item, Refusal
from orders.lines.receipts import deductible_cents, tax_words
from orders.models import Order

ORDERS_AN_ADDRESS = 30  # in WINDOW seconds: enough for a whole office behind one address
CODES_AN_ADDRESS = 40  # tries of a code; too slow to guess 8 letters out of 22
WINDOW = 600
A_MOMENT = timedelta(seconds=2)


@dataclass(frozen=True)
class Quote:
    """What is chosen so far and its total, in cents."""

    items: tuple[Item, ...] = ()
    tax_words: tuple[str, ...] = field(default=())

    @property
    def rows(self) -> list[tuple[Item, int]]:
        return [(item, item.quantity * item.unit_cents) for item in self.items]

    @property
    def total_cents(self) -> int:
        return sum(cents for _, cents in self.rows)

    @property
    def value_cents(self) -> int | None:
        """None: not stated yet."""
        return known_sum(
            item.fair_value_cents and item.quantity * item.fair_value_cents for item in self.items
        )

    @property
    def deductible_cents(self) -> int | None:
        value = self.value_cents
        return None if value is None else deductible_cents(self.total_cents, value)


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_form
@same_for_strangers(seconds=2)  # the minute when everyone comes
def tickets(request: HttpRequest, slug: str) -> HttpResponse:
    is_final = request.method == "POST" and "update" not in request.POST
    if is_final and (order := _order_of_this_form(request)):
        return _to_payment(
            request, order
        )  # a second click finds its order, even for the last seat
    return answered(request, slug, page=_page, is_final=is_final)


def answered(request, slug: str, *, page, is_final=False) -> HttpResponse:
    """The form with its total, rendered by `page`, or the redirect to payment if it `is_final`.

    Raises Http404 if no such event is published.
    """
    event = Event.objects.published(request.now).select_related("city").filter(slug=slug).first()
    if event is None:
        raise Http404
    if is_final:
        let_go(request, event)  # before availability is counted
    user = request.user if request.user.is_authenticated else None
    member = None
    if user is not None:
        found = Member.on_the_day(event, user_id=user.pk)
        member = replace(found, email=user.email) if found.household else None
    table = table_by_friends_token(event, request.GET.get("table", ""), at=request.now)
    doors = {"code": _invitation(request, event), "table_id": table and table.pk}
    offer = availability.availability(event, at=request.now, member=member, **doors)
    changes_at(
        request, offer.next_change_at, event.opens_at, event.choices_close_at, event.post_by,
        event.tables_until, event.ends_at,
    )  # fmt: skip
    if not offer.is_on_sale:
        if is_final and is_stranger(request) and not request.POST.get("code"):
            return _closed_to_many(request, event, offer)
        return _closed(request, event, offer, is_member=member is not None)
    form = _form(request, event, offer, user, is_member=member is not None)
    form.table = table
    if not form.is_bound:
        quote = _quote(event, offer, form, member)
        return page(request, event, offer, form, quote, is_member=member)
    form.is_valid()
    if form.tier:
        email = form.cleaned_data.get("email", "")
        member = Member.on_the_day(
            event, user_id=user and user.pk, email=email, joins=form.tier.max_people
        )
        offer = availability.availability(event, at=request.now, member=member, **doors)
    form.price()
    quote = _quote(event, offer, form, member)
    if not is_final:
        form.only_the_sum()
    form.refuse_too_little(quote.items)
    if not is_final:
        return page(request, event, offer, form, quote, is_member=member)
    if not form.errors:
        response = _place(request, event, form, quote, user)
        if response is not None:
            return response
    return page(request, event, offer, form, quote, is_member=member)


def _invitation(request, event: Event) -> PromoCode | None:
    """The code typed or in the link, if it is an invitation; tries are counted."""
    text = (request.POST.get("code") or request.GET.get("code") or "").strip()
    if not 0 < len(text) <= 30:
        return None
    with suppress(TooOften, CodeRefusal):
        spend(
            "invitation", address_of(request), limit=CODES_AN_ADDRESS, seconds=WINDOW,
            at=request.now,
        )  # fmt: skip
        code = find_code(event, text, (), at=request.now)
        return code if code.invites else None
    return None


def _closed(request, event: Event, offer: Availability, *, is_member: bool) -> HttpResponse:
    """Nothing is on sale for this reader now; members and people with a code may have more."""
    kinds = event.ticket_types.filter(is_offered=True)
    context = {
        "event": event,
        "offer": offer,
        "takes_invitations": event.promo_codes.filter(invites=True).exists()
        and event.last_sale_at > request.now,
        "code": request.GET.get("code", "")[:30],
        "members_are_in": not is_member
        and kinds.filter(members_open_at__lte=request.now).exists()
        and event.last_sale_at > request.now,
    }
    return render(request, "events/sales/tickets_closed.html", context)


def _closed_to_many(request, event: Event, offer: Availability) -> HttpResponse:
    """The same for anonymous visitors, made once per A_MOMENT while availability does not change:
    in a rush, two of three are turned away.
    """
    version, key = recent_content_version(), f"closed {event.slug}"
    kept_offer, response = kept_a_moment(key, at=request.now) or (None, None)
    if kept_offer != offer:
        response = _closed(request, event, offer, is_member=False)
        instants = (offer.next_change_at, event.opens_at, event.last_sale_at)
        until = min(i for i in (request.now + A_MOMENT, *instants) if i and i > request.now)
        keep_a_moment(key, (offer, response), version=version, at=request.now, until=until)
    return HttpResponse(response.content, headers=response.headers)


def _order_of_this_form(request) -> Order | None:
    key = request.POST.get("submission_key", "")
    return Order.objects.filter(submission_key=key).first() if is_form_key(key) else None


def _tiers(request, event: Event, offer: Availability, user) -> list[Tier]:
    """The levels a buyer can join with this order to get the member price."""
    has_member_price = any(seat.member_price_cents is not None for seat in offer.seats)
    if not has_member_price or not _a_year_reaches(event, user, at=request.now):
        return []
    tiers = Tier.objects.filter(is_offered=True, dues_cents__isnull=False)
    return list(tiers.prefetch_related("benefits") if request.method == "POST" else tiers)


def _form(request, event: Event, offer: Availability, user, *, is_member: bool) -> TicketsForm:
    form = TicketsForm(
        request.POST if request.method == "POST" else None,
        event=event,
        offer=offer,
        suppers=availability.suppers_left(event, at=request.now),
        tiers=() if is_member else _tiers(request, event, offer, user),
        add_ons=add_ons_left(event, at=request.now),
        at=request.now,
        initial={
            "submission_key": form_key(request),
            "name": user.name if user else "",
            "email": user.email if user else "",
            "code": request.GET.get("code", "")[:30],  # from an invitation's link
        },
    )
    if form.is_bound and request.POST.get("code"):
        try:
            spend(
                "promo-code", address_of(request), limit=CODES_AN_ADDRESS, seconds=WINDOW,
                at=request.now,
            )  # fmt: skip
        except TooOften as error:
            form.is_valid()
            form.add_error("code", f"Too many codes tried. {error}")
    return form


def _a_year_reaches(event: Event, user, *, at: datetime) -> bool:
    """Whether someone who joins now is still a member on the event's day, and so gets the member
    price. For a signed-in person in grace, the new year starts at the old end and ends earlier.
    """
    on, person = day_of(at), person_of(user)
    if person and person.household:
        starts_on, ends_on = next_stretch(person.household, on, rules=Rules.load())
        return starts_on <= day_of(event.starts_at) <= ends_on
    return last_day(on, rules=Rules.load()) >= day_of(event.starts_at)


def _quote(event: Event, offer: Availability, form: TicketsForm, member: Member | None) -> Quote:
    """The form's total, as far as it can be understood."""
    data = form.cleaned_data if form.is_bound else {}
    items = ticket_items(
        event,
        form.wanted,
        guests=form.guests if form.is_bound else (),
        code=form.promo,
        member_seats={seat.ticket_type.pk: seat.member_left for seat in offer.seats},
        postal_address=data.get("postal_address", ""),
        table_id=form.table and form.table.pk,
        is_member=member is not None,
        joins=form.tier.max_people if form.tier else 0,
        suppers=[supper.choice for supper in form.suppers],
    )
    items += add_on_items(event, form.wanted_add_ons)
    if form.tier:
        joining = Joining(
            name=data.get("name", ""), email=data.get("email", ""), phone=data.get("phone", "")
        )
        items.append(dues_item(form.tier, joining))
    if data.get("gift"):
        items.append(gift_item(data["gift"]))
    quote = Quote(items=tuple(items))
    return Quote(quote.items, tax_words(quote.total_cents, quote.value_cents))


def _place(request, event, form, quote, user) -> HttpResponse | None:
    """Hold the seats and redirect to payment; None if the form must be shown again."""
    data = form.cleaned_data
    try:
        spend(
            "place-order", address_of(request), limit=ORDERS_AN_ADDRESS, seconds=WINDOW,
            at=request.now,
        )  # fmt: skip
        if quote.total_cents == 0:  # with nothing to pay, anyone could make us e-mail strangers
            unasked.spend_mails(form.mails_to, network=address_of(request), at=request.now)
        order = place(
            items=quote.items,
            buyer=Buyer(name=data["name"], email=data["email"], phone=data["phone"]),
            submission_key=data["submission_key"],
            at=request.now,
            terms_text=_terms(request, event),
            user=user,
            pays_now=True,
        )
    except TooOften as error:
        form.add_error(None, f"Too many orders or e-mails. {error}")
        form.retry_after = error.retry_after
        return None
    except Refusal as refusal:
        form.refuse(refusal)
        return None
    return remember(_to_payment(request, order), order, event, at=request.now)


def _to_payment(request, order: Order) -> HttpResponse:
    try:
        return redirect(payment_url(order, at=request.now))
    except Refusal as refusal:
        # The order's own page shows its state and offers to try again.
        messages.warning(request, str(refusal))
        return redirect(order)


def _terms(request, event: Event) -> str:
    """The refund terms exactly as the page shows them."""
    html = render_to_string("events/_refund_terms.html", {"event": event}, request=request)
    return " ".join(strip_tags(html).split())


def _page(request, event, offer, form, quote, *, is_member) -> HttpResponse:
    context = {
        "event": event,
        "offer": offer,
        "form": form,
        "quote": quote,
        "is_member": is_member is not None and not form.tier,
        "table": form.table,
        "lost_table": None if form.table else lost_table(event, request.GET.get("table", "")),
        "under_way": under_way(request, event),
    }
    response = render(request, "events/sales/tickets.html", context)
    if retry_after := getattr(form, "retry_after", None):
        response.status_code = 429
        response.headers["Retry-After"] = str(retry_after)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
