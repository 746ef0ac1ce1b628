"""What the whole site knows of one person: told to them, and forgotten at their wish.

nsca/hooks.py registers what each app holds (`PersonalData`); membership knows none of their
tables. What the sign-in, the orders and membership itself hold is in kept_here.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.db import models
from django.db.models import Q

from membership.models import Address, Person


@dataclass(frozen=True)
class Subject:
    """Whom it is about, and by which addresses rows of other apps are known to be theirs."""

    person: Person
    addresses: tuple[str, ...]  # all that reach them
    own: tuple[str, ...]  # of these, those that nobody else living has
    user_id: int | None = None  # their sign-in, where nobody else shares it

    @property
    def pseudonym(self) -> str:
        """What stands where money is, once the name is forgotten."""
        return f"Former member {self.person.member_number or f'R{self.person.pk}'}"

    def theirs(self, email: str, name: str = "") -> Q:
        """The rows whose field `email` says that they are this person's. Where two share the
        address, the field `name` must say so, too.
        """
        found = Q(pk__in=[])
        for address in self.own:
            found |= Q(**{email: address})
        if name:
            for address in set(self.addresses) - set(self.own):
                found |= Q(**{email: address, f"{name}__iexact": self.person.name})
        return found

    def bought(self, way: str = "") -> Q:
        """The orders that are theirs; `way` leads to them from other rows ("line__order__")."""
        found = self.theirs(f"{way}buyer_email", f"{way}buyer_name")
        return found | Q(**{f"{way}user": self.user_id}) if self.user_id else found

    def nameless(self, way: str = "") -> Q:
        """Orders without any address under their full name: cash at a counter. They may be those
        of somebody of the same name, so nobody is told of them; what is forgotten is the name.
        """
        if " " not in self.person.name:  # one word alone is many people's
            return Q(pk__in=[])
        fields = {"buyer_email": "", "user": None, "buyer_name": self.person.name}
        return Q(**{f"{way}{field}": value for field, value in fields.items()})


@dataclass(frozen=True)
class Wait:
    """Why somebody cannot be forgotten yet. With an end it is waited for; without one, they are
    asked to end it themselves at `url`.
    """

    words: str  # a sentence for the person
    until: datetime | None = None
    url: str = ""


@dataclass(frozen=True)
class Visit:
    """One evening of a city, as the door remembers it."""

    city_id: int
    on: date
    words: str
    guest: str = ""  # whose name is on the ticket, where there is one

    def may_be(self, name: str) -> bool:
        """Whether somebody of this name may have been the guest: a ticket without a name is
        whoever's address it went to.
        """
        return not self.guest or self.guest.casefold().split() == name.casefold().split()


class PersonalData:
    """What one part of the site holds on people: told to them, and forgotten at their wish."""

    title = ""  # the heading in the export: "Tickets"

    def export(self, subject: Subject, *, at: datetime) -> Sequence[dict[str, Any]]:
        """All it holds on them, a dict a row: words, numbers, dates."""
        raise NotImplementedError

    def erase(self, subject: Subject, *, at: datetime) -> None:
        """Forget them. In a transaction; saying it again changes nothing."""
        raise NotImplementedError

    def waits(self, subject: Subject, *, at: datetime) -> Sequence[Wait]:
        """What must be over first."""
        return ()

    def visits(self, addresses: Sequence[str]) -> Sequence[Visit]:
        """Evenings of a city that the owner of these (confirmed) addresses came to."""
        return ()


SECRETS = {"token", "password", "data", "salt", "submission_key", "sha256", "is_sample"}


def told(row: models.Model, *, leave_out: Iterable[str] = ()) -> dict[str, Any]:
    """All that stands in a row but its keys and secrets, by the names that staff read."""
    spared = SECRETS | set(leave_out)
    found = {}
    for field in row._meta.concrete_fields:
        if field.primary_key or field.name in spared:
            continue
        if field.is_relation:
            continue
        value = getattr(row, field.attname)
        if field.choices:
            value = str(dict(field.flatchoices).get(value, value))
        if value not in ("", None):
            found[str(field.verbose_name)] = value
    return found


_everything: list[PersonalData] = []


def register(*holders: PersonalData) -> None:
    """Called by nsca/hooks.py, in the order in which they erase."""
    _everything.extend(holders)


def everything() -> list[PersonalData]:
    return list(_everything)


def subject_of(person: Person) -> Subject:
    """A person with all their addresses: the one we write to, the sign-in's, the further ones."""
    addresses = {person.email} | {a.email for a in person.addresses.all()}
    if person.user_id:
        addresses.add(person.user.email)
        mine = EmailAddress.objects.filter(user_id=person.user_id)
        addresses |= set(mine.values_list("email", flat=True))
    addresses.discard("")
    shared = _of_others(addresses, person)
    sharing = Person.objects.living().filter(user=person.user_id).exclude(pk=person.pk)
    alone = person.user_id if person.user_id and not sharing.exists() else None
    return Subject(person, tuple(sorted(addresses)), tuple(sorted(addresses - shared)), alone)


def _of_others(addresses: set[str], person: Person) -> set[str]:
    others = Person.objects.living().exclude(pk=person.pk)
    among = [
        (others, "email"),
        (others, "user__email"),
        (Address.objects.filter(person__in=others), "email"),
    ]
    return {
        address
        for rows, email in among
        for address in rows.filter(**{f"{email}__in": addresses}).values_list(email, flat=True)
    }


def waits_of(subject: Subject, *, at: datetime) -> list[Wait]:
    """All that must be over before somebody is forgotten."""
    return [wait for each in _everything for wait in each.waits(subject, at=at)]


def visits_of(addresses: Sequence[str]) -> list[Visit]:
    """The evenings of cities, in the order in which they were."""
    if not addresses:
        return []
    found = {visit for each in _everything for visit in each.visits(addresses)}
    return sorted(found, key=lambda visit: (visit.on, visit.city_id, visit.words))
