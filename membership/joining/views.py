"""The join page: level, name, address, pay.

It responds the same to known and unknown addresses; the household is found after the payment
(membership/terms/joining.py).
"""

from django.shortcuts import redirect, render

from membership.giving.gifts import gift_item
from membership.giving.views_shared import (
    committees,
    compared,
    judged_for,
    offered_tiers,
    priced_for,
    sell,
)
from membership.joining.auto_renewal import agreed, renewal_words
from membership.joining.forms import MORE, JoinForm
from membership.terms.coverage import level_of
from membership.terms.dues import dues_item, member_household
from membership.terms.joining import Joining, person_of
from nsca.lib.timing import day_of
from nsca.lib.web.origins import same_origin_form
from orders.checkout.placing import Buyer
from orders.lines.kinds import Refusal


@same_origin_form
def join(request):
    """The join page, filled in if somebody signed in; members go to their own page."""
    on, user = day_of(request.now), request.user if request.user.is_authenticated else None
    if member_household(user, on):
        return redirect("membership:home")
    person = person_of(user)
    household = person.household if person else None
    tiers = offered_tiers()
    payable = tiers.filter(dues_cents__isnull=False)
    shown = priced_for(household, tiers, on=on)
    known = list(household.people.living().order_by("pk")) if household else []
    if len(known) > 1:
        shown = judged_for(known, level_of(household.pk), shown, are_named=True)
    form = JoinForm(
        request.POST or None,
        tiers=payable,
        cities=committees(),
        on=on,
        known=known,
        is_proven=household is not None,
        renewal_words=renewal_words(shown, household, on=on),
        initial=_known_of(user, person),
    )
    is_asking = request.method == "POST" and MORE in request.POST
    if is_asking:
        form.only_one_more()
    elif request.method == "POST" and form.is_valid():
        answer = _sold(request, form, user=user, household=household)
        if answer:
            return answer
    chosen = form.data.get("tier") if form.is_bound else request.GET.get("tier", "")
    return render(
        request,
        "membership/joining/join.html",
        {
            "form": form,
            **compared(shown),
            "chosen": chosen,
            "can_join": any(tier.dues_cents is not None for tier in shown),
            "household": household,
            "email": user.email if user else "",
        },
        status=422 if form.is_bound and not is_asking else 200,
    )


def _known_of(user, person) -> dict:
    """What we can fill in for a person who signed in."""
    if user is None:
        return {}
    known = {"name": person.name if person else user.name, "email": user.email}
    if person:
        favorite_cities = person.favorite_cities.select_related("city").only(
            "city__slug", "person"
        )
        known |= {
            "phone": person.phone,
            "cities": [favorite.city.slug for favorite in favorite_cities],
        }
    return known


def _sold(request, form, *, user, household):
    data = form.cleaned_data
    joining = Joining(
        name=data["name"],
        email=user.email if household else data["email"],
        phone=data["phone"],
        others=data["others"],
        city_ids=tuple(city.pk for city in data["cities"]),
        may_be_seen=data["may_be_seen"],
        household_id=household.pk if household else None,
        topics=form.topics(),
    )
    on = day_of(request.now)
    try:
        item = dues_item(data["tier"], joining, on=on)
        items = [item, gift_item(data["gift"])] if data["gift"] else [item]
        then = agreed(
            form, item, tier=data["tier"], household=household, at=request.now, user=user
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return None
    buyer = Buyer(data["name"], joining.email, data["phone"])
    return sell(request, form, items=items, buyer=buyer, user=user, then=then)
