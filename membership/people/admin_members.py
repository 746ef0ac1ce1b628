"""Taking somebody out of a household in the admin."""

from membership.models import Belonging, Household
from membership.people.main_contact import gone


class RemovalDesk:
    """The part of an admin with a list of who belongs where: whoever staff take out, and the main
    contact, are written to, and the story shows it.
    """

    def save_related(self, request, form, formsets, change):
        before = _belongings(form.instance)
        super().save_related(request, form, formsets, change)
        after = _belongings(form.instance)
        for key in before.keys() - after.keys():
            row = before[key]
            household = Household.objects.get(pk=row.household_id)
            gone(household, row.person, staff=request.user, at=request.now)


def _belongings(of) -> dict:
    """Those of a household or of a person, by both keys: a row that was given to somebody else is
    a removal, too.
    """
    name = "household" if isinstance(of, Household) else "person"
    rows = Belonging.objects.filter(**{name: of}).select_related("person__user")
    return {(row.household_id, row.person_id): row for row in rows}
