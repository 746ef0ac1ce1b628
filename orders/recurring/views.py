"""The page of one recurring payment, by the link in its e-mails: see it, cancel, change the card.

It shows no name and needs no sign-in.
"""

from django.conf import settings
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from nsca.lib.web.origins import same_origin_form
from nsca.lib.web.throttle import address_of, spend
from orders.checkout.views import private
from orders.lines.kinds import Refusal
from orders.lines.recurring_words import CANCEL
from orders.models import Payment, RecurringPayment
from orders.payments.stripe import pretend_is_allowed
from orders.recurring import agreements
from orders.recurring.billing import billing_of


def _get_for(token: str) -> RecurringPayment:
    found = RecurringPayment.objects.select_related("order").filter(token=token[:64]).first()
    if found is None:
        raise Http404("No recurring payment has this link.")
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_form
@private
def detail(request, token):
    """GET shows; POST cancels at once, even if the gateway is silent."""
    found = _get_for(token)
    if request.method == "POST":
        _spend(request, found)
        agreements.cancel(found, by="the member", at=request.now)
        return redirect(found)
    return _page(request, found)


@require_POST
@same_origin_form
@private
def card(request, token):
    """Send the payer to the gateway's page to change the card."""
    found = _get_for(token)
    _spend(request, found)
    if not found.is_living or not found.customer_id:
        return redirect(found)
    back = settings.SITE_URL + found.get_absolute_url()
    try:
        return redirect(billing_of(found, at=request.now).card_page(found, back))
    except Refusal as refusal:
        response = _page(request, found, refusal=refusal, status=503)
        if retry_after := getattr(refusal, "retry_after", None):
            response.headers["Retry-After"] = str(retry_after)
        return response


@require_http_methods(["GET", "HEAD"])
@private
def pretend_card(request, token):
    """The pretend version of Stripe's page to change the card."""
    found = _get_for(token)
    if not pretend_is_allowed() or found.method != Payment.Method.PRETEND:
        raise Http404
    return render(request, "orders/recurring/pretend.html", {"agreement": found})


def _page(request, found: RecurringPayment, *, refusal: Refusal | None = None, status: int = 200):
    notice = found.charge_mails.filter(charge_on=found.next_charge_on).first()
    context = {
        "agreement": found,
        "next_cents": notice.cents if notice else found.cents,
        "charges": found.charges.select_related("order").order_by("-charged_at")[:12],
        "how_to_cancel": CANCEL,
        "refusal": refusal,
    }
    return render(request, "orders/recurring/detail.html", context, status=status)


def _spend(request, found: RecurringPayment) -> None:
    who = f"{address_of(request)}:{found.pk}"
    spend("recurring_payment", who, limit=20, seconds=300, at=request.now)
