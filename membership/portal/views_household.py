"""The people of one's households: list, add, edit, remove."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from membership.people.main_contact import NotTheirs, agreements_of, hand_over
from membership.portal import household as people_of
from membership.portal.context import Home, Mine, mine
from membership.portal.forms import HouseholdPersonForm

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@require_safe
def household(request):
    me = mine(request)
    contacts = {home.household.pk: _contact_of(home, me.on) for home in me.homes}
    homes = [
        {
            "home": home,
            "places": people_of.places(home),
            "free": max(0, people_of.places(home) - len(home.people)),
            "more_room": ""
            if len(home.people) < people_of.places(home)
            else people_of.more_room(home),
            "people": [
                {
                    "person": person,
                    "is_me": me.person.pk == person.pk,
                    "is_child": person.is_minor(me.on),
                    "may_change": me.is_adult
                    and people_of.may_be_changed(person, by=me.person)
                    and person.pk != me.person.pk,
                    "is_contact": contacts[home.household.pk] == person.pk,
                    "may_remove": me.is_adult
                    and len(home.people) > 1
                    and me.person.pk in (person.pk, contacts[home.household.pk]),
                    "may_be_contact": me.person.pk == contacts[home.household.pk]
                    and person.pk != me.person.pk
                    and not person.is_minor(me.on),
                }
                for person in home.people
            ],
        }
        for home in me.homes
    ]
    return render(request, "membership/portal/household.html", {"me": me, "homes": homes})


@login_required
@get_or_post
def add_to_household(request, household: int):
    me = _adult(request)
    home = me.home_of(household)
    form = HouseholdPersonForm(request.POST or None, on=me.on)
    if request.method == "POST" and form.is_valid():
        try:
            person = people_of.add(home, **form.cleaned_data, guardian=me.person, at=request.now)
        except people_of.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{person.name} is now in your household.")
            return redirect("membership:household")
    return _form_page(request, me, home, form, None)


@login_required
@get_or_post
def change_in_household(request, household: int, person: int):
    me = _adult(request)
    home, one = _one_of(me, household, person)
    if one.pk == me.person.pk or not people_of.may_be_changed(one, by=me.person):
        raise Http404("theirs alone to change")
    form = HouseholdPersonForm(
        request.POST or None,
        on=me.on,
        initial={"name": one.name, "email": one.email, "born_on": one.born_on},
    )
    if request.method == "POST" and form.is_valid():
        people_of.change(one, **form.cleaned_data, guardian=me.person, at=request.now)
        messages.success(request, f"Saved {one.name}’s details.")
        return redirect("membership:household")
    return _form_page(request, me, home, form, one)


@login_required
@get_or_post
def remove_from_household(request, household: int, person: int):
    """A page that explains it, then the act."""
    me = _adult(request)
    home, one = _one_of(me, household, person)
    refusal = ""
    if request.method == "POST":
        try:
            people_of.remove(home, one, by=me.person, at=request.now)
        except people_of.Refused as reason:
            refusal = str(reason)
        else:
            messages.success(request, f"{one.name} no longer belongs to {home.household}.")
            return redirect("membership:household")
    return render(
        request,
        "membership/portal/household_remove.html",
        {
            "me": me,
            "home": home,
            "one": one,
            "refusal": refusal,
            "agreements": agreements_of(home.household),
        },
        status=422 if refusal else 200,
    )


@login_required
@get_or_post
def make_main_contact(request, household: int, person: int):
    """A page that explains it, then the act."""
    me = _adult(request)
    home, one = _one_of(me, household, person)
    refusal = ""
    if request.method == "POST":
        try:
            hand_over(home.household, one, by=me.person, at=request.now)
        except NotTheirs as reason:
            refusal = str(reason)
        else:
            messages.success(request, f"{one.name} is now the main contact.")
            return redirect("membership:household")
    return render(
        request,
        "membership/portal/household_contact.html",
        {"me": me, "home": home, "one": one, "refusal": refusal},
        status=422 if refusal else 200,
    )


def _contact_of(home: Home, on) -> int | None:
    """The main contact's primary key, without another query."""
    grown = [person.pk for person in home.people if not person.is_minor(on)]
    named = home.household.main_contact_id
    return named if named in grown else min(grown, default=None)


def _adult(request) -> Mine:
    """Children can see their household but not change it. Raises Http404."""
    me = mine(request)
    if not me.is_adult:
        raise Http404("only adults can change a household")
    return me


def _one_of(me: Mine, household: int, person: int):
    home = me.home_of(household)
    for one in home.people:
        if one.pk == person:
            return home, one
    raise Http404("nobody of this household")


def _form_page(request, me: Mine, home: Home, form, one):
    return render(
        request,
        "membership/portal/household_person.html",
        {
            "me": me,
            "home": home,
            "form": form,
            "one": one,
            "free": people_of.places(home) - len(home.people),
        },
        status=422 if form.is_bound else 200,
    )
