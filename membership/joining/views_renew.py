"""Renewing by an e-mailed link: initials, level, price, pay. No sign-in, and no name.

A GET changes nothing, because programs open links before people do.
"""

from django.shortcuts import render

from membership.giving.gifts import gift_item
from membership.giving.views_shared import compared, judged_for, offered_tiers, priced_for, sell
from membership.joining.auto_renewal import agreed, renewal_words
from membership.joining.forms_renew import RenewForm
from membership.joining.renewals import (
    LinkIsDead,
    initials,
    open_renewal_link,
    price_in_the_mail,
    renewal_of,
)
from membership.terms.coverage import level_of, too_narrow
from membership.terms.dues import dues_item
from membership.terms.joining import Joining
from nsca.lib.timing import day_of
from nsca.lib.web.origins import same_origin_form
from nsca.lib.web.throttle import address_of, spend
from orders.checkout.placing import Buyer
from orders.lines.kinds import Refusal

NOBODY_LEFT = "This link no longer works. Please write or call us, and we’ll be glad to help."


@same_origin_form
def renew(request, token):
    """The page and the order, with the headers of a secret address."""
    spend("renew", address_of(request), limit=60, seconds=600, at=request.now)
    response = _answer(request, token)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _answer(request, token):
    on = day_of(request.now)
    try:
        link = open_renewal_link(token, at=request.now)
    except LinkIsDead as dead:
        return render(
            request, "membership/joining/renew_dead.html", {"reason": str(dead)}, status=404
        )
    renewal = renewal_of(link.household, on=on, asked_at=link.created_at)
    if renewal is None:
        context = {"reason": NOBODY_LEFT, "is_for_the_office": True}
        return render(request, "membership/joining/renew_dead.html", context, status=404)
    context = {"renewal": renewal, "initials": initials(renewal.person.name)}
    if renewal.is_for_life:
        return render(request, "membership/joining/renew_for_life.html", context)
    payable = offered_tiers().filter(dues_cents__isnull=False)
    tiers = priced_for(link.household, payable, on=on)
    last = renewal.last.tier if renewal.last else None
    people = list(link.household.people.living().order_by("pk"))
    tiers = judged_for(people, level_of(link.household_id), tiers, are_named=False)
    form = RenewForm(
        request.POST or None,
        tiers=payable,
        asks_address=not renewal.person.email,
        renewal_words=renewal_words(tiers, link.household, on=on),
        initial={"tier": last.slug if last else None},
    )
    if request.method == "POST" and form.is_valid():
        answer = _sold(request, form, link, renewal.person)
        if answer:
            return answer
    then = price_in_the_mail(last, link) if last else None
    now = next((tier.dues_cents for tier in tiers if tier == last), None)
    context |= {
        "form": form,
        **compared(tiers),
        "chosen": form.data.get("tier") if form.is_bound else form.initial["tier"],
        "is_offered": last is None or any(tier == last for tier in tiers),
        "price_now": now,
        "price_then": then if last and then != last.dues_cents else None,
    }
    status = 422 if form.is_bound else 200
    return render(request, "membership/joining/renew.html", context, status=status)


def _refuse_too_narrow(tier, household) -> None:
    """Like dues_item, but with initials: nobody has proven who they are. Raises TooNarrow."""
    people = list(household.people.living().order_by("pk"))
    reason = too_narrow(tier, people, now=level_of(household.pk), are_named=False)
    if reason:
        raise reason


def _sold(request, form, link, person):
    data, household = form.cleaned_data, link.household
    joining = Joining(
        name=person.name, email=person.email, household_id=household.pk, renewal_link_id=link.pk
    )
    try:
        _refuse_too_narrow(data["tier"], household)
        item = dues_item(data["tier"], joining, on=day_of(request.now))
        items = [item, gift_item(data["gift"])] if data["gift"] else [item]
        then = agreed(form, item, tier=data["tier"], household=household, at=request.now)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return None
    buyer = Buyer(person.name, person.email or data.get("email", ""), person.phone)
    return sell(request, form, items=items, buyer=buyer, then=then)
