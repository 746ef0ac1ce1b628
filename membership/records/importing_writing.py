"""Writing one line of a list: the person, household and term, noted so it can be undone."""

from datetime import datetime

from membership.models import FavoriteCity, Household, HouseholdMember, Person, Term
from membership.records.importing_rows import FIELDS, Said, same, wanted_term
from membership.records.journal import Journal
from membership.security import address_mail
from membership.terms.joining import save_with_number


class CannotWrite(Exception):
    """Something changed since the line was checked; the text is for staff."""


def write(
    said: Said, person: Person | None, *, source: str, by, at: datetime
) -> tuple[list, Person]:
    """Write a line into a person's record or a new one; return what was done and the person.

    Call inside a transaction. Raises CannotWrite, IntegrityError. An empty cell changes nothing,
    and no sign-in is created: it comes with the first proven code.
    """
    journal = Journal(by)
    if person is None:
        person = _new(journal, said, at=at)
    else:
        is_other = bool(said.email) and said.email != person.email
        before = address_mail.addresses_of([person.pk] if is_other else [])
        _change(journal, said, person)
        address_mail.addresses_changed(before, at=at, by=by)
    home = person.household
    term = wanted_term(said, home)
    if term and home is None:
        home = _household(journal, said, at=at)
        journal.make(HouseholdMember(person=person, household=home))
    if term:
        reason = f"Imported from “{source[:120]}” by {by.get_full_name()}"[:200]
        journal.make(
            Term(
                household=home,
                tier=said.tier,
                starts_on=term[0],
                ends_on=term[1],
                reason=reason,
                granted_by=by,
            )
        )
    mine = set(person.favorite_cities.values_list("city_id", flat=True))
    for pk in said.city_ids:
        if pk not in mine:
            journal.make(FavoriteCity(person=person, city_id=pk))
    return journal.entries, person


def _new(journal: Journal, said: Said, *, at: datetime) -> Person:
    person = Person(
        name=said.name,
        email=said.email,
        phone=said.phone,
        member_number=said.member_number,
        member_since=said.member_since,
        born_on=said.born_on,
    )
    person._history_user = journal.by
    save_with_number(person)
    journal.made(person)
    journal.make(HouseholdMember(person=person, household=_household(journal, said, at=at)))
    return person


def _household(journal: Journal, said: Said, *, at: datetime) -> Household:
    """The household with this name and address, perhaps from an earlier line, or a new one."""
    name = said.household or said.name
    alike = Household.objects.filter(name__iexact=name).order_by("pk")
    if said.household:
        for known in alike:
            if same("postal_address", known.postal_address, said.postal_address):
                return known
    household = Household(name=name, postal_address=said.postal_address, created_at=at)
    journal.make(household)
    return household


def _change(journal: Journal, said: Said, person: Person) -> None:
    values = {}
    for name in FIELDS:
        new = getattr(said, name)
        if new and not same(name, getattr(person, name), new):
            values[name] = new
    if values.get("member_number"):
        taken = Person.every.filter(member_number=values["member_number"])
        if taken.exclude(pk=person.pk).exists():
            raise CannotWrite(f"Member number {values['member_number']} belongs to someone else.")
    journal.change(person, **values)
    home, address = person.household, said.postal_address
    if home and address and not same("postal_address", home.postal_address, address):
        journal.change(home, postal_address=address)
