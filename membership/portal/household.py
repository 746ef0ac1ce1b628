"""Who belongs to a household, as its own grown people change it. A level says how many."""

from datetime import datetime

from django.db import transaction

from membership.models import Belonging, Household, Person, Tier
from membership.people.main_contact import NotTheirs, gone, refuse_unless_theirs
from membership.people.welcome import welcome_if_proven
from membership.portal.context import Home, confirmed_addresses
from membership.security import notices
from membership.terms.coverage import counted_people, way_out, wide_enough
from membership.terms.dues import add_person, enrol
from nsca.lib.timing import day_of


class Refused(Exception):
    """It cannot be; the text is for the member."""


def places(home: Home) -> int:
    """How many people the household's level covers: that of today, else of the last term."""
    term = home.current or home.last
    return term.tier.max_people if term else 1


def add(home: Home, *, name: str, email: str, born_on, guardian: Person, at: datetime) -> Person:
    """One more person, in time with the level. Raises Refused with a sentence.

    Of a child no address is kept; `guardian` is who is written to instead.
    """
    with transaction.atomic():
        household = Household.objects.select_for_update().get(pk=home.household.pk)
        here = household.people.living().count()
        if here >= places(home):
            raise Refused(f"Your level covers {counted_people(places(home))}. {more_room(home)}")
        if household.people.living().filter(name__iexact=name).exists():
            raise Refused(f"{name} is in your household already.")
        if born_on:
            return add_person(household, name=name, born_on=born_on, guardian=guardian, at=at)
        person = add_person(household, name=name, email=email, at=at)
        welcome_if_proven(person, at=at)
        return person


def may_be_changed(person: Person, *, by: Person) -> bool:
    """Whoever signs in by themselves keeps their own record; the others have it kept for them."""
    return person.pk == by.pk or person.user_id is None or person.user_id == by.user_id


def change(person: Person, *, name: str, email: str, born_on, guardian: Person, at) -> None:
    """Change one of the household who does not sign in alone. Raises Refused."""
    if not may_be_changed(person, by=guardian):
        raise Refused(f"{person.name} signs in alone, and changes this alone.")
    before = notices.addresses_of([person.pk])
    _write(person, name=name, email=email, born_on=born_on, guardian=guardian)
    notices.addresses_changed(before, at=at, by=guardian.user)


def _write(person: Person, *, name: str, email: str, born_on, guardian: Person) -> None:
    person.name = name
    if born_on:
        person.born_on, person.guardian, person.email = born_on, guardian, ""
        person.save(update_fields=["name", "born_on", "guardian", "email"])
        return
    person.born_on = person.guardian = None
    if person.pk != guardian.pk:
        # Another address is another sign-in: whoever typed it has not proven that it is theirs,
        # and must not be shown what is known of it.
        if email and person.user and email not in proven_or_own(person):
            person.user = None
        person.email = email
    enrol(person)


def proven_or_own(person: Person) -> set[str]:
    """The addresses that open the sign-in of a person: its own, and those it proved."""
    return {person.user.email, *confirmed_addresses(person.user)}


def remove(home: Home, person: Person, *, by: Person, at: datetime) -> None:
    """Let somebody belong to the household no longer; their number and their record stay. They and
    the main contact are written to.

    Raises Refused where nobody grown would be left, and where `by` takes out somebody else without
    being the main contact.
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
            raise Refused("Somebody grown must stay: otherwise nobody could be written to.")
        count, _ = Belonging.objects.filter(person=person, household=household).delete()
        if count:
            gone(household, person, by=by, at=at)
        if person.guardian_id and not rest.filter(pk=person.guardian_id).exists():
            return
        # A child that leaves with nobody is still somebody's to write to; others are their own.
        if not person.is_minor(on):
            Person.objects.filter(pk=person.pk).update(guardian=None)


def more_room(home: Home) -> str:
    """What one more person can do: the level that covers all of them and how it is had, or the
    truth that there is none.
    """
    tiers = list(Tier.objects.filter(is_offered=True).order_by("position", "pk"))
    out = way_out(tiers, len(home.people) + 1)
    if not wide_enough(tiers, len(home.people) + 1):
        return out
    return f"{out} You can change to another level for the rest of the year, or when you renew."
