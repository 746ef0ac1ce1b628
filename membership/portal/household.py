"""Changes to a household by its own adults, up to the number its level covers."""

from datetime import datetime

from django.db import transaction

from membership.models import Household, HouseholdMember, Person, Tier
from membership.people.main_contact import NotTheirs, gone, refuse_unless_theirs
from membership.people.welcome import welcome_if_proven
from membership.portal.context import Home, confirmed_addresses
from membership.security import address_mail
from membership.terms.coverage import counted_people, way_out, wide_enough
from membership.terms.dues import add_person, enrol
from nsca.lib.timing import day_of


class Refused(Exception):
    """The change is refused; the text is for the member."""


def places(home: Home) -> int:
    """How many people the household's level covers, today's or the last one."""
    term = home.current or home.last
    return term.tier.max_people if term else 1


def add(home: Home, *, name: str, email: str, born_on, guardian: Person, at: datetime) -> Person:
    """Add a person if the level covers one more. Raises Refused with a sentence.

    No address of a child is kept; we write to the `guardian` instead.
    """
    with transaction.atomic():
        household = Household.objects.select_for_update().get(pk=home.household.pk)
        here = household.people.living().count()
        if here >= places(home):
            raise Refused(f"Your level covers {counted_people(places(home))}. {more_room(home)}")
        if household.people.living().filter(name__iexact=name).exists():
            raise Refused(f"{name} is already in your household.")
        if born_on:
            return add_person(household, name=name, born_on=born_on, guardian=guardian, at=at)
        person = add_person(household, name=name, email=email, at=at)
        welcome_if_proven(person, at=at)
        return person


def may_be_changed(person: Person, *, by: Person) -> bool:
    """Whether `by` may edit a person: themselves, or people who do not sign in themselves."""
    return person.pk == by.pk or person.user_id is None or person.user_id == by.user_id


def change(person: Person, *, name: str, email: str, born_on, guardian: Person, at) -> None:
    """Edit a household member who does not sign in themselves. Raises Refused."""
    if not may_be_changed(person, by=guardian):
        raise Refused(f"{person.name} signs in and can change this on their own page.")
    before = address_mail.addresses_of([person.pk])
    _write(person, name=name, email=email, born_on=born_on, guardian=guardian)
    address_mail.addresses_changed(before, at=at, by=guardian.user)


def _write(person: Person, *, name: str, email: str, born_on, guardian: Person) -> None:
    person.name = name
    if born_on:
        person.born_on, person.guardian, person.email = born_on, guardian, ""
        person.save(update_fields=["name", "born_on", "guardian", "email"])
        return
    person.born_on = person.guardian = None
    if person.pk != guardian.pk:
        # Another address is another sign-in: nobody has proven that it is theirs, so they must
        # not see what we know of it.
        if email and person.user and email not in proven_or_own(person):
            person.user = None
        person.email = email
    enrol(person)


def proven_or_own(person: Person) -> set[str]:
    """The addresses a person can sign in with: the user's own and the proven ones."""
    return {person.user.email, *confirmed_addresses(person.user)}


def remove(home: Home, person: Person, *, by: Person, at: datetime) -> None:
    """Remove somebody from the household, and e-mail them and the main contact.

    Their number and record stay. Raises Refused if no adult would be left, or if `by` removes
    somebody else without being the main contact.
    """
    on = day_of(at)
    with transaction.atomic():
        household = Household.objects.select_for_update().get(pk=home.household.pk)
        try:
            refuse_unless_theirs(household, person, by=by, on=on)
        except NotTheirs as reason:
            raise Refused(str(reason)) from reason
        rest = home.household.people.living().exclude(pk=person.pk)
        if not rest.exclude(pk__in=Person.objects.minors(on)).exists():
            raise Refused("One adult must stay, so that we have somebody to write to.")
        count, _ = HouseholdMember.objects.filter(person=person, household=household).delete()
        if count:
            gone(household, person, by=by, at=at)
        if person.guardian_id and not rest.filter(pk=person.guardian_id).exists():
            return
        # A child who leaves alone keeps the guardian; adults need none.
        if not person.is_minor(on):
            Person.objects.filter(pk=person.pk).update(guardian=None)


def more_room(home: Home) -> str:
    """What one more person can do: which level covers all of them, or that none does."""
    tiers = list(Tier.objects.filter(is_offered=True).order_by("position", "pk"))
    out = way_out(tiers, len(home.people) + 1)
    if not wide_enough(tiers, len(home.people) + 1):
        return out
    return f"{out} You can upgrade for the rest of the year or when you renew."
