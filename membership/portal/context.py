"""Who is looking at the member area, and what is theirs.

Every view asks here first, so that nobody can open somebody else's page by its number.
"""

from dataclasses import dataclass
from datetime import date

from allauth.account.models import EmailAddress
from django.db.models import Prefetch
from django.http import Http404

from membership.models import (
    MEMBERS,
    Household,
    HouseholdMember,
    Person,
    Rules,
    Term,
    membership_status,
)
from nsca.lib.timing import day_of

ME = "me"  # in the session: which person of a shared sign-in is looking


@dataclass(frozen=True)
class Home:
    """One household of a person today."""

    household: Household
    people: tuple[Person, ...]
    terms: tuple[Term, ...]  # newest first
    status: str
    current: Term | None  # the current term; of two, the one that ends last
    last: Term | None  # the term that ends last, current or past

    @property
    def is_member(self) -> bool:
        return self.status in MEMBERS


@dataclass(frozen=True)
class Mine:
    """A person, their households, and the others who sign in with the same address."""

    person: Person | None
    sharing: tuple[Person, ...] = ()  # all of the sign-in, this person too
    homes: tuple[Home, ...] = ()
    status: str = ""
    on: date | None = None

    @property
    def home(self) -> Home | None:
        """Their home, else the household they joined first."""
        return self.homes[0] if self.homes else None

    @property
    def is_member(self) -> bool:
        return self.status in MEMBERS

    @property
    def best(self) -> Home | None:
        """The household that makes them a member, else their home."""
        holding = [home for home in self.homes if home.is_member]
        return holding[0] if holding else self.home

    @property
    def is_adult(self) -> bool:
        return self.person is not None and not self.person.is_minor(self.on)

    def home_of(self, household_pk: int) -> Home:
        """One of their households. Raises Http404 for anybody else's."""
        for home in self.homes:
            if home.household.pk == household_pk:
                return home
        raise Http404("not their household")

    def person_of(self, pk: int) -> Person:
        """Somebody of one of their households. Raises Http404 for anybody else."""
        for home in self.homes:
            for person in home.people:
                if person.pk == pk:
                    return person
        raise Http404("nobody in their households")


def mine(request) -> Mine:
    """What the signed-in user may see: themselves and their households, in five queries."""
    on = day_of(request.now)
    living = HouseholdMember.objects.select_related("person").order_by("pk")
    terms = Term.objects.select_related("tier")
    homes = HouseholdMember.objects.select_related("household").prefetch_related(
        Prefetch("household__terms", queryset=terms),
        Prefetch("household__household_members", queryset=living),
    )
    sharing = tuple(
        Person.objects.filter(user=request.user)
        .living()
        .order_by("pk")
        .prefetch_related(Prefetch("household_members", queryset=homes))
    )
    if not sharing:
        return Mine(None, on=on)
    wanted = request.session.get(ME)
    person = next((one for one in sharing if one.pk == wanted), sharing[0])
    grace = Rules.load().grace
    household_members = sorted(
        person.household_members.all(), key=lambda one: (not one.is_home, one.pk)
    )
    homes = tuple(_home(one.household, on, grace) for one in household_members)
    theirs = [term for home in homes for term in home.terms]
    return Mine(person, sharing, homes, membership_status(theirs, on, grace=grace), on)


def _home(household: Household, on: date, grace) -> Home:
    terms = tuple(household.terms.all())
    people = tuple(
        one.person
        for one in household.household_members.all()
        if one.person.died_on is None and one.person.erased_at is None
    )
    holding = [term for term in terms if term.is_current(on)]
    current = max(
        holding, key=lambda term: (term.ends_on is None, term.ends_on or on), default=None
    )
    whole = [term for term in terms if term.ends_on and term.ended_on is None]
    last = max(whole, key=lambda term: term.ends_on, default=None)
    return Home(household, people, terms, membership_status(terms, on, grace=grace), current, last)


def confirmed_addresses(user) -> list[str]:
    """The user's proven addresses; only their owner sees what was given to them."""
    proven = EmailAddress.objects.filter(user=user, verified=True)
    return list(proven.values_list("email", flat=True))
