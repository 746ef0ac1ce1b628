"""Upgrading to another level, and what it costs for the months left."""

from django import forms
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render

from membership.giving.forms_shared import SubmissionKeyMixin
from membership.giving.views_shared import offered_tiers, sell
from membership.terms.dues import member_household
from membership.terms.joining import Joining, person_of
from membership.terms.upgrades import (
    changes_for,
    months_left,
    term_to_change,
    too_narrow_for,
    upgrade_item,
)
from nsca.lib.timing import day_of
from orders.checkout.placing import Buyer
from orders.lines.kinds import Refusal


class LevelForm(SubmissionKeyMixin):
    """One of the levels to upgrade to."""

    tier = forms.ChoiceField(
        label="Membership",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a level.", "invalid_choice": "Choose a level."},
    )

    def __init__(self, *args, changes, **kwargs):
        super().__init__(*args, **kwargs)
        self.changes = {change.tier.slug: change for change in changes}
        self.fields["tier"].choices = [(slug, slug) for slug in self.changes]


@login_required
def change_level(request):
    """The levels that cost more, each with its difference; downgrades happen at renewal."""
    on = day_of(request.now)
    household, person = member_household(request.user, on), person_of(request.user)
    if household is None or person is None:
        return redirect("membership:home")
    term = term_to_change(household, on=on)
    tiers = list(offered_tiers())
    changes = changes_for(household, tiers, on=on)
    form = LevelForm(request.POST or None, changes=changes)
    if request.method == "POST" and form.is_valid():
        answer = _sold(request, form, household, person, on)
        if answer:
            return answer
    context = {
        "form": form,
        "term": term,
        "changes": changes,
        "too_narrow": too_narrow_for(household, tiers, on=on),
        "months": months_left(on, term.ends_on) if term else 0,
        "chosen": form.data.get("tier", "") if form.is_bound else "",
    }
    status = 422 if form.is_bound else 200
    return render(request, "membership/joining/change_level.html", context, status=status)


def _sold(request, form, household, person, on):
    email = person.email or request.user.email
    joining = Joining(name=person.name, email=email, household_id=household.pk)
    tier = form.changes[form.cleaned_data["tier"]].tier
    try:
        items = [upgrade_item(household, tier, joining, on=on)]
    except Refusal as refusal:  # another household member was quicker
        form.add_error(None, str(refusal))
        return None
    buyer = Buyer(person.name, email, person.phone)
    return sell(request, form, items=items, buyer=buyer, user=request.user)
