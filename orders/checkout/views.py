"""The buyer's pages: opened by an unguessable link, never cached, never indexed."""

import functools

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST, require_safe

from nsca.lib.web import throttle
from nsca.lib.web.origins import same_origin_form
from orders.checkout import settling
from orders.checkout.placing import HoldEnded, payment_url
from orders.checkout.receipt_pdf import draw
from orders.checkout.situations import situation_of
from orders.lines import recurring_words
from orders.lines.kinds import Refusal, by_kind, for_all, kind_of
from orders.lines.locks import Busy
from orders.lines.receipts import receipt_for
from orders.models import Order, Payment
from orders.payments.stripe import GatewayUnavailable, PretendGateway, pretend_is_allowed
from orders.refunds.returning import offers_of


def private(view):
    """Keep a page out of caches and search engines, and its address (a key) from other sites."""

    @functools.wraps(view)
    def guarded(request, *args, **kwargs):
        try:
            response = view(request, *args, **kwargs)
        except throttle.TooOften as often:
            response = render(request, "429.html", status=429)
            response.headers["Retry-After"] = str(often.retry_after)
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return guarded


def get_order_for(token: str) -> Order:
    """The order a link opens, with everything its page shows. Raises Http404."""
    try:
        order = Order.objects.prefetch_related("lines", "payments").get(token=token[:64])
    except Order.DoesNotExist:
        raise Http404("No order has this address.") from None
    return _with_its_things(order)


def _with_its_things(order: Order) -> Order:
    """Fetch the rows its page shows, with no queries for what the order does not have."""
    for kind, lines in by_kind(order.lines.all()):
        if kind.related:
            prefetch_related_objects(lines, kind.related)
    return order


def _order_to_pay(token: str) -> tuple[Order, list[Payment]]:
    """The order with its payments only, for the gateway's answer. Raises Http404."""
    theirs = Payment.objects.filter(order__token=token[:64])
    payments = list(theirs.select_related("order"))
    order = payments[0].order if payments else Order.objects.filter(token=token[:64]).first()
    if order is None:
        raise Http404("No order has this address.")
    return order, payments


@require_safe
@private
def detail(request, token):
    return _page(request, get_order_for(token))


@require_safe
@private
def receipt(request, token):
    order = get_order_for(token)
    found = receipt_for(order)
    if order.state != Order.State.PAID and not found.paid_cents:
        return redirect(order)
    return render(request, "orders/checkout/receipt.html", {"order": order, "receipt": found})


@require_safe
@private
def receipt_pdf(request, token):
    """The receipt as a file, drawn each time: a refund may have changed it."""
    order = get_order_for(token)
    throttle.spend("receipt-pdf", str(order.pk), limit=60, seconds=3600, at=request.now)
    found = receipt_for(order)
    if order.state != Order.State.PAID and not found.paid_cents:
        return redirect(order)
    content = draw(found, at=request.now)
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="receipt-{order.number}.pdf"'
    return response


@require_POST
@same_origin_form
@private
def pay(request, token):
    """Send the buyer to pay; a second click leads to the same session."""
    order = get_order_for(token)
    _spend(request, "pay", order)
    try:
        return redirect(payment_url(order, at=request.now))
    except HoldEnded:
        return redirect(order)  # its page says so, and what to do next
    except Refusal as refusal:
        may_work_later = isinstance(refusal, GatewayUnavailable | Busy)
        return _page(request, order, refusal=refusal, status=503 if may_work_later else 409)


@require_GET
@private
def come_back(request, token):
    """Where the gateway sends the buyer: settle if the webhook has not, and show the order."""
    order, payments = _order_to_pay(token)
    asked = [p for p in payments if p.session_id and p.state != Payment.State.PAID]
    if asked:
        _spend(request, "return", order)
    try:
        for payment in asked:
            order = settling.settle(
                payment.session_id, at=request.now, actor="buyer", payment=payment
            )
    except (GatewayUnavailable, Busy):
        pass  # the webhook or reconcile will settle it; the page says that we are waiting
    if order.state == Order.State.HELD:
        return redirect(f"{order.get_absolute_url()}?waiting")
    return _page(request, _with_its_things(order))


@same_origin_form
@private
def pretend(request, token):
    """The pretend payment page of a demonstration; no money moves."""
    if not pretend_is_allowed():
        raise Http404
    order, payments = _order_to_pay(token)
    at_hand = (p for p in payments if p.method == p.Method.PRETEND and p.state == p.State.OPEN)
    payment = next(at_hand, None)
    if payment is None or payment.session_id is None or payment.expires_at <= request.now:
        return redirect(order)
    act = request.POST.get("act") if request.method == "POST" else None
    if act == "pay":
        PretendGateway().pay(payment, at=request.now)
        return redirect("orders:return", token=order.token)
    if act == "leave":
        return redirect(order)
    context = {
        "order": order,
        "payment": payment,
        "receipt": receipt_for(order),
        "repeats": recurring_words.repeats(order),
        "is_declined": act == "decline",
    }
    return render(request, "orders/checkout/pretend.html", context)


def _page(request, order: Order, *, refusal: Refusal | None = None, status: int = 200):
    at = request.now
    shown = []
    if order.state == Order.State.PAID:
        shown = [
            each for line in order.lines.all() for each in kind_of(line.kind).shown(line, at=at)
        ]
    found = receipt_for(order)
    context = {
        "order": order,
        "receipt": found,
        "situation": situation_of(order, found, at=at),
        "is_held": order.is_held(at),
        "repeats": recurring_words.repeats(order),
        "returning": offers_of(order, at=at),
        "shown": shown,
        "for_all": for_all(order, at=at) if order.state == Order.State.PAID else [],
        "refusal": refusal,
        "is_waiting": "waiting" in request.GET and order.is_held(at),
    }
    response = render(request, "orders/checkout/detail.html", context, status=status)
    if retry_after := getattr(refusal, "retry_after", None):
        response.headers["Retry-After"] = str(retry_after)
    return response


def _spend(request, what: str, order: Order) -> None:
    """Allow twenty in five minutes: more than a person clicks, fewer than a script would."""
    who = f"{throttle.address_of(request)}:{order.pk}"
    throttle.spend(f"orders-{what}", who, limit=20, seconds=300, at=request.now)
