"""Shared by the pages that sell memberships and take gifts: levels, cities, payment."""

from django.contrib import messages
from django.db.models import Prefetch
from django.shortcuts import redirect

from membership.models import Benefit, FavoriteCity, Tier
from membership.terms.coverage import too_narrow
from membership.terms.hardship import dues_of
from nsca.lib.mail.letterhead import letterhead
from nsca.lib.text.money import dollars
from nsca.lib.web.throttle import address_of, spend
from orders.checkout.placing import payment_url, place
from orders.lines.kinds import Refusal
from orders.lines.receipts import deductible_cents


def offered_tiers():
    """The levels on the join page, with benefits; those without dues cannot be chosen."""
    return Tier.objects.filter(is_offered=True).prefetch_related(
        Prefetch("benefits", queryset=Benefit.objects.order_by("pk"))
    )


def priced_for(household, tiers, *, on):
    """The levels with a known household's dues, which staff may have lowered."""
    tiers = list(tiers)
    for tier in tiers:
        tier.dues_cents = dues_of(tier, household, on=on)  # for display; never saved
    return tiers


def judged_for(people, now, tiers, *, are_named):
    """The levels, each with why this household's people may not have it, if so.

    `now` is the level they have.
    """
    for tier in tiers:
        tier.too_narrow = too_narrow(tier, people, now=now, are_named=are_named)
    return tiers


def compared(tiers):
    """Split benefits into those all levels share and what each level adds."""
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
    # If no level mentions taxes, the page does not explain the word.
    return {"common": common, "tiers": extras, "may_deduct": any(words for *_, words in extras)}


def _tax_words(tier: Tier) -> str:
    """The disclosure the law requires before dues are paid: the gift part and the value received.

    Empty if a benefit's value is unknown.
    """
    value = tier.worth_for(tier.dues_cents) if tier.dues_cents else None
    if value is None:
        return ""
    gift = deductible_cents(tier.dues_cents, value)
    if not value:
        return f"Deductible: {dollars(gift)}, all of it."
    return f"Deductible: {dollars(gift)}. Your benefits are worth {dollars(value)}."


def committees():
    """The cities a person may choose; the model comes from the foreign key, not an import."""
    cities = FavoriteCity._meta.get_field("city").related_model.objects
    return cities.filter(is_published=True).only("name", "slug")


def sell(request, form, *, items, buyer, user=None, then=None):
    """Place the order and redirect to payment; None if refused, with the reason on the form.

    `then` is what to write with a new order (orders.checkout.placing.place).
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
    except Refusal as refusal:
        messages.warning(request, str(refusal))  # says whether and when to try again
        return redirect(order)
