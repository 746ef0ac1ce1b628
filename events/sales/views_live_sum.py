"""The sum beside the ticket form while somebody chooses: the page's own quote, for its script.

Asking takes nothing, holds nothing and keeps nothing. The script adds nothing up: what the till
asks is computed in one place, and where no answer comes, the page's button says the sum.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from events.sales.views import answered
from nsca.lib.web.origins import same_origin_form
from nsca.lib.web.throttle import address_of, spend

SUMS_AN_ADDRESS = 300  # in WINDOW seconds: an office of ten, each changing its mind thirty times
WINDOW = 600


@require_POST
@same_origin_form
def live_sum(request: HttpRequest, slug: str) -> HttpResponse:
    """The lines, the total and the words about taxes of the form that is sent, and nothing else.

    Raises Http404, and TooOften (answered with 429).
    """
    who = address_of(request)
    spend("live-sum", who, limit=SUMS_AN_ADDRESS, seconds=WINDOW, at=request.now)
    return answered(request, slug, page=_parts)


def _parts(request, event, offer, form, quote, *, is_member) -> HttpResponse:
    context = {"form": form, "quote": quote}
    return render(request, "events/sales/live_sum.html", context)
