"""The member's start page: the card, the next step, and links to everything else."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from membership.giving.forms_shared import ParticularsForm
from membership.giving.views_shared import committees
from membership.joining.renewals import make_renewal_link
from membership.portal import card as member_card
from membership.portal.context import ME, Mine, confirmed_addresses, mine
from membership.portal.recurring import recurring_dues_of
from membership.portal.words import step_for
from membership.terms import benefits
from nsca.lib.secrets import codes
from nsca.lib.timing import day_of
from orders.lines.kinds import at_hand, given_to, kind_of
from orders.models import Line, Order

MOST_ORDERS = 20  # on a page; the export has older ones


def favorite_cities_of(person):
    """A person's favorite cities, loading only their names."""
    return list(
        person.favorite_cities.select_related("city").only("person", "city__name", "city__slug")
    )


def orders_of(user):
    """Paid orders of the user's address, which the sign-in code proved."""
    return list(
        Order.objects.filter(state=Order.State.PAID, buyer_email=user.email)
        .only("token", "number", "paid_at")
        .prefetch_related(*at_hand())
        .order_by("-paid_at")[:MOST_ORDERS]
    )


@login_required
@require_safe
def home(request):
    me = mine(request)
    best = me.best
    card = None
    if best and best.current and me.person:
        card = member_card.Card(me.person, best.current.tier.name, best.current.ends_on)
    shown = [
        (line, kind_of(line.kind).shown(line, at=request.now))
        for order in orders_of(request.user)
        for line in order.lines.all()
        if line.kind == Line.Kind.TICKET
    ]
    return render(
        request,
        "membership/portal/home.html",
        {
            "me": me,
            "person": me.person,
            "home": best,
            "card": card,
            "step": step_for(me),
            "recurring": recurring_dues_of(me, request.user),
            "shown": shown,
            "given": given_to(confirmed_addresses(request.user), at=request.now),
            "favorite_cities": favorite_cities_of(me.person) if me.person else [],
            "form": particulars_form(me) if me.person else None,
        },
    )


@login_required
@require_safe
def history(request):
    """All terms of the households, benefits left, and receipts."""
    me, on = mine(request), day_of(request.now)
    left = [each for home in me.homes for each in benefits.left(home.household, on=on)]
    return render(
        request,
        "membership/portal/history.html",
        {"me": me, "left": left, "orders": orders_of(request.user)},
    )


def particulars_form(me: Mine, data=None) -> ParticularsForm:
    favorite_cities = favorite_cities_of(me.person)
    return ParticularsForm(
        data,
        cities=committees(),
        initial={
            "name": me.person.name,
            "phone": me.person.phone,
            "cities": [favorite.city.slug for favorite in favorite_cities],
        },
    )


@login_required
@require_POST
def particulars(request):
    """Change one's own name, phone and favorite cities."""
    me = mine(request)
    person = me.person
    if person is None:
        return redirect("membership:join")
    form = particulars_form(me, request.POST)
    if not form.is_valid():
        return render(request, "membership/portal/particulars.html", {"form": form}, status=422)
    for field in ("name", "phone"):
        setattr(person, field, form.cleaned_data[field])
    with transaction.atomic():
        person.save(update_fields=["name", "phone"])
        chosen = form.cleaned_data["cities"]
        person.favorite_cities.exclude(city__in=chosen).delete()
        for city in chosen:
            person.favorite_cities.get_or_create(city=city)
    messages.success(request, "Your details are saved.")
    return redirect("membership:home")


@login_required
@require_POST
def who(request):
    """Switch between people who share a sign-in."""
    wanted = codes.primary_key(request.POST.get("person"))
    if wanted not in {person.pk for person in mine(request).sharing}:
        raise Http404("nobody who shares this sign-in")
    request.session[ME] = wanted
    return redirect("membership:home")


@login_required
@require_POST
def start_renewal(request):
    """Open the renewal page from the member's page."""
    me = mine(request)
    if me.best is None:
        return redirect("membership:join")
    asked = codes.primary_key(request.POST.get("household"))
    home = me.home_of(asked) if asked else me.best
    link = make_renewal_link(home.household, at=request.now)
    return redirect("membership:renew", token=link.token)
