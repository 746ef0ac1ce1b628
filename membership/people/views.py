"""A committee's people, for its chair: those who agreed to be listed under its cities."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from membership.models import FavoriteCity, Person
from nsca.lib.timing import day_of

MOST = 500  # names on the page


@login_required
@require_safe
def committee(request):
    """List name, e-mail and phone of living adults who agreed, for committee chairs only."""
    chairs = list(request.user.chairs.select_related("city"))
    if not chairs:
        raise Http404
    seen = (
        FavoriteCity.objects.filter(
            city__in=[chair.city_id for chair in chairs],
            may_be_seen=True,
            person__in=Person.objects.living().exclude(
                pk__in=Person.objects.minors(day_of(request.now)).values("pk")
            ),
        )
        .select_related("person")
        .order_by("person__name", "person")[:MOST]
    )
    by_city: dict[int, list[Person]] = {chair.city_id: [] for chair in chairs}
    for favorite in seen:
        by_city[favorite.city_id].append(favorite.person)
    return render(
        request,
        "membership/people/committee.html",
        {
            "cities": [(chair.city, by_city[chair.city_id]) for chair in chairs],
            "most": MOST,
        },
    )
