"""Pages to return tickets: choose, review, confirm."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from nsca.lib.text.money import dollars
from nsca.lib.web.origins import same_origin_form
from nsca.lib.web.throttle import address_of, spend
from orders.checkout.views import get_order_for, private
from orders.lines.kinds import Refusal
from orders.models import Order
from orders.refunds import returning


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_form
@private
def give_back(request, token):
    """GET: choose. POST: review the refund; with `yes`, return them."""
    order = get_order_for(token)
    if order.state != Order.State.PAID:
        return redirect(order)
    found = returning.offers_of(order, at=request.now)
    keys = request.POST.getlist("unit") if request.method == "POST" else []
    chosen = [offer for offer in found.offers if offer.key in keys]
    refusal = None
    if request.method == "POST":
        who = f"{address_of(request)}:{order.pk}"
        spend("orders-give-back", who, limit=20, seconds=300, at=request.now)
        if "yes" in request.POST:
            try:
                refunds = returning.give_back_chosen(order, keys, at=request.now)
            except Refusal as error:
                refusal = error
            else:
                messages.success(request, _done(refunds))
                return redirect(order)
        elif not chosen:
            refusal = "Check at least one ticket first." if found.offers else None
    wanted = []
    if chosen and refusal is None:
        try:
            wanted = returning.worth(order, chosen)
        except Refusal as error:
            refusal = error
    context = {
        "order": order,
        "offers": found.offers,
        "words": found.words,
        "chosen": chosen,
        "is_asked": bool(wanted),
        "cents": sum(each.cents for each in wanted),
        "refusal": refusal,
    }
    return render(
        request, "orders/checkout/give_back.html", context, status=422 if refusal else 200
    )


def _done(refunds) -> str:
    cents = sum(refund.cents for refund in refunds)
    if not cents:
        return "Canceled. We've e-mailed you a confirmation."
    return f"Returned. Your refund is {dollars(cents)}. We've e-mailed you a confirmation."
