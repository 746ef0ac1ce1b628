"""Gift memberships: giving one, its card, and claiming it by link or code."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from membership.gift_memberships import cards as gift_cards
from membership.gift_memberships.forms import ClaimForm, CodeOnCardForm, GiveMembershipForm
from membership.giving.gifts import gift_item
from membership.giving.views_shared import committees, compared, offered_tiers, sell
from membership.joining.forms import MORE
from membership.models import GiftMembership
from membership.terms import gift_memberships
from membership.terms.gift_memberships import Over
from membership.terms.joining import Joining, person_of
from nsca.lib.timing import day_of
from nsca.lib.web.origins import same_origin_form
from nsca.lib.web.throttle import address_of, spend
from orders.checkout.placing import Buyer
from orders.lines.kinds import Refusal

WINDOW = 600  # seconds
# Tries of card codes per network and window; there are 22^12 codes. No global limit: strangers
# could use it up, and nobody could claim a gift.
TRIES_A_NETWORK = 20


@same_origin_form
def give_membership(request):
    """Give a membership: recipient, level, day, pay."""
    on, user = day_of(request.now), request.user if request.user.is_authenticated else None
    tiers = offered_tiers()
    form = GiveMembershipForm(
        request.POST or None,
        tiers=tiers.filter(dues_cents__isnull=False),
        on=on,
        initial={"begins_on": on} | ({"name": user.name, "email": user.email} if user else {}),
    )
    if request.method == "POST" and form.is_valid():
        answer = _sold(request, form, user)
        if answer:
            return answer
    context = {
        "form": form,
        **compared(tiers),
        "chosen": form.data.get("tier") if form.is_bound else request.GET.get("tier", ""),
        "can_join": any(tier.dues_cents is not None for tier in tiers),
    }
    status = 422 if form.is_bound else 200
    return render(
        request, "membership/gift_memberships/give_membership.html", context, status=status
    )


def _sold(request, form, user):
    data = form.cleaned_data
    giver = Joining(name=data["name"], email=data["email"])
    item = gift_memberships.gift_item(
        data["tier"],
        giver,
        recipient_name=data["recipient_name"],
        recipient_email=data["recipient_email"],
        message=data["message"],
        begins_on=data["begins_on"],
    )
    items = [item, gift_item(data["gift"])] if data["gift"] else [item]
    return sell(request, form, items=items, buyer=Buyer(giver.name, giver.email), user=user)


# --- The card ----------------------------------------------------------------------------------


@require_safe
def gift_card(request, token):
    """The card that the giver prints or reads out."""
    gift = _gift_of(request, token)
    context = {"gift": gift, "how_it_goes": gift_memberships.how_it_goes(gift)}
    return _as_a_key(render(request, "membership/gift_memberships/gift_card.html", context))


@require_safe
def gift_card_pdf(request, token):
    gift = _gift_of(request, token)
    if not gift.is_waiting:
        return redirect("membership:gift_card", token=token)
    content = gift_cards.draw(gift, at=request.now)
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="membership-card.pdf"'
    return _as_a_key(response)


# --- Claiming ----------------------------------------------------------------------------------


@same_origin_form
def claim_by_code(request):
    """Go from the code on a card to the gift's page."""
    form = CodeOnCardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        who = address_of(request)
        spend("gift-code-from", who, limit=TRIES_A_NETWORK, seconds=WINDOW, at=request.now)
        gift = gift_memberships.find(form.cleaned_data["code"])
        if gift:
            return redirect(gift)
        form.add_error(
            "code", "We don’t know this code. Our codes never use a zero, an O or an I."
        )
    status = 422 if form.is_bound else 200
    return render(
        request, "membership/gift_memberships/claim_by_code.html", {"form": form}, status=status
    )


@sensitive_post_parameters("code")
@same_origin_form
def claim(request, token):
    """Claim a gift: name, address, household. A code or a sign-in proves the address."""
    gift = _gift_of(request, token)
    if not gift.is_waiting:
        context = {"gift": gift}
        return _as_a_key(render(request, "membership/gift_memberships/claim_closed.html", context))
    user = request.user if request.user.is_authenticated else None
    person = person_of(user)
    household = person.household if person else None
    form = ClaimForm(
        request.POST or None,
        tier=gift.tier,
        cities=committees(),
        on=day_of(request.now),
        known=list(household.people.living()) if household else [],
        is_proven=user is not None,
        initial=_first_words(gift, user, person),
    )
    is_going_on = request.method == "POST" and MORE in request.POST
    if is_going_on:
        form.only_one_more()
    elif request.method == "POST" and form.is_valid():
        email = user.email if user else form.cleaned_data["email"]
        if user or _is_proven(request, gift, form, email):
            answer = _taken_up(request, gift, form, email, household)
            if answer:
                return answer
        is_going_on = not form.errors
    asks_code = "code" in form.fields and gift_memberships.is_asked(
        gift, form.data.get("email", ""), at=request.now
    )
    context = {
        "gift": gift,
        "form": form,
        "household": household,
        "asks_code": asks_code,
        "begins_later": gift.begins_on > day_of(request.now),
    }
    status = 422 if form.is_bound and not is_going_on else 200
    return _as_a_key(
        render(request, "membership/gift_memberships/claim.html", context, status=status)
    )


def _first_words(gift, user, person) -> dict:
    if user is None:
        return {"name": gift.recipient_name, "email": gift.recipient_email}
    return {"name": person.name if person else user.name, "phone": person.phone if person else ""}


def _is_proven(request, gift, form, email: str) -> bool:
    """Whether the right code was typed; sends a code if none was."""
    typed = form.cleaned_data["code"]
    if typed and "again" not in request.POST and gift.asked_email == email:
        try:
            if gift_memberships.is_proof(gift, typed, at=request.now):
                return True
            form.add_error("code", "That’s not the code we e-mailed. Please try again.")
        except Over:
            gift_memberships.ask_for_proof(gift, email, at=request.now)
            form.add_error("code", "That code no longer works. We’ve e-mailed you a new one.")
        gift.refresh_from_db()
        return False
    spend("gift-claim-from", address_of(request), limit=30, seconds=900, at=request.now)
    if not gift_memberships.is_asked(gift, email, at=request.now) or "again" in request.POST:
        gift_memberships.ask_for_proof(gift, email, at=request.now)
    return False


def _taken_up(request, gift, form, email: str, household):
    data = form.cleaned_data
    who = Joining(
        name=data["name"],
        email=email,
        phone=data["phone"],
        others=data["others"],
        city_ids=tuple(city.pk for city in data["cities"]),
        may_be_seen=data["may_be_seen"],
        household_id=household.pk if household else None,
        topics=form.topics(),
    )
    try:
        gift_memberships.take_up(gift, who, at=request.now)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return None
    return redirect(gift)


def _gift_of(request, token) -> GiftMembership:
    """Raises Http404 and TooOften."""
    spend("gift-page", address_of(request), limit=120, seconds=WINDOW, at=request.now)
    gift = GiftMembership.objects.filter(token=token).select_related("tier").first()
    if gift is None:
        raise Http404
    return gift


def _as_a_key(response):
    """Protect a secret address: no referrer, no indexing."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
