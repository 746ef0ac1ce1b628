"""What is charged again, on the member's own pages: dues of the household, gifts of the person."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from membership.views_member import _confirmed_addresses, _person_of
from orders import standing


@login_required
@require_safe
def auto_renewal(request):
    """Each with its own page, on which it is cancelled and the card changed."""
    person = _person_of(request.user)
    household = person and person.household
    dues = standing.of_household(household.pk) if household else []
    return render(
        request,
        "membership/auto_renewal.html",
        {"dues": dues, "gifts": standing.of_address(_confirmed_addresses(request.user))},
    )
