"""The live total beside the ticket form: the page's own quote, for its script.

Asking takes, holds, and stores nothing. The script does no sums: the price is computed in one
place, and if no answer comes, the page's button updates the total.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from events.sales.views import answered
from nsca.lib.web.origins import same_origin_form
from nsca.lib.web.throttle import address_of, spend

SUMS_AN_ADDRESS = (
    300  # in WINDOW seconds: an office of ten, each changing their order thirty times
)
WINDOW = 600


@require_POST
@same_origin_form
def live_sum(request: HttpRequest, slug: str) -> HttpResponse:
    """Only the lines, the total, and the tax words of the form that was sent.

    Raises Http404, and TooOften (answered with 429).
    """
    who = address_of(request)
    spend("live-sum", who, limit=SUMS_AN_ADDRESS, seconds=WINDOW, at=request.now)
    return answered(request, slug, page=_parts)


def _parts(request, event, offer, form, quote, *, is_member) -> HttpResponse:
    context = {"form": form, "quote": quote}
    return render(request, "events/sales/live_sum.html", context)
