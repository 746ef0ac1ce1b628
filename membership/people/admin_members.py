"""Removing somebody from a household in the admin."""

from membership.models import Household, HouseholdMember
from membership.people.main_contact import gone


class RemovalAdmin:
    """E-mails the people whom staff remove, and the main contact, and adds it to the story."""

    def save_related(self, request, form, formsets, change):
        before = _household_members(form.instance)
        super().save_related(request, form, formsets, change)
        after = _household_members(form.instance)
        for key in before.keys() - after.keys():
            row = before[key]
            household = Household.objects.get(pk=row.household_id)
            gone(household, row.person, staff=request.user, at=request.now)


def _household_members(of) -> dict:
    """Memberships in households by both keys; a row given to somebody else is a removal, too."""
    name = "household" if isinstance(of, Household) else "person"
    rows = HouseholdMember.objects.filter(**{name: of}).select_related("person__user")
    return {(row.household_id, row.person_id): row for row in rows}
