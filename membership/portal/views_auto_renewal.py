"""Auto-renewal on the member's pages: the household's dues, the person's gifts."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from membership.portal.context import confirmed_addresses, mine
from membership.portal.recurring import recurring_dues_of
from orders.recurring import agreements


@login_required
@require_safe
def auto_renewal(request):
    """List them; each has a page to cancel it or change the card."""
    me = mine(request)
    dues = recurring_dues_of(me, request.user)
    return render(
        request,
        "membership/portal/auto_renewal.html",
        {
            "dues": dues,
            "homes": {home.household.pk for home in me.homes},
            "gifts": agreements.of_address(confirmed_addresses(request.user)),
        },
    )
