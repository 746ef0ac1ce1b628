"""Joining, renewing by link, giving: pages for people who are not signed in, one payment each."""

from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import redirect, render

from membership.dues import Joining, dues_item, member_household
from membership.forms import GiveForm, JoinForm, RenewForm
from membership.giving import gift_item
from membership.models import Benefit, Heart, Tier
from membership.renewals import LinkIsDead, initials, open_renewal_link
from nsca.lib.letterhead import letterhead
from nsca.lib.money import dollars
from nsca.lib.origins import same_origin_form
from nsca.lib.throttle import address_of, spend
from nsca.lib.timing import day_of
from orders.checkout import Buyer, payment_url, place
from orders.kinds import Refusal
from orders.receipts import deductible_cents

SUGGESTED_GIFTS = (2500, 5000, 10000, 25000)  # cents


def offered_tiers():
    """The levels on the join page, benefits at hand. Those without dues are shown but cannot be
    chosen.
    """
    return Tier.objects.filter(is_offered=True).prefetch_related(
        Prefetch("benefits", queryset=Benefit.objects.order_by("pk"))
    )


def compared(tiers):
    """What all levels have in common, and each level with what it adds: nobody reads a list five
    times.
    """
    gives = [(tier, list(tier.benefits.all())) for tier in tiers]
    common = []
    if len(gives) > 1:
        common = [
            benefit
            for benefit in gives[0][1]
            if all(benefit in benefits for _, benefits in gives[1:])
        ]
    may_deduct = letterhead().may_speak_of_deductibility
    extras = [
        (tier, [b for b in benefits if b not in common], _tax_words(tier) if may_deduct else "")
        for tier, benefits in gives
    ]
    return {"common": common, "tiers": extras, "may_deduct": may_deduct}


def _tax_words(tier: Tier) -> str:
    """What the law wants said before the dues are paid: how much of them is a gift, and the value
    of what comes in return.
    """
    if not tier.dues_cents:
        return ""
    value = min(tier.fair_value_cents, tier.dues_cents)
    gift = deductible_cents(tier.dues_cents, value)
    if not value:
        return f"Deductible: {dollars(gift)}, all of it."
    return f"Deductible: {dollars(gift)}. What you receive is worth {dollars(value)}."


def committees():
    """The cities a person may name; their model is known through the key, not by import."""
    cities = Heart._meta.get_field("city").related_model.objects
    return cities.filter(is_published=True).only("name", "slug")


def sell(request, form, *, items, buyer, user=None, then=None):
    """Place the order and send the buyer to the till; None where it was refused, with the reason
    on the form. `then`: what to write with a new order (orders.checkout.place).
    """
    spend("order", address_of(request), limit=20, seconds=600, at=request.now)
    try:
        order = place(
            items=items,
            buyer=buyer,
            submission_key=form.cleaned_data["submission_key"],
            at=request.now,
            user=user,
            pays_now=True,
            then=then,
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return None
    try:
        return redirect(payment_url(order, at=request.now))
    except Refusal:
        return redirect(order)  # its page says so kindly, and offers to try again


@same_origin_form
def join(request):
    """Join in a minute: level, name, address, pay."""
    tiers, signed_in = offered_tiers(), request.user if request.user.is_authenticated else None
    household = member_household(request.user, day_of(request.now))
    if household:
        return redirect("membership:home")
    payable = tiers.filter(dues_cents__isnull=False)
    form = JoinForm(
        request.POST or None,
        tiers=payable,
        cities=committees(),
        initial={"email": signed_in.email, "name": signed_in.name} if signed_in else None,
    )
    if request.method == "POST" and form.is_valid():
        wish = form.cleaned_data
        joining = Joining(
            name=wish["name"],
            email=wish["email"].lower(),
            phone=wish["phone"],
            others=wish["others"],
            city_ids=tuple(city.pk for city in wish["cities"]),
        )
        items = [dues_item(wish["tier"], joining)]
        if wish["gift"]:
            items.append(gift_item(wish["gift"]))
        buyer = Buyer(wish["name"], joining.email, wish["phone"])
        answer = sell(request, form, items=items, buyer=buyer, user=signed_in)
        if answer:
            return answer
    chosen = form.data.get("tier") if form.is_bound else request.GET.get("tier", "")
    return render(
        request,
        "membership/join.html",
        {
            "form": form,
            **compared(tiers),
            "chosen": chosen,
            "can_join": any(tier.dues_cents is not None for tier in tiers),
        },
        status=422 if form.is_bound else 200,
    )


@same_origin_form
def renew(request, token):
    """Renew from a mail without signing in: initials, level, price, pay."""
    spend("renew", address_of(request), limit=60, seconds=600, at=request.now)
    try:
        link = open_renewal_link(token, at=request.now)
    except LinkIsDead as dead:
        return render(request, "membership/renew_dead.html", {"reason": str(dead)}, status=404)
    household = link.household
    person = household.head()
    last = household.terms.select_related("tier").first()
    if person is None:
        raise Http404
    tiers = offered_tiers().filter(dues_cents__isnull=False)
    form = RenewForm(
        request.POST or None, tiers=tiers, initial={"tier": last.tier.slug if last else None}
    )
    if request.method == "POST" and form.is_valid():
        joining = Joining(
            name=person.name,
            email=person.email,
            household_id=household.pk,
            renewal_link_id=link.pk,
        )
        items = [dues_item(form.cleaned_data["tier"], joining)]
        if form.cleaned_data["gift"]:
            items.append(gift_item(form.cleaned_data["gift"]))
        answer = sell(
            request, form, items=items, buyer=Buyer(person.name, person.email, person.phone)
        )
        if answer:
            return answer
    response = render(
        request,
        "membership/renew.html",
        {
            "form": form,
            **compared(tiers),
            "chosen": form.data.get("tier") if form.is_bound else form.initial["tier"],
            "initials": initials(person.name),
            "last": last,
        },
        status=422 if form.is_bound else 200,
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@same_origin_form
def give(request):
    """A gift: amount, name, address, pay."""
    signed_in = request.user if request.user.is_authenticated else None
    form = GiveForm(
        request.POST or None,
        initial={"email": signed_in.email, "name": signed_in.name} if signed_in else None,
    )
    if request.method == "POST" and form.is_valid():
        wish = form.cleaned_data
        buyer = Buyer(wish["name"], wish["email"].lower())
        answer = sell(
            request, form, items=[gift_item(wish["amount"])], buyer=buyer, user=signed_in
        )
        if answer:
            return answer
    return render(
        request,
        "membership/give.html",
        {"form": form, "suggested": SUGGESTED_GIFTS, "letterhead": letterhead()},
        status=422 if form.is_bound else 200,
    )
