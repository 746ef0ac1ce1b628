"""Who shares the member price: a household, as far as the level it has on the day covers."""

from dataclasses import dataclass
from datetime import date

from membership.models import Person, Term


@dataclass(frozen=True)
class Sharing:
    """A household that shares the member price on a date."""

    household_id: int
    covers: int  # people, as its level says; however many have been named
    user_ids: frozenset[int]
    emails: frozenset[str]  # of everybody in it


def sharing(*, user_id: int | None = None, email: str = "", on: date) -> Sharing | None:
    """The household of a sign-in, else of whoever reads an address, with a term that holds on the
    date: of several the one whose level covers most. None: they are no member that day.

    By address only where what is sold goes to that address, or staff ask.
    """
    people = Person.objects.living()
    mine = people.filter(user=user_id) if user_id else Person.objects.none()
    if not mine and email:
        mine = people.with_address(email)
    terms = Term.objects.current(on).filter(household__people__in=mine)
    rows = terms.order_by("-tier__max_people", "household").values_list(
        "household", "tier__max_people"
    )
    found = rows.first()
    if found is None:
        return None
    household_id, covers = found
    known = people.filter(households=household_id).values_list(
        "user", "email", "user__email", "addresses__email"
    )
    user_ids, emails = set(), set()
    for user, *addresses in known:
        user_ids |= {user} - {None}
        emails |= {address for address in addresses if address}
    return Sharing(household_id, covers, frozenset(user_ids), frozenset(emails))
