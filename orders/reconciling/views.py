"""The view that receives Stripe's webhooks."""

import logging

from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse, HttpResponseBadRequest
from django.http.request import RawPostDataException
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from orders.lines.locks import Busy
from orders.payments.stripe import ForgedEvent, MalformedEvent, read_event
from orders.reconciling.webhooks import receive

log = logging.getLogger(__name__)

MAX_BYTES = 256 * 1024  # far above any event about a checkout


@csrf_exempt
@require_POST
def webhook(request):
    """400: not from Stripe. 200: applied, not needed, or saved for later. 5xx: send it again."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BYTES:
        return HttpResponseBadRequest("too large\n", content_type="text/plain")
    try:
        body = request.body
    except (RequestDataTooBig, RawPostDataException):
        return HttpResponseBadRequest("unreadable\n", content_type="text/plain")
    try:
        event = read_event(body, request.headers.get("Stripe-Signature", ""))
    except (ForgedEvent, MalformedEvent) as error:
        log.warning("webhook refused: %s", type(error).__name__)
        return HttpResponseBadRequest("not an event of ours\n", content_type="text/plain")
    try:
        receive(event, at=request.now)
    except Busy:
        log.warning("webhook %s has to be sent again", event.kind)
        return HttpResponse("later\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")
