"""Who gets the member price: a household, for as many people as its level covers."""

from dataclasses import dataclass
from datetime import date

from membership.models import HouseholdMember, Person, Term


@dataclass(frozen=True)
class Sharing:
    """A household that gets the member price on a date."""

    household_id: int
    covers: int  # people, by its level, however many are named
    user_ids: frozenset[int]
    emails: frozenset[str]  # of all its people


def sharing(*, user_id: int | None = None, email: str = "", on: date) -> Sharing | None:
    """The household of a user or address that is a member on the date, or None.

    Of several, the one whose level covers most. Use an address only if what is sold goes to that
    address, or for staff.
    """
    living = Person.objects.living()
    found = _of(living.filter(user=user_id), on) if user_id else None
    if found is None and email:
        found = _of(living.with_address(email), on)
    return found


def _of(people, on: date) -> Sharing | None:
    """In one query: everybody in the household with the highest coverage of some people."""
    homes = HouseholdMember.objects.filter(person__in=people).values("household")
    rows = list(
        Term.objects.current(on)
        .filter(household__in=homes)
        .order_by("-tier__max_people", "household")
        .values_list(
            "household", "tier__max_people",
            "household__people__user", "household__people__email",
            "household__people__user__email", "household__people__addresses__email",
        )
    )  # fmt: skip
    if not rows:
        return None
    household_id, covers = rows[0][:2]
    theirs = [row[2:] for row in rows if row[0] == household_id]
    user_ids = frozenset(user for user, *_ in theirs if user)
    emails = frozenset(email for _, *emails in theirs for email in emails if email)
    return Sharing(household_id, covers, user_ids, emails)
